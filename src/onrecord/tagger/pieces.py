"""A text as word pieces, with what the uncased tokenizer throws away put beside them.

``all-MiniLM-L6-v2`` reads lower case only. Case and the state of the quotation marks decide much of attribution, so
each piece also carries one small number that says both; the encoder adds a learned embedding of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from onrecord.quotes import quotes
from onrecord.segment import Interval, paragraphs

__all__ = ["FEATURES", "Chunks", "Pieces", "cut"]

_WORD = re.compile(r"[^\W_]+")
_CASES = 6  # not a word, lower, Title, UPPER, miXed, digits
_QUOTE_STATES = 5  # outside, in double marks, in single marks, the opening mark, the closing mark
#: Number of distinct values of ``Pieces.feature``.
FEATURES = _CASES * _QUOTE_STATES * 2

# A lone surrogate is no text to the tokenizer; its stand-in has the same length, so offsets stay.
_LONE = re.compile("[\ud800-\udfff]")
# Longest stretch cut up at once, in code points: bounds memory on a text without blanks.
_STRETCH = 20_000
# So many chunks are kept, of at most so many code points each: what a long run may take.
_KEPT, _LONGEST = 50_000, 40


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


#: The pieces of chunks of text that were cut before: rows of number, start, end and case, as bytes of int32.
Chunks = dict[str, bytes]


def cut(text: str, tokenizer: Tokenizer, chunks: Chunks | None = None) -> Pieces:
    """Cut ``text`` into pieces. Cost is linear in its length. ``chunks``: what this tokenizer cut before, and what it cuts now."""
    known = {} if chunks is None else chunks
    paras = tuple(paragraphs(text))
    stretches = [(k, s, min(s + _STRETCH, end)) for k, (start, end) in enumerate(paras) for s in range(start, end, _STRETCH)]
    # The tokenizer cuts at blanks whatever stands around them, so what stands between two of them is cut alone, and once: most
    # words of a text stood in it before. Other white space is left to the tokenizer, which drops some of it.
    parts = [text[s:e].replace("\n", " ").split(" ") for _, s, e in stretches]
    words = list(chain.from_iterable(parts))
    had = {w: known.get(w) for w in dict.fromkeys(words)}
    new = _cut_chunks([w for w, row in had.items() if row is None], tokenizer)
    row_of = {**had, **new}
    rows = [row_of[w] or b"" for w in words]
    cells = np.frombuffer(b"".join(rows), np.int32).reshape(-1, _ROW)
    size = np.fromiter(map(len, words), np.int32) + 1  # with the blank behind it
    in_part = np.array([len(part) for part in parts], np.int32)
    ahead = np.cumsum(size, dtype=np.int32) - size
    behind = np.array([s for _, s, _ in stretches], np.int32) - ahead[np.cumsum(in_part) - in_part]
    counts = np.fromiter(map(len, rows), np.int32) // _ROW_BYTES
    base = np.repeat(ahead + np.repeat(behind, in_part), counts)
    paragraph = np.repeat(np.repeat(np.array([k for k, _, _ in stretches], np.int32), in_part), counts)
    ids, start, end, case = cells[:, 0], cells[:, 1] + base, cells[:, 2] + base, cells[:, 3]
    first = np.ones(len(ids), np.bool_)
    first[1:] = paragraph[1:] != paragraph[:-1]
    feature = (case * _QUOTE_STATES + _quote_states(text, paras)[start]) * 2 + first
    if len(known) + len(new) > _KEPT:
        known.clear()
    known.update((w, row) for w, row in new.items() if len(w) <= _LONGEST)
    return Pieces(np.ascontiguousarray(ids), start, end, feature.astype(np.int32), paragraph, paras)


_ROW = 4
_ROW_BYTES = _ROW * np.dtype(np.int32).itemsize


def _cut_chunks(chunks: Sequence[str], tokenizer: Tokenizer) -> Chunks:
    if not chunks:
        return {}
    line = " ".join(chunks)
    base = np.cumsum([0, *(len(c) + 1 for c in chunks)])
    # The line is handed over in stretches that end at a blank. Not encode_batch_fast: it leaves the offsets out.
    edges = base[sorted({*np.searchsorted(base, [*range(0, len(line), _STRETCH), len(line) + 1]).tolist()})].tolist()
    stretches = [_LONE.sub("\ufffd", line[lo:hi]) for lo, hi in pairwise(edges)]
    encoded = tokenizer.encode_batch(stretches, add_special_tokens=False)
    ids = np.fromiter(chain.from_iterable(e.ids for e in encoded), np.int32)
    offsets = np.fromiter(chain.from_iterable(chain.from_iterable(e.offsets for e in encoded)), np.int32).reshape(-1, 2)
    offsets += np.repeat(np.array(edges[:-1], np.int32), [len(e) for e in encoded])[:, None]
    chunk = np.searchsorted(base, offsets[:, 0], "right") - 1
    rows = np.column_stack([ids, offsets - base[chunk, None], _cases(line)[offsets[:, 0]]]).astype(np.int32).tobytes()
    ends = (np.searchsorted(chunk, np.arange(len(chunks)), "right") * _ROW_BYTES).tolist()
    return {c: rows[lo:hi] for c, lo, hi in zip(chunks, [0, *ends], ends, strict=False)}


def _cases(text: str) -> NDArray[np.int32]:
    """Case of every character's word, 0 where it is in none."""
    out = np.zeros(len(text) + 1, np.int32)
    words = np.array([(*m.span(), _case(m[0])) for m in _WORD.finditer(text)], np.int32).reshape(-1, 3)
    size = words[:, 1] - words[:, 0]
    within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    out[np.repeat(words[:, 0], size) + within] = np.repeat(words[:, 2], size)
    return out


def _case(word: str) -> int:
    if word.islower():
        return 1
    if word[0].isdigit():
        return 5
    if word.isupper() and len(word) > 1:
        return 3
    return 2 if word[0].isupper() and (len(word) == 1 or word[1:].islower()) else 4


def _quote_states(text: str, paras: Sequence[Interval]) -> NDArray[np.int32]:
    """Quote state of every character."""
    out = np.zeros(len(text) + 1, np.int32)
    for para in paras:
        for q in quotes(text, para):
            inside = out[q.start : q.end]
            inside[inside == 0] = 2 if q.single else 1
            out[q.start : q.start + q.mark] = 3
            if q.closed:
                out[q.end - q.mark : q.end] = 4
    return out
