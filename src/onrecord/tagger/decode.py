"""From the heads' scores to statements in pieces: exact inference in two linear chains.

First the flat chain says where cues are. Then every cue asks each piece around it what it is *to that cue*, in a second
chain; so a source may serve two cues, and links need no separate step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onrecord.tagger.labels import BUCKETS, FLAT, ROLE, bucket

__all__ = ["Chain", "Found", "Heads", "decode", "posterior", "spans", "viterbi"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chain:
    """Transition scores of one label set: ``trans`` [k, k] from row to column, ``first`` and ``last`` [k]."""

    trans: Floats
    first: Floats
    last: Floats


@dataclass(frozen=True, slots=True)
class Heads:
    """What decoding needs besides the graph's outputs. ``distance`` is [BUCKETS, roles]."""

    flat: Chain
    role: Chain
    distance: Floats
    rank: int
    threshold: float = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """One statement of one window, in positions of the window's sequence.

    ``cue`` is half open; ``source`` and ``content`` are lists of half-open fragments. ``p_cue`` is the probability of
    that cue span, ``p_role`` the mean probability of the labels its source and content rest on.
    """

    cue: tuple[int, int]
    source: tuple[tuple[int, int], ...]
    content: tuple[tuple[int, int], ...]
    p_cue: float
    p_role: float
    p_source: float


def viterbi(emit: Floats, chain: Chain, lengths: Ints) -> Ints:
    """Best label paths. emit [n, t, k]; lengths [n], each at least 1 -> [n, t]; beyond a length the labels are 0."""
    n, t, k = emit.shape
    back = np.zeros((n, t, k), np.int8)
    rows = np.arange(n)
    score = emit[:, 0] + chain.first
    step = chain.trans.T[None]  # [1, to, from]
    for i in range(1, t):
        both = score[:, None, :] + step
        best = both.argmax(-1)
        nxt = np.take_along_axis(both, best[..., None], -1)[..., 0] + emit[:, i]
        live = (i < lengths)[:, None]
        score = np.where(live, nxt, score)
        back[:, i] = np.where(live, best, np.arange(k)[None])
    out = np.zeros((n, t), np.int64)
    label = (score + chain.last).argmax(-1)
    for i in range(t - 1, -1, -1):
        out[:, i] = np.where(i < lengths, label, 0)
        label = back[rows, i, label]
    return out


def posterior(emit: Floats, chain: Chain, lengths: Ints) -> Floats:
    """Label probabilities of each position by forward-backward. Shapes as in ``viterbi`` -> [n, t, k]."""
    n, t, k = emit.shape
    e = np.exp(emit - emit.max(-1, keepdims=True))
    step = np.exp(chain.trans)
    live = np.arange(t)[None] < lengths[:, None]
    alpha = np.empty_like(e)
    a = e[:, 0] * np.exp(chain.first)
    for i in range(t):
        if i:
            a = np.where(live[:, i, None], (a @ step) * e[:, i], a)
        a = a / np.maximum(a.sum(-1, keepdims=True), 1e-30)
        alpha[:, i] = a
    b = np.broadcast_to(np.exp(chain.last), (n, k))
    out = np.empty_like(e)
    for i in range(t - 1, -1, -1):
        if i < t - 1:
            b = np.where(live[:, i + 1, None], (b * e[:, i + 1]) @ step.T, b)
        b = b / np.maximum(b.sum(-1, keepdims=True), 1e-30)
        p = alpha[:, i] * b
        out[:, i] = p / np.maximum(p.sum(-1, keepdims=True), 1e-30)
    return out


def spans(path: Ints, kind: int) -> list[tuple[int, int]]:
    """Spans of the ``kind``-th label kind (0-based) in one BIOES path."""
    b, i, e, s = (1 + 4 * kind + j for j in range(4))
    out: list[tuple[int, int]] = []
    start = -1
    for at in np.flatnonzero((path >= b) & (path <= s)).tolist():
        label = int(path[at])
        if label == s:
            out.append((at, at + 1))
        elif label == b:
            start = at
        elif label == e and start >= 0:
            out.append((start, at + 1))
            start = -1
    return out


def decode(flat: Floats, role_token: Floats, role_cue: Floats, role_bias: Floats, lengths: Ints, heads: Heads) -> list[list[Found]]:
    """Statements of each window of a batch, in the order of their cues.

    flat [n, t, len(FLAT)]; role_token, role_cue [n, t, roles * rank]; role_bias [n, t, roles]; lengths [n].
    """
    n, t, _ = flat.shape
    path = viterbi(flat, heads.flat, lengths)
    p_flat = posterior(flat, heads.flat, lengths)
    cues = [(r, lo, hi) for r in range(n) for lo, hi in spans(path[r], 1)]
    out: list[list[Found]] = [[] for _ in range(n)]
    if not cues:
        return out
    roles = len(ROLE) - 1
    tokens = role_token.reshape(n, t, roles, heads.rank)
    row = np.array([c[0] for c in cues])
    lo, hi = (np.array([c[i] for c in cues])[:, None] for i in (1, 2))
    vectors = np.stack([role_cue[r, a:b].mean(0) for r, a, b in cues]).reshape(-1, roles, heads.rank)
    at = np.arange(t)[None]
    distance = np.where(at < lo, at - lo, np.where(at >= hi, at - hi + 1, 0))
    by_label = np.ascontiguousarray(tokens.transpose(0, 2, 1, 3))  # [n, roles, t, rank]
    emit = np.zeros((len(cues), t, len(ROLE)), np.float32)
    for c, r in enumerate(row.tolist()):
        emit[c, :, 1:] = np.matmul(by_label[r], vectors[c][:, :, None])[..., 0].T
    emit[:, :, 1:] /= np.sqrt(np.float32(heads.rank))
    emit[:, :, 1:] += role_bias[row] + heads.distance[bucket(distance)]
    emit[:, :, 1:][(at >= lo) & (at < hi)] = -1e4
    roads = viterbi(emit, heads.role, lengths[row])
    p_role = posterior(emit, heads.role, lengths[row])
    for c, (r, a, b) in enumerate(cues):
        source, content = spans(roads[c], 0), spans(roads[c], 1)
        chosen = np.take_along_axis(p_role[c], roads[c][:, None], -1)[:, 0]
        mean = lambda ss: float(np.mean([chosen[i] for s, e in ss for i in (s, e - 1)])) if ss else 0.0
        cue_p = float(np.min(np.take_along_axis(p_flat[r, a:b], path[r, a:b, None], -1)))
        out[r].append(Found((a, b), tuple(source), tuple(content), cue_p, mean(content), mean(source)))
    return out


assert BUCKETS % 2 == 0 and FLAT[5] == "B-cue"
