"""Find the time expressions of a text and resolve them, left to right, in one pass.

The text is read in blocks of bounded length; within a block the tokens' classes form a string, and at each token that
can begin an expression the rules that can begin there are matched; the longest that holds wins. Then what stands
directly before it ("the end of", "early", "two days before") or after it is taken in, times of day get their days, and
two dates joined by "from … to" become one range. Every step looks at a bounded neighbourhood, so time is linear in the
length of the text whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from onrecord import lazy
from onrecord.dates import calendar_rules, clock_rules, length_rules, named_rules, relative_rules  # noqa: F401  (registers the rules)
from onrecord.dates import period as p
from onrecord.dates.context import NO_PUBLICATION, Context, Found
from onrecord.dates.dateline import dateline
from onrecord.dates.expression import Anchor, TimeExpression, Type
from onrecord.dates.length_rules import amount, unit_of
from onrecord.dates.patterns import RULES
from onrecord.dates.period import Period
from onrecord.dates.tokens import CLASSES, FILLER, code, tokenise
from onrecord.errors import UsageError

__all__ = ["find_dates"]

_BLOCK = 50_000  # characters; a block ends at a line break, else at white space
# Classes too common to begin looking for an expression; every rule needs a token of another class too.
_LIGHT = frozenset(
    "the a its of in on at by for over and or to until from between approx some just under within old more ended per ahead term local time "
    "hrs n big mult frac vague couple comma hyphen poss slashmark paren zone back before after since no half full early edge "
    "past30 ord ordn "
    "sec this that each same shortlong asof thelate following prev last next coming latest later earlier".split()
)
_HEAD = lazy.compile("[" + "".join(ch for name, ch in CLASSES.items() if name not in _LIGHT) + "]")
_RUN = lazy.compile(f"[^{FILLER}]+")
_SIGNALS = {"since": "since", "until": "until", "till": "until", "before": "before", "after": "after", "by": "by", "from": "from"}


def find_dates(text: str, *, published: str | date | None = None, join_ranges: bool = True) -> list[TimeExpression]:
    """All time expressions of ``text`` in order, without overlap.

    ``published``: day (or moment) of publication in ISO 8601; relative expressions count from it. Without it, a full date in
    the text's dateline serves; without that they keep their words, and ``unresolved`` says why.
    ``join_ranges``: "from March to June" is one expression; false gives its ends as two, as TimeML marks them. Raises UsageError where
    ``published`` is no date.
    """
    base = _base(published)
    anchor: Anchor = "published"
    line = dateline(text, base)
    if line is not None and (base is None or 0 <= (base - line).days <= 7):
        base, anchor = line, "dateline"
        if published is not None and line == _base(published):
            anchor = "published"
    out: list[TimeExpression] = []
    before: Context | None = None
    for lo, hi in _blocks(text):
        context = Context(tokenise(text, lo, hi), base, anchor)
        if before is not None:
            context.last, context.last_span, context.quarter, context.frame = before.last, before.last_span, before.quarter, before.frame
            context.last_absolute = before.last_absolute
        out.extend(_finish(context, _merge(context, _scan(context), join_ranges)))
        before = context
    return out


def _base(published: str | date | None) -> date | None:
    """The day to count from. A year that no news is from (the 0001-01-01 that some programs write for "unknown") is none."""
    if published is None:
        return None
    if isinstance(published, str):
        try:
            published = date.fromisoformat(published.strip()[:10])
        except ValueError:
            raise UsageError(f"publication date {published!r} is not a date such as 2021-12-02 or 2021-12-02T09:30") from None
    day = date(published.year, published.month, published.day)
    return day if 1000 <= day.year <= 9000 else None


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    lo = 0
    while lo < len(text):
        hi = min(len(text), lo + _BLOCK)
        if hi < len(text):
            cut = text.rfind("\n", lo + _BLOCK // 2, hi)
            if cut < 0:
                cut = text.rfind(" ", lo + _BLOCK // 2, hi)
            hi = cut + 1 if cut > 0 else hi
        yield lo, hi
        lo = hi


def _scan(c: Context) -> Iterator[Found]:
    classes = c.tokens.classes
    for run in _RUN.finditer(classes):
        if not _HEAD.search(classes, run.start(), run.end()):
            continue
        at, stop = run.span()
        floor = at
        while at < stop:
            found = _longest(c, at)
            if found is None:
                at += 1
                continue
            _extend(c, found, floor)
            _remember(c, found)
            yield found
            at = floor = max(found.j, at + 1)


def _longest(c: Context, at: int) -> Found | None:
    """The longest match of any rule at token ``at`` that the rule's function accepts; the first written, of equals."""
    rules = RULES.get(c.tokens.classes[at])
    if not rules:
        return None
    matches = []
    classes = c.tokens.classes
    following = classes[at + 1 : at + 2] or FILLER
    for order, (pattern, build, second) in enumerate(rules):
        # A cheap no first: most rules fail on the next token, and are then not even compiled.
        if second is not None and following not in second:
            continue
        m = pattern.match(classes, at)
        if m and m.end() > at:
            matches.append((-m.end(), order, build))
    matches.sort(key=lambda x: x[:2])
    for end, _, build in matches:
        try:
            found = build(c, at, -end)
        except OverflowError:  # beyond the years a date can hold
            continue
        if found:
            return found
    return None


