"""What training asks of a network that learns from another."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'training'")


def test_a_network_is_no_distance_from_itself_and_sees_less_than_its_teacher() -> None:
    import random

    import numpy as np
    from tokenizers import Tokenizer

    from onrecord.tagger.session import WEIGHTS
    from training import data
    from training.model import DEPTH, Tagger
    from training.train import distance, losses, taught

    torch.manual_seed(0)
    m = Tagger(0, [(4, 64)] * DEPTH).eval()
    n = 40
    role = np.zeros(n, np.int64)
    ids = np.array([101, *random.Random(0).sample(range(2000, 9000), n - 2), 102])
    e = data.Example(ids, np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, -100), [(4, 5, role)], [])
    unread = data.Example(ids[:20], np.zeros(20, np.int64), np.zeros(20, np.int64), np.full(20, -100), None, [])
    augment = data.Augment(Tokenizer.from_file(str(WEIGHTS / "tokenizer.json")), random.Random(1))
    hidden = [augment(x, 0.5) for x in (e, unread)]
    assert (hidden[0].ids == data.MASK).any()
    b = data.collate(hidden)
    assert (b["whole"][0] != data.MASK).all()
    mask = torch.arange(n)[None] < b["lengths"][:, None]
    lesson = taught(m, b, False)
    assert float(distance(lesson, lesson, b, mask)) == 0
    parts = losses(m, b, False, None, lesson)
    assert float(parts["teacher"]) > 0
    assert float(losses(m, data.collate([e, unread]), False, None, lesson)["teacher"]) == pytest.approx(0, abs=1e-3)
