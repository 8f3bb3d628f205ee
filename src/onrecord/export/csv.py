"""CSV: one row a statement, the columns of ``schema.FLAT``, safe to open in a spreadsheet.

A cell that a spreadsheet would take for a formula (CWE-1236: one that begins with ``= + - @``, their full-width forms, a tab or a
line break) gets an apostrophe in front. So does a cell that looks as if that had been done to it, so that ``unguard`` always gives back
what was there: it takes one apostrophe away where such a cell follows it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import IO, TextIO

from onrecord import schema
from onrecord.export.selection import Selection
from onrecord.statement import Statement

__all__ = ["Rows", "guard", "unguard", "write"]

Cell = str | int | float | None

_FORMULA = re.compile("'*[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r\n]")
# Controls that no spreadsheet takes; and half characters, which UTF-8 does not.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def guard(value: Cell) -> Cell:
    """The cell as it is written."""
    if not isinstance(value, str):
        return value
    value = _CONTROL.sub("\ufffd", value)
    return "'" + value if _FORMULA.match(value) else value


def unguard(value: str) -> str:
    """The text that ``guard`` was given, from the cell that it made (control characters, which became U+FFFD, aside)."""
    return value[1:] if value.startswith("'") and _FORMULA.match(value) else value


class _Lines:
    """Takes a row with \\r\\n at its end and writes it with \\n."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, row: str) -> int:
        return self._stream.write(row[:-2] + "\n")


class Rows:
    """Writes rows to a text stream, the header first, also when there is no row."""

    def __init__(self, stream: TextIO) -> None:
        # Only with \r\n as its line end does Python's writer put a cell with a carriage return in quotation marks.
        self._rows = csv.writer(_Lines(stream), lineterminator="\r\n")
        self._rows.writerow(schema.FLAT)

    def add(self, s: Statement) -> None:
        self._rows.writerow(self.cells(s))

    @staticmethod
    def cells(s: Statement) -> Sequence[Cell]:
        return [guard(v) for v in schema.flat(s).values()]


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write a selection in UTF-8. Returns the number of statements."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    rows = Rows(text)
    count = 0
    for s in selection.statements():
        rows.add(s)
        count += 1
    text.detach()
    return count
