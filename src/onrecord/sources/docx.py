"""Word documents, and the downloads of Nexis and Factiva in that form."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from onrecord.document import Document
from onrecord.errors import DamagedError, EmptyError, SourceError, UnreadableError
from onrecord.sources import downloads
from onrecord.sources.item import Item
from onrecord.sources.text import header

__all__ = ["PLACEHOLDERS", "VERSION", "read"]

VERSION = "docx/1"

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: What programs put in as the author where nobody did.
PLACEHOLDERS = frozenset(["python-docx", "user", "author", "administrator", "microsoft office user", "unknown"])
_HEADINGS = ("title", "heading 1", "heading1")


def read(item: Item) -> Iterator[Document | SourceError]:
    """Yield the Document, or one a article of a download. Text in tables and boxes stands where they stand; deleted text is left out."""
    import docx

    assert item.data is not None
    with zipfile.ZipFile(io.BytesIO(item.data)) as z:
        item.budget.spend(sum(i.file_size for i in z.infolist()), item.path)
        if any(i.flag_bits & 1 for i in z.infolist()):
            yield UnreadableError(item.path, "it is locked with a password", "save it without one")
            return
    try:
        document = docx.Document(io.BytesIO(item.data))
    except (KeyError, ValueError) as e:
        yield DamagedError(item.path, f"it is not a sound Word document ({type(e).__name__})", "open and save it anew")
        return
    lines, title = _lines(document)
    if (split := downloads.split(lines)) is not None:
        yield from downloads.documents(item, split, "docx")
        return
    text = "\n\n".join(line for line in lines if line.strip())
    if not text.strip():
        yield EmptyError(item.path, "there is no text in it", "if it holds pictures of text, run OCR on it")
        return
    properties = document.core_properties
    fields = {"title": title or (properties.title or "").strip(), "author": (properties.author or "").strip()}
    if fields["author"].lower() in PLACEHOLDERS:
        fields["author"] = ""
    yield item.document(text, reader=VERSION, **{**header(text), **{k: v for k, v in fields.items() if v}})


def _lines(document: Any) -> tuple[list[str], str | None]:
    """Paragraphs in the order of the document, and the first one that is styled as its title."""
    lines: list[str] = []
    title = None
    names = {style.style_id: (style.name or "").lower() for style in document.styles}
    for p in document.element.body.iter(_W + "p"):
        if any(a.tag == _FALLBACK for a in p.iterancestors()):
            continue
        text = _text(p).strip()
        style = p.find(f"{_W}pPr/{_W}pStyle")
        if title is None and text and style is not None:
            key = str(style.get(_W + "val"))
            if names.get(key, key.lower()) in _HEADINGS:
                title = " ".join(text.split())
        lines.append(text)
    return lines, title


def _text(p: Any) -> str:
    parts: list[str] = []
    stack = list(reversed(p))
    while stack:
        node = stack.pop()
        tag = node.tag
        if tag == _W + "t":
            parts.append(node.text or "")
        elif tag in (_W + "tab", _W + "ptab"):
            if node.getparent().tag == _W + "r":  # in properties it is a tab stop
                parts.append("\t")
        elif tag in (_W + "br", _W + "cr"):
            parts.append("\n")
        elif tag == _W + "noBreakHyphen":
            parts.append("-")
        elif tag not in (_W + "p", _W + "del", _FALLBACK, _W + "instrText"):  # paragraphs within are lines of their own
            stack.extend(reversed(node))
    return "".join(parts)
