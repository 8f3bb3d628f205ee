"""What can still be read of a damaged record, into a new one."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from onrecord.errors import DamagedRecordError, RecordError, UsageError
from onrecord.record import columns
from onrecord.record.connection import connect, guard, transaction
from onrecord.record.schema import APPLICATION_ID, VERSION
from onrecord.statement import Span, statement_id

__all__ = ["rescue"]

# In an order in which what a row refers to comes before it. What is derived is made anew.
_TABLES = ("run", "document", "appearance", "statement", "span", "party", "term", "correction", "saved_search", "refusal", "gram", "band")
_ORPHANS = (
    "DELETE FROM statement WHERE document NOT IN (SELECT pk FROM document) OR pk NOT IN (SELECT statement FROM span)",
    "DELETE FROM span WHERE statement NOT IN (SELECT pk FROM statement)",
    "DELETE FROM party WHERE statement NOT IN (SELECT pk FROM statement)",
    "DELETE FROM gram WHERE statement NOT IN (SELECT pk FROM statement)",
    "DELETE FROM band WHERE document NOT IN (SELECT pk FROM document)",
    "DELETE FROM appearance WHERE document NOT IN (SELECT pk FROM document)",
    "UPDATE statement SET nested_in = NULL WHERE nested_in NOT IN (SELECT id FROM statement)",
    "UPDATE statement SET run = NULL WHERE run NOT IN (SELECT pk FROM run)",
    "UPDATE document SET run = NULL WHERE run NOT IN (SELECT pk FROM run)",
    "UPDATE appearance SET run = NULL WHERE run NOT IN (SELECT pk FROM run)",
    "UPDATE refusal SET run = NULL WHERE run NOT IN (SELECT pk FROM run)",
    "UPDATE document SET near = pk WHERE near NOT IN (SELECT pk FROM document)",
    "UPDATE statement SET cluster = pk WHERE cluster NOT IN (SELECT pk FROM statement)",
)
_BLOCK = 1000


def rescue(damaged: Path, new: Path) -> dict[str, int]:
    """Copy every row of the record at ``damaged`` that can still be read to a new record at ``new``; the old file is not touched.

    A statement whose document or spans are lost is left out, so that no row lies. The files that were ingested are forgotten, so that the
    next ingest reads again what is missing. Returns how many rows of each table were saved. Raises UsageError when ``new`` is there,
    RecordError when nothing can be read.
    """
    if new.exists():
        raise UsageError(f"{new} is there already: name a new file")
    if not damaged.is_file():
        raise RecordError(str(damaged), "there is no such record", "check the name")
    with closing(sqlite3.connect(f"file:{damaged.absolute().as_posix()}?mode=ro", uri=True)) as old:
        old.text_factory = lambda b: b.decode("utf-8", "replace")
        _check(old, str(damaged))
        try:
            with closing(connect(new, "create")) as to:
                to.execute("PRAGMA foreign_keys=OFF")
                with guard(str(new)), transaction(to):
                    return _fill(old, to)
        except BaseException:
            for file in (new, Path(f"{new}-wal"), Path(f"{new}-shm")):
                file.unlink(missing_ok=True)
            raise


def _fill(old: sqlite3.Connection, to: sqlite3.Connection) -> dict[str, int]:
    saved = {table: _copy(old, to, table) for table in _TABLES}
    # A page of a long text has no checksum of its own; the digest tells, and a statement's id tells of its spans.
    to.create_function("sha256", 1, lambda text: hashlib.sha256(text.encode()).hexdigest(), deterministic=True)
    to.execute("DELETE FROM document WHERE sha256(text) <> digest")
    to.executemany("DELETE FROM statement WHERE pk = ?", list(_misnamed(to)))
    for statement in _ORPHANS:
        to.execute(statement)
    for table in ("document", "statement", "span"):
        (saved[table],) = to.execute(f"SELECT count(*) FROM {table}").fetchone()
    to.execute("INSERT INTO content_fts (content_fts) VALUES ('rebuild')")
    columns.rebuild(to)
    return saved


def _misnamed(to: sqlite3.Connection) -> Iterator[tuple[int]]:
    """Statements whose id is not the hash of their document and spans."""
    for pk, id_, digest in to.execute("SELECT s.pk, s.id, d.digest FROM statement s JOIN document d ON d.pk = s.document ORDER BY s.pk"):
        roles: list[list[Span]] = [[], [], []]
        for role, start, end in to.execute('SELECT role, start, "end" FROM span WHERE statement = ? AND role < 3 ORDER BY role, n', (pk,)):
            roles[role].append(Span(start, end, ""))
        if statement_id(digest, *roles) != id_:
            yield (pk,)


def _check(old: sqlite3.Connection, name: str) -> None:
    try:
        (application,) = old.execute("PRAGMA application_id").fetchone()
        (version,) = old.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as e:
        raise DamagedRecordError(name, "nothing of it can be read", "ingest the texts anew") from e
    if application != APPLICATION_ID or version != VERSION:
        raise DamagedRecordError(name, f"it does not say that it is a record of version {VERSION}", "ingest the texts anew")


def _copy(old: sqlite3.Connection, to: sqlite3.Connection, table: str) -> int:
    """Rows that arrived: one that breaks a check of the tables is passed over, one by one where a block holds any."""
    names = [r[1] for r in to.execute(f"PRAGMA table_info({table})")]
    insert = f"INSERT INTO {table} ({', '.join(chr(34) + n + chr(34) for n in names)}) VALUES ({', '.join('?' * len(names))})"
    key = [r[1] for r in sorted(to.execute(f"PRAGMA table_info({table})"), key=lambda r: r[5]) if r[5]]
    before = to.total_changes
    block: list[tuple[Any, ...]] = []

    def write() -> None:
        to.execute("SAVEPOINT block")
        try:
            to.executemany(insert, block)
        except sqlite3.IntegrityError:
            to.execute("ROLLBACK TO block")
            for row in block:
                with suppress(sqlite3.IntegrityError):
                    to.execute(insert, row)
        to.execute("RELEASE block")
        block.clear()

    for row in _readable(old, table, names, key):
        block.append(row)
        if len(block) == _BLOCK:
            write()
    write()
    return to.total_changes - before


def _readable(old: sqlite3.Connection, table: str, names: list[str], key: list[str]) -> Iterator[tuple[Any, ...]]:
    """Rows from the first on until one cannot be read, then from the last on backwards."""
    columns_ = ", ".join(f'"{n}"' for n in names)
    at = [names.index(k) for k in key]
    last: tuple[Any, ...] | None = None
    try:
        for row in old.execute(f"SELECT {columns_} FROM {table} ORDER BY {', '.join(key)}"):
            last = tuple(row[i] for i in at)
            yield row
        return
    except sqlite3.DatabaseError:
        pass
    with suppress(sqlite3.DatabaseError):
        for row in old.execute(f"SELECT {columns_} FROM {table} ORDER BY {', '.join(k + ' DESC' for k in key)}"):
            if last is not None and tuple(row[i] for i in at) <= last:
                return
            yield row
