"""Turns of a conversation in print: "Q: Will you sign?" and "MARIN: We shall see", a paragraph or more each.

A label before a colon is a speaker where labels come back, as they do in interviews, transcripts and minutes; the fields of a
form ("From:", "Date:") come once each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from onrecord import lazy
from onrecord.segment import Interval

__all__ = ["Turn", "turns"]

_LABEL = lazy.compile(
    r"(?P<who>(?:Q|A|QUESTION|Question|ANSWER|Answer|(?:Speaker|SPEAKER|Voice|VOICE)[^\S\n]\d{1,2}|THE[^\S\n][A-Z]{3,}(?:[^\S\n][A-Z]{3,}){0,2}|"
    r"(?:(?:Mr|Mrs|Ms|Dr|MR|MRS|MS|DR)\.?[^\S\n])?[A-Z][\w.’'-]*(?:[^\S\n](?:al|bin|de|van|von|[A-Z][\w.’'-]*)){0,4}))"
    r"(?P<colon>\s?:)\s+(?=\S)"
)
# Heads of fact checks, forms, fixtures, diaries and of what a page says of itself: they come back too, and nobody speaks.
_FIELD = lazy.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:january|february|march|july|september|october|november|december)(?:\s\d{1,4})?|"
    r"(?:april|may|june|august)\s\d{1,4}|today|yesterday|tomorrow|day(?:\s\w+)?|week(?:\s\w+)?|year|"
    r"(?:the\s)?(?:claims?|facts?|myths?|realit(?:y|ies)|verdict|ruling|rating|conclusion|evidence|truth|false|true|misleading|context)|"
    r"venue|time|date|place|location|where|when|who|what|why|how|price|cost|result|score|winner|loser|home|away|(?:half|full)[ -]?time|"
    r"pros?|cons?|advantages?|disadvantages?|photo(?:graph)?s?|image|picture|video|audio|caption|credit|source|read(?:\s\w+)?|"
    r"see(?:\sAlso)?|watch|listen|related(?:\s\w+)?|more|live|latest|breaking|updated?|correction|note|tip|warning|advertisement|topics?|tags?|"
    r"name|age|born|died|killed|injured|wounded|population|capital|occupation|background|status|problem|solution|step(?:\s\w+)?|"
    r"chapter(?:\s\w+)?|figure(?:\s\w+)?|table(?:\s\w+)?|example",
    re.IGNORECASE,
)
_WORD = lazy.compile(r"\w")
_ENDS = lazy.compile(r"[.?!…—–-][\"”’')\]]*$")
# Fewer labelled paragraphs, or more different labels in proportion, are a list or a form; fewer of all paragraphs from the first
# label to the last one, headings.
_TURNS, _DIFFERENT, _LABELLED = 4, 0.7, 0.2


class Turn(NamedTuple):
    """Who speaks (the label), the colon, and what is said: a fragment a paragraph."""

    source: Interval
    cue: Interval
    content: tuple[Interval, ...]


def turns(text: str, paragraphs: Sequence[Interval]) -> list[Turn]:
    """The turns of ``text`` in order, none where it is no conversation.

    A paragraph without a label goes on with the turn before it, if another turn comes after.
    """
    heads = {k: m for k, (start, end) in enumerate(paragraphs) if (m := _LABEL.match(text, start, end)) is not None}
    found = {k: m for k, m in heads.items() if not _FIELD.fullmatch(m["who"])}
    labels = Counter(m["who"] for m in found.values())
    if len(found) < _TURNS or len(labels) < 2 or len(labels) > _DIFFERENT * len(found):
        return []
    order = sorted(found)
    whole = sum(_ENDS.search(text, max(found[k].end(), paragraphs[k][1] - 4), paragraphs[k][1]) is not None for k in order)
    if len(order) < _LABELLED * (order[-1] - order[0] + 1) or 2 * whole < len(order):  # 2: scores and prices are no sentences
        return []
    out = []
    for k, after in zip(order, [*order[1:], order[-1] + 1], strict=True):
        m = found[k]
        said = [(m.end(), paragraphs[k][1]), *(paragraphs[j] for j in range(k + 1, after) if j not in heads)]
        said = [s for s in said if _WORD.search(text, *s)]  # and not "* * *"
        if said:
            out.append(Turn(m.span("who"), (m.end("colon") - 1, m.end("colon")), tuple(said)))
    return out
