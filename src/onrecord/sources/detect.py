"""Which format a file is in: by its first bytes, then by its name."""

from __future__ import annotations

import csv
import json
import re
from itertools import islice

from onrecord import lazy
from onrecord.errors import UnsupportedError
from onrecord.sources.encoding import decode
from onrecord.sources.formats import Format, formats

__all__ = ["MBOX_LINE", "detect"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNREADABLE = (
    (_OLE, "it is a file of an old Office programme or of Outlook", "save it as DOCX, PDF or EML"),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive", "unpack it first"),
    (b"Rar!\x1a\x07", "it is a RAR archive", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "it is compressed with zstd", "unpack it first"),
    (b"\x89PNG\r\n\x1a\n", "it is a picture", "run OCR on it and give the text"),
    (b"\xff\xd8\xff", "it is a picture", "run OCR on it and give the text"),
    (b"GIF8", "it is a picture", "run OCR on it and give the text"),
    (b"II*\0", "it is a picture", "run OCR on it and give the text"),
    (b"MM\0*", "it is a picture", "run OCR on it and give the text"),
    (b"SQLite format 3\0", "it is a SQLite database", "export the texts as CSV or JSON Lines"),
    (b"ID3", "it is a sound recording", "give its transcript"),
    (b"OggS", "it is a sound or film recording", "give its transcript"),
    (b"RIFF", "it is a sound or film recording", "give its transcript"),
)
_MAIL_FIELD = lazy.compile(
    rb"(?m)^(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to|x-[\w-]+|content-type):[ \t]", re.I
)
#: The line before each message of a mailbox: sender, and when it came.
MBOX_LINE = lazy.compile(rb"From \S.{0,200}\d\d:\d\d.{0,40}\d{4}[ \t]*\r?\n")
_FIELD_LINE = lazy.compile(rb"[!-9;-~]{1,76}:[ \t]?|[ \t]")
_TAGS = lazy.compile(r"(?i)<(?:!doctype html|html|head|body|article|div|p|meta|title|h1|table|section|span)\b")
_NEXIS = lazy.compile(
    r"(?im)^[ \t]*(?:load-date:|end of document[ \t\r]*$|(?:document )?\d{1,6} of \d{1,6} documents?[ \t\r]*$"
    r"|copyright \d{4} .{0,200}all rights reserved)"
)
_FACTIVA = lazy.compile(r"(?m)^[ \t]*Document [A-Z]\w{2,12}\d{8,20}\w{4,20}[ \t\r]*$")
_FACTIVA_WORDS = lazy.compile(r"(?m)^[ \t]*\d[\d,]{0,12} words[ \t\r]*$")
_FACTIVA_CODES = lazy.compile(r"(?m)^[ \t]{0,3}(HD|PD|SN|LP|TD)(?=[ \t\r]|$)")


def detect(head: bytes, name: str, *, forced: str | None = None) -> Format:
    """The format of a stream that begins with ``head`` (its first 64 KiB) and is called ``name``.

    Content decides where it can; the name decides among formats that are all text. Raises UnsupportedError with advice for
    formats that are known and not read. What nothing claims is plain text, whose reader refuses what is binary.
    """
    known = formats()
    if forced:
        if forced not in known:
            raise UnsupportedError(name, f"there is no format called {forced!r}", "onrecord sources lists them")
        return known[forced]
    for plug_in in known.values():
        if plug_in.sniff and _claims(plug_in, head):
            return plug_in
    if found := _magic(head, name):
        return known[found]
    low = name.lower()
    by_name = max(
        ((len(e), f) for f in known.values() for e in f.endings if low.endswith(e)), key=lambda pair: pair[0], default=(0, known["text"])
    )[1]
    try:
        text = decode(_whole(head))[0]
    except ValueError:
        # Bytes that are not text, in none of the binary formats: a plug-in's ending may still claim them.
        return by_name if by_name.sniff is None and by_name.name not in _TEXTUAL else known["text"]
    found = _textual(text, head, by_name.name)
    return known[found] if found else (by_name if by_name.name not in _BINARY else known["text"])


_BINARY = frozenset({"pdf", "docx", "parquet", "zip", "tar", "gzip", "bzip2", "xz", "warc", "rtf"})
_TEXTUAL = frozenset({"text", "markdown", "html", "nexis", "factiva", "mail", "mbox", "jsonl", "json", "csv", "feed"}) | _BINARY


def _claims(plug_in: Format, head: bytes) -> bool:
    try:
        return bool(plug_in.sniff and plug_in.sniff(head))
    except Exception:
        return False


def _whole(head: bytes) -> bytes:
    """The head without a UTF-8 sequence cut in two at its end."""
    for cut in range(1, 4):
        if len(head) > 4 and head[-cut] >= 0xC0:
            return head[:-cut]
    return head


def _magic(head: bytes, name: str) -> str | None:
    for magic, what, advice in _UNREADABLE:
        if head.startswith(magic):
            raise UnsupportedError(name, what, advice)
    if head[4:8] == b"ftyp":
        raise UnsupportedError(name, "it is a sound or film recording", "give its transcript")
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(head, name)
    if head.lstrip()[:5] == b"{\\rtf":
        return "rtf"
    for magic, found in ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"PAR1", "parquet"), (b"WARC/", "warc")):
        if head.startswith(magic):
            return found
    if head[257:262] == b"ustar":
        return "tar"
    return None


