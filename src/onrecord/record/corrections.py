"""What people corrected: rows that are only ever added, and what they come to when laid over what the model read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Correction", "active_in", "coders", "corrections", "latest", "of_several"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One row: ``who`` set ``field`` of a statement from ``old`` to ``new`` (JSON values), ``when`` (UTC) and ``why``.

    ``undoes``: number of the correction that this one takes back. ``undone``: a later row took this one back.
    ``field`` is ``statement`` for a statement that a person added.
    """

    id: int
    statement: str
    document: str
    field: str
    old: Any
    new: Any
    who: str
    when: str
    why: str | None
    undoes: int | None
    undone: bool

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


_SQL = """SELECT c.pk, c.statement, c.document, c.field, c.old, c.new, c.who, c."when", c.why, c.undoes,
    EXISTS (SELECT 1 FROM correction u WHERE u.undoes = c.pk) FROM correction c"""


def corrections(
    connection: sqlite3.Connection,
    *,
    statement: str | None = None,
    document: str | None = None,
    who: str | None = None,
    field: str | None = None,
) -> Iterator[Correction]:
    """Corrections in the order they were made, undone ones and undoings too."""
    wanted = {"c.statement": statement, "c.document": document, "c.who": who, "c.field": field}
    given = {k: v for k, v in wanted.items() if v is not None}
    where = " WHERE " + " AND ".join(f"{k} = ?" for k in given) if given else ""
    for row in connection.execute(f"{_SQL}{where} ORDER BY c.pk", list(given.values())):
        yield made(row)


def latest(connection: sqlite3.Connection, *, offset: int = 0, limit: int = 50, **wanted: str | None) -> tuple[list[Correction], int]:
    """A page of what ``corrections`` gives for the same conditions, the latest first, and how many there are in all."""
    given = {k: v for k, v in wanted.items() if v is not None}
    where = " WHERE " + " AND ".join(f"c.{k} = ?" for k in given) if given else ""
    (total,) = connection.execute(f"SELECT count(*) FROM correction c{where}", list(given.values())).fetchone()
    rows = connection.execute(f"{_SQL}{where} ORDER BY c.pk DESC LIMIT ? OFFSET ?", [*given.values(), limit, offset])
    return [made(r) for r in rows], int(total)


def of_several(connection: sqlite3.Connection, coders: Sequence[str] = ()) -> Iterator[Correction]:
    """All corrections of the statements on which at least two of ``coders`` (by default of all) worked, in the order they were made."""
    whose = f" WHERE who IN ({','.join('?' * len(coders))})" if coders else ""
    several = f"SELECT statement FROM correction{whose} GROUP BY statement HAVING count(DISTINCT who) > 1"
    for row in connection.execute(f"{_SQL} WHERE c.statement IN ({several}) ORDER BY c.pk", list(coders)):
        yield made(row)


def coders(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Who corrected, and how many statements each worked on, most first; what was taken back does not count."""
    return [
        (str(who), int(n))
        for who, n in connection.execute(
            "SELECT who, count(DISTINCT statement) AS n FROM correction c WHERE undoes IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM correction u WHERE u.undoes = c.pk) GROUP BY who ORDER BY n DESC, who"
        )
    ]


def made(row: tuple[Any, ...]) -> Correction:
    pk, statement, document, field, old, new, who, when, why, undoes, undone = row
    before, after = (None if x is None else json.loads(x) for x in (old, new))
    return Correction(pk, statement, document, field, before, after, who, when, why, undoes, bool(undone))


def active_in(connection: sqlite3.Connection, document: str) -> dict[str, dict[str, Any]]:
    """By statement id, the fields that corrections set now and to what. The last one that was not undone counts."""
    out: dict[str, dict[str, Any]] = {}
    for c in corrections(connection, document=document):
        if c.undoes is None and not c.undone:
            out.setdefault(c.statement, {})[c.field] = c.new
    return out
