"""What people corrected, as data to learn from: whole texts with the statements that hold now and those that do not."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from onrecord.record import rows
from onrecord.record.corrections import corrections

__all__ = ["training"]


def training(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """One object for each document in which a correction stands, in the order they came in:

    ``document``: as in a statement, and ``digest`` and ``text``; ``statements``: those shown, as corrected, each with ``coded``: the
    fields that a person gave (``status`` among them; ``statement``: added by a person), and ``read``: what the model had said of them;
    ``rejected``: statements that a person said are none, or replaced by others; ``corrections``: the rows, those undone left out.
    Only what is ``coded``, accepted or rejected was looked at by a person.
    """
    ids = [d for (d,) in connection.execute("SELECT DISTINCT document FROM correction").fetchall()]
    pks: list[tuple[int, str]] = []
    for i in range(0, len(ids), 500):
        block = ids[i : i + 500]
        marks = ",".join("?" * len(block))
        pks += connection.execute(f"SELECT pk, id FROM document WHERE id IN ({marks})", block).fetchall()
    for pk, id_ in sorted(pks):
        made = [c for c in corrections(connection, document=id_) if c.undoes is None and not c.undone]
        if not made:
            continue
        coded: dict[str, list[str]] = {}
        for c in made:
            coded.setdefault(c.statement, []).append(c.field)
        document = rows.documents(connection, [pk])[pk]
        found = connection.execute(
            'SELECT pk, id, status, as_read FROM statement WHERE document = ? ORDER BY start, "end" DESC, id', (pk,)
        ).fetchall()
        shown: list[dict[str, Any]] = []
        rejected: list[dict[str, Any]] = []
        for s, (_, sid, status, as_read) in zip(rows.statements(connection, [p for p, *_ in found]), found, strict=True):
            value = s.to_dict() | {"status": status, "coded": sorted(set(coded.get(sid, ()))), "read": json.loads(as_read or "{}")}
            del value["document"]
            (rejected if status in ("rejected", "replaced") else shown).append(value)
        yield {
            "document": document.to_dict() | {"digest": document.digest, "text": document.text},
            "statements": shown,
            "rejected": rejected,
            "corrections": [c.to_dict() for c in made],
        }
