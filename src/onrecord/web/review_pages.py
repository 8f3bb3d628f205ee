"""Review: one statement at a time, its fields to correct, a verdict, missed statements added, and all of it taken back if need be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from onrecord.document import Document
from onrecord.record import Correction, Query
from onrecord.record.agreement import CODED
from onrecord.record.fields import FIELDS, with_field
from onrecord.statement import Span, Statement, statement_id
from onrecord.web import forms, links, pieces, render, show
from onrecord.web.ask import WHO_COOKIE, Ask, Site
from onrecord.web.document_pages import context, turn
from onrecord.web.marks import in_part, marked, parts
from onrecord.web.problem import Problem

__all__ = ["add", "agree", "change", "correct", "desk", "history", "missed", "queue", "sign", "undo"]

_ANCHORS = ("source", "cue", "content")
_ON_A_PAGE = 50


def queue(site: Site, ask: Ask) -> Response:
    """The statement at one place of a queue: by default the least sure of those that nobody has judged."""
    pairs = ask.pairs
    given = {k for k, _ in pairs}
    if "status" not in given:
        pairs = [*pairs, ("status", "unreviewed")]
    if "sort" not in given:
        pairs = [*pairs, ("sort", "unsurest")]
    query = replace(ask.query(pairs), size=1)
    found = site.record.search(query, facets=())
    if found.total and query.page > found.total:
        # The last of the queue was judged: go on with the one before it.
        query = query.on_page(found.total)
        found = site.record.search(query, facets=())

    def value() -> dict[str, Any]:
        return {
            "query": query.to_dict(), "left": found.total, "place": query.page,
            "statement": found.statements[0].to_dict() if found.statements else None,
        }  # fmt: skip

    def html() -> Response:
        if not found.statements:
            return render.page(site, ask, "done.html", query=query, empty=site.empty, record=site.record.path)
        return _desk(site, ask, found.statements[0], query=query, left=found.total)

    return render.either(ask, html, value)


def desk(site: Site, ask: Ask) -> Response:
    """One statement to correct, by its id."""
    s = site.record.statement(ask.path("id"))
    return render.either(ask, lambda: _desk(site, ask, s, query=None, left=0), s.to_dict)


def _desk(site: Site, ask: Ask, s: Statement, *, query: Query | None, left: int) -> Response:
    history = site.record.corrections(statement=s.id)
    whole = bool(ask.param("whole"))
    part = next(p for p in parts(s.document.text, site.settings.part) if p.start <= s.start < p.end or p.number == p.of)
    here = links.query_url(query, "/review") if query else f"/review/{s.id}"
    return render.page(
        site, ask, "desk.html", s=s, note=site.record.note(s.id), query=query, left=left, history=history[::-1],
        text=Markup(marked(s.document.text, [(1, s)], part, anchors=False) if whole else context(s, around=1500)), whole=whole,
        spans={r: forms.spans_words(getattr(s, r)) for r in ("source", "cue", "content", "condition")}, here_url=here,
        state=forms.state(s, site.record.note(s.id).status),
        inside=Markup(pieces.within(((None, o) for o in site.record.statements_of(s.document.id) if o.id != s.id), s.nested_in)),
        last=next((c for c in reversed(history) if not c.undone and c.undoes is None), None), d=s.document,
    )  # fmt: skip


def missed(site: Site, ask: Ask) -> Response:
    """A document's text, in which to select the words of a statement that was missed."""
    d = site.record.document(ask.path("id"))
    statements = site.record.statements_of(d.id)
    cut = parts(d.text, site.settings.part)
    n = ask.number("part", 1)
    if n > len(cut):
        raise Problem(404, f"there is no part {n} of this document: it has {len(cut)}")
    part = cut[n - 1]
    numbered = in_part(statements, part)
    holes = {
        "id": links.quoted(d.id), "title": pieces.safe(show.short(d.title or d.path or "untitled text", 120)), "turn": turn(part),
        "text": marked(d.text, numbered, part), "inside": pieces.within(numbered, None), "who": pieces.safe(ask.who),
    }  # fmt: skip
    return render.filled(site, ask, "add.html", holes)


# -- writing


def correct(site: Site, ask: Ask) -> Response:
    """Set one field of a statement; the form's verdict buttons set its ``status``."""
    id_, field = ask.path("id"), str(ask.sent.get("field") or "")
    value = ask.sent.get("value")
    if not ask.json:
        if field != "status":
            raise Problem(400, "a form of this kind sets the status only")
        value = value or None
    made, now = apply(site, id_, {field: value}, ask)
    return _done(site, ask, made, now)


