"""How fast, how big, how linear: `python -m benchmarks.speed [--words 40000] [--data ../shared/data]`.

Machines are noisy, so every speed is also a ratio to a reference measured in the same run, turn by turn: BERT-base's
architecture (12 layers of 768, random weights, fp32) in the same onnxruntime, with the same number of threads, on the
same windows of the same texts. That is the compute of the best published model; what else that model would need
(decoding) is not charged to it. Texts are the White House statements where the data folder is there, else the project's own
example dispatches, repeated.
"""

from __future__ import annotations

import argparse
import compileall
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import onrecord
from onrecord.document import Document
from onrecord.reader import Reader
from onrecord.tagger import session
from onrecord.tagger.pieces import cut
from onrecord.tagger.windows import windows

ROOT = Path(__file__).resolve().parent.parent


def texts(data: Path, words: int) -> list[str]:
    """Texts of about ``words`` words in all."""
    source = data / "whitehouse" / "statements.jsonl.gz"
    if source.exists():
        with gzip.open(source, "rt", encoding="utf8") as f:
            pool = [json.loads(line).get("text") or "" for line in f]
    else:
        pool = [p.read_text(encoding="utf8") for p in sorted((ROOT / "examples" / "thirteen-days").glob("*.txt"))]
    out: list[str] = []
    total = i = 0
    while total < words:
        text = pool[i * 37 % len(pool)]
        i += 1
        if text.strip():
            out.append(text)
            total += len(text.split())
    return out


def bert_base(path: Path) -> None:
    """Write BERT-base's graph with random weights, with the operators that make it fastest in onnxruntime."""
    from onnx import TensorProto, helper, numpy_helper, save

    width, depth, heads, inner, vocabulary, labels = 768, 12, 12, 3072, 30522, 13
    rng = np.random.default_rng(0)
    nodes: list[Any] = []
    weights: list[Any] = []

    def const(*shape: int) -> str:
        name = f"w{len(weights)}"
        weights.append(numpy_helper.from_array((rng.standard_normal(shape) * 0.02).astype(np.float32), name))
        return name

    def op(kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = f"t{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [name], domain=domain, **attributes))
        return name

    def linear(x: str, a: int, b: int) -> str:
        return op("Add", op("MatMul", x, const(a, b)), const(b))

    ms = "com.microsoft"
    x = op("Gather", const(vocabulary, width), "ids")
    for _ in range(depth):
        q, k, v = (linear(x, width, width) for _ in range(3))
        a = linear(op("MultiHeadAttention", q, k, v, domain=ms, num_heads=heads), width, width)
        x = op("SkipLayerNormalization", a, x, const(width), const(width), domain=ms, epsilon=1e-12)
        h = linear(op("Gelu", linear(x, width, inner), domain=ms), inner, width)
        x = op("SkipLayerNormalization", h, x, const(width), const(width), domain=ms, epsilon=1e-12)
    nodes.append(helper.make_node("Identity", [linear(x, width, labels)], ["labels"]))
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["b", "t"])]
    outputs = [helper.make_tensor_value_info("labels", TensorProto.FLOAT, ["b", "t", labels])]
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(ms, 1)]
    save(helper.make_model(helper.make_graph(nodes, "bert", inputs, outputs, weights), opset_imports=opsets, ir_version=9), path)


def reference(folder: Path, threads: int) -> Callable[[list[str]], None]:
    """A function that runs BERT-base over texts as our reader runs its own network: window by window, ``threads`` side by side."""
    from concurrent.futures import ThreadPoolExecutor

    import onnxruntime as ort

    path = folder / "bert.onnx"
    bert_base(path)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    bert = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    tokenizer = session.Tagger(threads=1).tokenizer
    pool = ThreadPoolExecutor(threads)

    def run(batch: list[str]) -> None:
        todo = []
        for text in batch:
            p = cut(text, tokenizer)
            todo += [p.ids[w.lo : w.hi].astype(np.int64)[None] for w in windows(text, p)]
        list(pool.map(lambda ids: bert.run(["labels"], {"ids": ids}), todo))

    return run


def timed(f: Callable[[], Any]) -> float:
    began = time.perf_counter()
    f()
    return time.perf_counter() - began


