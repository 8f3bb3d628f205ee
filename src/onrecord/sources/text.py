"""Plain text: the decoded content, unchanged, and whatever its first lines plainly say of where it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from onrecord import lazy
from onrecord.document import Document
from onrecord.errors import BinaryError, EmptyError, SourceError
from onrecord.sources.encoding import decode
from onrecord.sources.item import Item
from onrecord.sources.when import find_date

__all__ = ["VERSION", "header", "read"]

VERSION = "text/1"

_LINE = lazy.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]*")
_ENDS = lazy.compile(r"[.;:,!…][\"'”’»)\]]*$")
# "MOSCOW, December 2, 2021 (Reuters) - …", "KYIV, Ukraine (AP) — …"
_DATELINE = lazy.compile(
    r"\s*(?P<place>[A-ZÀ-Þ][A-ZÀ-Þ .'’/-]{1,40}[A-ZÀ-Þ.])(?P<rest>,?[^()\n\r]{0,60}?)\s*"
    r"(?:\((?P<outlet>[A-Z][\w .&/’'-]{1,40})\))?\s*(?:--|[-–—])\s"
)
_FIELD = lazy.compile(
    r"(?i)^\s*(?P<key>by|author|published(?: on| at)?|date|updated|source|outlet|publication|url|title|headline)\s*[:：]\s*(?P<value>\S.*)$"
)
_BYLINE = lazy.compile(r"^\s*By (?P<names>[A-ZÀ-Þ][\w.'’-]+(?: (?:[A-ZÀ-Þ][\w.'’-]*|and|de|van|von|al|bin|,))+)\s*$")
_HEADER_LINES = 12
_KEYS = {
    **dict.fromkeys(("by", "author"), "author"),
    **dict.fromkeys(("published", "published on", "published at", "date"), "published"),
    **dict.fromkeys(("source", "outlet", "publication"), "outlet"),
    **dict.fromkeys(("title", "headline"), "title"),
    "url": "url",
}


def read(item: Item) -> Iterator[Document | SourceError]:
    """Yield the one Document of a plain-text file."""
    data = item.read()
    try:
        text, _ = decode(data)
    except ValueError as e:
        yield BinaryError(item.path, str(e), "save it as UTF-8 text, or give the file in its own format")
        return
    if not text.strip():
        yield EmptyError(item.path, "there is no text in it")
        return
    yield item.document(text, reader=VERSION, **header(text))


def header(text: str) -> dict[str, str]:
    """Title, outlet, author, date and address as the first lines of a plain text state them; nothing is guessed from prose."""
    out: dict[str, str] = {}
    # White space collapsed and lines cut: the patterns below must not meet runs of what they can divide in many ways.
    lines = [" ".join(m.group().split())[:400] for _, m in zip(range(400), _LINE.finditer(text[:20_000]), strict=False)]
    filled = [(i, line) for i, line in enumerate(lines) if line][:_HEADER_LINES]
    if not filled:
        return out
    for _, line in filled:
        if m := _FIELD.match(line):
            key = _KEYS.get(re.sub(r"\s+", " ", m["key"].lower()))
            value = m["value"].strip()[:300]
            if key == "published":
                value = find_date(value) or ""
            if key and value:
                out.setdefault(key, value)
        elif (m := _BYLINE.match(line)) and len(line) < 100:
            out.setdefault("author", m["names"].strip(" ,"))
        elif m := _DATELINE.match(line + " "):
            if m["outlet"]:
                out.setdefault("outlet", m["outlet"].strip())
            if m["rest"] and (day := find_date(m["rest"])):
                out.setdefault("published", day)
    if "title" not in out and _is_headline(filled, lines):
        out["title"] = filled[0][1]
    return out


def _is_headline(filled: list[tuple[int, str]], lines: list[str]) -> bool:
    """A first line of 3 to 25 words that does not end as a sentence does, with the text itself in other lines after it.

    The second line decides: where it goes on in lower case, or is parted by nothing from a long line before it, the first
    line is prose that was wrapped.
    """
    at, line = filled[0]
    words = line.split()
    if not 3 <= len(words) <= 25 or len(line) > 200 or len(filled) < 2:
        return False
    if _ENDS.search(line) or line[0].islower() or _FIELD.match(line) or _BYLINE.match(line) or _DATELINE.match(line + " "):
        return False
    after, second = filled[1]
    if second[0].islower() or (len(line) > 60 and abs(len(second) - len(line)) < 15 and not _BYLINE.match(second)):
        return False
    return after > at + 1 or len(second) > 1.5 * len(line) or bool(_BYLINE.match(second) or _DATELINE.match(second + " "))
