"""Dates as files write them, to ISO 8601. What could be read in two ways is not a date."""

from __future__ import annotations

from datetime import UTC, date, datetime

from onrecord import lazy

__all__ = ["find_date", "parse_date"]

_NAMES = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_MONTHS = {name: i for i, full in enumerate(_NAMES, 1) for name in (full, full[:3])} | {"sept": 9}
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<year>(?:1[89]|20)\d\d)\b"
_FORMS = (
    lazy.compile(rf"(?i)\b{_MONTH}\s+{_DAY}\s*,?\s+{_YEAR}"),
    lazy.compile(rf"(?i)\b{_DAY}[-\s]+(?:of\s+)?{_MONTH},?[-\s]{_YEAR}"),
    lazy.compile(r"\b(?P<year>(?:1[89]|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"),
)
_NUMERIC = lazy.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)\b")
_COMPACT = lazy.compile(r"^\s*((?:19|20)\d{6})(\d{6})?\s*$")
_EPOCH = lazy.compile(r"^\s*(\d{9,10}|\d{12,13})(?:\.\d+)?\s*$")


def parse_date(value: object) -> str | None:
    """A metadata field's date or moment in ISO 8601, or null. Takes text, date, datetime and Unix seconds or milliseconds.

    A moment keeps its offset where it has one. ``03/04/2021`` is null: it is two dates.
    """
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(int(value)) if abs(value) < 1e16 else ""
    if not isinstance(value, str):
        return None
    text = value.strip()[:100]
    try:
        if m := _COMPACT.match(text):
            day = datetime.strptime(m[1] + (m[2] or ""), "%Y%m%d%H%M%S" if m[2] else "%Y%m%d")
            return day.isoformat() if m[2] else day.date().isoformat()
        if m := _EPOCH.match(text):
            seconds = int(m[1]) / (1000 if len(m[1]) > 10 else 1)
            return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None
    for parse in (date.fromisoformat, datetime.fromisoformat, _from_mail):
        try:
            return parse(text).isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return find_date(text)


def _from_mail(text: str) -> datetime:
    from email.utils import parsedate_to_datetime  # heavy, and seldom needed

    return parsedate_to_datetime(text)


def find_date(text: str) -> str | None:
    """The first full date (day, month and year) in a line of words, as an ISO date, or null."""
    text = text[:300]
    hits = [m for form in _FORMS if (m := form.search(text))]
    for m in sorted(hits, key=lambda m: m.start()):
        month = m["month"].lower()
        try:
            return date(int(m["year"]), _MONTHS.get(month) or int(month), int(m["day"])).isoformat()
        except ValueError:
            continue
    if m := _NUMERIC.match(text):
        a, b, year = int(m[1]), int(m[2]), int(m[3])
        try:
            if a > 12 >= b or a == b:
                return date(year, b, a).isoformat()
            if b > 12 >= a:
                return date(year, a, b).isoformat()
        except ValueError:
            return None
    return None
