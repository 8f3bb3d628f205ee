"""Downloads from Nexis Uni, LexisNexis and Lexis Advance: articles, each with its fields.

Two shapes. The present one has title, outlet, date, "Copyright", "Length: 512 words", a line "Body", the text, "Load-Date:", "End of
Document". The older one opens with "1 of 20 DOCUMENTS", has outlet and date centred above the title, fields in capitals and
the copyright at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from onrecord.document import Document
from onrecord.errors import BinaryError, DamagedError, SourceError
from onrecord.sources import downloads
from onrecord.sources.downloads import Article
from onrecord.sources.encoding import decode
from onrecord.sources.item import Item
from onrecord.sources.when import find_date

__all__ = ["read", "split"]

_END = re.compile(r"^\s*End of Document\s*$", re.I)
_START = re.compile(r"^\s*(?:document )?\d+ of \d+(?: documents?)?\s*$", re.I)
_HEAD_FIELD = re.compile(r"^\s*(headline|byline|section|length|dateline|highlight|copyright|series|distribution|body)\s*:\s*(.*)$", re.I)
_TAIL = re.compile(
    r"^\s*(?:(?:load-date|language|publication-type|journal code|subject|industry|geographic|person|company|organization|city|state|"
    r"country|url|correction|correction-date|acc-no|document-type|jobs|ticker|region|notes)\s*:"
    r"|(?:graphic|type|notes|correction)\s*:|(?:classification|graphic)\s*$|copyright (?:\(c\) |©\s?)?\d{4}\b)",
    re.I,
)
_COPYRIGHT = re.compile(r"^\s*(?:copyright|\(c\)|©).{0,10}\d{4}|all rights reserved", re.I)
_LENGTH = re.compile(r"^\s*length\s*:\s*[\d,]+ words", re.I)
_BODY = re.compile(r"^\s*body\s*:?\s*$", re.I)
_EDITION = re.compile(r"\b(?:edition|final|correction appended)\b|^\s*(?:mon|tues|wednes|thurs|fri|satur|sun)day\s*$", re.I)
_NOISE = re.compile(r"^\s*(?:link to image|find documents with similar topics|view original source|page \d+ of \d+)\s*$", re.I)


def read(item: Item) -> Iterator[Document | SourceError]:
    """Yield the articles of a plain-text download."""
    try:
        text, _ = decode(item.read())
    except ValueError as e:
        yield BinaryError(item.path, str(e))
        return
    articles = split(text.splitlines())
    if not articles:
        yield DamagedError(
            item.path, "no article was found in the Nexis download", "give it with --input-format text to read it as it stands"
        )
        return
    yield from downloads.documents(item, articles, "text")


def split(lines: Sequence[str]) -> list[Article] | None:
    """The articles in the lines of a download; null when this is no such download."""
    ends = sum(bool(_END.match(x)) for x in lines)
    starts = sum(bool(_START.match(x)) for x in lines)
    lengths = sum(bool(_LENGTH.match(x)) for x in lines)
    bodies = sum(bool(_BODY.match(x)) for x in lines)
    if not ((ends and (lengths or bodies)) or (starts and lengths)):
        return None
    chunks: list[list[str]] = [[]]
    for line in lines:
        if _END.match(line) or (not ends and _START.match(line)):
            chunks.append([])
        elif not _START.match(line) and not _NOISE.match(line):
            chunks[-1].append(line)
    articles = [a for chunk in chunks if (a := _article(chunk))]
    return articles or None


def _article(lines: list[str]) -> Article | None:
    start = next((i for i, x in enumerate(lines) if _BODY.match(x)), None)
    inline = ""
    fields: dict[str, str] = {}
    last_field = -1
    for i, line in enumerate(lines[: start if start is not None else 400]):
        m = _HEAD_FIELD.match(line)
        if not m:
            continue
        key, value = m[1].lower(), " ".join(m[2].split())
        if key == "body":
            start, inline = i, value
            break
        fields.setdefault(key, value)
        if key in ("byline", "section", "length", "dateline", "highlight"):
            last_field = i
    if start is None:
        if "length" not in fields:
            return None  # a cover page, or a list of what was downloaded
        start = last_field
    end = next((i for i in range(start + 1, len(lines)) if _TAIL.match(lines[i])), len(lines))
    body = downloads.paragraphs([inline, *lines[start + 1 : end]])
    found = _named(lines[: start if start > 0 else 0], fields)
    if byline := fields.get("byline"):
        found["author"] = re.sub(r"^by\s+", "", byline, flags=re.I)[:200]
    tail = {m[1].lower(): m[2].strip() for x in lines[end:] if (m := re.match(r"^\s*(language|url|load-date)\s*:\s*(.+)$", x, re.I))}
    if language := tail.get("language"):
        found["language"] = language.split(";")[0].split()[0][:20]
    if tail.get("url", "").startswith("http"):
        found["url"] = tail["url"].split()[0]
    return Article(body, found, "nexis")


def _named(lines: Sequence[str], fields: dict[str, str]) -> dict[str, str]:
    """Title, outlet and date from the lines above the text that are not labelled."""
    plain = [" ".join(x.split()) for x in lines if x.strip() and not _HEAD_FIELD.match(x) and not _COPYRIGHT.search(x)]
    out: dict[str, str] = {}
    # The last date counts: above it may stand a list of contents, with dates of its own.
    at = next((i for i in range(len(plain) - 1, -1, -1) if len(plain[i]) < 80 and find_date(plain[i])), None)
    if at is None:
        if title := fields.get("headline") or (plain[-1] if plain else ""):
            out["title"] = title
        return out
    out["published"] = find_date(plain[at]) or ""
    if at:
        out["outlet"] = plain[at - 1]
    after = [x for x in plain[at + 1 :] if not _EDITION.search(x)]
    if "headline" in fields:
        out["title"] = fields["headline"]
    elif at >= 2:
        out["title"] = plain[at - 2]
    elif after:
        out["title"] = " ".join(after[:3])
    return out
