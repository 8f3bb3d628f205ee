"""A text with its statements marked: cut where any span begins or ends, so that nested and crossing spans are all kept."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from onrecord.cli.show import clean
from onrecord.statement import Statement

__all__ = ["ROLE_NAMES", "Part", "marked", "parts"]

ROLE_NAMES = ("source", "cue", "content", "condition")
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n\s*")
_SPACE = re.compile(r"\s+")
# A line break within a paragraph is one for the eye if the line before it ends a sentence or is short, as in a list or a poem.
_SHORT_LINE = 45
_ENDS = re.compile(r"[.!?:;…”\"'’)\]]\s*$")
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
    covers: list[tuple[int, int, int, str]] = []
    begins: dict[int, list[tuple[int, Statement]]] = {}
    for n, s in statements:
        if s.end <= part.start or s.start >= part.end:
            continue
        if part.start <= s.start:
            begins.setdefault(s.start, []).append((n, s))
        for role in ROLE_NAMES:
            covers += [(x.start, x.end, n, role) for x in getattr(s, role)]
    covers.sort()
    breaks = [(m.start(), m.end()) for m in _PARAGRAPH.finditer(text, part.start, part.end)]
    starts, stops = [part.start, *(b for _, b in breaks)], [*(a for a, _ in breaks), part.end]
    within: list[list[tuple[int, int, int, str]]] = [[] for _ in starts]
    for c in covers:
        for i in range(bisect_right(stops, c[0]), bisect_left(starts, c[1])):
            within[i].append(c)
    out: list[str] = []
    for a, b, here in zip(starts, stops, within, strict=True):
        if text[a:b].strip():
            out.append('<p dir="auto">' + "".join(_leaves(text, a, b, here, begins if anchors else {})) + "</p>\n")
    return Markup("".join(out))


def _leaves(
    text: str, start: int, stop: int, here: Sequence[tuple[int, int, int, str]], begins: dict[int, list[tuple[int, Statement]]]
) -> Iterable[str]:
    cuts = sorted({start, stop, *(x for c in here for x in c[:2] if start < x < stop), *(b for b in begins if start <= b < stop)})
    live: list[tuple[int, int, int, str]] = []
    coming = 0
    for a, b in zip(cuts, cuts[1:], strict=False):
        while coming < len(here) and here[coming][0] <= a:
            live.append(here[coming])
            coming += 1
        live = [c for c in live if c[1] > a]
        for n, s in begins.get(a, ()):
            who = s.speaker.name if s.speaker and s.speaker.name else " ".join(x.text for x in s.source)
            label = escape(clean(f"Statement {n}" + (f", {' '.join(who.split())[:80]}" if who else "")))
            yield f'<a class="n" id="s-{escape(s.id)}" href="#l-{escape(s.id)}" data-s="{escape(s.id)}" aria-label="{label}">{n}</a>'
        yield _leaf(text, a, b, live)


def _leaf(text: str, a: int, b: int, live: Sequence[tuple[int, int, int, str]]) -> str:
    roles = {role for *_, role in live}
    depth = sum(role == "content" for *_, role in live)
    classes = [{"source": "so", "cue": "cu", "content": "co", "condition": "if"}[r] for r in ROLE_NAMES if r in roles]
    if depth > 1:
        classes.append("in2" if depth == 2 else "in3")
    numbers = sorted({n for _, _, n, _ in live})
    extra = (f' class="{" ".join(classes)}"' if classes else "") + (f' data-n="{" ".join(map(str, numbers))}"' if numbers else "")
    out = []
    at = a
    for m in _CONTROL.finditer(text, a, b):
        shown = "" if m.group() == "\r" else f"⟨{ord(m.group()):X}⟩"
        if m.start() > at:
            out.append(f'<span data-o="{at}"{extra}>{_lines(text, at, m.start())}</span>')
        out.append(f'<span data-o="{m.start()}" data-len="1" class="ctl">{shown}</span>')
        at = m.end()
    if at < b:
        out.append(f'<span data-o="{at}"{extra}>{_lines(text, at, b)}</span>')
    return "".join(out)


def _lines(text: str, a: int, b: int) -> str:
    """Characters ``a`` to ``b`` escaped; after a line break that the eye needs stands a ``<br>``."""
    piece = text[a:b]
    if "\n" not in piece:
        return str(escape(piece))
    out = []
    at = a
    for m in re.finditer("\n", piece):
        end = a + m.end()
        line = text[text.rfind("\n", 0, end - 1) + 1 : end - 1]
        out.append(str(escape(text[at:end])))
        if len(line.strip()) < _SHORT_LINE or _ENDS.search(line):
            out.append("<br>")
        at = end
    out.append(str(escape(text[at:b])))
    return "".join(out)
