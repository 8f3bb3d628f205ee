"""Any text its users have, as Documents.

``open_source`` reads a file, a stream or an address; ``expand`` finds the files that paths, folders and patterns name.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from onrecord.document import Document
from onrecord.errors import SourceError, UnreadableError
from onrecord.sources import text
from onrecord.sources.folders import expand
from onrecord.sources.item import Head, Item
from onrecord.sources.limits import DEFAULT, Limits

__all__ = ["Limits", "expand", "open_source"]


def open_source(
    path: str | Path | BinaryIO,
    *,
    name: str | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT,
) -> Iterator[Document | SourceError]:
    """Yield the Documents of one source, in its own order. What could not be read is yielded as a SourceError, never raised.

    ``path``: a file, or a stream of bytes. ``name`` is what documents and errors call it, and says the format where the
    content leaves a doubt; by default the path as given, ``-`` for a stream.
    ``mapping``: for tables, which column holds which field (``{"text": "body", "published": "date"}``).
    """
    if isinstance(path, str | Path):
        label = name or os.fspath(path)
        try:
            if os.path.isdir(path):
                yield UnreadableError(label, "it is a folder", "give the files in it, or use expand()")
                return
            with open(path, "rb") as stream:
                yield from _read(stream, label, mapping or {}, limits)
        except OSError as e:
            yield _unreadable(label, e)
        except ValueError as e:  # a NUL in the path
            yield UnreadableError(label, f"the name cannot be used: {e}")
    else:
        yield from _read(path, name or "-", mapping or {}, limits)


def _read(stream: BinaryIO, label: str, mapping: Mapping[str, str], limits: Limits) -> Iterator[Document | SourceError]:
    try:
        head = Head(stream)
        item = Item(io.BufferedReader(head), label, name=label, mapping=mapping, limits=limits)
        yield from text.read(item.loaded())
    except SourceError as e:
        yield e
    except OSError as e:
        yield _unreadable(label, e)


def _unreadable(label: str, e: OSError) -> UnreadableError:
    if isinstance(e, FileNotFoundError):
        return UnreadableError(label, "there is no such file", "check the name")
    if isinstance(e, PermissionError):
        return UnreadableError(label, "you may not read it", "check its permissions")
    if isinstance(e, IsADirectoryError):
        return UnreadableError(label, "it is a folder", "give the files in it, or use expand()")
    return UnreadableError(label, f"it could not be read: {(e.strerror or type(e).__name__).lower()}")
