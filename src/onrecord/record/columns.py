"""What searches filter and count by, as arrays: a search of a million statements must not visit a million rows.

Each statement's filterable fields are numbers (see terms.py). Those of every full block of ``CHUNK`` statements lie packed in
one row of ``chunk``, written in the transaction that filled or changed the block; the rows after the last full block are
read from the tables. ``Columns`` holds them all in memory, some 40 bytes a statement, and takes in what was written since.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from onrecord.record.schema import CHUNK

__all__ = ["EPOCH", "NO_MONTH", "PARTY_FIELDS", "Columns", "seal", "touch"]

Ints = npt.NDArray[np.int64]

#: Julian day number of 1970-01-01: days are counted in these, so that 0 can mean "no date".
EPOCH = 2440588
NO_MONTH = 0

_ROW = np.dtype(
    [
        ("document", "<i4"), ("speaker", "<i4"), ("role", "<i4"), ("country", "<i4"), ("outlet", "<i4"), ("cluster", "<i4"),
        ("first", "<i4"), ("last", "<i4"), ("published", "<i4"), ("confidence", "<f4"), ("act", "<i2"),
        ("kind", "u1"), ("status", "u1"), ("nested", "u1"), ("origin", "u1"), ("alive", "u1"), ("spare", "u1"),
    ]
)  # fmt: skip
# ``first`` and ``last``: the days of the date of saying, ``last`` exclusive; 0 where unresolved.
_PAIR = np.dtype([("pk", "<i4"), ("field", "<i2"), ("spare", "<i2"), ("code", "<i4")])
#: Every array of ``Columns`` and its type: those of a row, and what follows from its dates.
_KINDS = [*((n, _ROW[n]) for n in _ROW.names or ()), *((n, np.dtype("i4")) for n in ("since", "until", "month"))]
#: The fields of a row that are counted by, side by side in one more array: to visit a few rows of a million for all of them costs one
#: miss of the processor's cache a row in it, and one a field elsewhere.
TABLE = ("speaker", "role", "country", "outlet", "act", "kind", "month", "cluster")
#: Fields of which a statement can have several values, by their number in a pair. ``outlet``: those beyond the document's own.
PARTY_FIELDS = {"addressee": 0, "target": 1, "outlet": 2, "addressee_country": 3, "target_country": 4}

_ROWS_SQL = """
SELECT s.pk, s.document, coalesce(speaker.code, 0), coalesce(role.code, 0), coalesce(country.code, 0), coalesce(outlet.code, 0), s.cluster,
    coalesce(CAST(julianday(substr(s.date_start, 1, 10)) + 0.5 AS INTEGER), 0),
    coalesce(CAST(julianday(substr(s.date_end, 1, 10)) + 0.5 AS INTEGER), 0),
    coalesce(CAST(julianday(substr(d.published, 1, 10)) + 0.5 AS INTEGER), 0), s.confidence, coalesce(act.code, 0), coalesce(kind.code, 0),
    CASE s.status WHEN 'accepted' THEN 1 WHEN 'rejected' THEN 2 WHEN 'replaced' THEN 3 ELSE 0 END,
    s.nested_in IS NOT NULL, s.origin = 'human', 1, 0
FROM statement s JOIN document d ON d.pk = s.document
    LEFT JOIN term speaker ON speaker.field = 'speaker' AND speaker.value = coalesce(s.speaker_id, s.speaker_name)
    LEFT JOIN term role ON role.field = 'role' AND role.value = s.speaker_role
    LEFT JOIN term country ON country.field = 'country' AND country.value = s.speaker_country
    LEFT JOIN term outlet ON outlet.field = 'outlet' AND outlet.value = d.outlet
    LEFT JOIN term act ON act.field = 'act' AND act.value = s.act
    LEFT JOIN term kind ON kind.field = 'kind' AND kind.value = s.kind
WHERE s.pk > ? AND s.pk <= ?
"""
_PAIRS_SQL = """
SELECT DISTINCT * FROM (
    SELECT p.statement, p.role, 0, t.code FROM party p JOIN term t ON t.field = 'party' AND t.value = coalesce(p.id, p.name)
        WHERE p.statement > :lo AND p.statement <= :hi
    UNION ALL
    SELECT p.statement, p.role + 3, 0, t.code FROM party p JOIN term t ON t.field = 'country' AND t.value = p.code
        WHERE p.statement > :lo AND p.statement <= :hi
    UNION ALL
    SELECT s.pk, 2, 0, t.code FROM statement s JOIN document d ON d.pk = s.document JOIN appearance a ON a.document = d.pk
        JOIN term t ON t.field = 'outlet' AND t.value = a.outlet
        WHERE s.pk > :lo AND s.pk <= :hi AND a.outlet <> coalesce(d.outlet, '')
) ORDER BY 1, 2, 4
"""


def _rows(connection: sqlite3.Connection, lo: int, hi: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Statements with lo < pk <= hi, packed, and their pairs. Row i of the first is pk lo + 1 + i; gaps are not alive."""
    got = connection.execute(_ROWS_SQL, (lo, hi)).fetchall()
    top = max((r[0] for r in got), default=lo)
    rows = np.zeros(top - lo, _ROW)
    if got:
        at = np.array([r[0] for r in got], np.int64) - lo - 1
        rows[at] = np.array([r[1:] for r in got], _ROW)
    pairs = np.array(connection.execute(_PAIRS_SQL, {"lo": lo, "hi": hi}).fetchall(), _PAIR)
    return rows, pairs


