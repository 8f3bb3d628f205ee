"""E-mails and mailboxes, newsletters above all, and web pages that a browser saved as one file (MHTML)."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr

from onrecord.document import Document
from onrecord.errors import EmptyError, SourceError, TooLargeError
from onrecord.sources.budget import size_words
from onrecord.sources.detect import MBOX_LINE
from onrecord.sources.encoding import decode
from onrecord.sources.item import Item
from onrecord.sources.markup import fragment_text
from onrecord.sources.when import parse_date

__all__ = ["VERSION", "read", "read_mbox"]

VERSION = "mail/1"

# Attachments that can hold a text; pictures, calendars, keys and the like are passed over.
_ATTACHED = (".pdf", ".docx", ".rtf", ".txt", ".html", ".htm", ".eml", ".md", ".zip")
_PARTS = 200
_STUB = re.compile(r"(?i)view (?:this|it) (?:e-?mail|message|newsletter)? ?(?:in|online)|does not support html|html[- ](?:e-?mail|version)")


def read(item: Item) -> Iterator[Document | SourceError | Item]:
    """Yield the Document of an e-mail, then what is attached."""
    assert item.data is not None
    data = re.sub(rb"\AFrom [^\n]*\n", b"", item.data, count=1)
    # With the older policy: the present one takes the square of a header's length to read it.
    message = email.message_from_bytes(data)
    subject, sender = _header(message, "subject"), _header(message, "from")
    saved = _header(message, "snapshot-content-location") or ("<saved by" in sender.lower())
    plain, marked, attached = _parts(message)
    if saved and marked:
        known = {"url": _header(message, "snapshot-content-location"), "title": subject}
        page = item.inner("page.html", marked[0], known={k: v for k, v in known.items() if v})
        yield page
        return
    text = "\n\n".join(t for p in plain if (t := _decode(p).strip()))
    if marked and (not text or (len(text) < 400 and _STUB.search(text)) or len(text) < 100):
        text = "\n\n".join(t for m in marked if (t := fragment_text(_decode(m)))) or text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    name = _name(sender)
    bulk = any(_header(message, h) for h in ("list-id", "list-unsubscribe"))
    if text.strip():
        yield item.document(
            text,
            reader=VERSION,
            title=" ".join(subject.split())[:500],
            published=parse_date(_header(message, "date")),
            language=_header(message, "content-language")[:20],
            **{"outlet" if bulk else "author": name},
        )
    elif not attached:
        yield EmptyError(item.path, "there is no text in the e-mail")
    for number, (filename, payload) in enumerate(attached, 1):
        yield item.inner(filename or f"attachment-{number}", payload)


def _header(message: Message, name: str) -> str:
    """The first header of that name, its encoded words decoded, on one line; empty where there is none."""
    return _words(next((str(value) for key, value in message.raw_items() if key.lower() == name), ""))


def _name(sender: str) -> str | None:
    try:
        return parseaddr(sender)[0].strip() or None
    except RecursionError:  # comments within comments
        return None


def _words(raw: str) -> str:
    raw = raw[:2000]
    if not raw.isascii():  # bytes as they are, against the rules
        raw = _decode(raw.encode("utf-8", "surrogateescape"))
    raw = " ".join(raw.split())
    try:
        parts = decode_header(raw)
        return "".join(p if isinstance(p, str) else p.decode(c or "raw_unicode_escape", "replace") for p, c in parts).strip()
    except (ValueError, LookupError):  # no base64, no such encoding
        return raw


def _parts(message: Message) -> tuple[list[bytes], list[bytes], list[tuple[str, bytes]]]:
    """Bodies as plain text, bodies as HTML, attachments by name."""
    plain: list[bytes] = []
    marked: list[bytes] = []
    attached: list[tuple[str, bytes]] = []
    queue = [message]
    for _ in range(_PARTS):
        if not queue:
            break
        part = queue.pop(0)
        kind = part.get_content_type()
        try:
            filename = _words(part.get_filename() or "")
            disposition = part.get_content_disposition()
        except Exception:
            filename, disposition = "", None
        if kind == "message/rfc822" and isinstance(inside := part.get_payload(), list):
            attached += [(filename or "message.eml", bytes(m)) for m in inside if isinstance(m, Message)]
            continue
        if part.is_multipart():
            inside = part.get_payload()
            queue = [p for p in inside if isinstance(p, Message)] + queue if isinstance(inside, list) else queue
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        if disposition == "attachment" or (filename and kind not in ("text/plain", "text/html")):
            if filename.lower().endswith(_ATTACHED) or kind == "application/pdf":
                attached.append((filename, payload))
        elif kind == "text/plain":
            plain.append(_charset(part, payload))
        elif kind == "text/html":
            marked.append(_charset(part, payload))
    return plain, marked, attached


def _charset(part: Message, payload: bytes) -> bytes:
    """The payload in UTF-8 where its charset is stated and holds."""
    try:
        return payload.decode(part.get_content_charset() or "utf-8").encode("utf-8")
    except (LookupError, UnicodeError, ValueError):
        return payload


def _decode(data: bytes) -> str:
    try:
        return decode(data)[0] if data else ""
    except ValueError:
        return ""


def read_mbox(item: Item) -> Iterator[Document | SourceError | Item]:
    """Yield the messages of a mailbox one after the other, as ``mailbox.mbox#1`` and so on."""
    content = bytearray()
    number = 0
    blank = True
    over = False
    while line := item.stream.readline(1 << 20):
        if blank and line.startswith(b"From ") and MBOX_LINE.match(line):
            if content or over:
                number += 1
                yield _message(item, number, content, over)
            content, over = bytearray(), False
        else:
            over = over or len(content) + len(line) > item.limits.text
            if over:
                content = bytearray()
            else:
                content += line[1:] if line.startswith(b">") and re.match(rb">+From ", line) else line
        blank = line in (b"\n", b"\r\n")
    if content or over:
        yield _message(item, number + 1, content, over)


def _message(item: Item, number: int, content: bytearray, over: bool) -> Item | SourceError:
    if over:
        return TooLargeError(f"{item.path}#{number}", f"the message is larger than {size_words(item.limits.text)}")
    from dataclasses import replace

    return replace(item.inner(str(number), bytes(content)), name=f"{number}.eml")
