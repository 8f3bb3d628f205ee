"""How values are shown: text with its control characters made visible, days in words, figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from onrecord.cli.show import clean
from onrecord.statement import DateRef, Span, Statement

__all__ = [
    "VIA",
    "day",
    "finalize",
    "joined",
    "moment",
    "one_line",
    "opening",
    "percent",
    "period",
    "plural",
    "short",
    "sort_name",
    "thousands",
    "value_words",
    "visible",
    "when",
]

#: How a speaker was found, in words.
VIA = {
    "name": "named in the source",
    "alias": "a known other name in the source",
    "pronoun": "a pronoun, resolved to the nearest actor that fits",
    "role": "a role or office in the source, resolved to who held it",
}
#: So many characters more than are shown tell where to cut, unless they hold much white space.
_WORD = 24
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(.*))?)?")
_MONTHS = "January February March April May June July August September October November December".split()


def finalize(value: Any) -> Any:
    """What every template puts on the page: no control or direction character of a text gets there as such."""
    if value is None:
        return ""
    # Printable leaves out every control and direction character, and is told faster than by looking for them.
    return clean(value) if type(value) is str and not value.isprintable() else value


def visible(text: str) -> str:
    """``text`` with its control characters shown as their code."""
    return text if text.isprintable() else clean(text)


def joined(spans: Sequence[Span]) -> str:
    """A role's fragments on one line."""
    return " … ".join(" ".join(s.text.split()) for s in spans)


def one_line(text: str | None) -> str:
    """``text`` as a form's field can hold it: on one line, control characters made visible."""
    return clean(" ".join((text or "").split()))


def short(text: str, most: int = 160) -> str:
    """``text`` on one line, cut at a word."""
    text = " ".join(text.split())
    return text if len(text) <= most else _cut(text, most)


def _cut(text: str, most: int) -> str:
    at = text.rfind(" ", 0, most)
    return text[: at if at > most // 2 else most] + " …"


def opening(spans: Sequence[Span], most: int) -> str:
    """``short`` of ``joined``, without going through all of a long role for its first words."""
    if spans:
        first = spans[0].text
        text = first[: most + _WORD].strip()
        if "\n" in text:
            text = text.replace("\n", " ")
        if "  " in text or not text.isprintable():  # else it has no white space but single blanks
            text = " ".join(text.split())
        if len(text) > most:
            return _cut(text, most)
        if len(spans) == 1 and len(first) <= most + _WORD:
            return text
    left = 2 * most
    words: list[str] = []
    for x in spans:
        words.append(" ".join(x.text[:left].split()))
        left -= len(x.text)
        if left < 0:
            break
    text = " … ".join(words)
    if len(text) > most:
        return _cut(text, most)
    # Mostly white space: what is left of it may be too little.
    return text if left >= 0 else short(joined(spans), most)


@lru_cache(maxsize=4096)
def day(value: str | None) -> str:
    """``1962-10-24`` as 24 October 1962; months and years as they are; whatever is no date unchanged."""
    if not value:
        return ""
    m = _DAY.fullmatch(value)
    if not m or not 1 <= int(m[2] or 1) <= 12:
        return value
    parts = [str(int(m[3])) if m[3] else "", _MONTHS[int(m[2]) - 1] if m[2] else "", m[1]]
    return " ".join(p for p in parts if p)


def period(d: DateRef | None) -> str:
    """The days of a date of saying in words; an unresolved one says so."""
    if d is None:
        return ""
    if not d.start:
        return f"“{' '.join(d.text.split())}”, which day is not known"
    try:
        first = date.fromisoformat(d.start[:10])
        last = date.fromisoformat((d.end or d.start)[:10])
    except ValueError:
        return d.start
    if d.end and len(d.end) == 10:
        last -= timedelta(days=1)
    if last <= first:
        return day(first.isoformat())
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        if (first.year, first.month) == (last.year, last.month):
            return day(first.isoformat()[:7])
        if first.month == 1 and last.month == 12 and first.year == last.year:
            return str(first.year)
    return f"{day(first.isoformat())} to {day(last.isoformat())}"


def moment(value: str) -> str:
    """A UTC time stamp to the minute."""
    return f"{day(value[:10])}, {value[11:16]} UTC" if len(value) >= 16 else value


#: What a list begins with, in words.
_SORTS = {
    "published": "latest published",
    "surest": "most sure",
    "unsurest": "least sure",
    "added": "as they came in",
    "document": "by document",
}


def sort_name(sort: str) -> str:
    return _SORTS.get(sort, sort)


def thousands(n: int) -> str:
    return f"{n:,}"


def plural(n: int, one: str, many: str | None = None) -> str:
    """``n`` with what it counts."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def percent(x: float | None) -> str:
    return "" if x is None else f"{round(100 * x)}%"


def value_words(value: Any) -> str:
    """A field's value in a correction, short enough for a table."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return short(value, 80)
    if isinstance(value, dict):
        named = value.get("name") or value.get("start") or value.get("id")
        extra = [str(value[k]) for k in ("role", "country", "end") if value.get(k)]
        return short(", ".join([str(named or "—"), *extra]), 80)
    if isinstance(value, list):
        return short(" … ".join(str(v.get("text") or v.get("name") or "") for v in value if isinstance(v, dict)) or "none", 80)
    return str(value)


def when(s: Statement) -> tuple[str, bool]:
    """The day of saying in words, and whether it is known; else the day of publication."""
    if s.date is not None and s.date.start:
        return period(s.date), True
    return day(s.document.published[:10]) if s.document.published else "", False
