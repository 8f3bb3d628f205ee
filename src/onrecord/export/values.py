"""What several formats say of a statement in the same way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from onrecord.document import Document
from onrecord.segment import paragraphs
from onrecord.statement import Span, Statement

__all__ = [
    "ROLES", "anchor", "attribute", "claimant", "context", "document_urn", "dumps", "first_line", "json_array", "speaker_name", "urn",
    "web_address", "words", "xml_text",
]  # fmt: skip

ROLES = ("source", "cue", "content", "condition")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE = re.compile(r"\s+")


def urn(s: Statement) -> str:
    return f"urn:onrecord:statement:{s.id}"


def document_urn(d: Document) -> str:
    return f"urn:onrecord:document:{d.id}"


def words(spans: tuple[Span, ...]) -> str:
    """The fragments' words on one line, gaps shown."""
    return " … ".join(_SPACE.sub(" ", s.text).strip() for s in spans)


def speaker_name(s: Statement) -> str:
    """Who is said to speak: the actor where known, else the words of the source; empty where there are none."""
    return (s.speaker.name if s.speaker and s.speaker.name else None) or words(s.source)


def claimant(s: Statement, outer: Statement | None) -> str | None:
    """Who says that the statement was made: the speaker it is nested in, else the outlet, else nobody known."""
    return (speaker_name(outer) or None) if outer else s.document.outlet


def anchor(s: Statement) -> dict[str, Any]:
    """Where the statement stands: ids, digest and offsets, for formats that have no place of their own for them."""
    return {
        "statement": s.id,
        "document": s.document.id,
        "sha256": s.document.digest,
        **{role: [[x.start, x.end] for x in getattr(s, role)] for role in ROLES if getattr(s, role)},
    }


def first_line(d: Document) -> str:
    """A name for a document: its title, else its path, else its first words."""
    if d.title or d.path:
        return _SPACE.sub(" ", d.title or d.path or "").strip()[:300] or d.id
    return " ".join(d.text[:400].split())[:80] or d.id


def web_address(value: str | None) -> str | None:
    """``value`` if it is an address of the web that can be followed without harm, else null."""
    return value if value and re.fullmatch(r"https?://[^\s<>\"'\\\x00-\x20]{1,2000}", value) else None


# A document's statements come one after another: its paragraphs are found once.
_paragraphs = lru_cache(maxsize=2)(paragraphs)


def context(s: Statement, *, before: int = 400, after: int = 400) -> tuple[int, int]:
    """The part of the text that shows the statement in context: its paragraphs, cut between words where they are long."""
    text, start, end = s.document.text, s.start, s.end
    lo, hi = start, end
    for a, b in _paragraphs(text):
        if a <= start < b:
            lo = a
        if a < end <= b:
            hi = b
    if start - lo > before:
        lo = text.find(" ", start - before, start) + 1 or start - before
    if hi - end > after:
        cut = text.rfind(" ", end, end + after)
        hi = cut if cut > end else end + after
    return lo, hi


# -- XML


def xml_text(value: str) -> str:
    """Text for XML, as many characters as before once it is read: what XML cannot hold becomes U+FFFD, carriage returns are kept."""
    return escape(_NOT_XML.sub("\ufffd", value), {"\r": "&#13;"})


def attribute(value: str) -> str:
    """A value for an XML attribute, with its quotation marks."""
    return quoteattr(_NOT_XML.sub("\ufffd", value), {"\r": "&#13;"})


# -- JSON


def dumps(value: Any) -> bytes:
    """One line of JSON in UTF-8; lone surrogates as JSON's own escapes."""
    return re.sub("[\ud800-\udfff]", lambda m: f"\\u{ord(m.group()):04x}", json.dumps(value, ensure_ascii=False)).encode()


def json_array(stream: IO[bytes], values: Iterator[Any], *, head: str = "[", tail: str = "]\n") -> int:
    """Write values one a line as a JSON array within ``head`` and ``tail``. Returns how many."""
    stream.write(head.encode())
    count = 0
    for count, value in enumerate(values, 1):
        stream.write((b",\n" if count > 1 else b"\n") + dumps(value))
    stream.write(b"\n" + tail.encode())
    return count