def _remember(c: Context, found: Found) -> None:
    """Keep what later expressions count from."""
    period = found.period
    if found.type == "DURATION" and found.grain == "month" and c.word(found.i) in {"the", "latest"} and c.word(found.j - 1) == "months":
        c.quarter = None  # "in the first nine months … from a year earlier": the talk is of the year now
    if period is None or found.type not in {"DATE", "TIME"} or found.value in {"PRESENT_REF", "PAST_REF", "FUTURE_REF"}:
        return
    span = (c.tokens.starts[found.i], c.tokens.ends[found.j - 1])
    c.last, c.last_span, c.last_absolute = period, span, found.absolute
    if (
        period.grain == "quarter"
        and (c.base is None or period.start.year >= c.base.year)
        and found.anchor != "expression"
        and not c.has(found.i, found.j, "yearago", "ago", "earlier", "last")
    ):
        c.quarter = period
    if found.absolute and period.grain in {"day", "month", "year", "season", "quarter", "half"}:
        c.frame = (period.start.year, span[1])


# -- what stands before an expression

Extend = Callable[[Context, Found, int], "bool"]
#: (the pattern, its function, the classes of which the last token must be one)
_LEFT: list[tuple[re.Pattern[str], Extend, str]] = []


def _left(pattern: str) -> Callable[[Extend], Extend]:
    def register(extend: Extend) -> Extend:
        coded = code(pattern)
        _LEFT.append((lazy.compile(f"(?:{coded.replace('(', '(?:')})$"), extend, coded))
        return extend

    return register


def _extend(c: Context, found: Found, floor: int) -> None:
    # Twice: "earlier in the first half of 2021", "the end of the week before".
    for _ in range(2):
        grown = False
        lo = max(floor, found.i - 8)
        ahead = c.tokens.classes[lo : found.i]
        if not ahead:
            break
        for pattern, extend, last in _LEFT:
            if ahead[-1] not in last:
                continue
            m = pattern.search(ahead)
            if m and m.start() < len(ahead) and _try(extend, c, found, lo + m.start()):
                grown = True
                break
        if not grown:
            break
    _extend_right(c, found)


def _try(extend: Extend, c: Context, found: Found, i: int) -> bool:
    try:
        return extend(c, found, i)
    except OverflowError:  # beyond the years a date can hold
        return False


@_left("(the|thelate)? early hyphen? (in|on|of)? the?")
@_left("thelate")
def _early(c: Context, found: Found, i: int) -> bool:
    """early, late, mid: the first, last or middle third of the period."""
    if found.type not in {"DATE", "TIME"} or (found.period is None and not found.value.startswith("XXXX")) or found.grain == "period":
        return False
    if c.has(i, found.i, "in", "of", "on") and c.kind(found.i - 1) not in {"in", "of", "on", "the"}:
        return False
    word = c.get(i, found.i, "early")
    found.mod = cast(str, word) if word else "END"
    if c.kind(i) == "thelate" and found.grain not in {"decade", "century", "year", "month"}:
        return False
    if found.period and found.grain not in {"day", "daypart", "minute"}:
        found.period = p.part(found.period, found.mod)
    found.i = i
    return True


