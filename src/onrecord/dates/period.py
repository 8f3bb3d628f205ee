"""A stretch of the calendar: first day, day after the last one, grain, and its TIMEX3 value.

Everything a time expression can be resolved to is one of these. A day is a ``datetime.date``; a stretch is half open.
Weeks are ISO 8601 weeks (Monday to Sunday), quarters and halves are the calendar's. Functions that would leave the
years 1 to 9998 return None: a text may say "12000 years ago", and no date library holds that.
"""

from __future__ import annotations

from datetime import MAXYEAR, date, timedelta
from typing import NamedTuple

__all__ = [
    "GRAINS",
    "SEASONS",
    "Period",
    "century",
    "day",
    "decade",
    "half",
    "month",
    "of_grain",
    "quarter",
    "season",
    "shift",
    "week",
    "weekend",
    "year",
]

#: Finest first.
GRAINS = (
    "second",
    "minute",
    "hour",
    "daypart",
    "day",
    "weekend",
    "week",
    "month",
    "season",
    "quarter",
    "half",
    "year",
    "decade",
    "century",
    "period",
)
#: TIMEX3 code -> first month. Meteorological seasons of the northern hemisphere, where the usual sources of news are
#: (docs/dates.md says so); a winter is called by the year of its December.
SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}


class Period(NamedTuple):
    """``start`` is in it, ``end`` is not. ``value`` is its TIMEX3 value."""

    start: date
    end: date
    grain: str
    value: str

    @property
    def interval(self) -> tuple[str, str]:
        return self.start.isoformat(), self.end.isoformat()


def _ok(*years: int) -> bool:
    return all(1 <= y < MAXYEAR for y in years)


def _month_start(year_: int, month_: int) -> date:
    """First day of a month; months beyond 12 or below 1 run into the neighbouring years."""
    year_, month_ = year_ + (month_ - 1) // 12, (month_ - 1) % 12 + 1
    return date(year_, month_, 1)


def day(value: date) -> Period | None:
    if not _ok(value.year):
        return None
    return Period(value, value + timedelta(1), "day", value.isoformat())


def week(of: date) -> Period | None:
    if not 1 < of.year < MAXYEAR - 1:
        return None
    start = of - timedelta(of.weekday())
    y, w, _ = of.isocalendar()
    return Period(start, start + timedelta(7), "week", f"{y:04}-W{w:02}")


def weekend(of: date) -> Period | None:
    """Saturday and Sunday of the ISO week."""
    w = week(of)
    return w and Period(w.start + timedelta(5), w.end, "weekend", w.value + "-WE")


def month(year_: int, month_: int) -> Period | None:
    if not (_ok(year_) and 1 <= month_ <= 12):
        return None
    return Period(date(year_, month_, 1), _month_start(year_, month_ + 1), "month", f"{year_:04}-{month_:02}")


def quarter(year_: int, number: int) -> Period | None:
    if not (_ok(year_) and 1 <= number <= 4):
        return None
    first = 3 * number - 2
    return Period(date(year_, first, 1), _month_start(year_, first + 3), "quarter", f"{year_:04}-Q{number}")


def half(year_: int, number: int) -> Period | None:
    if not (_ok(year_) and number in {1, 2}):
        return None
    first = 6 * number - 5
    return Period(date(year_, first, 1), _month_start(year_, first + 6), "half", f"{year_:04}-H{number}")


def season(year_: int, code: str) -> Period | None:
    if not _ok(year_, year_ + 1):
        return None
    first = SEASONS[code]
    return Period(date(year_, first, 1), _month_start(year_, first + 3), "season", f"{year_:04}-{code}")


def year(number: int) -> Period | None:
    return Period(date(number, 1, 1), date(number + 1, 1, 1), "year", f"{number:04}") if _ok(number) else None


def decade(first_year: int) -> Period | None:
    first = first_year // 10 * 10
    return Period(date(max(first, 1), 1, 1), date(first + 10, 1, 1), "decade", f"{first // 10:03}") if _ok(first_year, first + 10) else None


def century(number: int) -> Period | None:
    """The 20th century is 1901 to 2000; TIMEX3 writes it ``19``, after its years' first digits."""
    first = (number - 1) * 100 + 1
    return Period(date(first, 1, 1), date(first + 100, 1, 1), "century", f"{number - 1:02}") if _ok(first, first + 100) else None


