"""A trained tagger as one ONNX file with int8 weights (training.release writes it).

The graph is written node by node: each matrix product takes its input quantised (DynamicQuantizeLinear, then
MatMulIntegerToFloat with weights int8 and a scale a column), attention is one operator. There is no padding mask: a batch
holds windows of one length, which on a CPU means one window. Word embeddings are int8 with a scale a row. What is asked of
cues only, not of every piece, is a second graph, which lies in the file's metadata, with what decoding needs besides
(transition scores and the head of acts).

A few units of every layer reach values five times those of all others, and one step of the 8 bits has to serve all. Where a
feed-forward layer begins, such units are divided by a factor that their weights are multiplied by (Xiao et al. 2023, "SmoothQuant");
in its middle, what goes beyond a bound is taken off and added again in fp32. ``Extremes`` says which units these are.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch.utils.hooks import RemovableHandle

from training.evaluate import heads_of
from training.model import DEPTH, HEAD, PAIR, RANK, REACH, ROLES, STEPS, WIDTH, Tagger

MS = "com.microsoft"
#: The heads that every piece passes through, joined in one matrix product in this order.
HEADS_IN_ORDER = ("flat", "role_token", "role_bias", "pair_token", "mention")
#: The heads that only a cue passes through, joined in this order.
OF_CUE = ("role_cue", "pair_cue")
#: Units of a feed-forward layer's middle whose excess is added apart.
FEW = 2


@dataclass(frozen=True)
class Extremes:
    """The largest absolute value of each unit where a layer's feed-forward part begins (``into``, a row a layer [WIDTH]) and in its
    middle (``middle``, a row a layer)."""

    into: list[np.ndarray]
    middle: list[np.ndarray]

    def divisors(self, layer: int) -> np.ndarray:
        """What each unit is divided by: 1, but for the seven that reach further than all others."""
        reach = self.into[layer]
        return np.maximum(reach / np.sort(reach)[-8], 1).astype(np.float32)


def _largest(into: np.ndarray, x: torch.Tensor) -> None:
    np.maximum(into, x.abs().amax((0, 1)).numpy(), out=into)


@torch.no_grad()
def extremes(m: Tagger, windows: Iterable[tuple[np.ndarray, np.ndarray]]) -> Extremes:
    """``Extremes`` of the network over windows, given as (ids, feature) with the special pieces."""
    m.eval()
    rest = lambda part: [np.zeros(getattr(layer, part).in_features, np.float32) for layer in m.layers]
    found = Extremes(rest("up"), rest("down"))

    def watch(module: torch.nn.Linear, into: np.ndarray) -> RemovableHandle:
        note = lambda _, x: _largest(into, x[0])
        return module.register_forward_pre_hook(note)

    hooks = [watch(layer.up, found.into[i]) for i, layer in enumerate(m.layers)]
    hooks += [watch(layer.down, found.middle[i]) for i, layer in enumerate(m.layers)]
    for ids, feature in windows:
        row = lambda x: torch.from_numpy(x.astype(np.int64))[None]
        m.encode(row(ids), row(feature), torch.ones(1, len(ids), dtype=torch.bool))
    for h in hooks:
        h.remove()
    return found


class Graph:
    """Collects nodes and initializers; every method returns the name of its result."""

    def __init__(self, quantise: bool) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.inits: list[onnx.TensorProto] = []
        self.quantise = quantise
        self.n = 0
        self.quantised: dict[str, list[str]] = {}
        self.normed: dict[str, tuple[str, np.ndarray, np.ndarray]] = {}

    def const(self, x: np.ndarray) -> str:
        self.n += 1
        name = f"w{self.n}"
        self.inits.append(numpy_helper.from_array(np.ascontiguousarray(x), name))
        return name

    def op(self, kind: str, inputs: list[str], domain: str = "", outputs: int = 1, **attributes: object) -> str:
        self.n += 1
        names = [f"t{self.n}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names  # type: ignore[return-value]

    def linear(self, x: str, weight: np.ndarray, bias: np.ndarray) -> str:
        if not self.quantise:
            return self.op("Add", [self.op("MatMul", [x, self.const(weight.T.astype(np.float32))]), self.const(bias)])
        if x not in self.quantised:
            self.quantised[x] = self.op("DynamicQuantizeLinear", [x], outputs=3)  # type: ignore[assignment]
        whole, step, zero = self.quantised[x]
        q, scale = eight_bits(weight.T)
        return self.op("MatMulIntegerToFloat", [whole, self.const(q), step, self.const(scale), zero, "", self.const(bias)], MS)

    def norm(self, x: str, skip: str, gain: np.ndarray, bias: np.ndarray) -> str:
        """Layer norm of ``x + skip``; onnxruntime 1.32's own LayerNormalization and SkipLayerNormalization take four times as long on the CPU."""
        n = self.op("MeanVarianceNormalization", [self.op("Add", [x, skip])], axes=[2])
        out = self.op("Add", [self.op("Mul", [n, self.const(gain)]), self.const(bias)])
        self.normed[out] = n, gain, bias
        return out

    def divided(self, x: str, by: np.ndarray) -> str:
        """A layer norm's result over ``by``, unit by unit."""
        n, gain, bias = self.normed[x]
        return self.op("Add", [self.op("Mul", [n, self.const(gain / by)]), self.const(bias / by)])

    def bounded(self, x: str, weight: np.ndarray, bias: np.ndarray, reach: np.ndarray) -> str:
        """As ``linear``, with the ``FEW`` units of the largest ``reach`` bounded by what the others reach, and their excess added in fp32."""
        order = np.argsort(-reach)
        bound = 1.25 * float(reach[order[FEW]])
        if not self.quantise or reach[order[0]] < 1.5 * bound:
            return self.linear(x, weight, bias)
        units = np.sort(order[:FEW])
        low, high = self.const(np.float32(-bound)), self.const(np.float32(bound))
        large = self.op("Gather", [x, self.const(units)], axis=2)
        excess = self.op("Sub", [large, self.op("Clip", [large, low, high])])
        added = self.op("MatMul", [excess, self.const(weight[:, units].T.astype(np.float32))])
        return self.op("Add", [self.linear(self.op("Clip", [x, low, high]), weight, bias), added])


