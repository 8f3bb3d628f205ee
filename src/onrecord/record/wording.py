"""The words of a statement, and whether two statements report the same: rules that the record and ``onrecord scale`` share.

The same words are one quote; so are words of which one content has nearly all of the other's, unless each has a name or a
number that the other has not. Contents with eight words in a row in common share a hash of one of their runs of five
(winnowing: of every four neighbouring runs at least the one with the least hash); what shares one is aligned word by word.
How those are found is the affair of whoever asks: the record by its indexes, a corpus on many machines by a join.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from onrecord.record.terms import folded

__all__ = ["CANDIDATES", "CROWD", "FEWEST", "LEAST", "Match", "Wording", "aligned", "alike", "hashes", "overlap", "same"]

_RUN, _WINDOW = 5, 4
# A content with so few runs keeps all of them: one word changed in its middle leaves no eight in a row.
_FEW_RUNS = 8
# Hashes of one content; a speech quoted whole is found by a part of its runs as well.
_MOST_GRAMS = 128
#: Fewer words than this are the same quote only in articles that are nearly the same, and with the same source.
FEWEST = 5
#: A run that so many statements share ("the president of the united states") tells nothing; it is then not followed.
CROWD = 100
#: Of those that share a run, so many with the most runs in common are aligned.
CANDIDATES = 12
#: Share of the shorter content's words that the longer one has too, in runs of two words or more. Tuned on the sample that
#: docs/ingest.md tells of.
LEAST = 0.7
# Words in common that hold against another speaker, and the share of the longer content that holds against one of another country.
_SURE_WORDS, _SURE = 8, 0.9
# Below this share of the longer content the words of the shorter may be no more than a name that both use, unless they are many.
_HALF = 0.5
_NAME = re.compile(r"(?P<digit>\d[\w.,]*)|\b[^\W\d_a-z]\w+")
_INITIAL = re.compile(r"\b[A-Z]\.$")
_OPENING = frozenset('.!?:;“”"‘(—–-')
_BLOCK = 2


@dataclass(frozen=True, slots=True)
class Match:
    """How two contents align: ``words`` in common in runs, and their shares of the ``shorter`` and the ``longer`` content."""

    words: int
    shorter: float
    longer: float


@dataclass(frozen=True)
class Wording:
    """What a statement reports, by whom and where. ``number``: the statement's own, among those that it is compared with; of two,
    the lesser came first. ``document``, ``near``: numbers of its document and of the first that is nearly the same. ``start``,
    ``end``: of the whole statement. ``actor``, ``name``, ``country``: of the speaker, or null. ``cluster``: where it is known.
    """

    content: str
    number: int
    document: int
    near: int
    start: int
    end: int
    actor: str | None
    name: str | None
    country: str | None
    cluster: int = -1

    @cached_property
    def words(self) -> list[str]:
        """The words of the content without case, accents and punctuation."""
        return folded(self.content).split()

    @cached_property
    def names(self) -> frozenset[str]:
        """Folded words with a capital or a digit, those at the start of a sentence or a quotation aside."""
        out: set[str] = set()
        for m in _NAME.finditer(self.content):
            before = self.content[max(0, m.start() - 8) : m.start()].rstrip()
            if m["digit"] or (before and (before[-1] not in _OPENING or _INITIAL.search(before))):
                out |= set(folded(m[0]).split())
        return frozenset(out)


def same(me: Wording, other: Wording) -> bool:
    """Do these two report one quote, having the very same words? Few words tell little, and the same speaker may tell more."""
    if me.words != other.words or overlap(me, other):
        return False
    if len(me.words) < FEWEST:
        return me.near == other.near and me.document != other.document and not _differ(me, other)
    return not _differ(me, other) or (len(me.words) >= _SURE_WORDS and me.document != other.document)


def alike(me: Wording, other: Wording) -> Match | None:
    """How the words of these two align, if that makes them one quote, else null."""
    if overlap(me, other):
        return None
    m = aligned(me.words, other.words)
    if m.words < (FEWEST if m.longer >= _HALF else _SURE_WORDS) or m.shorter < LEAST or _other_names(me, other):
        return None
    if _differ(me, other):
        # In one article two people who say much the same are two.
        abroad, here = me.country != other.country, me.document == other.document
        if here or m.words < _SURE_WORDS or (abroad and m.longer < _SURE):
            return None
    return m


def aligned(a: list[str], b: list[str]) -> Match:
    """Align two lists of words; only runs of two words or more (or all of a shorter list) count as common."""
    from rapidfuzz.distance import Indel

    runs = [o.src_end - o.src_start for o in Indel.opcodes(a, b) if o.tag == "equal"]
    short, long = sorted((len(a), len(b)))
    words = sum(n for n in runs if n >= min(_BLOCK, short))
    return Match(words, words / max(1, short), words / max(1, long))


def overlap(a: Wording, b: Wording) -> bool:
    """One within the other, in one article: a statement and the one that is nested in it are two."""
    return a.document == b.document and a.start < b.end and b.start < a.end


def _other_names(a: Wording, b: Wording) -> bool:
    """Has each a name or a number that the other has not? "Article 4" and "article 5", "the State of Maine" and "of Kansas" are two
    contents, however like the rest is: forms are filled in like this."""
    return not (a.names <= set(b.words) or b.names <= set(a.words))


def _differ(a: Wording, b: Wording) -> bool:
    """Are these known to be two speakers?"""
    if a.actor and b.actor:
        return a.actor != b.actor
    if not (a.name and b.name):
        return False
    mine, theirs = folded(a.name).split(), folded(b.name).split()
    return not (set(mine) <= set(theirs) or set(theirs) <= set(mine) or mine[-1:] == theirs[-1:])


def hashes(words: list[str]) -> tuple[int, list[int]]:
    """The hash of all the words, and those of the runs that stand for them."""
    whole = _hash(b"=", " ".join(words))
    if len(words) < FEWEST:
        return whole, []
    runs = [_hash(b"~", " ".join(words[i : i + _RUN])) for i in range(len(words) - _RUN + 1)]
    chosen = set(runs) if len(runs) <= _FEW_RUNS else {min(runs[i : i + _WINDOW]) for i in range(len(runs) - _WINDOW + 1)}
    return whole, sorted(chosen)[:_MOST_GRAMS]


def _hash(kind: bytes, text: str) -> int:
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=kind).digest()
    # Seven bytes keep their rows a byte smaller and are still never met by chance: a match is aligned anyway.
    return int.from_bytes(digest[:7], "little", signed=True)
