"""Acts over time, and who speaks about whom: every number leads to the statements behind it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from onrecord.acts.codebook import ACTS
from onrecord.record import Query
from onrecord.web import charts, links, render
from onrecord.web.ask import Ask, Site
from onrecord.web.problem import Problem
from onrecord.web.show import percent

__all__ = ["Times", "network", "over_time", "timeline"]

_ACROSS = 16


@dataclass(frozen=True, slots=True)
class Times:
    """A chart over time and the same as a table. ``ticks``: what the columns stand for; ``rows``: the first is of all acts."""

    unit: str
    ticks: tuple[str, ...]
    rows: tuple[charts.Row, ...]
    svg: Markup

    def to_dict(self) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "periods": list(self.ticks),
            "rows": [{"act": r.label, "count": r.count, "values": [b.value for b in r.bars]} for r in self.rows],
        }


def over_time(site: Site, query: Query, *, share: bool = False) -> Times | None:
    """Acts of what meets ``query`` over time, as counts or as shares of the whole corpus in that time; null if nothing has a date."""
    query = replace(query, page=1, size=Query().size, sort="newest", count="statements")
    found = site.record.cross(query, "act", "month", most=len(ACTS) + 8, across=2400)
    if not found.columns:
        return None
    times = [v.value for v in found.columns]
    unit = charts.unit_of(times[0], times[-1])
    if unit == "day":
        found = site.record.cross(query, "act", "day", most=len(found.rows) or 1, across=100)
        times = [v.value for v in found.columns]
    cut = charts.buckets(times[0], times[-1], unit)
    starts = [first for _, first, _ in cut]
    at = [bisect_right(starts, t) - 1 for t in times]
    sums = [[0.0] * len(cut) for _ in found.rows]
    for (i, j), n in found.cells.items():
        sums[i][at[j]] += n
    whole = [0.0] * len(cut)
    for j, v in enumerate(found.columns):
        whole[at[j]] += v.count
    corpus = _corpus(site, unit, cut) if share else []

    within = [_within(unit, first, last) for _, first, last in cut]

    def row(label: str, values: Sequence[float], asked: Query, count: int) -> charts.Row:
        # One address a line, to which each bar adds its time.
        plain = replace(asked, since=None, until=None) if unit == "day" else replace(asked, month=())
        head = links.query_url(plain)
        head += "&" if "?" in head else "?"
        bars = []
        for k, n in enumerate(values):
            value = (n / corpus[k] if corpus[k] else 0.0) if share else n
            shown = (f"{int(n):,} of {int(corpus[k]):,}, {percent(value)}" if share else f"{int(n):,}") if n else ""
            bars.append(charts.Bar(cut[k][0], value, shown, head + within[k] if n else ""))
        return charts.Row(label, tuple(bars), links.query_url(asked), count)

    rows = [row("all acts", whole, query, sum(v.count for v in found.columns))]
    for v, values in zip(found.rows, sums, strict=True):
        rows.append(row(v.label.lower(), values, replace(query, act=(v.value,)), v.count))
    ticks = tuple(c[0] for c in cut)
    return Times(unit, ticks, tuple(rows), charts.chart_rows(rows, ticks))


def _within(unit: str, first: str, last: str) -> str:
    """The parameters of one bar: months are exact; of a day, what was said on it or in a longer time that takes it in."""
    if unit == "day":
        return f"since={first}&until={last}"
    months, year, month = [], int(first[:4]), int(first[5:7])
    while f"{year:04d}-{month:02d}" <= last:
        months.append(f"month={year:04d}-{month:02d}")
        year, month = year + month // 12, month % 12 + 1
    return "&".join(months)


def _corpus(site: Site, unit: str, cut: Sequence[tuple[str, str, str]]) -> list[float]:
    """How many statements the whole record has in each bucket."""
    out = [0.0] * len(cut)
    for m in site.record.timeline(Query(), by="day" if unit == "day" else "month"):
        if m.period is None:
            continue
        i = next((i for i, (_, first, last) in enumerate(cut) if first <= m.period <= last), None)
        if i is not None:
            out[i] += m.count
    return out


def timeline(site: Site, ask: Ask) -> Response:
    """Acts over time under any search; ``show``: count, or share of the corpus."""
    query = ask.query()
    share = ask.param("show", "count")
    if share not in ("count", "share"):
        raise Problem(400, "show is count or share")
    times = over_time(site, query, share=share == "share")

    def value() -> dict[str, Any]:
        return {"query": query.to_dict(), "show": share, "timeline": times.to_dict() if times else None}

    def html() -> Response:
        if times is None and site.empty:
            return render.page(site, ask, "empty.html", record=site.record.path)
        return render.page(site, ask, "timeline.html", query=query, times=times, share=share == "share")

    return render.either(ask, html, value)


def network(site: Site, ask: Ask) -> Response:
    """Who speaks about whom, under any search; ``of``: actors, or the countries they speak for."""
    query = replace(ask.query(), page=1)
    of = ask.param("of", "actors")
    if of not in ("actors", "countries"):
        raise Problem(400, "of is actors or countries")
    a, b = ("speaker", "target") if of == "actors" else ("country", "target_country")
    found = site.record.cross(query, a, b, most=_ACROSS, across=_ACROSS)
    acts = site.record.facets(query, ("act",), limit=20)["act"]

    def address(row: str | None, column: str | None) -> str:
        asked = replace(query, **({a: (row,)} if row else {}), **({b: (column,)} if column else {}))  # type: ignore[arg-type]
        return links.query_url(asked)

    used_rows = sorted({i for i, _ in found.cells})
    used_columns = sorted({j for _, j in found.cells})
    left = [(found.rows[i].label, address(found.rows[i].value, None)) for i in used_rows]
    right = [(found.columns[j].label, address(None, found.columns[j].value)) for j in used_columns]
    edges = [
        charts.Edge(used_rows.index(i), used_columns.index(j), n, address(found.rows[i].value, found.columns[j].value))
        for (i, j), n in sorted(found.cells.items())
    ]

    def value() -> dict[str, Any]:
        return {
            "query": query.to_dict(), "of": of,
            "edges": [
                {"from": found.rows[i].to_dict(), "to": found.columns[j].to_dict(), "count": n} for (i, j), n in sorted(found.cells.items())
            ],
        }  # fmt: skip

    def html() -> Response:
        if not edges and site.empty:
            return render.page(site, ask, "empty.html", record=site.record.path)
        table = {(e.a, e.b): e for e in edges}
        return render.page(
            site, ask, "network.html", query=query, of=of, acts_there=acts, svg=charts.network(left, right, edges), left=left,
            right=right, table=table,
        )  # fmt: skip

    return render.either(ask, html, value)
