"""Rules for lengths of time (two years, the past month, an 8-month-old) and for repeated times (every Tuesday, daily)."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple, cast

from onrecord.dates import period as p
from onrecord.dates.context import LENGTH, NO_PUBLICATION, REPEATED, VAGUE, Context, Found
from onrecord.dates.patterns import rule
from onrecord.dates.period import Period

__all__ = ["COUNT", "UNIT", "Amount", "amount", "duration", "unit_of"]

UNIT = "(unit|units|sec)"
NUMBER = "(num hyphen? num | num | n | big | year)"
COUNT = (
    f"({NUMBER} ((and|hyphen)? frac | and a half | mult mult?)? | frac | a? mult mult? | a? vague (mult)? | a? couple of? | half a? mult)"
)
_CODES = {
    "second": "TS", "minute": "TM", "hour": "TH", "day": "D", "night": "D", "week": "W", "month": "M", "quarter": "Q", "half": "H",
    "year": "Y", "decade": "E", "century": "C", "millennium": "L", "weekend": "WE",
}  # fmt: skip
_YEARS = {"decade": 10, "century": 100, "millennium": 1000}
_FRACTIONS = {"½": 2, "¼": 1, "¾": 3, "1/2": 2, "1/4": 1, "3/4": 3}
#: unit -> (finer unit, how many): what half of one is said in
_FINER = {
    "year": ("month", 12),
    "day": ("hour", 24),
    "hour": ("minute", 60),
    "minute": ("second", 60),
    "week": ("day", 7),
    "decade": ("year", 10),
    "century": ("year", 100),
}


class Amount(NamedTuple):
    """A count: ``low`` to ``high`` wholes and ``quarters`` quarters; ``low`` None where the text leaves it open ("years")."""

    low: int | None
    high: int | None
    quarters: int = 0


def unit_of(c: Context, i: int, j: int) -> tuple[str, int]:
    """The unit in tokens i to j, and how many of it one is (a fortnight is 2 weeks); empty where TIMEX3 has none."""
    at = -1
    for k in range(i, j):
        if c.kind(k) in {"unit", "units", "sec"}:
            at = k
    if at < 0:
        return "", 1
    unit = str(c.tokens.values[at])
    return {"fortnight": ("week", 2), "night": ("day", 1), "generation": ("", 1), "millennium": ("century", 10)}.get(unit, (unit, 1))


def amount(c: Context, i: int, j: int) -> Amount | None:
    """The count in tokens i to j. "years" alone counts as open; None where the words make no number."""
    total, seen, quarters = 0, False, 0
    for k in range(i, j):
        kind, value = c.kind(k), c.tokens.values[k]
        if kind in {"unit", "units", "sec"}:
            break
        if kind in {"num", "n", "big", "year"}:
            if isinstance(value, float):
                total, quarters, seen = total + int(value), round(value % 1 * 4), True
            else:
                total, seen = total + cast(int, value), True
        elif kind == "mult":
            total, seen = (total or 1) * cast(int, value), True
        elif kind in {"vague", "couple"}:
            low, high = (int(x) for x in str(value).split("-"))
            return Amount(low, high) if kind == "couple" else Amount(None, high)
        elif kind == "frac":
            if str(value) not in _FRACTIONS:
                return None
            quarters, seen = _FRACTIONS[str(value)], True
        elif kind == "half":
            if c.kind(k + 1) == "a" and c.kind(k + 2) == "mult":  # half a dozen
                return Amount(cast(int, c.tokens.values[k + 2]) // 2, None)
            quarters, seen = quarters + 2, True
        elif kind in {"a", "each", "per"} and not seen and not c.has(k, max(k, c.where(k, j, "unit", "units", "sec")), "half", "mult"):
            total, seen = 1, True
        elif seen and (kind in {"to", "or"} or (kind == "hyphen" and c.kind(k + 1) == "n")):
            rest = amount(c, k + 1, j)  # two to three weeks: the first, and the last as the most
            return Amount(total, rest.low if rest and rest.low and rest.low > total else total, quarters)
    if not seen:
        return Amount(None, None)
    return Amount(total, total, quarters) if total <= 1_000_000 else None


def duration(count: Amount, unit: str, factor: int = 1) -> str:
    """TIMEX3's form of a length: P2Y, PT5H30M, PXD, P20Y for two decades."""
    code = _CODES[unit]
    time = "T" if code.startswith("T") else ""
    letter = code[-1] if code != "WE" else "WE"
    if count.low is None:
        return f"P{time}X{letter}"
    n = count.low * factor * _YEARS.get(unit, 1)
    letter = "Y" if unit in _YEARS else letter
    if not count.quarters:
        return f"P{time}{n}{letter}"
    finer, size = _FINER.get(unit, ("", 0))
    if not finer or size * count.quarters % 4:
        return f"P{time}{n + count.quarters / 4:g}{letter}"
    extra = size * count.quarters // 4
    fine = _CODES[finer]
    if unit in _YEARS:
        return f"P{n + extra}Y"
    whole = f"{n}{letter}" if n else ""
    if fine.startswith("T") and not time:
        return f"P{whole}T{extra}{fine[-1]}"
    return f"P{time}{whole}{extra}{fine[-1]}"


