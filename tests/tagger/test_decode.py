"""Exact inference, checked against trying every path."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.acts.codebook import ACTS
from onrecord.tagger.decode import FORBIDDEN, Chain, Heads, Linear, Scores, counting, decode, distances, posterior, spans, viterbi
from onrecord.tagger.labels import BUCKETS, FLAT, ROLE, STATES, allowed, bucket, edges, state_moves

WIDTH = 6


def chain_of(rng: np.random.Generator, k: int) -> Chain:
    return Chain(*(rng.normal(size=s).astype(np.float32) for s in ((k, k), (k,), (k,))))


def path_score(emit: np.ndarray, chain: Chain, path: tuple[int, ...]) -> float:
    inner = sum(float(chain.trans[a, b]) for a, b in zip(path, path[1:], strict=False))
    return float(chain.first[path[0]] + chain.last[path[-1]]) + inner + sum(float(emit[t, y]) for t, y in enumerate(path))


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_viterbi_and_posterior_agree_with_every_path_tried(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k, lengths = 3, np.array([4, 2, 1])
    emit = rng.normal(size=(3, 4, k)).astype(np.float32) * 2
    chain = chain_of(rng, k)
    best, p = viterbi(emit, chain, lengths), posterior(emit, chain, lengths)
    for i, n in enumerate(lengths.tolist()):
        scored = {y: path_score(emit[i], chain, y) for y in product(range(k), repeat=n)}
        assert tuple(best[i, :n]) == max(scored, key=scored.__getitem__)
        assert not best[i, n:].any()
        total = np.logaddexp.reduce(list(scored.values()))
        for t in range(n):
            for label in range(k):
                want = sum(np.exp(v - total) for y, v in scored.items() if y[t] == label)
                assert p[i, t, label] == pytest.approx(want, abs=1e-4)


def test_spans_of_a_path() -> None:
    b, i, e, s = (FLAT.index(f"{x}-cue") for x in "BIES")
    assert spans(np.array([0, b, i, e, 0, s, s, b, e]), 1) == [(1, 4), (5, 6), (6, 7), (7, 9)]
    assert spans(np.array([0, b, i, e]), 0) == []


def test_states_count_sources_and_contents() -> None:
    moves, first, last = state_moves()
    index = {s: i for i, s in enumerate(STATES)}
    b_source, e_source, s_content = (ROLE.index(x) for x in ("B-source", "E-source", "S-content"))
    assert first[index[b_source, True, False]]
    assert not first[index[e_source, True, False]]
    # A second source cannot begin; content can come twice; a path without content cannot end.
    assert not moves[index[0, True, False]][[i for i, (label, _, _) in enumerate(STATES) if label == b_source]].any()
    assert moves[index[0, True, True], index[s_content, True, True]]
    assert last[index[0, True, True]]
    assert not last[index[0, True, False]]


def test_labels_follow_bioes() -> None:
    ok = allowed(ROLE)
    name = ROLE.index
    assert ok[name("B-source"), name("E-source")]
    assert not ok[name("B-source"), name("E-content")]
    assert not ok[name("O"), name("I-source")]
    start, end = edges(ROLE)
    assert start[name("S-source")]
    assert not start[name("E-source")]
    assert end[name("E-content")]
    assert not end[name("B-content")]


def test_distance_classes_are_signed_and_bounded() -> None:
    d = np.arange(-2000, 2000)
    c = bucket(d)
    assert c.min() >= 0
    assert c.max() < BUCKETS
    assert bucket(np.array([-1]))[0] != bucket(np.array([1]))[0]
    assert len(set(bucket(np.arange(0, 8)).tolist())) == 8


def window(n: int, cues: dict[int, float], roles: np.ndarray) -> Scores:
    flat = np.zeros((n, len(FLAT)), np.float32)
    flat[:, 0] = 3
    for at, value in cues.items():
        flat[at, FLAT.index("S-cue")] = value
    none = np.zeros((n, 0), np.float32)
    return Scores(flat, none, roles, none, none, np.zeros((n, WIDTH), np.float32))


def same_for_all(asked: Sequence[tuple[Scores, Sequence[tuple[int, int]]]]) -> list[np.ndarray]:
    """Roles that ask nothing of the cue: what the window's pieces say of themselves."""
    return [np.stack([w.role_bias for _ in cues]) for w, cues in asked]


def heads() -> Heads:
    free = lambda labels: Chain(
        np.where(allowed(labels), 0, FORBIDDEN).astype(np.float32), *(np.where(x, 0, FORBIDDEN).astype(np.float32) for x in edges(labels))
    )
    zeros = lambda *shape: np.zeros(shape, np.float32)
    return Heads(flat=free(FLAT), role=free(ROLE), act=Linear(zeros(2 * WIDTH, len(ACTS)), zeros(len(ACTS))))


def test_one_cue_gets_one_source_and_at_least_some_content() -> None:
    roles = np.full((8, len(ROLE) - 1), -4.0, np.float32)
    single_source, single_content = ROLE.index("S-source") - 1, ROLE.index("S-content") - 1
    roles[1, single_source], roles[2, single_source] = 2.0, 3.0
    roles[5, single_content] = -1.0  # worse than nothing, but the best there is
    ((found,),) = decode([window(8, {3: 9.0}, roles)], heads(), same_for_all)
    assert found.cue == (3, 4)
    assert found.source == ((2, 3),)
    assert found.content == ((5, 6),)
    assert 0 < found.p_content < found.p_cue <= 1


def test_windows_of_different_lengths_do_not_disturb_each_other() -> None:
    rng = np.random.default_rng(1)
    ws = [window(n, {2: 9.0, n - 2: 8.0}, rng.normal(size=(n, len(ROLE) - 1)).astype(np.float32)) for n in (6, 11, 30)]
    assert decode(ws, heads(), same_for_all) == [decode([w], heads(), same_for_all)[0] for w in ws]
    assert decode([], heads(), same_for_all) == []
    assert decode([window(5, {}, np.zeros((5, 8), np.float32))], heads(), same_for_all) == [[]]


def test_the_counting_chain_forbids_what_the_plain_one_forbids() -> None:
    chain = counting(heads().role)
    assert chain.trans.shape == (len(STATES), len(STATES))
    assert (chain.trans < -1000).sum() > 0


def test_every_cue_is_asked_for_in_order_and_is_no_role_to_itself() -> None:
    single = ROLE.index("S-source") - 1
    asked = []

    def roles(windows: Sequence[tuple[Scores, Sequence[tuple[int, int]]]]) -> list[np.ndarray]:
        asked.extend(list(cues) for _, cues in windows)
        out = [np.full((len(cues), 9, len(ROLE) - 1), -1.0, np.float32) for _, cues in windows]
        for scores in out:
            for k in range(len(scores)):
                scores[k, 2 + k, single] = 9.0
                scores[k, 5, single] = 20.0  # the best there is, but for the first cue, which stands there
        return out

    ws = [window(9, {}, np.zeros((9, 8), np.float32)), window(9, {5: 9.0, 7: 8.0}, np.zeros((9, 8), np.float32))]
    nothing, found = decode(ws, heads(), roles)
    assert nothing == []
    assert asked == [[(5, 6), (7, 8)]]
    assert [f.source for f in found] == [((2, 3),), ((5, 6),)]


def test_distances_are_signed_and_nought_within_the_cue() -> None:
    assert distances(2, 4, 6).tolist() == [-2, -1, 0, 0, 1, 2]