@_left("just? (earlier|later) (in|on)?")
def _earlier(c: Context, found: Found, i: int) -> bool:
    """earlier this week: from its beginning to the base day; later this year: from the base day to its end."""
    if (
        found.type not in {"DATE", "TIME"}
        or not c.has(found.i, found.j, "this", "rel", "that", "last", "same", "weekday", "next", "month", "the")
        or found.value.endswith("_REF")
    ):
        return False
    if c.has(i, found.i, "in", "on") and not c.has(found.i, found.j, "this", "that", "the", "month"):
        return False
    if c.kind(i) == "just":
        i += 1
    is_later = c.has(i, found.i, "later")
    found.mod = "END" if is_later else "START"
    if c.base and found.period and found.period.start <= c.base < found.period.end and found.grain not in {"day", "daypart"}:
        one = timedelta(1)
        if is_later:
            found.period = found.period._replace(start=c.base)
        elif c.base > found.period.start:
            found.period = found.period._replace(end=c.base + one)
    found.i = i
    return True


@_left("the? edge of the? its?")
def _edge(c: Context, found: Found, i: int) -> bool:
    """the beginning, middle, end of a period or of an event."""
    if found.type != "DATE" or found.value.endswith("_REF"):
        return False
    which = cast(str, c.get(i, found.i, "edge"))
    found.mod = which
    if found.period and found.grain == "period" and which in {"START", "END"}:
        one = timedelta(1)
        day = found.period.start if which == "START" else found.period.end - one
        found.period = p.year(day.year) if (found.period.end - found.period.start).days > 366 else p.day(day)
        found.grain, found.value = found.period.grain if found.period else None, found.period.value if found.period else found.value
        found.mod = None
    elif found.period:
        found.period = p.part(found.period, which)
    found.i = i
    return True


@_left("the? early units of")
def _small_hours(c: Context, found: Found, i: int) -> bool:
    """the early hours of Thursday."""
    if found.grain not in {"day", "daypart"} or c.get(i, found.i, "units") != "hour":
        return False
    found.mod, found.i = cast(str, c.get(i, found.i, "early")), i
    return True


@_left("prepost hyphen")
def _before_or_after(c: Context, found: Found, i: int) -> bool:
    """pre-2014, post-1991."""
    found.mod, found.i = cast(str, c.tokens.values[i]), i
    return True


@_left("the? turn of the?")
def _turn_of(c: Context, found: Found, i: int) -> bool:
    if found.grain not in {"year", "century", "decade"}:
        return False
    found.mod, found.i = "START", i
    return True


@_left("(on? the)? eve of the?")
def _eve(c: Context, found: Found, i: int) -> bool:
    if found.period is None or found.grain != "day":
        return False
    found.period = p.day(found.period.start - timedelta(1))
    found.value = found.period.value if found.period else found.value
    found.i = i + (1 if c.kind(i) == "on" else 0)
    return True


@_left("the? half2 of the?")
def _half_of(c: Context, found: Found, i: int) -> bool:
    if found.period is None or found.grain not in {"decade", "century", "month", "week", "year"}:
        return False
    second = str(c.get(i, found.i, "half2")) == "2"
    middle = found.period.start + (found.period.end - found.period.start) / 2
    if found.grain == "year":
        found.period = p.half(found.period.start.year, 2 if second else 1)
        found.value, found.grain = (found.period.value, "half") if found.period else (found.value, "half")
    else:
        found.period = found.period._replace(start=middle) if second else found.period._replace(end=middle)
        found.mod = "END" if second else "START"
    found.i = i
    return True


