"""Quotation marks: which ones open, which ones close, and what stands between them.

Texts mix straight and curly marks, turn them round (``”bridgehead”``), leave them open at the end of a paragraph that
the next one continues, and use the same character for the apostrophe. So a mark's *place* decides before its shape: a
mark with white space before it and a word after it opens, the other way round it closes.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from onrecord.segment import Interval

__all__ = ["MARKS", "Quote", "quotes"]

_DOUBLE = '"“”„‟«»〝〞＂″'
_SINGLE = "'‘’‚‛‹›`´"
#: Every character that can be a quotation mark.
MARKS = _DOUBLE + _SINGLE
_OPENING_SHAPE = "“„‟«‘‚‛‹`〝"
_CLOSING_SHAPE = "”»’›´〞"
# Two single marks side by side stand for one double mark (LaTeX style and careless typing).
_MARK = re.compile(rf"``|''|‘‘|’’|[{re.escape(MARKS)}]")
_BEFORE_OPEN = " \t\n\r\x0b\x0c\u00a0\u2009\u202f\u2028\u2029([{-–—―/:;,"
_AFTER_CLOSE = " \t\n\r\x0b\x0c\u00a0\u2009\u202f\u2028\u2029)]}.,;:?!-–—―/…"


class Quote(NamedTuple):
    """A quoted stretch, marks included.

    ``closed`` is false when no closing mark was found in the paragraph; the stretch then ends with the paragraph.
    ``single`` tells single marks from double ones, ``depth`` is 0 for an outermost quote. ``open`` and ``close`` are
    the lengths of the marks, 1 or 2.
    """

    start: int
    end: int
    closed: bool
    single: bool
    depth: int
    mark: int = 1


def _side(text: str, start: int, end: int, lo: int, hi: int) -> Literal["open", "close", "either", "neither"]:
    before = text[start - 1] if start > lo else " "
    after = text[end] if end < hi else " "
    can_open = (before in _BEFORE_OPEN or before in MARKS or before.isspace()) and not after.isspace()
    can_close = (after in _AFTER_CLOSE or after in MARKS or after.isspace()) and not before.isspace()
    if can_open and not can_close:
        return "open"
    if can_close and not can_open:
        return "close"
    return "either" if can_open or not (before.isalnum() and after.isalnum()) else "neither"


def quotes(text: str, paragraph: Interval) -> list[Quote]:
    """Find the quoted stretches of one paragraph, outer before inner, in order of their start.

    Apostrophes, feet and inches, and single marks without a partner are not quotes. A double mark that opens and is
    never closed gives a quote that ends with the paragraph; a closing mark that nothing opened is ignored, as it ends
    a quote that a mark lost in copying began, of which nothing is known.
    """
    lo, hi = paragraph
    out: list[Quote] = []
    stack: list[tuple[int, bool, int]] = []  # start, single, index into out

    def close(level: int, end: int, closed: bool) -> None:
        start, single, slot = stack[level]
        mark = out[slot].mark
        out[slot] = Quote(start, end, closed, single, out[slot].depth, mark)
        del stack[level:]

    for m in _MARK.finditer(text, lo, hi):
        start, end = m.span()
        shape = m.group()
        single = len(shape) == 1 and shape in _SINGLE
        side = _side(text, start, end, lo, hi)
        level = next((i for i in range(len(stack) - 1, -1, -1) if stack[i][1] == single), -1)
        if single and _is_apostrophe(text, start, end, lo, hi, level >= 0):
            continue
        if side == "either":
            if shape[0] in _OPENING_SHAPE and level < 0:
                side = "open"
            elif shape[0] in _CLOSING_SHAPE and level >= 0:
                side = "close"
            else:
                side = "close" if level >= 0 else "open"
        if side == "neither":
            continue
        if side == "close" and level < 0:
            # The place says "close", nothing is open: only the shape can still make it an opening mark.
            if shape[0] in _OPENING_SHAPE and not text[end : end + 1].isspace() and end < hi:
                side = "open"
            else:
                continue
        if side == "open" and level >= 0 and level == len(stack) - 1 and not single:
            if shape[0] in _CLOSING_SHAPE and shape[0] not in "”":
                side = "close"
            else:
                # A second opening mark of the same kind: the first one was never closed. Its quote ends here.
                close(level, _trim(text, stack[level][0], start), False)
        if side == "close":
            close(level, end, True)
            continue
        if single and not _has_partner(text, end, hi):
            continue
        stack.append((start, single, len(out)))
        out.append(Quote(start, hi, False, single, len(stack) - 1, end - start))
    while stack:
        if stack[-1][1]:  # a single mark without a partner was an apostrophe after all
            out[stack[-1][2]] = Quote(-1, -1, False, True, 0)
            del stack[-1]
        else:
            close(len(stack) - 1, hi, False)
    return sorted((q for q in out if q.start >= 0 and q.end - q.start > 2), key=lambda q: (q.start, -q.end))


def _trim(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _is_apostrophe(text: str, start: int, end: int, lo: int, hi: int, open_: bool) -> bool:
    before = text[start - 1] if start > lo else " "
    after = text[end] if end < hi else " "
    if before.isalnum() and after.isalnum():
        return True
    # "the allies' pledge": after a letter, before a space, with no single quote to close.
    return before.isalnum() and not open_


def _has_partner(text: str, at: int, hi: int) -> bool:
    """Is there, later in the paragraph, a single mark that can close? ("'tis" and "the '90s" have none.)"""
    if text[at : at + 1].isdigit() and text[at + 1 : at + 2].isdigit() and text[at + 2 : at + 3] == "s":
        return False
    for m in re.finditer(rf"[{re.escape(_SINGLE)}]", text[at:hi]):
        i = at + m.start()
        after = text[i + 1] if i + 1 < hi else " "
        if not text[i - 1].isspace() and not after.isalnum() and i > at:
            return True
    return False
