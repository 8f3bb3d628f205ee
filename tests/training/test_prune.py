"""What is cut out of a network is what it leaves least missed."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'training'")


def test_a_cut_network_is_the_network_with_those_heads_and_units_silent() -> None:
    from training.model import DEPTH, HEAD, HEADS, INNER, Tagger
    from training.prune import cut

    torch.manual_seed(0)
    m = Tagger(0).eval()
    chance = torch.Generator().manual_seed(1)
    some = lambda n, k: torch.randperm(n, generator=chance)[:k].sort().values
    heads, units = [some(HEADS, 4 + i) for i in range(DEPTH)], [some(INNER, 64 * (i + 1)) for i in range(DEPTH)]
    small = Tagger.of(cut(m.state_dict(), heads, units)).eval()
    assert [layer.heads for layer in small.layers] == [4, 5, 6, 7, 8, 9]
    for layer, h, u in zip(m.layers, heads, units, strict=True):
        keep = torch.zeros(HEADS * HEAD)
        keep[(h[:, None] * HEAD + torch.arange(HEAD)).flatten()] = 1
        layer.out.weight.data *= keep
        unit = torch.zeros(INNER)
        unit[u] = 1
        layer.down.weight.data *= unit
    ids = torch.arange(2000, 2040)[None]
    with torch.no_grad():
        args = (ids, torch.zeros_like(ids), torch.ones_like(ids, dtype=torch.bool))
        assert torch.allclose(small.encode(*args), m.encode(*args), atol=1e-5)


def test_the_best_are_kept_wherever_they_are() -> None:
    from training.prune import kept

    rows = [torch.tensor([9.0, 1, 8, 7]), torch.tensor([2.0, 3, 0, 1])]
    assert [x.tolist() for x in kept(rows, 5, 1, 1)] == [[0, 2, 3], [0, 1]]
    assert [x.tolist() for x in kept(rows, 6, 2, 2)] == [[0, 1, 2, 3], [0, 1]]


def test_importance_is_of_every_head_and_unit() -> None:
    import random

    import numpy as np

    from training.data import Example
    from training.model import DEPTH, Tagger
    from training.prune import importance

    torch.manual_seed(0)
    m = Tagger(0, [(4, 64)] * DEPTH)
    torch.nn.init.zeros_(m.layers[2].out.weight[:, :32])  # a head that says nothing
    n = 12
    role = np.zeros(n, np.int64)
    ids = np.array([101, *random.Random(0).sample(range(2000, 9000), n - 2), 102])
    e = Example(ids, np.zeros(n, np.int64), np.zeros(n, np.int64), np.full(n, -100), [(4, 5, role)], [])
    heads, units = importance(m, [[e]])
    assert [len(x) for x in heads] == [4] * DEPTH
    assert [len(x) for x in units] == [64] * DEPTH
    assert heads[2][0] == 0
    assert all(x.sum() > 0 for x in (*heads, *units))
