"""Charts as SVG made here: no script draws them, each bar and edge is a link to the statements behind it.

A chart is for the eye and the mouse and hidden from screen readers and the Tab key; the page gives the same numbers, with the same
links, as a table below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from onrecord.cli.show import clean
from onrecord.web.show import day, short

__all__ = ["Bar", "Edge", "Row", "buckets", "chart_rows", "network", "unit_of"]

_WIDTH, _LABEL, _RIGHT, _HIGH, _GAP = 860, 108, 46, 30, 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, its height, what is shown of the height, and where it leads."""

    label: str
    value: float
    shown: str
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of bars, all over the same times."""

    label: str
    bars: tuple[Bar, ...]
    address: str
    count: int


@dataclass(frozen=True, slots=True)
class Edge:
    """``a`` speaks about ``b`` (places among the left and the right nodes)."""

    a: int
    b: int
    count: int
    address: str


def unit_of(first: str, last: str) -> str:
    """The time that one bar covers, so that there are neither too many nor too few: from the first and last day or month."""
    months = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7]) + 1
    return "day" if months <= 2 else "month" if months <= 60 else "quarter" if months <= 180 else "year"


def buckets(first: str, last: str, unit: str) -> list[tuple[str, str, str]]:
    """Every ``unit`` from that of ``first`` to that of ``last`` (ISO days or months): label, first day, last day."""
    year, month = int(first[:4]), int(first[5:7])
    out: list[tuple[str, str, str]] = []
    if unit == "day":
        at, end = date.fromisoformat(first), date.fromisoformat(last)
        while at <= end and len(out) < 400:
            out.append((day(at.isoformat()), at.isoformat(), at.isoformat()))
            at += timedelta(days=1)
        return out
    step = {"month": 1, "quarter": 3, "year": 12}[unit]
    month = (month - 1) // step * step + 1
    while (year, month) <= (int(last[:4]), int(last[5:7])) and len(out) < 2000:
        after = (year + (month - 1 + step) // 12, (month - 1 + step) % 12 + 1)
        end_month = (after[0], after[1] - 1) if after[1] > 1 else (after[0] - 1, 12)
        label = {
            "month": day(f"{year:04d}-{month:02d}"), "quarter": f"{year}, quarter {(month + 2) // 3}", "year": str(year)
        }[unit]  # fmt: skip
        out.append((label, f"{year:04d}-{month:02d}", f"{end_month[0]:04d}-{end_month[1]:02d}"))
        year, month = after
    return out


def chart_rows(rows: Sequence[Row], ticks: Sequence[str]) -> Markup:
    """Small multiples: a line of bars a row, all to one scale but the first, which is the sum of them. ``ticks``: labels of the buckets."""
    if not rows or not ticks:
        return Markup("")
    inner = _WIDTH - _LABEL - _RIGHT
    wide = inner / len(ticks)
    high = len(rows) * (_HIGH + _GAP) + 28
    own = max((b.value for r in rows[1:] for b in r.bars), default=0) or 1
    out = [f'<svg class="chart" viewBox="0 0 {_WIDTH} {high}" aria-hidden="true" focusable="false">']
    for i, row in enumerate(rows):
        base = i * (_HIGH + _GAP) + _HIGH + 6
        top = (max((b.value for b in row.bars), default=0) or 1) if i == 0 else own
        out.append(f'<line class="axis" x1="{_LABEL}" x2="{_WIDTH - _RIGHT}" y1="{base}" y2="{base}"/>')
        out.append(
            f'<a href="{escape(row.address)}" tabindex="-1"><text x="{_LABEL - 8}" y="{base - 4}" text-anchor="end">'
            f"{escape(clean(short(row.label, 16)))}</text></a>"
        )
        out.append(f'<text class="faint" x="{_WIDTH - _RIGHT + 6}" y="{base - 4}">{row.count:,}</text>')
        for j, b in enumerate(row.bars):
            if not b.value:
                continue
            tall = max(1.5, b.value / top * _HIGH)
            x = _LABEL + j * wide
            thin = max(1.0, wide - (1 if wide > 3 else 0))
            out.append(
                f'<a href="{escape(b.address)}" tabindex="-1"><title>{escape(clean(f"{row.label}, {b.label}: {b.shown}"))}</title>'
                f'<rect class="hitbox" x="{x:.1f}" y="{base - _HIGH}" width="{wide:.1f}" height="{_HIGH}"/>'
                f'<rect class="bar{1 if i else 2}" x="{x:.1f}" y="{base - tall:.1f}" width="{min(thin, 46):.1f}" height="{tall:.1f}"/></a>'
            )
    step = max(1, round(len(ticks) / max(1, inner // 110)))
    for j in range(0, len(ticks), step):
        x = _LABEL + j * wide
        # The last is set to end at the edge: it stands there only if the one before leaves it room.
        if j and x > _WIDTH - _RIGHT - 60 and x + wide - 62 < _LABEL + (j - step) * wide + 62:
            continue
        side = ' text-anchor="end"' if x > _WIDTH - _RIGHT - 60 else ""
        out.append(f'<text class="faint" x="{x + wide if side else x:.1f}" y="{high - 6}"{side}>{escape(_tick(ticks[j]))}</text>')
    out.append("</svg>")
    return Markup("".join(out))


def _tick(label: str) -> str:
    words = label.split()
    return " ".join(w[:3] if w.isalpha() else w for w in words) if len(words) > 1 else label


def network(left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]], edges: Sequence[Edge]) -> Markup:
    """Those who speak on the left, whom they speak about on the right (label and address each); a thicker line is more statements."""
    if not edges:
        return Markup("")
    row, name = 34, 250
    high = max(len(left), len(right)) * row + 12
    most = max(e.count for e in edges)

    def y(i: int, of: int) -> float:
        return (i + 0.5) * high / of

    out = [f'<svg class="chart" viewBox="0 0 {_WIDTH} {high}" aria-hidden="true" focusable="false">']
    for e in sorted(edges, key=lambda e: e.count):
        ya, yb = y(e.a, len(left)), y(e.b, len(right))
        middle = _WIDTH / 2
        thick = 1.5 + 12 * (e.count / max(most, 12)) ** 0.7
        words = f"{left[e.a][0]} about {right[e.b][0]}: {e.count:,}"
        curve = f"M{name} {ya:.1f}C{middle} {ya:.1f} {middle} {yb:.1f} {_WIDTH - name} {yb:.1f}"
        out.append(
            f'<a href="{escape(e.address)}" tabindex="-1"><title>{escape(clean(words))}</title>'
            f'<path class="edge" stroke-width="{thick:.1f}" d="{curve}"/></a>'
        )
    for side, x, anchor in ((left, name - 8, "end"), (right, _WIDTH - name + 8, "start")):
        for i, (label, address) in enumerate(side):
            out.append(
                f'<a href="{escape(address)}" tabindex="-1"><text x="{x}" y="{y(i, len(side)) + 4:.1f}" text-anchor="{anchor}">'
                f"{escape(clean(short(label, 34)))}</text></a>"
            )
    out.append("</svg>")
    return Markup("".join(out))
