"""Which column of a table holds which field of a Document, by the names that common corpora give their columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from onrecord.errors import UsageError

__all__ = ["FIELDS", "recognise", "resolve"]

#: The Document's fields that a column can fill.
FIELDS = ("text", "title", "published", "outlet", "author", "url", "language")

# Names in order of preference; compared in lower case without spaces, dots, dashes and underscores. Among them those of Hugging
# Face news sets (text, article, content, maintext, domain), of GDELT (DATE, SQLDATE, V2.1DATE, SourceCommonName,
# DocumentIdentifier, SOURCEURL), of news-please, MediaCloud, Kaggle's and ProQuest's tables.
_NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "fulltext", "articletext", "articlebody", "body", "bodytext", "bodyplain", "content", "articlecontent",
        "contenttext", "maintext", "plaintext", "rawcontent", "story", "storytext", "newstext", "cleantext", "article", "document",
        "transcript", "speech", "statement", "passage", "paragraph", "paragraphs", "description", "snippet", "contextualtext",
        "quotation", "context",
    ),
    "title": (
        "title", "headline", "articletitle", "pagetitle", "head", "newstitle", "subject", "name",
    ),
    "published": (
        "published", "date", "publishedat", "publishdate", "datepublish", "publicationdate", "pubdate", "datepublished",
        "publishedon", "publisheddate", "articledate", "newsdate", "timestamp", "datetime", "createdat", "v21date", "v2date",
        "sqldate", "dateadded", "day", "time", "issued", "seendate", "firstseen",
    ),
    "outlet": (
        "outlet", "publication", "source", "sourcename", "newspaper", "publisher", "sitename", "medium", "medianame",
        "sourcecommonname", "v2sourcecommonname", "sourcedomain", "domain", "journal", "newsoutlet", "site", "provider",
    ),
    "author": (
        "author", "authors", "byline", "writer", "creator", "journalist", "speaker",
    ),
    "url": (
        "url", "link", "articleurl", "documentidentifier", "v2documentidentifier", "sourceurl", "uri", "weburl", "canonicalurl",
        "webpage", "permalink",
    ),
    "language": (
        "language", "lang", "languagecode", "sourcelanguage", "languagedetected",
    ),
}  # fmt: skip


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def recognise(names: Iterable[str]) -> dict[str, str]:
    """Field -> column, for the columns whose names are known. A column fills one field only."""
    columns: dict[str, str] = {}
    for name in names:
        columns.setdefault(_key(name), name)
    out: dict[str, str] = {}
    for field in FIELDS:
        for key in _NAMES[field]:
            if key in columns and columns[key] not in out.values():
                out[field] = columns[key]
                break
    return out


def resolve(names: Iterable[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping to use for a table with these columns: the caller's, completed by known names.

    Raises UsageError when the mapping names no field of a document, when its column is not there, or when no column holds the text.
    """
    names = list(names)
    for field in mapping:
        if field not in FIELDS:
            raise UsageError(f"a document has no field {field!r}; --map takes {', '.join(FIELDS)}")
    out = {k: v for k, v in recognise(n for n in names if n not in mapping.values()).items() if k not in mapping}
    for field, column in mapping.items():
        if column.split(".")[0] not in names and column not in names:
            raise UsageError(f"there is no column {column!r}; the columns are {_list(names)}")
        out[field] = column
    if "text" not in out:
        raise UsageError(f"no column is known to hold the text; say which with --map text=COLUMN; the columns are {_list(names)}")
    return out


def _list(names: list[str]) -> str:
    shown = ", ".join(repr(n[:40]) for n in names[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "")
