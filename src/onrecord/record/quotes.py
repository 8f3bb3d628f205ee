"""The same words in several articles: who had them first, who else has them, and what each one cut or changed.

Which statements report the same words is known since they were written (clusters.py). Here they are put in the order of
publication and each is compared with the first, word by word.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from onrecord.record import rows
from onrecord.record import search as searching
from onrecord.record.columns import Columns
from onrecord.record.query import Query
from onrecord.record.terms import folded
from onrecord.statement import Statement

if TYPE_CHECKING:
    from onrecord.record.store import Record

__all__ = ["Change", "Place", "Quote", "Variant", "changes", "quotes"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article with the quote was met. A text that came in from several places has several."""

    document: str
    outlet: str | None
    published: str | None
    title: str | None
    path: str | None
    url: str | None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Change:
    """How a wording differs from the first in one spot. ``op``: cut (``was`` is left out), added (``now`` is new) or changed."""

    op: str
    was: str
    now: str

    def to_dict(self) -> dict[str, Any]:
        return {"op": self.op, "was": self.was, "now": self.now}


@dataclass(frozen=True, slots=True)
class Variant:
    """One statement of a quote, where its article was met (the earliest first), and its changes against the quote's first."""

    statement: Statement
    places: tuple[Place, ...]
    changes: tuple[Change, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "statement": self.statement.to_dict(),
            "places": [p.to_dict() for p in self.places],
            "changes": [c.to_dict() for c in self.changes],
        }


@dataclass(frozen=True, slots=True)
class Quote:
    """A cluster. ``id`` is what a Query's ``cluster`` takes. ``variants`` are in the order of publication, undated ones last."""

    id: str
    variants: tuple[Variant, ...]

    @property
    def first(self) -> Variant:
        """The first appearance, by date of publication, as far as the record goes."""
        return self.variants[0]

    @property
    def times(self) -> int:
        """How many articles have it: a text that came in from several places counts as often."""
        return len({p for v in self.variants for p in v.places})

    @property
    def outlets(self) -> tuple[str, ...]:
        """Every outlet that has it, the first to publish it first."""
        found = sorted((p for v in self.variants for p in v.places), key=_when)
        return tuple(dict.fromkeys(p.outlet for p in found if p.outlet))

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "times": self.times, "outlets": list(self.outlets), "variants": [v.to_dict() for v in self.variants]}


def quotes(record: Record, query: Query | None = None, *, least: int = 2, offset: int = 0, limit: int = 20) -> tuple[list[Quote], int]:
    """Quotes that were met at least ``least`` times and of which a statement meets ``query``, the most often met first.

    Gives ``limit`` of them from the ``offset``-th, each with all its statements whether they meet the query or not (rejected
    ones aside), and how many there are in all. Raises UsageError, RecordError.
    """
    with record._searching() as (connection, columns):
        hits = searching.select(connection, columns, query or Query()).hits
        chosen, times = _counted(connection, columns, hits, least)
        order = np.lexsort((chosen, -times))[offset : offset + limit]
        return [_quote(connection, columns, int(chosen[i])) for i in order], len(chosen)


def _counted(
    connection: sqlite3.Connection, columns: Columns, hits: npt.NDArray[np.int64], least: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The clusters of ``hits`` with at least ``least`` articles, and how many each has."""
    cluster, document = columns["cluster"], columns["document"]
    shown = np.flatnonzero((columns["alive"] == 1) & (columns["status"] < 2))
    # Most statements stand alone: only clusters of several statements, or of a text met several times, are looked at further.
    size = np.bincount(cluster[shown], minlength=columns.top + 1)
    again = dict(
        connection.execute("SELECT document, count(*) FROM appearance GROUP BY document HAVING count(*) > 1").fetchall(),
    )
    wanted = np.flatnonzero(np.bincount(cluster[hits]))
    if least > 1:
        often = np.zeros(int(document.max(initial=0)) + 1, bool)
        often[[d for d in again if d < len(often)]] = True
        held = np.zeros(columns.top + 1, bool)
        held[cluster[shown[often[document[shown]]]]] = True
        wanted = wanted[(size[wanted] > 1) | held[wanted]]
    inside = np.zeros(columns.top + 1, bool)
    inside[wanted] = True
    members = shown[inside[cluster[shown]]]
    # Both numbers in one: rows of two are sorted ten times slower.
    pairs = np.unique(cluster[members].astype(np.int64) << 32 | document[members])
    held_by, inside = pairs >> 32, pairs & 0xFFFFFFFF
    weights = np.ones(int(document.max(initial=0)) + 1, np.int64)
    for d, n in again.items():
        if d < len(weights):
            weights[d] = n
    times = np.bincount(held_by, weights[inside], minlength=columns.top + 1).astype(np.int64)
    wanted = wanted[times[wanted] >= least].astype(np.int64)
    return wanted, times[wanted]


def _quote(connection: sqlite3.Connection, columns: Columns, cluster: int) -> Quote:
    pks = [int(p) for p in np.flatnonzero((columns["cluster"] == cluster) & (columns["alive"] == 1) & (columns["status"] < 2))]
    found = rows.statements(connection, pks)
    places: dict[str, list[Place]] = {}
    documents = sorted({s.document.id for s in found})
    for i in range(0, len(documents), 500):
        block = documents[i : i + 500]
        for row in connection.execute(
            "SELECT d.id, a.outlet, a.published, a.title, a.path, a.url FROM appearance a JOIN document d ON d.pk = a.document "
            f"WHERE d.id IN ({','.join('?' * len(block))}) ORDER BY a.pk",
            block,
        ):
            places.setdefault(row[0], []).append(Place(*row))
    where = {d: tuple(sorted(p, key=_when)) for d, p in places.items()}
    found.sort(key=lambda s: (_when(where[s.document.id][0]), not s.content, s.start))
    first = found[0]
    variants = tuple(Variant(s, where[s.document.id], () if s is first else changes(first, s)) for s in found)
    (id_,) = connection.execute("SELECT id FROM statement WHERE pk = ?", (cluster,)).fetchone()
    return Quote(id_, variants)


def _when(p: Place) -> tuple[str, str]:
    """Sorts by publication: by day, then by moment; what has no hour comes after what has, what has no date at the end."""
    if not p.published:
        return "~", ""
    try:
        at = datetime.fromisoformat(p.published)
    except ValueError:
        return p.published[:10], "~"
    if len(p.published) <= 10:
        return p.published, "~"
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return at.date().isoformat(), at.isoformat()


def changes(first: Statement, other: Statement) -> tuple[Change, ...]:
    """What ``other``'s content cut, added or changed against that of ``first``. Case, accents and punctuation do not count."""
    from rapidfuzz.distance import Levenshtein

    was, now = _tokens(first), _tokens(other)
    out = []
    for op in Levenshtein.opcodes([k for k, _ in was], [k for k, _ in now]):
        if op.tag != "equal":
            name = {"delete": "cut", "insert": "added", "replace": "changed"}[op.tag]
            old, new = was[op.src_start : op.src_end], now[op.dest_start : op.dest_end]
            out.append(Change(name, " ".join(w for _, w in old), " ".join(w for _, w in new)))
    return tuple(out)


def _tokens(s: Statement) -> list[tuple[str, str]]:
    """The content's words: what is compared, and as they stand there."""
    found = ((folded(w).replace(" ", ""), w) for span in s.content for w in re.findall(r"\S+", span.text))
    return [(key, word) for key, word in found if key]
