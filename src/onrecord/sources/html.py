"""Web pages: the article out of the page (trafilatura), and what the page says about itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from onrecord.document import Document
from onrecord.errors import BinaryError, DamagedError, EmptyError, SourceError
from onrecord.sources import factiva
from onrecord.sources.encoding import decode
from onrecord.sources.item import Item
from onrecord.sources.markup import fragment_text
from onrecord.sources.pagedata import main_heading, page_fields

__all__ = ["page_text", "parse", "read", "version"]

_CHARSET = re.compile(rb"""(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""")
_XML_ENCODING = re.compile(r"""^\s*<\?xml[^>]*\?>""")
# Under this share of the text of all the page's paragraphs, the article that trafilatura finds is doubted and the paragraphs are taken.
_LOST = 0.35


@cache
def version() -> str:
    """This reader's name and version, and the library's, as texts differ from one to the next."""
    from importlib.metadata import version as of

    return f"html/1 trafilatura/{of('trafilatura')}"


def read(item: Item) -> Iterator[Document | SourceError]:
    """Yield the article of a page, or the articles of a Factiva download."""
    assert item.data is not None
    try:
        markup = _decode(item.data)
    except ValueError as e:
        yield BinaryError(item.path, str(e), "save it as UTF-8")
        return
    tree = parse(markup)
    if tree is None:
        yield DamagedError(item.path, "it holds no HTML")
        return
    if factiva.in_page(tree) and (articles := factiva.from_page(tree)):
        yield from factiva.documents(item, articles, "html")
        return
    text = page_text(markup, tree)
    if not text.strip():
        yield EmptyError(item.path, "no article was found on the page", "if the page builds its text by script, save it from a browser")
        return
    fields = page_fields(tree)
    # A headline can be a statement (“PM: no talks”), and is left out now and then: where the page has it as its one heading, it leads.
    if (heading := main_heading(tree)) and heading not in " ".join(text[: len(heading) + 2000].split()):
        text = f"{heading}\n\n{text}"
    yield item.document(text, reader=version(), **fields)


def _decode(data: bytes) -> str:
    if (m := _CHARSET.search(data[:4096])) and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = m[1].decode("ascii").lower()
        # Browsers read what calls itself Latin-1 as cp1252, and pages that call themselves anything at all as UTF-8 where they are.
        for encoding in ("utf-8", "cp1252" if name in ("iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii") else name):
            try:
                return data.decode(encoding)
            except (LookupError, UnicodeDecodeError):
                continue
    return decode(data)[0]


def parse(markup: str) -> Any:
    """An lxml tree of a page, or null. No network, no entities of the page's own."""
    from lxml import etree  # type: ignore[import-untyped,unused-ignore]
    from lxml import html as lxml_html  # type: ignore[import-untyped,unused-ignore]

    markup = _XML_ENCODING.sub("", markup, count=1).replace("\0", "")
    if not markup.strip():
        return None
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
        tree = lxml_html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return tree


def page_text(markup: str, tree: Any) -> str:
    """The text of the article, paragraphs parted by blank lines."""
    import trafilatura

    got = trafilatura.extract(
        _XML_ENCODING.sub("", markup, count=1),
        output_format="txt",
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        with_metadata=False,
        favor_recall=False,
    )
    text = "\n\n".join(line.strip() for line in (got or "").splitlines() if line.strip())
    paragraphs = _paragraphs(tree)
    if len(text) < _LOST * len(paragraphs):
        text = paragraphs
    return text or fragment_text(markup)


_ASIDE = frozenset(
    ["aside", "button", "figcaption", "footer", "form", "header", "nav", "noscript", "script", "select", "style", "template"]
)


def _paragraphs(tree: Any) -> str:
    """The page's paragraphs outside of navigation and the like, where they look like prose."""
    out = []
    for p in tree.iter("p", "blockquote"):
        if p.tag == "blockquote" and p.find(".//p") is not None:
            continue
        text = " ".join("".join(p.itertext()).split())
        if len(text) >= 40 and not any(a.tag in _ASIDE for a in p.iterancestors()):
            links = sum(len("".join(a.itertext())) for a in p.iter("a"))
            if links < 0.5 * len(text):
                out.append(text)
    return "\n\n".join(out)
