"""Correcting a statement, adding one, and taking a correction back: one row each, and the tables follow."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any

from onrecord.errors import UsageError
from onrecord.record import columns, rows, writer
from onrecord.record.corrections import _SQL, Correction, active_in, made
from onrecord.record.fields import FIELDS, STATUSES, as_it_was, field_of, with_field
from onrecord.record.terms import Terms
from onrecord.statement import Statement, statement_id

__all__ = ["add", "correct", "undo"]

_ANCHORS = ("source", "cue", "content")
_LONGEST = 1000


def correct(connection: sqlite3.Connection, terms: Terms, id_: str, field: str, new: Any, *, who: str, why: str | None) -> Correction:
    """Set ``field`` of the statement ``id_`` to the JSON value ``new``, within the caller's transaction. Raises UsageError."""
    who, why = _signed(who, why)
    if field not in FIELDS:
        raise UsageError(f"there is no field {field!r:.40} to correct; there are {', '.join(FIELDS)}")
    pk, document, status = _found(connection, id_)
    (s,) = rows.statements(connection, [pk])
    if field == "status":
        if new not in STATUSES:
            raise UsageError("a status is accepted, rejected or null")
        old = status
    else:
        if status == "replaced":
            raise UsageError(f"statement {id_} was replaced by another; correct that one")
        old = field_of(s, field)
        changed = with_field(s, field, new)
        if field == "nested_in" and new is not None:
            _outer(connection, s, new)
        new = field_of(changed, field)
        if field in _ANCHORS:
            return _respan(connection, terms, s, changed, field, old, new, document, who, why)
    row = _insert(connection, s, field, old, new, who, why)
    _refresh(connection, terms, id_)
    columns.seal(connection)
    return row


def _respan(
    connection: sqlite3.Connection, terms: Terms, s: Statement, changed: Statement, field: str, old: Any, new: Any,
    document: int, who: str, why: str | None,
) -> Correction:  # fmt: skip
    """Other spans are another statement: it is added, with all else that is known of the old one, and the old one is marked replaced."""
    new_id = statement_id(s.document.digest, changed.source, changed.cue, changed.content)
    if new_id == s.id:
        raise UsageError(f"the {field} is that already")
    changed = replace(changed, id=new_id)
    changed.check()
    row = _insert(connection, s, field, old, new, who, why)
    connection.execute("UPDATE statement SET status = 'replaced' WHERE id = ?", (s.id,))
    columns.touch(connection, [_found(connection, s.id)[0]])
    if connection.execute("SELECT 1 FROM statement WHERE id = ?", (new_id,)).fetchone() is None:
        writer.write_statement(connection, terms, document, changed, run=None, corrected={}, at=None, origin="human")
        _insert(connection, changed, "statement", None, changed.to_dict(), who, f"correction {row.id} of {s.id}")
    columns.seal(connection)
    return row


def add(connection: sqlite3.Connection, terms: Terms, s: Statement, *, who: str, why: str | None) -> Correction:
    """Keep a statement made by a person; its id is computed anew from its spans."""
    who, why = _signed(who, why)
    s.check()
    s = replace(s, id=statement_id(s.document.digest, s.source, s.cue, s.content))
    row = connection.execute("SELECT pk FROM document WHERE digest = ?", (s.document.digest,)).fetchone()
    if row is None:
        raise UsageError(f"there is no document {s.document.id} in the record: add it first")
    held = connection.execute("SELECT status FROM statement WHERE id = ?", (s.id,)).fetchone()
    if held is not None:
        raise UsageError(f"the statement is there already, as {s.id}" + (f" ({held[0]})" if held[0] else ""))
    if s.nested_in is not None:
        _outer(connection, s, s.nested_in)
    made_row = _insert(connection, s, "statement", None, s.to_dict(), who, why)
    writer.write_statement(connection, terms, row[0], s, run=None, corrected={}, at=None, origin="human")
    columns.seal(connection)
    return made_row


