"""A piece of HTML to text, tag by tag: for newsletters, feeds and table cells, where everything there is content.

(Whole web pages go through ``html``, which tells the article from the page round it.)
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

__all__ = ["fragment_text", "looks_like_markup"]

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead title tr ul ".split()
)
_HIDDEN = frozenset(["head", "noscript", "object", "script", "style", "svg", "template", "title"])
_INVISIBLE_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])", re.I)
_MARKUP = re.compile(r"(?i)</?(?:p|br|div|span|a|b|i|em|strong|ul|li|h[1-6])\b[^<>]*>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f]")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[list[str]] = [[]]
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.hidden:
            if tag not in _VOID:
                self.hidden.append(tag)
            return
        if tag == "br":
            self.blocks[-1].append("\n")
        elif tag in _HIDDEN or any(k == "hidden" or (k == "style" and v and _INVISIBLE_STYLE.search(v)) for k, v in attrs):
            if tag not in _VOID:
                self.hidden.append(tag)
        elif tag in _BLOCKS:
            self.blocks.append([])

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            if tag in self.hidden:
                while self.hidden.pop() != tag:
                    pass
        elif tag in _BLOCKS:
            self.blocks.append([])

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.blocks[-1].append(re.sub(r"[^\S\u00a0]+", " ", data))


def fragment_text(markup: str) -> str:
    """The visible text, one paragraph a block, blank lines between them, white space collapsed."""
    parser = _Text()
    parser.feed(markup)
    parser.close()
    out = []
    for block in parser.blocks:
        text = _ZERO_WIDTH.sub("", "".join(block)).replace("\u00a0", " ")
        lines = [re.sub(r" +", " ", line).strip() for line in text.split("\n")]
        # Two breaks in a row are how careless pages part paragraphs; one alone is a line.
        text = re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()
        if text:
            out.append(text)
    return "\n\n".join(out)


def looks_like_markup(text: str) -> bool:
    """Does a field that should be text hold HTML?"""
    return len(_MARKUP.findall(text[:20_000])) >= 2
