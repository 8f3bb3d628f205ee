"""The trained network as a function: pieces of a window in, scores out."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

from onrecord.errors import WeightsError
from onrecord.tagger.decode import Chain, Heads, Linear, Scores, asked
from onrecord.tagger.pieces import Chunks
from onrecord.tagger.windows import CLS, SEP

__all__ = ["WEIGHTS", "Tagger", "cores"]

WEIGHTS = Path(__file__).parent / "weights"
_OUTPUTS = ("flat", "role_token", "role_bias", "pair_token", "mention", "hidden")
Floats = NDArray[np.float32]


def cores() -> int:
    """Number of processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Tagger:
    """The ONNX graph, its decoding tables and its tokenizer, loaded from ``folder``.

    ``threads``: windows run side by side, one core each; more threads inside one window gain less. CUDA is used when
    onnxruntime was built with it. Raises WeightsError when a file is missing or unreadable.
    """

    def __init__(self, folder: Path = WEIGHTS, *, threads: int | None = None) -> None:
        self.folder = folder
        self.threads = threads or cores()
        self.chunks: Chunks = {}
        path = folder / "tagger.onnx"
        # The graph loads beside the tokenizer: the one leaves Python free, the other does not. (In a thread of its own the
        # tokenizer, thirty thousand small strings, takes half as long again.)
        beside = ThreadPoolExecutor(1, thread_name_prefix="onrecord-graph")
        graph = beside.submit(self._load, path)
        beside.shutdown(wait=False)
        self.tokenizer = _tokenizer(folder / "tokenizer.json")
        try:
            graph.result()
        except Exception as e:
            raise WeightsError(f"{path}: the model cannot be loaded: {type(e).__name__} (reinstall onrecord)") from e
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="onrecord-tagger") if self.threads > 1 else None

    def _load(self, path: Path) -> None:
        have = ort.get_available_providers()
        providers = [p for p in ("CUDAExecutionProvider", "CPUExecutionProvider") if p in have]
        options = _options()
        if "CUDAExecutionProvider" not in have:
            # This graph ships as fused as the CPU's kernels go: to look for more takes a tenth of the loading and finds nothing.
            options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = ort.InferenceSession(str(path), options, providers=providers)
        meta = self._session.get_modelmeta().custom_metadata_map
        self._roles = ort.InferenceSession(base64.b64decode(meta["roles"]), _options(), providers=["CPUExecutionProvider"])
        self.heads = _heads(meta)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the graph's file, in hex: the model's version."""
        return hashlib.sha256((self.folder / "tagger.onnx").read_bytes()).hexdigest()

    def run(self, windows: Sequence[tuple[NDArray[np.int32], NDArray[np.int32]]], *, outputs: Sequence[str] = _OUTPUTS) -> list[Scores]:
        """Score windows, given as (ids, feature) without special pieces. Order is kept.

        Every window is run alone, at its own length: no padding to compute, no mask, and the intermediate results stay
        in the core's cache (measured: 1.15 times the speed of batches of eight at 256 pieces).
        """
        return self.start(windows, outputs=outputs)()

    def start(
        self, windows: Sequence[tuple[NDArray[np.int32], NDArray[np.int32]]], *, outputs: Sequence[str] = _OUTPUTS
    ) -> Callable[[], list[Scores]]:
        """As ``run``, but gives at once a function that waits for the scores: the windows are scored meanwhile. With one
        thread there is no meanwhile, and one window is not worth a thread: these are scored when they are asked for."""
        if self._pool is None or len(windows) == 1:
            return lambda: [self._one(w, outputs) for w in windows]
        scores = self._pool.map(lambda w: self._one(w, outputs), windows)
        return lambda: list(scores)

    def _one(self, window: tuple[NDArray[np.int32], NDArray[np.int32]], outputs: Sequence[str]) -> Scores:
        ids, feature = window
        n = len(ids) + 2
        feeds = {"ids": np.empty((1, n), np.int64), "feature": np.zeros((1, n), np.int64)}
        feeds["ids"][0, 0], feeds["ids"][0, -1], feeds["ids"][0, 1:-1] = CLS, SEP, ids
        feeds["feature"][0, 1:-1] = feature
        got = dict(zip(outputs, self._session.run(list(outputs), feeds), strict=True))
        empty = np.zeros((0, 0), np.float32)
        return Scores(*(got[name][0] if name in got else empty for name in _OUTPUTS))

    def roles(self, windows: Sequence[tuple[Scores, Sequence[tuple[int, int]]]]) -> list[Floats]:
        """``decode.Roles`` of windows and their cues. Order is kept. In the caller's own thread: the others have the next
        windows already, and this is a twentieth of their work."""
        return [self._roles_of(w, cues) for w, cues in windows]

    def _roles_of(self, w: Scores, cues: Sequence[tuple[int, int]]) -> Floats:
        mean, near = asked(cues, len(w.flat))
        feeds = {name: getattr(w, name) for name in ("hidden", "role_token", "role_bias", "pair_token")}
        out: Floats = self._roles.run(["roles"], feeds | {"cue": mean, "bucket": near})[0]
        return out.transpose(0, 2, 1)


def _options() -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _tokenizer(path: Path) -> Tokenizer:
    """The tokenizer that the weights were trained with."""
    try:
        return Tokenizer.from_file(str(path))
    except Exception as e:
        raise WeightsError(f"{path}: the tokenizer cannot be loaded (reinstall onrecord)") from e


def _heads(meta: Mapping[str, str]) -> Heads:
    def chain(name: str) -> Chain:
        return Chain(*(_unpack(meta[f"{name}.{part}"]) for part in ("trans", "first", "last")))

    act = Linear(_unpack(meta["act.weight"]), _unpack(meta["act.bias"]))
    return Heads(flat=chain("flat"), role=chain("role"), act=act)


def _unpack(value: str) -> Floats:
    d = json.loads(value)
    return np.frombuffer(base64.b64decode(d["float32"]), "<f4").reshape(d["shape"])
