"""A piece of HTML to text, tag by tag: for newsletters, feeds and table cells, where everything there is content.

(Whole web pages go through ``html``, which tells the article from the page round it.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

__all__ = ["fragment_text", "looks_like_markup"]

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead title tr ul ".split()
)
_HIDDEN = frozenset(["head", "noscript", "object", "script", "style", "svg", "template", "title"])
_INVISIBLE_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])", re.I)
_MARKUP = re.compile(r"(?i)</?(?:p|br|div|span|a|b|i|em|strong|ul|li|h[1-6])\b[^<>]*>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>]{0,60})(?=[\s/>])")
_ATTRIBUTES = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_STYLE = re.compile(r"""(?i)(?:^|\s)style\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)""")
_RAW = {name: re.compile(rf"(?i)</{name}(?=[\s/>])") for name in ("script", "style")}  # tags in them are none
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f]")


def fragment_text(markup: str) -> str:
    """The visible text, one paragraph a block, blank lines between them, white space collapsed.

    Takes time in proportion to the length, whatever stands in it (``html.parser`` does not: unclosed tags cost it the square).
    """
    out = []
    for block in _blocks(markup):
        if not block:
            continue
        text = _ZERO_WIDTH.sub("", "".join(block)).replace("\u00a0", " ")
        lines = [re.sub(r" +", " ", line).strip() for line in text.split("\n")]
        # Two breaks in a row are how careless pages part paragraphs; one alone is a line.
        text = re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip()
        if text:
            out.append(text)
    return "\n\n".join(out)


def _blocks(markup: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    hidden, depth = "", 0  # the element that hides what is in it, and how many of its kind are open
    for kind, content in _tokens(markup):
        if kind == "text":
            if not hidden:
                blocks[-1].append(re.sub(r"[^\S\u00a0]+", " ", unescape(content)))
            continue
        tag, attributes = content.partition(" ")[::2]
        if hidden:
            depth += (tag == hidden) * (1 if kind == "open" else -1)
            hidden = hidden if depth else ""
        elif kind == "open" and tag == "br":
            blocks[-1].append("\n")
        elif kind == "open" and tag not in _VOID and (tag in _HIDDEN or _hides(attributes)):
            hidden, depth = tag, 1
        elif tag in _BLOCKS and blocks[-1]:
            blocks.append([])
    return blocks


def _tokens(markup: str) -> Iterator[tuple[str, str]]:
    """``("text", …)``, ``("open", "name attributes")`` and ``("close", "name")``; comments and declarations are passed over."""
    at = done = 0  # where the next sign is looked for, and up to where all has been given out
    last = markup.rfind(">")
    quotes = True  # until a tag turns up whose quotes are never closed
    while 0 <= (at := markup.find("<", at)) < last:
        m = _TAG.match(markup, at)
        if m is None and not markup.startswith(("<!", "<?"), at):
            at += 1  # a lone sign is text
            continue
        if done < at:
            yield "text", markup[done:at]
        if m is None:
            comment = markup.startswith("<!--", at)
            end = markup.find("-->" if comment else ">", at + 2)
            if end < 0:
                return  # a comment that is never closed, as browsers take it
            at = done = end + (3 if comment else 1)
            continue
        name = m[2].lower()
        whole = _ATTRIBUTES.match(markup, m.end()) if quotes else None
        quotes = quotes and whole is not None
        end = whole.end() - 1 if whole else markup.find(">", m.end())
        at = done = end + 1
        yield ("close" if m[1] else "open"), (name if m[1] else f"{name} {markup[m.end() : end]}")
        if name in _RAW and not m[1]:
            closing = _RAW[name].search(markup, at)
            if closing is None:
                return
            at = done = closing.start()
    if done < len(markup):
        yield "text", markup[done:]


def _hides(attributes: str) -> bool:
    if "hidden" not in (low := attributes.lower()) and "style" not in low:
        return False
    bare = _QUOTED.sub('""', attributes[:2000])
    style = _STYLE.search(attributes[:2000])
    return bool(re.search(r"(?i)(?:^|\s)hidden(?=[\s=/]|$)", bare) or (style and _INVISIBLE_STYLE.search(style[1])))


def looks_like_markup(text: str) -> bool:
    """Does a field that should be text hold HTML?"""
    return len(_MARKUP.findall(text[:20_000])) >= 2
