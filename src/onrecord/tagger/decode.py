"""From the heads' scores to statements in pieces: exact inference in two linear chains.

First the flat chain says where cues are. Then every cue asks each piece around it what it is *to that cue*, in a second
chain; so a source may serve two cues, and links need no separate step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onrecord.tagger.labels import FLAT, MENTION, ROLE, STATES, bucket, state_moves

__all__ = [
    "CUE",
    "Chain",
    "Found",
    "Heads",
    "Linear",
    "Roles",
    "Scores",
    "act_scores",
    "act_state",
    "asked",
    "decode",
    "decode_mentions",
    "distances",
    "spans",
]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
FORBIDDEN = -1e4
_LABEL = np.array([label for label, _, _ in STATES])
#: Number of the cue among the flat labels' kinds, for ``spans``.
CUE = (FLAT.index("B-cue") - 1) // 4


class Scores(NamedTuple):
    """The network's outputs for one window of ``n`` positions (special pieces included), each [n, width]."""

    flat: Floats
    role_token: Floats
    role_bias: Floats
    pair_token: Floats
    mention: Floats
    hidden: Floats


class Chain(NamedTuple):
    """Transition scores of one label set: ``trans`` [k, k] from row to column, ``first`` and ``last`` [k]."""

    trans: Floats
    first: Floats
    last: Floats


class Linear(NamedTuple):
    """``weight`` [in, out], ``bias`` [out]."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        out: Floats = x @ self.weight + self.bias
        return out


class Heads(NamedTuple):
    """What decoding needs besides the graphs' outputs: both chains, and ``act``, which takes the mean hidden states of cue and
    content, one behind the other, to the acts' scores."""

    flat: Chain
    role: Chain
    act: Linear


#: Windows with the cues found in each -> the scores of every position's role for each of its cues, [cues, n, len(ROLE) - 1].
Roles = Callable[[Sequence[tuple[Scores, Sequence[tuple[int, int]]]]], Sequence[Floats]]


class Found(NamedTuple):
    """One statement of one window, in positions of the window's sequence.

    ``cue`` is half open; ``source`` and ``content`` are half-open fragments. ``p_cue`` is the lowest label probability
    within the cue; ``p_source`` and ``p_content`` are the mean label probabilities at their fragments' ends, 0 where
    there is no fragment. ``act``: the act head's scores, in the order of ``acts.codebook.ACTS``.
    """

    cue: tuple[int, int]
    source: tuple[tuple[int, int], ...]
    content: tuple[tuple[int, int], ...]
    p_cue: float
    p_source: float
    p_content: float
    act: tuple[float, ...] = ()


def viterbi(emit: Floats, chain: Chain, lengths: Ints) -> Ints:
    """Best label paths. emit [n, t, k]; lengths [n], each at least 1 -> [n, t]; beyond a length the labels are 0.

    Scores lie as [t, k, n], so that the best predecessor is taken for all n paths at once, of those only that a label
    may follow; which one it was is asked on the way back, of the labels chosen only.
    """
    n, t, _ = emit.shape
    paths, mirror = np.arange(n), _mirror(lengths, t)
    before, step = _predecessors(chain.trans)
    step = np.repeat(step[:, :, None], n, axis=2)
    score = emit.transpose(1, 2, 0).copy()
    score[0] += chain.first[:, None]
    for i in range(1, t):
        score[i] += (score[i - 1].take(before, 0) + step).max(0)
    from_end = score[mirror, :, paths]
    into = np.ascontiguousarray(chain.trans.T)
    back = np.empty((t, n), np.int64)
    back[0] = (from_end[0] + chain.last).argmax(1)
    for i in range(1, t):
        (from_end[i] + into.take(back[i - 1], 0)).argmax(1, out=back[i])
    return np.where(np.arange(t) < lengths[:, None], back[mirror, paths].T, 0)


def _mirror(lengths: Ints, t: int) -> Ints:
    """A position's place in its path read from the end, [t, n]; 0 beyond a length."""
    out: Ints = np.maximum(lengths - 1 - np.arange(t)[:, None], 0)
    return out


