"""Rules for expressions of the calendar: days, months, years, decades, seasons, quarters, holidays, named periods."""

from __future__ import annotations

import re
from datetime import date
from typing import cast

from onrecord import lazy
from onrecord.dates import period as p
from onrecord.dates.context import NO_PUBLICATION, Context, Found
from onrecord.dates.expression import Anchor
from onrecord.dates.patterns import rule
from onrecord.dates.period import Period

__all__ = ["IN_YEAR", "OF_YEAR", "YEAR", "dated", "nearest", "open_", "short_year", "spelled", "year_phrase", "year_word"]

WD = "(weekday|wdabbr)"
DAY = "(n|ordn|ord|sec|(num hyphen ord))"
# "last year", "of this year", "the following year"
OF_YEAR = "((of|in|comma)? (the? (this|last|prev|past|next|coming|following|that|same|latest) unit))"
YEAR = "(year|syear)"
IN_YEAR = f"(comma? of? in? {YEAR})"


def dated(i: int, j: int, found: Period | None, *, absolute: bool = False, anchor: Anchor | None = None) -> Found | None:
    """A Found for a resolved period; None for a date that no calendar has (31 February)."""
    if found is None:
        return None
    return Found(i, j, "DATE", found.value, found, found.grain, "itself" if absolute else anchor, absolute=absolute)


def open_(i: int, j: int, value: str, grain: str, why: str = NO_PUBLICATION, kind: str = "DATE") -> Found:
    """A Found without an interval: there is nothing to count from."""
    return Found(i, j, kind, value, None, grain, why=why)


def year_word(c: Context, i: int, j: int) -> int | None:
    """The year that tokens i to j spell: 1998, '98; None if they spell none."""
    at = c.where(i, j, "year", "syear")
    if at < 0:
        return None
    value = c.tokens.values[at]
    return value if isinstance(value, int) else short_year(str(value)[1:], c)


