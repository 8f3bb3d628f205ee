"""Queries in SQL by whoever can type them: they read, and nothing else, within bounds of time, rows and memory.

SQLite's own authorizer says no to everything but reading, before a query runs; a bound on steps ends one that runs on.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.errors import OnrecordError, UsageError
from onrecord.record.connection import connect, guard

__all__ = ["ROWS", "SECONDS", "Answer", "ask"]

#: Bounds on a query unless told otherwise.
ROWS, SECONDS = 10_000, 30.0
_LONGEST_QUERY = 100_000
# Bytes of one value, which is what the longest text that is read may have, and of a whole answer.
_LONGEST_VALUE, _LARGEST_ANSWER = 64 << 20, 256 << 20
# Steps of SQLite's virtual machine between two looks at the clock: some tenths of a millisecond.
_STEPS = 10_000

_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
_NO_FUNCTIONS = {"load_extension", "fts3_tokenizer", "writefile", "readfile", "edit"}
_WHAT = {
    **dict.fromkeys((sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE), "writing to a table"),
    sqlite3.SQLITE_ATTACH: "opening another file (ATTACH)",
    sqlite3.SQLITE_DETACH: "DETACH",
    sqlite3.SQLITE_PRAGMA: "PRAGMA",
    sqlite3.SQLITE_TRANSACTION: "a transaction",
    sqlite3.SQLITE_SAVEPOINT: "a savepoint",
    sqlite3.SQLITE_FUNCTION: "that function",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave: names of the columns, rows of plain values, and whether there were more rows than asked for."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Each row by column name; bytes as hex."""
        for row in self.rows:
            yield {c: v.hex() if isinstance(v, bytes) else v for c, v in zip(self.columns, row, strict=True)}


def ask(path: Path, query: str, *, rows: int = ROWS, seconds: float = SECONDS) -> Answer:
    """Run one SELECT on the record at ``path``, read only: at most ``rows`` rows, for at most ``seconds``.

    The time is looked at between steps of the query; one call of a function on a huge value may outlast it.
    Raises UsageError for what is not a reading query or has a mistake in it, OnrecordError when the time is up,
    RecordError when the record cannot be read.
    """
    if len(query) > _LONGEST_QUERY:
        raise UsageError(f"the query is longer than {_LONGEST_QUERY:,} characters")
    if "\x00" in query:
        raise UsageError("the query has a NUL character in it")
    connection = connect(path, "r")
    try:
        return _ask(connection, str(path), query, rows, seconds)
    finally:
        connection.close()


def _ask(connection: sqlite3.Connection, name: str, query: str, rows: int, seconds: float) -> Answer:
    refused: list[str] = []

    def authorize(action: int, _first: str | None, second: str | None, _database: str | None, _by: str | None) -> int:
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _NO_FUNCTIONS:
            refused.append(f"the function {second}")
            return sqlite3.SQLITE_DENY
        if action in _READING:
            return sqlite3.SQLITE_OK
        refused.append(_WHAT.get(action, "changing the tables"))
        return sqlite3.SQLITE_DENY

    # The full text index sets itself up at its first use, by means that are then no longer allowed.
    connection.execute("SELECT rowid FROM content_fts WHERE content_fts MATCH 'x' LIMIT 1").fetchone()
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)
    connection.set_authorizer(authorize)
    until = time.monotonic() + seconds
    over = threading.Event()

    def late() -> int:
        if time.monotonic() > until:
            over.set()
            return 1
        return 0

    connection.set_progress_handler(late, _STEPS)
    try:
        with guard(name):
            try:
                cursor = connection.execute(query)
                if cursor.description is None:
                    raise UsageError("the query gives no rows: write one that begins with SELECT or WITH")
                columns = tuple(c[0] for c in cursor.description)
                got, cut = _fetch(cursor, rows)
            except (sqlite3.ProgrammingError, sqlite3.Warning) as e:
                if "one statement" in str(e):
                    raise UsageError("give one query at a time") from e
                raise UsageError(f"the query cannot be run: {e}") from e
            except sqlite3.DataError as e:
                raise UsageError(f"a value in the answer is too long: {e}") from e
            except sqlite3.OperationalError as e:
                if over.is_set():
                    raise OnrecordError(f"the query took longer than {seconds:g} s and was stopped (add a LIMIT, or ask for less)") from e
                if refused:
                    raise _refusal(refused) from e
                if e.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG):
                    raise UsageError(f"the query cannot be run: {e}") from e
                raise
            except sqlite3.DatabaseError as e:
                if refused:
                    raise _refusal(refused) from e
                raise
            except (MemoryError, OverflowError) as e:
                raise OnrecordError("the query wants more memory than it may have (ask for less)") from e
    finally:
        connection.set_progress_handler(None, 0)
    return Answer(columns, got, cut)


def _refusal(refused: list[str]) -> UsageError:
    return UsageError(f"only reading is allowed here, not {refused[0]}: write a SELECT on the views in docs/record.md")


def _fetch(cursor: sqlite3.Cursor, rows: int) -> tuple[tuple[tuple[Any, ...], ...], bool]:
    got: list[tuple[Any, ...]] = []
    size = 0
    for row in cursor:
        if len(got) == rows:
            return tuple(got), True
        size += sum(len(v) for v in row if isinstance(v, (str, bytes)))
        if size > _LARGEST_ANSWER:
            raise UsageError(f"the answer is larger than {_LARGEST_ANSWER >> 20} MiB (leave out the texts, or add a LIMIT)")
        got.append(tuple(row))
    return tuple(got), False
