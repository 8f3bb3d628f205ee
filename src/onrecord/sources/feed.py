"""RSS and Atom feeds: one Document an entry, with the text that the feed itself carries."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from onrecord.document import Document
from onrecord.errors import DamagedError, EmptyError, SourceError
from onrecord.sources.item import Item
from onrecord.sources.markup import fragment_text
from onrecord.sources.when import parse_date

__all__ = ["VERSION", "read"]

VERSION = "feed/1"


def read(item: Item) -> Iterator[Document | SourceError]:
    """Yield the entries in the feed's order, named ``feed.xml#1`` and so on. Links are not followed."""
    import feedparser  # type: ignore[import-untyped,unused-ignore]

    assert item.data is not None
    # As a stream: the parser takes a string for an address and would fetch it.
    got = feedparser.parse(io.BytesIO(item.data), resolve_relative_uris=False, sanitize_html=False)
    entries = got.get("entries") or []
    if not entries:
        if got.get("bozo") and not got.get("version"):
            yield DamagedError(item.path, "it is not a sound RSS or Atom feed")
        else:
            yield EmptyError(item.path, "the feed has no entries")
        return
    about = got.get("feed") or {}
    for number, entry in enumerate(entries, 1):
        title = fragment_text(_string(entry.get("title")))
        bodies = [_string(c.get("value")) for c in entry.get("content") or () if isinstance(c, dict)]
        text = fragment_text(max([*bodies, _string(entry.get("summary"))], key=len)) or title
        if not text.strip():
            yield EmptyError(f"{item.path}#{number}", "the entry has no text")
            continue
        yield item.document(
            text,
            reader=VERSION,
            part=number,
            title=" ".join(title.split())[:500],
            url=_string(entry.get("link"))[:2000],
            author=" ".join(_string(entry.get("author")).split())[:300],
            published=parse_date(_string(entry.get("published")) or _string(entry.get("updated"))),
            outlet=" ".join(_string((entry.get("source") or {}).get("title") or about.get("title")).split())[:300],
            language=_string(about.get("language"))[:20],
        )


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
