"""Tables of texts: JSON Lines, JSON, CSV. One Document a row, columns told by their names or by the caller's mapping."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO, cast

from onrecord.document import Document
from onrecord.errors import BinaryError, DamagedError, EmptyError, SourceError, TooLargeError, UnsupportedError, UsageError
from onrecord.sources.budget import size_words
from onrecord.sources.columns import FIELDS, recognise, resolve
from onrecord.sources.encoding import decode
from onrecord.sources.item import Item
from onrecord.sources.markup import fragment_text, looks_like_markup
from onrecord.sources.when import parse_date

__all__ = ["read_csv", "read_json", "read_jsonl", "row_document"]

_BAD_ROWS = 1000  # after so many in a row the file is not what it seems
_SEPARATOR = re.compile(rb"(?:\xef\xbb\xbf)?sep=([,;|\t])\r?\n")
_COLUMNS = 10_000
_TAGS = 1_000_000  # in one cell that holds markup
_FIELDS_A_ROW = 8_000_000  # marks between fields, those within quoted texts included
# Bytes that a JSON value takes in memory, for each bracket, quote and comma that it is written with: what empty lists and one-letter
# strings were seen to take. Prose has few of them; a file made of them would take thirty times its size.
_WEIGHTS = ((b"[", 100), (b"{", 100), (b'"', 40), (b",", 40))
_JSON_MEMORY = 512 << 20


def row_document(
    item: Item, row: Mapping[str, Any], columns: Mapping[str, str], *, part: int | str | None, reader: str, digest: str | None
) -> Document | SourceError:
    """The Document of one row. ``columns``: field -> column, which may be a dotted path into nested values."""
    path = item.path if part is None else f"{item.path}#{part}"
    text = _text(_value(row, columns["text"]))
    if looks_like_markup(text):
        if text.count("<") > _TAGS:
            return TooLargeError(path, "its text has more than a million tags")
        text = fragment_text(text)
    if not text.strip():
        return EmptyError(path, f"column {columns['text']!r} is empty in this row")
    if len(text) > item.limits.text:
        return TooLargeError(path, f"its text is longer than {size_words(item.limits.text)}")
    fields: dict[str, str] = {}
    for field in FIELDS[1:]:
        if field in columns:
            value = _value(row, columns[field])
            found = parse_date(value) if field == "published" else " ".join(_text(value, ", ").split())[:1000]
            if found:
                fields[field] = found
    return item.document(text, reader=reader, part=part, digest=digest, **fields)


def _value(row: Any, column: str) -> Any:
    if isinstance(row, Mapping) and column in row:
        return row[column]
    for step in column.split("."):
        if isinstance(row, list) and row:
            row = row[int(step)] if step.isdigit() and int(step) < len(row) else row[0]
        if not isinstance(row, Mapping):
            return None
        row = row.get(step)
    return row


def _text(value: Any, joint: str = "\n\n") -> str:
    if isinstance(value, str):
        # A lone half of a surrogate pair (JSON can hold one) is no character.
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not value.isascii() else value
    if isinstance(value, list):
        return joint.join(t for v in value[:100_000] if (t := _text(v, joint)))
    if isinstance(value, Mapping):
        return _text(value.get("name") or value.get("text") or value.get("title"), joint)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _columns(item: Item, names: Collection[str]) -> dict[str, str] | SourceError:
    if len(names) > _COLUMNS:
        return TooLargeError(item.path, f"it has more than {_COLUMNS} columns")
    try:
        return resolve(names, item.mapping)
    except UsageError as e:
        return UnsupportedError(item.path, str(e))


def _lines(item: Item) -> Iterator[bytes | TooLargeError]:
    """Lines of bounded length; a longer one is given as an error and passed over."""
    limit = item.limits.text
    number = 0
    while line := item.stream.readline(limit + 1):
        number += 1
        if len(line) <= limit:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = item.stream.readline(limit + 1)
        yield TooLargeError(f"{item.path}#{number}", f"the line is longer than {size_words(limit)}")


def _heavy(data: bytes) -> bool:
    """Would this JSON, once parsed, take more memory than a text and its fields ever do?"""
    return len(data) > _JSON_MEMORY // 100 and sum(data.count(mark) * weight for mark, weight in _WEIGHTS) > _JSON_MEMORY


def read_jsonl(item: Item) -> Iterator[Document | SourceError]:
    """Yield one Document a line, named ``file#1`` and so on by line. A line that is no JSON object is an error, and the next is read."""
    known: dict[tuple[str, ...], dict[str, str] | SourceError] = {}
    bad = 0
    for number, line in enumerate(_lines(item), 1):
        if bad > _BAD_ROWS:
            yield DamagedError(item.path, f"more than {_BAD_ROWS} lines in a row could not be read; the rest was given up")
            return
        if isinstance(line, TooLargeError):
            yield line
            continue
        if not line.strip():
            continue
        path = f"{item.path}#{number}"
        if _heavy(line):
            bad += 1
            yield TooLargeError(path, "the line holds more values than a document can have")
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as e:
            bad += 1
            yield DamagedError(path, "the line is not JSON" if not isinstance(e, RecursionError) else "the line is nested too deeply")
            continue
        if not isinstance(row, dict):
            bad += 1
            yield DamagedError(path, "the line is not a JSON object", 'each line must be one, as {"text": "…"}')
            continue
        keys = tuple(row)
        if keys not in known:
            if len(known) > 1000:
                known.clear()
            known[keys] = _columns(item, keys)
        columns = known[keys]
        if isinstance(columns, SourceError):
            bad += 1
            yield type(columns)(path, columns.reason, columns.advice)
            continue
        bad = 0
        yield row_document(item, row, columns, part=number, reader="jsonl/1", digest=hashlib.sha256(line).hexdigest())


