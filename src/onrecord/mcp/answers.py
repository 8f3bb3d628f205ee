"""What an assistant is told: plain values made from a record, each with its document, its offsets and its exact words.

Every answer is bounded: rows by the caller's ``limit`` (at most ``MOST``), texts by being cut until the whole answer has
at most ``LONGEST`` characters of JSON. A text that is cut says where (``cut_at``, an offset), so that what is given is always
exactly ``start`` to ``cut_at`` of the document. Nothing of the documents is ever put into a sentence of ours: their words are
values of fields, and characters in them that a person would not see are counted in ``unseen``.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from onrecord.document import Document
from onrecord.errors import UsageError
from onrecord.record import Query, Record
from onrecord.record.search import Note
from onrecord.statement import ActorRef, Span, Statement

__all__ = ["LONGEST", "MOST", "context", "overview", "passage", "search", "speakers", "timeline", "variants"]

#: The most rows of an answer, and the most characters of its JSON.
MOST = 25
LONGEST = 40_000
#: What a span's text is cut to, in turn, until the answer fits.
_CUTS = (4000, 1500, 600, 250, 100, 40)
_NAME, _PARTIES, _FRAGMENTS = 200, 8, 12
_PASSAGE = 12_000
_MONTHS = 240


def search(record: Record, query: Query) -> dict[str, Any]:
    """A page of statements that meet ``query``, how many there are, and how they divide."""
    found = record.search(query, facets=("speaker", "act", "outlet"))

    def answer(cut: int) -> dict[str, Any]:
        return {
            "total": found.total,
            "page": query.page,
            "pages": found.pages,
            "statements": [_statement(s, found.notes.get(s.id), cut) for s in found.statements],
            "counts": {k: [_count(v) for v in values[:8]] for k, values in found.facets.items()},
        }

    return _fitted(answer)


def timeline(record: Record, query: Query) -> dict[str, Any]:
    """Statements that meet ``query`` from the earliest on, and how many there are in each month."""
    found = record.search(query, facets=("month",))
    months = list(reversed(found.facets["month"]))

    def answer(cut: int) -> dict[str, Any]:
        return {
            "total": found.total,
            "page": query.page,
            "pages": found.pages,
            "months": [{"month": v.value, "statements": v.count} for v in months[-_MONTHS:]],
            "earlier_months_left_out": max(0, len(months) - _MONTHS),
            "undated": found.total - sum(v.count for v in months) if not query.month else 0,
            "statements": [_statement(s, found.notes.get(s.id), cut) for s in found.statements],
        }

    return _fitted(answer)


def speakers(record: Record, query: Query, *, limit: int) -> dict[str, Any]:
    """Who speaks in what meets ``query``, most frequent first, each with the newest of the statements that show it."""
    from dataclasses import replace

    counted = record.facets(query, ("speaker",), limit=limit)["speaker"][:limit]
    shown = [(v, record.search(replace(query, speaker=(v.value,), page=1, size=1), facets=())) for v in counted]

    def answer(cut: int) -> dict[str, Any]:
        rows = []
        for value, page in shown:
            row: dict[str, Any] = {"speaker": _clip(value.value), "name": _clip(value.label), "statements": value.count}
            row["newest"] = [_statement(s, page.notes.get(s.id), cut) for s in page.statements]
            rows.append(row)
        return {"total_statements": record.count(query), "speakers": rows}

    return _fitted(answer)


def variants(record: Record, statement: str, *, page: int, limit: int) -> dict[str, Any]:
    """The same quote wherever the record has it: every statement of the cluster that ``statement`` is in, the earliest first."""
    from onrecord.record.terms import folded

    asked = record.statement(statement)
    query = Query(cluster=(statement,), sort="oldest", page=page, size=limit, status="shown")
    found = record.search(query, facets=("outlet",))
    words = folded(_said(asked))

    def answer(cut: int) -> dict[str, Any]:
        rows = [
            _statement(s, found.notes.get(s.id), cut) | {"same_words": folded(_said(s)) == words, "asked_for": s.id == asked.id}
            for s in found.statements
        ]
        counts = [_count(v) for v in found.facets["outlet"]]
        return {"total": found.total, "page": page, "pages": found.pages, "outlets": counts, "variants": rows}

    return _fitted(answer)


def context(record: Record, statement: str, *, characters: int) -> dict[str, Any]:
    """A statement with up to ``characters`` of the text on either side, and what else is said there."""
    s = record.statement(statement)
    return _passage(record, s.document, s.start - characters, s.end + characters, s)


def passage(record: Record, document: str, *, start: int, end: int) -> dict[str, Any]:
    """The exact text of a document between two offsets, and the statements in it."""
    d = record.document(document)
    if not 0 <= start < end:
        raise UsageError("start and end are offsets, and start is the lesser")
    if start >= len(d.text):
        raise UsageError(f"the document has {len(d.text)} characters")
    return _passage(record, d, start, end, None)


def overview(record: Record) -> dict[str, Any]:
    """What the record holds: how much, from when, by whom, from where."""
    page = record.search(Query(size=1), facets=("speaker", "country", "act", "kind", "outlet", "month"))
    months = [v.value for v in page.facets["month"]]
    return {
        "record": record.path.name,
        "statements": page.total,
        "first_month": months[-1] if months else None,
        "last_month": months[0] if months else None,
        "counts": {k: [_count(v) for v in values[:12]] for k, values in page.facets.items() if k != "month"},
    }


# -- pieces


def _passage(record: Record, d: Document, start: int, end: int, s: Statement | None) -> dict[str, Any]:
    start, end = max(0, start), min(len(d.text), end)
    if end - start > _PASSAGE:  # the statement's own beginning is what must be seen
        middle = min(max(start, (s.start - 500) if s else start), end)
        start, end = middle, min(end, middle + _PASSAGE)
    here = [x for x in record.statements_of(d.id) if x.start < end and x.end > start]
    said = record.note(s.id) if s else None

    def answer(cut: int) -> dict[str, Any]:
        made: dict[str, Any] = {"document": _document(d, whole=True)}
        if s is not None:
            made["statement"] = _statement(s, said, cut)
        made["passage"] = _span(Span(start, end, d.text[start:end]), max(cut * 3, 600))
        made["also_said_here"] = [_brief(x) for x in here if s is None or x.id != s.id][:MOST]
        return made

    return _fitted(answer)


def _statement(s: Statement, note: Note | None, cut: int) -> dict[str, Any]:
    who = s.speaker
    return {
        "id": s.id,
        "document": _document(s.document),
        "start": s.start,
        "end": s.end,
        "kind": s.kind,
        "source": _spans(s.source, cut),
        "cue": _spans(s.cue, cut),
        "content": _spans(s.content, cut),
        "speaker": {"id": _clip(who.id), "name": _clip(who.name), "role": _clip(who.role), "country": _clip(who.country), "via": who.via}
        if who
        else None,
        "addressees": _actors(s.addressees),
        "targets": _actors(s.targets),
        "act": s.act,
        "condition": _spans(s.condition, cut),
        "date": {"start": s.date.start, "end": s.date.end, "text": _clip(s.date.text)} if s.date else None,
        "nested_in": s.nested_in,
        "confidence": round(s.confidence, 4),
        "reviewed": note.status if note else None,
        "reported": note.variants if note else 1,
    }


def _brief(s: Statement) -> dict[str, Any]:
    return {
        "id": s.id,
        "start": s.start,
        "end": s.end,
        "speaker": _clip(s.speaker.name) if s.speaker else None,
        "act": s.act,
        "content": [{"start": x.start, "end": x.end} for x in s.content[:_FRAGMENTS]],
    }


def _document(d: Document, *, whole: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {"id": d.id, "title": _clip(d.title), "published": d.published, "outlet": _clip(d.outlet), "url": _clip(d.url)}
    if whole:
        made |= {"path": _clip(d.path), "author": _clip(d.author), "characters": len(d.text), "digest": d.digest}
    return made


def _spans(spans: Sequence[Span], cut: int) -> list[dict[str, Any]]:
    made = [_span(x, cut) for x in spans[:_FRAGMENTS]]
    if len(spans) > _FRAGMENTS:
        made[-1]["fragments_left_out"] = len(spans) - _FRAGMENTS
    return made


def _span(x: Span, cut: int) -> dict[str, Any]:
    """The span with its exact text; a long one only to ``cut_at``."""
    text = x.text[:cut]
    made: dict[str, Any] = {"start": x.start, "end": x.end, "text": text}
    if len(text) < len(x.text):
        made["cut_at"] = x.start + len(text)
    if unseen := _unseen(text):
        made["unseen"] = unseen
    return made


def _unseen(text: str) -> int:
    """Control and format characters, private ones and tags: what a page does not show but a program reads."""
    return (
        0
        if text.isascii() and text.isprintable()
        else sum(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") and c not in "\n\r\t" for c in text)
    )


def _actors(actors: Sequence[ActorRef]) -> list[dict[str, Any]]:
    return [{"name": _clip(a.name), "code": _clip(a.code), "start": a.start, "end": a.end} for a in actors[:_PARTIES]]


def _count(value: Any) -> dict[str, Any]:
    return {"value": _clip(value.value), "name": _clip(value.label), "count": value.count}


def _clip(value: str | None) -> str | None:
    """A name, not a quote: bounded, in one line, without what is not seen."""
    if value is None:
        return None
    line = " ".join("".join(c for c in value[: 4 * _NAME] if not _unseen(c)).split())
    return line if len(line) <= _NAME else line[: _NAME - 1] + "…"


def _said(s: Statement) -> str:
    return " ".join(x.text for x in s.content)


def _fitted(answer: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """The answer, its texts cut only as far as they must be; where even that is not enough, rows are left out from the end."""
    made: dict[str, Any] = {}
    for cut in _CUTS:
        made = answer(cut)
        if _size(made) <= LONGEST:
            return made
    rows = max((v for v in made.values() if isinstance(v, list)), key=_size)
    made["rows_left_out"] = 0
    while _size(made) > LONGEST and rows:
        rows.pop()
        made["rows_left_out"] += 1
    return made


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False))
