"""What the encoder alone can do: all-MiniLM-L6-v2 fine-tuned on the acts, or on PLV's roots by cross-validation.

    python -m training.acts.encoder --data ../shared/data --base WEIGHTS --task acts
    python -m training.acts.encoder --data ../shared/data --base WEIGHTS --task plv --epochs 8

Nothing of it is shipped: a second encoder would double the time of ``onrecord read``. It says what a head on the
shared encoder, trained together with it, can be expected to reach. Trains on whatever device torch finds.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from onrecord.acts.codebook import ACTS
from training.acts import related
from training.acts.labels import load
from training.data import whole_tokenizer
from training.model import WIDTH, pretrained

#: Most pieces of each of the three parts of an input.
LONGEST = {"acts": (16, 14, 44), "plv": (16, 16, 80)}
Row = tuple[list[int], list[int]]


class Classifier(nn.Module):
    """The encoder over three parts in a row, then one linear layer on the first piece and the means of the last two parts."""

    def __init__(self, base: Path, classes: int) -> None:
        super().__init__()
        self.encoder = pretrained(base, 0.1)
        self.part = nn.Embedding(4, WIDTH)
        nn.init.zeros_(self.part.weight)
        self.out = nn.Linear(WIDTH * 3, classes)
        self.drop = nn.Dropout(0.2)

    def forward(self, ids: Tensor, part: Tensor, mask: Tensor) -> Tensor:
        e = self.encoder
        x = e.drop(e.norm(e.words(ids) + e.positions.weight[: ids.shape[1]] + e.kind + self.part(part)))
        for layer in e.layers:
            x = layer(x, mask[:, None, None, :])
        means = [(x * m[..., None]).sum(1) / m.sum(1, keepdim=True).clamp(min=1) for m in ((part == 2).float(), (part == 3).float())]
        return self.out(self.drop(torch.cat([x[:, 0], *means], -1)))


def pieces(tokenizer: Tokenizer, parts: tuple[str, str, str], longest: tuple[int, int, int]) -> Row:
    ids, part = [101], [0]
    for k, (text, most) in enumerate(zip(parts, longest, strict=True), 1):
        these = tokenizer.encode(text, add_special_tokens=False).ids[:most]
        ids += [*these, 102]
        part += [k] * len(these) + [0]
    return ids, part


def batch(rows: list[Row], device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    n = max(len(ids) for ids, _ in rows)
    pad = lambda k: torch.tensor([r[k] + [0] * (n - len(r[k])) for r in rows], device=device)
    return pad(0), pad(1), torch.tensor([[i < len(r[0]) for i in range(n)] for r in rows], device=device)


def run(base: Path, x: list[Row], y: list[int], classes: int, fit_on: list[int], score_on: list[int], epochs: int, seed: int) -> list[int]:
    """Train on some rows and guess the others' classes."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    m = Classifier(base, classes).to(device)
    own = [*m.part.parameters(), *m.out.parameters()]
    rates = (6e-5, 1e-3)
    opt = torch.optim.AdamW([{"params": m.encoder.parameters()}, {"params": own}], weight_decay=0.01)
    size, step = 24, 0
    steps = epochs * (len(fit_on) // size + 1)
    for _ in range(epochs):
        m.train()
        order = sorted(fit_on, key=lambda i: len(x[i][0]) + rng.uniform(-8, 8))
        groups = [order[k : k + size] for k in range(0, len(order), size)]
        rng.shuffle(groups)
        for g in groups:
            factor = min(1.0, (step + 1) / (0.1 * steps)) * max(0.0, 1 - step / steps)
            for group, rate in zip(opt.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            loss = F.cross_entropy(
                m(*batch([x[i] for i in g], device)), torch.tensor([y[i] for i in g], device=device), label_smoothing=0.05
            )
            loss.backward()
            torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)
            opt.step()
            opt.zero_grad()
            step += 1
    m.eval()
    out: list[int] = []
    with torch.no_grad():
        for k in range(0, len(score_on), 64):
            out += m(*batch([x[i] for i in score_on[k : k + 64]], device)).argmax(-1).tolist()
    return out


def report(gold: list[int], guess: list[int]) -> dict[str, float]:
    f1 = [2 * sum(g == p == c for g, p in zip(gold, guess, strict=True)) / (gold.count(c) + guess.count(c)) for c in sorted(set(gold))]
    return {
        "accuracy": round(float(np.mean([a == b for a, b in zip(gold, guess, strict=True)])), 4),
        "macro_f1": round(float(np.mean(f1)), 4),
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--base", type=Path, required=True, help="folder of model.safetensors and tokenizer.json")
    p.add_argument("--task", choices=("acts", "plv"), default="acts")
    p.add_argument("--epochs", type=int, default=8)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    tokenizer = whole_tokenizer(a.base)
    if a.task == "acts":
        rows = load(a.data)
        x = [pieces(tokenizer, (r.source, r.cue, r.content), LONGEST["acts"]) for r in rows]
        y = [ACTS.index(r.act) for r in rows]
        held = [i for i, r in enumerate(rows) if r.held]
        guess = run(a.base, x, y, len(ACTS), [i for i, r in enumerate(rows) if not r.held], held, a.epochs, a.seed)
        print(json.dumps({"task": "acts", "held": len(held), **report([y[i] for i in held], guess)}))
        return
    found = related.unique(related.plv(a.data))
    roots = sorted({r.root for r in found})
    x = [pieces(tokenizer, (r.source, r.cue, f"{r.cue} {r.content}"), LONGEST["plv"]) for r in found]
    y = [roots.index(r.root) for r in found]
    order = list(range(len(found)))
    random.Random(0).shuffle(order)
    order.sort(key=lambda i: y[i])  # folds take turns within a root: stratified
    guess = [0] * len(found)
    for fold in range(5):
        score_on = order[fold::5]
        fit_on = [i for i in order if i not in set(score_on)]
        for i, g in zip(score_on, run(a.base, x, y, len(roots), fit_on, score_on, a.epochs, a.seed), strict=True):
            guess[i] = g
        done = [i for k in range(fold + 1) for i in order[k::5]]
        print(
            json.dumps({"task": "plv", "folds": fold + 1, "n": len(done), **report([y[i] for i in done], [guess[i] for i in done])}),
            flush=True,
        )


if __name__ == "__main__":
    main()
