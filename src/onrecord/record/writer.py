"""One document and its statements into the record, in one transaction: all of it or nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from onrecord.document import Document
from onrecord.errors import DamagedError, SpanError
from onrecord.record import clusters, columns, near
from onrecord.record.corrections import active_in
from onrecord.record.fields import field_of, with_field
from onrecord.record.rows import DOCUMENT_COLUMNS, PARTIES, ROLES, flat
from onrecord.record.terms import Terms
from onrecord.statement import Statement, statement_id

__all__ = ["Added", "checked", "now", "remove_statement", "touch", "write_document", "write_statement"]


@dataclass(frozen=True, slots=True)
class Added:
    """What one call of ``add`` did. ``new``: the document was not there before. ``statements``: rows of it now in the record.
    ``fresh``: how many of them were not there before."""

    document: str
    new: bool
    statements: int
    fresh: int = 0


def now() -> str:
    """This moment, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def checked(document: Document, statements: Sequence[Statement], *, others: Collection[str] = ()) -> None:
    """Raise SpanError or DamagedError unless every statement is of this document, holds the text's own words, and has the id it must.

    ``others``: ids of the document's statements that are in the record already.
    """
    text = document.text
    if "\x00" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)):
        raise DamagedError(document.path or document.id, "its text holds NUL or half characters", "clean it first")
    if not text:
        raise DamagedError(document.path or document.id, "its text is empty")
    seen: set[str] = set()
    for s in statements:
        if s.document is not document and s.document.digest != document.digest:
            raise SpanError(f"statement {s.id} is of another document ({s.document.id}, not {document.id})")
        s.check()
        if s.id != statement_id(document.digest, s.source, s.cue, s.content):
            raise SpanError(f"statement {s.id}: its id is not the hash of its document and spans")
        if s.id in seen:
            raise SpanError(f"statement {s.id} is there twice")
        seen.add(s.id)
    for s in statements:
        if s.nested_in is not None and s.nested_in not in seen and s.nested_in not in others:
            raise SpanError(f"statement {s.id} is nested in {s.nested_in}, which is not among its document's")


def write_document(
    connection: sqlite3.Connection,
    terms: Terms,
    document: Document,
    statements: Sequence[Statement],
    *,
    run: int,
    replace: bool,
    merge: bool = False,
    sign: bytes | None = None,
) -> Added:
    """Put a document and its statements in, within the caller's transaction.

    A document that is there already only gains an appearance, unless ``replace``: then its statements become these, ids that stay
    keep their corrections, and what a person added or judged stays; or ``merge``: then those that are not there yet join the others.
    ``sign``: the text's signature (near.py).
    """
    row = connection.execute("SELECT pk, outlet FROM document WHERE digest = ?", (document.digest,)).fetchone()
    held: set[str] = set()
    if row is not None and merge:
        held = {i for (i,) in connection.execute("SELECT id FROM statement WHERE document = ?", (row[0],))}
    checked(document, statements, others=held)
    moment = now()
    pk = _insert_document(connection, document, run, moment, sign) if row is None else row[0]
    terms.add("outlet", document.outlet)
    connection.execute("DELETE FROM refusal WHERE path = ?", (document.path,))
    fresh = _appear(connection, pk, document, run, moment)
    if row is not None and not replace:
        statements = [s for s in statements if s.id not in held] if merge else []
        if fresh and document.outlet and document.outlet != row[1]:
            touch(connection, (p for (p,) in connection.execute("SELECT pk FROM statement WHERE document = ?", (pk,)).fetchall()))
        if not statements:
            (count,) = connection.execute("SELECT count(*) FROM statement WHERE document = ?", (pk,)).fetchone()
            return Added(document.id, False, count)
    before = {}
    if row is not None and replace:
        # A day of publication that was not known before is taken in; one that was stays.
        connection.execute("UPDATE document SET run = ?, published = coalesce(published, ?) WHERE pk = ?", (run, document.published, pk))
        connection.execute(
            "UPDATE appearance SET published = ? WHERE document = ? AND published IS NULL AND path IS ? AND url IS ? AND outlet IS ?",
            (document.published, pk, document.path, document.url, document.outlet),
        )
        touch(connection, (p for (p,) in connection.execute("SELECT pk FROM statement WHERE document = ?", (pk,)).fetchall()))
        before = {i: (p, origin) for i, p, origin in connection.execute("SELECT id, pk, origin FROM statement WHERE document = ?", (pk,))}
    active = active_in(connection, document.id)
    ids = {s.id for s in statements}
    for id_, (old, origin) in before.items():
        if id_ not in ids and origin == "model" and not active.get(id_):
            remove_statement(connection, old)
    texts = {pk: document.text}
    for s in statements:
        write_statement(connection, terms, pk, s, run=run, corrected=active.get(s.id, {}), at=before.get(s.id, (None,))[0], texts=texts)
    (count,) = connection.execute("SELECT count(*) FROM statement WHERE document = ?", (pk,)).fetchone()
    columns.seal(connection)
    return Added(document.id, row is None, count, sum(s.id not in before for s in statements))


