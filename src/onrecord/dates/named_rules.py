"""Rules for the calendar's named parts: seasons, quarters, fiscal years, holidays, historical periods, eras."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import cast

from onrecord.dates import period as p
from onrecord.dates.calendar_rules import IN_YEAR, OF_YEAR, YEAR, dated, nearest, open_, short_year, spelled, year_phrase, year_word
from onrecord.dates.context import Context, Found
from onrecord.dates.patterns import rule
from onrecord.dates.period import Period
from onrecord.dates.tables import Feast

__all__ = ["feast"]


@rule(
    f"the? (season|fall) {IN_YEAR}?",
    f"the? (season|fall) {OF_YEAR}?",
    "the? (season|fall) of num num hyphen? num?",
    "the? year (season|fall)",
)
def season(c: Context, i: int, j: int) -> Found | None:
    if c.kind(j - 1) in {"comma", "of", "in"}:
        return None
    at = c.where(i, j, "season", "fall")
    code = str(c.tokens.values[at])
    y = year_word(c, i, j)
    if y is None and c.has(at, j, "num"):
        y = spelled(c, at, j)
    if y is not None:
        return dated(i, j, p.season(y, code), absolute=True)
    if c.where(i, j, "unit") >= 0:
        y = year_phrase(c, i, j)
        return dated(i, j, p.season(y, code), anchor=c.base_anchor) if y else None
    if c.kind(at) == "fall" and c.word(i - 1) not in {"in", "by", "since", "until", "during", "for", "before", "after"}:
        return None
    if c.kind(i) != "the" and c.word(i - 1) not in {"in", "by", "since", "until", "during", "early", "late", "mid"}:
        return None
    if c.kind(at) == "fall" and c.kind(j) == "of":  # the fall of Kabul
        return None
    if c.tokens.word(at)[0].isupper() and c.tokens.word(i)[0].isupper() and j - i > 1:
        return None
    if c.base is None:
        return open_(i, j, f"XXXX-{code}", "season")
    options = [p.season(c.base.year + k, code) for k in (-1, 0, 1)]
    return dated(i, j, nearest(c, options, c.direction(i, j)), anchor=c.base_anchor)


QUARTER = "((ord|ordn|sec) hyphen? unit)"


@rule(
    f"(the|its)? fiscal? hyphen? {QUARTER} (of|comma)? fiscal? {YEAR}",
    f"(the|its)? fiscal? hyphen? {QUARTER} {OF_YEAR}?",
    f"(the|its)? fiscal? hyphen? {QUARTER} (a unit (ago|earlier))?",
    f"(the|its)? {YEAR} fiscal? {QUARTER}",
    f"(the|its)? yearago {QUARTER}",
    f"(this|last|next|prev|following|that|same|latest) unit poss fiscal? {QUARTER}",
    f"(the|its)? (this|last|next|prev|following|same|latest|coming|refadj) fiscal? {QUARTER}",
    f"the? half2 (of|in)? (the)? fiscal? {YEAR}",
    f"the? (half2|half) {OF_YEAR}?",
    "(the|its)? (half2)",
    "(qtoken)(of? fiscal? year)?",
    "year qtoken",
)
def quarter(c: Context, i: int, j: int) -> Found | None:
    """the third quarter, the fiscal first quarter of 2021, next year's first half, Q3 2021."""
    token = c.get(i, j, "qtoken")
    at = c.where(i, j, "ord", "ordn", "sec")
    if token:
        n, grain, own = cast("tuple[int, str, str | None]", token)
    elif c.has(i, j, "half2", "half"):
        at = c.where(i, j, "half2")
        if at < 0:
            return None
        n, grain, own = (
            cast(int, c.tokens.values[at] if isinstance(c.tokens.values[at], int) else int(str(c.tokens.values[at]))),
            "half",
            None,
        )
        if j - at == 1:
            return None
    else:
        unit_at = next(k for k in range(at + 1, j) if c.kind(k) == "unit")
        if c.tokens.values[unit_at] not in {"quarter", "half"}:
            return None
        value = c.tokens.values[at]
        n, grain, own = (2 if value == "second" else cast(int, value)), str(c.tokens.values[unit_at]), None
    make = p.quarter if grain == "quarter" else p.half
    if c.kind(j - 1) in {"comma", "of", "in"}:
        return None
    if own:
        return dated(i, j, make(int(own) if len(own) == 4 else short_year(own, c), n), absolute=True)
    y = year_word(c, i, j)
    if y is not None:
        return dated(i, j, make(y, n), absolute=True)
    if c.base is None:
        return open_(i, j, f"XXXX-{'Q' if grain == 'quarter' else 'H'}{n}", grain)
    shift = 0
    if c.has(i, j, "yearago", "ago", "earlier"):
        shift = -1
    behind = c.tokens.values[j : j + 5]
    if c.kind(j) == "of" and not token and not c.has(j, j + 4, "year", "syear", "fiscal") and "year" not in behind:
        return None  # the first quarter of this century
    units = [c.tokens.values[k] for k in range(i, j) if c.kind(k) == "unit"]
    if not {"year", "quarter", "half"}.issuperset(units):
        return None  # the first quarter of this century
    years = [k for k in range(i, j) if c.kind(k) == "unit" and c.tokens.values[k] == "year"]
    if years and not shift:
        y = year_phrase(c, i if years[0] < at else at + 2 + (c.kind(at + 1) == "hyphen"), years[0] + 1)
        return dated(i, j, make(y, n), anchor=c.base_anchor) if y else None
    found = nearest(c, [make(c.base.year + k, n) for k in (-1, 0, 1)], c.direction(i, j) or -1)
    if grain == "quarter" and c.kind(at - 1) != "next" and (near := make(c.base.year, n)) is not None and near.start <= c.base:
        found = near
    if shift and found:
        found = make(found.start.year - 1, n)
    return dated(i, j, found, anchor=c.base_anchor)