def read_json(item: Item) -> Iterator[Document | SourceError]:
    """Yield the Documents of a JSON file: one object, a list of them, or an object that holds such a list (``{"articles": […]}``)."""
    if _heavy(item.read()):
        yield TooLargeError(item.path, "it holds more values than can be held at once", "save it as JSON Lines, one document a line")
        return
    try:
        text, _ = decode(item.read())
        data = json.loads(text)
    except RecursionError:
        yield DamagedError(item.path, "it is nested too deeply to be read")
        return
    except ValueError as e:
        yield DamagedError(item.path, f"it is not valid JSON: {str(e)[:120]}")
        return
    if isinstance(data, dict):
        if "text" in recognise(map(str, data)) or "text" in item.mapping:
            rows: list[Any] = [data]
        else:
            rows = next((v for v in data.values() if isinstance(v, list) and v and isinstance(v[0], dict)), [data])
    else:
        rows = data if isinstance(data, list) else []
    if not rows:
        yield EmptyError(item.path, "there is no document in it", "expected: an object, or a list of objects, with a field for the text")
        return
    bad = 0
    for number, row in enumerate(rows, 1):
        part = None if rows == [data] else number
        if not isinstance(row, dict):
            bad += 1
            yield DamagedError(f"{item.path}#{number}", "it is not an object with a field for the text")
        elif isinstance(columns := _columns(item, row), SourceError):
            bad += 1
            yield type(columns)(f"{item.path}#{number}" if part else item.path, columns.reason, columns.advice)
        else:
            bad = 0
            yield row_document(item, row, columns, part=part, reader="json/1", digest=None)
        if bad > _BAD_ROWS:
            yield DamagedError(item.path, f"more than {_BAD_ROWS} entries in a row could not be read; the rest was given up")
            return


class _Recoded(io.RawIOBase):
    """A stream of UTF-16, as Excel writes "Unicode text", in UTF-8."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.decoder, self.ready = stream, codecs.getincrementaldecoder("utf-16")("replace"), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.ready and (piece := self.stream.read(1 << 16)):
            self.ready = self.decoder.decode(piece).encode("utf-8", "replace")
        n = min(len(buffer), len(self.ready))
        buffer[:n], self.ready = self.ready[:n], self.ready[n:]
        return n


def read_csv(item: Item) -> Iterator[Document | SourceError]:
    """Yield one Document a row, named ``file#2`` and so on by row, the header being row 1."""
    if _peek(item)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        item = replace(item, stream=cast(BinaryIO, io.BufferedReader(_Recoded(item.stream), 1 << 16)))
    lines = _lines(item)
    first = next(lines, b"")
    said = None
    if isinstance(first, bytes) and (m := _SEPARATOR.match(first)):  # a line of Excel's, before the header
        said, first = m[1].decode(), next(lines, b"")
    if isinstance(first, TooLargeError):
        yield first
        return
    encoding = _encoding(item, first)
    if encoding is None:
        yield BinaryError(item.path, "its encoding could not be told", "save it as UTF-8")
        return
    head = first.decode(encoding, "replace")
    delimiter = said or max("\t,;|", key=lambda d: (head.count(d), d == ","))
    mark = delimiter.encode()
    row_hash = hashlib.sha256()  # of the lines of the row that is being read
    size = fields = 0

    def decoded() -> Iterator[str]:
        nonlocal size, fields
        for number, line in enumerate(_chain(first, lines)):
            if isinstance(line, TooLargeError):
                raise line
            size, fields = size + len(line), fields + line.count(mark)
            if size > item.limits.text or fields > _FIELDS_A_ROW:
                raise csv.Error("the row is too large; perhaps a quoted field is never closed")
            row_hash.update(line)
            yield line.decode(encoding, "replace").lstrip("\ufeff") if number == 0 else line.decode(encoding, "replace")

    csv.field_size_limit(item.limits.text)
    rows = csv.reader(decoded(), delimiter=delimiter)
    row_number = 1
    try:
        names = [n.strip() for n in next(rows, [])]
        columns = _columns(item, [n for n in names if n])
        if isinstance(columns, SourceError):
            yield columns
            return
        row_hash, size, fields = hashlib.sha256(), 0, 0
        for row_number, row in enumerate(rows, 2):
            digest = row_hash.hexdigest()
            row_hash, size, fields = hashlib.sha256(), 0, 0
            if any(cell.strip() for cell in row):
                cells = dict(zip(names, row, strict=False))
                yield row_document(item, cells, columns, part=row_number, reader="csv/1", digest=digest)
    except csv.Error as e:
        words = "a quoted field is never closed" if "field larger" in str(e) else str(e)[:100]
        yield DamagedError(f"{item.path}#{row_number + 1}", f"the table breaks off here: {words}")
    except TooLargeError as e:
        yield e


def _chain(first: bytes, rest: Iterator[bytes | TooLargeError]) -> Iterator[bytes | TooLargeError]:
    if first:
        yield first
    yield from rest


def _peek(item: Item) -> bytes:
    peek = getattr(item.stream, "peek", None)
    return peek(1 << 16)[: 1 << 16] if peek else b""


def _encoding(item: Item, first: bytes) -> str | None:
    """The encoding of a table, from what of it is in the buffer."""
    sample = first + _peek(item)
    if sample[:400].count(0) > 40:
        return None  # lines cannot be told in it as bytes
    cut = sample.rfind(b"\n")
    try:
        name = decode(sample[: cut + 1] if cut > 0 else sample)[1]
    except ValueError:
        return None
    return "utf-8" if name.startswith("utf-8") else name
