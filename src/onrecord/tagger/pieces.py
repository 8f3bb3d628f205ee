"""A text as word pieces, with what the uncased tokenizer throws away put beside them.

``all-MiniLM-L6-v2`` reads lower case only. Case and the state of the quotation marks decide much of attribution, so
each piece also carries one small number that says both; the encoder adds a learned embedding of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from onrecord.quotes import quotes
from onrecord.segment import Interval, paragraphs

__all__ = ["FEATURES", "Pieces", "cut"]

_WORD = re.compile(r"[^\W_]+")
_CASES = 6  # not a word, lower, Title, UPPER, miXed, digits
_QUOTE_STATES = 5  # outside, in double marks, in single marks, the opening mark, the closing mark
#: Number of distinct values of ``Pieces.feature``.
FEATURES = _CASES * _QUOTE_STATES * 2

# A lone surrogate is no text to the tokenizer; its stand-in has the same length, so offsets stay.
_LONE = re.compile("[\ud800-\udfff]")
# Longest stretch handed to the tokenizer at once, in code points: bounds memory on a text without paragraphs.
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text's word pieces, in order.

    ``ids``: vocabulary numbers, int32 [n]. ``start``, ``end``: code-point offsets into the text, int32 [n].
    ``feature``: case x quote state x "first piece of a paragraph", int32 [n], below ``FEATURES``.
    ``paragraph``: index of the paragraph each piece is in, int32 [n], not decreasing.
    ``paragraphs``: the paragraphs' intervals.
    """

    ids: NDArray[np.int32]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    feature: NDArray[np.int32]
    paragraph: NDArray[np.int32]
    paragraphs: tuple[Interval, ...]

    def __len__(self) -> int:
        return len(self.ids)


def cut(text: str, tokenizer: Tokenizer) -> Pieces:
    """Cut ``text`` into pieces. Cost is linear in its length."""
    paras = tuple(paragraphs(text))
    chunks = [(k, s, min(s + _CHUNK, end)) for k, (start, end) in enumerate(paras) for s in range(start, end, _CHUNK)]
    # Not encode_batch_fast: it leaves the offsets out.
    encoded = tokenizer.encode_batch([_LONE.sub("\ufffd", text[s:e]) for _, s, e in chunks], add_special_tokens=False) if chunks else []
    counts = [len(e.ids) for e in encoded]
    ids = np.fromiter(chain.from_iterable(e.ids for e in encoded), np.int32)
    offsets = np.fromiter(chain.from_iterable(chain.from_iterable(e.offsets for e in encoded)), np.int32).reshape(-1, 2)
    base = np.repeat(np.array([s for _, s, _ in chunks], np.int32), counts)
    paragraph = np.repeat(np.array([k for k, _, _ in chunks], np.int32), counts)
    start, end = offsets[:, 0] + base, offsets[:, 1] + base
    first = np.ones(len(ids), np.bool_)
    first[1:] = paragraph[1:] != paragraph[:-1]
    state = _states(text, paras)
    feature = state[start].astype(np.int32) * 2 + first if len(ids) else np.zeros(0, np.int32)
    return Pieces(ids, start, end, feature.astype(np.int32), paragraph, paras)


@lru_cache(maxsize=16384)
def _case(word: str) -> int:
    if word.islower():
        return 1
    if word[0].isdigit():
        return 5
    if word.isupper() and len(word) > 1:
        return 3
    return 2 if word[0].isupper() and (len(word) == 1 or word[1:].islower()) else 4


def _states(text: str, paras: Sequence[Interval]) -> NDArray[np.uint8]:
    """Case and quote state of every character, as ``case * _QUOTE_STATES + quote state``."""
    case = np.zeros(len(text) + 1, np.uint8)
    words = np.array([(*m.span(), _case(m.group())) for m in _WORD.finditer(text)], np.int32).reshape(-1, 3)
    size = words[:, 1] - words[:, 0]
    within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    case[np.repeat(words[:, 0], size) + within] = np.repeat(words[:, 2], size)
    quote = np.zeros(len(text) + 1, np.uint8)
    for para in paras:
        for q in quotes(text, para):
            inside = quote[q.start : q.end]
            inside[inside == 0] = 2 if q.single else 1
            quote[q.start : q.start + q.mark] = 3
            if q.closed:
                quote[q.end - q.mark : q.end] = 4
    return case * np.uint8(_QUOTE_STATES) + quote