@rule(
    f"(the|its)? fiscal (unit? comma? {YEAR})",
    "(the|its)? fiscal hyphen? unit (ended|that ended)?",
    f"(the)? {YEAR} fiscal unit",
    "ytoken",
    "(the|its)? (this|last|prev|next|coming|following|latest|refadj) fiscal unit",
)
def fiscal_year(c: Context, i: int, j: int) -> Found | None:
    """Fiscal years begin where a state or a firm wants them to: the calendar year of the name is given, as approximate."""
    if c.has(i, j, "unit") and c.get(i, j, "unit") != "year":
        return None
    if c.has(i, j, "ended"):
        j -= 1
    if c.kind(i) == "fiscal" and not c.has(i, j, "year", "syear") and c.kind(i - 1) != "refadj":
        return None  # "a fiscal year" is none in particular
    token, y = c.get(i, j, "ytoken"), year_word(c, i, j)
    if token:
        y = int(str(token)) if len(str(token)) == 4 else short_year(str(token), c)
    absolute = y is not None
    if y is None:
        if not c.has(i, j, "unit"):
            return None
        if c.base is None:
            return open_(i, j, "XXXX", "year")
        y = c.base.year + cast(int, c.get(i, j, "last", "prev", "next", "coming", "following") or 0)
    found = dated(i, j, p.year(y), absolute=absolute, anchor=c.base_anchor)
    if found:
        found.mod = "APPROX" if token else None
    return found


@rule(
    f"the? (this|last|past|prev|next|coming|following)? holiday {IN_YEAR}?",
    f"holiday {OF_YEAR}",
    "the? year holiday",
)
def holiday(c: Context, i: int, j: int) -> Found | None:
    if c.kind(j - 1) in {"comma", "of", "in"}:
        return None
    spec = c.get(i, j, "holiday")
    fixed = re.fullmatch(r"\d{4}-\d\d-\d\d", spec) if isinstance(spec, str) else None
    if fixed:
        return dated(i, j, p.day(date.fromisoformat(str(spec))), absolute=True)
    y = year_word(c, i, j)
    if y is not None:
        return dated(i, j, feast(spec, y), absolute=True) or open_(i, j, f"{y:04}-XX-XX", "day", "the year is beyond the table of feasts")
    if c.where(i, j, "unit") >= 0 and (y := year_phrase(c, i, j)) is not None:
        return dated(i, j, feast(spec, y), anchor=c.base_anchor)
    if c.base is None:
        value = f"XXXX-{spec[:5]}" if isinstance(spec, str) and re.match(r"\d\d-\d\d", spec) else "XXXX-XX-XX"
        return open_(i, j, value, "day")
    way = -1 if c.has(i, j, "last", "past", "prev") else 1 if c.has(i, j, "next", "coming", "following") else c.direction(i, j)
    base = c.base
    options = [feast(spec, base.year + k) for k in (-1, 0, 1)]
    if c.has(i, j, "last"):
        options = [o for o in options if o and o.end <= base]
    if way == 0 or not c.has(i, j, "last", "past", "prev", "next", "coming", "following"):
        return dated(i, j, nearest(c, options, 0), anchor=c.base_anchor)
    return dated(i, j, nearest(c, options, way), anchor=c.base_anchor)


def feast(spec: object, year_: int) -> Period | None:
    """The days of a holiday in a year, by its rule or its table of first days; None beyond the table."""
    if not isinstance(spec, Feast):
        return p.holiday(str(spec), year_)
    first = spec.first(year_)
    if first is None or spec.days == 1:
        return p.day(first) if first else None
    end = first + timedelta(spec.days)
    return Period(first, end, "period", f"{first.isoformat()}/{(end - timedelta(1)).isoformat()}")


@rule("event", "event of? year", "year event")
def event(c: Context, i: int, j: int) -> Found | None:
    first, end, value = cast("tuple[date, date, str]", c.get(i, j, "event"))
    grain = "day" if end - first == timedelta(1) else "period"
    return dated(i, j, Period(first, end, grain, value), absolute=True)


@rule("the? turn of the? unit")
def turn_of_century(c: Context, i: int, j: int) -> Found | None:
    """the turn of the century: the one nearest before the base day."""
    if c.tokens.values[j - 1] != "century":
        return None
    if c.base is None:
        return open_(i, j, "XX", "century")
    found = dated(i, j, p.year(c.base.year // 100 * 100), anchor=c.base_anchor)
    if found:
        found.mod = "APPROX"
    return found


@rule("(n|big|year) era", "era (n|big|year)")
def era(c: Context, i: int, j: int) -> Found | None:
    """AD 70, 500 BC. No date library counts years before 1."""
    number = c.get(i, j, "n", "big", "year")
    if not isinstance(number, int) or not 0 < number < 10_000:
        return None
    if c.get(i, j, "era") == "AD":
        return dated(i, j, p.year(number), absolute=True)
    return open_(i, j, f"BC{number:04}", "year", "before the first year of the calendar") if c.kind(i) != "era" else None
