"""A text with its statements marked: cut where any span begins or ends, so that nested and crossing spans are all kept.

A paragraph says at which offset it begins. Within it every character stands for itself but for the numbers of statements (``a.n``), which
stand for none, and signs shown as their code (``data-len``), which stand for one: so a browser finds the offset of any word (desk.js), and
words that nothing covers need no element of their own.

The text is looked through once for what it cannot show as it is, and its spans are gone through once in order: a span that no other
touches and that holds nothing of that kind, as most do, is one piece of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, pairwise

from onrecord.statement import Statement
from onrecord.web.pieces import safe

__all__ = ["Part", "in_part", "marked", "parts"]

#: What covers some characters: from where, up to where, the role as one bit, and the statement's number.
_Cover = tuple[int, int, int, int]
#: What stands on the page in place of some characters of the text: from where, up to where, what, and may no span go on across it?
_Instead = tuple[int, int, str, bool]
_SOURCE, _CUE, _CONTENT, _CONDITION = 1, 2, 4, 8
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n\s*")
_SPACE = re.compile(r"\s+")
# A line break within a paragraph is one for the eye if the line before it ends a sentence or is short, as in a list or a poem.
_SHORT_LINE = 45
_ENDS = ".!?:;…”\"'’)]"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PLAIN = b"\t\n" + bytes(range(0x20, 0x7F))
_ESCAPED = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_BREAK = "\n<br>"


def _line_ends() -> re.Pattern[str]:
    """The line breaks that matter, so that not each of a text has to be looked at one by one.

    Those between paragraphs, those after a line that ends a sentence, and those before a short line, whose own break is then the end of
    group 1 or 2. Of a line with much white space at its end it is yet to be seen whether it ends a sentence.
    """
    end, blank = f"[{re.escape(_ENDS)}]", r"[^\S\n]"
    short = rf"{blank}*+[^\n]{{0,{_SHORT_LINE - 1}}}+{blank}*+\n(?![ \t\r]*\n)"
    ended = rf"(?<={end}\n)|(?<={end}{blank}\n)|(?<={end}{blank}{blank}\n)|(?<={blank}{blank}{blank}\n)"
    return re.compile(rf"\n(?:(?:[ \t\r]*+\n\s*+|(?<=[{re.escape(_ENDS)}\s]\n)(?:{ended}))(?=({short})?)|(?=({short})))")


_LINE_ENDS = _line_ends()


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
        cuts.append(_place_to_cut(text, cuts[-1] + size, size))
    cuts.append(len(text))
    return [Part(i + 1, len(cuts) - 1, a, b) for i, (a, b) in enumerate(zip(cuts, cuts[1:], strict=False))]


def _place_to_cut(text: str, at: int, size: int) -> int:
    """The end of a paragraph, else of a word, that is nearest to ``at``."""
    for what in (_PARAGRAPH, _SPACE):
        for around in (size // 32, size // 4):  # there is mostly one near by
            if ends := [m.end() for m in what.finditer(text, at - around, at + around)]:
                end = min(ends, key=lambda e: abs(e - at))
                white = _SPACE.match(text, end)  # that goes on where the search ended
                return white.end() if white else end
    return at


def in_part(statements: Sequence[Statement], part: Part) -> list[tuple[int, Statement]]:
    """Those of a text's statements that stand in this part of it, each with its number in the whole text."""
    numbered = list(enumerate(statements, 1))
    if part.of == 1:
        return numbered
    lo, hi = part.start, part.end
    return [
        (n, s)
        for n, s in numbered
        if any(r and r[0].start < hi for r in (s.source, s.cue, s.content))
        and any(r and r[-1].end > lo for r in (s.source, s.cue, s.content))
    ]


