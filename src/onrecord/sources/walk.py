"""From one stream to its Documents: tell the format, read, and read in turn what archives and crawls hold.

Everything that is read is counted, so that after a crash the walk can be taken up behind the piece that caused it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from onrecord.document import Document
from onrecord.errors import DamagedError, OnrecordError, OverrunError, SourceError, UnsupportedError, UsageError
from onrecord.sources.detect import detect
from onrecord.sources.formats import Format, Reader
from onrecord.sources.item import Head, Item

__all__ = ["EXTRA", "Tally", "missing_library", "walk"]

EXTRA = "pip install 'onrecord[sources]'"


@dataclass
class Tally:
    """How far a walk has come. ``done`` counts pieces begun, ``skip`` of which are passed over without being read.

    ``begin(path, size)`` and ``end()`` are called round each piece's reader, ``loading()`` before a reader's libraries are imported,
    ``pulse()`` after that and now and then while a stream is read.
    """

    skip: int = 0
    done: int = 0
    begin: Callable[[str, int], None] = field(default=lambda path, size: None)
    end: Callable[[], None] = field(default=lambda: None)
    pulse: Callable[[], None] = field(default=lambda: None)
    loading: Callable[[], None] = field(default=lambda: None)

    def next(self) -> bool:
        """Count one piece; is it to be read?"""
        self.done += 1
        return self.done > self.skip


# Packages whose name is not that of the module they install.
_PACKAGES = {"docx": "python-docx"}


def missing_library(path: str, what: str, module: str) -> UnsupportedError:
    """The error for a format whose library is not installed. ``module``: the one that could not be imported."""
    package = _PACKAGES.get(module.split(".", maxsplit=1)[0], module.split(".", maxsplit=1)[0])
    return UnsupportedError(path, f"reading {what} needs the Python package {package!r}", EXTRA)


def walk(item: Item, tally: Tally, *, forced: str | None = None) -> Iterator[Document | SourceError]:
    """Yield the Documents in ``item``, at any depth. Never raises but for UsageError (a column mapping that does not fit)."""
    try:
        if item.depth > item.limits.depth:
            yield OverrunError(item.path, f"archives are nested more than {item.limits.depth} deep", "unpack the outer ones first")
            return
        head = Head(item.stream, pulse=tally.pulse)
        item = _with_stream(item, head)
        format_ = detect(head.head, item.name or item.path, forced=forced)
        yield from _streamed(item, format_, tally) if format_.streams else _piece(item, format_, tally)
    except UsageError:
        raise
    except Exception as e:
        yield fault(item.path, e)


def _with_stream(item: Item, head: Head) -> Item:
    from dataclasses import replace

    return replace(item, stream=cast(BinaryIO, io.BufferedReader(head, 1 << 16)))


def _piece(item: Item, format_: Format, tally: Tally) -> Iterator[Document | SourceError]:
    item = item.loaded()
    wanted = tally.next()
    if not wanted and not format_.holds:
        return
    reader = _reader(item, format_, tally)
    inner: list[Item] = []
    if wanted:
        tally.begin(item.path, len(item.data or b""))
    try:
        for got in reader(item):
            if isinstance(got, Item):
                inner.append(got)
            elif wanted:
                yield got
    except UsageError:
        raise
    except Exception as e:  # what it held up to here is still read
        yield fault(item.path, e)
    finally:
        if wanted:
            tally.end()
    for got in inner:
        yield from walk(got, tally)


def _streamed(item: Item, format_: Format, tally: Tally) -> Iterator[Document | SourceError]:
    reader = _reader(item, format_, tally)
    for got in reader(item):
        if isinstance(got, Item):
            yield from walk(got, tally)
        elif tally.next():
            yield got
        if tally.done > item.limits.members:
            yield OverrunError(item.path, f"it holds more than {item.limits.members} documents", "split it")
            return


def _reader(item: Item, format_: Format, tally: Tally) -> Reader:
    tally.loading()  # imports take their time, which is not the document's
    try:
        reader = format_.reader()
        tally.pulse()
        return reader
    except ImportError as e:
        raise missing_library(item.path, format_.title, e.name or format_.name) from None


def fault(path: str, error: BaseException) -> SourceError:
    """Any exception as the one-line error that a user sees."""
    if isinstance(error, SourceError):
        # A reader that does not know its place in an archive names the member alone.
        return error
    if isinstance(error, MemoryError):
        return OverrunError(
            path, "reading it takes more memory than is allowed", "split it; from Python, Limits(memory=…) raises the bound"
        )
    if isinstance(error, RecursionError):
        return DamagedError(path, "it is nested too deeply to be read")
    if isinstance(error, ImportError):
        return missing_library(path, "it", error.name or str(error)[:60])
    if isinstance(error, OnrecordError):
        return DamagedError(path, str(error))
    if isinstance(error, OSError) and error.strerror:
        return DamagedError(path, f"it could not be read: {error.strerror.lower()}")
    words = re.sub(r"\s+", " ", f"{error}").strip()
    words = "".join(c for c in words if c.isprintable())[:160]
    return DamagedError(path, f"it is damaged, or not what it seems: {words or type(error).__name__}")
