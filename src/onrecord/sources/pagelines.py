"""The lines of a laid-out page in the order in which people read them.

Input are words or runs with their boxes, in PDF points with y upwards. Columns are found as the white gutters between them
(a recursive cut, as in Nagy and Seth's XY-cut, 1984), after lines that span a gutter (headlines, rules of text) have been set
apart; the spanning lines divide the page into bands, each of which is read column by column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Line", "Run", "read_order"]

# All in multiples of the page's median line height unless said otherwise.
_GUTTER = 0.55  # narrowest white gutter
_SPLIT = 1.1  # a gap in a line from which on it is taken for two runs: wider than justified setting makes them, or a gutter
_SPANNERS = 0.35  # share of runs that may cross a gutter
_SIDE = 3  # runs on each side of a gutter, at least


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one line: its box, its text, the size of its letters."""

    x0: float
    x1: float
    y0: float
    y1: float
    text: str
    size: float

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column: ``left`` and ``right`` are the column's edges, ``column`` numbers the columns of a page in reading order."""

    x0: float
    x1: float
    y0: float
    y1: float
    text: str
    size: float
    left: float
    right: float
    column: int


def read_order(runs: Sequence[Run]) -> list[Line]:
    """Lines in reading order."""
    runs = [r for r in runs if r.text.strip()]
    if not runs:
        return []
    heights = sorted(r.size for r in runs)
    unit = max(1.0, heights[len(heights) // 2])
    out: list[Line] = []
    for column, group in enumerate(_regions(list(runs), unit, 0)):
        out += _lines(group, unit, column)
    return out


def _regions(runs: list[Run], unit: float, depth: int) -> list[list[Run]]:
    """Groups of runs, each one column, in reading order."""
    cut = _gutter(runs, unit) if depth < 8 else None
    if cut is None:
        return [runs]
    spanning = sorted((r for r in runs if r.x0 < cut < r.x1), key=lambda r: -r.middle)
    rest = [r for r in runs if not r.x0 < cut < r.x1]
    out: list[list[Run]] = []
    pending: list[Run] = []
    for s in [*spanning, None]:
        floor = s.middle if s is not None else float("-inf")
        band = [r for r in rest if r.middle > floor]
        rest = [r for r in rest if r.middle <= floor]
        if band:
            if pending:
                out.append(pending)
                pending = []
            left = [r for r in band if r.x1 <= cut]
            right = [r for r in band if r.x0 >= cut]
            for side in (left, right):
                if side:
                    out += _regions(side, unit, depth + 1)
        if s is not None:
            pending.append(s)
    if pending:
        out.append(pending)
    return out


def _gutter(runs: list[Run], unit: float) -> float | None:
    """Where to cut, or null. The candidate that fewest runs cross wins, then the widest."""
    n = len(runs)
    if n < 2 * _SIDE:
        return None
    # A short run (a page number in the middle of the foot) may stand in a gutter; only lines of some length make its edges.
    lines = [r for r in runs if r.x1 - r.x0 > 4 * unit] or runs
    edges = sorted({r.x1 for r in lines})
    best: tuple[int, float, float] | None = None
    for edge in edges[:400]:
        # The gutter that opens at this edge reaches to the next run that begins right of it.
        starts = [r.x0 for r in lines if r.x0 >= edge - 0.5]
        if not starts:
            continue
        until = min(starts)
        width = until - edge
        if width < _GUTTER * unit:
            continue
        at = (edge + until) / 2
        left = [r for r in runs if r.x1 <= at]
        right = [r for r in runs if r.x0 >= at]
        crossing = n - len(left) - len(right)
        if len(left) < _SIDE or len(right) < _SIDE or crossing > _SPANNERS * n:
            continue
        if not _side_by_side(left, right, unit):
            continue
        if best is None or (crossing, -width) < best[:2]:
            best = (crossing, -width, at)
    return best[2] if best else None


def _side_by_side(left: list[Run], right: list[Run], unit: float) -> bool:
    """Do both sides hold lines at the same height, as columns do, and prose rather than a list's numbers?"""
    a0, a1 = min(r.y0 for r in left), max(r.y1 for r in left)
    b0, b1 = min(r.y0 for r in right), max(r.y1 for r in right)
    overlap = min(a1, b1) - max(a0, b0)
    if overlap < 0.3 * min(a1 - a0, b1 - b0) or overlap < 2 * unit:
        return False
    narrow = min(max(r.x1 for r in rs) - min(r.x0 for r in rs) for rs in (left, right))
    return narrow > 4 * unit


def _lines(runs: list[Run], unit: float, column: int) -> list[Line]:
    left, right = min(r.x0 for r in runs), max(r.x1 for r in runs)
    rows: list[list[Run]] = []
    for r in sorted(runs, key=lambda r: (-r.middle, r.x0)):
        if rows and abs(rows[-1][0].middle - r.middle) < 0.45 * max(r.size, rows[-1][0].size):
            rows[-1].append(r)
        else:
            rows.append([r])
    out = []
    for row in rows:
        row.sort(key=lambda r: r.x0)
        text = ""
        end = None
        for r in row:
            text += (" " if end is not None and r.x0 - end > 0.12 * r.size and not text.endswith(" ") else "") + r.text
            end = r.x1
        size = max(row, key=lambda r: len(r.text)).size
        out.append(
            Line(
                row[0].x0,
                max(r.x1 for r in row),
                min(r.y0 for r in row),
                max(r.y1 for r in row),
                " ".join(text.split()),
                size,
                left,
                right,
                column,
            )
        )
    return [line for line in out if line.text]
