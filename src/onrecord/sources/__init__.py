"""Any text its users have, as Documents.

``open_source`` reads a file, a stream or an address in any of the ``formats``; ``expand`` finds the files that paths, folders
and patterns name. ``refusal`` says why a Document is not to be read (it is not English).

Plain text, JSON and CSV are read in the caller's process, everything else in a worker that is held to a time and a size
of memory, so that a file that hangs or crashes its reader loses that file only.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from onrecord.document import Document
from onrecord.errors import EmptyError, SourceError, TooLargeError, UnreadableError, UsageError
from onrecord.sources.budget import Budget, size_words
from onrecord.sources.columns import FIELDS
from onrecord.sources.detect import detect
from onrecord.sources.folders import expand, is_address
from onrecord.sources.formats import Format, formats
from onrecord.sources.item import Head, Item
from onrecord.sources.language import detect_language, refusal
from onrecord.sources.limits import DEFAULT, Limits
from onrecord.sources.walk import Tally, walk

__all__ = ["Format", "Item", "Limits", "expand", "formats", "is_address", "open_source", "read_all", "refusal"]


def open_source(
    path: str | Path | BinaryIO,
    *,
    name: str | None = None,
    format: str | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT,
    isolate: bool = True,
    tell: Callable[[int], None] | None = None,
) -> Iterator[Document | SourceError]:
    """Yield the Documents of one source, in its own order. What could not be read is yielded as a SourceError, never raised.

    ``path``: a file, a web address, or a stream of bytes. ``name`` is what documents and errors call it, and says the format
    where the content leaves a doubt; by default the path as given, ``-`` for a stream.
    ``format``: name of the format, when it is known better than content and name say.
    ``mapping``: for tables, which column holds which field (``{"text": "body", "published": "date"}``).
    ``isolate``: false reads everything in this process: for files that are trusted, and for debugging a reader.
    ``tell`` is called with the bytes of a file read so far, for formats that are read in this process.
    Raises UsageError for a format or a field in the mapping that there is not.
    """
    if wrong := [field for field in mapping or () if field not in FIELDS]:
        raise UsageError(f"a document has no field {wrong[0]!r}; a mapping takes {', '.join(FIELDS)}")
    if format is not None and format not in formats():
        raise UsageError(f"there is no format {format!r}; there are {', '.join(formats())}")
    run = _Run(dict(mapping or {}), limits, format, isolate, tell)
    nothing = True
    for got in run.source(path, name):
        nothing = False
        yield _with_language(got) if isinstance(got, Document) else got
    if nothing:  # a crawl without pages, a mailbox without mails: never silence
        yield EmptyError(name or ("-" if not isinstance(path, str | Path) else os.fspath(path)), "there is no text in it")


def read_all(
    paths: Iterable[str | Path],
    *,
    standard_input: BinaryIO | None = None,
    format: str | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT,
) -> Iterator[Document | SourceError]:
    """Yield the Documents of all that ``paths`` name, in order: files, folders, patterns, addresses, ``-`` for ``standard_input``."""
    for path in paths:
        if str(path) == "-" and standard_input is not None:
            yield from open_source(standard_input, name="-", format=format, mapping=mapping, limits=limits)
            continue
        for found in expand([path]):
            if isinstance(found, SourceError):
                yield found
            else:
                yield from open_source(found, format=format, mapping=mapping, limits=limits)


def _with_language(document: Document) -> Document:
    language = detect_language(document.text, document.language)
    return document if language == document.language else replace(document, language=language)


class _Run:
    """The options of one call."""

    def __init__(
        self, mapping: dict[str, str], limits: Limits, forced: str | None, isolate: bool, tell: Callable[[int], None] | None
    ) -> None:
        self.tell = tell
        # Without a Python to start (an application that embeds one) there is no worker to be had.
        self.mapping, self.limits, self.forced, self.isolate = mapping, limits, forced, isolate and bool(sys.executable)

    def source(self, path: str | Path | BinaryIO, name: str | None) -> Iterator[Document | SourceError]:
        if not isinstance(path, str | Path):
            yield from self.stream(path, name or "-")
            return
        label = name or os.fspath(path)
        if is_address(path):
            from onrecord.sources.fetch import fetch

            try:
                page = fetch(str(path), limit=self.limits.text)
            except SourceError as e:
                yield e
                return
            known = {"url": page.url, **({"content_type": page.kind} if page.kind else {})}
            yield from self.stream(io.BytesIO(page.data), label, known=known)
            return
        try:
            if os.path.isdir(path):
                yield UnreadableError(label, "it is a folder", "give the files in it, or use expand()")
                return
            with open(path, "rb") as stream:
                told = cast(BinaryIO, _Told(stream, self.tell) if self.tell else stream)
                yield from self.stream(told, label, file=os.fspath(path))
        except OSError as e:
            yield _unreadable(label, e)
        except ValueError as e:  # a NUL in the path
            yield UnreadableError(label, f"the name cannot be used: {e}")

    def stream(
        self, stream: BinaryIO, label: str, *, file: str | None = None, known: Mapping[str, str] | None = None
    ) -> Iterator[Document | SourceError]:
        known = {k: v for k, v in (known or {}).items() if k != "content_type"}
        try:
            head = Head(stream)
            format_ = detect(head.head, label, forced=self.forced)
        except SourceError as e:
            yield e
            return
        except OSError as e:
            yield _unreadable(label, e)
            return
        rest = cast(BinaryIO, io.BufferedReader(head, 1 << 16))
        if format_.safe or not self.isolate:
            item = Item(rest, label, name=label, known=known, mapping=self.mapping, limits=self.limits, budget=self._budget(file))
            yield from walk(item, Tally(), forced=self.forced)
        elif file is not None and os.path.isfile(file):
            yield from self._worker(file, label, known)
        else:
            yield from self._spooled(rest, label, known)

    def _budget(self, file: str | None) -> Budget:
        return Budget.of(os.path.getsize(file) if file and os.path.isfile(file) else 0, self.limits)

    def _worker(self, file: str, label: str, known: Mapping[str, str]) -> Iterator[Document | SourceError]:
        from onrecord.sources.pool import isolated

        yield from isolated(file, path=label, name=label, known=known, mapping=self.mapping, limits=self.limits, forced=self.forced)

    def _spooled(self, stream: BinaryIO, label: str, known: Mapping[str, str]) -> Iterator[Document | SourceError]:
        """A worker opens its file itself: what has no file is put into one first."""
        import tempfile

        handle, name = tempfile.mkstemp(prefix="onrecord-")
        try:
            with os.fdopen(handle, "wb") as spool:
                left = self.limits.stream
                while piece := stream.read(1 << 20):
                    left -= len(piece)
                    if left < 0:
                        yield TooLargeError(label, f"the stream is longer than {size_words(self.limits.stream)}", "save it as a file first")
                        return
                    spool.write(piece)
            yield from self._worker(name, label, known)
        except OSError as e:
            yield _unreadable(label, e)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(name)


class _Told:
    """A file that says how far it has been read."""

    def __init__(self, stream: BinaryIO, tell: Callable[[int], None]) -> None:
        self.stream, self.tell, self.at = stream, tell, 0

    def read(self, n: int = -1) -> bytes:
        piece = self.stream.read(n)
        self.at += len(piece)
        self.tell(self.at)
        return piece


def _unreadable(label: str, e: OSError) -> UnreadableError:
    if isinstance(e, FileNotFoundError):
        return UnreadableError(label, "there is no such file", "check the name")
    if isinstance(e, PermissionError):
        return UnreadableError(label, "you may not read it", "check its permissions")
    if isinstance(e, IsADirectoryError):
        return UnreadableError(label, "it is a folder", "give the files in it, or use expand()")
    return UnreadableError(label, f"it could not be read: {(e.strerror or type(e).__name__).lower()}")
