"""Statements and documents as rows of the tables in ``onrecord.schema``, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onrecord.document import Document
from onrecord.errors import SpanError
from onrecord.statement import ActorRef, DateRef, Span, Speaker, Statement, statement_id

__all__ = ["actors", "document", "evidence", "reading", "spans", "statement", "to_document", "to_statement"]

_ORIGIN = ("author", "url", "language", "source_digest", "reader")


def statement(s: Statement) -> dict[str, Any]:
    """A row of ``statements``."""
    return s.to_dict()


def evidence(s: Statement) -> dict[str, Any]:
    """A row of ``evidence``: the statement, its document's origin and text."""
    return {**s.to_dict(), "origin": _origin(s.document), "text": s.document.text}


def document(d: Document) -> dict[str, Any]:
    """A row of ``documents``."""
    return {**d.to_dict(), **_origin(d), "text": d.text}


def reading(d: Document, statements: Sequence[Statement], *, model: str | None) -> dict[str, Any]:
    """A row of ``readings``: the document with its statements, as ``model`` found them."""
    return {**document(d), "model": model, "statements": [{k: v for k, v in s.to_dict().items() if k != "document"} for s in statements]}


def spans(s: Statement) -> Iterator[dict[str, Any]]:
    """The statement's rows of ``spans``."""
    for role in ("source", "cue", "content", "condition"):
        for n, x in enumerate(getattr(s, role)):
            yield {"statement": s.id, "document": s.document.id, "role": role, "n": n, **x.to_dict()}


def actors(s: Statement) -> Iterator[dict[str, Any]]:
    """The statement's rows of ``actors``."""
    if who := s.speaker:
        yield {
            "statement": s.id, "role": "speaker", "n": 0, "id": who.id, "name": who.name, "code": who.country,
            "start": None, "end": None, "office": who.role,
        }  # fmt: skip
    for role, found in (("addressee", s.addressees), ("target", s.targets)):
        for n, a in enumerate(found):
            yield {
                "statement": s.id, "role": role, "n": n, "id": a.id, "name": a.name, "code": a.code,
                "start": a.start, "end": a.end, "office": None,
            }  # fmt: skip


def _origin(d: Document) -> dict[str, Any]:
    return {"digest": d.digest, **{k: getattr(d, k) for k in _ORIGIN}}


def to_document(row: Mapping[str, Any]) -> Document:
    """The document of a row of ``documents``, ``readings`` or ``evidence``. Raises SpanError where its text is not its digest's."""
    head, origin = (row["document"], row["origin"]) if "document" in row else (row, row)
    made = Document(
        row["text"],
        path=head["path"],
        title=head["title"],
        published=head["published"],
        outlet=head["outlet"],
        **{k: origin[k] for k in _ORIGIN},
    )
    if made.digest != origin["digest"] or made.id != head["id"]:
        raise SpanError(f"document {str(head['id'])[:16]}: its text is not the one that its digest names")
    return made


def to_statement(row: Mapping[str, Any], d: Document) -> Statement:
    """The statement of a row of ``statements`` or ``evidence``, or within one of ``readings``, in its document ``d``.

    Raises SpanError where its spans do not hold their text, or its id is not theirs.
    """
    roles = {r: tuple(Span(x["start"], x["end"], x["text"]) for x in row[r]) for r in ("source", "cue", "content", "condition")}
    who, when = row["speaker"], row["date"]
    made = Statement(
        id=row["id"],
        document=d,
        kind=row["kind"],
        confidence=row["confidence"],
        nested_in=row["nested_in"],
        speaker=Speaker(who["name"], who["id"], who["role"], who["country"], who["via"], who["confidence"]) if who else None,
        addressees=_parties(row["addressees"]),
        targets=_parties(row["targets"]),
        act=row["act"],
        plover=row["plover"],
        cameo=row["cameo"],
        date=DateRef(when["start"], when["end"], when["text"]) if when else None,
        polarity=row["polarity"],
        modality=row["modality"],
        **roles,
    )
    made.check()
    if made.id != statement_id(d.digest, made.source, made.cue, made.content):
        raise SpanError(f"statement {made.id[:16]}: its id is not the hash of its document and spans")
    if made.kind not in ("direct", "indirect", "mixed") or not 0 <= made.confidence <= 1:
        raise SpanError(f"statement {made.id}: its kind or its confidence is none")
    return made


def _parties(values: Sequence[Mapping[str, Any]]) -> tuple[ActorRef, ...]:
    return tuple(ActorRef(v["name"], v["code"], v["start"], v["end"], v["id"]) for v in values)
