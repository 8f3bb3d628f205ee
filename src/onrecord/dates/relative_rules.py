"""Rules for expressions that need a day to count from: today, Thursday, last week, two days later, that year, a year ago."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from onrecord.dates import period as p
from onrecord.dates.calendar_rules import dated, open_
from onrecord.dates.context import NO_EARLIER, NO_PUBLICATION, VAGUE, Context, Found
from onrecord.dates.expression import Anchor
from onrecord.dates.length_rules import COUNT, UNIT, amount, unit_of
from onrecord.dates.patterns import rule
from onrecord.dates.period import Period

__all__ = ["past_or_future"]

WD = "(weekday|wdabbr)"
TURN = "(this|last|next|past|prev|coming|following|that|same|latest)"


def past_or_future(offset: int) -> str:
    return "PAST_REF" if offset < 0 else "FUTURE_REF" if offset > 0 else "PRESENT_REF"


def later(c: Context, found: Found | None, *, anchored: bool = False) -> Found | None:
    """Mark a Found as counted from the last date before it in the text."""
    if found and anchored and c.last_span:
        found.anchor, found.anchor_span = "expression", c.last_span
    return found


@rule("rel", "rel part", "early rel", "rel poss part")
def today(c: Context, i: int, j: int) -> Found | None:
    """today, yesterday, tomorrow, tonight, yesterday evening."""
    at = c.where(i, j, "rel")
    offset, _, part = str(c.tokens.values[at]).partition(":")
    n = int(offset)
    if (
        c.tokens.word(at)[0].isupper()
        and i
        and c.tokens.word(i - 1)[:1].isupper()
        and c.word(i - 1) not in {"on", "for"}
        and c.gap(i) == " "
    ):
        return None  # USA Today
    if (
        c.word(at) == "overnight"
        and c.kind(j) in {"", "n"}
        and c.word(j).isalpha()
        and not c.has(i, j, "part")
        and c.word(j) not in {"in", "on", "and", "to"}
    ):
        return None
    part = part or str(c.get(at, j, "part") or "")
    if c.base is None:
        return open_(i, j, past_or_future(n), "daypart" if part else "day")
    found = dated(i, j, p.shift(c.base, n, "day"), anchor=c.base_anchor)
    if found and part:
        found.type, found.value, found.grain = "TIME", f"{found.value}T{part}", "daypart"
    return found


@rule(
    WD,
    f"{WD} part",
    f"{TURN} {WD} part?",
    f"this (past|last|coming) {WD} part?",
    f"the {TURN} {WD} part?",
    f"{WD} (comma|of|in)? the? (this|last|next|past|prev|coming|following|that|same) (unit|weekend)",
    f"{WD} part (of|in)? the? (this|last|next|past|prev|coming|following) unit",
    f"the {WD}",
    f"a {WD} part",
)
def weekday(c: Context, i: int, j: int) -> Found | None:
    """A weekday, with its turn ("last Friday") or without: then the verb says which way; without a verb it lies in the past."""
    at = c.where(i, j, "weekday", "wdabbr")
    n = int(str(c.tokens.values[at]))
    alone = j - i == 1
    if c.kind(at) == "wdabbr" and not c.tokens.word(at).endswith("."):
        return None
    if c.kind(i) == "the" and j - i == 2 and c.kind(j) not in {"before", "after"}:
        return None
    if alone and c.tokens.word(at)[:1].islower():
        return None
    if c.kind(i) == "a":
        i, part = i + 1, str(c.get(at, j, "part"))
        if c.base is None:
            return open_(i, j, f"XXXX-WXX-{n + 1}T{part}", "daypart", kind="TIME")
    part = str(c.get(at, j, "part") or "")
    base = c.base
    turn_at = c.where(i, at, "this", "last", "next", "past", "prev", "coming", "following", "that", "same", "latest")
    turn = c.kind(turn_at) if turn_at >= 0 else ""
    if turn == "this" and at - turn_at == 2:
        turn = c.kind(turn_at + 1)
    span = c.where(at, j, "unit", "weekend")
    anchored = turn in {"following", "prev", "that", "same"} or (span >= 0 and c.has(at, j, "following", "that", "same", "prev"))
    if anchored and c.last is not None:
        base = c.last.start
    if base is None:
        why = NO_EARLIER if anchored else NO_PUBLICATION
        return open_(
            i, j, f"XXXX-WXX-{n + 1}" + (f"T{part}" if part else ""), "daypart" if part else "day", why, kind="TIME" if part else "DATE"
        )
    back = timedelta((base.weekday() - n) % 7)
    ahead = timedelta((n - base.weekday()) % 7)
    if span >= 0:
        if c.tokens.values[span] not in {"week", "weekend"}:
            return None
        offset = cast(int, c.get(at, j, "last", "next", "past", "prev", "coming", "following") or 0)
        day = base - timedelta(base.weekday()) + timedelta(7 * offset + n)
    elif turn in {"last", "past", "prev", "latest"}:
        day = base - (back or timedelta(7))
    elif turn in {"next", "coming", "following"}:
        day = base + (ahead or timedelta(7))
        if turn == "next" and not anchored and (day - base).days <= 2 and base.weekday() < n:
            day += timedelta(7)  # "next Friday" on a Thursday is not tomorrow
    elif turn in {"that", "same"}:
        day = base + ahead if ahead <= back else base - back
    elif turn == "this":
        day = base - timedelta(base.weekday()) + timedelta(n)
        if c.direction(i, j) > 0 and day < base:
            day += timedelta(7)
    else:
        way = 1 if c.word(i - 1) == "as" and c.word(i - 2) in {"soon", "early"} else c.direction(i, j)
        day = base + ahead if way > 0 else base - back
    found = dated(i, j, p.day(day), anchor=c.base_anchor)
    if found and part:
        found.type, found.value, found.grain = "TIME", f"{found.value}T{part}", "daypart"
    return later(c, found, anchored=anchored)


@rule(
    "(this|last|past|prev|next|coming|following|same|latest|recent) (unit|weekend|season|fall|month|part)",
    "(the|its) (last|past|prev|next|coming|following|same|latest|refadj) (unit|weekend|season|fall|month|part)",
    "this (past|last|coming) (unit|weekend|season|fall|month)",
    "that (same)? (unit|weekend|season|fall|part)",
    "the same (unit|weekend|season|month)",
    "the unit before last",
    "the unit after next",
    "refadj (unit|month)",
    "the refadj (unit|month)",
    "(last|next|this) unit poss",
)
def turn(c: Context, i: int, j: int) -> Found | None:
    """last week, next month, this summer, the following year, that same day."""
    if c.kind(j - 1) == "poss":
        j -= 1
    at = c.where(i, j, "unit", "weekend", "season", "fall", "month", "part")
    kind, value = c.kind(at), str(c.tokens.values[at])
    if kind == "unit" and value in {"second", "minute", "hour", "generation", "millennium", "fortnight"}:
        return None
    turns = [
        k
        for k in range(i, j)
        if c.kind(k) in {"this", "last", "past", "prev", "next", "coming", "following", "that", "same", "latest", "recent", "refadj"}
    ]
    word = c.kind(turns[-1])
    offset = {"last": -1, "past": -1, "prev": -1, "next": 1, "coming": 1, "following": 1}.get(word, 0)
    if word == "recent" or (kind == "part" and word in {"latest", "refadj"}):
        return None
    if word == "refadj" and c.tokens.values[turns[-1]] != "PRESENT_REF":
        return None
    if c.has(i, j, "before", "after"):
        if c.kind(j) in {"weekday", "unit", "units", "month", "weekend", "season", "part", "holiday"}:
            return None  # "the day before last Tuesday"
        offset, word = (-2 if c.has(i, j, "before") else 2), "last"
    anchored = word in {"following", "that", "same", "prev"} and not (word == "prev" and c.last is None)
    # "the next day" goes on from what was told; "over the next year" counts from now.
    if word == "next" and c.kind(i) == "the" and c.last is not None and c.word(i - 1) not in _OVER:
        anchored = True
    if word == "latest" and value == "quarter" and c.quarter and c.base and c.quarter.end <= c.base:
        return later(c, dated(i, j, c.quarter, anchor="expression"))
    if word == "latest" and value == "quarter":
        offset = -1
    if kind == "part":
        return _part_turn(c, i, j, value, offset, anchored)
    base = c.last.start if anchored and c.last else c.base
    if anchored and c.last is None:
        return open_(i, j, past_or_future(offset) if offset else _UNKNOWN.get(value, "XXXX"), value, NO_EARLIER)
    if base is None:
        return open_(i, j, past_or_future(offset), value if kind == "unit" else kind)
    if anchored and c.last and offset > 0 and value == "day":
        base = c.last.end - timedelta(1)
    anchor: Anchor = "expression" if anchored else c.base_anchor
    if kind == "unit" and anchored:
        return later(c, dated(i, j, p.shift(base, offset, value), anchor=anchor), anchored=True)
    if kind == "unit":
        if (
            (word == "past" and value in {"decade", "century"})
            or (word == "past" and c.kind(i) == "the" and value in {"day", "week", "month", "year", "quarter"})
            or (word in {"last", "next"} and c.kind(i) == "the" and value in {"day", "decade", "century"})
        ):
            return _running(c, i, j, value, offset)
        found = dated(i, j, p.shift(base, offset, value), anchor=anchor)
    elif kind == "weekend":
        found = dated(i, j, _weekend(base, offset, word), anchor=anchor)
    elif kind == "month":
        found = dated(i, j, _by_year([p.month(base.year + k, int(value)) for k in (-1, 0, 1)], base, offset), anchor=anchor)
    else:
        if kind == "fall" and word not in {"this", "last", "next", "past", "coming", "prev", "that"}:
            return None
        found = dated(i, j, _by_year([p.season(base.year + k, value) for k in (-2, -1, 0, 1)], base, offset), anchor=anchor)
    return later(c, found, anchored=anchored)


def _running(c: Context, i: int, j: int, unit: str, offset: int) -> Found | None:
    """the past decade: a length that ends (or begins) with the base day, not a calendar decade."""
    value = {"decade": "P10Y", "century": "P100Y"}.get(unit, "P1" + unit[0].upper())
    if c.base is None:
        return Found(i, j, "DURATION", value, None, unit, why=NO_PUBLICATION)
    to = p.add(c.base, offset, unit)
    if to is None:
        return None
    one = timedelta(1)
    start, end = (to + one, c.base + one) if offset < 0 else (c.base, to)
    return Found(i, j, "DURATION", value, Period(start, end, unit, value), unit, c.base_anchor)


_OVER = frozenset("over in during within for through".split())
_UNKNOWN = {"day": "XXXX-XX-XX", "week": "XXXX-WXX", "month": "XXXX-XX", "quarter": "XXXX-QX"}
# What may follow "the past" where it is the noun.
_AFTER_PAST = frozenset("and or but as is was were has have had that when where it he she they we i you to in on by for with".split())


def _weekend(base: date, offset: int, word: str) -> Period | None:
    day = base
    this = p.weekend(day)
    if this is None:
        return None
    if word in {"last", "past", "prev"} and this.end <= day:
        return this
    if (word == "past" and this.start > day) or offset:
        return p.weekend(day + timedelta(7 * offset))
    return this


def _by_year(options: list[Period | None], base: date, offset: int) -> Period | None:
    """A month or a season called "last", "next" or "this" (the one in the base's year, or the one under way)."""
    day = base
    there = [o for o in options if o]
    if offset < 0:
        there = [o for o in there if o.end <= day]
        return there[-1] if there else None
    if offset > 0:
        there = [o for o in there if o.start > day]
        return there[0] if there else None
    under_way = [o for o in there if o.start <= day < o.end]
    same_year = [o for o in there if o.start.year == day.year]
    return next(iter(under_way or same_year), None)


def _part_turn(c: Context, i: int, j: int, part: str, offset: int, anchored: bool) -> Found | None:
    """this morning, last night, the next morning."""
    if c.tokens.word(j - 1)[0].isupper() and i and not c.tokens.word(j - 1).isupper():
        return None  # CBS This Morning
    base = c.last.start if anchored and c.last else c.base
    if c.kind(i) == "the" and offset > 0 and c.last:
        base, anchored = c.last.start, True
    if base is None:
        return open_(i, j, past_or_future(offset), "daypart", NO_EARLIER if anchored else NO_PUBLICATION, kind="TIME")
    found = dated(i, j, p.shift(base, offset, "day"), anchor="expression" if anchored else c.base_anchor)
    if found:
        found.type, found.value, found.grain = "TIME", f"{found.value}T{part}", "daypart"
    return later(c, found, anchored=anchored)


@rule(
    f"(approx|some|over)? {COUNT} {UNIT} (ago|back|earlier|later|before|fromnow|after)",
    f"(approx|some|over)? (a|its) {UNIT} (ago|earlier|later|before|fromnow|after)",
    f"(some)? {UNIT} (ago|earlier|later)",
    f"(approx|some|over)? {COUNT} {UNIT} or more? (ago|earlier|later)",
    f"over a {UNIT} ago",
)
def ago(c: Context, i: int, j: int) -> Found | None:
    """two days ago, a year earlier, six weeks from now: a unit of the calendar that many units away."""
    how_at = j - 1
    how, sign = c.kind(how_at), cast(int, c.tokens.values[how_at])
    if how in {"before", "after"} and not _ends_phrase(c, j):
        return None
    if how == "back" and c.word(i - 1) in {"came", "go", "going", "went"}:
        return None
    count = amount(c, i, j)
    unit, factor = unit_of(c, i, j)
    if count is None or not unit:
        return None
    from_base = how in {"ago", "back", "fromnow"}
    mod = str(c.get(i, j, "approx", "over", "some") or "") or ("APPROX" if c.has(i, j, "or") else "")
    if count.low is None or unit in {"second", "minute", "hour"}:
        return _vague_ago(c, i, j, sign, unit, from_base, mod)
    n = count.low
    last = c.last
    if not from_base and last is not None:
        if unit == "year" and last.grain == "quarter" and c.quarter is not None:
            last = c.quarter
        elif unit == "year" and n == factor == 1 and sign < 0 and last.grain == "year" and not c.last_absolute and c.base is not None:
            # "last year … from a year earlier": both count from the base day.
            return dated(i, j, p.shift(c.base, -1, "year"), anchor=c.base_anchor)
        if last.grain in {"month", "quarter", "season", "half"} and unit == "year":
            found = dated(i, j, p.moved(last, sign * n * factor, "year"), anchor="expression")
        else:
            found = dated(i, j, p.shift(last.start, sign * n * factor, unit), anchor="expression")
        if found:
            found.mod = mod or None
        return later(c, found, anchored=True)
    if not from_base and (sign > 0 or c.base is None):
        return open_(i, j, past_or_future(sign), unit, NO_EARLIER)
    if c.base is None:
        return open_(i, j, past_or_future(sign), unit)
    if unit == "year" and n * factor == 1 and c.quarter is not None and c.tokens.starts[i] - (c.last_span or (0, 0))[1] < 400:
        found = dated(i, j, p.moved(c.quarter, sign, "year"), anchor="expression")
    else:
        if unit in {"decade", "century"}:  # "a decade ago" is a year about then, not a decade of the calendar
            n, unit, mod = n * {"decade": 10, "century": 100}[unit], "year", mod or "APPROX"
        found = dated(i, j, p.shift(c.base, sign * n * factor, unit), anchor=c.base_anchor)
    if found:
        found.mod = mod or None
    return found


def _vague_ago(c: Context, i: int, j: int, sign: int, unit: str, from_base: bool, mod: str) -> Found:
    """months ago, several years later, two hours ago."""
    if unit in {"second", "minute", "hour"}:
        found = Found(i, j, "TIME", past_or_future(sign), None, unit, why=VAGUE if c.base else NO_PUBLICATION)
        if c.base and from_base:
            day = p.day(c.base)
            found.period, found.anchor, found.why = day, c.base_anchor, None
            if day:
                found.value = day.value
        return found
    return open_(i, j, past_or_future(sign), unit, VAGUE)


def _ends_phrase(c: Context, j: int) -> bool:
    """Does the phrase end here, so that "two days before" counts from what was said, not from what follows?"""
    return j >= len(c.tokens.starts) or c.word(j) in {".", ",", ";", ")", "”", '"', "''", "'"} or c.word(j) in {"and", "in", "at", "when"}


@rule("the unit (before|after|earlier)", "(a|the) unit (earlier|later)")
def day_before(c: Context, i: int, j: int) -> Found | None:
    """the day before, a day later."""
    how = c.kind(j - 1)
    if how in {"before", "after"} and not _ends_phrase(c, j):
        return None
    unit, factor = unit_of(c, i, j)
    sign = cast(int, c.tokens.values[j - 1])
    if unit in {"second", "minute", "hour", ""}:
        return None
    if c.last is None:
        return open_(i, j, past_or_future(sign), unit, NO_EARLIER)
    if unit == "year" and c.last.grain in {"month", "quarter", "half", "season"}:
        found = dated(i, j, p.moved(c.last, sign, "year"), anchor="expression")
    else:
        found = dated(i, j, p.shift(c.last.start, sign * factor, unit), anchor="expression")
    return later(c, found, anchored=True)


@rule(
    "yearago",
    "the? yearago (unit|period)",
    "the? (same|following|latest|prev|yearago) (same)? period (a? yearago | a unit (ago|earlier) | last unit)?",
    "the year (unit|period)",
    "the yearago",
    "its yearago period",
)
def year_ago(c: Context, i: int, j: int) -> Found | None:
    """year-earlier, the year-ago quarter, the same period last year: the quarter or year before the one spoken of."""
    if c.has(i, j, "year"):
        y = cast(int, c.get(i, j, "year"))
        value = c.tokens.values[j - 1]
        if value == "quarter" and c.quarter is None and c.base is not None:
            spoken = p.shift(c.base, -1, "quarter")  # the last one that is over
            return dated(i, j, spoken and p.quarter(y, (spoken.start.month + 2) // 3), anchor=c.base_anchor)
        if (value == "quarter" or c.kind(j - 1) == "period") and c.quarter:
            return dated(i, j, p.quarter(y, (c.quarter.start.month + 2) // 3), absolute=True)
        return dated(i, j, p.year(y), absolute=True) if c.kind(j - 1) == "period" else None
    if c.has(i, j, "unit") and c.get(i, j, "unit") not in {"quarter", "year", "month", "week"}:
        return None
    back = c.has(i, j, "yearago", "ago", "earlier", "last")
    if not back and not c.has(i, j, "latest", "same"):
        return None
    if c.quarter is not None:
        return dated(i, j, p.moved(c.quarter, -1, "year") if back else c.quarter, anchor="expression")
    if c.base is None:
        return open_(i, j, past_or_future(-1 if back else 0), "year")
    if not back:
        return None
    return dated(i, j, p.shift(c.base, -1, "year"), anchor=c.base_anchor)


@rule("unit (hyphen|poss)? edge", "the unit poss edge")
def year_end(c: Context, i: int, j: int) -> Found | None:
    """year-end, the year's end: the last third of the year under way."""
    unit = c.get(i, j, "unit")
    if unit not in {"year", "month"} or c.tokens.values[j - 1] != "END" or c.kind(j) in {"hyphen", "of"}:
        return None
    if c.base is None:
        return open_(i, j, "XXXX" if unit == "year" else "XXXX-XX", str(unit))
    found = dated(i, j, p.shift(c.base, 0, str(unit)), anchor=c.base_anchor)
    if found and found.period:
        found.period, found.mod = p.part(found.period, "END"), "END"
    return found


@rule("the full? unit", "the weekend", "weekend", "the part")
def definite(c: Context, i: int, j: int) -> Found | None:
    """the quarter, the weekend, the year: where it is the one spoken of."""
    value = str(c.tokens.values[j - 1])
    before, after = c.word(i - 1), c.word(j)
    if c.kind(j - 1) == "weekend":
        if j - i == 1 or before not in {"over", "during", "for", "of", "on", "at", "through"}:
            return None
        if c.base is None:
            return open_(i, j, "XXXX-WXX-WE", "weekend")
        way = c.direction(i, j)
        found = p.weekend(c.base)
        if way <= 0 and found and found.start > c.base:
            found = p.weekend(c.base - timedelta(7))
        return dated(i, j, found, anchor=c.base_anchor)
    if c.kind(j - 1) == "part":
        return None
    if value == "quarter":
        if c.kind(j) in {"of", "hyphen"} or before in {"a"}:
            return None
        if c.quarter is not None:
            return dated(i, j, c.quarter, anchor="expression")
        if c.base is None:
            return open_(i, j, "XXXX-QX", "quarter", NO_EARLIER)
        return dated(i, j, p.shift(c.base, -1, "quarter"), anchor=c.base_anchor)
    if value == "year" and (before in {"for", "of", "during", "through"} or after == "ended"):
        if c.kind(j) in {"of", "in", "hyphen"}:
            return None
        if c.base is None:
            return open_(i, j, "XXXX", "year")
        return dated(i, j, p.shift(c.base, 0, "year"), anchor=c.base_anchor)
    if value in {"day", "year", "week", "month"} and before in {"in", "on"} and c.word(i - 2) in {"earlier", "later", "early", "late"}:
        day = c.last.start if c.last else c.base
        if day is None:
            return open_(i, j, _UNKNOWN.get(value, "XXXX"), value, NO_EARLIER)
        return later(c, dated(i, j, p.shift(day, 0, value), anchor=c.base_anchor), anchored=c.last is not None)
    if value in {"month", "week"} and before in {"during", "of", "for", "in", "later"} and c.kind(j) not in {"of", "in", "hyphen"}:
        if c.base is None:
            return open_(i, j, "XXXX-XX" if value == "month" else "XXXX-WXX", value)
        return dated(i, j, p.shift(c.base, 0, value), anchor=c.base_anchor)
    return None


@rule("ref", "inref", "theref", "the past", "in the past", "thattime", "vagueref", "the shortlong term")
def reference(c: Context, i: int, j: int) -> Found | None:
    """now, recently, currently, the future: TIMEX3's references, which name no dates."""
    kind = c.kind(i)
    if c.kind(j - 1) == "past":
        if c.kind(j) in {"unit", "units", "weekend", "season", "month", "weekday", "num", "n", "vague", "couple", "mult", "a", "half"} or (
            c.word(j).isalpha() and c.word(j) not in _AFTER_PAST
        ):
            return None
        return open_(j - 2, j, "PAST_REF", "period", VAGUE)
    if kind == "the":
        return open_(i, j, "FUTURE_REF", "period", VAGUE)
    value = str(c.tokens.values[i])
    before, after = c.word(i - 1), c.word(j)
    if kind == "thattime":
        if before not in {"at", "by", "since", "from", "until", "of", "before"} or after in {"of", "to", "for"}:
            return None
        return open_(i, j, "PAST_REF", "period", VAGUE)
    if kind == "theref" and c.kind(j) in {"unit", "units", "num", "weekday", "month", "weekend", "n", "vague"}:
        return None
    if kind == "theref" and value == "PRESENT_REF" and after.isalpha() and after not in _AFTER_PAST:
        return None  # the present circumstances
    if c.word(i) == "now" and before in {"and"} and after == "then":
        return None
    if kind == "inref":  # the preposition is no part of it
        i_word = c.tokens.text[c.tokens.starts[i] : c.tokens.ends[i]]
        c.spans[str(i)] = i_word.split(None, 1)[0]
    found = open_(i, j, value, "period", VAGUE)
    if value == "PRESENT_REF" and c.base is not None:
        day = p.day(c.base)
        found.period, found.anchor, found.why = day, c.base_anchor, None
    return found


@rule("weekday poss")
def weekday_possessive(c: Context, i: int, j: int) -> Found | None:
    """Thursday's: the possessive's ending is no part of it."""
    found = weekday(c, i, j - 1)
    # "Wednesday's ruling" is one that was given, whatever the verbs around it say.
    if found and found.period and c.base and found.period.start > c.base and not c.has(i, j, "next", "coming"):
        moved = p.day(found.period.start - timedelta(7))
        return dated(i, j - 1, moved, anchor=found.anchor)
    return found