def _insert_document(connection: sqlite3.Connection, document: Document, run: int, moment: str, sign: bytes | None) -> int:
    (top,) = connection.execute("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'document'), 0)").fetchone()
    pk = int(top) + 1
    first = near.find_near(connection, sign)
    # All at once: a later change to the row would write its text a second time.
    values = {
        "pk": pk, "id": document.id, "digest": document.digest, "length": len(document.text), "words": len(document.text.split()),
        "run": run, "added": moment, "near": first or pk, "signature": sign, "text": document.text,
        **{c: getattr(document, c) for c in DOCUMENT_COLUMNS},
    }  # fmt: skip
    connection.execute(f"INSERT INTO document ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", list(values.values()))
    near.keep_bands(connection, pk, sign)
    return pk


def _appear(connection: sqlite3.Connection, pk: int, document: Document, run: int, moment: str) -> bool:
    fields = [c for c in DOCUMENT_COLUMNS if c != "language"]
    cursor = connection.execute(
        f"INSERT OR IGNORE INTO appearance (document, run, added, {', '.join(fields)}) VALUES (?, ?, ?, {', '.join('?' * len(fields))})",
        (pk, run, moment, *(getattr(document, c) for c in fields)),
    )
    return cursor.rowcount > 0


def write_statement(
    connection: sqlite3.Connection,
    terms: Terms,
    document: int,
    s: Statement,
    *,
    run: int | None,
    corrected: Mapping[str, Any],
    at: int | None,
    origin: str = "model",
    texts: dict[int, str] | None = None,
) -> int:
    """Insert a statement, or write it over the row with pk ``at``. ``corrected`` is laid over it. Returns the pk.

    ``texts``: of documents by pk, kept from one statement to the next within a transaction, so that a long one is read once.
    """
    shown, as_read, status = s, {}, corrected.get("status")
    for field, value in corrected.items():
        if field in ("status", "statement"):
            continue
        as_read[field] = field_of(s, field)
        if field == "act":
            as_read["plover"], as_read["cameo"] = s.plover, s.cameo
        shown = with_field(shown, field, value)
    terms.add_statement(shown)
    values = flat(shown) | {
        "origin": origin, "run": run, "status": status, "as_read": json.dumps(as_read, ensure_ascii=False) if as_read else None
    }  # fmt: skip
    if at is None:
        (top,) = connection.execute("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'statement'), 0)").fetchone()
        pk = int(top) + 1
        values |= {"pk": pk, "id": s.id, "document": document, "start": s.start, '"end"': s.end, "cluster": pk}
        connection.execute(f"INSERT INTO statement ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", list(values.values()))
        connection.execute("INSERT INTO content_fts (rowid, content) VALUES (?, ?)", (pk, content_of(s)))
        _write_spans(connection, pk, shown, range(len(ROLES)))
        clusters.link_statement(connection, pk, {} if texts is None else texts)
    else:
        pk = at
        connection.execute(f"UPDATE statement SET {', '.join(f'{c} = ?' for c in values)} WHERE pk = ?", [*values.values(), pk])
        connection.execute("DELETE FROM span WHERE statement = ? AND role = 3", (pk,))
        connection.execute("DELETE FROM party WHERE statement = ?", (pk,))
        _write_spans(connection, pk, shown, (3,))
        touch(connection, (pk,))
    connection.executemany(
        'INSERT INTO party (statement, role, n, name, code, id, start, "end") VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        [
            (pk, role, n, a.name, a.code, a.id, a.start, a.end)
            for role, name in enumerate(PARTIES)
            for n, a in enumerate(getattr(shown, name))
        ],
    )
    return pk


def _write_spans(connection: sqlite3.Connection, pk: int, s: Statement, roles: Iterable[int]) -> None:
    connection.executemany(
        'INSERT INTO span (statement, role, n, start, "end") VALUES (?, ?, ?, ?, ?)',
        [(pk, role, n, x.start, x.end) for role in roles for n, x in enumerate(getattr(s, ROLES[role]))],
    )


def content_of(s: Statement) -> str:
    """The words that the full text search sees: the fragments of the content, a space between."""
    return " ".join(x.text for x in s.content)


def remove_statement(connection: sqlite3.Connection, pk: int) -> None:
    """Take a statement out, with everything that hangs on it but its corrections."""
    (words,) = connection.execute("SELECT content FROM content_text WHERE pk = ?", (pk,)).fetchone()
    touch(connection, (pk,))
    clusters.unlink_statement(connection, pk)
    connection.execute("INSERT INTO content_fts (content_fts, rowid, content) VALUES ('delete', ?, ?)", (pk, words))
    connection.execute("DELETE FROM statement WHERE pk = ?", (pk,))


def touch(connection: sqlite3.Connection, pks: Iterable[int]) -> None:
    """Mark rows as changed, so that what was derived from them is made anew."""
    columns.touch(connection, pks)
