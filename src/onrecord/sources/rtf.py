"""Rich text, and the downloads of Nexis and Factiva in that form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from onrecord.document import Document
from onrecord.errors import EmptyError, SourceError
from onrecord.sources import downloads
from onrecord.sources.docx import PLACEHOLDERS
from onrecord.sources.item import Item
from onrecord.sources.text import header

__all__ = ["VERSION", "read"]

VERSION = "rtf/1"

_PROPERTY = re.compile(r"\{\\(title|author)\s+([^{}\\]{1,300})\}")
_CODEPAGE = re.compile(r"\\ansicpg(\d{3,5})")


def read(item: Item) -> Iterator[Document | SourceError]:
    """Yield the Document, or one an article of a download."""
    from striprtf.striprtf import rtf_to_text

    assert item.data is not None
    # RTF is ASCII by definition, other characters are escaped; what breaks that rule is in the code page that it names.
    source = item.data.decode("latin-1")
    page = _CODEPAGE.search(source[:2000])
    encoding = f"cp{page[1]}" if page and page[1] != "65001" else ("utf-8" if page else "cp1252")
    try:
        "".encode(encoding)
    except LookupError:
        encoding = "cp1252"
    raw = item.data.decode(encoding, "replace")
    text: str = rtf_to_text(raw, encoding=encoding, errors="ignore")  # type: ignore[no-untyped-call,unused-ignore]
    lines = [line.strip("\r ") for line in text.split("\n")]
    if (split := downloads.split(lines)) is not None:
        yield from downloads.documents(item, split, "rtf")
        return
    text = "\n\n".join(line for line in lines if line.strip())
    if not text.strip():
        yield EmptyError(item.path, "there is no text in it")
        return
    fields = {k: v.strip() for k, v in _PROPERTY.findall(raw[:20_000]) if v.strip().lower() not in PLACEHOLDERS}
    yield item.document(text, reader=VERSION, **{**header(text), **{k: v for k, v in fields.items() if v}})