def short_year(two: str, c: Context) -> int:
    """'98 -> 1998: the year with these last digits that lies nearest to the text's day, or in 1950-2049 without one."""
    n = int(two)
    if c.base is None:
        return 1900 + n if n >= 50 else 2000 + n
    now = c.base.year
    options = [century + n for century in range(now // 100 * 100 - 100, now + 200, 100)]
    return min(options, key=lambda y: (y - now > 20, abs(y - now)))


def nearest(c: Context, options: list[Period | None], way: int) -> Period | None:
    """Of the same date in several years, the one meant: by the verb's direction, else the one nearest to the base day."""
    base = c.base
    if base is None:
        return None
    there = [o for o in options if o is not None]
    if way < 0:
        there = [o for o in there if o.start <= base] or there
    elif way > 0:
        there = [o for o in there if o.end > base] or there

    # News looks back more than ahead: a day to come counts as half as far again.
    def distance(o: Period) -> float:
        days = (o.start - base).days + (o.end - o.start).days // 2
        return days * 1.5 if days > 0 else -days

    return min(there, key=distance, default=None)


def _day(c: Context, i: int, j: int) -> int | None:
    at = c.where(i, j, "n", "ordn", "ord", "sec", "num")
    if at < 0:
        return None
    value = c.tokens.values[at]
    if value == "second":
        return 2
    if c.kind(at) == "num":
        value = cast(int, value) + cast(int, c.get(at + 1, j, "ord"))
    return value if isinstance(value, int) and 1 <= value <= 31 else None


def _try(y: int, m: int, d: int) -> Period | None:
    try:
        return p.day(date(y, m, d))
    except ValueError:
        return None


def year_phrase(c: Context, i: int, j: int) -> int | None:
    """The year of "this year", "last year", "the following year" somewhere in the tokens; None if there is none or no day to count from."""
    at = c.where(i, j, "unit")
    if at < 0 or c.tokens.values[at] != "year":
        return None
    offset = c.get(i, at, "last", "prev", "past", "next", "coming", "following")
    if c.has(i, at, "that", "same", "following", "prev"):
        return c.last.start.year + cast(int, offset or 0) if c.last else None
    return c.base.year + cast(int, offset or 0) if c.base else None


def in_frame(c: Context, i: int) -> int | None:
    """The explicit year that the text set shortly before, where it differs from the base's."""
    if c.frame and c.tokens.starts[i] - c.frame[1] < 80 and (c.base is None or c.frame[0] < c.base.year - 1):
        between = c.tokens.text[c.frame[1] : c.tokens.starts[i]]
        return None if re.search(r"[.?!]\s", between) else c.frame[0]
    return None


def _bare_may(c: Context, i: int, j: int) -> bool:
    """ "May" or "March" that is a verb, a name or a procession, not a month."""
    word = c.tokens.word(i)
    if word.lower().rstrip(".") not in {"may", "march", "mar", "sep", "dec", "jan", "august", "april", "june"} or j - i > 1:
        return False
    before, after = c.word(i - 1), c.word(i + 1)
    capital = c.tokens.word(i + 1)[:1].isupper() if i + 1 < len(c.tokens.starts) else False
    if capital and before in {"and", "or", "", "for", "by", "of", "from", "to"} and c.kind(i + 1) == "":
        return True
    if (
        word.lower() in {"march"}
        and before == "the"
        and after.isalpha()
        and after not in {"on", "to", "of", "for", "in", "through", "was", "by"}
    ):
        return False
    if before in _MONTH_BEFORE or c.kind(i - 1) in {
        "this",
        "last",
        "next",
        "early",
        "coming",
        "each",
        "of",
        "in",
        "following",
        "prev",
        "same",
        "past",
    }:
        return False
    if word.lower() in {"april", "june", "august"}:  # first names and an adjective
        return c.tokens.word(i + 1)[:1].isupper() if i + 1 < len(c.tokens.starts) else False
    return not after or after[0].isalpha() or before in {"the", "theresa", "million"} or i == 0


_MONTH_BEFORE = frozenset("in of since until by from to during through before after and or between mid early late till for".split())


@rule(
    f"({WD} comma?)? month the? {DAY} {IN_YEAR}?",
    f"({WD} comma?)? month the? {DAY} {OF_YEAR}?",
    f"(last|past|next|this|coming) month {DAY}",
    f"({WD} comma?)? (on? the)? {DAY} of? month {IN_YEAR}?",
    f"({WD} comma?)? (the)? {DAY} of? month {OF_YEAR}?",
)
def month_day(c: Context, i: int, j: int) -> Found | None:
    m = cast(int, c.get(i, j, "month"))
    at = c.where(i, j, "month")
    if c.kind(j - 1) == "comma":
        return None
    day_at = c.where(i, j, "n", "ordn", "ord", "sec", "num")
    d = _day(c, i, j)
    if d is None:
        return None
    if day_at > at and c.kind(day_at) in {"ord", "sec"} and c.kind(day_at + 1) == "unit":  # "in March third quarter"
        return None
    if c.kind(i) in {"on"}:
        i += 1
    y = year_word(c, max(at, day_at), j)
    if y is not None:
        return dated(i, j, _try(y, m, d), absolute=True)
    if c.where(i, j, "unit") >= 0:
        y = year_phrase(c, i, j)
        return dated(i, j, _try(y, m, d), anchor=c.base_anchor) if y else None
    if (y := _year_ahead(c, j)) is not None:
        return dated(i, j, _try(y, m, d), absolute=True)
    if frame := in_frame(c, i):
        return dated(i, j, _try(frame, m, d), anchor="expression")
    if c.base is None:
        return open_(i, j, f"XXXX-{m:02}-{d:02}", "day") if _try(2000, m, d) else None
    weekday = c.get(i, j, "weekday", "wdabbr")
    options = [_try(c.base.year + k, m, d) for k in range(-4, 4)]
    if c.word(i - 1) in {"ended", "since"}:
        return dated(i, j, nearest(c, options, -1), anchor=c.base_anchor)
    if weekday is not None:  # the weekday picks the year
        fits = [o for o in options if o and o.start.weekday() == int(str(weekday))]
        if fits:
            return dated(i, j, nearest(c, [*fits], 0), anchor=c.base_anchor)
    return dated(i, j, nearest(c, options, 0), anchor=c.base_anchor)


@rule(
    "month n (hyphen|to|and) n (comma? year)?",
    "n (hyphen|to|and) n of? month (comma? year)?",
    "(from|between) month (n|ordn) (hyphen|to|and) (n|ordn) (comma? year)?",
    "(from|between) the? (n|ordn) (hyphen|to|and) the? (n|ordn) of? month (comma? year)?",
)
def day_range(c: Context, i: int, j: int) -> Found | None:
    """3-5 May; from 3 to 5 May 2014."""
    if c.kind(i) in {"from", "between"}:
        i += 1
    m = cast(int, c.get(i, j, "month"))
    days = [cast(int, c.tokens.values[k]) for k in range(i, j) if c.kind(k) in {"n", "ordn"}][:2]
    and_ = c.has(i, j, "and") and c.kind(i - 1) != "between"
    if len(days) < 2 or not 1 <= days[0] < days[1] <= 31 or (and_ and days[1] > days[0] + 1):
        return None
    y = year_word(c, i, j)
    absolute = y is not None
    if y is None:
        near = nearest(c, [_try(c.base.year + k, m, days[0]) for k in (-1, 0, 1)] if c.base else [], 0)
        if near is None:
            return open_(i, j, f"XXXX-{m:02}-{days[0]:02}/XXXX-{m:02}-{days[1]:02}", "period")
        y = near.start.year
    first, last = _try(y, m, days[0]), _try(y, m, days[1])
    if first is None or last is None:
        return None
    return dated(i, j, Period(first.start, last.end, "period", f"{first.value}/{last.value}"), absolute=absolute, anchor=c.base_anchor)


@rule(f"month {IN_YEAR}?", f"month {OF_YEAR}?", "month num num hyphen? num?")
def month(c: Context, i: int, j: int) -> Found | None:
    if c.kind(j - 1) in {"comma", "of", "in"}:
        return None
    m = cast(int, c.get(i, j, "month"))
    y = year_word(c, i + 1, j)
    if y is None and c.has(i + 1, j, "num"):
        y = spelled(c, i + 1, j)
        if y is None:
            return None
    if y is not None:
        return dated(i, j, p.month(y, m), absolute=True)
    if c.where(i, j, "unit") >= 0:
        y = year_phrase(c, i, j)
        return dated(i, j, p.month(y, m), anchor=c.base_anchor) if y else None
    if _bare_may(c, i, j):
        return None
    if (y := _year_ahead(c, j)) is not None:
        return dated(i, j, p.month(y, m), absolute=True)
    if frame := in_frame(c, i):
        return dated(i, j, p.month(frame, m), anchor="expression")
    if c.base is None:
        return open_(i, j, f"XXXX-{m:02}", "month")
    return dated(i, j, nearest(c, [p.month(c.base.year + k, m) for k in (-1, 0, 1)], c.direction(i, j)), anchor=c.base_anchor)


def _year_ahead(c: Context, j: int) -> int | None:
    """The year at the end of a list that begins here: "June, July and August 2008", "24 April and 3 May 2014"."""
    months = 0
    for k in range(j, j + 14):
        kind = c.kind(k)
        if kind == "year":
            return cast(int, c.tokens.values[k]) if months else None
        months += kind == "month"
        if kind not in {"comma", "and", "or", "month", "n", "ordn", "hyphen", "to", "the", "of"} or months > 4:
            return None
    return None


def spelled(c: Context, i: int, j: int) -> int | None:
    """nineteen ninety-six; two thousand; twenty ten."""
    numbers = [cast(int, c.tokens.values[k]) for k in range(i, j) if c.kind(k) in {"num", "mult"}]
    if len(numbers) >= 2 and numbers[0] in range(11, 21) and 10 <= numbers[1] <= 99:
        rest = numbers[1] + (numbers[2] if len(numbers) > 2 and numbers[1] % 10 == 0 and numbers[2] < 10 else 0)
        return numbers[0] * 100 + rest
    if numbers[:2] == [2, 1000]:
        return 2000 + (numbers[2] if len(numbers) > 2 else 0)
    return None


@rule("num num hyphen? num?", "the unit num num hyphen? num?", "the unit num mult and? num?", "num mult and num")
def spelled_year(c: Context, i: int, j: int) -> Found | None:
    if c.has(i, j, "unit") and c.get(i, j, "unit") != "year":
        return None
    y = spelled(c, i, j)
    if y is None or (c.kind(j) in {"units", "unit"}):
        return None
    return dated(i, j, p.year(y), absolute=True)


_SLASH = lazy.compile(r"(\d{1,2})([/.-])(\d{1,2})[/.-](\d{2,4})")


@rule("iso", "slash")
def numeric(c: Context, i: int, j: int) -> Found | None:
    """2021-12-02, 2021-12-02T09:30Z, 20211202, 12/02/2021 (month first with a slash unless that cannot be), 2.12.2021 (day first)."""
    token = str(c.tokens.values[i])
    if c.kind(i) == "slash":
        m = _SLASH.match(token)
        assert m is not None
        a, b, y = int(m[1]), int(m[3]), int(m[4]) if len(m[4]) == 4 else short_year(m[4], c)
        month_, day_ = (b, a) if (m[2] == "." or a > 12) else (a, b)
        return dated(i, j, _try(y, month_, day_), absolute=True)
    digits = re.sub(r"\D", "", token[:10])
    y, month_, day_ = (
        (int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
        if len(token) == 8 and token.isdigit()
        else map(int, re.split(r"[-/]", token[:10].split("T", maxsplit=1)[0].split(" ", maxsplit=1)[0]))
    )
    found = dated(i, j, _try(y, month_, day_), absolute=True)
    clock = re.search(r"[T ](\d{2}:\d{2}(?::\d{2})?)\S*?\s?(Z|[+-]\d{2}:?\d{2})?$", token)
    if found and clock:
        found.type, found.grain, found.value = "TIME", "minute", f"{found.value}T{clock[1]}"
        found.zone = {"Z": "+00:00", None: None}.get(
            clock[2], clock[2] if clock[2] and ":" in clock[2] else f"{(clock[2] or '')[:3]}:{(clock[2] or '')[3:]}"
        )
    return found


# Words that a year of four digits can follow; a number from 1900 to 2100 needs none of them.
_BEFORE_YEAR = frozenset(
    "in since until till by of from before after during between to through circa year summer winter spring autumn fall early "
    "late mid".split()
)
_NOT_YEAR_AFTER = frozenset(
    "hours hour days day weeks months years minutes seconds year-old words dead wounded prisoners refugees a.m p.m gmt utc hrs feet".split()
)
_NOT_YEAR_BEFORE = frozenset(
    "resolution resolutions article section paragraph no number some than nearly about over around approximately least page "
    "flight boeing room highway route".split()
)


@rule("year", "the unit year", "the year unit", "unit year")
def year(c: Context, i: int, j: int) -> Found | None:
    if j - i > 1:
        if c.get(i, j, "unit") != "year":
            return None
        if c.kind(j - 1) == "unit" and c.kind(j) not in {"", "comma"}:
            return None
    y = cast(int, c.get(i, j, "year"))
    before, after = c.word(i - 1), c.word(j)
    if j - i == 1:
        if after in _NOT_YEAR_AFTER or c.kind(j) in {"units", "unit", "ampm", "clockword"} or before in _NOT_YEAR_BEFORE:
            return None
        if not 1900 <= y < 2100 and before not in _BEFORE_YEAR and not (before == "(" and after == ")"):
            return None
        if "," in c.tokens.word(i):
            return None
        if c.kind(i - 1) == "hyphen" and c.gap(i) == "" and c.tokens.word(i - 2).isupper():
            return None
        if i and before.isalpha() and c.kind(i - 1) == "" and c.tokens.word(i - 1)[0].isupper() and before not in _BEFORE_YEAR:
            return None  # Euro 2020, Windows 2000
    return dated(i, j, p.year(y), absolute=True)


@rule("syear")
def apostrophe_year(c: Context, i: int, j: int) -> Found | None:
    if c.word(i - 1) not in _BEFORE_YEAR and c.kind(i - 1) not in {"month", "season", "of"}:
        return None
    return dated(i, j, p.year(short_year(str(c.tokens.values[i])[1:], c)), absolute=True)


@rule("yrange", "the? season of? yrange", "(fiscal unit? | unit)? yrange")
def year_range(c: Context, i: int, j: int) -> Found | None:
    """2014-15, 1914-1918, winter 2014-15; 2014-03 with a leading zero is a month."""
    token = str(c.get(i, j, "yrange"))
    first, rest = int(token[:4]), token[5:]
    if c.kind(i) == "unit" and c.tokens.values[i] != "year" and not c.has(i, j, "season"):
        i = j - 1
    if len(rest) == 2 and token[4] == "-" and 1 <= int(rest) <= 12 and int(rest) != first % 100 + 1 and int(rest) <= first % 100:
        return dated(i, j, p.month(first, int(rest)), absolute=True)
    last = int(rest) if len(rest) == 4 else first // 100 * 100 + int(rest)
    if last < first and len(rest) == 2:
        last += 100
    if not first < last < first + 150 or not (1000 <= first < 2150):
        return None
    if c.has(i, j, "season"):
        return dated(i, j, p.season(first, str(c.get(i, j, "season"))), absolute=True)
    a, b = p.year(first), p.year(last)
    if a is None or b is None:
        return None
    return dated(i, j, Period(a.start, b.end, "period", f"{a.value}/{b.value}"), absolute=True)


@rule("the? decade", "the decadeword", "in the its? decadeword")
def decade(c: Context, i: int, j: int) -> Found | None:
    """the 1990s, '80s, the nineties. Two digits mean the last century's or this one's decade before the text's day."""
    value = c.get(i, j, "decade", "decadeword")
    if c.has(i, j, "its"):  # "in his forties" is an age
        return None
    digits = int(re.sub(r"\D", "", str(value)))
    if digits < 100:
        if c.kind(j - 1) == "decade" and c.kind(i) != "the" and "'" not in str(value) and "’" not in str(value):
            return None
        if digits < 20:
            return None
        digits += 1900 if c.base is None or 1900 + digits <= c.base.year else 1800
    return dated(i, j, p.decade(digits), absolute=True)


@rule("the? (ord|ordn|num hyphen ord|sec) hyphen? unit")
def century(c: Context, i: int, j: int) -> Found | None:
    if c.tokens.values[j - 1] != "century":
        return None
    n = _day(c, i, j)
    return dated(i, j, p.century(n), absolute=True) if n and n > 2 else None


@rule("the (ordn|ord) of the? (the|this|last|next|that|same) unit")
def day_of_month(c: Context, i: int, j: int) -> Found | None:
    """the 15th of this month."""
    d = _day(c, i, j)
    if c.get(i, j, "unit") != "month" or d is None:
        return None
    anchored = c.has(i + 2, j, "that", "same")
    base = c.last.start if anchored and c.last else None if anchored else c.base
    month_ = p.shift(base, cast(int, c.get(i, j, "last", "next") or 0), "month") if base else None
    if month_ is None:
        return open_(i, j, f"XXXX-XX-{d:02}", "day")
    return dated(i, j, _try(month_.start.year, month_.start.month, d), anchor="expression" if anchored else c.base_anchor)
