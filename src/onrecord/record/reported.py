"""The most reported words, told briefly, and one quote's reports a page at a time.

``quotes`` gives each quote with every statement of it. A list needs the first report, how often there were others and where; and of
words that a thousand articles have, a page shows a few. Which is the first is the same here as there.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from onrecord.errors import UsageError
from onrecord.record import rows
from onrecord.record import search as searching
from onrecord.record.columns import Columns
from onrecord.record.query import Query
from onrecord.record.quotes import Place, Quote, Variant, _when, changes
from onrecord.statement import Statement

if TYPE_CHECKING:
    from onrecord.record.store import Record

__all__ = ["Report", "Reported", "report", "reported"]

_BLOCK = 500
#: Of a quote in a list so many reports are looked at for the first of them; and so many outlets are named.
_EARLY, _NAMED = 60, 7


@dataclass(frozen=True, slots=True)
class Reported:
    """A quote in a list: its id, how many articles have it, the first outlets to publish it (seven at most), its first statement and
    where that was met."""

    id: str
    times: int
    outlets: tuple[str, ...]
    first: Statement
    place: Place

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id, "times": self.times, "outlets": list(self.outlets), "place": self.place.to_dict(), "first": self.first.to_dict()
        }  # fmt: skip


def reported(record: Record, query: Query | None = None, *, least: int = 2, offset: int = 0, limit: int = 20) -> tuple[list[Reported], int]:
    """As ``quotes``: those met at least ``least`` times of which a statement meets ``query``, the most often met first; and how many.

    Raises UsageError, RecordError.
    """
    with record._searching() as (connection, columns):
        hits = searching.select(connection, columns, query or Query()).hits
        times = _times(connection, columns)
        # Each cluster once: sorting what is left of a million is dearer than marking them.
        there = np.zeros(columns.top + 1, bool)
        there[columns["cluster"][hits]] = True
        chosen = np.flatnonzero(there & (times >= least))
        order = _most(chosen, times[chosen], offset, limit)
        inside = np.zeros(columns.top + 1, bool)
        inside[order] = True
        pks = np.flatnonzero(inside[columns["cluster"]] & _shown(columns))
        own = columns["cluster"][pks]
        return [_brief(connection, columns, int(c), pks[own == c], int(times[c])) for c in order], len(chosen)


@dataclass(frozen=True, slots=True)
class Report:
    """Some reports of a quote, the first of all in front of them (``quote`` is null where all were rejected); and of all reports: how
    many there are, how many articles have them, every outlet (the first to publish first), and how many articles name no outlet."""

    quote: Quote | None
    total: int
    times: int
    outlets: tuple[str, ...]
    unnamed: int


def report(record: Record, id: str, *, offset: int = 0, limit: int = 100) -> Report:
    """The quote that the statement ``id`` belongs to, with its reports from the ``offset``-th on. Raises UsageError if there is none."""
    with record._searching() as (connection, columns):
        row = connection.execute("SELECT cluster FROM statement WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise UsageError(f"there is no statement {id!r:.40} in {record.path}")
        members = _members(connection, np.flatnonzero((columns["cluster"] == row[0]) & _shown(columns)))
        if not members:
            return Report(None, 0, 0, (), 0)
        shown = [members[0], *members[max(1, offset) : offset + limit]]
        found = {s.id: s for s in rows.statements(connection, [m.pk for m in shown])}
        first = found[members[0].id]
        variants = tuple(Variant(s, m.places, () if s is first else changes(first, s)) for m in shown if (s := found.get(m.id)) is not None)
        places = {p for m in members for p in m.places}
        (cluster,) = connection.execute("SELECT id FROM statement WHERE pk = ?", (row[0],)).fetchone()
        return Report(Quote(cluster, variants), len(members), len(places), _outlets(places), sum(not p.outlet for p in places))


@dataclass(frozen=True, slots=True)
class _Member:
    """A report of a quote and where it was met, the earliest first."""

    pk: int
    id: str
    places: tuple[Place, ...]


def _members(connection: sqlite3.Connection, pks: npt.NDArray[np.int64]) -> list[_Member]:
    """These reports of a quote in the order of publication, without their words."""
    found: list[tuple[int, str, int, int, int]] = []
    for i in range(0, len(pks), _BLOCK):
        block = pks[i : i + _BLOCK].tolist()
        found += connection.execute(
            "SELECT s.pk, s.id, s.document, s.start, EXISTS (SELECT 1 FROM span p WHERE p.statement = s.pk AND p.role = 2) "
            f"FROM statement s WHERE s.pk IN ({','.join('?' * len(block))})",
            block,
        ).fetchall()
    where: dict[int, list[Place]] = {}
    documents = sorted({f[2] for f in found})
    for i in range(0, len(documents), _BLOCK):
        part = documents[i : i + _BLOCK]
        for pk, *place in connection.execute(
            "SELECT d.pk, d.id, a.outlet, a.published, a.title, a.path, a.url FROM appearance a JOIN document d ON d.pk = a.document "
            f"WHERE a.document IN ({','.join('?' * len(part))}) ORDER BY a.pk",
            part,
        ):
            where.setdefault(pk, []).append(Place(*place))
    # As in ``quotes``: by its first place, then those with words of their own, then by place in the text.
    made = [(_Member(pk, id_, tuple(sorted(where[d], key=_when))), not content, start) for pk, id_, d, start, content in found]
    made.sort(key=lambda m: (_when(m[0].places[0]), *m[1:], m[0].pk))
    return [m for m, *_ in made]


def _brief(connection: sqlite3.Connection, columns: Columns, cluster: int, pks: npt.NDArray[np.int64], times: int) -> Reported:
    # The first to publish is among those whose document came out first, and those whose text was met again elsewhere, maybe earlier.
    day = columns["published"][pks].astype(np.int64)
    early = np.argsort(np.where(day > 0, day, np.iinfo(np.int64).max), kind="stable")
    if len(early) > _EARLY:
        last = day[early[_EARLY - 1]]
        keep = _weights(connection, columns)[columns["document"][pks]] > 1
        # All of the last day that is looked at: within a day the hour decides.
        keep |= (day <= last) & (day > 0) if last > 0 else True
        pks = pks[keep]
    members = _members(connection, pks)
    (first,) = rows.statements(connection, [members[0].pk])
    (id_,) = connection.execute("SELECT id FROM statement WHERE pk = ?", (cluster,)).fetchone()
    outlets = _outlets({p for m in members for p in m.places})[:_NAMED]
    return Reported(id_, times, outlets, first, members[0].places[0])


def _shown(columns: Columns) -> npt.NDArray[np.bool_]:
    made: npt.NDArray[np.bool_] | None = columns.made.get("shown")
    if made is None:
        made = columns.made["shown"] = (columns["alive"] == 1) & (columns["status"] < 2)
    return made


def _outlets(places: set[Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p.outlet for p in sorted(places, key=_order) if p.outlet))


def _order(p: Place) -> tuple[str, str, str, str]:
    return *_when(p), p.outlet or "", p.document


def _weights(connection: sqlite3.Connection, columns: Columns) -> npt.NDArray[np.int32]:
    """By document: at how many places its text was met. Kept with the columns."""
    made: npt.NDArray[np.int32] | None = columns.made.get("weights")
    if made is None:
        made = np.ones(int(columns["document"].max(initial=0)) + 1, np.int32)
        for d, n in connection.execute("SELECT document, count(*) FROM appearance GROUP BY document HAVING count(*) > 1").fetchall():
            if d < len(made):
                made[d] = n
        columns.made["weights"] = made
    return made


def _times(connection: sqlite3.Connection, columns: Columns) -> npt.NDArray[np.int32]:
    """By cluster: in how many articles the whole record has it, whatever is searched for. Kept with the columns, so found out once
    for each state of the record."""
    made: npt.NDArray[np.int32] | None = columns.made.get("times")
    if made is None:
        cluster, document, shown, weight = columns["cluster"], columns["document"], _shown(columns), _weights(connection, columns)
        held = np.flatnonzero(shown)
        own = cluster[held]
        size = np.bincount(own, minlength=columns.top + 1)
        more = size[own] > 1
        made = np.zeros(columns.top + 1, np.int32)
        # A statement alone in its cluster: as often as its text was met.
        made[own[~more]] = weight[document[held[~more]]]
        # The others: each document once, however many of its statements report the words. Both numbers in one: rows of two are
        # sorted ten times slower.
        pairs = np.sort(own[more].astype(np.int64) << 32 | document[held[more]])
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]
        made += np.bincount(pairs >> 32, weight[pairs & 0xFFFFFFFF], minlength=columns.top + 1).astype(np.int32)
        columns.made["times"] = made
    return made


def _most(chosen: npt.NDArray[np.int64], times: npt.NDArray[np.int32], offset: int, limit: int) -> npt.NDArray[np.int64]:
    """The clusters from the ``offset``-th on by how often they were met, of equals the earlier ones first."""
    wanted = offset + limit
    if len(chosen) > 4 * wanted:
        # Everything met as often as the last that is wanted: only these need an order.
        least = np.partition(times, len(times) - wanted)[len(times) - wanted]
        keep = times >= least
        chosen, times = chosen[keep], times[keep]
    return chosen[np.lexsort((chosen, -times))][offset:wanted]
