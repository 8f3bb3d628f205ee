"""Reading tables of actors: the shipped TSV files, and users' CSV, TSV and TOML files, all with the same columns.

One row is one actor. Cells that hold several values separate them with ``; ``. A value may end in ``@start..end``, the
half-open interval in which it held, either side open: ``Burma @1948-01-04..1989-06-18``. A role is
``Title [organ] @start..end``, the organ where it does not follow from title and country.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from onrecord import lazy
from onrecord.actors.actor import earliest, latest
from onrecord.errors import ActorFileError

__all__ = [
    "COLUMNS",
    "MAX_BYTES",
    "NAME_COLUMNS",
    "TYPES",
    "Row",
    "append_row",
    "dated",
    "read_lines",
    "read_shipped",
    "read_user_file",
    "row_of",
    "validate",
    "values",
]

#: Column of names -> kind of name.
NAME_COLUMNS = {
    "aliases": "alias",
    "acronyms": "acronym",
    "former": "former",
    "adjectives": "adjective",
    "demonyms": "demonym",
    "capitals": "capital",
    "metonyms": "metonym",
}
COLUMNS = (
    "id",
    "type",
    "name",
    "surname",
    "country",
    "code",
    "parent",
    "gender",
    "start",
    "end",
    *NAME_COLUMNS,
    "roles",
    "leader",
    "origin",
)
TYPES = ("person", "state", "organ", "organisation", "group", "outlet")

MAX_BYTES = 16 * 1024 * 1024
MAX_CELL = 20_000
_ID = lazy.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,79}\Z")
_DATE = lazy.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?\Z")
_CONTROL = lazy.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Row(NamedTuple):
    """One actor as written: its cells by column (absent columns left out), and where it stands."""

    cells: dict[str, str]
    path: str
    line: int


def values(cell: str) -> list[str]:
    """The values of a cell: ``a; b`` -> ``['a', 'b']``."""
    return [v for part in cell.split(";") if (v := part.strip())] if cell else []


def dated(value: str) -> tuple[str, str | None, str | None]:
    """Split ``Burma @..1989-06-18`` into text, start and end. Without ``@`` both are null. Does not check the dates."""
    text, at, interval = value.rpartition("@")
    if not at:
        return value.strip(), None, None
    start, _, end = interval.partition("..")
    return text.strip(), start.strip() or None, end.strip() or None


def read_shipped(path: Path) -> Iterator[Row]:
    """Rows of a shipped table: tab-separated, UTF-8, a header line, ``#`` comments. Trusted: tests run ``validate`` over them."""
    head, *lines = read_lines(path)
    header = head.split("\t")
    return (row_of(header, line, path.name, i) for i, line in enumerate(lines, 2) if line and line[0] != "#")


def read_lines(path: Path) -> list[str]:
    """The lines of a shipped table. (Decoded one by one: most are plain ASCII, with which Python is faster.)"""
    return [line.decode() for line in path.read_bytes().split(b"\n")]


def row_of(header: Sequence[str], line: str, path: str, number: int) -> Row:
    """The row that a line of a shipped table holds."""
    return Row({c: v for c, v in zip(header, line.split("\t"), strict=False) if v}, path, number)


def read_user_file(path: str | Path) -> list[Row]:
    """Rows of a user's file, by its suffix: ``.csv``, ``.tsv`` or ``.toml``. Raises ActorFileError with file and line."""
    path = Path(path)
    shown = str(path)
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".tsv", ".toml"}:
        raise ActorFileError(shown, None, f"is a {suffix or 'suffixless'} file", "actors are read from .csv, .tsv or .toml")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ActorFileError(
                shown, None, f"is larger than {MAX_BYTES // 1024 // 1024} MiB", "split it, or leave out what the shipped tables have"
            )
        raw = path.read_bytes()
    except OSError as e:
        raise ActorFileError(shown, None, f"cannot be read: {e.strerror or e}", "name an existing file") from e
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise ActorFileError(shown, raw.count(b"\n", 0, e.start) + 1, "is not UTF-8", "save it as UTF-8") from e
    rows = _toml_rows(text, shown) if suffix == ".toml" else _csv_rows(text, shown, "\t" if suffix == ".tsv" else ",")
    seen: dict[str, int] = {}
    for row in rows:
        validate(row)
        first = seen.setdefault(row.cells["id"], row.line)
        if first != row.line:
            raise ActorFileError(shown, row.line, f"the id {row.cells['id']!r} was used in line {first}", "give each actor one row")
    return rows


def append_row(path: str | Path, cells: dict[str, str]) -> None:
    """Add a row to a user's CSV or TSV file, made if absent, its header widened if it lacks a column.

    The new file is written beside the old one, loaded as ``Registry.load`` would, and only then takes its place. Raises ActorFileError.
    """
    import csv
    import os
    import tempfile

    from onrecord.actors.registry import Registry

    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".tsv"}:
        raise ActorFileError(
            str(path), None, f"is a {suffix or 'suffixless'} file", "actors are added to .csv or .tsv; edit a .toml by hand"
        )
    rows = read_user_file(path) if path.exists() else []
    used = {c for row in rows for c in row.cells} | set(cells)
    header = [c for c in COLUMNS if c in used]
    delimiter = "\t" if suffix == ".tsv" else ","
    try:
        handle, draft = tempfile.mkstemp(suffix=suffix, prefix=".actors-", dir=path.parent)
    except OSError as e:
        raise ActorFileError(str(path), None, f"cannot be written: {e.strerror or e}", "choose a folder that you may write to") from e
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, header, delimiter=delimiter, lineterminator="\n")
            writer.writeheader()
            writer.writerows([*(row.cells for row in rows), cells])
        try:
            Registry.load(draft)
        except ActorFileError as e:
            raise ActorFileError(str(path), e.line, e.reason, e.advice) from e
        if path.exists():
            os.chmod(draft, path.stat().st_mode & 0o777)
        else:
            os.chmod(draft, 0o644)
        os.replace(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)