def _zipped(head: bytes, name: str) -> str:
    low = name.lower()
    if b"word/" in head or low.endswith((".docx", ".docm")):
        return "docx"
    for sign, what in ((b"ppt/", "a slide deck"), (b"xl/", "a spreadsheet"), (b"mimetypeapplication/epub", "an e-book"),
                       (b"mimetypeapplication/vnd.oasis", "an OpenDocument file")):  # fmt: skip
        if sign in head[:4096] and not low.endswith(".zip"):
            raise UnsupportedError(name, f"it is {what}", "save it as CSV" if sign == b"xl/" else "save it as DOCX or PDF")
    return "zip"


def _textual(text: str, head: bytes, by_name: str) -> str | None:
    start = text.lstrip("\ufeff \t\r\n")[:2000]
    low = start.lower()
    if re.match(r"<\?xml|<rss|<feed|<rdf|<!--", low):
        if re.search(r"<(?:rss|feed|rdf:rdf)\b", low):
            return "feed"
        return "html" if re.search(r"<!doctype html|<html", low) else None
    if re.match(r"<(?:!doctype html|html|head|body|meta)\b", low) or (
        by_name != "markdown" and low.startswith("<") and len(_TAGS.findall(text)) > 5
    ):
        return "html"
    if MBOX_LINE.match(head) and _MAIL_FIELD.search(head[:4096]):
        return "mbox"
    if by_name not in ("markdown", "jsonl", "json", "csv") and _is_mail(head):
        return "mail"
    if start.startswith(("{", "[")) and by_name != "csv":
        return _json(start, text, by_name)
    if by_name in ("text", "nexis", "factiva"):
        if (_FACTIVA.search(text) and _FACTIVA_WORDS.search(text)) or len(set(_FACTIVA_CODES.findall(text))) == 5:
            return "factiva"
        if len({m.lower()[:8] for m in (x.strip() for x in _NEXIS.findall(text))}) >= 2:
            return "nexis"
        return _csv(text)
    return None


def _is_mail(head: bytes) -> bool:
    lines = head[:16384].replace(b"\r\n", b"\n").split(b"\n\n", 1)[0].split(b"\n")
    fields = {m.group().lower().split(b":")[0] for line in lines if (m := _MAIL_FIELD.match(line))}
    sure = fields & {b"received", b"message-id", b"mime-version", b"return-path", b"delivered-to"}
    return bool(sure) and len(fields) >= 3 and all(_FIELD_LINE.match(line) for line in lines)


def _json(start: str, text: str, by_name: str) -> str | None:
    if start.startswith("{"):
        first = text.lstrip("\ufeff \t\r\n").split("\n", 1)
        try:
            json.loads(first[0])
            return "jsonl" if by_name == "jsonl" or (len(first) > 1 and first[1].lstrip().startswith("{")) else "json"
        except (ValueError, RecursionError):
            if len(text) > 60_000 and len(first) == 1:  # one line longer than the head
                return by_name if by_name in ("json", "jsonl") else None
    if by_name in ("json", "jsonl"):
        return by_name
    return "json" if re.match(r"[\[{]\s*[\[{\"]", start) else None


def _csv(text: str) -> str | None:
    """A table without its ending: a first line that names at least two columns, one of them known to hold texts."""
    from onrecord.sources.columns import recognise

    line = text.lstrip("\ufeff\r\n").split("\n", 1)[0][:2000]
    for delimiter in ("\t", ",", ";", "|"):
        if line.count(delimiter):
            try:
                names, row = islice(csv.reader(text.lstrip("\ufeff\r\n").splitlines(keepends=True), delimiter=delimiter), 2)
            except (csv.Error, ValueError):
                continue
            if len(row) != len(names) and len(text) < 60_000:
                continue
            if (
                len(names) >= 2
                and "text" in (got := recognise(names))
                and (len(got) >= 2 or len(names) >= 3)
                and all(len(n) < 40 for n in names)
            ):
                return "csv"
    return None
