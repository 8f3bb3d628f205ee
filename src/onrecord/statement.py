"""A statement: somebody says, writes, believes, wants, decrees or promises something, as a text reports it.

The central value of the program: frozen, made by one stage and enriched by the next with ``dataclasses.replace``.
``to_dict`` is the contract that the shell, the store, the exports and the web page share.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from onrecord.document import Document
from onrecord.errors import SpanError

__all__ = ["ActorRef", "DateRef", "Kind", "Span", "Speaker", "Statement", "statement_id"]

Kind = Literal["direct", "indirect", "mixed"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open interval of code points of the document's text, and the characters it holds."""

    start: int
    end: int
    text: str

    def moved(self, by: int) -> Span:
        """The same characters ``by`` code points further on, as a text that holds this one has them; back where ``by`` is negative."""
        return Span(self.start + by, self.end + by, self.text)

    def to_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True)
class Speaker:
    """The actor that a source resolves to. ``via`` says how it was decided. Unknown fields are null, never guessed."""

    name: str | None
    id: str | None = None
    role: str | None = None
    country: str | None = None
    via: str | None = None
    confidence: float | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "role": self.role,
            "country": self.country,
            "via": self.via,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class ActorRef:
    """An addressee or a target: the words in the text, and the actor they name where that is known.

    ``code`` is the actor's country (ISO 3166 alpha-3) or an organisation's acronym, or null.
    """

    name: str
    code: str | None
    start: int
    end: int
    id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "code": self.code, "start": self.start, "end": self.end, "id": self.id}


@dataclass(frozen=True, slots=True)
class DateRef:
    """When it was said: a half-open interval of ISO dates, null where unresolved, and the words that say so."""

    start: str | None
    end: str | None
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True)
class Statement:
    """One attribution. Spans are in text order; ``source`` and ``cue`` may be empty.

    ``kind``: direct (all of the content in quotation marks), indirect (none of it), mixed.
    ``nested_in``: id of the statement whose content reports this one, or null.
    ``confidence``: probability that a human coder would mark this statement, calibrated on PolNeAR dev.
    ``act``, ``plover``, ``cameo``, ``condition``, ``date``, ``addressees``, ``targets``, ``polarity``, ``modality``:
    what the words do, to whom and when; null or empty where not known.
    """

    id: str
    document: Document
    kind: Kind
    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    confidence: float
    nested_in: str | None = None
    speaker: Speaker | None = None
    addressees: tuple[ActorRef, ...] = ()
    targets: tuple[ActorRef, ...] = ()
    act: str | None = None
    plover: str | None = None
    cameo: str | None = None
    condition: tuple[Span, ...] = ()
    date: DateRef | None = None
    polarity: str | None = None
    modality: str | None = None

    @property
    def start(self) -> int:
        """Offset of the first character of any of its spans."""
        return min(s.start for s in (*self.source, *self.cue, *self.content))

    @property
    def end(self) -> int:
        """Offset after the last character of any of its spans."""
        return max(s.end for s in (*self.source, *self.cue, *self.content))

    def check(self) -> None:
        """Raise SpanError unless every span holds exactly the characters it says, in order and without overlap within a role."""
        text = self.document.text
        for role in ("source", "cue", "content", "condition"):
            before = 0
            for s in getattr(self, role):
                if not (0 <= s.start < s.end <= len(text)) or text[s.start : s.end] != s.text:
                    raise SpanError(f"statement {self.id}: {role} {s.start}-{s.end} does not hold the text {s.text!r} it claims")
                if s.start < before:
                    raise SpanError(f"statement {self.id}: the fragments of its {role} overlap or are out of order")
                before = s.end
        for a in (*self.addressees, *self.targets):
            if not 0 <= a.start < a.end <= len(text):
                raise SpanError(f"statement {self.id}: actor {a.name!r} at {a.start}-{a.end} lies outside the text")
        if not (self.source or self.cue or self.content):
            raise SpanError(f"statement {self.id}: no span at all")

    def to_dict(self) -> dict[str, Any]:
        """The statement as plain JSON values: the program's contract, field for field."""

        def spans(ss: tuple[Span, ...]) -> list[dict[str, Any]]:
            return [s.to_dict() for s in ss]

        return {
            "id": self.id,
            "document": self.document.to_dict(),
            "kind": self.kind,
            "source": spans(self.source),
            "cue": spans(self.cue),
            "content": spans(self.content),
            "speaker": self.speaker.to_dict() if self.speaker else None,
            "addressees": [a.to_dict() for a in self.addressees],
            "targets": [a.to_dict() for a in self.targets],
            "act": self.act,
            "plover": self.plover,
            "cameo": self.cameo,
            "condition": spans(self.condition),
            "date": self.date.to_dict() if self.date else None,
            "polarity": self.polarity,
            "modality": self.modality,
            "nested_in": self.nested_in,
            "confidence": self.confidence,
        }

    def to_json(self) -> str:
        """One line of JSON, keys in the contract's order, non-ASCII letters as they are."""
        return json.dumps(self.to_dict(), ensure_ascii=False)


def statement_id(digest: str, source: Iterable[Span], cue: Iterable[Span], content: Iterable[Span]) -> str:
    """Id of a statement: the first 16 hex digits of a SHA-256 over the document's digest and the spans' offsets.

    Neither the model nor the path enters, so the id survives a re-run and a move.
    """
    offsets = [[[s.start, s.end] for s in role] for role in (source, cue, content)]
    return hashlib.sha256(f"{digest}:{json.dumps(offsets, separators=(',', ':'))}".encode()).hexdigest()[:16]