@rule(
    f"(approx|some|over|under|within|just)? {COUNT} hyphen? {UNIT} (hyphen? old)?",
    f"(approx|over|under|within|just)? a {UNIT} (hyphen? old)?",
    f"(approx|over|under|within)? a? half hyphen? a? {UNIT}",
    f"(approx|over|some|within)? {COUNT} (hyphen|to|or) {COUNT} hyphen? {UNIT} (hyphen? old)?",
    f"(approx|within)? {COUNT} more {UNIT}",
    f"(approx)? {COUNT} full {UNIT}",
    "units",
    "units hyphen? old",
    "units or units",
    f"the (approx)? {COUNT} {UNIT}",
    f"the (ord|sec|half2) {COUNT} {UNIT}",
    "the units ahead",
    f"the yearago {COUNT} {UNIT}",
    f"the latest {COUNT} {UNIT}",
    f"(approx)? a {UNIT} and a half",
)
def length(c: Context, i: int, j: int) -> Found | None:
    """A length of time, of no place in the calendar."""
    unit, factor = unit_of(c, i, j)
    if not unit:
        return None
    before, after = c.word(i - 1), c.word(j)
    at = c.where(i, j, "unit", "units", "sec")
    if c.kind(at) == "sec" and not (c.kind(at - 1) == "hyphen" or c.get(i, at, "n", "num") == 1):
        return None
    if unit == "quarter" and (c.kind(at - 1) == "a" or (c.kind(at - 1) == "hyphen" and c.get(i, at, "n", "num") == 3)):
        return None  # a share: three-quarters of them
    if c.kind(i) == "a" and j - i == 2:
        # "a day" alone is as often a rate as a length; which one, the words beside it say.
        return _a_unit(c, i, j, unit, factor)
    if j - i == 1:
        if not _bare_units(c, i, unit):
            return None
        return Found(i, j, "DURATION", duration(Amount(None, None), unit), None, unit, why=LENGTH)
    if c.has(i, j, "ahead"):
        return Found(i, j, "DURATION", duration(Amount(None, None), unit), None, unit, why=VAGUE)
    plural = c.kind(at) == "units"
    hyphened = c.kind(at - 1) == "hyphen" or c.kind(j) == "hyphen"
    if (
        c.kind(at) == "unit"
        and not plural
        and not hyphened
        and c.has(i, at, "n", "big", "year")
        and c.get(i, at, "n") != 1
        and not c.has(at, j, "old")
        and (c.kind(j) == "of" or before == "the")
    ):
        return None
    if c.kind(at) == "unit" and not hyphened and c.has(i, at, "year"):
        return None
    if unit == "quarter" and c.has(i, at, "mult", "frac"):
        return None
    if c.where(i, j, "to", "or") >= 0 or (
        c.has(i, at - 1, "hyphen") and len([k for k in range(i, at) if c.kind(k) in {"n", "num", "big"}]) > 1 and c.has(i, at, "n")
    ):
        if c.kind(i) == "units":  # weeks or months
            return Found(i, j, "DURATION", duration(Amount(None, None), str(c.tokens.values[i])), None, unit, why=LENGTH, mod="APPROX")
        first = amount(c, c.where(i, j, "num", "n", "big", "vague", "couple", "mult", "frac"), c.where(i, j, "to", "or", "hyphen"))
        if first is None:
            return None
        mod = "APPROX" if c.has(i, j, "or") else None
        return Found(i, j, "DURATION", duration(first, unit, factor), None, unit, why=LENGTH, mod=mod)
    count = amount(c, i, j)
    if count is None:
        return None
    if c.has(at, j, "half") and c.has(at, j, "and"):  # a year and a half
        count = Amount(count.low, count.high, 2)
    mod = str(c.get(i, at, "approx", "some", "over", "under", "within") or "") or None
    if after in {"ago"}:
        return None
    return Found(i, j, "DURATION", duration(count, unit, factor), None, unit, why=LENGTH, mod=mod)


