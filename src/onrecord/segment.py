"""Where a text's paragraphs and sentences begin and end.

Nothing here changes the text: every function takes it and returns half-open code-point intervals.

Plain text arrives broken in every way: one paragraph a line, paragraphs parted by blank lines, lines wrapped at a
fixed width, or (pasted from a PDF) every *line* parted by a blank line. Which of these a text is, is read off the text:
where many breaks of one class (one newline, two, three or more) are followed by a lower-case letter, that class wraps
lines. If breaks of a longer class part the paragraphs, wrapped lines never do; else a break after the end of a sentence,
or after a line cut short, ends a paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

__all__ = ["Interval", "paragraphs", "sentences"]

Interval = tuple[int, int]

_BREAK = re.compile(r"[\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]\s*")
_NEWLINE = re.compile(r"\r\n?|\n|\x0b|\x0c|\x1c|\x1d|\x1e|\x85|\u2028|\u2029")
_ENDS_SENTENCE = re.compile(r"[.?!…:;][\"'”’»)\]]*$")
# Share of breaks followed by a lower-case letter above which a class of breaks is taken to wrap lines. Prose
# paragraphs hardly ever open in lower case (0.4% of PolNeAR train's), wrapped lines do in well over half of cases.
_WRAP_SHARE = 0.2
# A line shorter than this share of the text's usual full line was not filled: something ended there.
_SHORT_LINE = 0.6


def paragraphs(text: str) -> list[Interval]:
    """Return the paragraphs of ``text`` in order, as intervals without the white space around them.

    Every non-space character of the text is in exactly one paragraph.
    """
    blocks: list[Interval] = []
    newlines: list[int] = []  # in the break after block i: 1, 2, or 3 for more
    at = len(text) - len(text.lstrip())
    for m in _BREAK.finditer(text, at):
        if m.start() > at:
            end = m.start()
            while text[end - 1].isspace():
                end -= 1
            blocks.append((at, end))
            newlines.append(1 if m.group() == "\n" else min(3, len(_NEWLINE.findall(m.group()))))
        at = m.end()
    tail = len(text.rstrip())
    if tail > at:
        blocks.append((at, tail))
        newlines.append(3)
    if len(blocks) < 2:
        return blocks
    wraps = {kind: _wraps(text, blocks, newlines, kind) for kind in (1, 2, 3)}
    # Lines wrapped by one newline with blank lines between paragraphs: the usual mail and wire format.
    parted = wraps[1] and not wraps[2] and any(n > 1 for n in newlines[:-1])
    lengths = sorted(end - start for start, end in blocks)
    full = lengths[int(0.8 * (len(lengths) - 1))]
    out = [blocks[0]]
    for i, (start, end) in enumerate(blocks[1:]):
        before = blocks[i]
        kind = newlines[i]
        if wraps[kind] and ((kind == 1 and parted) or not _ends_paragraph(text, before, start, full)):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _wraps(text: str, blocks: list[Interval], newlines: list[int], kind: int) -> bool:
    breaks = [i for i in range(len(blocks) - 1) if newlines[i] == kind]
    lower = sum(text[blocks[i + 1][0]].islower() for i in breaks)
    return bool(breaks) and lower >= _WRAP_SHARE * len(breaks)


def _ends_paragraph(text: str, line: Interval, after: int, full: int) -> bool:
    if text[after].islower():
        return False
    if _ENDS_SENTENCE.search(text, max(line[0], line[1] - 6), line[1]):
        return True
    return line[1] - line[0] < _SHORT_LINE * full


# A full stop after one of these does not end a sentence. Closed class; lower case, without the stop.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sen rep gov gen col lt sgt capt cmdr adm maj brig rev hon pres amb sec st jr sr no vs etc inc ltd co corp "
    "jan feb mar apr jun jul aug sept sep oct nov dec u.s u.k u.n e.u d.c a.m p.m e.g i.e approx dept fig vol art "
    "ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa tenn tex va "
    "vt wash wis wyo".split()
)
_STOP = re.compile(r"(?:[.?!]+|…)[\"'”’»)\]]*(?=\s+[\"'“‘„«(\[]*[^\sa-z])")
_LAST_WORD = re.compile(r"[\w.]+$")


def sentences(text: str, paragraph: Interval) -> list[Interval]:
    """Split one paragraph of ``text`` into sentences, in order, without the white space between them.

    A rule splitter: good enough for windows and for showing a statement in its sentence; no figure rests on it.
    """
    start, end = paragraph
    out: list[Interval] = []
    at = start
    for m in _STOP.finditer(text, start, end):
        if m.group().startswith(".") and len(m.group()) == 1:
            word = _LAST_WORD.search(text, max(at, m.start() - 12), m.start())
            if word and (word.group().lower() in _ABBREVIATIONS or (len(word.group()) == 1 and word.group().isupper())):
                continue
        out.append((at, m.end()))
        at = m.end()
        while at < end and text[at].isspace():
            at += 1
    if at < end:
        out.append((at, end))
    return out


@lru_cache(maxsize=8)
def _starts(intervals: tuple[Interval, ...]) -> tuple[int, ...]:
    return tuple(start for start, _ in intervals)


def index_at(intervals: tuple[Interval, ...], position: int) -> int:
    """Index of the last interval that starts at or before ``position``, or -1. Intervals are sorted."""
    return bisect_right(_starts(intervals), position) - 1
