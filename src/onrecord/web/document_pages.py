"""Documents: the list of them, one with its statements marked in the text, and one statement with all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from onrecord.acts import explain
from onrecord.document import Document
from onrecord.record import Correction, Note
from onrecord.statement import Statement
from onrecord.web import links, pieces, render, show
from onrecord.web.ask import Ask, Site
from onrecord.web.marks import Part, in_part, marked, parts
from onrecord.web.problem import Problem

__all__ = ["card", "citation", "context", "document", "documents", "reasons", "statement", "turn"]

_ON_A_PAGE = 50


def documents(site: Site, ask: Ask) -> Response:
    """Every document, the latest published first."""
    page = ask.number("page", 1)
    outlets = [v for k, v in ask.pairs if k == "outlet"]
    found, total = site.record.document_rows(
        words=ask.param("words")[:200], outlets=outlets[:200], offset=(page - 1) * _ON_A_PAGE, limit=_ON_A_PAGE
    )

    def value() -> dict[str, Any]:
        return {"total": total, "page": page, "pages": -(-total // _ON_A_PAGE), "documents": [d.to_dict() for d in found]}

    def html() -> Response:
        if not total and not ask.pairs:
            return render.page(site, ask, "empty.html", record=site.record.path)
        return render.page(
            site, ask, "documents.html", found=found, total=total, page=page, pages=-(-total // _ON_A_PAGE), words=ask.param("words"),
            outlets=outlets, pairs=[(k, v) for k, v in ask.pairs if k in ("words", "outlet")],
        )  # fmt: skip

    return render.either(ask, html, value)


def document(site: Site, ask: Ask) -> Response:
    """A document with its statements marked; a long one in parts."""
    d = site.record.document(ask.path("id"))
    statements = site.record.statements_of(d.id)
    part = _part(ask, d, statements, site.settings.part)
    numbered = in_part(statements, part)

    def value() -> dict[str, Any]:
        return {
            "document": d.to_dict() | {"author": d.author, "url": d.url, "language": d.language, "digest": d.digest, "reader": d.reader},
            "text": d.text,
            "statements": [s.to_dict() for s in statements],
        }

    def html() -> Response:
        title = d.title or d.path or "Untitled text"
        holes = {
            "id": links.quoted(d.id), "title": pieces.safe(show.short(title, 60)), "heading": pieces.safe(show.short(title, 300)),
            "about": pieces.about(d, len(statements), part.number, writable=site.writable), "turn": turn(part),
            "text": marked(d.text, numbered, part), "items": pieces.items(numbered, writable=site.writable),
            "cite": pieces.safe(document_citation(ask, d)),
        }  # fmt: skip
        return render.filled(site, ask, "document.html", holes, empty=not numbered, in_parts=part.of > 1)

    return render.either(ask, html, value)


def turn(part: Part) -> str:
    """To the other parts of a long text, as HTML."""
    return render.fragment("turn.html", part=part) if part.of > 1 else ""


def _part(ask: Ask, d: Document, statements: Sequence[Statement], size: int) -> Part:
    cut = parts(d.text, size)
    if not ask.pairs:
        return cut[0]
    if at := ask.param("at"):
        place = next((s.start for s in statements if s.id == at), 0)
        return next(p for p in cut if p.start <= place < p.end or p.number == p.of)
    n = ask.number("part", 1)
    if n > len(cut):
        raise Problem(404, f"there is no part {n} of this document: it has {len(cut)}")
    return cut[n - 1]


def statement(site: Site, ask: Ask) -> Response:
    """One statement: its fields and the reasons for them, its place in the text, its history, and how to cite it."""
    s = site.record.statement(ask.path("id"))
    note = site.record.note(s.id)
    history = site.record.corrections(statement=s.id)
    why = reasons(s)

    def value() -> dict[str, Any]:
        return {
            "statement": s.to_dict(), "note": note.to_dict(), "why": why, "corrections": [c.to_dict() for c in history],
            "citation": citation(ask, s),
        }  # fmt: skip

    def html() -> Response:
        others = [o for o in site.record.statements_of(s.document.id) if o.id != s.id]
        return render.page(
            site, ask, "statement.html", s=s, note=note, history=history[::-1], cite=citation(ask, s),
            # Whatever a template need not call itself is called at a fraction of the price.
            name=s.speaker.name if s.speaker else None, heading=pieces.who(s) + " " + pieces.office(s), address=links.statement_url(s.id),
            in_text=links.document_url(s.document.id, at=s.id), known=pieces.facts(s), why=pieces.because(why),
            text=Markup(context(s)), replaced_by=_replaced_by(site, s, note, history),
            inner=[o for o in others if o.nested_in == s.id], outer=next((o for o in others if o.id == s.nested_in), None),
        )  # fmt: skip

    return render.either(ask, html, value)


#: Reasons that a card has room for.
_ON_A_CARD = ("speaker", "act", "targets", "date")


def card(site: Site, ask: Ask) -> Response:
    """A statement's fields and the main reasons for them, as a piece of a page: what a hover or a focus on its words shows."""
    s = site.record.statement(ask.path("id"))
    why = [w for w in reasons(s) if w["field"] in _ON_A_CARD][:5]
    return render.either(
        ask, lambda: HTMLResponse(render.fragment("card.html", s=s, why=why)), lambda: {"statement": s.to_dict(), "why": why}
    )


