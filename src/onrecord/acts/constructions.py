"""Constructions whose force lies in no single word ("did not rule out sanctions"), read from ``data/constructions.tsv``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from onrecord import lazy
from onrecord.acts.codebook import rows
from onrecord.acts.lexicon import hits, lemma, words

__all__ = ["Construction", "constructions"]

#: So many words of cue and content are looked at: bounds the time, and a force lies in the first clause.
_CUE, _CONTENT = 16, 30


class Construction(NamedTuple):
    """``points`` for ``act``; ``told`` says in a few words what was seen."""

    act: str
    points: float
    told: str


# "Q:" or "asked" before a question: it wants an answer. A rhetorical one comes with "said".
_ASKS = lazy.compile(r"^\s*:\s*$|\bask(?:s|ed|ing)?\b", re.IGNORECASE)
_QUESTION = Construction("APPEAL", 4.0, "a question is put")


class _Pattern(NamedTuple):
    """A pattern, and words of which all that matches holds one (none: nothing is known). To look for them costs less than to
    compile the pattern, which few texts need."""

    compiled: re.Pattern[str]
    words: Sequence[str]

    def may(self, text: str) -> bool:
        for word in self.words:
            if word in text:
                return True
        return not self.words


@cache
def _table() -> tuple[tuple[Construction, bool, _Pattern | None, _Pattern | None], ...]:
    out = []
    for act, points, cue, content, told, cue_words, content_words in rows("constructions.tsv"):
        in_cue, in_content = (
            _Pattern(lazy.compile(p), words.split("|") if words else ()) if p and p != "NEUTRAL" else None
            for p, words in ((cue, cue_words), (content, content_words))
        )
        out.append((Construction(act, float(points), told), cue == "NEUTRAL", in_cue, in_content))
    return tuple(out)


def constructions(cue: str, content: str) -> list[Construction]:
    """The constructions that a statement's words make, in the table's order; of one act only the one that weighs most."""
    cl = [lemma(w) for w in words(cue, limit=_CUE)]
    neutral = not {a for a, *_ in hits(cl)} - {"NEUTRAL", "ASSERT"}
    c, t = " ".join(cl), " ".join(lemma(w) for w in words(content, limit=_CONTENT))
    both = f"{c} {t}"[: len(c) + 40]
    out: dict[str, Construction] = {}
    for made, wants_neutral, in_cue, in_content in _table():
        if (made.act in out and out[made.act].points >= made.points) or (wants_neutral and not neutral):
            continue
        # a cue's construction may end in the content: "refused" + "to discuss the letter"
        of_cue = c if in_content else both
        if (in_cue and not in_cue.may(of_cue)) or (in_content and not in_content.may(t)):
            continue
        if (in_cue is None or in_cue.compiled.search(of_cue)) and (in_content is None or in_content.compiled.search(t)):
            out[made.act] = made
    if _ASKS.search(cue) and content.rstrip(" \n\"'”’»").endswith("?"):
        out[_QUESTION.act] = _QUESTION
    return list(out.values())
