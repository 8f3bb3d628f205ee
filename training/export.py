"""A trained tagger as one ONNX file with int8 weights (training.release writes it).

The graph is written node by node with onnxruntime's fused operators: each matrix product quantises its input as it goes
(DynamicQuantizeMatMul, weights int8 with a scale a column), attention is one operator. There is no padding mask: a batch
holds windows of one length, which on a CPU means one window. Word
embeddings are int8 with a scale a row. What decoding needs besides the graph (transition scores, distance scores) lies
in the file's metadata.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from training.evaluate import heads_of
from training.model import DEPTH, HEADS, RANK, WIDTH, Tagger

MS = "com.microsoft"
#: The heads' outputs, joined in one matrix product in this order.
HEADS_IN_ORDER = ("flat", "role_token", "role_cue", "role_bias", "pair_token", "pair_cue", "mention")
#: Heads that stay fp32: their weights spread too widely for 8 bits (held-out acts 0.46 in int8, 0.58 in fp32), and they are small.
WHOLE = ("act_cue", "act_content")


class Graph:
    """Collects nodes and initializers; every method returns the name of its result."""

    def __init__(self, quantise: bool) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.inits: list[onnx.TensorProto] = []
        self.quantise = quantise
        self.n = 0
        self.mean = ""

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

    def linear(self, x: str, weight: np.ndarray, bias: np.ndarray, *, whole: bool = False) -> str:
        w = weight.T.astype(np.float32)
        if whole or not self.quantise:
            return self.op("Add", [self.op("MatMul", [x, self.const(w)]), self.const(bias)])
        scale = np.maximum(np.abs(w).max(0), 1e-8) / 127
        q = np.clip(np.round(w / scale), -127, 127).astype(np.int8)
        return self.op("DynamicQuantizeMatMul", [x, self.const(q), self.const(scale.astype(np.float32)), "", self.const(bias)], MS)

    def norm(self, x: str, skip: str, gain: np.ndarray, bias: np.ndarray) -> str:
        """Layer norm of ``x + skip``, written out: its two means as matrix products with a column of 1/width.

        onnxruntime 1.32's own LayerNormalization and SkipLayerNormalization take three times as long on the CPU.
        """
        mean = self.mean or self.const(np.full((WIDTH, 1), 1 / WIDTH, np.float32))
        self.mean = mean
        s = self.op("Add", [x, skip])
        d = self.op("Sub", [s, self.op("MatMul", [s, mean])])
        variance = self.op("Add", [self.op("MatMul", [self.op("Mul", [d, d]), mean]), self.const(np.float32(1e-12))])
        n = self.op("Div", [d, self.op("Sqrt", [variance])])
        return self.op("Add", [self.op("Mul", [n, self.const(gain)]), self.const(bias)])


def build(state: dict[str, torch.Tensor], heads_meta: dict[str, str], quantise: bool = True) -> onnx.ModelProto:
    w = {k: v.float().cpu().numpy() for k, v in state.items()}
    g = Graph(quantise)
    words = w["words.weight"]
    if quantise:
        scale = np.maximum(np.abs(words).max(1, keepdims=True), 1e-8) / 127
        q = np.clip(np.round(words / scale), -127, 127).astype(np.int8)
        x = g.op("Cast", [g.op("Gather", [g.const(q), "ids"])], to=TensorProto.FLOAT)
        x = g.op("Mul", [x, g.op("Gather", [g.const(scale.astype(np.float32)), "ids"])])
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
        qkv = g.linear(x, w[p + "qkv.weight"], w[p + "qkv.bias"])
        q_, k_, v_ = g.op("Split", [qkv, g.const(np.array([WIDTH] * 3))], outputs=3, axis=-1)
        a = g.op("MultiHeadAttention", [q_, k_, v_], MS, num_heads=HEADS)
        a = g.linear(a, w[p + "out.weight"], w[p + "out.bias"])
        x = g.norm(a, x, w[p + "norm1.weight"], w[p + "norm1.bias"])
        h = g.op("Gelu", [g.linear(x, w[p + "up.weight"], w[p + "up.bias"])], MS)
        h = g.linear(h, w[p + "down.weight"], w[p + "down.bias"])
        x = g.norm(h, x, w[p + "norm2.weight"], w[p + "norm2.bias"])
    shapes = []
    for names, whole in ((HEADS_IN_ORDER, False), (WHOLE, True)):
        weight, bias = (np.concatenate([w[f"{n}.{part}"] for n in names]) for part in ("weight", "bias"))
        sizes = np.array([len(w[f"{n}.bias"]) for n in names])
        parts = g.op("Split", [g.linear(x, weight, bias, whole=whole), g.const(sizes)], outputs=len(names), axis=-1)
        for name, part in zip(names, parts, strict=True):
            g.nodes.append(helper.make_node("Identity", [part], [name]))
        shapes += list(zip(names, sizes.tolist(), strict=True))
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


def pack(x: np.ndarray) -> str:
    return json.dumps({"shape": x.shape, "float32": base64.b64encode(x.astype("<f4").tobytes()).decode()})


def metadata(m: Tagger) -> dict[str, str]:
    h = heads_of(m)
    out = {"rank": str(RANK), "distance": pack(h.distance), "pair": pack(h.pair)}
    for name, chain in (("flat", h.flat), ("role", h.role)):
        for part in ("trans", "first", "last"):
            out[f"{name}.{part}"] = pack(getattr(chain, part))
    return out


def write_tokenizer(base: Path, out: Path) -> None:
    """The tokenizer as it ships: without truncation and padding, which windows take care of."""
    settings = json.loads((base / "tokenizer.json").read_text(encoding="utf8")) | {"truncation": None, "padding": None}
    out.mkdir(parents=True, exist_ok=True)
    (out / "tokenizer.json").write_text(json.dumps(settings, ensure_ascii=False, separators=(",", ":")), encoding="utf8")
