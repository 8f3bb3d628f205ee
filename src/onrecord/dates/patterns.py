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

__all__ = ["RULES", "Rule", "first_classes", "rule"]

Build = Callable[["Context", int, int], "Found | None"]
Rule = tuple[re.Pattern[str], Build]
#: class character -> the rules that can begin with it, in the order they were written
RULES: dict[str, list[Rule]] = {}

_PIECE = lazy.compile(r"[a-z][a-z0-9]*|[()|?]")


def first_classes(pattern: str) -> set[str]:
    """Names of the classes a match of the pattern can begin with."""
    pieces = _PIECE.findall(pattern)
    at = 0

    def alternatives() -> tuple[set[str], bool]:
        nonlocal at
        first, empty = sequence()
        while at < len(pieces) and pieces[at] == "|":
            at += 1
            more, more_empty = sequence()
            first, empty = first | more, empty or more_empty
        return first, empty

    def sequence() -> tuple[set[str], bool]:
        nonlocal at
        first: set[str] = set()
        empty = True
        while at < len(pieces) and pieces[at] not in {"|", ")"}:
            piece = pieces[at]
            at += 1
            if piece == "(":
                this, this_empty = alternatives()
                at += 1  # the closing bracket
            else:
                this, this_empty = {piece}, False
            if at < len(pieces) and pieces[at] == "?":
                this_empty = True
                at += 1
            if empty:
                first |= this
            empty = empty and this_empty
        return first, empty

    return alternatives()[0]


def rule(*patterns: str) -> Callable[[Build], Build]:
    """Register a function as the reader of these patterns. It gets the context and the match's first and last (exclusive)
    token, and returns what it makes of it, or None where it is no time expression after all."""

    def register(build: Build) -> Build:
        for pattern in patterns:
            compiled = lazy.compile(code(pattern).replace("(", "(?:"))
            for name in first_classes(pattern):
                RULES.setdefault(CLASSES[name], []).append((compiled, build))
        return build

    return register
