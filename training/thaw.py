"""A shipped graph as weights to train on: int8 numbers times their scales, back in the network's layout.

Whoever has the repository has the weights; `training.train --init src/onrecord/tagger/weights/tagger.onnx` goes on from them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from onrecord.tagger import Tagger as Graph
from training.export import HEADS_IN_ORDER, WHOLE
from training.model import DEPTH, Tagger


def thaw(path: Path) -> dict[str, Tensor]:
    """The state dict of the network in ``path``, a graph that ``training.export.build`` wrote with int8 weights."""
    graph = onnx.load(str(path)).graph
    weights = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    nodes = list(graph.node)
    of = lambda kind: [n for n in nodes if n.op_type == kind]
    tensor = lambda x: torch.from_numpy(np.array(x, np.float32))
    state: dict[str, Tensor] = dict(Tagger().state_dict())
    products = iter(of("DynamicQuantizeMatMul"))

    def linear() -> tuple[Tensor, Tensor]:
        n = next(products)
        return tensor((weights[n.input[1]].astype(np.float32) * weights[n.input[2]]).T), tensor(weights[n.input[4]])

    for i in range(DEPTH):
        for part in ("qkv", "out", "up", "down"):
            state[f"layers.{i}.{part}.weight"], state[f"layers.{i}.{part}.bias"] = linear()
    (product,) = (n for n in of("MatMul") if n.input[1] in weights and weights[n.input[1]].shape[1] > 1)  # the rest are norms' means
    plus = next(n for n in nodes if product.output[0] in n.input)
    joined = tensor(weights[product.input[1]].T), tensor(weights[plus.input[1]])
    for names, (weight, bias) in ((HEADS_IN_ORDER, linear()), (WHOLE, joined)):
        at = 0
        for name in names:
            size = len(state[f"{name}.bias"])
            state[f"{name}.weight"], state[f"{name}.bias"] = weight[at : at + size], bias[at : at + size]
            at += size
    words, scale, features = (weights[n.input[0]] for n in of("Gather")[:3])
    state["words.weight"] = tensor(words.astype(np.float32) * scale)
    # The graph adds the segment's constant to every feature's vector.
    state["features.weight"], state["kind"] = tensor(features), torch.zeros_like(state["kind"])
    state["positions.weight"] = tensor(next(weights[n.input[0]] for n in of("Slice") if n.input[0] in weights))
    (norm,) = of("LayerNormalization")
    state["norm.weight"], state["norm.bias"] = (tensor(weights[x]) for x in norm.input[1:3])
    for k, divided in enumerate(of("Div")):  # layer norms, written out as ... / deviation * gain + bias
        times = next(n for n in nodes if divided.output[0] in n.input)
        plus = next(n for n in nodes if times.output[0] in n.input)
        name = f"layers.{k // 2}.norm{k % 2 + 1}"
        state[f"{name}.weight"], state[f"{name}.bias"] = tensor(weights[times.input[1]]), tensor(weights[plus.input[1]])
    heads = Graph(path.parent).heads
    state["distance.weight"], state["pair_out.weight"] = tensor(heads.distance), tensor(heads.pair.T)
    for name, chain in (("flat_chain", heads.flat), ("role_chain", heads.role)):
        for part in ("trans", "first", "last"):
            scores = getattr(chain, part)
            state[f"{name}.{part}"] = tensor(np.where(scores < -5000, 0, scores))  # what is forbidden was never learned
    return state
