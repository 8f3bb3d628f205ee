"""What somebody said on a topic over time, and the pairs that look like a change of position.

A pair is a candidate for a person to judge and nothing more: two statements of one speaker (or of one country), on near the same
content, at different times, that by their acts or their polarity point opposite ways. Contents are near when the words that
they share, weighted by how rare they are among the statements compared, make up enough of both (cosine).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from onrecord.acts.lexicon import lemma
from onrecord.record.search import Note
from onrecord.record.terms import folded, speaker_value
from onrecord.statement import Statement

__all__ = ["LEAST", "MOST", "OPPOSITE", "Change", "Positions", "compare"]

#: Statements that are compared at most: the pairs are looked for among the first so many in time.
MOST = 2000
#: How near two contents must be, 0 to 1. Tuned on the part `tune` of tests/gold/positions.tsv; see docs/record.md for what it lets through.
LEAST = 0.4
# Fewer words of weight in common tell nothing.
_FEWEST = 2
_PAIRS = 500
# Among fewer statements a word that two of them share would count as common.
_CROWD = 100

#: Acts that point opposite ways when they are about the same thing.
OPPOSITE = frozenset(
    frozenset(pair)
    for pair in (
        ("ASSERT", "DENY"), ("ACKNOWLEDGE", "DENY"), ("ACCUSE", "DENY"), ("ACKNOWLEDGE", "REJECT"), ("COMMIT", "REJECT"),
        ("COMMIT", "DENY"), ("COMMIT", "DECLINE"), ("SUPPORT", "REJECT"), ("SUPPORT", "CRITICISE"), ("SUPPORT", "ACCUSE"),
        ("CONCEDE", "REJECT"),
        ("CONCEDE", "DEMAND"), ("CONSULT", "REJECT"), ("APPEAL", "REJECT"), ("DEMAND", "REJECT"), ("THREATEN", "COMMIT"),
        ("THREATEN", "CONCEDE"), ("THREATEN", "SUPPORT"), ("EMPATHISE", "ACCUSE"),
    )
)  # fmt: skip

# Words that carry no topic, and those that turn a sentence round: it is just these that a change of position may change.
_COMMON = frozenset(
    """a an the this that these those it its he she they them their his her we us our you your i me my and or but if as of in
    on at by for from to with into over under about against between be is are was were been being am do does did done have
    has had having will would shall should can could may might must not no nor never neither none nothing n't don doesn didn
    won wouldn isn aren wasn weren hasn haven cannot there here then than so such very also only just more most any all some
    each every both who whom which what when where why how said say says told tell tells s t re ve ll d m up out down off
    again now still yet too own same other many much lot possible back hold keep make take get give go come want need know think
    see look like way thing time""".split()
)


@dataclass(frozen=True, slots=True)
class Change:
    """A candidate: ``earlier`` and ``later`` (ids of statements) and what points opposite ways: ``act``, ``polarity`` or both.

    ``similarity``: of the contents, 0 to 1. ``shared``: the words that tell most of what both are about, as the later one has them.
    """

    earlier: str
    later: str
    differ: tuple[str, ...]
    similarity: float
    shared: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "candidate": True, "earlier": self.earlier, "later": self.later, "differ": list(self.differ),
            "similarity": round(self.similarity, 3), "shared": list(self.shared),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Positions:
    """Statements in the order of saying, and the candidates among them, the nearest contents first.

    ``total``: how many meet the query; ``compared``: how many of them were compared, the earliest first (see ``MOST``).
    """

    statements: tuple[Statement, ...]
    total: int
    compared: int
    changes: tuple[Change, ...]


def day(s: Statement) -> str | None:
    """The day a statement was made: of saying where known, else of publication, else null."""
    when = s.date.start if s.date and s.date.start else s.document.published
    return when[:10] if when else None


def compare(statements: Sequence[Statement], notes: dict[str, Note], *, by_country: bool, least: float = LEAST) -> tuple[Change, ...]:
    """Candidates among ``statements``. ``by_country``: whoever speaks for a country continues what others of it said."""
    groups: dict[str, list[Statement]] = defaultdict(list)
    seen: set[tuple[str, str, str | None, str | None]] = set()
    for s in sorted(statements, key=lambda s: (day(s) or "", s.id)):
        who = s.speaker.country if by_country and s.speaker else speaker_value(s.speaker.id, s.speaker.name) if s.speaker else None
        if who is None or day(s) is None:
            continue
        # The same words reported again, and taken the same way, are one statement of position: the first report stands for it.
        cluster = notes[s.id].cluster if s.id in notes else s.id
        if (who, cluster, s.act, s.polarity) not in seen:
            seen.add((who, cluster, s.act, s.polarity))
            groups[who].append(s)
    bags = {s.id: _bag(s) for g in groups.values() for s in g}
    held = Counter(w for b in bags.values() for w in b)
    n = max(_CROWD, len(bags))
    weight = {w: math.log((n + 1) / (k + 0.5)) for w, k in held.items()}
    out: list[Change] = []
    for group in groups.values():
        out += _pairs(group, bags, weight, least)
    out.sort(key=lambda c: (-c.similarity, c.earlier, c.later))
    return tuple(out[:_PAIRS])


def _pairs(group: Sequence[Statement], bags: dict[str, frozenset[str]], weight: dict[str, float], least: float) -> list[Change]:
    norm = {s.id: math.sqrt(sum(weight[w] ** 2 for w in bags[s.id])) for s in group}
    # Statements that share a word, found by the word: most pairs of a long list share none.
    by_word: dict[str, list[int]] = defaultdict(list)
    out = []
    for i, s in enumerate(group):
        common: dict[int, float] = defaultdict(float)
        for w in bags[s.id]:
            for j in by_word[w]:
                common[j] += weight[w] ** 2
            by_word[w].append(i)
        for j, dot in common.items():
            earlier = group[j]
            differ = _differ(earlier, s)
            if not differ or day(earlier) == day(s) or not norm[s.id] or not norm[earlier.id]:
                continue
            similarity = dot / (norm[s.id] * norm[earlier.id])
            shared = bags[s.id] & bags[earlier.id]
            if similarity >= least and len(shared) >= _FEWEST:
                said = _words(s)
                tell = [said[w] for w in sorted(shared, key=lambda w: (-weight[w], w))[:6]]
                out.append(Change(earlier.id, s.id, differ, min(1.0, similarity), tuple(tell)))
    return out


def _differ(a: Statement, b: Statement) -> tuple[str, ...]:
    out = []
    if a.act and b.act and frozenset((a.act, b.act)) in OPPOSITE:
        out.append("act")
    if {a.polarity, b.polarity} == {"positive", "negative"}:
        out.append("polarity")
    return tuple(out)


def _bag(s: Statement) -> frozenset[str]:
    return frozenset(_words(s))


def _words(s: Statement) -> dict[str, str]:
    """What the content is about, as stems, and the word that each is the stem of."""
    words = {w: lemma(w) for x in s.content for w in folded(x.text).split() if w not in _COMMON and len(w) > 1}
    return {_stem(lemma_): w for w, lemma_ in words.items() if lemma_ not in _COMMON}


_ENDING = re.compile(r"(?:ies|ied|ing|ed|es|s|y|e)$")


def _stem(word: str) -> str:
    """Enough to let "sanctions" and "sanctioned" meet; short words and those with digits are left alone."""
    if len(word) < 5 or not word.isalpha():
        return word
    cut = _ENDING.sub("", word)
    return cut if len(cut) >= 3 else word
