"""Markdown: its text without the marks, and its front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from onrecord.document import Document
from onrecord.errors import BinaryError, EmptyError, SourceError
from onrecord.sources.columns import recognise
from onrecord.sources.encoding import decode
from onrecord.sources.item import Item
from onrecord.sources.markup import fragment_text
from onrecord.sources.text import header
from onrecord.sources.when import parse_date

__all__ = ["VERSION", "read"]

VERSION = "markdown/1"

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S)
_ENTRY = re.compile(r"^([A-Za-z][\w -]{0,40}):[ \t]*(\S.*)$", re.M)


def read(item: Item) -> Iterator[Document | SourceError]:
    """Yield the Document of a Markdown file: paragraphs parted by blank lines, marks, links' addresses and comments out."""
    try:
        markup, _ = decode(item.read())
    except ValueError as e:
        yield BinaryError(item.path, str(e), "save it as UTF-8")
        return
    fields: dict[str, str] = {}
    if m := _FRONT.match(markup):
        entries = {k.strip(): v.strip().strip("\"'") for k, v in _ENTRY.findall(m[1][:20_000])}
        fields = {field: entries[column][:500] for field, column in recognise(entries).items() if field != "text"}
        if "published" in fields:
            fields["published"] = parse_date(fields["published"]) or ""
        markup = markup[m.end() :]
    text, title = _text(markup)
    if not text.strip():
        yield EmptyError(item.path, "there is no text in it")
        return
    if title:
        fields.setdefault("title", title)
    yield item.document(text, reader=VERSION, **{**header(text), **fields})


def _text(markup: str) -> tuple[str, str | None]:
    """Text and first top heading."""
    from markdown_it import MarkdownIt

    blocks: list[str] = []
    title = None
    heading = None
    for token in MarkdownIt("commonmark", {"maxNesting": 50}).enable("table").parse(markup):
        if token.type == "heading_open":
            heading = token.tag
        elif token.type == "inline":
            parts = []
            for child in token.children or ():
                if child.type in ("text", "code_inline"):
                    parts.append(child.content)
                elif child.type in ("softbreak", "hardbreak"):
                    parts.append("\n")
                elif child.type == "image":
                    continue
            block = "".join(parts).strip()
            if block:
                blocks.append(block)
                if heading == "h1" and title is None:
                    title = " ".join(block.split())
            heading = None
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip())
        elif token.type == "html_block" and (block := fragment_text(token.content)):
            blocks.append(block)
    return "\n\n".join(b for b in blocks if b.strip()), title
