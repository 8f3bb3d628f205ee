"""The label sets of the tagger's heads, and which label may follow which.

All are BIOES: B(egin), I(nside), E(nd), S(ingle). An explicit end label lets a head score *where a span stops*, which is
where most errors of content spans lie.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["FLAT", "MENTION", "ROLE", "allowed", "bucket", "BUCKETS"]


def _bioes(kinds: tuple[str, ...]) -> tuple[str, ...]:
    return ("O", *(f"{p}-{k}" for k in kinds for p in "BIES"))


#: What a piece is in the text as a whole: part of some statement's source, cue or content.
FLAT = _bioes(("source", "cue", "content"))
#: What a piece is to one given cue.
ROLE = _bioes(("source", "content"))
#: Named mentions.
MENTION = _bioes(("person", "organisation", "place", "other"))

BUCKETS = 32


def allowed(labels: tuple[str, ...]) -> NDArray[np.bool_]:
    """Square matrix [from, to]: may label ``to`` follow label ``from``?"""
    n = len(labels)
    out = np.zeros((n, n), np.bool_)
    for i, a in enumerate(labels):
        for j, b in enumerate(labels):
            if a[0] in "BI":
                out[i, j] = b[0] in "IE" and a[2:] == b[2:]
            else:
                out[i, j] = b[0] in "OBS"
    return out


def edges(labels: tuple[str, ...]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which labels may come first, and which last."""
    return np.array([a[0] in "OBS" for a in labels]), np.array([a[0] in "OES" for a in labels])


def bucket(distance: NDArray[np.int64]) -> NDArray[np.int64]:
    """Signed distance in pieces to one of ``BUCKETS`` classes: exact up to 7, then growing by powers of 1.6."""
    d = np.abs(distance)
    far = 7 + np.floor(np.log(np.maximum(d, 7) / 7.0) / np.log(1.6) + 1e-9).astype(np.int64)
    size = np.minimum(np.where(d < 8, d, far), BUCKETS // 2 - 1)
    return np.where(distance < 0, size, size + BUCKETS // 2)