def marked(text: str, statements: Iterable[tuple[int, Statement]], part: Part, *, anchors: bool = True) -> str:
    """The part of ``text`` as HTML: paragraphs with their offset, in them spans with what covers them.

    ``statements`` come with the number that is shown for each. ``anchors``: put each number, as a link, where its statement begins.
    """
    instead, lo, hi = _in_place(text, part.start, part.end)
    if lo >= hi:
        return ""
    covers, opens = _covers(statements, lo, hi, anchors=anchors)
    covers.append((hi, hi, 0, 0))
    out = [f'<p dir="auto" data-o="{lo}">']
    write = out.append
    events = iter(instead)
    at, after, mark, _ = event = next(events)
    pos, i, last = lo, 0, len(covers) - 1
    # This loop is gone through a hundred times on a page: a call more in it is felt.
    while i < last:
        a, b, role, n = covers[i]
        i += 1
        anchor = opens.get(a, "")
        while at < a or (at == a and after - at > 1):  # what begins a paragraph stands in it
            write(text[pos:at])
            write(mark)
            pos = after
            at, after, mark, _ = event = next(events)
        if a < pos:  # it begins between two paragraphs
            if b <= pos:
                continue
            a = pos
        if b <= at and b <= covers[i][0]:
            write(f'{text[pos:a]}{anchor}{_ALONE[role]}{n}">{text[a:b]}</span>')
            pos = b
            continue
        write(text[pos:a])
        many = [covers[i - 1]]
        while covers[i][0] < b:
            many.append(covers[i])
            b = max(b, covers[i][1])
            i += 1
        pos = a
        for x, y, opening in _leaves(many):
            if at == x and after - at > 1:
                write(mark)
                pos = after
                at, after, mark, _ = event = next(events)
            if y <= pos:
                continue
            if x in opens:
                write(opens[x])
            if y <= at:
                write(f"{opening}{text[max(x, pos) : y]}</span>")
                pos = y
            else:
                event, pos = _cut(text, max(x, pos), y, opening, event, events, out)
                at, after, mark, _ = event
    while at < hi:
        write(text[pos:at])
        write(mark)
        pos = after
        at, after, mark, _ = next(events)
    write(text[pos:hi])
    write("</p>\n")
    return "".join(out)


def _covers(statements: Iterable[tuple[int, Statement]], lo: int, hi: int, *, anchors: bool) -> tuple[list[_Cover], dict[int, str]]:
    """What the statements cover of characters ``lo`` to ``hi``, in order; and by the offset where they begin, their numbers as links."""
    out: list[_Cover] = []
    opens: dict[int, str] = {}
    add = out.append
    for n, s in statements:
        first = hi
        for x in s.source:
            add((x.start, x.end, _SOURCE, n))
        for x in s.cue:
            add((x.start, x.end, _CUE, n))
        for x in s.content:
            add((x.start, x.end, _CONTENT, n))
        if anchors:
            if s.source:
                first = s.source[0].start
            if s.cue and (a := s.cue[0].start) < first:
                first = a
            if s.content and (a := s.content[0].start) < first:
                first = a
            if lo <= first < hi:
                who = s.speaker.name if s.speaker else None
                label = _label(who or " ".join([x.text for x in s.source]))
                id_, number = safe(s.id), str(n)
                anchor = f'<a class="n" id="s-{id_}" href="#l-{id_}" aria-label="Statement {number}{label}">{number}</a>'
                opens[first] = opens[first] + anchor if first in opens else anchor
        for x in s.condition:
            add((x.start, x.end, _CONDITION, n))
    out.sort()
    if out and (out[0][0] < lo or max([c[1] for c in out]) > hi):
        out = sorted((max(a, lo), min(b, hi), role, n) for a, b, role, n in out if a < hi and b > lo)
    return out, opens


@lru_cache(maxsize=4096)
def _label(who: str) -> str:
    """Who speaks, as the end of a label: few speak often."""
    return f", {safe(' '.join(who.split())[:80])}" if who else ""


def _leaves(covers: Sequence[_Cover]) -> list[tuple[int, int, str]]:
    """Spans that overlap, cut where any of them begins or ends: from where, up to where, and the tag that says what covers it."""
    out = []
    live: list[_Cover] = []
    i, many = 0, len(covers)
    cuts = {c[0] for c in covers}
    cuts.update([c[1] for c in covers])
    for x, y in pairwise(sorted(cuts)):
        live = [c for c in live if c[1] > x]
        while i < many and covers[i][0] <= x:
            live.append(covers[i])
            i += 1
        if len(live) == 1:
            _, _, role, n = live[0]
            out.append((x, y, f'{_ALONE[role]}{n}">'))
        else:
            out.append((x, y, _opening(live)))
    return out


def _opening(live: Sequence[_Cover]) -> str:
    """The tag of a leaf that several spans cover: the classes of their roles, and the numbers of their statements."""
    if len(live) == 2:  # nearly always
        (_, _, role, n), (_, _, other, m) = live
        tag = _classes(role | other, 2 if role == other == _CONTENT else 1)
        return f'{tag}{n}">' if n == m else f'{tag}{n} {m}">' if n < m else f'{tag}{m} {n}">'
    bits = depth = 0
    for _, _, role, _ in live:
        bits |= role
        depth += role == _CONTENT
    return f'{_classes(bits, max(1, min(depth, 3)))}{" ".join(map(str, sorted({c[3] for c in live})))}">'


