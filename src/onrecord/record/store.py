"""The record: one file of documents and the statements in them, searched, counted and corrected."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any

from onrecord.document import Document
from onrecord.errors import DamagedRecordError, ReadOnlyRecordError, RecordError, SourceError, UsageError
from onrecord.record import correct as correcting
from onrecord.record import corrections as corrected
from onrecord.record import counts, listing, names, near, rows, sql, training
from onrecord.record import search as searching
from onrecord.record.agreement import CODED, Agreement, Compared, agreement, side_by_side
from onrecord.record.columns import Columns
from onrecord.record.connection import PATIENCE, Mode, connect, guard, transaction
from onrecord.record.corrections import Correction
from onrecord.record.positions import LEAST, MOST, Positions, compare
from onrecord.record.query import Query
from onrecord.record.search import FacetValue, Note, Page
from onrecord.record.speakers import SpeakerRow, speakers
from onrecord.record.stats import Stats, stats
from onrecord.record.terms import Terms
from onrecord.record.timeline import Moment, timeline
from onrecord.record.writer import Added, now, write_document
from onrecord.statement import Statement

__all__ = ["DEFAULT_FACETS", "Record", "SavedSearch"]

#: The facets that a search counts unless told otherwise.
DEFAULT_FACETS = ("speaker", "country", "act", "target", "kind", "outlet", "month")


class Record:
    """An open record. May be used from several threads; each gets its own connection. Close it, or use it in a ``with``.

    Every method raises RecordError when the file cannot be read or written, with what to do.
    """

    def __init__(self, path: str | Path, mode: Mode = "r", *, patience: float = PATIENCE) -> None:
        self.path, self.mode = Path(path), mode
        self._patience = patience
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.RLock()  # one writer, and one at a time brings the columns up to date
        self._columns = Columns()
        self._terms: Terms | None = None
        self._run: int | None = None
        self._closed = False
        self._connection()
        if mode == "create":
            self.mode = "rw"

    @classmethod
    def open(cls, path: str | Path, mode: Mode = "r", *, patience: float = PATIENCE) -> Record:
        """Open the record at ``path``: ``r`` to read, ``rw`` to write, ``create`` to write and make it if absent.

        ``patience``: seconds to wait for another writer. Takes the same time whatever the record's size.
        """
        return cls(path, mode, patience=patience)

    def __enter__(self) -> Record:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections. Nothing is lost if this is never called."""
        with self._lock:
            self._closed = True
            while self._all:
                self._all.pop().close()

    def _connection(self) -> sqlite3.Connection:
        if self._closed:
            raise RecordError(str(self.path), "the record has been closed")
        held: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if held is None:
            held = connect(self.path, self.mode, patience=self._patience)
            self._local.connection = held
            with self._lock:
                self._all.append(held)
        return held

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One moment of the record."""
        connection = self._connection()
        with guard(str(self.path)):
            if connection.in_transaction:  # within another reading of this thread
                yield connection
                return
            with transaction(connection, write=False):
                yield connection

    @contextmanager
    def _writing(self) -> Iterator[tuple[sqlite3.Connection, Terms]]:
        if self.mode == "r":
            raise ReadOnlyRecordError(str(self.path), "it was opened to be read", "open it with mode='rw'")
        with self._lock:
            connection = self._connection()
            if self._terms is None or self._terms.connection is not connection:
                self._terms = Terms(connection)
            try:
                with guard(str(self.path)), transaction(connection):
                    yield connection, self._terms
            except BaseException:
                self._terms.forget()
                raise

    @contextmanager
    def _searching(self) -> Iterator[tuple[sqlite3.Connection, Columns]]:
        with self._reading() as connection:
            with self._lock:
                try:
                    columns = self._columns = self._columns.at(connection)
                except (KeyError, TypeError, ValueError) as e:  # a block of columns that is not one
                    raise DamagedRecordError(str(self.path), "it is damaged", "save what can be read: onrecord rescue OLD NEW") from e
            yield connection, columns

    # -- writing

    def lean(self) -> None:
        """Take no more memory as the record grows: for a program that writes much and searches little."""
        with guard(str(self.path)):
            self._connection().execute("PRAGMA mmap_size=0").fetchone()
            self._connection().execute("PRAGMA cache_size=-32768")

    @contextmanager
    def sparing(self) -> Iterator[None]:
        """Within it this thread's reading keeps none of the file in memory: for going through all of a record that may be larger."""
        connection = self._connection()
        with guard(str(self.path)):
            (before,) = connection.execute("PRAGMA mmap_size").fetchone()
            connection.execute("PRAGMA mmap_size=0").fetchone()
        try:
            yield
        finally:
            if not self._closed:
                with guard(str(self.path)):
                    connection.execute(f"PRAGMA mmap_size={before}").fetchone()

    def start_run(self, *, model: str | None = None, options: dict[str, Any] | None = None) -> int:
        """Begin a run: what is added from now on is marked as read by ``model`` with this version of onrecord. Returns its number."""
        with self._writing() as (connection, _):
            cursor = connection.execute(
                "INSERT INTO run (started, model, code, options) VALUES (?, ?, ?, ?)",
                (now(), model, version("onrecord"), json.dumps(options or {}, ensure_ascii=False)),
            )
            self._run = cursor.lastrowid
            assert self._run is not None
            return self._run

    def end_run(self, run: int) -> None:
        """Note that a run came to its end."""
        with self._writing() as (connection, _):
            connection.execute("UPDATE run SET finished = ? WHERE pk = ?", (now(), run))

    def add(
        self,
        document: Document,
        statements: Sequence[Statement],
        *,
        run: int | None = None,
        replace: bool = False,
        merge: bool = False,
        signature: bytes | None = None,
    ) -> Added:
        """Keep a document and its statements, all or nothing. A text that is there already only gains an appearance, unless
        ``replace``: then the statements become these; those with the same id keep it and their corrections; or ``merge``: then
        those that are not there yet join the others, which stay as they are.

        Raises SpanError when a span does not hold the words it claims, DamagedError for a text that cannot be kept.
        """
        if run is None:
            run = self._run if self._run is not None else self.start_run()
        with self._writing() as (connection, terms):
            return write_document(
                connection, terms, document, statements, run=run, replace=replace, merge=merge,
                sign=signature or near.signature(document.text),
            )  # fmt: skip

    def log_file(self, path: str, size: int, modified: int, *, documents: int, refused: int, run: int) -> None:
        """Note that a file was gone through to its end."""
        with self._writing() as (connection, _):
            connection.execute(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?)", (path, size, modified, documents, refused, run, now())
            )
            connection.execute("DELETE FROM refusal WHERE path = ? AND run <> ?", (path, run))  # what was wrong then is no more

    def file_done(self, path: str, size: int, modified: int) -> bool:
        """Was this file gone through, and is it as it was then?"""
        with self._reading() as connection:
            found = connection.execute("SELECT 1 FROM file WHERE path = ? AND size = ? AND modified = ?", (path, size, modified))
            return found.fetchone() is not None

    def log_refusal(self, error: SourceError, *, run: int) -> None:
        """Note what could not be read, and why."""
        reason = error.reason + (f" ({error.advice})" if error.advice else "")
        with self._writing() as (connection, _):
            connection.execute(
                'INSERT OR REPLACE INTO refusal (path, error, reason, run, "when") VALUES (?, ?, ?, ?, ?)',
                (_text(error.path), type(error).__name__, _text(reason), run, now()),
            )

    # -- reading

    def refusals(self) -> list[tuple[str, str, str, str]]:
        """What ingests could not read and has not been read since: path, kind of error, reason, moment; by path."""
        with self._reading() as connection:
            return connection.execute('SELECT path, error, reason, "when" FROM refusal ORDER BY path').fetchall()

    def document(self, id: str) -> Document:
        """The document with this id. Raises UsageError if there is none."""
        with self._reading() as connection:
            row = connection.execute("SELECT pk FROM document WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise UsageError(f"there is no document {id!r:.40} in {self.path}")
            return rows.documents(connection, [row[0]])[row[0]]

    def has(self, digest: str) -> bool:
        """Is a document with this digest here?"""
        with self._reading() as connection:
            return connection.execute("SELECT 1 FROM document WHERE digest = ?", (digest,)).fetchone() is not None

    def published(self, digest: str) -> str | None:
        """When the document with this digest was published; null where that is not known, or there is no such document."""
        with self._reading() as connection:
            row = connection.execute("SELECT published FROM document WHERE digest = ?", (digest,)).fetchone()
            return row[0] if row else None

    def read_as(self, digest: str, run: int) -> bool:
        """Is a document with this digest here, last read by the model and the version of onrecord of ``run``?"""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT 1 FROM document d JOIN run o ON o.pk = d.run, run n "
                "WHERE d.digest = ? AND n.pk = ? AND o.model IS n.model AND o.code IS n.code",
                (digest, run),
            )
            return found.fetchone() is not None

    def statement(self, id: str) -> Statement:
        """The statement with this id, as corrected. Raises UsageError if there is none."""
        with self._reading() as connection:
            row = connection.execute("SELECT pk FROM statement WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise UsageError(f"there is no statement {id!r:.40} in {self.path}")
            return rows.statements(connection, [row[0]])[0]

    def held(self, ids: Iterable[str]) -> dict[str, Statement]:
        """The statements with these ids by id, as corrected; one that is not here is left out."""
        wanted = sorted(set(ids))
        out: dict[str, Statement] = {}
        with self._reading() as connection:
            for i in range(0, len(wanted), 500):
                block = wanted[i : i + 500]
                pks = connection.execute(f"SELECT pk FROM statement WHERE id IN ({','.join('?' * len(block))})", block).fetchall()
                out |= {s.id: s for s in rows.statements(connection, [p for (p,) in pks])}
        return out

    def resolve(self, id: str) -> tuple[str, str]:
        """What an id, or the first characters of one, stands for: ``statement`` or ``document``, and the whole id. Raises UsageError."""
        text = id.strip().lower()
        if not text or len(text) > 64 or set(text) - set("0123456789abcdef"):
            raise UsageError(f"{id!r:.40} is not an id: ids are made of 0-9 and a-f")
        with self._reading() as connection:
            found = [
                (kind, i)
                for kind in ("statement", "document")
                for (i,) in connection.execute(
                    f"SELECT id FROM {kind} WHERE id >= ? AND id < ? || 'g' ORDER BY id LIMIT 3", (text[:16],) * 2
                )
            ]
        if not found:
            raise UsageError(f"there is no statement or document {id!r:.40} in {self.path}")
        if len(found) > 1:
            raise UsageError(f"{id!r:.40} is the beginning of several ids ({', '.join(i for _, i in found)}): give more of it")
        return found[0]

    def statements_of(self, document: str) -> list[Statement]:
        """A document's statements in the order of its text, rejected ones left out."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT s.pk FROM statement s JOIN document d ON d.pk = s.document WHERE d.id = ? "
                "AND coalesce(s.status, '') NOT IN ('rejected', 'replaced') ORDER BY s.start, s.\"end\" DESC, s.id",
                (document,),
            ).fetchall()
            return rows.statements(connection, [p for (p,) in found])

    def note(self, id: str) -> Note:
        """Status, origin and cluster of the statement with this id. Raises UsageError if there is none."""
        with self._reading() as connection:
            row = connection.execute("SELECT pk FROM statement WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise UsageError(f"there is no statement {id!r:.40} in {self.path}")
            return searching.notes(connection, rows.kept(connection, [row[0]]))[id]

    def search(self, query: Query | str, *, facets: Sequence[str] = DEFAULT_FACETS) -> Page:
        """One page of the statements that meet ``query``, how many there are in all, and how they divide by ``facets``."""
        query = Query(text=query) if isinstance(query, str) else query
        with self._searching() as (connection, columns):
            return searching.page(connection, columns, query, facets)

    def facets(
        self, query: Query, fields: Sequence[str] = DEFAULT_FACETS, *, limit: int = searching.FACET_VALUES
    ) -> dict[str, tuple[FacetValue, ...]]:
        """Counts of what meets ``query`` by each field; a field's own filter is left out of its counts, so that others can be chosen."""
        with self._searching() as (connection, columns):
            chosen = searching.select(connection, columns, query, fields)
            return searching.facets(connection, columns, query, chosen, fields, limit)

    def count(self, query: Query) -> int:
        """How many statements (or clusters, if the query counts those) meet ``query``."""
        with self._searching() as (connection, columns):
            return searching.total(columns, query, searching.select(connection, columns, query).hits)

    def cross(self, query: Query, a: str, b: str, *, most: int = 20, across: int = 20) -> counts.Cross:
        """How the statements that meet ``query`` divide by two fields at once (see ``counts.cross``). Raises UsageError."""
        with self._searching() as (connection, columns):
            return counts.cross(connection, columns, query, a, b, most=most, across=across)

    def document_rows(
        self, *, words: str = "", outlets: Sequence[str] = (), offset: int = 0, limit: int = 50
    ) -> tuple[list[listing.DocumentRow], int]:
        """Documents without their texts, the latest published first, and how many there are in all."""
        with self._reading() as connection:
            return listing.document_rows(connection, words=words, outlets=outlets, offset=offset, limit=limit)

    def unmatched(self, query: Query) -> tuple[names.Unmatched, ...]:
        """The values of ``query``'s filters that nothing in the record answers to, with values that are spelt much like them."""
        with self._reading() as connection:
            return names.unmatched(connection, query)

    def timeline(self, query: Query, *, by: str = "month") -> tuple[Moment, ...]:
        """How many of what meets ``query`` were said in each ``day``, ``week``, ``month`` or ``year``, in order; undated ones first."""
        with self._searching() as (connection, columns):
            hits = searching.select(connection, columns, query).hits
            return timeline(columns, hits, by=by, clusters=query.count == "clusters")

    def speakers(self, query: Query, *, offset: int = 0, limit: int = 50) -> tuple[tuple[SpeakerRow, ...], int]:
        """Who speaks in what meets ``query``, those with the most statements first; and how many speakers there are in all."""
        with self._searching() as (connection, columns):
            hits = searching.select(connection, columns, query).hits
            return speakers(connection, columns, hits, offset=offset, limit=limit)

    def stats(self) -> Stats:
        """How much of everything the record holds, and by which models it was read."""
        with self._searching() as (connection, columns):
            return stats(connection, columns, self.path)

    def positions(self, query: Query, *, least: float = LEAST) -> Positions:
        """What meets ``query`` in the order of saying, and pairs that look like a change of position: candidates for a person to judge.

        ``query`` has a ``speaker`` or a ``country``; with a country alone, whoever speaks for it continues what others said. ``least``:
        how near two contents must be, 0 to 1. Raises UsageError.
        """
        if not query.speaker and not query.country:
            raise UsageError("say whose positions: a speaker or a country")
        wanted = replace(query, sort="oldest", page=1, count="statements")
        with self._searching() as (connection, columns):
            hits = searching.select(connection, columns, wanted).hits
            pks = [int(p) for p in searching.ordered(connection, columns, wanted, hits, 0, MOST)]
            kept = rows.kept(connection, pks)
            found = [k.statement for k in kept]
            changes = compare(found, searching.notes(connection, kept), by_country=not query.speaker, least=least)
        return Positions(tuple(found), len(hits), len(found), changes)

    def sql(self, query: str, *, rows: int = sql.ROWS, seconds: float = sql.SECONDS) -> sql.Answer:
        """Run one SELECT on the record's views, read only and within bounds (see ``sql.ask``). Raises UsageError, OnrecordError."""
        return sql.ask(self.path, query, rows=rows, seconds=seconds)

    def statements(self, query: Query | None = None) -> Iterator[Statement]:
        """Every statement that meets ``query`` in its order, whatever its page; a few hundred are in memory at a time."""
        query = query or Query(sort="added")
        with self._searching() as (connection, columns):
            chosen = searching.select(connection, columns, query)
            pks = searching.ordered(connection, columns, query, chosen.hits, 0, max(1, len(chosen.hits)))
        for i in range(0, len(pks), 200):
            with self._reading() as connection:
                yield from rows.statements(connection, [int(p) for p in pks[i : i + 200]])

    def documents(self) -> Iterator[Document]:
        """Every document, in the order they came in."""
        last = 0
        while True:
            with self._reading() as connection:
                pks = [p for (p,) in connection.execute("SELECT pk FROM document WHERE pk > ? ORDER BY pk LIMIT 100", (last,))]
                found = rows.documents(connection, pks)
            if not pks:
                return
            for pk in pks:
                yield found[pk]
            last = pks[-1]

    def documents_not_read_as(self, run: int) -> Iterator[Document]:
        """Every document that was last read by another model or another version of onrecord than those of ``run``."""
        last = 0
        while True:
            with self._reading() as connection:
                found = connection.execute(
                    "SELECT d.pk FROM document d LEFT JOIN run o ON o.pk = d.run, run n WHERE n.pk = ? AND d.pk > ? "
                    "AND (o.model IS NOT n.model OR o.code IS NOT n.code) ORDER BY d.pk LIMIT 100",
                    (run, last),
                ).fetchall()
                made = rows.documents(connection, [p for (p,) in found])
            if not found:
                return
            for (pk,) in found:
                yield made[pk]
            last = found[-1][0]

    # -- corrections

    def correct(self, statement: str, field: str, new: Any, *, who: str, why: str | None = None) -> Correction:
        """Set a field of a statement, as ``Statement.to_dict`` shows it, to a JSON value; or its ``status`` to accepted, rejected or null.

        New spans (``source``, ``cue``, ``content``) make a statement with an id of its own, which takes the old one's place.
        Raises UsageError when there is no such statement or field, or the value makes no sense.
        """
        with self._writing() as (connection, terms):
            return correcting.correct(connection, terms, statement, field, new, who=who, why=why)

    def add_statement(self, statement: Statement, *, who: str, why: str | None = None) -> Correction:
        """Keep a statement that a person found and the model did not. Raises UsageError, SpanError."""
        with self._writing() as (connection, terms):
            return correcting.add(connection, terms, statement, who=who, why=why)

    def undo(self, correction: int, *, who: str, why: str | None = None) -> Correction:
        """Take a correction back, by a further row. Raises UsageError if it is not there, or was taken back before."""
        with self._writing() as (connection, terms):
            return correcting.undo(connection, terms, correction, who=who, why=why)

    def corrections(
        self, *, statement: str | None = None, document: str | None = None, who: str | None = None, field: str | None = None
    ) -> list[Correction]:
        """Corrections in the order they were made, undone ones and undoings too."""
        with self._reading() as connection:
            return list(corrected.corrections(connection, statement=statement, document=document, who=who, field=field))

    def latest_corrections(
        self,
        *,
        statement: str | None = None,
        document: str | None = None,
        who: str | None = None,
        field: str | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[list[Correction], int]:
        """A page of the corrections, the latest first, and how many there are in all."""
        with self._reading() as connection:
            return corrected.latest(connection, statement=statement, document=document, who=who, field=field, offset=offset, limit=limit)

    def coders(self) -> list[tuple[str, int]]:
        """Who corrected, and how many statements each worked on, most first."""
        with self._reading() as connection:
            return corrected.coders(connection)

    def side_by_side(self, a: str, b: str) -> tuple[tuple[Agreement, ...], tuple[Compared, ...]]:
        """How far two coders agree, and the statements on which both worked (see ``agreement.side_by_side``).

        Kept while nothing is written, so that the next page of the same comparison costs nothing.
        """
        with self._searching() as (connection, columns):
            kept: dict[tuple[str, str], Any] = columns.made.setdefault("compared", {})
            made: tuple[tuple[Agreement, ...], tuple[Compared, ...]] | None = kept.get((a, b))
            if made is None:
                if len(kept) >= 8:
                    kept.clear()
                made = kept[a, b] = side_by_side(connection, a, b)
            return made

    def agreement(self, *, coders: Sequence[str] = (), fields: Sequence[str] = CODED) -> tuple[Agreement, ...]:
        """Krippendorff's alpha for each of ``fields`` over what ``coders`` (by default all) gave for the same statements."""
        with self._reading() as connection:
            return agreement(connection, coders=coders, fields=fields)

    def training(self) -> Iterator[dict[str, Any]]:
        """What people corrected as data to learn from: one object a document, as ``training.training_of`` describes it."""
        with self._reading() as connection:
            found = training.corrected_documents(connection)
        for pk, id in found:
            with self._reading() as connection:
                made = training.training_of(connection, pk, id)
            if made is not None:
                yield made

    # -- saved searches

    def save_search(self, name: str, query: Query) -> None:
        """Keep ``query`` under ``name``, over one of that name; everything now here counts as seen."""
        name = " ".join(name.split())
        if not name or len(name) > 200:
            raise UsageError("a saved search has a name of 1 to 200 characters")
        with self._writing() as (connection, _):
            connection.execute(
                "INSERT OR REPLACE INTO saved_search (name, query, created, seen) VALUES (?, ?, ?, ?)",
                (name, json.dumps(replace(query, page=1).to_dict(), ensure_ascii=False), now(), _last(connection)),
            )

    def saved_searches(self) -> list[SavedSearch]:
        """All saved searches by name, each with how much of it is new since it was last marked as seen."""
        with self._searching() as (connection, columns):
            out = []
            for name, query, created, seen in connection.execute(
                "SELECT name, query, created, seen FROM saved_search ORDER BY name"
            ).fetchall():
                made = Query.from_dict(json.loads(query))
                hits = searching.select(connection, columns, made).hits
                out.append(SavedSearch(name, made, created, len(hits), int((hits > seen).sum())))
            return out

    def new_in(self, name: str) -> Iterator[Statement]:
        """What meets the saved search ``name`` and came in since it was last marked as seen, in its order. Raises UsageError."""
        with self._searching() as (connection, columns):
            row = connection.execute("SELECT query, seen FROM saved_search WHERE name = ?", (name,)).fetchone()
            if row is None:
                raise UsageError(f"there is no saved search {name!r:.60}")
            query = Query.from_dict(json.loads(row[0]))
            hits = searching.select(connection, columns, query).hits
            hits = hits[hits > row[1]]
            pks = searching.ordered(connection, columns, query, hits, 0, max(1, len(hits)))
        for i in range(0, len(pks), 200):
            with self._reading() as connection:
                yield from rows.statements(connection, [int(p) for p in pks[i : i + 200]])

    def mark_seen(self, name: str) -> None:
        """Everything now here counts as seen by the saved search ``name``. Raises UsageError if there is none."""
        with self._writing() as (connection, _):
            cursor = connection.execute("UPDATE saved_search SET seen = ? WHERE name = ?", (_last(connection), name))
            if not cursor.rowcount:
                raise UsageError(f"there is no saved search {name!r:.60}")

    def drop_search(self, name: str) -> None:
        """Forget the saved search ``name``. Raises UsageError if there is none."""
        with self._writing() as (connection, _):
            if not connection.execute("DELETE FROM saved_search WHERE name = ?", (name,)).rowcount:
                raise UsageError(f"there is no saved search {name!r:.60}")


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query kept under a name: ``total`` statements meet it, ``new`` of them came in since it was last looked at."""

    name: str
    query: Query
    created: str
    total: int
    new: int


def _text(value: str) -> str:
    return value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")


def _last(connection: sqlite3.Connection) -> int:
    (top,) = connection.execute("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'statement'), 0)").fetchone()
    return int(top)
