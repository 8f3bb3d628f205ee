"""Documents that are nearly the same: wire copy, cut or with another headline.

A document's signature is a MinHash (rensa's R-MinHash, 128 numbers) of its runs of five words. Signatures are cut into bands;
two documents that agree in a band are compared, and are near when their signatures say that at least ``LEAST`` of their
runs are shared. Each document is put with the first that it is near to.
"""

from __future__ import annotations

import sqlite3
import struct
from collections import Counter

from onrecord.record.terms import folded

__all__ = ["LEAST", "find_near", "keep_bands", "signature", "similarity"]

#: Share of five-word runs that two near documents have in common. A dispatch cut by two paragraphs of seven still has 0.7 of them, one
#: with another first paragraph 0.86; two reports of one event that were written apart share none (docs/ingest.md).
LEAST = 0.5
_NUMBERS, _SEED, _RUN, _FEWEST = 128, 7, 5, 20
# With 32 bands of 4 a pair at 0.5 is compared with a chance of 0.87, one at 0.7 with 0.9998.
_BANDS = 32
# Of the documents that share a band (a form, a dispatch printed everywhere) so many are enough to find the others by.
_CROWD = 200


def signature(text: str) -> bytes | None:
    """MinHash of the text's words as 128 little-endian 32-bit numbers; null for less than 20 words, or without rensa installed."""
    try:
        from rensa import RMinHash
    except ImportError:
        return None
    words = folded(text).split()
    if len(words) < _FEWEST:
        return None
    made = RMinHash(num_perm=_NUMBERS, seed=_SEED)
    made.update([" ".join(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)])
    return struct.pack(f"<{_NUMBERS}I", *made.digest())


def similarity(a: bytes, b: bytes) -> float:
    """Estimated share of runs that two signatures' texts have in common (Jaccard)."""
    import numpy as np

    return float((np.frombuffer(a, "<u4") == np.frombuffer(b, "<u4")).mean())


def find_near(connection: sqlite3.Connection, sign: bytes | None) -> int | None:
    """pk of the first of the documents that a text with this signature is nearly the same as, or null.

    Where it is near to documents of several groups, these become one. Within the caller's transaction.
    """
    if sign is None:
        return None
    counts: Counter[int] = Counter()
    for band in _bands(sign):
        counts.update(d for (d,) in connection.execute("SELECT document FROM band WHERE hash = ? LIMIT ?", (band, _CROWD)))
    groups = set()
    for other in sorted(counts, key=lambda d: (-counts[d], d))[:_CROWD]:
        theirs, group = connection.execute("SELECT signature, near FROM document WHERE pk = ?", (other,)).fetchone()
        if theirs and similarity(sign, theirs) >= LEAST:
            groups.add(group)
    first = min(groups, default=None)
    for group in groups - {first}:
        connection.execute("UPDATE document SET near = ? WHERE near = ?", (first, group))
    return first


def keep_bands(connection: sqlite3.Connection, pk: int, sign: bytes | None) -> None:
    """Let later documents find the one with this pk and signature."""
    for band in _bands(sign) if sign is not None else ():
        (held,) = connection.execute("SELECT count(*) FROM (SELECT 1 FROM band WHERE hash = ? LIMIT ?)", (band, _CROWD)).fetchone()
        if held < _CROWD:
            connection.execute("INSERT OR IGNORE INTO band VALUES (?, ?)", (band, pk))


def _bands(sign: bytes) -> list[int]:
    size = len(sign) // _BANDS
    return [_hash(i, sign[i * size : (i + 1) * size]) for i in range(_BANDS)]


def _hash(band: int, part: bytes) -> int:
    import hashlib

    digest = hashlib.blake2b(bytes([band]) + part, digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