def throughput(batch: list[str], threads: int, rounds: int) -> dict[str, float]:
    reader = Reader(threads=threads)
    # Seconds of processor time in the encoder with the heads of pieces, and in the heads of cues. The network runs on the
    # thread that calls it, so a thread's own time is the network's, however many run side by side.
    spent = {"_one": 0.0, "_roles_of": 0.0}

    def counted(name: str) -> None:
        inner = getattr(reader._tagger, name)

        def timing(*a: Any, **k: Any) -> Any:
            began = time.thread_time()
            try:
                return inner(*a, **k)
            finally:
                spent[name] += time.thread_time() - began

        setattr(reader._tagger, name, timing)

    for name in spent:
        counted(name)
    read = lambda ts: sum(len(s) for _, s in reader.read_many(Document(t) for t in ts))
    words = lambda ts: sum(len(t.split()) for t in ts)
    few = batch[: max(1, len(batch) // 12)]
    ours, theirs, encoder, network = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        bert = reference(Path(folder), threads)
        read(few), bert(few[:1])
        for _ in range(rounds):
            spent.update(_one=0.0, _roles_of=0.0)
            began = time.process_time()
            ours.append(words(batch) / timed(lambda: read(batch)))
            used = time.process_time() - began
            encoder.append(spent["_one"] / used)
            network.append(sum(spent.values()) / used)
            theirs.append(words(few) / timed(lambda: bert(few)))
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return {
        "words per second": median(ours),
        "BERT-base, words per second": median(theirs),
        "times BERT-base (median)": median(ratios),
        "times BERT-base (least of rounds)": min(ratios),
        "share of time in the encoder": median(encoder),
        "the same, with the heads of cues": median(network),
    }


_MEMORY = """
import re, sys, json
from onrecord.reader import Reader
from onrecord.document import Document
texts = json.load(open(sys.argv[1]))
n = sum(len(s) for _, s in Reader(threads=int(sys.argv[2])).read_many(Document(t) for t in texts))
# Not getrusage: its peak is inherited from the process that started this one.
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


def memory(batch: list[str], threads: int) -> float:
    """Peak resident memory in MB of a process that reads the texts (Linux only)."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(batch, f)
        f.flush()
        return float(
            subprocess.run([sys.executable, "-c", _MEMORY, f.name, str(threads)], check=True, capture_output=True, text=True).stdout
        )


def cold_start(seed: Path, rounds: int) -> dict[str, float]:
    """`onrecord read` of one report, start to end, against importing the two libraries it cannot do without.

    Both as pip leaves them, byte-compiled: a checkout that was never run is compiled first, for its libraries are too.
    Processor time is told beside the clock's, which says little where other programs want the cores.
    """
    compileall.compile_dir(Path(onrecord.__file__).parent, quiet=2)
    command = [str(Path(sys.executable).parent / "onrecord"), "read", str(seed)]
    bare = [sys.executable, "-c", "import onnxruntime, tokenizers"]

    def run(c: list[str]) -> tuple[float, float]:
        began = time.perf_counter()
        process = subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, c)
        return time.perf_counter() - began, used.ru_utime + used.ru_stime

    run(command), run(bare)
    pairs = [(run(command), run(bare)) for _ in range(rounds)]
    return {
        "read, seconds": median(a[0] for a, _ in pairs),
        "bare import, seconds": median(b[0] for _, b in pairs),
        "times the bare import": median(a[0] / b[0] for a, b in pairs),
        "read, seconds of processor time": median(a[1] for a, _ in pairs),
        "bare import, seconds of processor time": median(b[1] for _, b in pairs),
        "times the bare import, processor time": median(a[1] / b[1] for a, b in pairs),
    }


def linearity(batch: list[str], threads: int, sizes: tuple[int, ...]) -> dict[str, float]:
    """Words per second on one file of each size in bytes."""
    reader = Reader(threads=threads)
    whole = "\n\n".join(batch)
    out = {}
    for size in sizes:
        text = (whole * (size // len(whole) + 1))[:size]
        took = timed(lambda text=text: reader.read(Document(text)))
        out[f"{size / 1e6:g} MB, words per second"] = len(text.split()) / took
    return out


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--words", type=int, default=40_000)
    p.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    p.add_argument("--threads", type=int, default=session.cores())
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--only", choices=["throughput", "memory", "start", "linear"], help="one of the four measurements")
    p.add_argument("--sizes", type=int, nargs="*", default=[100_000, 1_000_000, 10_000_000])
    a = p.parse_args()
    batch = texts(a.data, a.words)
    seeds = sorted((a.data.parent / "seed").glob("*.txt")) or sorted((ROOT / "examples" / "thirteen-days").glob("*.txt"))
    weights = session.WEIGHTS
    report: dict[str, Any] = {"threads": a.threads, "texts": len(batch), "words": sum(len(t.split()) for t in batch)}
    report |= {"size on disk, MB": sum(f.stat().st_size for f in weights.iterdir()) / 1e6}
    steps: dict[str, Callable[[], dict[str, float]]] = {
        "throughput": lambda: throughput(batch, a.threads, a.rounds),
        "memory": lambda: {"peak memory, MB": memory(batch, a.threads)},
        "start": lambda: cold_start(seeds[0], max(9, a.rounds)),
        "linear": lambda: linearity(batch, a.threads, tuple(a.sizes)),
    }
    for name, step in steps.items():
        if a.only not in (None, name):
            continue
        for k, v in step().items():
            report[k] = v
            print(f"{k:40}{v:14.3f}", flush=True)


if __name__ == "__main__":
    main()
