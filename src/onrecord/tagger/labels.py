"""The label sets of the tagger's heads, and which label may follow which.

All are BIOES: B(egin), I(nside), E(nd), S(ingle). An explicit end label lets a head score *where a span stops*, which is
where most errors of content spans lie.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["BUCKETS", "FLAT", "MENTION", "ROLE", "STATES", "allowed", "bucket", "edges", "state_moves"]


def _bioes(kinds: tuple[str, ...]) -> tuple[str, ...]:
    return ("O", *(f"{p}-{k}" for k in kinds for p in "BIES"))


#: What a piece is in the text as a whole: part of some statement's source, cue or content.
FLAT = _bioes(("source", "cue", "content"))
#: What a piece is to one given cue.
ROLE = _bioes(("source", "content"))
#: Named mentions.
MENTION = _bioes(("person", "organisation", "place", "other"))

BUCKETS = 32

# A cue has at most one source (9 of 19,834 attributions of PolNeAR train have two) and some content. A chain over labels
# alone cannot count, so the role chain runs over states: a label, and whether a source and a content were met so far.
#: (label index into ROLE, source met, content met), the state after the piece was read.
STATES: tuple[tuple[int, bool, bool], ...] = tuple(
    (i, s, c)
    for i, label in enumerate(ROLE)
    for s in (False, True)
    for c in (False, True)
    if (s or not label.endswith("source")) and (c or not label.endswith("content"))
)


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


@cache
def state_moves() -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Which state may follow which [from, to], which may come first, which last (some content met)."""
    label_ok, (label_first, label_last) = allowed(ROLE), edges(ROLE)

    def follows(before: tuple[int, bool, bool] | None, after: tuple[int, bool, bool]) -> bool:
        _, source, content = before or (0, False, False)
        label, new_source, new_content = after
        if (before and not label_ok[before[0], label]) or (not before and not label_first[label]):
            return False
        opens = ROLE[label][0] in "BS"
        if ROLE[label].endswith("source") and opens:
            return not source and new_source and new_content == content
        if ROLE[label].endswith("content") and opens:
            return new_content and new_source == source
        return (new_source, new_content) == (source, content)

    moves = np.array([[follows(a, b) for b in STATES] for a in STATES])
    return moves, np.array([follows(None, a) for a in STATES]), np.array([bool(label_last[i]) and c for i, _, c in STATES])


def bucket(distance: NDArray[np.int64]) -> NDArray[np.int64]:
    """Signed distance in pieces to one of ``BUCKETS`` classes: exact up to 7, then growing by powers of 1.6."""
    d = np.abs(distance)
    far = 7 + np.floor(np.log(np.maximum(d, 7) / 7.0) / np.log(1.6) + 1e-9).astype(np.int64)
    size = np.minimum(np.where(d < 8, d, far), BUCKETS // 2 - 1)
    return np.where(distance < 0, size, size + BUCKETS // 2)
