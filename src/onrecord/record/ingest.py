"""A corpus into a record: many readers, one writer, each document whole or not at all.

What came in stays: a run that is killed is taken up by running it again. A file that was gone through to its end and has not
changed since (size and time of change) is passed over; a text that is there already is not read a second time.
"""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from onrecord.document import Document
from onrecord.errors import (
    BinaryError,
    BusyRecordError,
    DamagedError,
    EmptyError,
    LanguageError,
    OnrecordError,
    RecordError,
    SourceError,
    TooLargeError,
    UsageError,
)
from onrecord.record.pool import Answer, Pool, ReaderLike, default_reader
from onrecord.record.store import Record
from onrecord.sources.limits import DEFAULT, Limits

__all__ = ["BY_NAME", "Report", "cores", "date_in", "ingest", "reread"]

#: Refusals that the same file will meet again as long as it stays as it is. After any other the file is tried again next time.
_FOR_GOOD = (BinaryError, EmptyError, LanguageError, TooLargeError)
_SHOWN = 1000
#: Instead of a date of publication: each text has the one in its file's name.
BY_NAME = "name"
_DAY = re.compile(r"(?<!\d)(?P<year>1[4-9]\d\d|20\d\d)(?P<sign>[-_./]?)(?P<month>\d\d)(?P=sign)(?P<day>\d\d)(?!\d)")


@dataclass(slots=True)
class Report:
    """How far an ingest has come, and in the end what it did.

    ``files`` gone through, ``unchanged`` passed over; ``documents`` read, ``known`` already there; ``words`` and
    ``statements`` of what was read; ``refusals``: how many could not be read, ``foreign`` of them because they are not English,
    ``refused`` the first thousand.
    ``size``: bytes of the files done with, ``seconds`` since the start.
    """

    files: int = 0
    unchanged: int = 0
    documents: int = 0
    known: int = 0
    words: int = 0
    statements: int = 0
    size: int = 0
    seconds: float = 0.0
    refusals: int = 0
    foreign: int = 0
    refused: list[SourceError] = field(default_factory=list)

    def refuse(self, e: SourceError) -> None:
        self.refusals += 1
        self.foreign += isinstance(e, LanguageError)
        if len(self.refused) < _SHOWN:  # all of them are in the record
            self.refused.append(e)

    def to_dict(self) -> dict[str, int | float]:
        """The counts as JSON values, without the refusals one by one."""
        names = ("files", "unchanged", "documents", "known", "words", "statements", "refusals", "foreign", "size", "seconds")
        return {name: round(v, 3) if isinstance(v := getattr(self, name), float) else v for name in names}


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


@dataclass(slots=True)
class _Pending:
    """Of the file at hand."""

    documents: int = 0
    refused: int = 0
    passing: bool = False  # a refusal that need not last


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


@dataclass(frozen=True, slots=True)
class _Options:
    """What holds for a whole ingest."""

    record: Record
    run: int
    report: Report
    rerun: bool
    published: str | None
    mapping: Mapping[str, str] | None
    format: str | None
    limits: Limits
    flying: set[str] = field(default_factory=set)  # digests of the texts that are being read


def ingest(
    record: Record,
    paths: Iterable[str | Path],
    *,
    stdin: BinaryIO | None = None,
    make_reader: Callable[[], ReaderLike] = default_reader,
    workers: int | None = None,
    rerun: bool = False,
    published: str | None = None,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
    limits: Limits = DEFAULT,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Read every text in files, folders, patterns, archives and addresses, and keep it with its statements.

    ``stdin``: what the path ``-`` reads. ``workers``: processes that read, by default one a core; 0 reads in this process.
    ``make_reader`` gives each of them its reader (it is sent to them: a function of a module). ``rerun``: read again what this
    model and this version of onrecord have not read; ids and corrections stay. ``published``: for texts that do not say it: a
    date, or ``BY_NAME`` for the one in the name of its file.
    ``mapping``, ``format``, ``limits``: see ``open_source``. ``progress`` is called after each document and file.

    What cannot be read is in the report and in the record's log, and the rest goes on. Raises UsageError (the record among its own
    texts, a mapping that does not fit), RecordError (busy, full, not writable) and WeightsError; what was written until then is kept.
    """
    paths = list(paths)
    check_paths(paths, record.path)
    with alone(record.path), Pool(make_reader, cores() if workers is None else workers) as pool:
        named = [_name(p) for p in paths[:100]]
        run = record.start_run(model=pool.model(), options={"rerun": rerun, "paths": named, "published": published})
        options = _Options(record, run, Report(), rerun, published, mapping, format, limits)
        return _go(options, pool, _items(options, paths, stdin), progress)


def reread(
    record: Record,
    *,
    make_reader: Callable[[], ReaderLike] = default_reader,
    workers: int | None = None,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Read the record's own texts again, those that this model and this version of onrecord have not read yet."""
    with alone(record.path), Pool(make_reader, cores() if workers is None else workers) as pool:
        run = record.start_run(model=pool.model(), options={"rerun": True})
        options = _Options(record, run, Report(), True, None, None, None, DEFAULT)
        return _go(options, pool, record.documents_not_read_as(run), progress)


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _go(options: _Options, pool: Pool, items: Iterable[object], progress: Callable[[Report], None]) -> Report:
    report, began, pending = options.report, time.monotonic(), _Pending()
    options.record.lean()
    for item, answer in pool.read(items):
        _write(options, item, answer, pending)
        report.seconds = time.monotonic() - began
        progress(report)
    options.record.end_run(options.run)
    report.seconds = time.monotonic() - began
    return report


