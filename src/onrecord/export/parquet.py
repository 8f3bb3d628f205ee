"""Parquet: any table of ``onrecord.schema``, written as a stream and read back.

    from onrecord.export import parquet, rows

    parquet.write("r.parquet", "evidence", (rows.evidence(s) for s in record.statements()))
    for row in parquet.open_table("r.parquet").rows():
        ...

The same rows give the same bytes with the same version of pyarrow. Pages carry checksums, so that a flipped bit is
noticed when the file is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from onrecord import schema
from onrecord.errors import DamagedError, OutputError, UnreadableError, UnsupportedError, UsageError
from onrecord.export import rows as rowing
from onrecord.export.files import guard, whole_file
from onrecord.export.selection import Selection

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

__all__ = ["ParquetTable", "Writer", "evidence", "open_table", "write"]

#: Rows that are Python objects at a time: few, they are some six times as large as Arrow's.
BATCH = 1024
#: A row group ends at so many rows or so many bytes of Arrow memory, whichever comes first.
GROUP_ROWS = 65_536
GROUP_BYTES = 48 << 20


class Writer:
    """Writes rows as they come. Use it in a ``with``: the file is there once the block has ended well, or not at all.

    ``target``: a path, or an open stream of bytes, which is left open and whose wholeness is the caller's care.
    ``table``: a name in ``schema.TABLES``. ``metadata``: strings for the file's own.
    Raises OutputError, and UsageError for a row that does not fit the table.
    """

    def __init__(self, target: str | Path | IO[bytes], table: str, *, metadata: Mapping[str, str] | None = None) -> None:
        self._schema = schema.arrow(table, metadata=metadata)
        self._target = target
        self._name = str(target) if isinstance(target, str | Path) else str(getattr(target, "name", "output"))
        self._stack = ExitStack()
        self._waiting: list[Mapping[str, Any]] = []
        self._batches: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0
        #: Rows taken so far.
        self.count = 0

    def __enter__(self) -> Writer:
        import pyarrow.parquet as pq  # type: ignore[import-untyped,unused-ignore]

        self._stack.enter_context(guard(self._name))
        target = self._target
        stream = self._stack.enter_context(whole_file(target)) if isinstance(target, str | Path) else target
        self._writer = pq.ParquetWriter(
            stream,
            self._schema,
            compression="zstd",
            write_page_checksum=True,
            # A long text beside each of its statements is kept once a row group: its dictionary may be as large as the group.
            dictionary_pagesize_limit=GROUP_BYTES,
        )
        return self

    def add(self, row: Mapping[str, Any]) -> None:
        """Take one row: all fields of the table by name, as ``onrecord.export.rows`` makes them."""
        self._waiting.append(row)
        self.count += 1
        if len(self._waiting) >= BATCH:
            self._convert()

    def _convert(self) -> None:
        import pyarrow as pa

        if not self._waiting:
            return
        try:
            batch = pa.RecordBatch.from_pylist(self._waiting, schema=self._schema)
        except UnicodeEncodeError as e:
            raise OutputError(self._name, "a text holds half characters, which Parquet cannot", "clean it first") from e
        except (pa.ArrowException, TypeError, KeyError) as e:
            raise UsageError(f"a row does not fit the table {self._schema.metadata[b'onrecord.table'].decode()}: {e}") from e
        self._waiting = []
        self._batches.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches, self._schema), row_group_size=self._rows)
            self._batches, self._rows, self._bytes = [], 0, 0

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            self._abandon()
            self._stack.__exit__(kind, error, trace)
            return
        with self._stack:
            try:
                self._convert()
                self._flush()
                self._writer.close()
            except BaseException:
                self._abandon()
                raise

    def _abandon(self) -> None:
        # Arrow's writer would write its footer when it is collected, into a stream that is closed by then.
        self._writer.is_open = False


def write(
    target: str | Path | IO[bytes], table: str, rows: Iterable[Mapping[str, Any]], *, metadata: Mapping[str, str] | None = None
) -> int:
    """Write ``rows`` to ``target`` as ``Writer`` does. Returns how many there were."""
    with Writer(target, table, metadata=metadata) as writer:
        for row in rows:
            writer.add(row)
    return writer.count


@dataclass(frozen=True)
class ParquetTable:
    """A Parquet file that holds the table ``table``. ``count``: its rows; ``metadata``: its strings, those of the schema among them."""

    path: str
    table: str
    count: int
    metadata: dict[str, str]

    def rows(self, *, columns: Iterable[str] | None = None, batch: int = 64) -> Iterator[dict[str, Any]]:
        """Every row in the file's order, ``batch`` of them in memory at a time. Raises DamagedError."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        names = [f.name for f in schema.TABLES[self.table].fields] if columns is None else list(columns)
        try:
            with pq.ParquetFile(self.path, pre_buffer=False, page_checksum_verification=True) as file:
                for part in file.iter_batches(batch_size=batch, columns=names, use_threads=False):
                    yield from part.to_pylist()
        except (pa.ArrowException, OSError, UnicodeDecodeError) as e:
            raise _damaged(self.path, e) from e


