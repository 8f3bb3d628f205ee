"""A text as the resolution of actors sees it: its words, and the sentence, paragraph and quotation that each is in."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from onrecord.actors.lexicon import FUNCTION_WORDS
from onrecord.quotes import quotes
from onrecord.segment import paragraphs, sentences

__all__ = ["Discourse", "read_discourse"]

# A possessive 's is a word of its own; "U.S." and "G.K." are one word; "O'Neill" and "Al-Sadr" are one word.
# "Trump-led" is two words and a hyphen, "they're" two words.
_TAILS = "led|backed|based|style|era|run|born|controlled|allied|sponsored|dominated|friendly|held|like|owned|aligned|brokered|funded|linked"
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:(?:[-‐‑](?!(?:" + _TAILS + r")\b)|&|['’](?!(?:s|S|re|ve|ll|d|m)\b)|\.(?=[^\W\d_]{2,4}\b))[^\W_]+)*"
    r"|['’](?:[sS]|re|ve|ll|d|m)\b|[^\w\s]"
)


@dataclass(frozen=True, slots=True)
class Discourse:
    """``words[i]`` stands at ``starts[i]:ends[i]``; ``low[i]`` is its lower case.

    ``sentence[i]``, ``paragraph[i]``: running numbers. ``quote[i]``: number of the outermost quotation that the word is
    in, or -1. ``first[s]``: index of the first word of sentence ``s``. ``caps``: indices of the words that open with a
    capital letter; ``capital``: the same by word. ``titled``: sentences in which nearly every longer word is capitalised, as in headlines.
    """

    text: str
    words: list[str]
    low: list[str]
    starts: list[int]
    ends: list[int]
    sentence: list[int]
    paragraph: list[int]
    quote: list[int]
    first: list[int]
    caps: list[int]
    capital: dict[str, list[int]]
    titled: frozenset[int]

    def __len__(self) -> int:
        return len(self.words)

    def at(self, offset: int) -> int:
        """Index of the first word that ends after a character offset."""
        return bisect_right(self.ends, offset)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Half-open range of the words that lie, at least in part, between two character offsets."""
        lo = bisect_right(self.ends, start)
        return lo, max(lo, bisect_left(self.starts, end))

    def sentence_of(self, i: int) -> tuple[int, int]:
        """Half-open range of words of the sentence that word ``i`` is in."""
        s = self.sentence[i]
        return self.first[s], self.first[s + 1] if s + 1 < len(self.first) else len(self.words)


def read_discourse(text: str) -> Discourse:
    """Cut a text into words and say where each stands."""
    found = list(_WORD.finditer(text))
    words = [m[0] for m in found]
    starts = [m.start() for m in found]
    ends = [m.end() for m in found]
    low = [w.lower() for w in words]
    n = len(words)
    sentence: list[int] = []
    paragraph: list[int] = []
    quote = [-1] * n
    first: list[int] = []
    titled: set[int] = set()
    q = 0
    for number, p in enumerate(paragraphs(text)):
        for _, end in sentences(text, p):
            lo = len(sentence)
            hi = bisect_left(starts, end, lo)
            if hi == lo:
                continue
            s = len(first)
            first.append(lo)
            sentence += [s] * (hi - lo)
            paragraph += [number] * (hi - lo)
            if (text[end - 1] not in ".?!" or (number < 3 and end == p[1])) and _is_titled(words, lo, hi):
                titled.add(s)
        if any(c in text[p[0] : p[1]] for c in "\"“”„«‘'`″＂"):
            for mark in quotes(text, p):
                if mark.depth == 0 and not (mark.single and mark.end - mark.start < 4):
                    a, b = bisect_left(starts, mark.start), bisect_left(starts, mark.end)
                    quote[a:b] = [q] * (b - a)
                    q += 1
    if len(sentence) < n:  # nothing should be left over; if it is, it belongs to the last sentence
        last = len(first) - 1 if first else 0
        if not first:
            first.append(0)
        paragraph += [paragraph[-1] if paragraph else 0] * (n - len(sentence))
        sentence += [last] * (n - len(sentence))
    caps = [i for i, w in enumerate(words) if w[0].isupper()]
    capital: dict[str, list[int]] = {}
    for i in caps:
        capital.setdefault(words[i], []).append(i)
    return Discourse(text, words, low, starts, ends, sentence, paragraph, quote, first, caps, capital, frozenset(titled))


def _is_titled(words: list[str], lo: int, hi: int) -> bool:
    """Whether a sentence is set like a headline: nearly all words of four letters or more with a capital."""
    if not 3 <= hi - lo <= 40:
        return False
    long = [w for w in words[lo:hi] if len(w) > 3 and w[0].isalpha()]
    if any(len(w) == 3 and w.islower() and w.isalpha() and w not in FUNCTION_WORDS for w in words[lo:hi]):
        return False  # "Marta Kowal met Peter Brandt in Krakow"
    return len(long) >= 3 and sum(w[0].isupper() for w in long) >= 0.8 * len(long)
