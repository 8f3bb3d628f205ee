"""The grammar's small pattern language: class names, groups, ``|`` and ``?``; nothing that repeats without bound.

``rule("month day? year")`` on a function says which runs of tokens it reads. Rules are kept by the class they can
begin with, so that at a token only those are tried that can match there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from onrecord import lazy
from onrecord.dates.tokens import CLASSES

if TYPE_CHECKING:
    from onrecord.dates.context import Context, Found

__all__ = ["RULES", "Rule", "beginning", "rule"]

Build = Callable[["Context", int, int], "Found | None"]
#: (the pattern, its function, the classes of which the second token must be one: null where one token may be all)
Rule = tuple[re.Pattern[str], Build, str | None]
#: class character -> the rules that can begin with it, in the order they were written
RULES: dict[str, list[Rule]] = {}

_PIECE = lazy.compile(r"[a-z][a-z0-9]*|[()|?]")


def beginning(pieces: Sequence[str]) -> tuple[set[str], int]:
    """Names of the classes a match of a pattern, given in its pieces, can begin with, and how many tokens it has at the least."""
    count = len(pieces)
    at = 0

    def alternatives() -> tuple[set[str], int]:
        nonlocal at
        first, least = sequence()
        while at < count and pieces[at] == "|":
            at += 1
            more, more_least = sequence()
            first, least = first | more, min(least, more_least)
        return first, least

    def sequence() -> tuple[set[str], int]:
        nonlocal at
        first: set[str] = set()
        least = 0
        while at < count:
            piece = pieces[at]
            if piece in {"|", ")"}:
                break
            at += 1
            if piece == "(":
                this, size = alternatives()
                at += 1  # the closing bracket
            else:
                this, size = {piece}, 1
            if at < count and pieces[at] == "?":
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
            pieces = _PIECE.findall(pattern)
            coded = [piece if piece in "()|?" else CLASSES[piece] for piece in pieces]
            compiled = lazy.compile("".join(coded).replace("(", "(?:"))
            first, least = beginning(pieces)
            second = "".join(x for x in coded if x not in "()|?") if least > 1 else None
            for name in first:
                RULES.setdefault(CLASSES[name], []).append((compiled, build, second))
        return build

    return register
