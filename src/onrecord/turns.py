"""Turns of a conversation in print: "Q: Will you sign?" and "MARIN: We shall see", a paragraph or more each.

A label before a colon is a speaker where labels come back, as they do in interviews, transcripts and minutes; the fields of a
form ("From:", "Date:") come once each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord import lazy
from onrecord.segment import Interval

__all__ = ["Turn", "turns"]

_LABEL = lazy.compile(
    r"(?P<who>(?:Q|A|QUESTION|Question|ANSWER|Answer|THE\s[A-Z]{3,}(?:\s[A-Z]{3,}){0,2}|(?:(?:Mr|Mrs|Ms|Dr|MR|MRS|MS|DR)\.?\s)?[A-Z][\w.’'-]*(?:\s(?:al|bin|de|van|von|[A-Z][\w.’'-]*)){0,4}))"
    r"(?P<colon>\s?:)\s+(?=\S)"
)
# Fewer labelled paragraphs, or more different labels in proportion, are a list or a form.
_TURNS, _DIFFERENT = 4, 0.7


@dataclass(frozen=True, slots=True)
class Turn:
    """Who speaks (the label), the colon, and what is said: a fragment a paragraph."""

    source: Interval
    cue: Interval
    content: tuple[Interval, ...]


def turns(text: str, paragraphs: Sequence[Interval]) -> list[Turn]:
    """The turns of ``text`` in order, none where it is no conversation.

    A paragraph without a label goes on with the turn before it, if another turn comes after.
    """
    found = {k: m for k, (start, end) in enumerate(paragraphs) if (m := _LABEL.match(text, start, end)) is not None}
    labels = Counter(m["who"] for m in found.values())
    if len(found) < _TURNS or len(labels) < 2 or len(labels) > _DIFFERENT * len(found):
        return []
    order = sorted(found)
    out = []
    for k, after in zip(order, [*order[1:], order[-1] + 1], strict=True):
        m = found[k]
        said = ((m.end(), paragraphs[k][1]), *paragraphs[k + 1 : after])
        out.append(Turn(m.span("who"), (m.end("colon") - 1, m.end("colon")), said))
    return out
