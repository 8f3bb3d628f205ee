"""Make the files that ship: int8 graph, tokenizer, calibration and manifest, with dev figures of what is shipped.

    python -m training.release --weights runs/a/best.pt --log runs/a/log.jsonl --base MODEL_FOLDER --data ../shared/data

Writes src/onrecord/tagger/weights/{tagger.onnx,tokenizer.json,manifest.json}. Figures are of the whole reader, as a user
runs it, on PolNeAR dev; fp32 figures stand beside the int8 ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer

from onrecord.assemble import features
from onrecord.document import Document
from onrecord.evaluation import calibration_error, evaluate, plain
from onrecord.reader import Reader
from onrecord.score import matches
from onrecord.tagger import Tagger as Graph
from onrecord.tagger import tag
from onrecord.tagger.pieces import cut
from onrecord.tagger.session import WEIGHTS
from onrecord.tagger.windows import CLS, SEP, windows
from training import export
from training.acts import examples
from training.data import read_jsonl
from training.evaluate import act_accuracy
from training.model import Tagger


def fit(x: np.ndarray, y: np.ndarray, penalty: float = 1.0) -> np.ndarray:
    """Logistic regression by Newton's method, with an L2 penalty."""
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty * np.eye(len(w))
        w = w - np.linalg.solve(hessian, x.T @ (p - y) + penalty * w)
    return w


def _windows(a: argparse.Namespace) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Every twentieth article of PolNeAR train and the first White House texts, in windows with their special pieces."""
    tokenizer = Tokenizer.from_file(str(a.out / "tokenizer.json"))
    train = read_jsonl(a.data / "polnear" / "train.jsonl.gz")[::20]
    official = [d for d in read_jsonl(a.data / "whitehouse" / "statements.jsonl.gz")[:4000:100] if d["text"]]
    for d in [*train, *official]:
        p = cut(d["text"], tokenizer)
        for w in windows(d["text"], p):
            yield np.r_[CLS, p.ids[w.lo : w.hi], SEP], np.r_[0, p.feature[w.lo : w.hi], 0]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weights", type=Path, required=True)
    p.add_argument("--log", type=Path, required=True, nargs="+", help="logs of the runs that led to the weights, in order")
    p.add_argument("--base", type=Path, required=True)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--out", type=Path, default=WEIGHTS)
    a = p.parse_args()
    m = Tagger.of(torch.load(a.weights, weights_only=True))
    export.write_tokenizer(a.base, a.out)
    reach = export.extremes(m, _windows(a))
    meta = export.metadata(m, reach)
    dev = [d for d in read_jsonl(a.data / "polnear" / "dev.jsonl.gz") if d["readings"]]
    onnx.save(export.build(m.state_dict(), meta, reach), a.out / "tagger.onnx")
    log = [json.loads(line) for path in a.log for line in path.read_text(encoding="utf8").splitlines()]
    manifest: dict[str, Any] = {
        "sha256": hashlib.sha256((a.out / "tagger.onnx").read_bytes()).hexdigest(),
        "training": [x["settings"] for x in log if "settings" in x],
        "calibration": {},
    }
    write = lambda: (a.out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf8")
    write()
    rows, right = [], []
    groups: list[int] = []
    raws = list(tag((d["text"] for d in dev), Graph(a.out)))
    found = Reader(a.out, stage=None).read_many(Document(d["text"]) for d in dev)
    for k, (d, tagged, (_, statements)) in enumerate(zip(dev, raws, found, strict=True)):
        mine = [s for s in statements if s.nested_in is None and s.cue]
        hit = {j for _, j, ok in matches(d["text"], d["readings"][0]["attributions"], [plain(s) for s in mine]) if ok}
        by_cue = {r.cue: (r.p_cue, r.p_source, r.p_content) for r in tagged.statements}
        for j, s in enumerate(mine):
            p_ = by_cue.get((s.cue[0].start, s.cue[0].end))
            if p_ is None:
                continue  # found by a rule, which gives it a confidence of its own
            rows.append(list(features(p_, [(x.start, x.end) for x in s.source], [(x.start, x.end) for x in s.content]).values()))
            right.append(j in hit)
            groups.append(k)
    x, y, g = np.array(rows), np.array(right, float), np.array(groups)
    names = list(features((0.5, 0.5, 0.5), [(0, 1)], [(0, 1)]))
    held = np.zeros(len(y))
    for fold in range(5):
        test = g % 5 == fold
        held[test] = 1 / (1 + np.exp(-x[test] @ fit(x[~test], y[~test])))
    manifest["calibration"] = dict(zip(names, (round(float(v), 5) for v in fit(x, y)), strict=True))
    manifest["expected_calibration_error"] = {"held out, 5 folds by article": round(calibration_error(held.tolist(), right), 4)}
    write()
    manifest["dev"] = evaluate(dev, Reader(a.out, stage=None)).summary()
    with tempfile.TemporaryDirectory() as folder:
        fp32 = Path(folder)
        onnx.save(export.build(m.state_dict(), meta, reach, quantise=False), fp32 / "tagger.onnx")
        for name in ("tokenizer.json", "manifest.json"):
            (fp32 / name).write_bytes((a.out / name).read_bytes())
        manifest["dev_fp32"] = evaluate(dev, Reader(fp32, stage=None)).summary()
    tokenizer = Tokenizer.from_file(str(a.out / "tokenizer.json"))
    manifest["act_head_held_out"] = act_accuracy(m, examples.in_context(a.data, tokenizer, "held"), torch.device("cpu"))
    write()
    print(json.dumps(manifest, indent=1))


if __name__ == "__main__":
    main()