def _predecessors(trans: Floats) -> tuple[Ints, Floats]:
    """The labels that each label may follow, and the scores of these steps, both [most, k]; labels with fewer repeat one of theirs."""
    best = np.argsort(-trans, axis=0, kind="stable")
    best = best[: max(1, int((trans > FORBIDDEN / 2).sum(0).max()))]
    step = np.take_along_axis(trans, best, 0)
    before = np.where(step > FORBIDDEN / 2, best, best[0])
    return before, np.take_along_axis(trans, before, 0)


def posterior(emit: Floats, chain: Chain, lengths: Ints) -> Floats:
    """Label probabilities of each position by forward-backward. Shapes as in ``viterbi`` -> [n, t, k]; beyond a length they mean nothing.

    The way back is the way forth of the path read from its end, with the transitions turned round: both are gone at once.
    A position's own scores count on the way forth only before they are kept, on the way back after, so that they count once.
    """
    n, t, k = emit.shape
    paths, mirror = np.arange(n), _mirror(lengths, t)
    e = np.exp(np.ascontiguousarray((emit - emit.max(-1, keepdims=True)).transpose(1, 0, 2)))
    from_end = e[mirror, paths]
    step = np.exp(np.stack([chain.trans, chain.trans.T]))
    x: Floats = np.exp(np.stack([chain.first, chain.last]))[:, None].repeat(n, 1)
    both = np.empty((t, 2, n, k), np.float32)
    for i in range(t):
        x[0] *= e[i]
        x /= np.maximum(np.add.reduce(x, -1, keepdims=True), 1e-30)
        both[i] = x
        x[1] *= from_end[i]
        x = x @ step
    p = both[:, 0] * both[mirror, 1, paths]
    p /= np.maximum(p.sum(-1, keepdims=True), 1e-30)
    out: Floats = p.transpose(1, 0, 2)
    return out


def spans(path: Ints, kind: int) -> list[tuple[int, int]]:
    """Spans of the ``kind``-th label kind (0-based) in one BIOES path."""
    b, i, e, s = (1 + 4 * kind + j for j in range(4))
    out: list[tuple[int, int]] = []
    start = -1
    (inside,) = ((path >= b) & (path <= s)).nonzero()
    for at, label in zip(inside.tolist(), path[inside].tolist(), strict=True):
        if label == s:
            out.append((at, at + 1))
        elif label == b:
            start = at
        elif label == e and start >= 0:
            out.append((start, at + 1))
            start = -1
    return out


def _ban(allowed: NDArray[np.bool_]) -> Floats:
    out: Floats = np.where(allowed, 0, FORBIDDEN).astype(np.float32)
    return out


def counting(chain: Chain) -> Chain:
    """The role chain over ``STATES``: at most one source, at least one content."""
    moves, first, last = state_moves()
    return Chain(chain.trans[_LABEL][:, _LABEL] + _ban(moves), chain.first[_LABEL] + _ban(first), chain.last[_LABEL] + _ban(last))