def change(site: Site, ask: Ask) -> Response:
    """Set several fields of a statement at once: all that the form shows differently, or the ``changes`` of a JSON object."""
    s = site.record.statement(ask.path("id"))
    if ask.json:
        wanted = ask.sent.get("changes")
        if not isinstance(wanted, dict):
            raise Problem(400, "send the fields to change as an object under 'changes'")
    else:
        wanted = forms.changes(s, ask.sent, ask.all_sent)
    was = ask.sent.get("state")
    if was and was != forms.state(s, site.record.note(s.id).status):
        raise Problem(409, "somebody corrected this statement since you opened it", "open it anew and look at its history")
    made, now = apply(site, s.id, wanted, ask)
    return _done(site, ask, made, now)


def apply(site: Site, id_: str, wanted: Mapping[str, Any], ask: Ask) -> tuple[list[Correction], str]:
    """Write each changed field as a correction. Returns them, and the id of the statement, which new spans change.

    Everything is checked before the first is written. Raises UsageError, SpanError.
    """
    why = _words(ask.sent.get("why"))
    s = site.record.statement(id_)
    forms.checked(s, wanted)
    who = _coder(ask)
    made = []
    # ``nested_in`` first: only the record knows whether it makes sense. Spans last: they give the statement another id.
    for field in sorted(wanted, key=lambda f: (f in _ANCHORS, f != "nested_in")):
        made.append(site.record.correct(s.id, field, wanted[field], who=who, why=why))
        if field in _ANCHORS:
            moved = with_field(s, field, wanted[field])
            s = replace(moved, id=statement_id(s.document.digest, moved.source, moved.cue, moved.content))
        elif field != "status":
            s = with_field(s, field, wanted[field])
    return made, s.id


def add(site: Site, ask: Ask) -> Response:
    """Keep a statement that was missed: its spans, and what else is known of it. A kind that is not given is as the quote marks say."""
    from onrecord.assemble import kind_in  # with it comes the reader, which no other page needs

    d = site.record.document(ask.path("id"))
    if ask.json:
        given = {k: v for k, v in ask.sent.items() if k not in ("who", "why")}
        roles = {r: _spans(d, given.pop(r, [])) for r in _ANCHORS}
    else:
        roles = {r: _spans(d, forms.spans_of(str(ask.sent.get(r, "")))) for r in _ANCHORS}
        given = {}
    if not any(roles.values()):
        raise Problem(400, "the statement has no words yet", "select its source, its cue or its content in the text")
    kind = given.pop("kind", None) or ask.sent.get("kind") or kind_in(d.text, [(x.start, x.end) for x in roles["content"]])
    s = Statement(statement_id(d.digest, *roles.values()), d, kind, confidence=1.0, **roles)  # type: ignore[arg-type]
    if not ask.json:
        given = {f: v for f, v in forms.changes(s, ask.sent, ask.all_sent).items() if f not in _ANCHORS and f != "kind"}
    made = forms.checked(s, {"kind": kind} | given)
    row = site.record.add_statement(made, who=_coder(ask), why=_words(ask.sent.get("why")))
    if ask.json:
        return render.json_answer({"statement": site.record.statement(row.statement).to_dict(), "corrections": [row.to_dict()]}, 201)
    return _signed(ask, render.see(links.document_url(d.id, at=row.statement)))


def _spans(d: Document, at: Any) -> tuple[Span, ...]:
    out = []
    for value in at if isinstance(at, list) else ():
        pair = [value.get("start"), value.get("end")] if isinstance(value, dict) else value
        match pair:
            case [int(start), int(end)] if 0 <= start < end <= len(d.text) and not isinstance(start, bool):
                out.append(Span(start, end, d.text[start:end]))
            case _:
                raise Problem(400, f"{pair!r:.40} is not a span of this text: give start and end, up to {len(d.text)}")
    return tuple(out)


def undo(site: Site, ask: Ask) -> Response:
    """Take a correction back, by a further row."""
    number = ask.path("number")
    if not number.isdigit() or len(number) > 12:
        raise Problem(404, f"there is no correction {number!r:.20}")
    row = site.record.undo(int(number), who=_coder(ask), why=_words(ask.sent.get("why")))
    if ask.json:
        return render.json_answer({"corrections": [row.to_dict()]}, 201)
    back = _back(ask)
    if row.field == "statement" and not back.startswith("/history"):
        back = links.document_url(row.document)  # the statement is gone
    elif back.startswith(("/statements/", "/review/")) or not back:
        back = ("/review/" if back.startswith("/review/") else "/statements/") + row.statement
    return _signed(ask, render.see(back))


