"""A reader of SubRip subtitles (.srt): what was said in a broadcast, without its counters and times."""

from __future__ import annotations

import re
from collections.abc import Iterator

from onrecord.document import Document
from onrecord.errors import EmptyError, SourceError
from onrecord.sources import Format, Item
from onrecord.sources.encoding import decode

TIMES = re.compile(r"\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}")
FIRST_LINES = re.compile(rb"(?:\xef\xbb\xbf)?1\r?\n\d\d:\d\d:\d\d,\d{3} --> ")


def read(item: Item) -> Iterator[Document | SourceError]:
    """Yield the Document of one file: a line for each subtitle."""
    text, _encoding = decode(item.read())  # raises ValueError for what is no text: the user is told that the file is damaged
    said = []
    for block in re.split(r"\n\n+", text.replace("\r\n", "\n")):
        lines = [line for line in block.split("\n") if line and not line.isdigit() and not TIMES.match(line)]
        if lines:
            said.append(" ".join(lines))
    if not said:
        yield EmptyError(item.path, "there are no words in it")
        return
    yield item.document("\n".join(said), reader="subtitles/1")


FORMAT = Format(
    name="subtitles",
    title="SubRip subtitles",
    endings=(".srt",),
    read=read,
    sniff=lambda head: FIRST_LINES.match(head) is not None,
)
