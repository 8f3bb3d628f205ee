"""Parquet into a record: the same ids, nothing twice, and nothing at all from a file that lies.

The file is gone through twice. First every row is checked: the text against its digest, every span against the text, every
id against its spans. Then the documents are written, each with its statements in a transaction of its own, so that an import
that was cut off goes on where it was when it is run again. What the record holds already stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from onrecord.document import Document
from onrecord.errors import DamagedError, SpanError, UnsupportedError, UsageError
from onrecord.export import parquet
from onrecord.export import rows as rowing
from onrecord.record import Record
from onrecord.statement import Statement

__all__ = ["TABLES", "Imported", "import_parquet"]

#: The tables that hold texts and statements both.
TABLES = ("evidence", "readings")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. ``new_documents``, ``new_statements``: those that were not in the record before.

    ``loose``: statements whose outer statement is neither in the file nor in the record; they are kept, not nested.
    """

    documents: int
    statements: int
    new_documents: int
    new_statements: int
    loose: int


def import_parquet(path: str | Path, record: Record, *, step: Callable[[int], None] | None = None) -> Imported:
    """Add the documents and statements of a Parquet file, as ``onrecord export`` or ``onrecord scale`` wrote it, to ``record``.

    ``step`` is called with the number of rows gone through, twice the file's in the end. Raises SourceError for a file that is broken,
    lies or is of another kind, before anything is written; RecordError when the record cannot be written.
    """
    table = parquet.open_table(path)
    if table.table not in TABLES:
        raise UnsupportedError(
            table.path, f"it holds the table {table.table}, which has no texts with their statements", "export --format parquet makes one"
        )
    tell = step or (lambda _: None)
    left = _verify(table, tell)
    runs: dict[str | None, int] = {}
    done = [0, 0, 0, 0, 0]
    waiting: dict[str, list[tuple[Document, Statement | None, str | None]]] = {}
    for document, found, model in _readings(table, tell):
        held = waiting.setdefault(document.digest, [])
        # The first of its rows names the document: its text is held once, however many rows repeat it.
        document = held[0][0] if held else document
        held += [(document, replace(s, document=document), model) for s in found] or [(document, None, model)]
        left[document.digest] -= 1
        if not left[document.digest]:
            _keep(record, waiting.pop(document.digest), runs, done)
    for run in runs.values():
        record.end_run(run)
    return Imported(*done)


def _verify(table: parquet.ParquetTable, tell: Callable[[int], None]) -> Counter[str]:
    """How many rows each document has, by digest."""
    left: Counter[str] = Counter()
    for document, _, _ in _readings(table, tell):
        left[document.digest] += 1
    return left


def _readings(table: parquet.ParquetTable, tell: Callable[[int], None]) -> Iterator[tuple[Document, list[Statement], str | None]]:
    """Each row as its document, the statements in it, and the model that found them, all checked."""
    last: Document | None = None
    for number, row in enumerate(table.rows(), 1):
        try:
            document = rowing.to_document(row) if last is None or not _repeats(row, last) else last
            if "\x00" in document.text or not document.text:
                raise SpanError(f"document {document.id}: its text is empty or holds NUL")
            parts = row["statements"] if table.table == "readings" else [row]
            found = [rowing.to_statement(x, document) for x in parts]
        except (SpanError, KeyError, TypeError, ValueError, AttributeError) as e:
            why = str(e) if isinstance(e, SpanError) else f"it is not a row of {table.table}"
            raise DamagedError(table.path, f"row {number}: {why}", "nothing of it was taken; make or fetch it again") from e
        last = document
        tell(number)
        yield document, found, row.get("model")


def _repeats(row: Mapping[str, Any], last: Document) -> bool:
    """Is the row's document the last one, field for field? Hashing its text again would cost more than all else."""
    head, origin = (row["document"], row["origin"]) if "document" in row else (row, row)
    return (
        row["text"] == last.text
        and origin["digest"] == last.digest
        and head["id"] == last.id
        and all(head[k] == getattr(last, k) for k in ("path", "title", "published", "outlet"))
    )


def _keep(
    record: Record,
    rows: list[tuple[Document, Statement | None, str | None]],
    runs: dict[str | None, int],
    done: list[int],
) -> None:
    document, _, model = rows[0]
    if model not in runs:
        runs[model] = record.start_run(model=model, options={"imported": True})
    found = {s.id: s for _, s, _ in reversed(rows) if s is not None}
    there: dict[str, bool] = {}
    loose = 0
    for s in list(found.values()):
        at, seen = s.nested_in, {s.id}
        if at is None:
            continue
        while at in found and at not in seen:
            seen.add(at)
            at = found[at].nested_in
        # What is nested in itself, round about, or in a statement of another document is a lie about nesting and nothing else.
        if at in seen or (s.nested_in not in found and not _held(record, s.nested_in, document, there)):
            found[s.id] = replace(s, nested_in=None)
            loose += 1
    statements = sorted(found.values(), key=lambda s: (s.start, -s.end, s.id))
    added = record.add(document, statements, run=runs[model], merge=True)
    for i, n in enumerate((1, len(statements), int(added.new), added.fresh, loose)):
        done[i] += n


def _held(record: Record, id: str | None, document: Document, there: dict[str, bool]) -> bool:
    if id is None:
        return True
    if id not in there:
        try:
            there[id] = record.statement(id).document.digest == document.digest
        except UsageError:
            there[id] = False
    return there[id]
