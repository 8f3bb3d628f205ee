"""Documents that are nearly the same: wire copy, cut or with another headline.

A document's signature is a MinHash (rensa's R-MinHash, 128 numbers) of its runs of five words. Signatures are cut into bands;
two documents that agree in a band are compared, and are near when their signatures say that at least ``LEAST`` of their
runs are shared. Each document is put with the first that it is near to.
"""

from __future__ import annotations

import sqlite3
import struct

from onrecord.record.terms import folded

__all__ = ["LEAST", "link_document", "signature"]

#: Share of five-word runs that two near documents have in common: what a cut of a quarter of the text, or new quotes in one
#: paragraph of six, still leaves; two reports of one event written apart share under 0.1 (see docs/record.md for the measurement).
LEAST = 0.5
_NUMBERS, _SEED, _RUN, _FEWEST = 128, 7, 5, 20
# With 32 bands of 4 a pair at 0.5 is compared with a chance of 0.87, one at 0.7 with 0.9998.
_BANDS = 32
# A band that so many documents share (empty forms, boilerplate) tells nothing.
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


def link_document(connection: sqlite3.Connection, pk: int, sign: bytes | None) -> None:
    """Keep a new document's signature and put it with those it is near to, within the caller's transaction."""
    if sign is None:
        return
    size = len(sign) // _BANDS
    bands = [_hash(i, sign[i * size : (i + 1) * size]) for i in range(_BANDS)]
    marks = ",".join("?" * len(bands))
    found = connection.execute(
        f"SELECT document, count(*) FROM band WHERE hash IN ({marks}) GROUP BY document ORDER BY 2 DESC, 1 LIMIT {_CROWD}", bands
    ).fetchall()
    connection.execute("UPDATE document SET signature = ? WHERE pk = ?", (sign, pk))
    connection.executemany("INSERT OR IGNORE INTO band VALUES (?, ?)", [(b, pk) for b in bands])
    groups = set()
    for other, _ in found:
        theirs, group = connection.execute("SELECT signature, near FROM document WHERE pk = ?", (other,)).fetchone()
        if theirs and similarity(sign, theirs) >= LEAST:
            groups.add(group)
    if groups:
        first = min(groups)
        connection.execute("UPDATE document SET near = ? WHERE pk = ?", (first, pk))
        for group in groups - {first}:
            connection.execute("UPDATE document SET near = ? WHERE near = ?", (first, group))


def _hash(band: int, part: bytes) -> int:
    import hashlib

    digest = hashlib.blake2b(bytes([band]) + part, digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
