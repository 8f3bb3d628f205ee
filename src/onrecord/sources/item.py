"""One thing to read: a stream of bytes, what it is called, and what is already known of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from onrecord.document import Document
from onrecord.errors import TooLargeError
from onrecord.sources.limits import DEFAULT, Limits

__all__ = ["HEAD", "Head", "Item", "size_words"]

#: How many bytes of a stream are looked at to tell its format.
HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class Item:
    """A stream and its circumstances, as a reader gets it.

    ``path``: how errors and documents name it (``crawl.zip#a/b.txt`` for a member). ``name``: its own file name, for the ending.
    ``known``: fields of the Document that the container states (``url``, ``published`` …); they win over nothing and lose to
    what the content itself says, save ``url``. ``mapping``: for tables, the Document's fields to the columns that hold them.
    """

    stream: BinaryIO
    path: str
    name: str = ""
    known: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = DEFAULT
    mapping: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0
    data: bytes | None = None

    def read(self) -> bytes:
        """All bytes. Raises TooLargeError over ``limits.text``."""
        if self.data is not None:
            return self.data
        data = self.stream.read(self.limits.text + 1)
        if len(data) > self.limits.text:
            raise TooLargeError(
                self.path, f"it is larger than {size_words(self.limits.text)}", "split it, or raise the bound on a text's size"
            )
        return data

    def loaded(self) -> Item:
        """The same item with its bytes in memory."""
        return self if self.data is not None else replace(self, data=self.read())

    def inner(self, name: str, stream: BinaryIO | bytes, *, known: Mapping[str, str] | None = None) -> Item:
        """A member of this item: ``name`` is its name inside."""
        content = io.BytesIO(stream) if isinstance(stream, bytes) else stream
        return replace(
            self, stream=content, path=f"{self.path}#{name}", name=name, known={**(known or {})}, depth=self.depth + 1, data=None
        )

    def document(self, text: str, *, reader: str, part: str | int | None = None, digest: str | None = None, **found: Any) -> Document:
        """The Document of this item. ``found`` are the fields the reader found; empty ones fall back on what is known.

        ``part`` names one of several documents in the item. ``digest`` replaces that of the whole item's bytes.
        """
        fields: dict[str, Any] = {k: v for k, v in self.known.items() if v}
        fields.update({k: v for k, v in found.items() if v and not (k == "url" and fields.get("url"))})
        if digest is None and self.data is not None:
            digest = hashlib.sha256(self.data).hexdigest()
        path = self.path if part is None else f"{self.path}#{part}"
        return Document(text=text, path=path, source_digest=digest, reader=reader, **fields)


class Head(io.RawIOBase):
    """A stream that gives its first bytes to look at and then reads from the start, seekable or not."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.head = _fill(stream, HEAD)
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        n = len(buffer)
        if self._at < len(self.head):
            piece = self.head[self._at : self._at + n]
            self._at += len(piece)
        else:
            piece = self.stream.read(n) or b""
        buffer[: len(piece)] = piece
        return len(piece)


def _fill(stream: BinaryIO, n: int) -> bytes:
    pieces: list[bytes] = []
    while n > 0 and (piece := stream.read(n)):
        pieces.append(piece)
        n -= len(piece)
    return b"".join(pieces)


def size_words(n: int) -> str:
    """A size for a person: ``64 MiB``."""
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if n >= size:
            return f"{n / size:.3g} {unit}"
    return f"{n} bytes"