def eight_bits(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix as int8 and a scale a column."""
    scale = np.maximum(np.abs(w).max(0), 1e-8).astype(np.float32) / 127
    return np.clip(np.round(w / scale), -127, 127).astype(np.int8), scale


def build(state: dict[str, torch.Tensor], heads_meta: dict[str, str], reach: Extremes, quantise: bool = True) -> onnx.ModelProto:
    w = {k: v.float().cpu().numpy() for k, v in state.items()}
    g = Graph(quantise)
    words = w["words.weight"]
    if quantise:
        q, scale = eight_bits(words.T)
        x = g.op("Cast", [g.op("Gather", [g.const(q.T), "ids"])], to=TensorProto.FLOAT)
        x = g.op("Mul", [x, g.op("Gather", [g.const(scale[:, None]), "ids"])])
    else:
        x = g.op("Gather", [g.const(words), "ids"])
    # One table for features plus the constant segment embedding.
    x = g.op("Add", [x, g.op("Gather", [g.const(w["features.weight"] + w["kind"]), "feature"])])
    length = g.op("Slice", [g.op("Shape", ["ids"]), g.const(np.array([1])), g.const(np.array([2]))])
    pos = g.op("Slice", [g.const(w["positions.weight"]), g.const(np.array([0])), length, g.const(np.array([0]))])
    x = g.op("Add", [x, pos])
    x = g.op("LayerNormalization", [x, g.const(w["norm.weight"]), g.const(w["norm.bias"])], axis=-1, epsilon=1e-12)
    for i in range(DEPTH):
        p = f"layers.{i}."
        # Three products of one quantised input: cheaper than one product and a Split.
        q_, k_, v_ = (g.linear(x, *part) for part in zip(*(np.split(w[f"{p}qkv.{part}"], 3) for part in ("weight", "bias")), strict=True))
        a = g.op("MultiHeadAttention", [q_, k_, v_], MS, num_heads=len(w[p + "qkv.bias"]) // (3 * HEAD))
        a = g.linear(a, w[p + "out.weight"], w[p + "out.bias"])
        x = g.norm(a, x, w[p + "norm1.weight"], w[p + "norm1.bias"])
        by = reach.divisors(i)
        h = g.op("FastGelu", [g.linear(g.divided(x, by), w[p + "up.weight"] * by, w[p + "up.bias"])], MS)
        h = g.bounded(h, w[p + "down.weight"], w[p + "down.bias"], reach.middle[i])
        x = g.norm(h, x, w[p + "norm2.weight"], w[p + "norm2.bias"])
    weight, bias = (np.concatenate([w[f"{n}.{part}"] for n in HEADS_IN_ORDER]) for part in ("weight", "bias"))
    sizes = [len(w[f"{n}.bias"]) for n in HEADS_IN_ORDER]
    parts = g.op("Split", [g.linear(x, weight, bias), g.const(np.array(sizes))], outputs=len(sizes), axis=-1)
    for name, part in zip(HEADS_IN_ORDER, parts, strict=True):
        g.nodes.append(helper.make_node("Identity", [part], [name]))
    shapes = list(zip(HEADS_IN_ORDER, sizes, strict=True))
    g.nodes.append(helper.make_node("Identity", [x], ["hidden"]))
    i64 = lambda n, s: helper.make_tensor_value_info(n, TensorProto.INT64, s)
    outs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["batch", "length", size]) for n, size in shapes]
    outs.append(helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["batch", "length", WIDTH]))
    inputs = [i64("ids", ["batch", "length"]), i64("feature", ["batch", "length"])]
    graph = helper.make_graph(g.nodes, "onrecord", inputs, outs, g.inits)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MS, 1)], ir_version=9)
    for k, v in heads_meta.items():
        model.metadata_props.add(key=k, value=v)
    return model


def build_roles(state: dict[str, torch.Tensor]) -> onnx.ModelProto:
    """``Tagger.role_scores`` for one window of ``n`` pieces and ``c`` cues, positions last: the mixing layers are convolutions there.

    hidden, role_token, role_bias, pair_token: [n, width]; cue [c, n]: 1/length on a cue's pieces; bucket [c, n] -> roles [c, ROLES, n].
    """
    w = {k: v.float().cpu().numpy() for k, v in state.items()}
    g = Graph(False)
    size = ROLES * RANK
    of_cue = np.concatenate([w[f"{n}.weight"] for n in OF_CUE]).T
    q, scale = eight_bits(of_cue)
    weight = g.op("DequantizeLinear", [g.const(q), g.const(scale)], axis=1)
    of_cue_bias = g.const(np.concatenate([w[f"{n}.bias"] for n in OF_CUE]))
    cues = g.op("Add", [g.op("MatMul", [g.op("MatMul", ["cue", "hidden"]), weight]), of_cue_bias])
    rank, pair = g.op("Split", [cues, g.const(np.array([size, PAIR]))], outputs=2, axis=-1)
    shape = lambda *x: g.const(np.array(x))
    rank = g.op("Transpose", [g.op("Reshape", [rank, shape(-1, ROLES, RANK)])], perm=[1, 0, 2])  # [roles, c, rank]
    tokens = g.op("Transpose", [g.op("Reshape", ["role_token", shape(-1, ROLES, RANK)])], perm=[1, 2, 0])  # [roles, rank, n]
    both = g.op("Mul", [g.op("MatMul", [rank, tokens]), g.const(np.float32(RANK**-0.5))])
    both = g.op("Transpose", [both], perm=[1, 0, 2])  # [c, roles, n]
    near = g.op("Transpose", [g.op("Gather", [g.const(w["distance.weight"]), "bucket"])], perm=[0, 2, 1])
    x = g.op("Transpose", ["pair_token"], perm=[1, 0])
    x = g.op("Relu", [g.op("Add", [x, g.op("Unsqueeze", [pair, shape(2)])])])  # [c, pair, n]
    for k, step in enumerate(STEPS):
        reach = REACH // 2 * step
        y = g.op("Conv", [x, g.const(w[f"mix_taps.{k}"][:, None])], group=PAIR, dilations=[step], pads=[reach, reach])
        y = g.op("Add", [g.op("MatMul", [g.const(w[f"mix.{k}.weight"]), y]), g.const(w[f"mix.{k}.bias"][:, None])])
        x = g.op("Add", [x, g.op("Relu", [y])])
    pair = g.op("MatMul", [g.const(w["pair_out.weight"]), x])
    total = g.op("Add", [g.op("Add", [both, pair]), g.op("Add", [near, g.op("Transpose", ["role_bias"], perm=[1, 0])])])
    g.nodes.append(helper.make_node("Identity", [total], ["roles"]))
    float_, i64 = TensorProto.FLOAT, TensorProto.INT64
    of_pieces = {"hidden": WIDTH, "role_token": size, "role_bias": ROLES, "pair_token": PAIR}
    inputs = [helper.make_tensor_value_info(n, float_, ["n", width]) for n, width in of_pieces.items()]
    inputs += [helper.make_tensor_value_info(n, kind, ["c", "n"]) for n, kind in (("cue", float_), ("bucket", i64))]
    outs = [helper.make_tensor_value_info("roles", float_, ["c", ROLES, "n"])]
    graph = helper.make_graph(g.nodes, "onrecord-roles", inputs, outs, g.inits)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def pack(x: np.ndarray) -> str:
    return json.dumps({"shape": x.shape, "float32": base64.b64encode(x.astype("<f4").tobytes()).decode()})


def metadata(m: Tagger, reach: Extremes) -> dict[str, str]:
    h = heads_of(m)
    out = {"roles": base64.b64encode(build_roles(m.state_dict()).SerializeToString()).decode()}
    out |= {f"divisors.{i}": pack(reach.divisors(i)) for i in range(DEPTH)}  # for training.thaw
    out |= {"act.weight": pack(h.act.weight), "act.bias": pack(h.act.bias)}
    for name, chain in (("flat", h.flat), ("role", h.role)):
        for part in ("trans", "first", "last"):
            out[f"{name}.{part}"] = pack(getattr(chain, part))
    return out


def write_tokenizer(base: Path, out: Path) -> None:
    """The tokenizer as it ships: without truncation and padding, which windows take care of."""
    settings = json.loads((base / "tokenizer.json").read_text(encoding="utf8")) | {"truncation": None, "padding": None}
    out.mkdir(parents=True, exist_ok=True)
    (out / "tokenizer.json").write_text(json.dumps(settings, ensure_ascii=False, separators=(",", ":")), encoding="utf8")
