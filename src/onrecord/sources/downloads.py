"""Articles out of a download of many: what Nexis and Factiva have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from onrecord.document import Document
from onrecord.errors import EmptyError, SourceError
from onrecord.sources.item import Item

__all__ = ["Article", "documents", "paragraphs", "split"]


_HYPHEN = re.compile(r"(?<=[^\W\d_])- (?=[a-z])")


@dataclass(frozen=True)
class Article:
    """One article of a download: its paragraphs, and its fields by the Document's names."""

    body: tuple[str, ...]
    fields: dict[str, str] = field(default_factory=dict)
    service: str = "nexis"


def split(lines: Sequence[str]) -> list[Article] | None:
    """The articles, when the lines are a download of either service; null when they are not."""
    from onrecord.sources import factiva, nexis

    return nexis.split(lines) or factiva.split(lines)


def documents(item: Item, articles: Sequence[Article], form: str) -> Iterator[Document | SourceError]:
    """One Document an article, named ``file#1`` and so on."""
    for number, article in enumerate(articles, 1):
        text = "\n\n".join(article.body)
        if not text.strip():
            yield EmptyError(f"{item.path}#{number}", "the article has no text", "it was downloaded without its body")
            continue
        yield item.document(text, reader=f"{article.service}/1 {form}/1", part=number, **article.fields)


def paragraphs(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines to paragraphs. Where blank lines part them, lines in between are wrapped ones and are joined; else each is one."""
    filled = [line.strip() for line in lines]
    while filled and not filled[-1]:
        filled.pop()
    blocks: list[list[str]] = [[]]
    for line in filled:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    blocks = [b for b in blocks if b]
    joined = sum(len(b) - 1 for b in blocks)
    wrapped = sum(1 for b in blocks for line in b[1:] if line[:1].islower())
    if joined and wrapped > 0.2 * joined:
        # A hyphen at a line's end stays: which ones belong to the word is not known here.
        return tuple(
            re.sub(r"(?<=[^\W\d_])- (?=[a-z])", "-", " ".join(b)) if any(x.endswith("-") for x in b) else " ".join(b) for b in blocks
        )
    return tuple(line for b in blocks for line in b)
