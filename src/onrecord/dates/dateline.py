"""The day a text itself says it is from: a dateline ("RIGA, Dec 2, 2021 (Reuters) -"), or a line that is only a date.

Only a full date, year and all, can stand in for a missing publication date; with a publication date near by, the day
in a dateline without a year ("RIGA, Dec 2 (Reuters)") is what "today" means.
"""

from __future__ import annotations

import re
from datetime import date

from onrecord import lazy
from onrecord.dates.tables import rows

__all__ = ["dateline"]

_HEAD = 1500  # characters of the text that can hold it
_MONTHS = {row[0]: int(row[2]) for row in rows("lexicon") if row[1].rstrip("^") == "month"}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MD = rf"(?P<m>{_NAMES})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y>\d{{4}}))?"
_DM = rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m>{_NAMES})\.?(?:,?\s+(?P<y>\d{{4}}))?"
_ISO = r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
# A place in capitals (or capitals and a country), the date, and an agency or a dash.
_PLACE = r"[A-Z][A-Z'’.\-]+(?:[ ][A-Z][A-Z'’.\-]+){0,3}(?:,[ ][A-Z][\w.'’\-]+(?:[ ][A-Z][\w.'’\-]+){0,2})?(?:/[A-Z]+)?"
_AGENCY = r"\s*(?:\((?:[A-Z][\w./ ]{1,30})\)|/[A-Z]{2,12}/\.?|\.?\s?[-–—])"
_LINES = [lazy.compile(rf"^[ \t]*{_PLACE},?[ ](?i:{d}){_AGENCY}", re.MULTILINE) for d in (_MD, _DM)]
# A line of its own, perhaps after a word that says what date it is, perhaps with a time behind it.
_LABEL = (
    r"(?:(?:published|posted|updated|released|release\s+date|date|dated|last\s+updated|for\s+immediate\s+release|issued)"
    r"\s*(?:on|at)?\s*:?\s*)?"
)
_TAIL = r"(?:,?\s*(?:at\s+)?\d{1,2}[:.]\d\d(?:\s*[ap]\.?m\.?)?(?:\s*[A-Z]{2,4})?)?[ \t]*\.?[ \t]*$"
_ALONE = [lazy.compile(rf"^[ \t]*{_LABEL}{_WEEKDAY}{d}{_TAIL}", re.MULTILINE | re.IGNORECASE) for d in (_MD, _DM, _ISO)]

_DIGIT = lazy.compile(r"\d")


def dateline(text: str, published: date | None = None) -> date | None:
    """The text's own day, or None. A date without its year is taken in the year that puts it nearest before ``published``."""
    head = text[:_HEAD]
    if not _DIGIT.search(head):  # no date without one, and the patterns are slow to make
        return None
    for pattern in _LINES:
        if m := pattern.search(head):
            return _day(m, published)
    for pattern in _ALONE:
        if (m := pattern.search(head)) and m["y"] and m.start() <= 600:
            return _day(m, published)
    return None


def _day(m: re.Match[str], published: date | None) -> date | None:
    month = int(m["m"]) if m["m"].isdigit() else _MONTHS[m["m"].lower()]
    years = [int(m["y"])] if m["y"] else [published.year, published.year - 1] if published else []
    for year in years:
        try:
            day = date(year, month, int(m["d"]))
        except ValueError:
            continue
        if m["y"] or (published and day <= published):
            return day
    return None
