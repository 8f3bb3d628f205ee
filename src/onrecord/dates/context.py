"""What the rules know while they read: the tokens, the day to count from, what was dated before, and which way verbs point."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from onrecord.dates.expression import Anchor
from onrecord.dates.period import Period
from onrecord.dates.tables import tense
from onrecord.dates.tokens import CLASSES, Tokens

__all__ = ["Context", "Found"]

NO_PUBLICATION = "no publication date"
NO_EARLIER = "no earlier date in the text to count from"
VAGUE = "the words name no dates"
LENGTH = "a length of time, not a date"
REPEATED = "a repeated time"
# How far, in tokens, a verb can stand from a date and still say which way it points. Tuned on TimeBank + AQUAINT.
_REACH_LEFT, _REACH_RIGHT = 24, 12
_NAMES = {char: name for name, char in CLASSES.items()}


@dataclass(slots=True)
class Found:
    """An expression under construction: token indices, and what is known of it so far."""

    i: int
    j: int
    type: str
    value: str
    period: Period | None = None
    grain: str | None = None
    anchor: Anchor | None = None
    anchor_span: tuple[int, int] | None = None
    mod: str | None = None
    zone: str | None = None
    why: str | None = None
    #: a time of day without its day (``T15:00``, ``TNI``), waiting for one
    clock: str | None = None
    #: a full, explicit date: fit to anchor what follows
    absolute: bool = False
    rule: str = ""


@dataclass(slots=True)
class Context:
    """State of one reading, left to right."""

    tokens: Tokens
    base: date | None
    base_anchor: Anchor = "published"
    last: Period | None = None
    last_span: tuple[int, int] | None = None
    last_absolute: bool = False
    quarter: Period | None = None
    frame: tuple[int, int] | None = None  # an explicit year, and where in the text it stands
    spans: dict[str, str] = field(default_factory=dict)
    ways: dict[int, int | None] = field(default_factory=dict)

    # -- reading tokens
    def kind(self, i: int) -> str:
        """Class name of token ``i``; empty outside and for words without a class."""
        if 0 <= i < len(self.tokens.classes):
            return _NAMES.get(self.tokens.classes[i], "")
        return ""

    def has(self, i: int, j: int, *kinds: str) -> bool:
        return any(CLASSES[k] in self.tokens.classes[i:j] for k in kinds)

    def get(self, i: int, j: int, *kinds: str) -> object:
        """Value of the first token of one of these classes, or None."""
        at = self.where(i, j, *kinds)
        return None if at < 0 else self.tokens.values[at]

    def where(self, i: int, j: int, *kinds: str) -> int:
        chars = {CLASSES[k] for k in kinds}
        for k in range(i, j):
            if self.tokens.classes[k] in chars:
                return k
        return -1

    def word(self, i: int) -> str:
        return self.tokens.word(i).lower() if 0 <= i < len(self.tokens.starts) else ""

    def gap(self, i: int) -> str:
        """What stands between token ``i - 1`` and token ``i``: white space."""
        if not 0 < i < len(self.tokens.starts):
            return ""
        return self.tokens.text[self.tokens.ends[i - 1] : self.tokens.starts[i]]

    def ends_sentence(self, i: int) -> bool:
        """Is token ``i`` a mark that ends a sentence?"""
        mark = self.word(i)
        if mark in {"?", "!", ";", ":"}:
            return True
        if mark != ".":
            return False
        before, after = self.word(i - 1), self.word(i + 1)
        if after and self.tokens.word(i + 1)[0].islower():
            return False
        return before not in _TITLES and not (len(before) == 1 and before.isalpha())

    # -- which way
    def direction(self, i: int, j: int) -> int:
        """+1 where the sentence's nearest verb points to the future, -1 to the past, 0 where nothing says.

        The nearest verb to the left rules; where there is none in the sentence ("On Thursday, ministers will meet"),
        the first to the right.
        """
        cues = tense()
        k = i - 1
        while self.kind(k) in {"n", "clock", "clockap", "ampm", "zone", "oclock", "early"}:  # "until 9 a.m. EST Tuesday"
            k -= 1
        if self.word(k) in {"by", "until", "till", "through"} and k > 0 and not self.ends_sentence(k - 1):
            # An end that is set lies ahead, unless the sentence looks back on it ("had agreed by Wednesday").
            return -1 if "had" in {self.word(x) for x in range(max(0, k - 8), k)} else 1
        k = i - 1
        while self.kind(k) in {"on", "in", "at", "early"}:
            k -= 1
        if self.kind(k) in {"comma", "and"} or self.word(k) in {"but", "while"}:  # "talks failed, and on Friday they will resume"
            ahead = self._ahead(j, cues, 7)
            if ahead:
                return ahead
        for k in range(i - 1, max(-1, i - 1 - _REACH_LEFT), -1):
            way = self._way(k, cues)
            if way is None:
                break
            if way:
                return way
        return self._ahead(j, cues, _REACH_RIGHT)

    def _ahead(self, j: int, cues: dict[str, int], reach: int) -> int:
        for k in range(j, min(len(self.tokens.starts), j + reach)):
            way = self._way(k, cues)
            if way is None:
                break
            if way:
                return way
        return 0

    def _way(self, k: int, cues: dict[str, int]) -> int | None:
        """Where token ``k`` points, 0 for nowhere, None where the sentence ends with it. Worked out once a token."""
        if k not in self.ways:
            self.ways[k] = None if self.ends_sentence(k) else self._points(k, cues)
        return self.ways[k]

    def _points(self, k: int, cues: dict[str, int]) -> int:
        word = self.word(k)
        way = cues.get(word, 0)
        if way:
            # "expected to", "scheduled for", "due" point on; "had planned to" does too; "will have met" does not matter here.
            return way
        if len(word) > 3 and word.endswith("ed") and not self.kind(k) and self.tokens.word(k)[0].islower():
            # "will be named": what comes before "be" decides.
            return 0 if self.word(k - 1) in {"be", "get", "not", "to"} else -1
        if word == "be" and self.word(k - 1) == "to":
            return 1
        if word == "to" and self.word(k - 1) in _FORWARD:
            return 1
        return 0


# A full stop after one of these does not end a sentence.
_TITLES = frozenset("mr mrs ms dr prof sen rep gov gen col lt sgt capt adm rev st jr sr vs inc ltd co corp".split())
# "to" + verb behind one of these is still to come.
_FORWARD = frozenset(
    "plan plans planned planning want wants wanted agree agrees agreed hope hopes hoped intend intends intended vow vowed promise promised "
    "pledge pledged ready going about due likely set is are expect expects expected scheduled prepare prepares preparing refuse refuses "
    "refused decide decides decided need needs required".split()
)
