"""What larger networks teach a smaller one: their beliefs about every piece, on texts with labels and without.

A teacher's lesson on a window is the probability of every label at every piece, by its own chains over all paths (flat, and for each cue the
roles), and of every act for each cue. Who learns is drawn to these probabilities: the gradient is the difference of the two networks' marginals,
which is that of the Kullback-Leibler divergence in the emissions (Hinton et al. 2015; for chains Wang et al. 2020, "Structure-level knowledge
distillation"). Several teachers' probabilities are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from onrecord.tagger.decode import CUE, spans
from onrecord.tagger.labels import ROLE
from training import data
from training.model import Tagger

_CONTENT = [i for i, label in enumerate(ROLE) if label.endswith("content")]


@dataclass(frozen=True)
class Said:
    """A network's last states [b, t, width] and its scores of the flat labels [b, t, labels] and, for each cue, of the roles [c, t, labels]."""

    hidden: Tensor
    flat: Tensor
    role: Tensor | None


@dataclass(frozen=True)
class Lesson:
    """Probabilities: flat [b, t, labels]; role [c, t, labels] and act [c, acts] of each cue; ``content`` [c, t] is what each piece weighs in
    the mean over a cue's content, sum 1."""

    flat: Tensor
    role: Tensor | None = None
    act: Tensor | None = None
    content: Tensor | None = None


def say(m: Tagger, b: dict[str, Tensor], ids: Tensor, mask: Tensor, shift: Tensor | None = None, *, amp: bool) -> Said:
    """``m``'s scores of a collated batch, reading ``ids``; ``amp``: in bfloat16."""
    with torch.autocast(ids.device.type, torch.bfloat16) if amp else nullcontext():
        h = m.encode(ids, b["feature"], mask, shift)
        return Said(h, m.flat(h), m.role_scores(h, b["row"], b["slot"], b["cue"], b["bucket"]) if len(b["row"]) else None)


def acts(m: Tagger, hidden: Tensor, b: dict[str, Tensor], content: Tensor) -> Tensor:
    """Scores of the acts of every cue [c, acts]; ``content`` [c, t]: weights of the pieces of its content."""
    return m.act_scores(hidden, b["row"], b["cue"][b["row"], b["slot"]], content)


@torch.no_grad()
def teach(teachers: Sequence[Tagger], b: dict[str, Tensor], *, amp: bool = True) -> Lesson:
    """What the teachers believe of a batch. They see the words that are hidden from who learns."""
    mask, lengths = data.mask(b), b["lengths"]
    said = [(m, say(m, b, b["whole"], mask, amp=amp)) for m in teachers]
    mean = lambda x: torch.stack(list(x)).mean(0)
    flat = mean(m.flat_chain.posterior(s.flat, lengths) for m, s in said)
    if not len(b["row"]):
        return Lesson(flat)
    role = mean(m.role_chain.posterior(s.role, lengths[b["row"]]) for m, s in said)
    content = role[..., _CONTENT].sum(-1)
    content = content / content.sum(-1, keepdim=True).clamp_min(1e-6)
    act = mean(F.softmax(acts(m, s.hidden.float(), b, content), -1) for m, s in said)
    return Lesson(flat, role, act, content)


def apart(m: Tagger, said: Said, b: dict[str, Tensor], lesson: Lesson) -> dict[str, Tensor]:
    """Sums over pieces (of acts: over cues) whose gradient draws ``m`` to the lesson; of the first, the value itself says nothing."""

    def drawn(scores: Tensor, own: Tensor, to: Tensor) -> Tensor:
        return ((own - to) * scores.float()).sum()

    lengths = b["lengths"]
    out = {"taught": drawn(said.flat, m.flat_chain.posterior(said.flat.detach(), lengths), lesson.flat)}
    if said.role is not None and lesson.role is not None and lesson.act is not None and lesson.content is not None:
        out["taught"] = out["taught"] + drawn(said.role, m.role_chain.posterior(said.role.detach(), lengths[b["row"]]), lesson.role)
        out["taught_act"] = F.kl_div(F.log_softmax(acts(m, said.hidden, b, lesson.content), -1), lesson.act, reduction="sum")
    return out


@torch.no_grad()
def with_cues(teachers: Sequence[Tagger], examples: list[data.Example], device: torch.device) -> list[data.Example]:
    """The windows with the cues that the teachers see in them, so that they can also teach the roles there; those without a cue too."""
    out = []
    order = sorted(examples, key=lambda e: len(e.ids))
    for i in range(0, len(order), 48):
        part = order[i : i + 48]
        b = {k: v.to(device) for k, v in data.collate(part).items()}
        best = teach(teachers, b).flat.argmax(-1).cpu().numpy()
        out += [replace(e, cues=_cues(y[: len(e.ids)]), guessed=True) for e, y in zip(part, best, strict=True)]
    return out


def _cues(labels: np.ndarray) -> list[tuple[int, int, np.ndarray]]:
    """Cue spans in a row of flat labels, each with an empty row of roles."""
    return [(lo, hi, np.zeros(len(labels), np.int64)) for lo, hi in spans(labels, CUE)]
