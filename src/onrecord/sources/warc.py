"""Web crawls: every page in a WARC file that holds a text, its address with it. Compressed ones are unpacked before they get here."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from onrecord.document import Document
from onrecord.errors import DamagedError, SourceError, TooLargeError
from onrecord.sources.budget import size_words
from onrecord.sources.item import Item, one_line

__all__ = ["read"]

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r\n")
_PAGE = re.compile(rb"(?i)<(?:!doctype html|html|head|body)\b")
_ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}


def read(item: Item) -> Iterator[Item | Document | SourceError]:
    """Yield the bodies of answers with status 200 (and of resource and conversion records) whose type can hold a text.

    The date of a record is when it was crawled, not when the page was published: it is not used.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    any_record = False
    for record in _records(item, ArchiveIterator(_Forward(item.stream), record_types=kinds, parse_http=True)):
        any_record = True
        url = one_line((record.headers.get("WARC-Target-URI") or "").strip("<> "))
        http = record.http_headers
        if http is not None and http.status_code not in (200, None):
            continue
        kind = _kind(record)
        if kind and kind not in _ENDINGS:
            continue
        name = url or f"record at {record.stream_pos}"
        data = record.reader.read(item.limits.text + 1)
        if http is not None:
            data = _decoded(data, http, item.limits.text)
        if len(data) > item.limits.text:
            yield TooLargeError(f"{item.path}#{name}", f"the page is larger than {size_words(item.limits.text)}")
            continue
        if not data or (not kind and not _PAGE.search(data[:1000])):
            continue
        inner = item.inner(name, data, known={"url": url} if url.startswith("http") else None)
        yield replace(inner, name="page" + _ENDINGS.get(kind, ".html"))
    if not any_record:
        yield DamagedError(item.path, "no page was found in the crawl")


def _decoded(data: bytes, http: Any, limit: int) -> bytes:
    """A body as the browser would have it. Crawlers keep bodies as they came or unpack them, and headers do not say which: so look.

    What is compressed with gzip is told by its first bytes later on.
    """
    if "chunked" in (http.get("Transfer-Encoding") or "").lower() and _CHUNK.match(data):
        data = _joined(data)
    if (http.get("Content-Encoding") or "").strip().lower() == "deflate":
        for bits in (15, -15):  # with zlib's frame, as the standard has it, and without, as many servers do
            try:
                return zlib.decompressobj(bits).decompress(data, limit + 1)
            except zlib.error:
                continue
    return data


def _joined(data: bytes) -> bytes:
    """The chunks of a body put together; where one is not sound, what comes before it."""
    out = bytearray()
    at = 0
    while (m := _CHUNK.match(data, at)) and (size := int(m[1], 16)):
        out += data[m.end() : m.end() + size]
        at = m.end() + size + 2
    return bytes(out) or data


class _Forward:
    """A stream that only goes forward, as FastWARC wants it: it asks where it is, and for a ``seek`` that it then does not use."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.at = 0

    def read(self, n: int = -1) -> bytes:
        data = self.stream.read(n)
        self.at += len(data)
        return data

    def close(self) -> None:
        """Whoever opened the stream closes it."""

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        target = offset + (self.at if whence == 1 else 0)
        if whence == 2 or target < self.at:
            raise OSError("a crawl is read forward only")
        while self.at < target and self.read(min(target - self.at, 1 << 20)):
            pass
        return self.at


def _records(item: Item, records: Iterator[Any]) -> Iterator[Any]:
    """The records; FastWARC's Rust panics, which are no Exceptions, as the error they stand for."""
    try:
        yield from records
    except BaseException as e:
        if type(e).__name__ == "PanicException":
            raise DamagedError(item.path, "the crawl is damaged; what came before was read") from None
        raise


def _kind(record: Any) -> str:
    kind = record.http_content_type if record.http_headers is not None else record.headers.get("Content-Type")
    return (kind or "").split(";")[0].strip().lower()