def undo(connection: sqlite3.Connection, terms: Terms, number: int, *, who: str, why: str | None) -> Correction:
    """Take correction ``number`` back. Undoing an undoing is done by correcting again."""
    who, why = _signed(who, why)
    row = connection.execute(f"{_SQL} WHERE c.pk = ?", (number,)).fetchone()
    if row is None:
        raise UsageError(f"there is no correction {number}")
    c = made(row)
    if c.undone:
        raise UsageError(f"correction {number} was taken back before")
    if c.undoes is not None:
        raise UsageError(f"{number} took back correction {c.undoes}: to have that again, correct again")
    cursor = connection.execute(
        'INSERT INTO correction (statement, document, field, old, new, who, "when", why, undoes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        (c.statement, c.document, c.field, _json(c.new), _json(c.old), who, writer.now(), why, c.id),
    )
    if c.field in _ANCHORS:
        # The statement that took its place goes, unless somebody worked on it since: its row says which correction made it.
        for later in connection.execute(
            f"{_SQL} WHERE c.document = ? AND c.field = 'statement' AND c.why = ?", (c.document, f"correction {c.id} of {c.statement}")
        ).fetchall():
            added = made(later)
            if not added.undone:
                undo(connection, terms, added.id, who=who, why=f"with correction {c.id}")
    _refresh(connection, terms, c.statement)
    columns.seal(connection)
    found = connection.execute(f"{_SQL} WHERE c.pk = ?", (cursor.lastrowid,)).fetchone()
    return made(found)


def _refresh(connection: sqlite3.Connection, terms: Terms, id_: str) -> None:
    """Write a statement's row anew from what was read and the corrections that stand."""
    row = connection.execute(
        "SELECT s.pk, s.document, s.origin, s.as_read, s.run, d.id FROM statement s JOIN document d ON d.pk = s.document WHERE s.id = ?",
        (id_,),
    ).fetchone()
    if row is None:
        return
    pk, document, origin, as_read, run, document_id = row
    active = active_in(connection, document_id).get(id_, {})
    if origin == "human" and "statement" not in active:
        writer.remove_statement(connection, pk)
        return
    (s,) = rows.statements(connection, [pk])
    for field, value in json.loads(as_read or "{}").items():
        s = as_it_was(s, field, value)
    writer.write_statement(connection, terms, document, s, run=run, corrected=active, at=pk, origin=origin)


def _found(connection: sqlite3.Connection, id_: str) -> tuple[int, int, str | None]:
    row = connection.execute("SELECT pk, document, status FROM statement WHERE id = ?", (id_,)).fetchone()
    if row is None:
        raise UsageError(f"there is no statement {id_!r:.40} in the record")
    return row[0], row[1], row[2]


def _outer(connection: sqlite3.Connection, s: Statement, outer: str) -> None:
    """Raise UsageError unless ``outer`` is a statement of the same document, and ``s`` is none of those it is nested in."""
    at: str | None = outer
    seen = {s.id}
    while at is not None:
        if at in seen:
            raise UsageError(f"a statement cannot be nested in itself ({outer})")
        seen.add(at)
        row = connection.execute(
            "SELECT s.nested_in FROM statement s JOIN document d ON d.pk = s.document WHERE s.id = ? AND d.digest = ?",
            (at, s.document.digest),
        ).fetchone()
        if row is None:
            raise UsageError(f"there is no statement {at!r:.40} in the same document")
        at = row[0]


def _insert(connection: sqlite3.Connection, s: Statement, field: str, old: Any, new: Any, who: str, why: str | None) -> Correction:
    when = writer.now()
    cursor = connection.execute(
        'INSERT INTO correction (statement, document, field, old, new, who, "when", why) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        (s.id, s.document.id, field, _json(old), _json(new), who, when, why),
    )
    assert cursor.lastrowid is not None
    return Correction(cursor.lastrowid, s.id, s.document.id, field, old, new, who, when, why, None, False)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _signed(who: str, why: str | None) -> tuple[str, str | None]:
    who = " ".join((who or "").split())
    if not who or len(who) > 200:
        raise UsageError("say who corrects: a name of 1 to 200 characters")
    if why is not None and len(why) > _LONGEST:
        raise UsageError(f"the reason is longer than {_LONGEST} characters")
    return who, (why or None)
