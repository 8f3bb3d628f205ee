"""Fit the act head anew on an encoder that stands still.

    python -m training.acts.head --weights S.pt --data ../shared/data --base MODEL_FOLDER --out best.pt
    python -m training.acts.head --weights src/onrecord/tagger/weights --data ../shared/data --base MODEL_FOLDER

After weights were averaged (training.soup) the head no longer fits its encoder; and by the time that labels are given, an encoder
may be too good to be trained again. Logistic regression over the mean hidden states of cue and content, on every training label in
its context, and the written and related sentences; its strength by cross-validation over documents. The held-out statements are
only scored. Given a folder of the shipped form, the states are those of its graph, 8 bits and all, and the head is written into it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold

from onrecord.acts.codebook import ACTS
from onrecord.tagger.decode import act_state
from onrecord.tagger.session import Tagger as Graph
from training.acts import examples
from training.data import Example, collate, mask, whole_tokenizer
from training.export import pack
from training.model import WIDTH, Tagger

#: Examples -> the hidden states [pieces, WIDTH] of each.
States = Callable[[list[Example]], list[np.ndarray]]


def states_of_graph(folder: Path) -> States:
    graph = Graph(folder)
    window = lambda e: (e.ids[1:-1].astype(np.int32), e.feature[1:-1].astype(np.int32))
    return lambda found: [s.hidden for s in graph.run([window(e) for e in found], outputs=("hidden",))]


def states_of(m: Tagger) -> States:
    @torch.no_grad()
    def states(found: list[Example]) -> list[np.ndarray]:
        b = collate(found)
        hidden = m.eval().encode(b["ids"], b["feature"], mask(b)).numpy()
        return [h[: len(e.ids)] for h, e in zip(hidden, found, strict=True)]

    return states


def vectors(states: States, found: list[Example]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(mean hidden states of cue and content [n, 2 * WIDTH], act, weight, number of the example) of all labels in ``found``."""
    x, y, w, of = [], [], [], []
    order = sorted(range(len(found)), key=lambda i: len(found[i].ids))
    for i in range(0, len(order), 16):
        part = order[i : i + 16]
        for k, h in zip(part, states([found[k] for k in part]), strict=True):
            for label in found[k].acts:
                said = [j for lo, hi in label.content for j in range(lo, hi)]
                x.append(act_state(h, [*range(*label.cue)], said))
                y.append(label.act)
                w.append(label.weight)
                of.append(k)
    return np.array(x), np.array(y), np.array(w), np.array(of)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weights", type=Path, required=True)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--base", type=Path, required=True)
    p.add_argument("--out", type=Path, help="where the weights go with their new head; a folder keeps its own")
    p.add_argument("--c", type=float, nargs="+", default=[0.003, 0.01, 0.03])
    a = p.parse_args()
    tokenizer = whole_tokenizer(a.base)
    folder = a.weights.is_dir()
    m = None if folder else Tagger.of(torch.load(a.weights, weights_only=True))
    states = states_of(m) if m else states_of_graph(a.weights)
    x, y, w, of = vectors(states, examples.in_context(a.data, tokenizer, "train"))
    more = vectors(states, examples.alone(a.data, tokenizer, besides=True))
    held = vectors(states, examples.in_context(a.data, tokenizer, "held"))
    mean, spread = x.mean(0), x.std(0) + 1e-6
    norm = lambda v: (v - mean) / spread
    fit = lambda c, on: LogisticRegression(C=c, max_iter=200).fit(
        norm(np.concatenate([x[on], more[0]])), np.concatenate([y[on], more[1]]), sample_weight=np.concatenate([w[on], more[2]])
    )
    best, best_c = 0.0, a.c[0]
    for c in a.c if len(a.c) > 1 else ():
        right = 0
        for on, off in GroupKFold(3).split(x, y, groups=of):
            right += int((fit(c, on).predict(norm(x[off])) == y[off]).sum())
        print(json.dumps({"c": c, "folds": 3, "accuracy": round(right / len(y), 4)}), flush=True)
        if right > best:
            best, best_c = right, c
    model = fit(best_c, np.arange(len(y)))
    guess = model.predict(norm(held[0]))
    accuracy, macro = float((guess == held[1]).mean()), float(f1_score(held[1], guess, average="macro"))
    print(json.dumps({"c": best_c, "labels": len(y), "held": len(guess), "accuracy": round(accuracy, 4), "macro_f1": round(macro, 4)}))
    weight = np.zeros((len(ACTS), 2 * WIDTH))
    bias = np.full(len(ACTS), -20.0)
    weight[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    weight = weight / spread
    bias = bias - weight @ mean
    if m:
        write_weights(m, weight, bias, a.out)
    else:
        write_folder(a.weights, weight, bias, accuracy)


def write_weights(m: Tagger, weight: np.ndarray, bias: np.ndarray, out: Path) -> None:
    tensor = lambda v: torch.from_numpy(v.astype(np.float32))
    with torch.no_grad():
        m.act_cue.weight.copy_(tensor(weight[:, :WIDTH]))
        m.act_content.weight.copy_(tensor(weight[:, WIDTH:]))
        m.act_cue.bias.copy_(tensor(bias))
        m.act_content.bias.zero_()
    torch.save(m.state_dict(), out)


def write_folder(folder: Path, weight: np.ndarray, bias: np.ndarray, accuracy: float) -> None:
    graph = onnx.load(folder / "tagger.onnx")
    for entry in graph.metadata_props:
        if entry.key in ("act.weight", "act.bias"):
            entry.value = pack(weight.T if entry.key == "act.weight" else bias)
    onnx.save(graph, folder / "tagger.onnx")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf8"))
    manifest["sha256"] = Graph(folder).digest
    manifest["act_head_held_out"] = round(100 * accuracy, 2)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