def decode(windows: Sequence[Scores], heads: Heads, roles: Roles) -> list[list[Found]]:
    """Statements of each window, in the order of their cues."""
    out: list[list[Found]] = [[] for _ in windows]
    if not windows:
        return out
    lengths = np.array([len(w.flat) for w in windows], np.int64)
    flat = _pad([w.flat for w in windows], int(lengths.max()))
    path = viterbi(flat, heads.flat, lengths)
    of_window = [spans(path[r], CUE) for r in range(len(windows))]
    with_cues = [(w, found) for w, found in zip(windows, of_window, strict=True) if found]
    if not with_cues:
        return out
    cues = [(r, lo, hi) for r, found in enumerate(of_window) for lo, hi in found]
    row = np.array([r for r, _, _ in cues])
    asked_of, at_row = np.unique(row, return_inverse=True)
    p_flat = posterior(flat[asked_of], heads.flat, lengths[asked_of])
    scored = (of_cue for scores in roles(with_cues) for of_cue in scores)
    emit = _pad([_outside(scores, lo, hi) for scores, (_, lo, hi) in zip(scored, cues, strict=True)], int(lengths.max()))
    chain, emit = counting(heads.role), emit.take(_LABEL, 2)
    p_role = posterior(emit, chain, lengths[row])
    # The best path by its own probability times those of its labels over all paths: many near paths that share a border
    # count for it together. On PolNeAR dev 0.1 to 0.3 F1 above the best path alone for content, whole and linked.
    roads = viterbi(emit + np.log(np.maximum(p_role, 1e-6)), chain, lengths[row])
    at = np.arange(emit.shape[1])
    chosen = p_role[np.arange(len(cues))[:, None], at, roads]
    p_path = p_flat[at_row[:, None], at, path[row]]
    labels = _LABEL[roads]
    for c, (r, lo, hi) in enumerate(cues):
        source, content = spans(labels[c], 0), spans(labels[c], 1)
        act = act_scores(windows[r].hidden, [*range(lo, hi)], [i for s, e in content for i in range(s, e)], heads)
        p_source, p_content = _edges(chosen[c], source), _edges(chosen[c], content)
        out[r].append(Found((lo, hi), tuple(source), tuple(content), float(p_path[c, lo:hi].min()), p_source, p_content, act))
    return out


def decode_mentions(w: Scores) -> list[tuple[int, int, str]]:
    """Named mentions of one window, best label piece by piece: (from, to, type) in positions of its sequence."""
    path = w.mention.argmax(-1)
    out: list[tuple[int, int, str]] = []
    for at in np.flatnonzero(path).tolist():
        prefix, kind = MENTION[int(path[at])].split("-")
        if out and prefix in "IE" and out[-1][1] == at and out[-1][2] == kind:
            out[-1] = (out[-1][0], at + 1, kind)
        else:
            out.append((at, at + 1, kind))
    return out


def _edges(chosen: Floats, fragments: list[tuple[int, int]]) -> float:
    """Mean probability of the labels at the fragments' ends; 0 where there is no fragment."""
    return float(chosen[[i for lo, hi in fragments for i in (lo, hi - 1)]].mean()) if fragments else 0.0


def act_scores(hidden: Floats, cue: list[int], content: list[int], heads: Heads) -> tuple[float, ...]:
    """Scores of the acts, in the order of ``acts.codebook.ACTS``, for the statement with cue and content at these positions of a window."""
    return tuple(heads.act(act_state(hidden, cue, content)).tolist())


def act_state(hidden: Floats, cue: list[int], content: list[int]) -> Floats:
    """What the act head reads of a statement: the mean hidden states of cue and content, one behind the other."""
    return np.concatenate([hidden[cue].mean(0), hidden[content].mean(0)])


def distances(lo: int, hi: int, n: int) -> Ints:
    """Signed distance of each of ``n`` positions to the cue at ``lo..hi``, 0 within it."""
    at = np.arange(n)
    return np.where(at < lo, at - lo, np.where(at >= hi, at - hi + 1, 0))


def asked(cues: Sequence[tuple[int, int]], n: int) -> tuple[Floats, Ints]:
    """What the heads of cues are given beside a window's outputs: 1/length on each cue's positions, and every position's
    class of distance to it, both [cues, n]."""
    mean, near = np.zeros((len(cues), n), np.float32), np.empty((len(cues), n), np.int64)
    for k, (lo, hi) in enumerate(cues):
        mean[k, lo:hi] = 1 / (hi - lo)
        near[k] = bucket(distances(lo, hi, n))
    return mean, near


def _outside(scores: Floats, lo: int, hi: int) -> Floats:
    """[n, len(ROLE) - 1] with the score of "O", which is 0, in front; what is the cue itself has no role to it."""
    out = np.zeros((len(scores), len(ROLE)), np.float32)
    out[:, 1:] = scores
    out[lo:hi, 1:] = FORBIDDEN
    return out


def _pad(rows: Sequence[Floats], length: int) -> Floats:
    out = np.zeros((len(rows), length, rows[0].shape[1]), np.float32)
    for r, x in enumerate(rows):
        out[r, : len(x)] = x
    return out
