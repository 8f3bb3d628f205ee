"""Two-way counts of what meets a query: who speaks about whom, which acts in which month. What charts are drawn from."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from onrecord.errors import UsageError
from onrecord.record import search
from onrecord.record.columns import EPOCH, PARTY_FIELDS, Columns
from onrecord.record.query import FACETS, Query
from onrecord.record.search import FacetValue

__all__ = ["Cross", "cross"]

#: Values of a field that are counted at most: four hundred years of months.
_LARGEST = 5000
_TIMES = ("month", "day")


@dataclass(frozen=True, slots=True)
class Cross:
    """How statements divide by two fields at once. ``cells``: (index into ``rows``, index into ``columns``) to a count, no zeros.

    The counts of ``rows`` and ``columns`` are over all statements that have such a value, not only those in the table.
    """

    rows: tuple[FacetValue, ...]
    columns: tuple[FacetValue, ...]
    cells: dict[tuple[int, int], int]


def cross(connection: sqlite3.Connection, columns: Columns, query: Query, a: str, b: str, *, most: int, across: int) -> Cross:
    """Statements that meet ``query`` by field ``a`` (its ``most`` commonest values) and field ``b`` (``across`` of them).

    The fields are those of facets, and ``day``; of ``month`` and ``day`` the latest are taken, in order. One of the two has to be a
    field with one value a statement. Raises UsageError.
    """
    for field in (a, b):
        if field not in (*FACETS, "day"):
            raise UsageError(f"there is no facet {field!r:.40}; there are {', '.join(FACETS)}")
    if a == b or (a in PARTY_FIELDS and b in PARTY_FIELDS):
        raise UsageError(f"{a} and {b} cannot be counted against each other")
    if not 1 <= most <= _LARGEST or not 1 <= across <= _LARGEST:
        raise UsageError(f"a table has 1 to {_LARGEST} rows and columns")
    hits = search.select(connection, columns, query).hits
    many, one = (a, b) if a in PARTY_FIELDS else (b, a)
    if many == "day":
        many, one = one, many
    codes, owners = search._values(columns, many, hits)
    codes = codes.astype(np.int64)
    other = columns["since" if one == "day" else one][owners].astype(np.int64)
    by = {many: codes, one: other}
    chosen = {a: _commonest(by[a], a, most), b: _commonest(by[b], b, across)}
    named = {f: _labels(connection, columns, f, chosen[f]) for f in (a, b)}
    at_a, at_b = _places(by[a], chosen[a]), _places(by[b], chosen[b])
    there = (at_a >= 0) & (at_b >= 0)
    width = max(1, len(chosen[b]))
    joint, n = np.unique(at_a[there] * width + at_b[there], return_counts=True)
    cells = {(int(j) // width, int(j) % width): int(k) for j, k in zip(joint, n, strict=True)}
    return Cross(named[a], named[b], cells)


def _commonest(codes: npt.NDArray[Any], field: str, limit: int) -> list[tuple[int, int]]:
    """The commonest codes with their counts, most first; the latest months and days in order of time."""
    # Days are numbers in the millions: counting starts at the least of them.
    low = int(codes[codes > 0].min(initial=1)) if len(codes) and (codes > 0).any() else 1
    counts = np.bincount(codes[codes > 0] - low) if len(codes) else np.zeros(1, np.int64)
    there = np.flatnonzero(counts)
    there = there[-limit:] if field in _TIMES else there[np.lexsort((there, -counts[there]))][:limit]
    return [(int(c) + low, int(counts[c])) for c in there]


def _labels(connection: sqlite3.Connection, columns: Columns, field: str, values: Sequence[tuple[int, int]]) -> tuple[FacetValue, ...]:
    if field == "day":
        return tuple(FacetValue(d := date.fromordinal(date(1970, 1, 1).toordinal() + c - EPOCH).isoformat(), d, n) for c, n in values)
    return search._named(connection, columns, field, values) if values else ()


def _places(codes: npt.NDArray[Any], chosen: Sequence[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """For each code its place among the chosen, or -1."""
    if not chosen:
        return np.full(len(codes), -1, np.int64)
    wanted = np.array([c for c, _ in chosen], np.int64)
    order = np.argsort(wanted)
    at = np.clip(np.searchsorted(wanted, codes, sorter=order), 0, len(wanted) - 1)
    found = order[at]
    placed: npt.NDArray[np.int64] = np.where(wanted[found] == codes, found, -1)
    return placed
