"""JSON Lines: the contract, one object a statement."""

from __future__ import annotations

import re
from typing import IO

from onrecord.export.selection import Selection
from onrecord.statement import Statement

__all__ = ["line", "write"]


def line(s: Statement) -> bytes:
    """One statement, with its line break. A lone surrogate, which UTF-8 cannot hold, is written as JSON's own escape."""
    return (re.sub("[\ud800-\udfff]", lambda m: f"\\u{ord(m.group()):04x}", s.to_json()) + "\n").encode()


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write a selection. Returns the number of statements."""
    count = 0
    for s in selection.statements():
        stream.write(line(s))
        count += 1
    return count
