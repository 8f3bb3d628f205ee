"""A text with its statements marked: cut where any span begins or ends, so that nested and crossing spans are all kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

from markupsafe import Markup

from onrecord.statement import Statement
from onrecord.web.pieces import safe

__all__ = ["Part", "marked", "parts"]

#: What covers some characters: from, to, the statement's number, and the role as one bit.
_Cover = tuple[int, int, int, int]
_SOURCE, _CUE, _CONTENT, _CONDITION = 1, 2, 4, 8
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n\s*")
_SPACE = re.compile(r"\s+")
# A line break within a paragraph is one for the eye if the line before it ends a sentence or is short, as in a list or a poem.
_SHORT_LINE = 45
_ENDS = frozenset(".!?:;…”\"'’)]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Part:
    """What of a text one page shows: code points ``start`` to ``end``, the ``number``-th (from 1) of ``of``."""

    number: int
    of: int
    start: int
    end: int


def parts(text: str, size: int) -> list[Part]:
    """Cut a long text into pages of about ``size`` code points, at paragraphs where there are any."""
    cuts = [0]
    while len(text) - cuts[-1] > size * 5 // 4:
        lo, hi = cuts[-1] + size * 3 // 4, cuts[-1] + size * 5 // 4
        ends = [m.end() for m in _PARAGRAPH.finditer(text, lo, hi)] or [m.end() for m in _SPACE.finditer(text, lo, hi)]
        cuts.append(min(ends, key=lambda e: abs(e - cuts[-1] - size)) if ends else lo + size // 4)
    cuts.append(len(text))
    return [Part(i + 1, len(cuts) - 1, a, b) for i, (a, b) in enumerate(zip(cuts, cuts[1:], strict=False))]


def marked(text: str, statements: Sequence[tuple[int, Statement]], part: Part, *, anchors: bool = True) -> Markup:
    """The part of ``text`` as HTML: paragraphs of leaves, each of which says at which offset it begins and what covers it.

    ``statements`` come with the number that is shown for each. ``anchors``: put each number, as a link, where its statement begins.
    """
    covers: list[_Cover] = []
    opens: dict[int, str] = {}
    for n, s in statements:
        first, last = len(text), 0
        for bit, spans in ((_SOURCE, s.source), (_CUE, s.cue), (_CONTENT, s.content), (_CONDITION, s.condition)):
            for x in spans:
                covers.append((x.start, x.end, n, bit))
            if spans and bit != _CONDITION:
                first, last = min(first, spans[0].start), max(last, spans[-1].end)
        if anchors and part.start <= first < part.end and last > part.start:
            opens[first] = opens.get(first, "") + _anchor(n, s)
    covers.sort()
    cuts = [*sorted({x for c in covers for x in c[:2]}.union(opens)), len(text) + 1]
    page = _Page(text, part)
    breaks, simple = page.breaks, page.simple
    out: list[str] = []
    live: list[_Cover] = []
    covered, until = "", 0  # what covers the leaf, and up to where nothing of it ends
    coming = at = line = 0
    a, soon = part.start, covers[0][0] if covers else part.end
    paragraphs = [(m.start(), m.end()) for m in _PARAGRAPH.finditer(text, part.start, part.end)]
    for stop, after in [*paragraphs, (part.end, part.end)]:
        if text[a:stop].strip():
            out.append('<p dir="auto">')
            while a < stop:
                while cuts[at] <= a:
                    at += 1
                b = min(cuts[at], stop)
                if a >= until or a >= soon:
                    while coming < len(covers) and covers[coming][0] <= a:
                        live.append(covers[coming])
                        coming += 1
                    soon = covers[coming][0] if coming < len(covers) else part.end
                    live = [c for c in live if c[1] > a]
                    covered = _covered(live) if live else ""
                    until = min([c[1] for c in live], default=part.end)
                if a in opens:
                    out.append(opens[a])
                # Most leaves are plain words on one line. This is the inside of the loop: a call more costs a tenth of the page.
                while breaks[line] <= a:
                    line += 1
                if not simple or breaks[line] <= b:
                    out.append(page.leaf(a, b, line, covered))
                else:
                    out.append(f'<span data-o="{a}"{covered}>{text[a:b]}</span>')
                a = b
            out.append("</p>\n")
        a = after
    return Markup("".join(out))


def _anchor(n: int, s: Statement) -> str:
    who = s.speaker.name if s.speaker and s.speaker.name else " ".join(x.text for x in s.source)
    label = safe(f"Statement {n}, {' '.join(who.split())[:80]}" if who else f"Statement {n}")
    id_ = safe(s.id)
    return f'<a class="n" id="s-{id_}" href="#l-{id_}" data-s="{id_}" aria-label="{label}">{n}</a>'


def _covered(live: Sequence[_Cover]) -> str:
    """The classes of the roles that cover a leaf, and the numbers of their statements, as attributes."""
    if len(live) == 1:
        return f'{_classes(live[0][3], 1)} data-n="{live[0][2]}"'
    bits = depth = 0
    numbers = set()
    for _, _, n, bit in live:
        bits |= bit
        depth += bit == _CONTENT
        numbers.add(n)
    return f'{_classes(bits, min(depth, 3))} data-n="{" ".join(map(str, sorted(numbers)))}"'


@cache
def _classes(bits: int, depth: int) -> str:
    names = [name for bit, name in ((_SOURCE, "so"), (_CUE, "cu"), (_CONTENT, "co"), (_CONDITION, "if")) if bits & bit]
    return f' class="{" ".join([*names, *([f"in{depth}"] if depth > 1 else [])])}"'


class _Page:
    """The part of a text that is shown, with what holds for all of it found once."""

    def __init__(self, text: str, part: Part) -> None:
        self._text = text
        here = text[part.start : part.end]
        # Few texts have a control character; where there is none, no leaf is looked through for one.
        self._odd = not here.replace("\n", "").isprintable() and _CONTROL.search(here) is not None
        self._plain = not any(c in here for c in "&<>")
        self.simple = self._plain and not self._odd
        #: Where lines begin that the eye needs to begin; the last is behind the text.
        self.breaks = [*_breaks(text, part.start, part.end), len(text) + 1]

    def leaf(self, a: int, b: int, line: int, covered: str) -> str:
        """The characters ``a`` to ``b``, which the same spans cover; ``line``: number of the first break after ``a``."""
        if self._odd and _CONTROL.search(self._text, a, b):
            return self._odd_leaf(a, b, line, covered)
        return f'<span data-o="{a}"{covered}>{self._lines(a, b, line)}</span>'

    def _odd_leaf(self, a: int, b: int, line: int, covered: str) -> str:
        """A leaf in which control characters are shown as their code, each in a span that counts as one character."""
        out = []
        for m in _CONTROL.finditer(self._text, a, b):
            if m.start() > a:
                out.append(f'<span data-o="{a}"{covered}>{self._lines(a, m.start(), line)}</span>')
            shown = "" if m.group() == "\r" else f"⟨{ord(m.group()):X}⟩"
            out.append(f'<span data-o="{m.start()}" data-len="1" class="ctl">{shown}</span>')
            a = m.end()
        if a < b:
            out.append(f'<span data-o="{a}"{covered}>{self._lines(a, b, line)}</span>')
        return "".join(out)

    def _lines(self, a: int, b: int, line: int) -> str:
        """Characters ``a`` to ``b`` escaped; after a line break that the eye needs stands a ``<br>``."""
        out = ""
        while self.breaks[line] <= a:
            line += 1
        while self.breaks[line] <= b:
            out += self._escaped(a, self.breaks[line]) + "<br>"
            a = self.breaks[line]
            line += 1
        return out + self._escaped(a, b)

    def _escaped(self, a: int, b: int) -> str:
        return self._text[a:b] if self._plain else escape(self._text[a:b], quote=False)


def _breaks(text: str, start: int, stop: int) -> list[int]:
    """Where lines begin that the eye needs to begin."""
    out = []
    at = text.rfind("\n", 0, start) + 1
    while (end := text.find("\n", at, stop) + 1) > 0:
        if end > start:
            line = text[at : end - 1].rstrip()
            if len(line.lstrip()) < _SHORT_LINE or line[-1] in _ENDS:
                out.append(end)
        at = end
    return out
