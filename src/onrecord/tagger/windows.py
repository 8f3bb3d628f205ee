"""Which pieces the encoder sees together.

A window is whole paragraphs, as many as fit; a paragraph too long for one window is cut where a sentence ends. The
window's *core* is what it decides on; pieces before it, from the window before, are context only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.tagger.pieces import Pieces

__all__ = ["CLS", "CONTEXT", "SEP", "SIZE", "Window", "windows"]

CLS, SEP = 101, 102  # all-MiniLM-L6-v2's vocabulary
SIZE = 256  # pieces in a window, the two special ones included
CONTEXT = 0  # pieces of the paragraph before that a window may see


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces ``lo`` to ``hi`` (half open) of a text; those from ``core`` on are the window's own."""

    lo: int
    core: int
    hi: int

    def __len__(self) -> int:
        return self.hi - self.lo + 2


def windows(text: str, pieces: Pieces, *, size: int = SIZE, context: int = CONTEXT) -> list[Window]:
    """Cut a text's pieces into windows whose cores are disjoint, in order, and cover every piece."""
    room = size - 2 - context
    out: list[Window] = []
    lo = 0
    for unit_lo, unit_hi in _units(text, pieces, room):
        if unit_hi - lo > room and unit_lo > lo:
            out.append(_window(lo, unit_lo, context))
            lo = unit_lo
    if len(pieces) > lo:
        out.append(_window(lo, len(pieces), context))
    return out


def _window(core: int, hi: int, context: int) -> Window:
    return Window(max(0, core - context), core, hi)


def _units(text: str, pieces: Pieces, room: int) -> list[tuple[int, int]]:
    """Stretches of pieces that a window takes whole: paragraphs, or parts of a paragraph that is too long."""
    n = len(pieces)
    if not n:
        return []
    edges: NDArray[np.int64] = np.flatnonzero(np.diff(pieces.paragraph)) + 1
    bounds = [0, *edges.tolist(), n]
    out: list[tuple[int, int]] = []
    for lo, hi in zip(bounds, bounds[1:], strict=False):
        while hi - lo > room:
            cut = _sentence_end(text, pieces, lo + room // 2, lo + room)
            out.append((lo, cut))
            lo = cut
        out.append((lo, hi))
    return out


def _sentence_end(text: str, pieces: Pieces, lo: int, hi: int) -> int:
    """The piece after the last sentence end in ``lo..hi``; else after the last comma-like mark; else ``hi``."""
    for marks in (".?!", ";:,"):
        for i in range(hi - 1, lo, -1):
            if text[int(pieces.end[i]) - 1] in marks and int(pieces.start[i + 1]) > int(pieces.end[i]):
                return i + 1
    return hi