def _items(o: _Options, paths: Iterable[str | Path], stdin: BinaryIO | None) -> Iterator[object]:
    from onrecord.sources import expand, is_address, open_source

    for path in paths:
        if path == "-":
            yield from _texts(o, open_source(stdin or io.BytesIO(), name="-", mapping=o.mapping, format=o.format, limits=o.limits))
            continue
        for file in expand([path]):
            if isinstance(file, SourceError):
                yield file
            elif is_address(file):
                yield from _texts(o, open_source(file, mapping=o.mapping, format=o.format, limits=o.limits))
            else:
                yield from _file(o, Path(file))


def _file(o: _Options, file: Path) -> Iterator[object]:
    from onrecord.sources import open_source

    name = _name(file)
    try:
        found = file.stat()
    except (OSError, ValueError):
        yield from _texts(o, open_source(file))  # which says why
        return
    if _is_part_of(file, o.record.path):
        return
    if not o.rerun and o.record.file_done(name, found.st_size, found.st_mtime_ns):
        o.report.unchanged += 1
        o.report.size += found.st_size
        return
    done = 0

    def tell(at: int) -> None:
        nonlocal done
        at = min(at, found.st_size)
        o.report.size += at - done
        done = at

    yield from _texts(o, open_source(file, mapping=o.mapping, format=o.format, limits=o.limits, tell=tell))
    tell(found.st_size)
    yield _End(name, found.st_size, found.st_mtime_ns)


def _texts(o: _Options, found: Iterable[Document | SourceError]) -> Iterator[object]:
    from onrecord.sources import refusal

    for got in found:
        if isinstance(got, SourceError):
            yield got
        elif (no := refusal(got)) is not None:
            yield no
        else:
            if o.published and not got.published:
                got = replace(got, published=date_in(got.path or "") if o.published == BY_NAME else o.published)
            d = storable(got)
            if o.rerun:
                # Its day may have been given when it came in, and not now; or be given now, and not have been known then.
                before = o.record.published(d.digest)
                known = o.record.read_as(d.digest, o.run) and not (d.published and not before)
                d = replace(d, published=d.published or before)
            else:
                known = o.record.has(d.digest)
            known = known or d.digest in o.flying
            if not known:
                o.flying.add(d.digest)
            yield _Known(d) if known else d


def _write(o: _Options, item: object, answer: Answer | None, pending: _Pending) -> None:
    record, run, report = o.record, o.run, o.report
    error: SourceError | None = item if isinstance(item, SourceError) else None
    if isinstance(item, _Known):
        d = item.document
        if record.has(d.digest):
            record.add(d, (), run=run)
            report.known += 1
            pending.documents += 1
        else:  # it came in twice at once, and the first time it could not be read
            error = DamagedError(d.path or d.id, "a text word for word the same could not be read")
    elif isinstance(item, _End):
        if not pending.passing:
            record.log_file(item.path, item.size, item.modified, documents=pending.documents, refused=pending.refused, run=run)
        report.files += 1
        pending.documents, pending.refused, pending.passing = 0, 0, False
    elif isinstance(item, Document) and answer is not None:
        o.flying.discard(item.digest)
        error = answer.error
        if error is None:
            try:
                added = record.add(item, answer.statements, run=run, replace=o.rerun, signature=answer.signature)
                report.documents += added.new or o.rerun
                report.known += not (added.new or o.rerun)
                report.statements += len(answer.statements)
                report.words += len(item.text.split())
                pending.documents += 1
            except SourceError as e:  # a text that no file can keep
                error = e
            except RecordError:
                raise
            except OnrecordError as e:
                error = SourceError(item.path or item.id, f"what was read of it is not sound: {e}", "please report this")
    if error is not None:
        report.refuse(error)
        record.log_refusal(error, run=run)
        pending.refused += 1
        pending.passing = pending.passing or not isinstance(error, _FOR_GOOD)


def date_in(path: str) -> str | None:
    """The day that a path names (``2021-12-02-summit.txt``, ``20211202.html``, ``2021/12/02/a.txt``): the last one in it, or null."""
    for m in reversed(list(_DAY.finditer(path))):
        try:
            return date(int(m["year"]), int(m["month"]), int(m["day"])).isoformat()
        except ValueError:
            continue
    return None


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
    """Raise UsageError when the record itself is among what is to be read. (In a folder that is read it is passed over.)"""
    for path in paths:
        if path != "-" and os.path.isfile(path) and _is_part_of(Path(path), record):
            raise UsageError(f"{record} is the record itself, and cannot be read into itself")


def _is_part_of(file: Path, record: Path) -> bool:
    """Is this the record's file, or one of those that SQLite and the lock keep beside it?"""
    try:
        if os.path.samefile(file, record):
            return True
        rest = file.name.removeprefix(record.name)
        return rest in ("-wal", "-shm", "-journal", ".lock") and os.path.samefile(file.parent, record.parent)
    except OSError:
        return False
