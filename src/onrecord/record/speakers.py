"""Who speaks in what meets a query: how often, from when to when, in which offices, and by which acts."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from onrecord.record.columns import EPOCH, Columns

__all__ = ["SpeakerRow", "speakers"]

_ACTS, _ROLES = 3, 3


@dataclass(frozen=True, slots=True)
class SpeakerRow:
    """One speaker. ``value`` is what the filter ``speaker`` takes for exactly this one: the actor's id, or the name where that is all
    there is. ``first``, ``last``: days of the earliest and latest saying, null where none is known. ``roles``, ``acts``: the commonest with
    their counts. ``count``: statements, whatever the query counts.
    """

    value: str
    name: str
    country: str | None
    roles: tuple[tuple[str, int], ...]
    count: int
    first: str | None
    last: str | None
    acts: tuple[tuple[str, int], ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "value": self.value, "name": self.name, "country": self.country, "roles": [list(r) for r in self.roles], "count": self.count,
            "first": self.first, "last": self.last, "acts": [list(a) for a in self.acts],
        }  # fmt: skip


def speakers(
    connection: sqlite3.Connection, columns: Columns, hits: npt.NDArray[np.int64], *, offset: int, limit: int
) -> tuple[tuple[SpeakerRow, ...], int]:
    """The speakers of the statements ``hits``, those with the most first, from the ``offset``-th on; and how many there are in all."""
    codes = columns["speaker"][hits].astype(np.int64)
    counts = np.bincount(codes, minlength=1)
    counts[0] = 0
    there = np.flatnonzero(counts)
    order = there[np.lexsort((there, -counts[there]))]
    chosen = order[offset : offset + limit]
    # Only the rows of the chosen are looked at further, each by its speaker's place among them.
    place = np.full(len(counts), -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    at = place[codes]
    mine, at = hits[at >= 0], at[at >= 0]
    day = columns["since"][mine].astype(np.int64)
    dated = day > 0
    first = np.full(len(chosen), np.iinfo(np.int64).max)
    last = np.zeros(len(chosen), np.int64)
    np.minimum.at(first, at[dated], day[dated])
    np.maximum.at(last, at[dated], day[dated])
    tops = {
        field: _commonest(columns[field][mine].astype(np.int64), at, n) for field, n in (("act", _ACTS), ("role", _ROLES), ("country", 1))
    }
    names = {
        f: dict(connection.execute("SELECT code, value FROM term WHERE field = ?", (f,)).fetchall()) for f in ("act", "role", "country")
    }
    out = []
    for i, code in enumerate(chosen):
        value, label = connection.execute("SELECT value, label FROM term WHERE field = 'speaker' AND code = ?", (int(code),)).fetchone()
        top = {f: tuple((names[f][c], n) for c, n in tops[f].get(i, ())) for f in tops}
        out.append(
            SpeakerRow(
                value, label, top["country"][0][0] if top["country"] else None, top["role"], int(counts[code]),
                _day(int(first[i])) if last[i] else None, _day(int(last[i])) if last[i] else None, top["act"],
            )
        )  # fmt: skip
    return tuple(out), len(order)


def _commonest(codes: npt.NDArray[np.int64], at: npt.NDArray[np.int64], n: int) -> dict[int, list[tuple[int, int]]]:
    """For each place, the ``n`` commonest codes with their counts."""
    known = codes > 0
    both, counts = np.unique(at[known] << 32 | codes[known], return_counts=True)
    out: dict[int, list[tuple[int, int]]] = {}
    for i in np.lexsort((both, -counts)):
        got = out.setdefault(int(both[i]) >> 32, [])
        if len(got) < n:
            got.append((int(both[i]) & 0xFFFFFFFF, int(counts[i])))
    return out


def _day(number: int) -> str:
    return date.fromordinal(date(1970, 1, 1).toordinal() + number - EPOCH).isoformat()
