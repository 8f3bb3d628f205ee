"""A corpus into a record: many readers, one writer, each document whole or not at all.

What came in stays: a run that is killed is taken up by running it again. A file that was gone through to its end and has not
changed since (size and time of change) is passed over; a text that is there already is not read a second time.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from onrecord.document import Document
from onrecord.errors import BusyRecordError, OnrecordError, RecordError, SourceError, UsageError
from onrecord.record.pool import Answer, Pool, ReaderLike, default_reader
from onrecord.record.store import Record

__all__ = ["Report", "ingest", "reread"]


@dataclass(slots=True)
class Report:
    """How far an ingest has come, and in the end what it did.

    ``files`` gone through, ``unchanged`` passed over; ``documents`` read, ``known`` already there; ``words`` and
    ``statements`` of what was read; ``refused``: what could not be read. ``size``: bytes of the files done with.
    """

    files: int = 0
    unchanged: int = 0
    documents: int = 0
    known: int = 0
    words: int = 0
    statements: int = 0
    size: int = 0
    seconds: float = 0.0
    refused: list[SourceError] = field(default_factory=list)
    refusals: int = 0

    def refuse(self, e: SourceError) -> None:
        self.refusals += 1
        if len(self.refused) < 1000:  # all of them are in the record
            self.refused.append(e)


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a file that was gone through."""

    path: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A document whose text is in the record."""

    document: Document


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold off other ingests into the record at ``path``; the lock ends with the process. Raises BusyRecordError."""
    try:
        from filelock import FileLock, Timeout
    except ImportError as e:
        raise RecordError(str(path), "filling a record needs the Python package 'filelock'", "pip install 'onrecord[record]'") from e
    lock = FileLock(f"{path}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BusyRecordError(str(path), "another ingest is filling it", "wait for its end, or stop it") from None
    except OSError as e:
        raise RecordError(str(path), f"its folder cannot be written to: {(e.strerror or 'unknown error').lower()}") from e
    try:
        yield
    finally:
        lock.release()


def ingest(
    record: Record,
    paths: Iterable[str | Path],
    *,
    stdin: BinaryIO | None = None,
    make_reader: Callable[[], ReaderLike] = default_reader,
    workers: int | None = None,
    rerun: bool = False,
    published: str | None = None,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Read every text in files, folders, patterns, archives and addresses, and keep it with its statements.

    ``stdin``: what the path ``-`` reads. ``workers``: processes that read, by default one a core; 0 reads in this process.
    ``make_reader`` gives each of them its reader. ``rerun``: read again what is there already; ids and corrections stay.
    ``published``: for texts that do not say it. ``progress`` is called after each document and file.

    What cannot be read is in the report and in the record's log, and the rest goes on. Raises RecordError (busy, full, not
    writable) and WeightsError; what was written until then is kept.
    """
    with alone(record.path), Pool(make_reader, _cores() if workers is None else workers) as pool:
        run = record.start_run(model=pool.model(), options={"rerun": rerun, "paths": [_name(p) for p in paths][:100]})
        report = Report()
        began = time.monotonic()
        items = _items(record, paths, stdin, rerun, published, report)
        pending: list[int] = [0, 0]  # documents and refusals of the file at hand
        for item, answer in pool.read(items):
            _write(record, run, item, answer, rerun, report, pending)
            report.seconds = time.monotonic() - began
            progress(report)
        record.end_run(run)
        return report


def reread(
    record: Record,
    *,
    make_reader: Callable[[], ReaderLike] = default_reader,
    workers: int | None = None,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Read the record's own texts again, those that this model and this version of onrecord have not read yet."""
    with alone(record.path), Pool(make_reader, _cores() if workers is None else workers) as pool:
        run = record.start_run(model=pool.model(), options={"rerun": True})
        report = Report()
        began = time.monotonic()
        for item, answer in pool.read(record.documents_not_read_as(run)):
            _write(record, run, item, answer, True, report, [0, 0])
            report.seconds = time.monotonic() - began
            progress(report)
        record.end_run(run)
        return report


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _items(
    record: Record, paths: Iterable[str | Path], stdin: BinaryIO | None, rerun: bool, published: str | None, report: Report
) -> Iterator[object]:
    from onrecord.sources import expand, is_address, open_source, refusal

    def good(found: Iterable[Document | SourceError]) -> Iterator[object]:
        for got in found:
            if isinstance(got, SourceError):
                yield got
            elif (no := refusal(got)) is not None:
                yield no
            else:
                d = storable(replace(got, published=published) if published and not got.published else got)
                yield d if rerun or not record.has(d.digest) else _Known(d)

    for path in paths:
        if path == "-":
            yield from good(open_source(stdin or io.BytesIO(), name="-"))
            continue
        for file in expand([path]):
            if isinstance(file, SourceError):
                yield file
            elif is_address(file):
                yield from good(open_source(file))
            else:
                yield from _file(record, Path(file), rerun, report, good)


def _file(
    record: Record, file: Path, rerun: bool, report: Report, good: Callable[[Iterable[Document | SourceError]], Iterator[object]]
) -> Iterator[object]:
    from onrecord.sources import open_source

    name = _name(file)
    try:
        found = file.stat()
    except (OSError, ValueError):
        yield from good(open_source(file))  # which says why
        return
    if not rerun and record.file_done(name, found.st_size, found.st_mtime_ns):
        report.unchanged += 1
        report.size += found.st_size
        return
    yield from good(open_source(file))
    yield _End(name, found.st_size, found.st_mtime_ns)


def _write(record: Record, run: int, item: object, answer: Answer | None, rerun: bool, report: Report, pending: list[int]) -> None:
    error: SourceError | None = item if isinstance(item, SourceError) else None
    if isinstance(item, _Known):
        record.add(item.document, (), run=run)
        report.known += 1
        pending[0] += 1
    elif isinstance(item, _End):
        record.log_file(item.path, item.size, item.modified, documents=pending[0], refused=pending[1], run=run)
        report.files += 1
        report.size += item.size
        pending[:] = [0, 0]
    elif isinstance(item, Document) and answer is not None:
        error = answer.error
        if error is None:
            try:
                added = record.add(item, answer.statements, run=run, replace=rerun, signature=answer.signature)
                report.documents += added.new or rerun
                report.known += not (added.new or rerun)
                report.statements += len(answer.statements)
                report.words += len(item.text.split())
                pending[0] += 1
            except SourceError as e:  # a text that no file can keep
                error = e
            except RecordError:
                raise
            except OnrecordError as e:
                error = SourceError(item.path or item.id, f"what was read of it is not sound: {e}", "please report this")
    if error is not None:
        report.refuse(error)
        record.log_refusal(error, run=run)
        pending[1] += 1


def storable(d: Document) -> Document:
    """``d`` with what a database cannot keep in a file's name or a title (half characters, NUL) written as an escape."""
    odd = {
        name: _name(value)
        for name in ("path", "title", "outlet", "author", "url", "language", "published")
        if (value := getattr(d, name)) is not None and _name(value) != value
    }
    return replace(d, **odd) if odd else d


def _name(path: str | Path) -> str:
    return os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")


def check_paths(paths: Iterable[str | Path], record: Path) -> None:
    """Raise UsageError when the record itself is among what is to be read."""
    for path in paths:
        if path != "-" and os.path.exists(path) and os.path.exists(record) and os.path.samefile(path, record):
            raise UsageError(f"{record} is the record itself, and cannot be read into itself")
