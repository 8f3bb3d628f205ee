"""The words by which ``constructions.tsv`` tells cheaply that a pattern cannot match."""

from __future__ import annotations

import re._constants as sre
import re._parser as parser
from typing import Any

from onrecord.acts.codebook import rows


def needed(pattern: str) -> list[str]:
    """Strings of which every match of ``pattern`` holds one: the longest there are. None at all where nothing is sure to be there."""
    return sorted(_of(parser.parse(pattern)))


def _of(sequence: Any) -> set[str]:
    found: list[set[str]] = []
    run = ""
    for op, value in [*sequence, (None, None)]:
        if op is sre.LITERAL:
            run += chr(value)
            continue
        if run.strip():
            found.append({run})
        run = ""
        if op is sre.SUBPATTERN:
            found.append(_of(value[3]))
        elif op is sre.ASSERT:
            found.append(_of(value[1]))
        elif op is sre.BRANCH:
            parts = [_of(part) for part in value[1]]
            found.append(set().union(*parts) if all(parts) else set())
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT) and value[0] > 0:
            found.append(_of(value[2]))
    return max((f for f in found if f), key=lambda f: (min(map(len, f)), -len(f)), default=set())


def test_the_derivation() -> None:
    assert needed(r"\b(?:refuse|decline)(?: to)? (?:say|be)\b") == ["decline", "refuse"]
    assert needed(r"^(?:that )?not (?!now)") == ["not "]
    assert needed(r"^(?!.*\bwith\b)") == []
    assert needed(r"red line|\w+") == []


def test_every_row_names_its_words() -> None:
    for row in rows("constructions.tsv"):
        want = ["|".join(needed(p)) if p and p != "NEUTRAL" else "" for p in row[2:4]]
        assert row[5:] == want, f"the row of {row[2]!r} and {row[3]!r} should end in these two columns: {want}"
