"""Weights that went into a graph come out of it again, but for what int8 rounds away."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'training'")


def test_a_graph_thaws_into_the_weights_it_was_made_of(tmp_path: Path) -> None:
    import onnx

    from onrecord.tagger.session import WEIGHTS
    from training import export
    from training.thaw import thaw

    state = thaw(WEIGHTS / "tagger.onnx")
    from training.model import Tagger

    m = Tagger()
    m.load_state_dict(state)
    onnx.save(export.build(m.state_dict(), export.metadata(m)), tmp_path / "tagger.onnx")
    again = thaw(tmp_path / "tagger.onnx")
    for name, value in state.items():
        assert torch.allclose(value, again[name], atol=1e-5), name
