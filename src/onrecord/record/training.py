"""What people corrected, as data to learn from: whole texts with the statements that hold now and those that do not."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from onrecord.record import rows
from onrecord.record.corrections import corrections

__all__ = ["corrected_documents", "training_of"]


def corrected_documents(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Key and id of the documents that have corrections, in the order they came in."""
    return connection.execute("SELECT pk, id FROM document WHERE id IN (SELECT DISTINCT document FROM correction) ORDER BY pk").fetchall()


def training_of(connection: sqlite3.Connection, pk: int, id_: str) -> dict[str, Any] | None:
    """One document as data to learn from; null when no correction of it stands.

    ``document``: as in a statement, and ``digest`` and ``text``; ``statements``: those shown, as corrected, each with ``coded``: the
    fields that a person gave (``status`` among them; ``statement``: added by a person), and ``read``: what the model had said of them;
    ``rejected``: statements that a person said are none, or replaced by others; ``corrections``: the rows, those undone left out.
    Only what is ``coded``, accepted or rejected was looked at by a person.
    """
    made = [c for c in corrections(connection, document=id_) if c.undoes is None and not c.undone]
    if not made:
        return None
    coded: dict[str, set[str]] = {}
    for c in made:
        coded.setdefault(c.statement, set()).add(c.field)
    document = rows.documents(connection, [pk])[pk]
    found = connection.execute(
        'SELECT pk, id, status, as_read FROM statement WHERE document = ? ORDER BY start, "end" DESC, id', (pk,)
    ).fetchall()
    shown: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    for s, (_, sid, status, as_read) in zip(rows.statements(connection, [p for p, *_ in found]), found, strict=True):
        value = s.to_dict() | {"status": status, "coded": sorted(coded.get(sid, ())), "read": json.loads(as_read or "{}")}
        del value["document"]
        (rejected if status in ("rejected", "replaced") else shown).append(value)
    return {
        "document": document.to_dict() | {"digest": document.digest, "text": document.text},
        "statements": shown,
        "rejected": rejected,
        "corrections": [c.to_dict() for c in made],
    }
