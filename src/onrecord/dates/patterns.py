"""The grammar's small pattern language: class names, groups, ``|`` and ``?``; nothing that repeats without bound.

``rule("month day? year")`` on a function says which runs of tokens it reads. Rules are kept by the class they can
begin with, so that at a token only those are tried that can match there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from onrecord import lazy
from onrecord.dates.tokens import CLASSES, code

if TYPE_CHECKING:
    from onrecord.dates.context import Context, Found

__all__ = ["RULES", "Rule", "beginning", "rule"]

Build = Callable[["Context", int, int], "Found | None"]
#: (the pattern, its function, the classes of which the second token must be one: null where one token may be all)
Rule = tuple[re.Pattern[str], Build, str | None]
#: class character -> the rules that can begin with it, in the order they were written
RULES: dict[str, list[Rule]] = {}

_NAME = lazy.compile(r"[a-z][a-z0-9]*")
_PIECE = lazy.compile(r"[a-z][a-z0-9]*|[()|?]")


def beginning(pattern: str) -> tuple[set[str], int]:
    """Names of the classes a match of the pattern can begin with, and how many tokens it has at the least."""
    pieces = _PIECE.findall(pattern)
    at = 0

    def alternatives() -> tuple[set[str], int]:
        nonlocal at
        first, least = sequence()
        while at < len(pieces) and pieces[at] == "|":
            at += 1
            more, more_least = sequence()
            first, least = first | more, min(least, more_least)
        return first, least

    def sequence() -> tuple[set[str], int]:
        nonlocal at
        first: set[str] = set()
        least = 0
        while at < len(pieces) and pieces[at] not in {"|", ")"}:
            piece = pieces[at]
            at += 1
            if piece == "(":
                this, size = alternatives()
                at += 1  # the closing bracket
            else:
                this, size = {piece}, 1
            if at < len(pieces) and pieces[at] == "?":
                size = 0
                at += 1
            if not least:
                first |= this
            least += size
        return first, least

    return alternatives()


def rule(*patterns: str) -> Callable[[Build], Build]:
    """Register a function as the reader of these patterns. It gets the context and the match's first and last (exclusive)
    token, and returns what it makes of it, or None where it is no time expression after all."""

    def register(build: Build) -> Build:
        for pattern in patterns:
            compiled = lazy.compile(code(pattern).replace("(", "(?:"))
            first, least = beginning(pattern)
            second = "".join(CLASSES[name] for name in _NAME.findall(pattern)) if least > 1 else None
            for name in first:
                RULES.setdefault(CLASSES[name], []).append((compiled, build, second))
        return build

    return register
