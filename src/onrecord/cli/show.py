"""How statements look: cards and tables for people, lines for programs, and the text marked up in context.

Everything from a text is printed with its control characters made visible, so that no article can steer a terminal.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING, TextIO

from onrecord.document import Document
from onrecord.statement import DateRef, Span, Statement

if TYPE_CHECKING:
    from onrecord.acts import Evidence

__all__ = ["clean", "json_line", "one_line", "progress", "writer"]

#: The reasons of a statement, for ``--why``.
Reasons = Callable[[Statement], "Sequence[Evidence]"]

# Controls, and the marks that turn the direction of writing: shown as their code point, never sent to a terminal.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_STYLES = {"source": "1;36", "cue": "33", "content": "32", "dim": "2", "bold": "1", "kind": "35"}


def clean(text: str) -> str:
    """``text`` with control and direction characters replaced by a visible code such as ⟨1B⟩; line breaks and tabs stay."""
    return _CONTROL.sub(lambda m: f"⟨{ord(m.group()):X}⟩" if m.group() != "\r" else "", text)


def one_line(text: str) -> str:
    """``clean`` text with every run of white space made one space."""
    return clean(_SPACE.sub(" ", text)).strip()


_HALF = re.compile("[\ud800-\udfff]")


def json_line(value: Mapping[str, object] | str) -> str:
    """One JSON object in a line that UTF-8 can hold: half characters, which it cannot, are written as JSON's own escapes.

    Takes an object, or one as JSON already.
    """
    line = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _HALF.sub(lambda m: f"\\u{ord(m.group()):04x}", line)


class _Paint:
    def __init__(self, stream: TextIO) -> None:
        self.on = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.on and text else text


def _joined(spans: Sequence[Span]) -> str:
    return " … ".join(one_line(s.text) for s in spans)


def _speaker(s: Statement) -> str:
    """The speaker's line: the resolved actor where known, with the source's own words when they differ."""
    words = _joined(s.source)
    if s.speaker is None or not s.speaker.name:
        return words or "(no source)"
    name = one_line(s.speaker.name)
    extra = ", ".join(one_line(x) for x in (s.speaker.role, s.speaker.country) if x)
    shown = f"{name} ({extra})" if extra else name
    return shown if not words or words.lower() == name.lower() else f"{shown}  ← {words}"


def _stance(s: Statement) -> str:
    """What is not the rule: a negative or open polarity, a modality that is not actual."""
    told = [x for x in (s.polarity if s.polarity != "positive" else None, s.modality if s.modality != "actual" else None) if x]
    return f" ({', '.join(told)})" if told else ""


def _when(date: DateRef) -> str:
    """The day of saying; of a longer interval its last day too; of an unresolved one its words."""
    if date.start is None or date.end is None:
        return f"{one_line(date.text)} (no date to count from)"
    last = (datetime.date.fromisoformat(date.end[:10]) - datetime.timedelta(days=1)).isoformat()
    return date.start if last == date.start else f"{date.start} to {last}"


def _columns(otherwise: int) -> int:
    """The terminal's width as COLUMNS or the terminal says it (shutil's own function comes with every compression there is)."""
    try:
        return int(os.environ["COLUMNS"]) or otherwise
    except (KeyError, ValueError):
        pass
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or otherwise  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return otherwise


class Cards:
    """One block a statement: speaker, cue and kind, then the words, then where they stand."""

    def __init__(self, stream: TextIO, *, reasons: Reasons | None = None) -> None:
        self.out, self.paint, self.first, self.reasons = stream, _Paint(stream), True, reasons
        self.width = max(40, min(100, _columns(88)))
        # Lines of particulars are wrapped for eyes only: who pipes the cards into grep has each in one line.
        self.wrapped = stream.isatty()

    def document(self, d: Document, statements: Sequence[Statement]) -> None:
        n = len(statements)
        head = f"{one_line(d.path or '(text)')}  ·  {n} statement{'s' * (n != 1)}"
        head += f"  ·  {d.published}" if d.published else ""
        self.out.write(("" if self.first else "\n") + self.paint("bold", head) + "\n")
        self.first = False
        index = {s.id: i for i, s in enumerate(statements, 1)}
        for i, s in enumerate(statements, 1):
            self._card(i, s, index)

    def _card(self, i: int, s: Statement, index: dict[str, int]) -> None:
        indent = "    " if s.nested_in is None else "        "
        lead = f"{i:>3} " if s.nested_in is None else f"    {i:>3} "
        cue = one_line(s.cue[0].text) if s.cue else "(no cue)"
        self.out.write(f"\n{lead}{self.paint('source', _speaker(s))}  {self.paint('cue', cue)}\n")
        import textwrap

        for part in s.content:
            lines = textwrap.wrap(one_line(part.text), self.width - len(indent) - 2) or [""]
            for line in lines:
                self.out.write(f"{indent}{self.paint('dim', '│')} {self.paint('content', line)}\n")
        where = f"{s.kind} · {s.start}–{s.end} · {s.confidence:.2f}"
        if s.act:
            where = f"{s.act}{_stance(s)} · {where}"
        if s.targets:
            where += " · about " + ", ".join(one_line(a.name) for a in s.targets)
        if s.addressees:
            where += " · to " + ", ".join(one_line(a.name) for a in s.addressees)
        if s.date:
            where += f" · {_when(s.date)}"
        if s.nested_in in index:
            where += f" · inside {index[s.nested_in]}"
        self._dim(indent, where)
        for c in s.condition:
            self._dim(indent, f"condition: {one_line(c.text)}")
        for e in self.reasons(s) if self.reasons else ():
            self._dim(indent, f"{e.field}: {one_line(e.value)} – {one_line(e.because)}")

    def _dim(self, indent: str, line: str) -> None:
        import textwrap

        room = self.width - len(indent)
        for part in textwrap.wrap(line, room, subsequent_indent="  ", break_on_hyphens=False) if self.wrapped else [line]:
            self.out.write(f"{indent}{self.paint('dim', part)}\n")

    def close(self) -> None:
        self.out.flush()


class Table:
    """One line a statement, cut to the terminal's width; uncut when piped."""

    def __init__(self, stream: TextIO) -> None:
        self.out, self.paint = stream, _Paint(stream)
        self.width = _columns(120) if stream.isatty() else 0
        self.head = False

    def document(self, d: Document, statements: Sequence[Statement]) -> None:
        if not self.head:
            self.head = True
            self._row(("where", "kind", "conf", "speaker", "cue", "content"), "bold")
        for s in statements:
            where = f"{one_line(d.path or '-')}:{s.start}"
            cue = one_line(s.cue[0].text) if s.cue else ""
            self._row((where, s.kind, f"{s.confidence:.2f}", _speaker(s), cue, _joined(s.content)), None)

    def _row(self, cells: tuple[str, ...], style: str | None) -> None:
        if not self.width:
            self.out.write("\t".join(cells) + "\n")
            return
        where = min(28, self.width // 5)
        sizes = [where, 8, 4, self.width // 5, self.width // 8]
        sizes.append(max(10, self.width - sum(sizes) - 2 * len(sizes)))
        line = "  ".join(_fit(c, n, left=i == 0) for i, (c, n) in enumerate(zip(cells, sizes, strict=True)))
        self.out.write((self.paint(style, line) if style else line).rstrip() + "\n")

    def close(self) -> None:
        self.out.flush()


def _fit(text: str, size: int, *, left: bool) -> str:
    """Cut to ``size``: names of places at their start, so that the offset stays; all else at its end."""
    if len(text) <= size:
        return text.ljust(size)
    return "…" + text[-(size - 1) :] if left else text[: size - 1] + "…"


class Lines:
    """JSON Lines: the contract, one object a statement; with its reasons under ``why`` where they were asked for."""

    def __init__(self, stream: TextIO, *, reasons: Reasons | None = None) -> None:
        self.out, self.reasons = stream, reasons

    def document(self, d: Document, statements: Sequence[Statement]) -> None:
        for s in statements:
            line = {**s.to_dict(), "why": [e.to_dict() for e in self.reasons(s)]} if self.reasons else s.to_json()
            self.out.write(json_line(line) + "\n")

    def close(self) -> None:
        self.out.flush()


class Csv:
    """CSV with a header, one row a statement, in the columns of ``schema.FLAT``; formulas guarded as in ``onrecord.export.csv``."""

    def __init__(self, stream: TextIO) -> None:
        import csv

        from onrecord import schema

        self.out, self.schema = stream, schema
        self.rows = csv.writer(stream, lineterminator="\n")
        self.head = False

    def document(self, d: Document, statements: Sequence[Statement]) -> None:
        if not self.head:
            self.rows.writerow(self.schema.FLAT)
            self.head = True
        for s in statements:
            self.rows.writerow([_cell(v) for v in self.schema.flat(s).values()])

    def close(self) -> None:
        if not self.head:
            self.rows.writerow(self.schema.FLAT)
        self.out.flush()


def _cell(value: str | int | float | None) -> str | int | float | None:
    from onrecord.export.csv import guard

    if isinstance(value, str):
        value = _CONTROL.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n"))
    return guard(value)


_MARKS = {"source": ("⟦", "⟧ₛ"), "cue": ("⟦", "⟧꜀"), "content": ("⟦", "⟧")}


class Marked:
    """The whole text with sources, cues and contents marked: in colour on a terminal, in brackets elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self.out, self.paint, self.first = stream, _Paint(stream), True

    def document(self, d: Document, statements: Sequence[Statement]) -> None:
        if not self.first or d.path not in (None, "-"):
            self.out.write(("" if self.first else "\n") + self.paint("bold", f"── {one_line(d.path or '(text)')} ──") + "\n")
        self.first = False
        role: list[str | None] = [None] * len(d.text)
        for s in sorted(statements, key=lambda s: s.nested_in is not None, reverse=True):
            for name in ("content", "source", "cue"):
                for span in getattr(s, name):
                    if s.nested_in is None or name != "content":
                        for i in range(span.start, span.end):
                            if s.nested_in is None and role[i] in ("source", "cue"):
                                continue
                            role[i] = name
        at = 0
        for kind, run in groupby(role):
            size = len(list(run))
            piece = clean(d.text[at : at + size])
            at += size
            if kind is None:
                self.out.write(piece)
            elif self.paint.on:
                self.out.write(self.paint(kind, piece))
            else:
                self.out.write(_MARKS[kind][0] + piece + _MARKS[kind][1])
        if not d.text.endswith("\n"):
            self.out.write("\n")

    def close(self) -> None:
        self.out.flush()


Writer = Cards | Table | Lines | Csv | Marked


def writer(shape: str, stream: TextIO, *, reasons: Reasons | None = None) -> Writer:
    """The writer for one of the formats of ``onrecord read``. Output is UTF-8 whatever the locale says.

    ``reasons`` gives a statement's reasons, which cards and jsonl then show.
    """
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", errors="replace", newline="\n")
    if shape == "cards":
        return Cards(stream, reasons=reasons)
    if shape == "jsonl":
        return Lines(stream, reasons=reasons)
    kinds: dict[str, Callable[[TextIO], Writer]] = {"table": Table, "csv": Csv, "text": Marked}
    return kinds[shape](stream)


@contextmanager
def progress(paths: Sequence[str]) -> Iterator[Callable[[Document], None]]:
    """A counter of documents on standard error, when that is a terminal, results go elsewhere, and there is much to read."""
    many = len(paths) > 1 or any(os.path.isdir(p) for p in paths)
    if not (many and sys.stderr.isatty() and not sys.stdout.isatty()):
        yield lambda _document: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from onrecord.errors import SourceError
    from onrecord.sources import expand

    total = sum(not isinstance(x, SourceError) for p in paths if p != "-" for x in expand([p]))
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=total)
        yield lambda _document: bar.advance(task)
