"""Fit the act head anew on an encoder that stands still, and say what it adds to the table of words.

    python -m training.acts.head --weights S.pt --data ../shared/data --base MODEL_FOLDER --out best.pt

After weights were averaged (training.soup) the head no longer fits its encoder. Logistic regression over the mean hidden
states of cue and content, on every training label and the related tasks' sentences; its strength by cross-validation over
documents. The held-out statements are only scored.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold

from onrecord.acts.codebook import ACTS
from training.acts import examples
from training.data import Example, collate, mask, whole_tokenizer
from training.model import WIDTH, Tagger


@torch.no_grad()
def vectors(m: Tagger, found: list[Example]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(mean hidden states of cue and content [n, 2 * WIDTH], act, weight, number of the example) of all labels in ``found``."""
    m.eval()
    x, y, w, of = [], [], [], []
    order = sorted(range(len(found)), key=lambda i: len(found[i].ids))
    for i in range(0, len(order), 16):
        part = [found[j] for j in order[i : i + 16]]
        b = collate(part)
        h = m.encode(b["ids"], b["feature"], mask(b))[b["act_row"]]
        x.append(torch.cat([(b[k][:, None] @ h).squeeze(1) for k in ("act_cue", "act_content")], 1).numpy())
        y.append(b["act"].numpy())
        w.append(b["act_weight"].numpy())
        of += [order[i + int(r)] for r in b["act_row"]]
    return np.concatenate(x), np.concatenate(y), np.concatenate(w), np.array(of)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weights", type=Path, required=True)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--base", type=Path, required=True)
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--c", type=float, nargs="+", default=[0.003, 0.01, 0.03])
    a = p.parse_args()
    tokenizer = whole_tokenizer(a.base)
    m = Tagger.of(torch.load(a.weights, weights_only=True))
    context = examples.in_context(a.data, tokenizer, "train")
    x, y, w, of = vectors(m, context)
    more = vectors(m, examples.alone(a.data, tokenizer))
    held = vectors(m, examples.in_context(a.data, tokenizer, "held"))
    mean, spread = x.mean(0), x.std(0) + 1e-6
    norm = lambda v: (v - mean) / spread
    fit = lambda c, on: LogisticRegression(C=c, max_iter=200).fit(
        norm(np.concatenate([x[on], more[0]])), np.concatenate([y[on], more[1]]), sample_weight=np.concatenate([w[on], 0.5 * more[2]])
    )
    everything = np.arange(len(y))
    best, best_c = 0.0, a.c[0]
    for c in a.c if len(a.c) > 1 else ():
        # A label also stands alone among ``more``: only labels in context are held out, so this favours no strength over another by much.
        right = 0
        for on, off in GroupKFold(3).split(x, y, groups=of):
            model = LogisticRegression(C=c, max_iter=100).fit(norm(x[on]), y[on])
            right += int((model.predict(norm(x[off])) == y[off]).sum())
        print(json.dumps({"c": c, "folds": 3, "accuracy": round(right / len(y), 4)}), flush=True)
        if right > best:
            best, best_c = right, c
    model = fit(best_c, everything)
    guess = model.predict(norm(held[0]))
    print(
        json.dumps(
            {
                "c": best_c,
                "labels": len(y),
                "held": len(guess),
                "accuracy": round(float((guess == held[1]).mean()), 4),
                "macro_f1": round(float(f1_score(held[1], guess, average="macro")), 4),
            }
        )
    )
    weight = np.zeros((len(ACTS), 2 * WIDTH))
    bias = np.full(len(ACTS), -20.0)
    weight[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    weight = weight / spread
    bias = bias - weight @ mean
    tensor = lambda v: torch.from_numpy(v.astype(np.float32))
    with torch.no_grad():
        m.act_cue.weight.copy_(tensor(weight[:, :WIDTH]))
        m.act_content.weight.copy_(tensor(weight[:, WIDTH:]))
        m.act_cue.bias.copy_(tensor(bias))
        m.act_content.bias.zero_()
    torch.save(m.state_dict(), a.out)


if __name__ == "__main__":
    main()
