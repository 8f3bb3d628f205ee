"""What is in a record, as a list: its documents a page at a time, and how much there is of everything."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["DocumentRow", "Overview", "document_rows", "overview"]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document without its text. ``statements``: how many are shown of it; ``appearances``: places where its text was met."""

    id: str
    title: str | None
    path: str | None
    outlet: str | None
    published: str | None
    words: int
    added: str
    statements: int
    appearances: int

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Overview:
    """How much a record holds. ``ingested``: when the last document came in, null for none; ``refusals``: files that could not be read."""

    documents: int
    statements: int
    corrections: int
    refusals: int
    ingested: str | None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def overview(connection: sqlite3.Connection) -> Overview:
    """Counts over the whole record: the statements by the highest number given, so that a million need not be visited."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM document), "
        "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'statement'), 0), "
        "(SELECT count(*) FROM correction), (SELECT count(*) FROM refusal), "
        "(SELECT added FROM document ORDER BY pk DESC LIMIT 1)"
    ).fetchone()
    return Overview(*row)


def document_rows(
    connection: sqlite3.Connection, *, words: str = "", outlets: Sequence[str] = (), offset: int = 0, limit: int = 50
) -> tuple[list[DocumentRow], int]:
    """Documents, the latest published first, and how many there are. ``words``: a part of the title or path, whatever its case."""
    tests, values = ["1"], []
    if words.strip():
        tests.append("(instr(lower(coalesce(title, '')), ?) OR instr(lower(coalesce(path, '')), ?))")
        values += [words.strip().lower()] * 2
    if outlets:
        tests.append(f"outlet IN ({','.join('?' * len(outlets))})")
        values += outlets
    where = " AND ".join(tests)
    (total,) = connection.execute(f"SELECT count(*) FROM document WHERE {where}", values).fetchone()
    found = connection.execute(
        f"SELECT id, title, path, outlet, published, words, added, (SELECT count(*) FROM statement s WHERE s.document = d.pk "
        f"AND coalesce(s.status, '') NOT IN ('rejected', 'replaced')), (SELECT count(*) FROM appearance a WHERE a.document = d.pk) "
        f"FROM document d WHERE pk IN (SELECT pk FROM document WHERE {where} ORDER BY published DESC, pk DESC LIMIT ? OFFSET ?) "
        f"ORDER BY published DESC, pk DESC",
        [*values, limit, offset],
    )
    return [DocumentRow(*row) for row in found], total
