"""Cut attention heads and feed-forward units that matter least out of a trained network.

    python -m training.prune --weights S.pt --data ../shared/data --base MODEL_FOLDER --heads 54 --units 6144 --out P.pt

``--heads`` and ``--units`` are what is left in all layers together. What a head or a unit matters is how much the loss would
change without it, to first order: the mean over batches of the absolute product of its activation and the loss's gradient (Molchanov et al.
2017; Michel et al. 2019 for heads), measured on PolNeAR train. Layers keep as many as they need: four heads at least, and
units in steps of 64, which is what the processor's kernels work in. Training must go on from the result (``training.train --init P.pt --teacher S.pt``).
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path

import torch
from torch import Tensor

from training import data
from training.model import HEAD, Tagger
from training.train import losses

STEP = 64
LEAST = 4


def importance(m: Tagger, batches: list[list[data.Example]]) -> tuple[list[Tensor], list[Tensor]]:
    """What each head and each feed-forward unit of each layer matters on these batches: two lists of a row a layer."""
    m.eval()
    seen: dict[torch.nn.Module, Tensor] = {}
    effects: defaultdict[torch.nn.Module, list[Tensor]] = defaultdict(list)

    def watch(module: torch.nn.Module) -> None:
        def note(_: torch.nn.Module, x: tuple[Tensor, ...]) -> None:
            seen[module] = x[0]
            x[0].retain_grad()

        module.register_forward_pre_hook(note)

    watched = [part for layer in m.layers for part in (layer.out, layer.down)]
    for part in watched:
        watch(part)
    for batch in batches:
        b = data.collate(batch)
        parts = losses(m, b, False)
        (sum(v for k, v in parts.items() if k in ("flat", "role")) / b["lengths"].sum()).backward()
        for part in watched:
            grad = seen[part].grad
            assert grad is not None
            effects[part].append((seen[part].detach() * grad).sum((0, 1)))  # of taking each unit away, summed over pieces
        m.zero_grad()
    heads = [torch.stack(effects[layer.out]).unflatten(1, (-1, HEAD)).sum(2).abs().mean(0) for layer in m.layers]
    return heads, [torch.stack(effects[layer.down]).abs().mean(0) for layer in m.layers]


def kept(scores: list[Tensor], number: int, step: int, least: int) -> list[Tensor]:
    """The places to keep in each layer: ``number`` in all, each layer's a multiple of ``step``, ``least`` at least."""
    order = [s.argsort(descending=True) for s in scores]
    size = [least] * len(scores)
    while sum(size) < number:
        gain = [float(s[o[n : n + step]].mean()) if n + step <= len(s) else -1.0 for s, o, n in zip(scores, order, size, strict=True)]
        size[gain.index(max(gain))] += step
    return [o[:n].sort().values for o, n in zip(order, size, strict=True)]


def cut(state: dict[str, Tensor], heads: list[Tensor], units: list[Tensor]) -> dict[str, Tensor]:
    """The weights with only these heads and units of each layer left."""
    out = dict(state)
    for i, (h, u) in enumerate(zip(heads, units, strict=True)):
        p = f"layers.{i}."
        rows = (h[:, None] * HEAD + torch.arange(HEAD)).flatten()
        for part in ("weight", "bias"):
            out[f"{p}qkv.{part}"] = torch.cat([x[rows] for x in state[f"{p}qkv.{part}"].chunk(3)])
            out[f"{p}up.{part}"] = state[f"{p}up.{part}"][u]
        out[f"{p}out.weight"] = state[f"{p}out.weight"][:, rows]
        out[f"{p}down.weight"] = state[f"{p}down.weight"][:, u]
    return out


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weights", type=Path, required=True)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--base", type=Path, required=True)
    p.add_argument("--heads", type=int, required=True)
    p.add_argument("--units", type=int, required=True)
    p.add_argument("--batches", type=int, default=60)
    p.add_argument("--out", type=Path, required=True)
    a = p.parse_args()
    tokenizer = data.whole_tokenizer(a.base)
    state = torch.load(a.weights, weights_only=True)
    m = Tagger.of(state)
    rng = random.Random(0)
    train = data.load(a.data / "polnear", "train", tokenizer)
    batches = list(data.batches(data.epoch(train, train, rng), rng, 3072))[: a.batches]
    heads, units = importance(m, batches)
    left = kept(heads, a.heads, 1, LEAST), kept(units, a.units, STEP, STEP)
    print("heads", [len(x) for x in left[0]], "units", [len(x) for x in left[1]])
    torch.save(cut(state, *left), a.out)


if __name__ == "__main__":
    main()
