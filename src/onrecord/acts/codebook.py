"""The sixteen acts, and what each is called in PLOVER and CAMEO. Definitions are in ``docs/acts.md``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["ACTS", "CONDITIONAL", "Act", "codebook", "role_nouns", "rows", "word_set"]

# Not importlib.resources: it brings zip archives and e-mail with it, a tenth of what reading a short text takes.
_HERE = Path(__file__).parent


class Act(NamedTuple):
    """One act. ``plover`` is null where PLOVER has no class; ``cameo`` is the two-digit root; ``gloss`` is a few words for a user."""

    name: str
    plover: str | None
    cameo: str
    gloss: str


def rows(name: str) -> list[list[str]]:
    """Rows of a tab-separated table of ``onrecord/acts/data``, without comments and blank lines."""
    text = (_HERE / "data" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@cache
def codebook() -> dict[str, Act]:
    """The acts by name, in the codebook's order."""
    return {name: Act(name, None if plover == "-" else plover, cameo, gloss) for name, plover, cameo, gloss in rows("acts.tsv")}


@cache
def _word_lists() -> dict[str, frozenset[str]]:
    return {name: frozenset(line.split()) for name, line in rows("words.tsv")}


def word_set(name: str) -> frozenset[str]:
    """A closed word list of ``data/words.tsv``."""
    return _word_lists()[name]


@cache
def role_nouns() -> frozenset[str]:
    """Single words for people in the actors' table of nouns ("rebel", "envoys")."""
    text = (_HERE.parent / "actors" / "data" / "nouns.tsv").read_text(encoding="utf-8")
    table = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return frozenset(r[0] for r in table if len(r) > 2 and r[2] == "yes" and r[0].isalpha())


#: Names of the acts, in the order of the model's columns.
ACTS: tuple[str, ...] = tuple(codebook())
#: Acts whose "if …" is kept as their condition.
CONDITIONAL = frozenset({"THREATEN", "COMMIT", "CONCEDE", "DEMAND", "APPEAL", "REJECT"})
