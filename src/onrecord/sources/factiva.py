"""Downloads from Factiva: articles, each with its fields.

Either bare lines (headline, byline, "512 words", date, outlet, its code, language, copyright, text, "Document REUTE00020211202…")
or lines with the codes of fields (HD, BY, WC, PD, SN, LA, LP, TD, AN).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from onrecord.document import Document
from onrecord.errors import BinaryError, DamagedError, SourceError
from onrecord.sources import downloads
from onrecord.sources.downloads import Article, documents
from onrecord.sources.encoding import decode
from onrecord.sources.item import Item
from onrecord.sources.when import find_date

__all__ = ["documents", "from_page", "in_page", "read", "split"]

_DOCUMENT = re.compile(r"^\s*Document ([A-Za-z0-9]{6,40})\s*$")
_WORDS = re.compile(r"^\s*[\d,]+ words\s*$")
_TIME = re.compile(r"^\s*\d{1,2}:\d\d(?:\s?[ap]m)?(?: [A-Z]{2,5})?\s*$", re.I)
_CODE = re.compile(r"^\s*[A-Z0-9]{2,10}\s*$")
_LANGUAGE = re.compile(r"^\s*(English|French|German|Spanish|Italian|Portuguese|Russian|Chinese|Japanese|Arabic|Dutch|Polish|Turkish|"
                       r"Swedish|Danish|Norwegian|Korean|Indonesian|Malay|Bulgarian|Czech|Slovak|Finnish|Hungarian|Catalan|Hebrew|Thai|"
                       r"Vietnamese)\b", re.I)  # fmt: skip
_COPYRIGHT = re.compile(r"^\s*(?:\(c\)|©|copyright)", re.I)
_FIELDS = "SE HD BY CR WC PD ET SN SC ED PG VOL LA CY LP TD CT RF CO IN NS RE IPC IPD PUB AN".split()
_CODED = re.compile(r"^\s{0,3}(" + "|".join(_FIELDS) + r")(?:[ \t]+(.*)|\s*)$")


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
            item.path, "no article was found in the Factiva download", "give it with --input-format text to read it as it stands"
        )
        return
    yield from downloads.documents(item, articles, "text")


def split(lines: Sequence[str]) -> list[Article] | None:
    """The articles in the lines of a download; null when this is no such download."""
    codes = {m[1] for x in lines if (m := _CODED.match(x))}
    coded = {"HD", "PD", "SN"} <= codes and bool(codes & {"LP", "TD"})
    if not coded and not (any(map(_DOCUMENT.match, lines)) and any(map(_WORDS.match, lines))):
        return None
    chunks: list[list[str]] = [[]]
    for line in lines:
        m = _CODED.match(line) if coded else None
        if m and m[1] in ("HD", "SE") and any((k := _CODED.match(x)) and k[1] == "HD" for x in chunks[-1]):
            chunks.append([])
        chunks[-1].append(line)
        if not coded and _DOCUMENT.match(line):
            chunks.append([])
    make = _from_codes if coded else _from_lines
    return [a for chunk in chunks if (a := make(chunk))] or None


def _from_codes(lines: list[str]) -> Article | None:
    values: dict[str, list[str]] = {}
    key = ""
    for line in lines:
        if m := _CODED.match(line):
            key = m[1]
            values.setdefault(key, []).append(m[2] or "")
        elif key:
            values[key].append(line)
    flat = {k: " ".join(" ".join(v).split()) for k, v in values.items()}
    if "HD" not in flat:
        return None
    body = downloads.paragraphs([*values.get("LP", []), "", *values.get("TD", [])])
    return Article(body, _fields(flat["HD"], flat.get("BY", ""), flat.get("PD", ""), flat.get("SN", ""), flat.get("LA", "")), "factiva")


def _from_lines(lines: list[str]) -> Article | None:
    at = next((i for i, x in enumerate(lines) if _WORDS.match(x)), None)
    if at is None:
        return None
    above = [" ".join(x.split()) for x in lines[:at] if x.strip()]
    byline = above.pop() if len(above) > 1 and (above[-1].lower().startswith("by ") or _short(above[-1])) else ""
    # A section's name may stand above the headline.
    title = above[-1] if len(above) > 1 and _short(above[-2]) else " ".join(above[:1])
    date, outlet, language = "", "", ""
    i = at + 1
    while i < len(lines) and i < at + 30:
        line = " ".join(lines[i].split())
        if not line or _TIME.match(line):
            pass
        elif not date and len(line) < 40 and find_date(line):
            date = line
        elif _LANGUAGE.match(line) and len(line) < 40:
            language = line
        elif _COPYRIGHT.match(line):
            i += 1
            break
        elif date and not outlet:
            outlet = line
        elif not (_CODE.match(line) or len(line) < 30):
            break
        i += 1
    end = next((j for j in range(i, len(lines)) if _DOCUMENT.match(lines[j])), len(lines))
    return Article(downloads.paragraphs(lines[i:end]), _fields(title, byline, date, outlet, language), "factiva")


def _short(line: str) -> bool:
    return len(line.split()) <= 4 and not line.endswith((".", "?", "!"))


def _fields(title: str, byline: str, date: str, outlet: str, language: str) -> dict[str, str]:
    found = {
        "title": title,
        "author": re.sub(r"^by\s+", "", byline, flags=re.I)[:200],
        "published": find_date(date) or "",
        "outlet": outlet,
        "language": language.split(maxsplit=1)[0] if language.strip() else "",
    }
    return {k: v for k, v in found.items() if v}


def in_page(tree: Any) -> bool:
    """Is an HTML page such a download?"""
    return bool(_in(tree)) and any(_DOCUMENT.match(" ".join("".join(p.itertext()).split())) for p in tree.iter("p", "td", "div", "span"))


def _in(tree: Any) -> list[Any]:
    return [d for d in tree.iter("div") if "article" in (d.get("class") or "").lower().split() or "Article" in (d.get("class") or "")]


def from_page(tree: Any) -> list[Article]:
    """The articles of an HTML download."""
    out = []
    found = _in(tree)
    around = {above for node in found for above in node.iterancestors("div")}
    for node in found:
        if node in around:  # what holds articles is none
            continue
        lines: list[str] = []
        for part in node.iter("p", "div", "tr"):
            if part.tag == "tr":
                cells = [" ".join("".join(c.itertext()).split()) for c in part if isinstance(c.tag, str)]
                if len(cells) >= 2 and cells[0] in _FIELDS:
                    paragraphs = [" ".join("".join(p.itertext()).split()) for p in part[1].iter("p")] or [cells[1]]
                    lines += [f"{cells[0]} {paragraphs[0]}", *(x for p in paragraphs[1:] for x in ("", p))]
                continue
            if any(a.tag == "tr" for a in part.iterancestors()) or any(c.tag in ("p", "div", "tr", "table") for c in part):
                continue
            lines += ["", " ".join("".join(part.itertext()).split())]
        out += split(lines) or []
    return out
