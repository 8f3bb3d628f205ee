"""What the finder returns: one time expression of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Anchor", "TimeExpression", "Type"]

Type = Literal["DATE", "TIME", "DURATION", "SET"]
Anchor = Literal["itself", "published", "dateline", "expression"]


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A stretch of text that says when, how long or how often.

    ``start``, ``end``: half-open, in code points of the text; ``text``: exactly those characters.
    ``interval``: half-open interval of ISO dates, or None where there is none to give; ``unresolved`` then says why.
    ``value``: as TIMEX3 (TimeML 1.2.1) writes it: ``2021-12-02``, ``2021-W48``, ``2021-Q4``, ``P2Y``, ``XXXX-WXX-4``, ``PAST_REF``;
    a range is ISO 8601's ``2021-05-03/2021-05-05``.
    ``type``: DATE, TIME, DURATION or SET. ``grain``: the unit the words give (``day``, ``month`` … ``period``), or None.
    ``anchor``: what it was resolved against: the words ``itself``, the day of publication (``published``), the day in the
    text's ``dateline``, or another ``expression``, whose offsets are in ``anchor_span``. None where unresolved.
    ``mod``: TIMEX3's modifier (START, MID, END, APPROX, MORE_THAN …). ``zone``: offset from UTC that the text gives a clock
    time in. ``signal``: the word before it that turns a point into a bound (``since``, ``until``, ``before``, ``after``).
    """

    start: int
    end: int
    text: str
    interval: tuple[str, str] | None
    value: str
    type: Type
    grain: str | None = None
    anchor: Anchor | None = None
    anchor_span: tuple[int, int] | None = None
    mod: str | None = None
    zone: str | None = None
    signal: str | None = None
    unresolved: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, in the order of ``onrecord dates --format jsonl``."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "interval": list(self.interval) if self.interval else None,
            "value": self.value,
            "type": self.type,
            "grain": self.grain,
            "anchor": self.anchor,
            "anchor_span": list(self.anchor_span) if self.anchor_span else None,
            "mod": self.mod,
            "zone": self.zone,
            "signal": self.signal,
            "unresolved": self.unresolved,
        }
