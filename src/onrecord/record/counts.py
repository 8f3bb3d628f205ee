"""Two-way counts of what meets a query, and the quotes that are reported most: what charts are drawn from."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from onrecord.errors import UsageError
from onrecord.record import search
from onrecord.record.columns import PARTY_FIELDS, Columns
from onrecord.record.query import FACETS, Query
from onrecord.record.search import FacetValue

__all__ = ["Cross", "cross", "most_reported"]

#: Values of the two fields that are counted at most; a table beyond it serves nobody.
_LARGEST = 2000


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

    One of the two has to be a field with one value a statement. Raises UsageError.
    """
    for field in (a, b):
        if field not in FACETS:
            raise UsageError(f"there is no facet {field!r:.40}; there are {', '.join(FACETS)}")
    if a == b or (a in PARTY_FIELDS and b in PARTY_FIELDS):
        raise UsageError(f"{a} and {b} cannot be counted against each other")
    if not 1 <= most <= _LARGEST or not 1 <= across <= _LARGEST:
        raise UsageError(f"a table has 1 to {_LARGEST} rows and columns")
    hits = search.select(connection, columns, query).hits
    many, one = (a, b) if a in PARTY_FIELDS else (b, a)
    codes, owners = search._values(columns, many, hits)
    other = columns[one][owners].astype(np.int64)
    by = {many: codes, one: other}
    chosen = {a: _commonest(by[a], a, most), b: _commonest(by[b], b, across)}
    named = {f: search._named(connection, columns, f, chosen[f]) if chosen[f] else () for f in (a, b)}
    at_a, at_b = _places(by[a], chosen[a]), _places(by[b], chosen[b])
    there = (at_a >= 0) & (at_b >= 0)
    width = max(1, len(chosen[b]))
    joint, n = np.unique(at_a[there] * width + at_b[there], return_counts=True)
    cells = {(int(j) // width, int(j) % width): int(k) for j, k in zip(joint, n, strict=True)}
    return Cross(named[a], named[b], cells)


def _commonest(codes: npt.NDArray[Any], field: str, limit: int) -> list[tuple[int, int]]:
    """The commonest codes with their counts, most first; the latest months in order of time."""
    counts = np.bincount(codes) if len(codes) else np.zeros(1, np.int64)
    counts[0] = 0
    there = np.flatnonzero(counts)
    there = there[-limit:] if field == "month" else there[np.lexsort((there, -counts[there]))][:limit]
    return [(int(c), int(counts[c])) for c in there]


def _places(codes: npt.NDArray[Any], chosen: Sequence[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """For each code its place among the chosen, or -1."""
    table = np.full(int(codes.max(initial=0)) + 1, -1, np.int64)
    for i, (c, _) in enumerate(chosen):
        table[c] = i
    placed: npt.NDArray[np.int64] = table[codes]
    return placed


def most_reported(connection: sqlite3.Connection, columns: Columns, query: Query, *, limit: int) -> list[tuple[str, int]]:
    """The clusters with the most statements among those that meet ``query``: id of a statement of each, and how many there are."""
    hits = search.select(connection, columns, query).hits
    groups, first, n = np.unique(columns["cluster"][hits], return_index=True, return_counts=True)
    order = np.lexsort((groups, -n))[:limit]
    wanted = [(int(hits[first[i]]), int(n[i])) for i in order if n[i] > 1]
    marks = ",".join("?" * len(wanted))
    ids = dict(connection.execute(f"SELECT pk, id FROM statement WHERE pk IN ({marks})", [pk for pk, _ in wanted]).fetchall())
    return [(ids[pk], n) for pk, n in wanted if pk in ids]
