"""A text with its statements marked: cut where any span begins or ends, so that nested and crossing spans are all kept.

A paragraph says at which offset it begins. Within it every character stands for itself but for the numbers of statements (``a.n``), which
stand for none, and signs shown as their code (``data-len``), which stand for one: so a browser finds the offset of any word (desk.js), and
words that nothing covers need no element of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from onrecord.statement import Statement
from onrecord.web.pieces import safe

__all__ = ["Part", "marked", "parts"]

#: What covers some characters: up to where, the attributes if nothing else does, the statement's number, and the role as one bit.
_Cover = tuple[int, str, int, int]
_SOURCE, _CUE, _CONTENT, _CONDITION = 1, 2, 4, 8
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n\s*")
_SPACE = re.compile(r"\s+")
# A line break within a paragraph is one for the eye if the line before it ends a sentence or is short, as in a list or a poem.
_SHORT_LINE = 45
_ENDS = frozenset(".!?:;…”\"'’)]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: A piece that is one control character.
_ODD = re.compile(f"(?:<span[^>]*>)?({_CONTROL.pattern})(?:</span>)?")
_ESCAPED = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
#: Characters that no markup has and hardly a text. Those at the end, halves of characters, no text of a record can have.
_STAND_INS = "\x01\x02\x03\x04\x05\x06\x07\x08\ud800\ud801\ud802\ud803"


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


def marked(text: str, statements: Iterable[tuple[int, Statement]], part: Part, *, anchors: bool = True) -> Markup:
    """The part of ``text`` as HTML: paragraphs with their offset, in them spans with what covers them.

    ``statements`` come with the number that is shown for each. ``anchors``: put each number, as a link, where its statement begins.
    """
    lo, hi = part.start, part.end
    starts: dict[int, list[_Cover]] = {}
    opens: dict[int, str] = {}
    cuts = {hi}
    for n, s in statements:
        first = hi
        numbered = f'" data-n="{n}"'
        for bit, attributes, spans in (
            (_SOURCE, ' class="so', s.source), (_CUE, ' class="cu', s.cue), (_CONTENT, ' class="co', s.content),
            (_CONDITION, ' class="if', s.condition),
        ):  # fmt: skip
            if not spans:
                continue
            attributes += numbered
            if bit != _CONDITION and spans[0].start < first:
                first = spans[0].start
            for x in spans:
                a, b = x.start, x.end
                if not lo <= a < b <= hi:
                    a, b = max(a, lo), min(b, hi)
                    if a >= b:
                        continue
                cuts.add(b)
                if a in starts:
                    starts[a].append((b, attributes, n, bit))
                else:
                    starts[a] = [(b, attributes, n, bit)]
        if anchors and lo <= first < hi:
            opens[first] = opens.get(first, "") + _anchor(n, s)
    written, stand_ins, odd = _written(text, lo, hi)
    for at in odd:
        cuts.update((at, at + 1))
    edges = _paragraphs(text, lo, hi)
    out: list[str] = []
    live: list[_Cover] = []
    covered, until = "", hi  # what covers the leaf, and up to where nothing of it ends
    a, shown = lo, False
    # This loop is gone through some two hundred times on a page: a call more in it is felt.
    for b in sorted(cuts.union(starts, edges)):
        if a < b:
            if shown:
                out.append(f"<span{covered}>{written[a:b]}</span>" if covered else written[a:b])
            a = b
        if b in edges:
            mark, shown = edges[b]
            out.append(mark)
        begun = starts.get(b)
        if begun or b >= until:
            if b >= until:
                live = [c for c in live if c[0] > b] if len(live) > 1 else []
            if begun:
                live = live + begun if live else begun
                if shown and b in opens:
                    out.append(opens[b])
            if not live:
                covered, until = "", hi
            elif len(live) == 1:
                until, covered, _, _ = live[0]
            else:
                until, covered = min(live)[0], _covered(live)
    page = "".join(out)
    for stand_in, instead in stand_ins.items():
        page = page.replace(stand_in, instead)
    return Markup(_ODD.sub(_code, page) if odd else page)


def _paragraphs(text: str, lo: int, hi: int) -> dict[int, tuple[str, bool]]:
    """Where paragraphs begin and end: the tag, and whether what follows is one."""
    out: dict[int, tuple[str, bool]] = {}
    a = lo
    for stop, after in [*((m.start(), m.end()) for m in _PARAGRAPH.finditer(text, lo, hi)), (hi, hi)]:
        if a < stop and not (text[a].isspace() and text[a:stop].isspace()):
            out[a] = f'<p dir="auto" data-o="{a}">', True
            out[stop] = "</p>\n", False
        a = after
    return out


def _anchor(n: int, s: Statement) -> str:
    who = s.speaker.name if s.speaker and s.speaker.name else " ".join(x.text for x in s.source)
    label = f", {safe(' '.join(who.split())[:80])}" if who else ""
    id_ = safe(s.id)
    return f'<a class="n" id="s-{id_}" href="#l-{id_}" aria-label="Statement {n}{label}">{n}</a>'


def _covered(live: Sequence[_Cover]) -> str:
    """The classes of the roles that cover a leaf, and the numbers of their statements, as attributes."""
    bits = depth = 0
    for _, _, _, bit in live:
        bits |= bit
        depth += bit == _CONTENT
    numbers = sorted({c[2] for c in live})
    return f'{_classes(bits, min(depth, 3))} data-n="{" ".join(map(str, numbers))}"'


@cache
def _classes(bits: int, depth: int) -> str:
    names = [name for bit, name in ((_SOURCE, "so"), (_CUE, "cu"), (_CONTENT, "co"), (_CONDITION, "if")) if bits & bit]
    return f' class="{" ".join([*names, *([f"in{depth}"] if depth > 1 else [])])}"'


def _written(text: str, lo: int, hi: int) -> tuple[str, dict[str, str], list[int]]:
    """The text as its pieces are put between tags, cut at its own offsets; what stands in it for what; and where control characters are.

    What does not go onto the page as it is, ``&<>`` and the line breaks that the eye needs, has a stand-in that the text has no use for
    until all is put together: to look for it once costs less than in each piece.
    """
    at = text.rfind("\n", 0, lo) + 1
    here = text[at:hi]
    unused = (c for c in _STAND_INS if c not in here)
    # Few texts have a control character; where there is none, no further look is taken.
    odd = [] if here.replace("\n", "").isprintable() else [m.start() for m in _CONTROL.finditer(text, lo, hi)]
    broken = next(unused)
    stand_ins = {broken: "\n<br>"}
    *lines, last = here.split("\n")
    here = "".join([line + (broken if _ends(line) else "\n") for line in lines]) + last
    for c, instead in _ESCAPED:
        if c in here:
            stand_in = next(unused)
            stand_ins[stand_in] = instead
            here = here.replace(c, stand_in)
    return text[:at] + here, stand_ins, odd


def _ends(line: str) -> bool:
    """Does the eye need the break after this line?"""
    if len(line) < _SHORT_LINE or line[-1] in _ENDS:
        return True
    if line[-1].isalnum() and line[0].isalnum():  # as most lines of a paragraph
        return False
    line = line.strip()
    return len(line) < _SHORT_LINE or line[-1] in _ENDS


def _code(m: re.Match[str]) -> str:
    """A control character as its code, in a span that counts as one character."""
    shown = "" if m[1] == "\r" else f"⟨{ord(m[1]):X}⟩"
    return f'<span data-len="1" class="ctl">{shown}</span>'