@_left(f"{length_rules.COUNT} {length_rules.UNIT} (before|after|from|since)")
@_left(f"a {length_rules.UNIT} (before|after|from)")
@_left("the unit (before|after)")
def _shifted(c: Context, found: Found, i: int) -> bool:
    """two days before Christmas, a week from Friday."""
    how = c.kind(found.i - 1)
    if found.period is None or found.type != "DATE" or how == "since" or found.grain == "year":
        return False
    count = amount(c, i, found.i)
    unit, factor = unit_of(c, i, found.i)
    n = 1 if c.kind(i) == "the" else count.low if count else None
    if n is None or unit not in {"day", "week", "month", "year"} or (how == "from" and found.grain != "day"):
        return False
    anchor = found.period.start if how == "before" else found.period.end - timedelta(1)
    shifted = p.add(anchor, (-n if how == "before" else n) * factor, unit)
    period = p.day(shifted) if shifted else None
    if period is None:
        return False
    found.period, found.value, found.grain, found.i = period, period.value, "day", i
    return True


def _extend_right(c: Context, found: Found) -> None:
    """ "1994 or later", "1990 and beyond", "a year or so"."""
    after, then = c.word(found.j), c.word(found.j + 1)
    if (
        found.type == "DATE"
        and after in {"or", "and"}
        and then in {"later", "beyond", "after", "earlier"}
        and found.grain in {"year", "month", "decade"}
    ):
        found.mod = "ON_OR_BEFORE" if then == "earlier" else "ON_OR_AFTER"
        found.j += 2
    elif after == "or" and then == "so" and found.type in {"DATE", "DURATION"}:
        found.mod = "APPROX"
        found.j += 2


# -- times of day get their days; "from … to" becomes a range

_BETWEEN = {"comma", "on", "at", "approx", "the", "of"}


def _merge(c: Context, items: Iterator[Found], join_ranges: bool) -> list[Found]:
    out: list[Found] = []
    for found in items:
        if out:
            joined = _with_time(c, out[-1], found) or (_range(c, out[-1], found) if join_ranges else None)
            if joined is not None:
                out[-1] = joined
                _remember(c, joined)
                continue
        out.append(found)
    for k, found in enumerate(out):
        if found.clock and found.period is None:
            _give_day(c, found, out[k - 1] if k else None)
    return out


def _with_time(c: Context, a: Found, b: Found) -> Found | None:
    if a.clock and b.clock and a.period is None and b.zone and b.i - a.j == 1 and c.kind(a.j) == "paren" and c.word(b.j) == ")":
        return replace(a, j=b.j + 1, zone=a.zone or _offset(str(a.clock), str(b.clock), b.zone))  # 5 a.m. local time (0300 GMT)
    if b.clock and a.j < b.i and c.kind(a.j) == "comma" and c.kind(b.j) == "on":
        return None  # "on Wednesday evening, at noon on Friday"
    if b.i - a.j > 2 or not all(c.kind(k) in _BETWEEN for k in range(a.j, b.i)):
        return None
    time, day = (a, b) if a.clock and not b.clock else (b, a) if b.clock and not a.clock else (None, None)
    if time is None or day is None or day.type not in {"DATE", "TIME"} or time.period is not None:
        return None
    value = day.value.partition("T")[0]
    if day.grain not in {"day", "daypart"} or len(value) < 8 or (day.type == "TIME" and time.grain != "minute"):
        return None
    clock = _afternoon(str(time.clock), day.value.partition("T")[2]) if day.type == "TIME" else time.clock
    return replace(
        day, i=a.i, j=b.j, type="TIME", value=f"{value}T{clock}", grain=time.grain, zone=time.zone, clock=None, mod=time.mod or day.mod
    )


def _offset(local: str, other: str, zone: str) -> str | None:
    """Offset of a local clock time, given the same moment's time in a zone of known offset."""

    def minutes(clock: str) -> int:
        return int(clock[:2]) * 60 + int(clock[3:5])

    try:
        gap = minutes(local) - minutes(other) + (1 if zone[0] != "-" else -1) * minutes(zone[1:])
    except ValueError:
        return None
    gap = (gap + 11 * 60) % (24 * 60) - 11 * 60  # -11:00 to +12:59
    return f"{'-' if gap < 0 else '+'}{abs(gap) // 60:02}:{abs(gap) % 60:02}"