def _replaced_by(site: Site, s: Statement, note: Note, history: Sequence[Correction]) -> str | None:
    """The id of the statement with other spans that took this one's place."""
    if note.status != "replaced":
        return None
    last = next((c for c in reversed(history) if c.field in ("source", "cue", "content") and not c.undone and c.undoes is None), None)
    if last is None:
        return None
    why = f"correction {last.id} of {s.id}"
    return next((c.statement for c in site.record.corrections(document=s.document.id, field="statement") if c.why == why), None)


def context(s: Statement, around: int = 700) -> str:
    """The paragraphs that a statement stands in as HTML, with only this one marked."""
    text = s.document.text
    start = max(text.rfind("\n\n", 0, max(1, s.start)), s.start - around, 0)
    end = text.find("\n\n", s.end)
    end = min(len(text) if end < 0 else end, s.end + around)
    if end - start > 20_000:  # one statement over pages of text
        end = start + 20_000
    # Not within a word.
    while 0 < start < s.start and not text[start].isspace() and not text[start - 1].isspace():
        start -= 1
    while s.end < end < len(text) and not text[end].isspace():
        end += 1
    return marked(text, [(1, s)], Part(1, 1, start, end), anchors=False)


def reasons(s: Statement) -> list[dict[str, str]]:
    """Why each field is what it is: field, value and reason in words."""
    out: list[dict[str, str]] = []
    if s.speaker is not None:
        via = s.speaker.via
        because = show.VIA.get(via or "", via or "set by hand")
        if s.source:
            because += f": “{show.joined(s.source)}”"
        if s.speaker.confidence is not None:
            because += f" ({show.percent(s.speaker.confidence)} sure)"
        out.append({"field": "speaker", "value": s.speaker.name or "not known", "because": because})
    elif s.source:
        out.append({"field": "speaker", "value": "not known", "because": f"“{show.joined(s.source)}” could not be resolved to an actor"})
    with suppress(KeyError, ValueError, IndexError):  # an act that this version's model does not know
        out += [e.to_dict() for e in explain(s)]
    if s.date is not None:
        words = " ".join(s.date.text.split())
        because = f"from “{words}”" + (
            f", read against publication on {show.day(s.document.published[:10])}" if s.document.published else ""
        )
        out.append({"field": "date", "value": show.period(s.date), "because": because})
    out.append(
        {
            "field": "confidence",
            "value": show.percent(s.confidence),
            "because": "of statements this sure, about so many in a hundred are marked by human coders too",
        }
    )
    return out


def citation(ask: Ask, s: Statement) -> str:
    """One sentence that names the words, who is said to have said them, where, and the exact place."""
    who = s.speaker.name if s.speaker and s.speaker.name else show.joined(s.source) or "Source not named"
    parts = [f"{who}: {show.short(show.joined(s.content) or show.joined(s.cue), 300)}"]
    day, known = show.when(s)
    if known:
        parts.append(f"Said {day}")
    parts.append(f"Reported in {_origin(s.document)}")
    parts.append(f"Characters {s.start}–{s.end} of text {s.document.id}")
    parts.append(ask.absolute(links.statement_url(s.id)))
    return show.visible(". ".join(p.rstrip(".") for p in parts) + ".")


def document_citation(ask: Ask, d: Document) -> str:
    where = ask.absolute(links.document_url(d.id))
    return show.visible(f"{_origin(d)}. Text {d.id} (SHA-256 {d.digest}). {where}.")


def _origin(d: Document) -> str:
    named = [f"“{' '.join(d.title.split())}”" if d.title else (d.path or "an untitled text")]
    named += [x for x in (d.author, d.outlet, show.day(d.published[:10]) if d.published else None, d.url) if x]
    return ", ".join(named)
