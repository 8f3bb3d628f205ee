"""The documents of a record as a list, a page at a time, without their texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["DocumentRow", "document_rows"]


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
