"""A shipped graph as weights to train on: int8 numbers times their scales, back in the network's layout.

Whoever has the repository has the weights; `training.train --init src/onrecord/tagger/weights/tagger.onnx` goes on from them.
"""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from onrecord.tagger.session import _heads, _unpack
from training.export import HEADS_IN_ORDER, OF_CUE
from training.model import DEPTH, WIDTH, Tagger


def thaw(path: Path) -> dict[str, Tensor]:
    """The state dict of the network in ``path``, a graph that ``training.export.build`` wrote with int8 weights."""
    model = onnx.load(str(path))
    graph, meta = model.graph, {p.key: p.value for p in model.metadata_props}
    weights = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    nodes = list(graph.node)
    of = lambda kind: [n for n in nodes if n.op_type == kind]
    tensor = lambda x: torch.from_numpy(np.array(x, np.float32))
    state: dict[str, Tensor] = dict(Tagger().state_dict())  # names, and the sizes of what no pruning touches
    products = iter(of("MatMulIntegerToFloat"))

    def linear() -> tuple[Tensor, Tensor]:
        n = next(products)
        return tensor((weights[n.input[1]].astype(np.float32) * weights[n.input[3]]).T), tensor(weights[n.input[6]])

    for i in range(DEPTH):
        q, k, v = linear(), linear(), linear()
        state[f"layers.{i}.qkv.weight"], state[f"layers.{i}.qkv.bias"] = (torch.cat(x) for x in zip(q, k, v, strict=True))
        for part in ("out", "up", "down"):
            state[f"layers.{i}.{part}.weight"], state[f"layers.{i}.{part}.bias"] = linear()
        state[f"layers.{i}.up.weight"] /= tensor(_unpack(meta[f"divisors.{i}"]))
    heads = _heads(meta)
    roles = onnx.load_from_string(base64.b64decode(meta["roles"])).graph
    of_roles = {i.name: numpy_helper.to_array(i) for i in roles.initializer}
    kept = lambda kind: [of_roles[x] for n in roles.node if n.op_type == kind for x in n.input if x in of_roles]
    cue, scale = kept("DequantizeLinear")
    (of_cue, *mixed), (distance,) = (kept("Add"), kept("Gather"))
    for names, (weight, bias) in ((HEADS_IN_ORDER, linear()), (OF_CUE, (tensor((cue * scale).T), tensor(of_cue)))):
        at = 0
        for name in names:
            size = len(state[f"{name}.bias"])
            state[f"{name}.weight"], state[f"{name}.bias"] = weight[at : at + size], bias[at : at + size]
            at += size
    state["act_cue.weight"], state["act_content.weight"] = tensor(heads.act.weight[:WIDTH].T), tensor(heads.act.weight[WIDTH:].T)
    state["act_cue.bias"], state["act_content.bias"] = tensor(heads.act.bias), torch.zeros_like(state["act_content.bias"])
    words, scale, features = (weights[n.input[0]] for n in of("Gather")[:3])
    state["words.weight"] = tensor(words.astype(np.float32) * scale)
    # The graph adds the segment's constant to every feature's vector.
    state["features.weight"], state["kind"] = tensor(features), torch.zeros_like(state["kind"])
    state["positions.weight"] = tensor(next(weights[n.input[0]] for n in of("Slice") if n.input[0] in weights))
    (norm,) = of("LayerNormalization")
    state["norm.weight"], state["norm.bias"] = (tensor(weights[x]) for x in norm.input[1:3])
    for k, normed in enumerate(of("MeanVarianceNormalization")):  # layer norms: what comes out, times the gain, plus the bias
        times = next(n for n in nodes if normed.output[0] in n.input)
        plus = next(n for n in nodes if times.output[0] in n.input)
        name = f"layers.{k // 2}.norm{k % 2 + 1}"
        state[f"{name}.weight"], state[f"{name}.bias"] = tensor(weights[times.input[1]]), tensor(weights[plus.input[1]])
    *mixes, out = kept("MatMul")
    state["distance.weight"], state["pair_out.weight"] = tensor(distance), tensor(out)
    for k, (taps, weight, bias) in enumerate(zip(kept("Conv"), mixes, mixed, strict=True)):
        state[f"mix_taps.{k}"], state[f"mix.{k}.weight"], state[f"mix.{k}.bias"] = tensor(taps[:, 0]), tensor(weight), tensor(bias[:, 0])
    for name, chain in (("flat_chain", heads.flat), ("role_chain", heads.role)):
        for part in ("trans", "first", "last"):
            scores = getattr(chain, part)
            state[f"{name}.{part}"] = tensor(np.where(scores < -5000, 0, scores))  # what is forbidden was never learned
    return state