def _a_unit(c: Context, i: int, j: int, unit: str, factor: int) -> Found | None:
    before = c.word(i - 1)
    after = c.word(j)
    if unit in {"second", "quarter"} or (c.kind(j) in {"of", "hyphen", "poss"} and unit != "year"):
        return None
    one = duration(Amount(1, 1), unit, factor)
    number_before = (
        c.kind(i - 1) in {"n", "big", "num", "units"} or before in _RATE_BEFORE or before[-1:].isdigit() or c.tokens.word(i - 1).isdigit()
        if i
        else False
    )
    if number_before:
        return Found(i, j, "SET", one, None, unit, why=REPEATED)
    if before in {"once", "twice", "times"}:
        return Found(i, j, "SET", one, None, unit, why=REPEATED)
    if before in _LENGTH_BEFORE:
        return Found(i, j, "DURATION", one, None, unit, why=LENGTH)
    if after in {"after", "before"} and unit not in {"hour", "minute"}:
        return Found(i, j, "DURATION", one, None, unit, why=LENGTH)
    return None


_LENGTH_BEFORE = frozenset("for in within after over than about nearly almost barely lasted took takes last spend spent half every".split())
_RATE_BEFORE = frozenset(
    "million billion trillion thousand dollars cents pounds euros barrels tons tonnes people times miles percent % gallons bushels visits "
    "flights rubles yen yuan marks francs".split()
)


def _bare_units(c: Context, i: int, unit: str) -> bool:
    """years, weeks: a length where a preposition or an adverb makes it one."""
    before, after = c.word(i - 1), c.word(i + 1)
    if unit in {"second", "quarter"} or (before == "early" and after == "of"):
        return False
    if before in {
        "for",
        "in",
        "after",
        "within",
        "over",
        "took",
        "take",
        "takes",
        "lasted",
        "through",
        "years",
        "spent",
        "and",
        "of",
        "until",
    }:
        if before in {"of", "and", "through"} and unit == "day":
            return False
        return after not in {"past", "gone"}
    return after in {"before", "after", "later", "earlier", "of"} and before not in {"the", "these", "those", "all"}


@rule("longadj")
def long_adjective(c: Context, i: int, j: int) -> Found | None:
    return Found(i, j, "DURATION", str(c.tokens.values[i]), None, None, why=LENGTH)


SIDE = "(last|past|next|coming|prev|following)"


@rule(
    f"approx? (the|its|this) {SIDE} {COUNT} {UNIT}",
    f"{SIDE} {COUNT} {UNIT}",
    f"approx? the {SIDE} units",
    f"{SIDE} units",
    f"approx? the {COUNT} {SIDE} {UNIT}",
    "the? recent units (and units)?",
    "the? latest units",
    f"each? of the {SIDE} {COUNT} {UNIT}",
    f"{SIDE} {COUNT} (hyphen|to|or) {COUNT} {UNIT}",
    f"the {SIDE} {COUNT} (hyphen|to|or) {COUNT} {UNIT}",
    f"the {SIDE} {COUNT} or {UNIT}",
    f"the {SIDE} {UNIT} or or",
)
def running(c: Context, i: int, j: int) -> Found | None:
    """the past two months, the next few days, recent weeks: a length that ends or begins at the base day.

    Where the count is open, the interval takes the most it can plausibly mean (``data/numbers.tsv``), as ``APPROX``.
    """
    unit, factor = unit_of(c, i, j)
    if not unit:
        return None
    if c.kind(i) == "of":
        i += 1
    side = c.get(i, j, "last", "past", "next", "coming", "prev", "following")
    recent = side is None
    sign = -1 if recent else cast(int, side)
    side_at = c.where(i, j, "last", "past", "next", "coming", "prev", "following", "recent", "latest")
    count = amount(c, side_at + 1, j) if c.where(i, side_at, "num", "n", "vague", "couple", "mult") < 0 else amount(c, i, j)
    if count is None:
        return None
    if c.kind(i) == "last" and c.word(i - 1) in {"to", "can", "could", "will", "would", "may", "might", "should"}:  # "will last three days"
        return None
    mod = str(c.get(i, j, "approx", "over", "within") or "") or None
    value = duration(count, unit, factor)
    if "or" in {c.kind(k) for k in range(i, j)}:
        mod = "APPROX"
    found = Found(i, j, "DURATION", value, None, unit, mod=mod, why=NO_PUBLICATION)
    if recent:
        found.type, found.value = "DATE", "PAST_REF"
        if c.base is None:
            found.why = NO_PUBLICATION
    if c.base is None or unit in {"second", "minute", "hour"}:
        if c.base is not None and (day := p.day(c.base)):
            hours = count.low or 0
            reach = hours // 24 if unit == "hour" else 0
            start = day.start - timedelta(reach if sign < 0 else 0)
            end = day.end + timedelta(reach if sign > 0 else 0)
            found.period, found.anchor, found.why = Period(start, end, unit, value), c.base_anchor, None
        return found
    most = count.high if count.high is not None else count.low if count.low is not None else 9
    if count.low is None:
        found.mod = found.mod or "APPROX"
    to = p.add(c.base, sign * most * factor, unit)
    if to is None:
        return None
    one = timedelta(1)
    start, end = (to + one, c.base + one) if sign < 0 else (c.base, to)
    found.period, found.anchor, found.why = Period(start, end, unit, value), c.base_anchor, None
    return found