def _csv_rows(text: str, path: str, delimiter: str) -> list[Row]:
    import csv
    import io

    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            if not any(c.strip() for c in cells) or cells[0].startswith("#"):
                continue
            if header is None:
                header = [c.strip().lower() for c in cells]
                _check_columns(header, path, start)
                continue
            if len(cells) != len(header):
                raise ActorFileError(
                    path, start, f"has {len(cells)} cells where the header has {len(header)}", "quote a cell that holds a comma"
                )
            rows.append(Row({c: v.strip() for c, v in zip(header, cells, strict=True) if v.strip()}, path, start))
    except csv.Error as e:
        raise ActorFileError(path, reader.line_num or 1, f"is not well-formed: {e}", "check the quotation marks") from e
    if header is None:
        raise ActorFileError(path, 1, "has no header", "the first line names the columns, such as: id,type,name,country")
    return rows


def _check_columns(header: list[str], path: str, line: int) -> None:
    unknown = [c for c in header if c not in COLUMNS]
    if unknown:
        raise ActorFileError(path, line, f"unknown column {unknown[0][:40]!r}", "columns are " + ", ".join(COLUMNS))
    twice = [c for c in header if header.count(c) > 1]
    if twice:
        raise ActorFileError(path, line, f"the column {twice[0]!r} stands twice", "name each column once")
    if "id" not in header:
        raise ActorFileError(path, line, "the column 'id' is missing", "each actor needs an id, such as RUS.mfa or person:jane-doe")


def _toml_rows(text: str, path: str) -> list[Row]:
    import tomllib

    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as e:
        found = re.search(r"line (\d+)", str(e))
        raise ActorFileError(path, int(found.group(1)) if found else None, f"is not well-formed TOML: {e}", "") from e
    lines = [n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*actor\s*\]\]", line)]
    tables = tree.get("actor", [])
    other = next((k for k in tree if k != "actor"), None)
    if other is not None or not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        at = next((n for n, line in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[*\s*{re.escape(other or 'actor')}", line)), 1)
        raise ActorFileError(path, at, f"unknown key {(other or 'actor')[:40]!r}", "write each actor as a table [[actor]]")
    if len(lines) != len(tables):  # an inline array: all in one statement
        lines = [next((n for n, line in enumerate(text.splitlines(), 1) if "actor" in line), 1)] * len(tables)
    rows = []
    for at, table in zip(lines, tables, strict=True):
        _check_columns(list(table), path, at)
        cells = {}
        for column, value in table.items():
            items = value if isinstance(value, list) else [value]
            if any(isinstance(i, dict | list | float | bool) for i in items):
                raise ActorFileError(path, at, f"{column}: neither a string nor a list of strings", "")
            joined = "; ".join(str(i).strip() for i in items)
            if joined:
                cells[column] = joined
        rows.append(Row(cells, path, at))
    return rows


def validate(row: Row) -> None:
    """Raise ActorFileError unless the row's own cells are sound: id, type, dates, gender, lengths. The registry checks references."""

    def bad(reason: str, advice: str = "") -> ActorFileError:
        return ActorFileError(row.path, row.line, reason, advice)

    for column, cell in row.cells.items():
        if len(cell) > MAX_CELL:
            raise bad(f"{column}: longer than {MAX_CELL} characters")
        if _CONTROL.search(cell):
            raise bad(f"{column}: holds a control character", "remove it")
    cells = row.cells
    if not _ID.match(cells.get("id", "")):
        raise bad(f"id {cells.get('id', '')[:60]!r} is not an id", "use letters, digits and . : _ - as in RUS.mfa or person:jane-doe")
    if cells.get("type", "state") not in TYPES:
        raise bad(f"type {cells['type'][:40]!r} is not a type of actor", "types are " + ", ".join(TYPES))
    if cells.get("gender", "f") not in {"f", "m"}:
        raise bad(f"gender {cells['gender'][:40]!r} is not one", "write f or m, or leave it empty")
    _check_interval(cells.get("start"), cells.get("end"), "start and end", bad)
    for column in (*NAME_COLUMNS, "roles"):
        for value in values(cells.get(column, "")):
            text, start, end = dated(value)
            if not text:
                raise bad(f"{column}: a value without text: {value[:60]!r}")
            if "@" in value and ".." not in value.rpartition("@")[2]:
                raise bad(f"{column}: {value[:60]!r} has no interval after @", "write @2004-03-09..2010-01-01, either side may be empty")
            _check_interval(start, end, f"{column}: {text[:60]}", bad)
            if column == "roles" and "[" in text and not re.fullmatch(r"[^\[\]]+ \[[A-Za-z0-9.:_-]+\]", text):
                raise bad(f"roles: {text[:60]!r} is not a role", "write Title [organ] @start..end")


def _check_interval(start: str | None, end: str | None, where: str, bad: object) -> None:
    from datetime import date

    assert callable(bad)
    for d in (start, end):
        if d is None:
            continue
        if not _DATE.match(d):
            raise bad(f"{where}: {d[:40]!r} is not a date", "write 2004-03-09, 2004-03 or 2004")
        try:
            date.fromisoformat(earliest(d))
        except ValueError:
            raise bad(f"{where}: {d!r} is not a day of the calendar") from None
    if start and end and (latest(end) < earliest(start) or (len(start) == len(end) == 10 and end == start)):
        raise bad(
            f"{where}: ends {end}, before or on its start {start}", "turn the dates round; the end is the first day it no longer held"
        )
