"""Rules for times of day: 10:30 a.m. EST, 1500 GMT, nine o'clock in the evening, noon, in the morning.

A time of day waits (``Found.clock``) for the day that stands beside it; without one it belongs to the day last named in
the sentence, else to the base day.
"""

from __future__ import annotations

from typing import cast

from onrecord import lazy
from onrecord.dates.context import Context, Found
from onrecord.dates.patterns import rule
from onrecord.dates.tables import zones

__all__ = ["clock"]

ZONE = "(localtime | place time | (local|zone)? (local? time)?)"
_CLOCK = lazy.compile(r"(\d{1,2})[:.]?(\d{2})?(?:[:.](\d{2}))?")


@rule(
    f"(clock|clockap|n) ampm? {ZONE}",
    f"(clock|n) ampm {ZONE}",
    f"(clockap|clock) {ZONE}",
    "(year|n|big) (zone|hrs) (zone)?",
    "(n|num) clockword (in the part|at part)?",
    "(clock|n|num) in the part",
    "past30 (n|num)",
    f"oclock {ZONE}",
    "iso clock zone?",
)
def clock(c: Context, i: int, j: int) -> Found | None:
    kind, value = c.kind(i), c.tokens.values[i]
    zone_name = c.where(i, j, "zone")
    if (
        c.kind(j - 1) in {"local", "time"}
        and zone_name < 0
        and not c.has(i, j, "localtime", "place")
        and not (c.kind(j - 1) == "time" and c.kind(j - 2) == "local")
    ):
        return None
    zone = zones().get(c.tokens.word(zone_name)) if zone_name >= 0 else None
    if c.has(i, j, "place"):
        zone = cast("str | None", c.get(i, j, "place"))
    part = str(c.get(i, j, "part") or "")
    half_ = str(c.get(i, j, "ampm") or "")
    if kind == "oclock":
        time = str(value)
        if time in {"24:00", "12:00"}:
            return _pending(i, j, time, "minute", zone)
        if c.word(i - 1) not in {"at", "before", "after", "by", "until", "from", "since", "around"}:
            return None
        return _pending(i, j, time, "daypart", zone)
    if kind == "iso":
        return None
    if kind == "past30":
        hour = c.tokens.values[i + 1]
        if not isinstance(hour, int) or not 1 <= hour <= 12:
            return None
        offset = int(str(value))
        hour, minute = (hour, offset) if offset >= 0 else (hour - 1, 60 + offset)
        return _pending(i, j, f"{hour:02}:{minute:02}", "minute", zone)
    if kind in {"clock", "clockap"}:
        text = str(value)
        m = _CLOCK.match(text)
        if m is None:
            return None
        hour, minute, second = int(m[1]), int(m[2] or 0), m[3]
        if kind == "clockap":
            half_ = "pm" if "p" in text.lower() else "am"
    elif kind in {"year", "big"} or (kind == "n" and c.has(i, j, "hrs")) or (kind == "n" and zone_name == i + 1):
        digits = c.tokens.word(i)
        if not digits.isdigit() or len(digits) not in {3, 4, 2, 1}:
            return None
        hour, minute, second = (int(digits[:-2]), int(digits[-2:]), None) if len(digits) > 2 else (int(digits), 0, None)
    else:
        if not isinstance(value, int):
            return None
        if kind in {"n"} and j - i == 1:
            return None
        if not half_ and not part and not c.has(i, j, "clockword"):
            return None
        hour, minute, second = value, 0, None
        if (
            c.has(i, j, "part")
            and not c.has(i, j, "clockword")
            and c.word(i - 1) not in {"at", "about", "around", "until", "by", "before", "after"}
        ):
            return None
    if part:
        half_ = {"MO": "am", "AF": "pm", "EV": "pm", "NI": "pm"}.get(part, "")
        if part == "NI" and hour < 5:
            half_ = "am"
    if hour > 24 or minute > 59 or (half_ and not 1 <= hour <= 12):
        return None
    if half_ == "pm" and hour < 12:
        hour += 12
    elif half_ == "am" and hour == 12:
        hour = 0
    if kind == "clock" and j - i == 1 and c.word(i - 1) in {"verse", "psalm", "won", "score", "beat"}:
        return None
    time = f"{hour:02}:{minute:02}" + (f":{second}" if second else "")
    return _pending(i, j, time, "minute", zone)


def _pending(i: int, j: int, time: str, grain: str, zone: str | None) -> Found:
    return Found(i, j, "TIME", f"T{time}", None, grain, clock=time, zone=zone)


@rule("part", "the part", "early part", "the early part", "early in the part", "later? in the part")
def part_of_day(c: Context, i: int, j: int) -> Found | None:
    """in the morning, that evening's "the evening": only after a preposition; the day is another's to give."""
    part = cast(str, c.tokens.values[j - 1])
    if j - i == 1 or (c.word(i - 1) not in {"in", "during", "of", "by", "through", "until"} and not c.has(i, j, "early")):
        return None
    return Found(i, j, "TIME", f"T{part}", None, "daypart", clock=part)
