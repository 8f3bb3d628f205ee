"""Dev figures of a network in memory, by the same definitions as ``onrecord evaluate``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from onrecord.score import score
from onrecord.tagger.decode import Chain, Found, Heads, Linear, Roles, Scores, asked, decode
from onrecord.tagger.windows import CLS, SEP, windows
from training.data import Article, Example, collate, mask
from training.model import Tagger


def heads_of(m: Tagger) -> Heads:
    array = lambda x: x.detach().cpu().float().numpy()
    chain = lambda c: Chain(*(array(x) for x in c.scores()))
    act = Linear(
        np.concatenate([array(m.act_cue.weight).T, array(m.act_content.weight).T]), array(m.act_cue.bias) + array(m.act_content.bias)
    )
    return Heads(flat=chain(m.flat_chain), role=chain(m.role_chain), act=act)


def roles_of(m: Tagger, device: torch.device) -> Roles:
    """The network's scores of roles, as decoding asks for them."""

    def one(w: Scores, cues: Sequence[tuple[int, int]]) -> np.ndarray:
        mean, near = (torch.from_numpy(x) for x in asked(cues, len(w.hidden)))
        row, slot = torch.zeros(len(cues), dtype=torch.long), torch.arange(len(cues))
        hidden = torch.from_numpy(w.hidden)[None]
        scores = m.role_scores(*(x.to(device) for x in (hidden, row, slot, mean[None], near)))
        return scores[..., 1:].float().cpu().numpy()

    return lambda windows: [one(w, cues) for w, cues in windows]


@torch.no_grad()
def predict(m: Tagger, articles: list[Article], device: torch.device, *, size: int = 256, context: int = 0) -> list[list[dict[str, Any]]]:
    """Statements of each article as {role: [[start, end], ...]} in code points, with the decoder's probabilities."""
    m.eval()
    heads, roles = heads_of(m), roles_of(m, device)
    todo = [(k, w) for k, a in enumerate(articles) for w in windows(a.text, a.pieces, size=size, context=context)]
    todo.sort(key=lambda x: len(x[1]))
    out: list[list[dict[str, Any]]] = [[] for _ in articles]
    for i in range(0, len(todo), 32):
        part = todo[i : i + 32]
        t = max(len(w) for _, w in part)
        ids, feature = np.zeros((len(part), t), np.int64), np.zeros((len(part), t), np.int64)
        for r, (k, w) in enumerate(part):
            n = len(w)
            p = articles[k].pieces
            ids[r, 0], ids[r, n - 1], ids[r, 1 : n - 1] = CLS, SEP, p.ids[w.lo : w.hi]
            feature[r, 1 : n - 1] = p.feature[w.lo : w.hi]
        lengths = np.array([len(w) for _, w in part])
        mask = torch.arange(t)[None] < torch.from_numpy(lengths)[:, None]
        h = m.encode(torch.from_numpy(ids).to(device), torch.from_numpy(feature).to(device), mask.to(device))
        outs = [f(h).float().cpu().numpy() for f in (m.flat, m.role_token, m.role_bias, m.pair_token, m.mention)] + [h.cpu().numpy()]
        scores = [Scores(*(o[r, : lengths[r]] for o in outs)) for r in range(len(part))]
        for (k, w), found in zip(part, decode(scores, heads, roles), strict=True):
            for f in found:
                if f.cue[0] - 1 + w.lo >= w.core:
                    out[k].append(_chars(f, articles[k], w.lo))
    return out


def _chars(f: Found, a: Article, lo: int) -> dict[str, Any]:
    p = a.pieces
    span = lambda s: [int(p.start[s[0] - 1 + lo]), int(p.end[s[1] - 2 + lo])]
    return {
        "source": [span(s) for s in f.source],
        "cue": [span(f.cue)],
        "content": [span(s) for s in f.content],
        "p": (f.p_cue, f.p_source, f.p_content),
    }


def evaluate(
    m: Tagger, articles: list[Article], device: torch.device, gold: list[dict[str, Any]] | None = None, **options: int
) -> dict[str, float]:
    found = predict(m, articles, device, **options)
    total = score((a.text, _gold(a), f) for a, f in zip(articles, found, strict=True))
    return {k: round(v, 2) for k, v in total.flat().items()}


def _gold(a: Article) -> list[dict[str, Any]]:
    span = lambda s: [int(a.pieces.start[s[0]]), int(a.pieces.end[s[1] - 1])]
    return [{k: [span(s) for s in v] for k, v in at.items()} for at in a.readings[0]]


@torch.no_grad()
def act_accuracy(m: Tagger, held: list[Example], device: torch.device) -> float:
    """Share of held-out labelled statements, in context, whose act the head tells right (in percent)."""
    m.eval()
    right = total = 0
    for i in range(0, len(held), 16):
        b = {k: v.to(device) for k, v in collate(held[i : i + 16]).items()}
        guess = m.act_scores(m.encode(b["ids"], b["feature"], mask(b)), b["act_row"], b["act_cue"], b["act_content"]).argmax(-1)
        right, total = right + int((guess == b["act"]).sum()), total + len(guess)
    return round(100 * right / max(1, total), 2)