def sign(site: Site, ask: Ask) -> Response:
    """Say who corrects: the browser remembers the name."""
    who = _coder(ask)
    if ask.json:
        return _signed(ask, render.json_answer({"who": who}))
    return _signed(ask, render.see(_back(ask) or "/review"))


def _done(site: Site, ask: Ask, made: list[Correction], now: str) -> Response:
    if ask.json:
        return render.json_answer({"statement": site.record.statement(now).to_dict(), "corrections": [c.to_dict() for c in made]}, 201)
    back = _back(ask)
    if not back or back.startswith(("/review/", "/statements/")):
        back = ("/statements/" if back.startswith("/statements/") else "/review/") + now
    return _signed(ask, render.see(back))


def _back(ask: Ask) -> str:
    """Where to go after a form: a path of this site, never another."""
    back = str(ask.sent.get("back") or "")
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable() else ""


def _coder(ask: Ask) -> str:
    if not ask.who:
        raise Problem(400, "say who corrects", "give your name in the field 'who'")
    return ask.who


def _signed(ask: Ask, answer: Response) -> Response:
    """Let the browser remember the coder's name."""
    if ask.who:
        answer.set_cookie(WHO_COOKIE, quote(ask.who), max_age=31_536_000, httponly=True, samesite="strict")
    return answer


def _words(value: Any) -> str | None:
    return (str(value).strip() or None) if value is not None else None


# -- what was done


def history(site: Site, ask: Ask) -> Response:
    """Corrections, the latest first; by coder, document or field if asked."""
    chosen = {k: ask.param(k) or None for k in ("who", "document", "field", "statement")}
    page = ask.number("page", 1)
    found, total = site.record.latest_corrections(
        who=chosen["who"], document=chosen["document"], field=chosen["field"], statement=chosen["statement"],
        offset=(page - 1) * _ON_A_PAGE, limit=_ON_A_PAGE,
    )  # fmt: skip
    pages = -(-total // _ON_A_PAGE)
    coders = [c for c, _ in site.record.coders()] if total or any(chosen.values()) else []

    def value() -> dict[str, Any]:
        return {"total": total, "page": page, "pages": pages, "corrections": [c.to_dict() for c in found]}

    def html() -> Response:
        held = site.record.held({c.statement for c in found})
        words = {i: show.opening(s.content or s.cue or s.source, 60) for i, s in held.items()}
        return render.page(
            site, ask, "history.html", words=words, history=found, total=total, page=page, pages=pages, fields=FIELDS,
            chosen=chosen, pairs=[(k, v) for k, v in chosen.items() if v], coders=coders,
        )  # fmt: skip

    return render.either(ask, html, value)


def agree(site: Site, ask: Ask) -> Response:
    """Two coders side by side: how far they agree field by field, and the statements that both worked on, those with most differences
    first; ``field``: only those on which they differ in it."""
    coders = site.record.coders()
    names = [c for c, _ in coders]
    a = ask.param("a") or (names[0] if names else "")
    b = ask.param("b") or next((n for n in names if n != a), "")
    field, page = ask.param("field"), ask.number("page", 1)
    if field and field not in CODED:
        raise Problem(400, f"field is one of {', '.join(CODED)}")
    figures, units = site.record.side_by_side(a, b) if a and b and a != b else ((), ())
    figures = tuple(g for g in figures if g.units)
    differ = {g.field: sum(g.field in u.differ for u in units) for g in figures}
    wanted = [u for u in units if field in u.differ] if field else units
    pages = -(-len(wanted) // _ON_A_PAGE)
    here = wanted[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]

    def value() -> dict[str, Any]:
        return {
            "coders": [{"who": c, "statements": n} for c, n in coders], "a": a or None, "b": b or None,
            "fields": [g.to_dict() for g in figures], "field": field or None, "total": len(wanted), "page": page, "pages": pages,
            "statements": [{"id": u.statement, "a": u.a, "b": u.b, "differ": list(u.differ)} for u in here],
        }  # fmt: skip

    def html() -> Response:
        held = site.record.held({u.statement for u in here})
        words = {i: show.opening(s.content or s.cue or s.source, 90) for i, s in held.items()}
        return render.page(
            site, ask, "agreement.html", coders=coders, a=a, b=b, units=here, words=words, total=len(units),
            wanted=len(wanted), figures=figures, differ=differ, field=field, page=page, pages=pages,
        )  # fmt: skip

    return render.either(ask, html, value)
