"""Connections to a record's file: opened with the right settings, brought to the present version, errors in plain words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from onrecord.errors import (
    BusyRecordError,
    DamagedRecordError,
    FullRecordError,
    NewerRecordError,
    ReadOnlyRecordError,
    RecordError,
)
from onrecord.record.schema import APPLICATION_ID, MIGRATIONS, VERSION, VIEWS

__all__ = ["Mode", "connect", "guard", "transaction"]

Mode = Literal["r", "rw", "create"]

#: How long a writer waits for another one before it gives up, in seconds.
PATIENCE = 30.0


def connect(path: Path, mode: Mode, *, patience: float = PATIENCE) -> sqlite3.Connection:
    """Open the record at ``path`` and check that it is one that this program knows; takes the same time whatever its size.

    ``r``: read only, the file must exist. ``rw``: must exist. ``create``: made if absent. A record of an earlier version is
    brought to the present one by ``rw`` and ``create``. Raises RecordError.
    """
    name = str(path)
    if mode != "create" and not path.exists():
        raise RecordError(name, "there is no such record", "make one with: onrecord ingest TEXTS --record " + name)
    if path.is_dir():
        raise RecordError(name, "it is a folder, not a record")
    if not path.parent.is_dir():
        raise RecordError(name, "its folder does not exist", "make the folder first")
    with guard(name):
        connection = _open(path, mode, patience)
    try:
        with guard(name):
            if mode == "r" and _version(connection) < VERSION and os.access(path, os.W_OK):
                # An earlier version is brought up to date by the first who opens it and may write.
                connection.close()
                connect(path, "rw", patience=patience).close()
                connection = _open(path, mode, patience)
            _settle(connection, name, mode)
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    """Version of the record's tables; ``VERSION`` for what is no record, which is told apart elsewhere."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version) if application == APPLICATION_ID else VERSION


def _open(path: Path, mode: Mode, patience: float) -> sqlite3.Connection:
    flag = {"r": "ro", "rw": "rw", "create": "rwc"}[mode]
    address = "file:" + quote(os.fspath(path.absolute()))
    # One connection is used by one thread at a time; record/store.py sees to that.
    options: dict[str, Any] = {"uri": True, "timeout": patience, "isolation_level": None, "check_same_thread": False}
    connection: sqlite3.Connection = sqlite3.connect(f"{address}?mode={flag}", **options)
    if mode == "r":
        try:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.OperationalError:
            # On a medium that cannot be written to, SQLite cannot make the small file that readers of a WAL share. Nobody else can
            # write there either, so the file may be read as it lies; but only if no WAL with further rows lies beside it.
            wal = Path(f"{path}-wal")
            if os.access(path.parent, os.W_OK) or (wal.exists() and wal.stat().st_size):
                connection.close()
                raise
            connection.close()
            connection = sqlite3.connect(f"{address}?mode=ro&immutable=1", **options)
    return connection


def _settle(connection: sqlite3.Connection, name: str, mode: Mode) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    empty = not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
    if empty and application == 0 and version == 0:
        if mode == "r":
            raise DamagedRecordError(name, "it is empty", "fill it with: onrecord ingest TEXTS --record " + name)
    elif application != APPLICATION_ID:
        raise DamagedRecordError(name, "it is a database, but not a record of onrecord", "check the name")
    if version > VERSION:
        raise NewerRecordError(
            name, f"it was written by a later onrecord (its version is {version}, this program knows {VERSION})", "upgrade onrecord"
        )
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA mmap_size=1073741824")
    connection.execute("PRAGMA cache_size=-65536")
    if mode == "r":
        connection.execute("PRAGMA query_only=ON")
        if version < VERSION:
            raise RecordError(
                name, f"it is of version {version}, and not yet of {VERSION}, and may not be written to", "open it once where it may"
            )
        return
    connection.execute("PRAGMA journal_mode=WAL")
    # With WAL, NORMAL keeps every committed row through the death of a process; a power cut may cost the last ones, never the file.
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA temp_store=MEMORY")
    if version < VERSION:
        _migrate(connection)


def _migrate(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        # Looked at again under the lock: two programs may open a new file at once.
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        for script in MIGRATIONS[version:]:
            for statement in _statements(script):
                connection.execute(statement)
        if version < VERSION:
            for view, body in VIEWS.items():
                connection.execute(f"DROP VIEW IF EXISTS {view}")
                connection.execute(f"CREATE VIEW {view} AS {body}")
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={VERSION}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one (``executescript`` would end the transaction that makes the step whole or nothing)."""
    part = ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            yield part
            part = ""
    if part.strip():
        raise ValueError("the script ends within a statement")


@contextmanager
def transaction(connection: sqlite3.Connection, *, write: bool = True) -> Iterator[None]:
    """All or nothing: commit at the end, undo on any error. A read transaction sees one moment of the record."""
    connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk ends the transaction by itself
            connection.execute("ROLLBACK")
        raise


@contextmanager
def guard(name: str) -> Iterator[None]:
    """Turn SQLite's errors into a RecordError that says what to do; ``name`` is the record's path."""
    try:
        yield
    except sqlite3.Error as e:
        raise _plain(name, e) from e


def _plain(name: str, e: sqlite3.Error) -> RecordError:
    words = str(e)
    code = getattr(e, "sqlite_errorname", "") or ""
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return BusyRecordError(name, "another program is writing to it", "try again when that has ended")
    if code.startswith("SQLITE_FULL") or code == "SQLITE_IOERR_WRITE":
        return FullRecordError(name, "there is no room left to write", "free some space and run again: what was finished is kept")
    if code.startswith("SQLITE_READONLY"):
        return ReadOnlyRecordError(name, "it may not be written to", "check its permissions and its folder's")
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DamagedRecordError(name, "it is not a record, or it is damaged", "save what can be read: onrecord rescue OLD NEW")
    if code.startswith("SQLITE_CANTOPEN") or code.startswith("SQLITE_PERM"):
        return RecordError(name, "it cannot be opened", "check its permissions and its folder's")
    if code.startswith("SQLITE_IOERR"):
        return RecordError(name, "the disk could not be read or written", "check the disk")
    return RecordError(name, words[:200])
