"""How many statements fall into each day, week, month or year of the date of saying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from onrecord.errors import UsageError
from onrecord.record.columns import EPOCH, Columns

__all__ = ["PERIODS", "Moment", "timeline"]

PERIODS = ("day", "week", "month", "year")


@dataclass(frozen=True, slots=True)
class Moment:
    """A period by its first day (``2021-12-02``), its month (``2021-12``) or year (``2021``); weeks begin on Monday.

    ``period`` is null for what has neither a date of saying nor a day of publication. ``count`` is of statements or clusters.
    """

    period: str | None
    count: int

    def to_dict(self) -> dict[str, Any]:
        return {"period": self.period, "count": self.count}


def timeline(columns: Columns, hits: npt.NDArray[np.int64], *, by: str, clusters: bool = False) -> tuple[Moment, ...]:
    """The periods in which any of ``hits`` was said, in order, what is undated first. Raises UsageError."""
    if by not in PERIODS:
        raise UsageError(f"a timeline goes by {', '.join(PERIODS)}, not {by!r:.40}")
    day = columns["since"][hits].astype(np.int64)
    dated = day > 0
    # Numbers of periods, from 1: 0 is kept for what is undated.
    since = np.where(dated, day - EPOCH, 0)
    if by == "day":
        number = since
    elif by == "week":
        number = (since + 3) // 7 * 7 - 3  # 1970-01-01 was a Thursday
    else:
        number = since.astype("datetime64[D]").astype("datetime64[M]" if by == "month" else "datetime64[Y]").astype(np.int64)
    low = int(number.min(initial=0))
    number = np.where(dated, number - low + 1, 0)
    if clusters:
        number = np.unique(columns["cluster"][hits].astype(np.int64) << 32 | number) & 0xFFFFFFFF
    counts = np.bincount(number) if len(number) else np.zeros(0, np.int64)
    return tuple(Moment(_name(int(n) - 1 + low, by) if n else None, int(counts[n])) for n in np.flatnonzero(counts))


def _name(number: int, by: str) -> str:
    if by == "month":
        return f"{1970 + number // 12:04d}-{number % 12 + 1:02d}"
    if by == "year":
        return f"{1970 + number:04d}"
    return date.fromordinal(date(1970, 1, 1).toordinal() + number).isoformat()
