"""Who "he" and "she" are: candidates, what speaks for each, and a learned weighing of it.

A linear model over the features below, normalised over the candidates of one pronoun. The weights are in
``words/pronouns.tsv``; ``benchmarks/speakers.py --train`` makes them (docs/speakers.md says from what).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["FEATURES", "Candidate", "Context", "Reference", "features", "rank", "weights"]

#: Name of each feature, in the order of the weights.
FEATURES = (
    "gap0",
    "gap1",
    "gap2",
    "gap3",
    "gap6",
    "subject",
    "subject_gap0",
    "subject_gap1",
    "other_quote",
    "last_speaker",
    "last_speaker_near",
    "recent0",
    "recent1",
    "recent2",
    "count",
    "share",
    "gender_known",
    "after",
    "encloses",
    "in_own_content",
    "possessive_subject0",
    "modifier_gap0",
    "centre",
    "paragraph",
    "main",
    "by_pronoun",
    "only_of_gender",
    "speaker_source",
    "first_in_sentence",
    "subject_parallel",
    "last_speaker_source",
    "recent_source",
    "object_gap0_source",
    "subject_gap0_source",
    "cataphora",
    "opening",
)


class Reference(NamedTuple):
    """One place that names or stands for an entity: word index, sentence, paragraph, quotation (-1: none)."""

    word: int
    sentence: int
    paragraph: int
    quote: int
    subject: bool
    modifier: bool
    pronoun: bool


@dataclass(slots=True)
class Candidate:
    """An entity that a pronoun may stand for: its last reference before the pronoun (or the first after it), and how often it came up."""

    number: int
    last: Reference
    count: int
    gender_known: bool
    after: bool
    first_in_sentence: bool = False
    gap: int = 0


@dataclass(slots=True)
class Context:
    """What is known at a pronoun: where it is, and which entities stand in which relation to it (-1: none)."""

    word: int
    sentence: int
    paragraph: int
    quote: int
    subject: bool
    possessive: bool
    source: bool
    last_speaker: int = -1
    last_speaker_gap: int = 99
    encloses: int = -1
    centre: int = -1
    main: int = -1
    total: int = 0
    opening: bool = False
    in_content: set[int] = field(default_factory=set)


def features(context: Context, candidates: list[Candidate]) -> list[list[float]]:
    """One row of feature values a candidate."""
    order = sorted(range(len(candidates)), key=lambda i: -candidates[i].last.word if not candidates[i].after else 1)
    place = {i: n for n, i in enumerate(order)}
    known = sum(c.gender_known for c in candidates)
    out = []
    for i, c in enumerate(candidates):
        r = c.last
        gap = c.gap
        near = 0 if gap == 0 and not c.after else 1 if gap == 1 else 2
        subject = r.subject
        speaker = c.number == context.last_speaker
        source = context.source
        recent = place[i]
        out.append(
            [
                float(gap == 0),
                float(gap == 1),
                float(gap == 2),
                float(gap >= 3),
                float(gap >= 6),
                float(subject),
                float(subject and near == 0),
                float(subject and near == 1),
                float(r.quote != context.quote and r.quote >= 0),
                float(speaker),
                float(speaker and context.last_speaker_gap <= 1),
                float(recent == 0),
                float(recent == 1),
                float(recent >= 2),
                math.log1p(c.count),
                c.count / max(1, context.total),
                float(c.gender_known),
                float(c.after),
                float(c.number == context.encloses),
                float(c.number in context.in_content),
                float(context.possessive and subject and near == 0),
                float(r.modifier and near == 0),
                float(c.number == context.centre),
                float(r.paragraph == context.paragraph),
                float(c.number == context.main),
                float(r.pronoun),
                float(c.gender_known and known == 1),
                float(speaker and source),
                float(c.first_in_sentence),
                float(subject and context.subject),
                float(speaker and source and context.last_speaker_gap <= 1),
                float(recent == 0 and source),
                float(source and near == 0 and not subject),
                float(source and near == 0 and subject),
                float(c.after and subject and context.opening),
                float(context.opening and not c.after),
            ]
        )
    return out


@lru_cache(maxsize=1)
def weights() -> tuple[float, ...]:
    """The learned weights, in the order of ``FEATURES``."""
    path = Path(__file__).parent / "words" / "pronouns.tsv"
    rows = dict(line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    return tuple(float(rows[name]) for name in FEATURES)


def rank(context: Context, candidates: list[Candidate]) -> list[tuple[float, int]]:
    """Probability and entity number of each candidate, best first."""
    w = weights()
    scores = [sum(a * b for a, b in zip(w, row, strict=True) if b) for row in features(context, candidates)]
    top = max(scores)
    grown = [math.exp(s - top) for s in scores]
    total = sum(grown)
    return sorted(((g / total, c.number) for g, c in zip(grown, candidates, strict=True)), reverse=True)
