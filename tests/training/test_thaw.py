"""Weights that went into a graph come out of it again, but for what int8 rounds away."""

from __future__ import annotations

import shutil
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

    m = Tagger.of(thaw(WEIGHTS / "tagger.onnx"))
    reach = export.extremes(m, [(np.array([101, 2054, 2003, 102]), np.zeros(4, np.int64))])
    # Once more before comparing: other extremes than the shipped graph's round the weights otherwise.
    for _ in range(2):
        state = {k: v.clone() for k, v in m.state_dict().items()}
        onnx.save(export.build(m.state_dict(), export.metadata(m, reach), reach), tmp_path / "tagger.onnx")
        again = thaw(tmp_path / "tagger.onnx")
        m.load_state_dict(again)
    for name, value in state.items():
        assert torch.allclose(value, again[name], atol=1e-5), name


def test_the_graphs_score_roles_and_acts_as_the_network_does(tmp_path: Path) -> None:
    import numpy as np
    import onnx

    from onrecord.tagger.decode import act_scores
    from onrecord.tagger.session import WEIGHTS
    from onrecord.tagger.session import Tagger as Graph
    from training import export
    from training.evaluate import roles_of
    from training.model import Tagger

    torch.manual_seed(0)
    m = Tagger(0, [(12, 1536), (4, 64), (7, 1024), (5, 512), (9, 128), (10, 1088)]).eval()
    for x in [*m.mix, m.pair_out, m.distance]:
        torch.nn.init.normal_(x.weight, std=0.1)
    reach = export.extremes(m, [(np.array([101, 2054, 2003, 102]), np.zeros(4, np.int64))])
    onnx.save(export.build(m.state_dict(), export.metadata(m, reach), reach, quantise=False), tmp_path / "tagger.onnx")
    shutil.copy(WEIGHTS / "tokenizer.json", tmp_path)
    graph = Graph(tmp_path, threads=1)
    ids = np.arange(2000, 2030)
    (w,) = graph.run([(ids.astype(np.int32), np.zeros(30, np.int32))])
    cues = [(5, 7), (20, 21)]
    with torch.no_grad():
        row = torch.from_numpy(np.r_[101, ids, 102])[None]
        hidden = m.encode(row, torch.zeros_like(row), torch.ones_like(row, dtype=torch.bool))
        (want,) = roles_of(m, torch.device("cpu"))([(w, cues)])
        cue, content = torch.zeros(1, 32), torch.zeros(1, 32)
        cue[0, 5:7], content[0, 9:13] = 0.5, 0.25
        acts = m.act_scores(torch.from_numpy(w.hidden)[None], torch.tensor([0]), cue, content)[0].numpy()
    assert np.allclose(w.hidden, hidden[0].numpy(), atol=1e-3)
    (got,) = graph.roles([(w, cues)])
    assert got.shape == want.shape
    assert np.allclose(got, want, atol=0.02)  # of_cue's weights are 8 bits in the graph
    assert np.allclose(act_scores(w.hidden, [*range(5, 7)], [*range(9, 13)], graph.heads), acts, atol=1e-4)