def touch(connection: sqlite3.Connection, pks: Iterable[int]) -> None:
    """Note that these rows changed; ``seal`` packs their blocks anew."""
    connection.executemany("INSERT OR IGNORE INTO dirty VALUES (?)", [((pk - 1) // CHUNK,) for pk in pks])


def seal(connection: sqlite3.Connection) -> None:
    """The last step of every writing transaction: pack blocks that filled or changed, and give the record a new generation."""
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
    generation, sealed, top = connection.execute(
        "SELECT (SELECT value FROM meta WHERE key = 'generation'), (SELECT value FROM meta WHERE key = 'sealed'), "
        "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'statement'), 0)"
    ).fetchone()
    dirty = [n for (n,) in connection.execute("SELECT n FROM dirty ORDER BY n").fetchall()]
    full = top // CHUNK
    for n in sorted({*(n for n in dirty if n < sealed), *range(sealed, full)}):
        lo = n * CHUNK
        rows, pairs = _rows(connection, lo, lo + CHUNK)
        whole = np.zeros(CHUNK, _ROW)
        whole[: len(rows)] = rows
        connection.execute("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?)", (n, generation, whole.tobytes(), pairs.tobytes()))
    if full > sealed:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'sealed'", (full,))
    if dirty:
        if dirty[-1] >= full:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'tail'", (generation,))
        connection.execute("DELETE FROM dirty")


def rebuild(connection: sqlite3.Connection) -> None:
    """Pack every block anew, within the caller's transaction."""
    connection.execute("DELETE FROM chunk")
    connection.execute("UPDATE meta SET value = 0 WHERE key = 'sealed'")
    connection.execute("UPDATE meta SET value = (SELECT value + 1 FROM meta WHERE key = 'generation') WHERE key = 'tail'")
    seal(connection)


class Pairs:
    """Every value of a field with several values a statement, by pk: those of pk lie at ``start[pk]`` to ``start[pk + 1]``."""

    __slots__ = ("code", "pk", "start")

    def __init__(self, pk: npt.NDArray[Any], code: npt.NDArray[Any], top: int) -> None:
        self.pk, self.code = pk, code
        self.start = np.zeros(top + 2, np.int32)
        np.cumsum(np.bincount(pk, minlength=top + 1), out=self.start[1:])

    def of(self, hits: Ints) -> tuple[Ints, Ints]:
        """The codes of the statements ``hits`` (ascending pks), and for each code the statement that has it."""
        if len(hits) * 4 > len(self.start):
            wanted = np.zeros(len(self.start), bool)
            wanted[hits] = True
            there = wanted[self.pk]
            return self.code[there], self.pk[there]
        lo = self.start[hits]
        n = self.start[hits + 1] - lo
        ends = np.cumsum(n)
        at = np.arange(ends[-1] if len(ends) else 0) + np.repeat(lo - (ends - n), n)
        return self.code[at], self.pk[at]

    def of_few(self, hits: Ints) -> list[int]:
        """The codes of the statements ``hits``, for hits that are few."""
        out: list[int] = []
        for lo, hi in zip(self.start[hits].tolist(), self.start[hits + 1].tolist(), strict=True):
            if hi > lo:
                out += self.code[lo:hi].tolist()
        return out


class Columns:
    """Arrays indexed by a statement's pk (0 is unused), as they were at one generation: never changed once made.

    ``made``: what was worked out from them. ``labels``: value and label of terms by field and number, which never change once given.
    """

    def __init__(self) -> None:
        self.generation = -1
        self.sealed = 0
        self.top = 0
        self.made: dict[Any, Any] = {}
        self.labels: dict[tuple[str, int], tuple[str, str]] = {}
        # Longer than ``top``: what is behind it belongs to later generations, which share the arrays with this one.
        self._arrays: dict[str, npt.NDArray[Any]] = {name: np.zeros(CHUNK, kind) for name, kind in _KINDS}
        self._arrays["table"] = np.zeros((CHUNK, len(TABLE)), np.int32)
        self._sealed_pairs: dict[int, npt.NDArray[Any]] = {}
        self._joined: npt.NDArray[Any] = np.zeros(0, _PAIR)
        self._tail_pairs: npt.NDArray[Any] = np.zeros(0, _PAIR)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._arrays[name][: self.top + 1]

    def at(self, connection: sqlite3.Connection) -> Columns:
        """The columns as the read transaction of ``connection`` sees them: these, or new ones that share with these what did not change.

        Of one record only one thread at a time may call this; those who use older columns are not disturbed.
        """
        got = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('generation', 'sealed', 'tail')").fetchall())
        generation, sealed, tail = got["generation"], got["sealed"], got["tail"]
        if generation == self.generation:
            return self
        if generation < self.generation:  # a transaction older than the last search, or another file in the place of the old one
            return Columns().at(connection)
        (top,) = connection.execute("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'statement'), 0)").fetchone()
        new = Columns()
        new.generation, new.sealed, new.top, new.labels = generation, sealed, top, self.labels
        new._arrays, new._joined = dict(self._arrays), self._joined
        new._sealed_pairs = dict(self._sealed_pairs)
        new._make_room(self.top)
        changed = False
        for n, rows, pairs in connection.execute(
            "SELECT n, rows, pairs FROM chunk WHERE generation > ? AND n < ? ORDER BY n", (self.generation, sealed)
        ):
            new._take(n * CHUNK, np.frombuffer(rows, _ROW), self)
            new._sealed_pairs[n] = np.frombuffer(pairs, _PAIR)
            changed = True
        if changed:
            new._joined = np.concatenate([new._sealed_pairs[n] for n in sorted(new._sealed_pairs)])
        lo = sealed * CHUNK
        start = lo if tail > self.generation or sealed != self.sealed or self.generation < 0 else max(lo, self.top)
        rows, pairs = _rows(connection, start, top)
        whole = np.zeros(top - start, _ROW)
        whole[: len(rows)] = rows
        new._take(start, whole, self)
        new._tail_pairs = pairs if start == lo else np.concatenate([self._tail_pairs, pairs])
        return new

    def _make_room(self, used: int) -> None:
        if self.top < len(self._arrays["since"]):
            return
        for name, held in self._arrays.items():
            wider = np.zeros((self.top + self.top // 4 + CHUNK, *held.shape[1:]), held.dtype)
            wider[: used + 1] = held[: used + 1]
            self._arrays[name] = wider

    def _take(self, lo: int, rows: npt.NDArray[Any], before: Columns) -> None:
        """Put rows in from pk ``lo`` + 1 on. Those that ``before`` has too are written to copies, if they changed at all."""
        part = slice(lo + 1, lo + 1 + len(rows))
        # The date of saying where it is known, else the day of publication.
        known = rows["first"] > 0
        since = np.where(known, rows["first"], rows["published"])
        until = np.where(known, np.maximum(rows["last"], rows["first"] + 1), rows["published"] + (rows["published"] > 0))
        months = (since.astype("i8") - EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype("i8") + 1970 * 12
        made = {"since": since, "until": until, "month": np.where(since > 0, months, NO_MONTH)}
        made["table"] = np.stack([made[n] if n in made else rows[n] for n in TABLE], axis=1).astype(np.int32)
        old = max(0, min(before.top - lo, len(rows)))
        for name in self._arrays:
            values = made[name] if name in made else rows[name]
            held = self._arrays[name]
            if held is before._arrays[name] and not np.array_equal(held[lo + 1 : lo + 1 + old], values[:old]):
                held = self._arrays[name] = held.copy()
            if held is before._arrays[name]:
                held[lo + 1 + old : part.stop] = values[old:]
            else:
                held[part] = values

    def pairs(self, field: str) -> Pairs:
        """Every value of a field with several values."""
        made: Pairs | None = self.made.get(("pairs", field))
        if made is None:
            number = PARTY_FIELDS[field]
            joined = np.concatenate([self._joined, self._tail_pairs]) if len(self._tail_pairs) else self._joined
            kept = joined[joined["field"] == number]
            made = self.made["pairs", field] = Pairs(np.ascontiguousarray(kept["pk"]), np.ascontiguousarray(kept["code"]), self.top)
        return made

    def repeated(self) -> npt.NDArray[np.bool_]:
        """By pk: does another statement report the same words (is of the same cluster)?"""
        made: npt.NDArray[np.bool_] | None = self.made.get("repeated")
        if made is None:
            clusters = self["cluster"]
            made = self.made["repeated"] = (np.bincount(clusters, minlength=self.top + 1) > 1)[clusters]
        return made