def of_grain(of: date, grain: str) -> Period | None:
    """The period of that grain which holds the day. Grains below the day give the day."""
    match grain:
        case "week":
            return week(of)
        case "weekend":
            return weekend(of)
        case "month":
            return month(of.year, of.month)
        case "quarter":
            return quarter(of.year, (of.month + 2) // 3)
        case "half":
            return half(of.year, 1 if of.month < 7 else 2)
        case "season":
            for code, first in SEASONS.items():
                if first <= of.month < first + 3:
                    return season(of.year, code)
            return season(of.year if of.month == 12 else of.year - 1, "WI")
        case "year":
            return year(of.year)
        case "decade":
            return decade(of.year)
        case "century":
            return century((of.year + 99) // 100)
        case _:
            return day(of)


_MONTHS = {"month": 1, "season": 3, "quarter": 3, "half": 6, "year": 12, "decade": 120, "century": 1200}
_DAYS = {"day": 1, "weekend": 7, "week": 7}


def add(of: date, count: int, unit: str) -> date | None:
    """The day ``count`` units on; the last day of a shorter month where the day is missing there."""
    if abs(count) > 12_000:
        return None
    if unit in _DAYS:
        ordinal = of.toordinal() + count * _DAYS[unit]
        return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() - 366 else None
    months = of.year * 12 + of.month - 1 + count * _MONTHS[unit]
    y, m = months // 12, months % 12 + 1
    if not _ok(y):
        return None
    last = (_month_start(y, m + 1) - timedelta(1)).day if _ok(y + 1) else 28
    return date(y, m, min(of.day, last))


def shift(of: date, count: int, unit: str) -> Period | None:
    """The period of that unit ``count`` units away: (2021-12-02, -1, week) is the week before the one that holds the day."""
    to = add(of, count, unit)
    return None if to is None else of_grain(to, unit)


def moved(period: Period, count: int, unit: str) -> Period | None:
    """A period of the same grain ``count`` units away: the quarter a year before a quarter."""
    to = add(period.start, count, unit)
    if to is None:
        return None
    if period.grain in {"period", "daypart", "hour", "minute", "second"}:
        return of_grain(to, "day")
    return of_grain(to, period.grain)


def part(period: Period, which: str) -> Period:
    """The beginning, middle or end third of a period (``START``, ``MID``, ``END``), by days; at least one day."""
    days = (period.end - period.start).days
    third = max(1, days // 3)
    if days < 3:
        return period
    cut = {
        "START": (period.start, period.start + timedelta(third)),
        "MID": (period.start + timedelta(third), period.end - timedelta(third)),
        "END": (period.end - timedelta(third), period.end),
    }[which]
    return period._replace(start=cut[0], end=cut[1])


def easter(year_: int) -> date:
    """Western Easter Sunday, by the anonymous Gregorian computus (Nature, 20 April 1876)."""
    a, b, c = year_ % 19, year_ // 100, year_ % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    l = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l) // 451
    n = h + l - 7 * m + 114
    return date(year_, n // 31, n % 31 + 1)


def pascha(year_: int) -> date:
    """Orthodox Easter Sunday in the Gregorian calendar (Meeus, Astronomical Algorithms, 1991, ch. 8)."""
    d = (19 * (year_ % 19) + 15) % 30
    e = (2 * (year_ % 4) + 4 * (year_ % 7) - d + 34) % 7
    julian = date(year_, (d + e + 114) // 31, (d + e + 114) % 31 + 1)
    return julian + timedelta(year_ // 100 - year_ // 400 - 2)


def holiday(rule: str, year_: int) -> Period | None:
    """A holiday's day(s) in a year.

    Rules: ``12-25``; ``easter+1``; ``11/thu/4`` (fourth Thursday), ``5/mon/-1`` (last), "
    "``11/mon/1+1`` (the day after the first Monday); ``12-24..12-26``."""
    if not _ok(year_, year_ + 1):
        return None
    if ".." in rule:
        first, last = (holiday(x, year_) for x in rule.split(".."))
        return first and last and Period(first.start, last.end, "period", first.value)
    if rule.startswith(("easter", "pascha")):
        sunday = easter(year_) if rule.startswith("easter") else pascha(year_)
        return day(sunday + timedelta(int(rule[6:] or 0)))
    if "/" in rule:
        month_, name, nth = rule.split("/")
        nth, _, after = nth.partition("+")
        weekday = "mon tue wed thu fri sat sun".split().index(name)
        if int(nth) > 0:
            first_day = date(year_, int(month_), 1)
            return day(first_day + timedelta((weekday - first_day.weekday()) % 7 + 7 * (int(nth) - 1) + int(after or 0)))
        last_day = _month_start(year_, int(month_) + 1) - timedelta(1)
        return day(last_day - timedelta((last_day.weekday() - weekday) % 7))
    m, d = rule.split("-")
    return day(date(year_, int(m), int(d)))
