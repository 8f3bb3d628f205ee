"""Parquet tables of texts, read batch by batch and only in the columns that are needed."""

from __future__ import annotations

from collections.abc import Iterator

from onrecord.document import Document
from onrecord.errors import DamagedError, SourceError, UnsupportedError, UsageError
from onrecord.sources.columns import resolve
from onrecord.sources.item import Item
from onrecord.sources.table import row_document

__all__ = ["read"]

_BATCH = 16  # rows in memory at a time: articles of a few kB, rarely of a few MB


def read(item: Item) -> Iterator[Document | SourceError]:
    """Yield one Document a row, named ``file#1`` and so on."""
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
    import pyarrow.parquet as pq  # type: ignore[import-untyped,unused-ignore]

    with item.seekable() as stream:
        try:
            table = pq.ParquetFile(stream, memory_map=False, pre_buffer=False)
            names = table.schema_arrow.names
            try:
                columns = resolve(names, item.mapping)
            except UsageError as e:
                yield UnsupportedError(item.path, str(e))
                return
            wanted = sorted({c if c in names else c.split(".")[0] for c in columns.values()})
            number = 0
            for batch in table.iter_batches(batch_size=_BATCH, columns=wanted, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield row_document(item, row, columns, part=number, reader="parquet/1", digest=None)
        except pa.ArrowMemoryError as e:  # which is an ArrowException too, and no fault of the file
            raise MemoryError from e
        except (pa.ArrowException, OSError, KeyError) as e:
            yield DamagedError(item.path, f"it is not a sound Parquet table: {' '.join(str(e).split())[:120]}")
