"""What training asks of a network that learns from others."""

from __future__ import annotations

import random

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'training'")


def test_a_network_has_nothing_to_learn_from_itself_and_sees_less_than_its_teacher() -> None:
    from tokenizers import Tokenizer

    from onrecord.tagger.labels import ROLE
    from onrecord.tagger.session import WEIGHTS
    from training import data, lessons
    from training.model import DEPTH, Tagger
    from training.train import losses

    torch.manual_seed(0)
    m = Tagger(0, [(4, 64)] * DEPTH).eval()
    other = Tagger(0, [(4, 64)] * DEPTH).eval()
    n = 40
    role = np.zeros(n, np.int64)
    ids = np.array([101, *random.Random(0).sample(range(2000, 9000), n - 2), 102])
    e = data.Example(ids, np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, -100), [(4, 5, role)], [])
    unread = data.Example(
        ids[:20], np.zeros(20, np.int64), np.zeros(20, np.int64), np.full(20, -100), [(2, 4, role[:20])], [], guessed=True
    )
    augment = data.Augment(Tokenizer.from_file(str(WEIGHTS / "tokenizer.json")), random.Random(1))
    hidden = [augment(x, 0.5) for x in (e, unread)]
    assert (hidden[0].ids == data.MASK).any()
    b, whole = data.collate(hidden), data.collate([e, unread])
    assert (b["whole"][0] != data.MASK).all()
    assert b["annotated"].tolist() == [0]
    assert b["known"].tolist() == [0]
    lesson = lessons.teach([m], b, amp=False)
    assert lesson.role is not None
    assert lesson.role.shape == (2, n, len(ROLE))
    assert float(lesson.flat[1, 20:].abs().max()) == 0
    np.testing.assert_allclose(lesson.role[0].sum(-1).numpy(), 1, atol=1e-5)

    def pull(learner: Tagger, batch: dict[str, torch.Tensor]) -> float:
        learner.zero_grad()
        parts = losses(learner, batch, False, None, lesson)
        (parts["taught"] + parts["taught_act"]).backward()
        return sum(float(p.grad.abs().sum()) for p in learner.parameters() if p.grad is not None)

    assert pull(m, whole) < 0.02 * min(pull(m, b), pull(other, whole))


def test_a_lesson_makes_a_network_believe_what_its_teacher_believes() -> None:
    from training import data, lessons
    from training.model import DEPTH, Tagger
    from training.train import losses

    torch.manual_seed(1)
    teacher, m = (Tagger(0, [(4, 64)] * DEPTH).eval() for _ in range(2))
    n = 30
    ids = np.array([101, *random.Random(2).sample(range(2000, 9000), n - 2), 102])
    e = data.Example(ids, np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, -100), [(4, 6, np.zeros(n, np.int64))], [], guessed=True)
    b = data.collate([e])
    lesson = lessons.teach([teacher], b, amp=False)

    def apart() -> float:
        mine = lessons.teach([m], b, amp=False)
        return float((mine.flat - lesson.flat).abs().sum() + (mine.role - lesson.role).abs().sum())

    before = apart()
    m.words.requires_grad_(False)  # large, and not needed here
    opt = torch.optim.Adam([x for x in m.parameters() if x.requires_grad], 2e-3)
    for _ in range(15):
        opt.zero_grad()
        losses(m, b, False, None, lesson)["taught"].backward()
        opt.step()
    assert apart() < 0.3 * before


def test_a_teacher_finds_cues_in_a_window_without_labels() -> None:
    from onrecord.tagger.labels import FLAT
    from training.lessons import _cues

    y = np.zeros(9, np.int64)
    y[1], y[3], y[4], y[5], y[7] = (FLAT.index(x) for x in ("S-cue", "B-cue", "I-cue", "E-cue", "S-source"))
    assert [(lo, hi) for lo, hi, _ in _cues(y)] == [(1, 2), (3, 6)]


def test_a_chain_believes_what_counting_all_paths_gives() -> None:
    from itertools import product

    from training.crf import Chain, posterior

    torch.manual_seed(2)
    k, t = 3, 5
    chain = [torch.randn(k, k), torch.randn(k), torch.randn(k)]
    chain[0][1, 2] = -1e4
    emit, lengths = torch.randn(2, t, k), torch.tensor([5, 3])
    p = posterior(emit, *chain, lengths)
    pairs = torch.zeros(k, k)
    for row, n in enumerate(lengths.tolist()):
        weights, marginal = [], torch.zeros(t, k)
        paths = list(product(range(k), repeat=n))
        for path in paths:
            moves = sum(float(chain[0][a, b]) for a, b in zip(path, path[1:], strict=False))
            weights.append(sum(float(emit[row, i, y]) for i, y in enumerate(path)) + moves + float(chain[1][path[0]] + chain[2][path[-1]]))
        log_z = torch.logsumexp(torch.tensor(weights), 0)
        for path, w in zip(paths, weights, strict=False):
            mass = float((torch.tensor(w) - log_z).exp())
            for i, y in enumerate(path):
                marginal[i, y] += mass
            for a, b in zip(path, path[1:], strict=False):
                pairs[a, b] += mass
        np.testing.assert_allclose(p.log_z[row], log_z, rtol=1e-5)
        np.testing.assert_allclose(p.marginal[row], marginal, atol=1e-5)
    np.testing.assert_allclose(p.pairs, pairs, atol=1e-5)
    assert Chain(("O", "S-x")).posterior(torch.zeros(1, 2, 2), torch.tensor([1]))[0, 1].sum() == 0


def test_a_large_network_is_known_by_its_weights() -> None:
    from training.model import LARGE, Tagger, nearness

    torch.manual_seed(3)
    m = Tagger(0, [(12, 64)] * 2, LARGE).eval()
    again = Tagger.of(m.state_dict()).eval()
    ids = torch.randint(1000, 9000, (1, 9))
    read = lambda x: x.encode(ids, torch.zeros_like(ids), torch.ones_like(ids, dtype=torch.bool))
    assert torch.equal(read(m), read(again))
    assert read(m).shape == (1, 9, LARGE)
    near = nearness(200, torch.device("cpu"))
    assert near[0, 0] == 0
    assert near[5, 3] == 2
    assert near[3, 5] == 18
    assert near[199, 0] == 15
    assert near[0, 199] == 31
    assert (near[:-1, 0] <= near[1:, 0]).all()
