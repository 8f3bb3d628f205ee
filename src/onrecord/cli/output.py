"""Where `onrecord read` writes to: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import IO

from onrecord.cli.show import Reasons, Writer, writer
from onrecord.document import Document
from onrecord.errors import DamagedError
from onrecord.statement import Statement

__all__ = ["Rows", "opened"]


class Rows:
    """Parquet: one row a statement, with its document's text. Takes documents as the writers of ``show`` do."""

    def __init__(self, stream: IO[bytes]) -> None:
        from onrecord.export.parquet import Writer as Parquet

        self.out = Parquet(stream, "evidence")

    def document(self, d: Document, statements: Sequence[Statement]) -> None:
        """Raises DamagedError for a text that Parquet cannot hold."""
        from onrecord.export import rows

        try:
            d.text.encode()
        except UnicodeEncodeError as e:
            raise DamagedError(d.path or d.id, "its text holds half characters, which Parquet cannot", "clean it first") from e
        if d.path:  # the name of a file need not be Unicode
            d = replace(d, path=d.path.encode("utf-8", "backslashreplace").decode())
        for s in statements:
            self.out.add(rows.evidence(replace(s, document=d)))


@contextmanager
def opened(shape: str, name: str | None, *, reasons: Reasons | None = None) -> Iterator[Writer | Rows]:
    """A writer of the format ``shape`` to the file ``name``, or to standard output. Raises OutputError."""
    if name is None and shape != "parquet":
        made = writer(shape, sys.stdout, reasons=reasons)
        yield made
        made.close()
        return
    from onrecord.export.files import whole_file

    if name is None:
        rows = Rows(sys.stdout.buffer)
        with rows.out:
            yield rows
        sys.stdout.buffer.flush()
        return
    with whole_file(name) as stream:
        if shape == "parquet":
            rows = Rows(stream)
            with rows.out:
                yield rows
            return
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
        made = writer(shape, text, reasons=reasons)
        yield made
        made.close()
        text.detach()