def open_table(path: str | Path) -> ParquetTable:
    """Open a Parquet file that holds one of the tables, whoever wrote it last: other tools keep the fields and drop the metadata.

    Raises UnreadableError, DamagedError, and UnsupportedError for a file of other fields or of another version of the schema.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = str(path)
    try:
        with pq.ParquetFile(name, memory_map=False, pre_buffer=False) as file:
            found, count = file.schema_arrow, file.metadata.num_rows
    except (FileNotFoundError, PermissionError, IsADirectoryError) as e:
        # Arrow's own words for it are for programmers.
        why = {FileNotFoundError: "there is no such file", PermissionError: "it may not be read"}.get(type(e), "it is a folder")
        raise UnreadableError(name, why, "check the name") from e
    except (pa.ArrowException, OSError, UnicodeDecodeError) as e:
        raise _damaged(name, e) from e
    metadata = {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in (found.metadata or {}).items()}
    if "onrecord.schema" in metadata:
        try:
            schema.check_version(metadata["onrecord.schema"])
        except UsageError as e:
            raise UnsupportedError(name, str(e)) from e
    # The tables with the most fields first: `evidence` holds all fields of `statements`.
    for table in sorted(schema.TABLES.values(), key=lambda t: -len(t.fields)):
        if metadata.get("onrecord.table", table.name) == table.name and not _lacking(found, schema.arrow(table.name)):
            return ParquetTable(name, table.name, count, metadata)
    said = metadata.get("onrecord.table")
    lacking = _lacking(found, schema.arrow(said)) if said in schema.TABLES else []
    what = f"it lacks {', '.join(lacking[:5])} of the table {said}" if lacking else "its columns are not those of any of onrecord's tables"
    raise UnsupportedError(name, what, "see docs/schema.md")


def _lacking(found: Any, wanted: Any) -> list[str]:
    """The fields of ``wanted`` that are not in ``found`` with a type that holds the same values, as dotted names."""
    names = {found.field(i).name: found.field(i) for i in range(len(found.names) if hasattr(found, "names") else found.num_fields)}
    out = []
    for i in range(len(wanted.names) if hasattr(wanted, "names") else wanted.num_fields):
        field = wanted.field(i)
        if field.name not in names:
            out.append(field.name)
        else:
            out += [field.name + rest for rest in _differs(names[field.name].type, field.type)]
    return out


def _differs(found: Any, wanted: Any) -> list[str]:
    import pyarrow.types as t  # type: ignore[import-untyped,unused-ignore]

    if t.is_list(wanted):
        lists = t.is_list(found) or t.is_large_list(found) or t.is_fixed_size_list(found) or t.is_list_view(found)
        return [f"[]{rest}" for rest in _differs(found.value_type, wanted.value_type)] if lists else [""]
    if t.is_struct(wanted):
        return [f".{rest}" for rest in _lacking(found, wanted)] if t.is_struct(found) else [""]
    if t.is_string(wanted) or t.is_large_string(wanted):
        while t.is_dictionary(found):
            found = found.value_type
        # A column of nothing but nulls loses its type in some tools.
        return [] if t.is_string(found) or t.is_large_string(found) or t.is_string_view(found) or t.is_null(found) else [""]
    same = t.is_integer(found) if t.is_integer(wanted) else t.is_floating(found)
    return [] if same or t.is_null(found) else [""]


def _damaged(name: str, e: Exception) -> DamagedError:
    words = " ".join(str(e).split())[:120]
    return DamagedError(name, f"it is not a sound Parquet file: {words}", "it may be half written: make or fetch it again")


def evidence(stream: IO[bytes], selection: Selection, *, table: str = "evidence") -> int:
    """Write a selection as ``table``, a name in ``schema.TABLES``. A document's rows stand together. Returns the number of statements."""
    if table not in schema.TABLES:
        raise UsageError(f"there is no table {table!r:.40}; there are {', '.join(schema.TABLES)}")
    count = 0

    def made() -> Iterator[dict[str, Any]]:
        nonlocal count
        if table == "documents":
            yield from map(rowing.document, selection.all_documents())
            return
        if table == "readings":
            for d, found in selection.every_document():
                count += len(found)
                yield rowing.reading(d, found, model=selection.model)
            return
        for _, found in selection.by_document():
            for s in found:
                count += 1
                if table == "evidence":
                    yield rowing.evidence(s)
                elif table == "statements":
                    yield rowing.statement(s)
                else:
                    yield from rowing.spans(s) if table == "spans" else rowing.actors(s)

    write(stream, table, made())
    return count
