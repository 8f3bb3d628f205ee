"""A text as it was read: frozen, with its digest and what is known of where it came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from onrecord.errors import UsageError

__all__ = ["Document", "parse_published"]


@dataclass(frozen=True)
class Document:
    """One text and its origin. All offsets anywhere count Unicode code points of ``text``, which never changes.

    ``path``: where it was read from, as the caller named it; ``-`` for standard input, null for a string.
    ``published``: date or moment of publication in ISO 8601 (``2021-12-02``, ``2021-12-02T09:30+03:00``), or null.
    ``title``, ``outlet``, ``author``, ``url``, ``language``: as found, or null.
    ``source_digest``: SHA-256 of the original bytes, where the text was extracted from another format.
    ``reader``: name and version of the reader that made the text (``text/1``).
    """

    text: str = field(repr=False)
    path: str | None = None
    title: str | None = None
    published: str | None = None
    outlet: str | None = None
    author: str | None = None
    url: str | None = None
    language: str | None = None
    source_digest: str | None = None
    reader: str | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8, in hex. Lone surrogates, which UTF-8 cannot hold, are escaped first."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def id(self) -> str:
        """The first 16 hex digits of ``digest``: the same text has the same id wherever it lies."""
        return self.digest[:16]

    def to_dict(self) -> dict[str, Any]:
        """The document's part of a statement's JSON."""
        return {"id": self.id, "path": self.path, "title": self.title, "published": self.published, "outlet": self.outlet}


def parse_published(value: str | date | None) -> str | None:
    """Check and normalise a publication date: ISO 8601 date or date and time. Raises UsageError."""
    if value is None:
        return None
    if isinstance(value, date):  # datetime is a date too
        return value.isoformat()
    from datetime import datetime

    for parse in (date.fromisoformat, datetime.fromisoformat):
        try:
            return parse(value.strip()).isoformat()
        except ValueError:
            continue
    raise UsageError(f"publication date {value!r} is not a date such as 2021-12-02 or 2021-12-02T09:30")