def _afternoon(clock: str, part: str) -> str:
    """ "10:30 Thursday night": the part of the day decides between morning and afternoon."""
    hour, _, rest = clock.partition(":")
    if part in {"AF", "EV", "NI"} and hour.isdigit() and 1 <= int(hour) <= 11 and not (part == "NI" and int(hour) < 5):
        return f"{int(hour) + 12}:{rest}"
    return clock


def _give_day(c: Context, found: Found, before: Found | None) -> None:
    """A time of day alone: of the day last named in the sentence, else of the base day."""
    day: date | None = None
    if before is not None and before.period is not None and before.grain in {"day", "daypart", "minute"}:
        between = c.tokens.text[c.tokens.ends[before.j - 1] : c.tokens.starts[found.i]]
        if len(between) < 150 and not re.search(r"[.?!]\s", between):
            day, found.anchor = before.period.start, before.anchor
    if day is None and c.base is not None:
        day, found.anchor = c.base, c.base_anchor
    if day is None:
        found.value, found.why = f"XXXX-XX-XXT{found.clock}", NO_PUBLICATION
        return
    found.period = p.day(day)
    found.value = f"{day.isoformat()}T{found.clock}"


_JOINS = {"to", "until", "hyphen", "and"}


def _range(c: Context, a: Found, b: Found) -> Found | None:
    """from March to June 2015; between 1914 and 1918; 3 May - 5 June; Monday to Wednesday after "from"."""
    if b.i - a.j != 1 or c.kind(a.j) not in _JOINS or a.type != "DATE" or b.type != "DATE":
        return None
    opener, join = c.word(a.i - 1), c.kind(a.j)
    if join == "and" and opener != "between":
        return None
    if join in {"to", "until"} and opener not in {"from", "between"} and c.word(a.j) not in {"through", "thru"}:
        return None
    if a.grain != b.grain or a.mod or b.mod or a.value.endswith("_REF") or b.value.endswith("_REF") or "/" in a.value + b.value:
        return None
    first, last = a.period, b.period
    if first is None or last is None:
        return replace(a, j=b.j, value=f"{a.value}/{b.value}", grain="period", period=None)
    if not a.absolute and (b.absolute or first.start >= last.start) and a.grain in {"month", "day", "season", "quarter"}:
        for y in (last.start.year, last.start.year - 1):
            moved = p.moved(first, 12 * (y - first.start.year), "month") if a.grain != "day" or not c.has(a.i, a.j, "weekday") else first
            if moved and moved.start < last.start:
                first = moved
                break
    if first.start >= last.start:
        if not b.absolute and a.absolute is False and c.has(b.i, b.j, "weekday"):
            last = p.day(last.start + timedelta(7)) or last
        if first.start >= last.start:
            return None
    whole = Period(first.start, last.end, "period", f"{first.value}/{last.value}")
    return replace(
        a,
        j=b.j,
        value=whole.value,
        period=whole,
        grain="period",
        absolute=a.absolute or b.absolute,
        anchor="itself" if b.absolute else a.anchor,
    )


def _finish(c: Context, items: list[Found]) -> Iterator[TimeExpression]:
    text = c.tokens.text
    for f in items:
        start, end = c.tokens.starts[f.i], c.tokens.ends[f.j - 1]
        if lead := c.spans.get(str(f.i)):  # "in the past": the preposition is no part of it
            start += len(lead)
            while text[start].isspace():
                start += 1
        if text[end - 1] == "." and c.kind(f.j - 1) in {"month", "wdabbr"}:
            end -= 1
        signal = _SIGNALS.get(c.word(f.i - 1)) if f.i else None
        interval = f.period.interval if f.period and f.type != "SET" else None
        yield TimeExpression(
            start,
            end,
            text[start:end],
            interval,
            f.value,
            cast(Type, f.type),
            f.grain,
            f.anchor if interval else None,
            f.anchor_span if interval and f.anchor == "expression" else None,
            f.mod,
            f.zone,
            signal,
            None if interval else f.why or NO_PUBLICATION,
        )