@cache
def _classes(bits: int, depth: int) -> str:
    """A leaf's tag up to the numbers of its statements."""
    names = [name for bit, name in ((_SOURCE, "so"), (_CUE, "cu"), (_CONTENT, "co"), (_CONDITION, "if")) if bits & bit]
    return f'<span class="{" ".join([*names, *([f"in{depth}"] if depth > 1 else [])])}" data-n="'


_ALONE = {bit: _classes(bit, 1) for bit in (_SOURCE, _CUE, _CONTENT, _CONDITION)}


def _cut(text: str, a: int, b: int, opening: str, event: _Instead, events: Iterator[_Instead], out: list[str]) -> tuple[_Instead, int]:
    """Write a leaf in which something is shown otherwise, from ``event`` on. Returns the first event after it, and how far the text is
    written."""
    open_ = False
    while event[0] < b:
        at, after, mark, apart = event
        if not open_ and (a < at or not apart):
            out.append(opening)
            open_ = True
        out.append(text[a:at])
        if apart and open_:
            out.append("</span>")
            open_ = False
        out.append(mark)
        a, event = after, next(events)
    if a < b:
        out.append(text[a:b] if open_ else opening + text[a:b])
        open_ = True
    if open_:
        out.append("</span>")
    return event, max(a, b)


def _in_place(text: str, lo: int, hi: int) -> tuple[list[_Instead], int, int]:
    """What is not shown as it is, in order, one more at the end to stop at; and where the first paragraph begins and the last one ends."""
    out: list[_Instead] = []
    broken, blank = -1, text[lo : lo + 1].isspace()
    stop = text.find("\n", lo, hi)
    # The line that the text, or its part, begins in: no line break before it told how long it is.
    if stop >= 0 and len(text[text.rfind("\n", 0, lo) + 1 : stop].strip()) < _SHORT_LINE and not _PARAGRAPH.match(text, stop, hi):
        broken = stop
        out.append((stop, stop + 1, _BREAK, False))
    for m in _LINE_ENDS.finditer(text, lo, hi):
        a, b = m.span()
        short = m.lastindex
        if b - a > 1:
            if b == hi:
                hi = a
                break
            if blank and (a == lo or text[lo:a].isspace()):  # before the first paragraph
                lo = b
                out = []
            else:
                out.append((a, b, f'</p>\n<p dir="auto" data-o="{b}">', True))
            blank = False
        elif short != 2 and a != broken and (text[a - 1] in _ENDS or not text[a - 3 : a].isspace() or _ends(text, a)):
            out.append((a, b, _BREAK, False))
        if short:
            broken = m.end(short) - 1
            out.append((broken, broken + 1, _BREAK, False))
    if blank and text[lo:hi].isspace():
        hi = lo
    for c, instead in _ESCAPED:
        a = text.find(c, lo, hi)
        while a >= 0:
            out.append((a, a + 1, instead, False))
            a = text.find(c, a + 1, hi)
    odd = [(m.start(), m.end(), _code(m[0]), True) for m in _CONTROL.finditer(text, lo, hi)] if _odd(text[lo:hi]) else ()
    out += odd
    out.sort()
    if odd:  # some of these are white space, and may stand between paragraphs
        out = [e for e, end in zip(out, (lo, *accumulate((e[1] for e in out), max)), strict=False) if e[0] >= end]
    out.append((hi, hi, "", False))
    return out, lo, hi


def _odd(text: str) -> bool:
    """Is there a control character in it?"""
    # A search looks at every character, at a price that is felt in a long text: what most texts are made of is taken out before.
    return _CONTROL.search(text.encode("utf-8", "surrogatepass").translate(None, _PLAIN).decode("utf-8", "surrogatepass")) is not None


def _ends(text: str, at: int) -> bool:
    """Does the line up to ``at`` end a sentence?"""
    return text[text.rfind("\n", 0, at) + 1 : at].rstrip().endswith(tuple(_ENDS))


def _code(c: str) -> str:
    """A control character as its code, in a span that counts as one character."""
    shown = "" if c == "\r" else f"⟨{ord(c):X}⟩"
    return f'<span data-len="1" class="ctl">{shown}</span>'
