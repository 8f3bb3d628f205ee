"""Statements found in a record, and tables of counts, on a terminal or as data."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import Any, TextIO

import click

from onrecord.cli import show
from onrecord.cli.show import one_line
from onrecord.record import Note
from onrecord.statement import Statement

__all__ = ["SHAPES", "bar", "found", "misspelt", "shape_option", "table"]

#: Of statements; of everything else all but ``cards``.
SHAPES = ("table", "cards", "jsonl", "csv")


def shape_option(*shapes: str) -> Callable[[Any], Any]:
    """``--format``."""
    return click.option(
        "--format", "shape", type=click.Choice(shapes or ("table", "jsonl", "csv")), default="table", show_default=True,
        help="table: one line each. " + ("cards: one block each. " if "cards" in shapes else "") + "jsonl, csv: data.",
    )  # fmt: skip


def found(shape: str, statements: Iterable[Statement], notes: dict[str, Note] | None = None) -> int:
    """Print statements, whatever documents they are from; jsonl rows are the objects of `onrecord read`. Returns how many there were."""
    n = 0
    if shape == "table":
        out = _Lines(("id", "date", "speaker", "act", "about", "outlet", "content"), (16, 10, 24, 10, 14, 14, 0))
        for s in statements:
            n += 1
            out.row(_brief(s, (notes or {}).get(s.id)))
        return n
    writer = show.writer(shape, sys.stdout)
    for s in statements:
        n += 1
        writer.document(s.document, [s])
    writer.close()
    return n


def _brief(s: Statement, note: Note | None) -> tuple[str, ...]:
    when = s.date.start if s.date and s.date.start else s.document.published
    who = s.speaker.name if s.speaker and s.speaker.name else " … ".join(x.text for x in s.source)
    content = " … ".join(x.text for x in s.content)
    marks = [note.status] if note and note.status else []
    if note and note.variants > 1:
        marks.append(f"{note.variants} reports")
    return (
        s.id, (when or "")[:10], who or "(no source)", s.act or "", ", ".join(dict.fromkeys(a.code or a.name for a in s.targets)),
        s.document.outlet or PurePath(s.document.path or "").name, (f"[{', '.join(marks)}] " if marks else "") + content,
    )  # fmt: skip


class _Lines:
    """Columns cut to the terminal's width; whole, with tabs between, when piped. A size of 0 takes what is left."""

    def __init__(self, head: Sequence[str], sizes: Sequence[int], stream: TextIO | None = None) -> None:
        self.out = stream or sys.stdout
        reconfigure = getattr(self.out, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace", newline="\n")
        self.paint = show._Paint(self.out)
        width = shutil.get_terminal_size((120, 24)).columns if self.out.isatty() else 0
        rest = max(12, width - sum(sizes) - 2 * (len(sizes) - 1))
        self.sizes = [n or rest for n in sizes] if width else None
        self.head: Sequence[str] | None = head

    def row(self, cells: Sequence[str]) -> None:
        if self.head is not None:
            self._write(self.head, "bold")
            self.head = None
        self._write(cells, None)

    def _write(self, cells: Sequence[str], style: str | None) -> None:
        cells = [one_line(c) for c in cells]
        if self.sizes is None:
            self.out.write("\t".join(cells) + "\n")
            return
        line = "  ".join(show._fit(c, n, left=False) for c, n in zip(cells, self.sizes, strict=True)).rstrip()
        self.out.write((self.paint(style, line) if style else line) + "\n")


def table(shape: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, objects: Iterable[Any] | None = None) -> None:
    """Print rows of plain values under the names ``head``. ``objects``: what jsonl prints in place of the rows by name."""
    if shape == "jsonl":
        for row in objects if objects is not None else (dict(zip(head, r, strict=True)) for r in rows):
            click.echo(json.dumps(row, ensure_ascii=False, default=str))
        return
    if shape == "csv":
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(head)
        for row in rows:
            out.writerow([show._cell(v) for v in row])
        return
    listed = [
        [one_line("" if v is None else v if isinstance(v, str) else f"{v:,}" if isinstance(v, int) else str(v)) for v in r] for r in rows
    ]
    right = (
        [all(isinstance(v, (int, float)) or v is None for v in column) for column in zip(*rows, strict=True)]
        if isinstance(rows, (list, tuple))
        else []
    )
    sizes = [max(len(h), *(len(r[i]) for r in listed)) if listed else len(h) for i, h in enumerate(head)]
    width = shutil.get_terminal_size((120, 24)).columns if sys.stdout.isatty() else 0
    paint = show._Paint(sys.stdout)
    for k, cells in enumerate([list(head), *listed]):
        line = "  ".join(
            c.rjust(n) if i < len(right) and right[i] else c.ljust(n) for i, (c, n) in enumerate(zip(cells, sizes, strict=True))
        )
        line = line.rstrip()
        line = line[: width - 1] + "…" if width and len(line) > width else line
        click.echo(paint("bold", line) if not k else line)


def bar(count: int, most: int, size: int = 40) -> str:
    """A bar as long as its share of the longest; anything but nothing can be seen."""
    return "█" * max(1, round(size * count / most)) if count else ""


def misspelt(record: Any, query: Any) -> None:
    """Say on standard error which filters nothing in the record answers to."""
    for u in record.unmatched(query):
        name = {"target": "about", "addressee": "to"}.get(u.field, u.field.replace("_", "-"))
        hint = (
            f"did you mean {' or '.join(one_line(n) for n in u.near)}?"
            if u.near
            else "see: onrecord speakers"
            if u.field == "speaker"
            else ""
        )
        click.echo(
            f"onrecord: nothing here matches --{name} {one_line(u.value.removeprefix('~'))}" + (f" ({hint})" if hint else ""), err=True
        )
