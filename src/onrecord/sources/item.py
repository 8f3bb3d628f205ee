"""One thing to read: a stream of bytes, what it is called, and what is already known of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, cast

from onrecord.document import Document
from onrecord.errors import TooLargeError
from onrecord.sources.budget import Budget, size_words
from onrecord.sources.limits import DEFAULT, Limits

__all__ = ["HEAD", "Head", "Item", "one_line"]

#: How many bytes of a stream are looked at to tell its format.
HEAD = 1 << 16
#: After how many bytes a stream that is being read says that it is.
PULSE = 1 << 22


def one_line(name: str) -> str:
    """A name out of a file, bounded and with nothing in it that could move a cursor or break a line."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name[:500])


@dataclass(frozen=True, slots=True)
class Item:
    """A stream and its circumstances, as a reader gets it.

    ``path``: how errors and documents name it (``crawl.zip#a/b.txt`` for a member). ``name``: its own file name, for the ending.
    ``known``: fields of the Document that the container states (``url`` …); what the content says of itself goes before them, save
    for ``url``. ``mapping``: for tables, the Document's fields to the columns that hold them.
    ``data``: all bytes, where they are in memory; ``digest``: their SHA-256, taken once for the many documents that may share it.
    ``file``: where the stream lies on disk, if it does.
    ``budget``: what archives in it may still unpack to. ``depth``: in how many archives it lies.
    """

    stream: BinaryIO
    path: str
    name: str = ""
    known: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = DEFAULT
    mapping: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0
    budget: Budget = field(default_factory=lambda: Budget(DEFAULT.expansion))
    data: bytes | None = None
    digest: str | None = None
    file: str | None = None

    def read(self) -> bytes:
        """All bytes. Raises TooLargeError over ``limits.text``."""
        if self.data is not None:
            return self.data
        data = self.stream.read(self.limits.text + 1)
        if len(data) > self.limits.text:
            raise TooLargeError(
                self.path, f"it is larger than {size_words(self.limits.text)}", "split it; from Python, Limits(text=…) raises the bound"
            )
        return data

    @contextmanager
    def seekable(self) -> Iterator[BinaryIO]:
        """The stream as a file that can be read in any order; what does not lie on disk is put there for the while."""
        if self.file is not None:
            with open(self.file, "rb") as file:
                yield file
            return
        import tempfile

        with tempfile.SpooledTemporaryFile(max_size=1 << 24) as spool:
            left = self.limits.stream
            while piece := self.stream.read(1 << 20):
                left -= len(piece)
                if left < 0:
                    raise TooLargeError(self.path, f"it is larger than {size_words(self.limits.stream)}")
                spool.write(piece)
            spool.seek(0)
            yield cast(BinaryIO, spool)

    def loaded(self) -> Item:
        """The same item with its bytes in memory."""
        data = self.read()
        return self if self.data is not None and self.digest else replace(self, data=data, digest=hashlib.sha256(data).hexdigest())

    def inner(self, name: str, stream: BinaryIO | bytes, *, known: Mapping[str, str] | None = None) -> Item:
        """A member of this item: ``name`` is its name inside."""
        content = io.BytesIO(stream) if isinstance(stream, bytes) else stream
        name = one_line(name)
        return replace(
            self,
            stream=content,
            path=f"{self.path}#{name}",
            name=name,
            known={**(known or {})},
            depth=self.depth + 1,
            data=None,
            digest=None,
            file=None,
        )

    def document(self, text: str, *, reader: str, part: str | int | None = None, digest: str | None = None, **found: Any) -> Document:
        """The Document of this item. ``found`` are the fields the reader found; empty ones fall back on what is known.

        ``part`` names one of several documents in the item. ``digest`` replaces that of the whole item's bytes.
        """
        fields: dict[str, Any] = {k: v for k, v in self.known.items() if v}
        fields.update({k: v for k, v in found.items() if v and not (k == "url" and fields.get("url"))})
        path = self.path if part is None else f"{self.path}#{part}"
        return Document(text=text, path=path, source_digest=digest or self.digest, reader=reader, **fields)


class Head(io.RawIOBase):
    """A stream that gives its first bytes to look at and then reads from the start, seekable or not."""

    def __init__(self, stream: BinaryIO, *, pulse: Callable[[], None] | None = None) -> None:
        self.stream = stream
        self.pulse = pulse
        self._quiet = 0
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
            self._quiet += len(piece)
            if self.pulse and self._quiet >= PULSE:
                self._quiet = 0
                self.pulse()
        buffer[: len(piece)] = piece
        return len(piece)


def _fill(stream: BinaryIO, n: int) -> bytes:
    pieces: list[bytes] = []
    while n > 0 and (piece := stream.read(n)):
        pieces.append(piece)
        n -= len(piece)
    return b"".join(pieces)
