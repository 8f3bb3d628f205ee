"""What a web page says about itself: JSON-LD, OpenGraph and other meta tags, ``<time>``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from onrecord.sources.when import parse_date

__all__ = ["main_heading", "page_fields"]

_ARTICLES = ("Article", "BlogPosting", "Report", "LiveBlogPosting", "WebPage", "PressRelease")
_DATES = (
    "article:published_time", "og:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.created",
    "dcterms.date", "publishdate", "pubdate", "publish-date", "parsely-pub-date", "sailthru.date", "article.published",
    "citation_publication_date", "citation_date",
)  # fmt: skip
_LONGEST = 2_000_000  # characters of JSON-LD


def page_fields(tree: Any) -> dict[str, str]:
    """Fields of a Document from an lxml tree of a page; those that are not stated are left out."""
    linked = _linked(tree)
    meta: dict[str, str] = {}
    for node in tree.iter("meta"):
        key = (node.get("property") or node.get("name") or node.get("itemprop") or "").strip().lower()
        value = (node.get("content") or "").strip()
        if key and value:
            meta.setdefault(key, value[:1000])
    out = {
        "title": linked.get("title") or meta.get("og:title") or meta.get("twitter:title") or _heading(tree),
        "author": linked.get("author") or _not_address(meta.get("author") or meta.get("article:author") or meta.get("byl")),
        "outlet": linked.get("outlet") or meta.get("og:site_name") or meta.get("application-name"),
        "published": linked.get("published") or next((d for k in _DATES if k in meta and (d := parse_date(meta[k]))), None) or _time(tree),
        "url": _canonical(tree) or meta.get("og:url") or linked.get("url"),
        "language": tree.get("lang") or linked.get("language") or (meta.get("og:locale") or "")[:2] or None,
    }
    return {k: " ".join(v.split())[:500] for k, v in out.items() if isinstance(v, str) and v.strip()}


def _linked(tree: Any) -> dict[str, str]:
    """From JSON-LD: the first thing that is an article, and the publisher it names."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text or len(script.text) > _LONGEST:
            continue
        try:
            data = json.loads(script.text.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
        except (ValueError, RecursionError):
            continue
        best: dict[str, str] = {}
        for thing in _things(data, 0):
            kinds = thing.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(k, str) and k.endswith(_ARTICLES) for k in kinds):
                found = {
                    "title": _text(thing.get("headline")),
                    "published": parse_date(_text(thing.get("datePublished")) or _text(thing.get("dateCreated"))),
                    "author": ", ".join(_names(thing.get("author"))),
                    "outlet": ", ".join(_names(thing.get("publisher"))[:1]),
                    "url": _text(thing.get("url")),
                    "language": _text(thing.get("inLanguage")),
                }
                for key, value in found.items():
                    if value:
                        best.setdefault(key, value)
        if best:
            return best
    return {}


def _things(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(data, list):
        for x in data[:200]:
            yield from _things(x, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement"):
            if isinstance(data.get(key), list | dict):
                yield from _things(data[key], depth + 1)


def _text(value: Any) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    return value.strip() if isinstance(value, str) and value.strip() else None


def _names(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [name for v in values[:10] if (name := _not_address(_text(v)))]


def _not_address(value: str | None) -> str | None:
    return None if not value or value.startswith(("http://", "https://", "www.")) else value


def main_heading(tree: Any) -> str | None:
    """The words of the page's one ``<h1>``; null where there is none, or more than one."""
    headings = [text for h in tree.iter("h1") if (text := " ".join("".join(h.itertext()).split()))]
    return headings[0] if len(headings) == 1 and len(headings[0]) <= 300 else None


def _heading(tree: Any) -> str | None:
    if heading := main_heading(tree):
        return heading
    for node in tree.iter("title"):
        if node.text and node.text.strip():
            return str(node.text)
    return None


def _time(tree: Any) -> str | None:
    for node in tree.iter("time"):
        if (value := node.get("datetime")) and (found := parse_date(value)):
            return found
        if found := parse_date(" ".join("".join(node.itertext()).split())):
            return found
    return None


def _canonical(tree: Any) -> str | None:
    for node in tree.iter("link"):
        if (node.get("rel") or "").lower() == "canonical" and (node.get("href") or "").startswith(("http://", "https://")):
            return str(node.get("href"))
    return None