@rule(
    "setadv",
    "each unit",
    f"each {COUNT} {UNIT}",
    "each (weekday|month|weekend|season|part|holiday)",
    "each weekday part",
    "weekdays",
    "parts",
    "weekday parts",
    "per unit",
    "each (ord|ordn|sec) (unit|weekday)",
    "seasons",
)
def repeated(c: Context, i: int, j: int) -> Found | None:
    """daily, every Tuesday, each month, on Mondays, per year."""
    kind = c.kind(i)
    last, value = c.kind(j - 1), str(c.tokens.values[j - 1])
    if kind == "setadv":
        text = c.tokens.word(i)
        if text[0].isupper() and c.tokens.word(i - 1)[:1].isupper() and i:  # the Daily Mail, Business Weekly
            return None
        if text[0].isupper() and j < len(c.tokens.starts) and c.tokens.word(j)[:1].isupper():
            return None
        if text.lower() == "quarterly" and c.word(j).isalpha() and c.kind(j) == "":
            return None  # a quarterly dividend is a kind of dividend
        return Found(i, j, "SET", value, None, None, why=REPEATED)
    if kind == "per":
        i += 1
        unit, factor = unit_of(c, i, j)
        return Found(i - 1, j, "SET", duration(Amount(1, 1), unit, factor), None, unit, why=REPEATED) if unit else None
    if last in {"weekday", "weekdays"} or c.has(i, j, "weekday"):
        number = c.get(i, j, "weekday", "weekdays")
        part = c.get(i, j, "part", "parts")
        day = f"XXXX-WXX-{int(str(number)) + 1}" if str(number).isdigit() else f"XXXX-WXX-{number}"
        if last == "weekdays" and kind == "weekdays" and str(number) in {"WD", "WE"} and c.word(i - 1) not in {"on", "at"}:
            return None
        return Found(i, j, "SET", day + (f"T{part}" if part else ""), None, "day", why=REPEATED)
    if last == "month":
        return Found(i, j, "SET", f"XXXX-{int(value):02}", None, "month", why=REPEATED)
    if last in {"season", "seasons"}:
        return Found(i, j, "SET", f"XXXX-{value}", None, "season", why=REPEATED)
    if last in {"part", "parts"}:
        if kind == "parts" and value == "NI":
            return None
        return Found(i, j, "SET", f"XXXX-XX-XXT{value}", None, "daypart", why=REPEATED)
    if last == "weekend":
        return Found(i, j, "SET", "XXXX-WXX-WE", None, "weekend", why=REPEATED)
    if last == "holiday":
        return Found(i, j, "SET", "P1Y", None, "year", why=REPEATED)
    unit, factor = unit_of(c, i, j)
    if not unit or c.has(i, j, "ord", "ordn", "sec"):
        return None
    count = amount(c, i + 1, j)
    low = count.low if count and count.low else cast(int, c.tokens.values[i])
    return Found(i, j, "SET", duration(Amount(low, low), unit, factor), None, unit, why=REPEATED)
