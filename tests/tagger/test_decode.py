"""Exact inference, checked against trying every path."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.acts.codebook import ACTS
from onrecord.tagger.decode import FORBIDDEN, Chain, Heads, Linear, Mix, Scores, counting, decode, posterior, spans, viterbi
from onrecord.tagger.labels import BUCKETS, FLAT, ROLE, STATES, allowed, bucket, edges, state_moves

RANK = 4
PAIR = 5
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
    zero = np.zeros((n, (len(ROLE) - 1) * RANK), np.float32)
    pair, none, hidden = np.zeros((n, PAIR), np.float32), np.zeros((n, 0), np.float32), np.zeros((n, WIDTH), np.float32)
    return Scores(flat, zero, roles, pair, none, hidden)


def heads() -> Heads:
    free = lambda labels: Chain(
        np.where(allowed(labels), 0, FORBIDDEN).astype(np.float32), *(np.where(x, 0, FORBIDDEN).astype(np.float32) for x in edges(labels))
    )
    zeros = lambda *shape: np.zeros(shape, np.float32)
    roles = len(ROLE) - 1
    return Heads(
        flat=free(FLAT),
        role=free(ROLE),
        rank=RANK,
        cue=Linear(zeros(WIDTH, roles * RANK + PAIR), zeros(roles * RANK + PAIR)),
        distance=zeros(BUCKETS, roles),
        mix=(),
        pair=zeros(PAIR, roles),
        act=Linear(zeros(2 * WIDTH, len(ACTS)), zeros(len(ACTS))),
    )


def test_one_cue_gets_one_source_and_at_least_some_content() -> None:
    roles = np.full((8, len(ROLE) - 1), -4.0, np.float32)
    single_source, single_content = ROLE.index("S-source") - 1, ROLE.index("S-content") - 1
    roles[1, single_source], roles[2, single_source] = 2.0, 3.0
    roles[5, single_content] = -1.0  # worse than nothing, but the best there is
    ((found,),) = decode([window(8, {3: 9.0}, roles)], heads())
    assert found.cue == (3, 4)
    assert found.source == ((2, 3),)
    assert found.content == ((5, 6),)
    assert 0 < found.p_content < found.p_cue <= 1


def test_windows_of_different_lengths_do_not_disturb_each_other() -> None:
    rng = np.random.default_rng(1)
    ws = [window(n, {2: 9.0, n - 2: 8.0}, rng.normal(size=(n, len(ROLE) - 1)).astype(np.float32)) for n in (6, 11, 30)]
    assert decode(ws, heads()) == [decode([w], heads())[0] for w in ws]
    assert decode([], heads()) == []
    assert decode([window(5, {}, np.zeros((5, 8), np.float32))], heads()) == [[]]


def test_the_counting_chain_forbids_what_the_plain_one_forbids() -> None:
    chain = counting(heads().role)
    assert chain.trans.shape == (len(STATES), len(STATES))
    assert (chain.trans < -1000).sum() > 0


def test_a_mixing_layer_shows_every_position_its_neighbours_and_nothing_beyond_the_ends() -> None:
    taps = np.zeros((2, 3), np.float32)
    taps[0, 0], taps[1, 2] = 1.0, 1.0  # the first unit looks back, the second ahead, two positions each
    mix = Mix(taps, 2, Linear(np.eye(2, dtype=np.float32), np.zeros(2, np.float32)))
    pair = np.arange(10, dtype=np.float32).reshape(5, 2)
    got = mix(pair) - pair
    assert got[:, 0].tolist() == [0, 0, 0, 2, 4]
    assert got[:, 1].tolist() == [5, 7, 9, 0, 0]


def test_what_a_cue_is_decides_which_piece_is_its_source() -> None:
    hs = heads()
    single = ROLE.index("S-source") - 1
    hs.cue.weight[0, single * RANK] = 1.0
    w = window(6, {3: 9.0}, np.full((6, len(ROLE) - 1), -1.0, np.float32))
    w.hidden[3, 0] = 1.0
    w.role_token.reshape(6, len(ROLE) - 1, RANK)[1, single, 0] = 30.0
    ((found,),) = decode([w], hs)
    assert found.source == ((1, 2),)
