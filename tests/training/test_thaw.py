"""Weights that went into a graph come out of it again, but for what int8 rounds away."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'training'")


def test_a_graph_thaws_into_the_weights_it_was_made_of(tmp_path: Path) -> None:
    import numpy as np
    import onnx

    from onrecord.tagger.session import WEIGHTS
    from training import export
    from training.model import Tagger
    from training.thaw import thaw

    m = Tagger()
    m.load_state_dict(thaw(WEIGHTS / "tagger.onnx"))
    reach = export.extremes(m, [(np.array([101, 2054, 2003, 102]), np.zeros(4, np.int64))])
    # Once more before comparing: other extremes than the shipped graph's round the weights otherwise.
    for _ in range(2):
        state = {k: v.clone() for k, v in m.state_dict().items()}
        onnx.save(export.build(m.state_dict(), export.metadata(m, reach), reach), tmp_path / "tagger.onnx")
        again = thaw(tmp_path / "tagger.onnx")
        m.load_state_dict(again)
    for name, value in state.items():
        assert torch.allclose(value, again[name], atol=1e-5), name


def test_the_decoder_scores_roles_and_acts_as_the_network_does() -> None:
    import numpy as np

    from onrecord.tagger.decode import Scores, _roles, act_scores
    from onrecord.tagger.labels import bucket
    from training.evaluate import heads_of
    from training.model import WIDTH, Tagger

    torch.manual_seed(0)
    m = Tagger(0).eval()
    for x in [*m.mix, m.pair_out, m.distance]:
        torch.nn.init.normal_(x.weight, std=0.1)
    hidden, n, lo, hi = torch.randn(1, 30, WIDTH), 30, 5, 7
    cue, content = torch.zeros(1, 1, n), torch.zeros(1, n)
    cue[0, 0, lo:hi], content[0, 9:13] = 0.5, 0.25
    at = np.arange(n)
    distance = torch.from_numpy(bucket(np.where(at < lo, at - lo, np.where(at >= hi, at - hi + 1, 0))))
    with torch.no_grad():
        roles = m.role_scores(hidden, torch.tensor([0]), torch.tensor([0]), cue, distance[None])[0].numpy()
        acts = m.act_scores(hidden, torch.tensor([0]), cue[:, 0], content)[0].numpy()
        parts = [f(hidden)[0].numpy() for f in (m.flat, m.role_token, m.role_bias, m.pair_token, m.mention)]
    w, heads = Scores(*parts, hidden[0].numpy()), heads_of(m)
    outside = (at < lo) | (at >= hi)
    assert np.allclose(_roles(w, lo, hi, heads)[outside], roles[outside], atol=1e-4)
    assert np.allclose(act_scores(w.hidden, [*range(lo, hi)], [*range(9, 13)], heads), acts, atol=1e-4)
