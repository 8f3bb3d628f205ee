"""A linear-chain CRF loss whose gradient is computed in closed form (the marginals), not by autograd.

Forward and backward run in scaled probability space. The recursion over a sequence's places is cut in blocks: within all blocks at once
as products of matrices, then from block to block; so it takes few large steps, which a GPU needs, where a place after the other takes 256 small ones.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from onrecord.tagger.labels import ROLE, STATES, allowed, edges, state_moves

FORBIDDEN = -1e4
TINY = 1e-30


class Posterior(NamedTuple):
    """``log_z`` [n]; ``marginal`` [n, t, k], 0 past a sequence's end; ``pairs`` [k, k]: expected number of each move, over all sequences."""

    log_z: Tensor
    marginal: Tensor
    pairs: Tensor


def _forward(e: Tensor, step: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
    """Forward vectors of ``e`` [n, t, k] (exponentials of emissions), each of sum 1 [n, t, k], and the logarithm of each place's sum
    before [n, t]: the running sum of the latter is the logarithm of all paths' weight up to a place."""
    n, t, k = e.shape
    size = math.isqrt(t - 1) + 1
    blocks = -(-t // size)
    e = torch.cat([e, e.new_ones(n, blocks * size - t, k)], 1).view(n, blocks, size, k)
    product = step * e[:, :, :1]  # [n, blocks, k, k]: from the state before a block to one within it
    within = []
    for i in range(size):
        if i:
            product = (product @ step) * e[:, :, i, None]
        product = product / product.amax((-1, -2), keepdim=True).clamp_min(TINY)
        within.append(product)
    near = torch.stack(within, 2)
    # A vector only matters by its direction: the scale is found below, place by place.
    inside, a = [], first * e[:, 0, 0]
    for i in range(size):
        if i:
            a = (a @ step) * e[:, 0, i]
        a = a / a.sum(-1, keepdim=True).clamp_min(TINY)
        inside.append(a)
    alpha0 = torch.stack(inside, 1)
    starts = []
    for block in range(1, blocks):
        a = (a[:, None] @ near[:, block - 1, -1]).squeeze(1) if block > 1 else a
        a = a / a.sum(-1, keepdim=True).clamp_min(TINY)
        starts.append(a)
    later = torch.einsum("nbj,nbsjk->nbsk", torch.stack(starts, 1), near[:, 1:]) if starts else near.new_zeros(n, 0, size, k)
    later = later / later.sum(-1, keepdim=True).clamp_min(TINY)
    alpha = torch.cat([alpha0, later.flatten(1, 2)], 1)[:, :t]
    e = e.flatten(1, 2)[:, :t]
    whole = torch.cat([(first * e[:, 0])[:, None], (alpha[:, :-1] @ step) * e[:, 1:]], 1).sum(-1)
    return alpha, whole.clamp_min(TINY).log()


@torch.no_grad()
def posterior(emit: Tensor, trans: Tensor, first: Tensor, last: Tensor, lengths: Tensor) -> Posterior:
    """What a chain of these scores believes: emit [n, t, k], trans [k, k], first, last [k], lengths [n] >= 1."""
    n, t, k = emit.shape
    at = torch.arange(t, device=emit.device)[None]
    live = at < lengths[:, None]
    rows, final = torch.arange(n, device=emit.device), lengths - 1
    top = emit.amax(-1, keepdim=True)
    e = (emit - top).exp()
    step, end = trans.exp(), last.exp()
    alpha, logs = _forward(e, step, first.exp())
    ends = (alpha[rows, final] * end).sum(-1).clamp_min(TINY)
    log_z = ((logs + top.squeeze(-1)) * live).sum(-1) + ends.log()
    # Backwards is forwards over each sequence turned round.
    turn = (final[:, None] - at).clamp_min(0)
    turned = lambda x: x.gather(1, turn[..., None].expand(-1, -1, k))
    g, _ = _forward(turned(e), step.T.contiguous(), end)
    g = turned(g)
    after = torch.cat([g[:, 1:] @ step.T, end.expand(n, 1, k)], 1)
    after = torch.where((at == final[:, None])[..., None], end, after)
    marginal = alpha * after
    marginal = marginal / marginal.sum(-1, keepdim=True).clamp_min(TINY) * live[..., None]
    whole = (alpha * after).sum(-1)[:, :-1].clamp_min(TINY)
    weight = alpha[:, :-1] * (live[:, 1:] / whole)[..., None]
    return Posterior(log_z, marginal, torch.einsum("nti,ntj->ij", weight, g[:, 1:]) * step)


class _NLL(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, emit: Tensor, trans: Tensor, first: Tensor, last: Tensor, gold: Tensor, lengths: Tensor) -> Tensor:
        n, t, k = emit.shape
        p = posterior(emit, trans, first, last, lengths)
        live = torch.arange(t, device=emit.device)[None] < lengths[:, None]
        rows, final = torch.arange(n, device=emit.device), lengths - 1
        pair_live = live[:, 1:]
        score = (emit.gather(-1, gold[..., None]).squeeze(-1) * live).sum(-1)
        score = score + (trans[gold[:, :-1], gold[:, 1:]] * pair_live).sum(-1)
        score = score + first[gold[:, 0]] + last[gold[rows, final]]
        g_emit = p.marginal.scatter_add(-1, gold[..., None], -live[..., None].to(emit.dtype))
        seen = torch.zeros_like(trans).view(-1)
        seen.scatter_add_(0, (gold[:, :-1] * k + gold[:, 1:]).flatten(), pair_live.flatten().to(emit.dtype))
        g_first = p.marginal[:, 0].sum(0) - torch.bincount(gold[:, 0], minlength=k)
        g_last = p.marginal[rows, final].sum(0) - torch.bincount(gold[rows, final], minlength=k)
        ctx.save_for_backward(g_emit, p.pairs - seen.view(k, k), g_first, g_last)
        return (p.log_z - score).sum()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:  # type: ignore[override]
        g_emit, g_trans, g_first, g_last = ctx.saved_tensors
        return grad * g_emit, grad * g_trans, grad * g_first, grad * g_last, None, None


class Chain(nn.Module):
    """Transition scores of a BIOES label set; impossible transitions stay impossible."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        super().__init__()
        ok = torch.from_numpy(allowed(labels))
        start, end = (torch.from_numpy(x) for x in edges(labels))
        self.register_buffer("ban", torch.where(ok, 0.0, FORBIDDEN), persistent=False)
        self.register_buffer("ban_first", torch.where(start, 0.0, FORBIDDEN), persistent=False)
        self.register_buffer("ban_last", torch.where(end, 0.0, FORBIDDEN), persistent=False)
        self.trans = nn.Parameter(torch.zeros(len(labels), len(labels)))
        self.first = nn.Parameter(torch.zeros(len(labels)))
        self.last = nn.Parameter(torch.zeros(len(labels)))

    def scores(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.trans + self.ban, self.first + self.ban_first, self.last + self.ban_last

    def forward(self, emit: Tensor, gold: Tensor, lengths: Tensor) -> Tensor:
        """emit [n, t, k] float; gold [n, t]; lengths [n] >= 1 -> summed negative log-likelihood."""
        return _NLL.apply(emit.float(), *self.scores(), gold, lengths)  # type: ignore[no-any-return]

    def posterior(self, emit: Tensor, lengths: Tensor) -> Tensor:
        """Each label's probability over all paths [n, t, labels], 0 past a sequence's end."""
        return posterior(emit.float(), *self.scores(), lengths).marginal


class CountingChain(Chain):
    """The role chain over states that count: at most one source. Same parameters as a plain chain over ROLE.

    Unlike decoding, training does not ask for content: a window may cut it off.
    """

    def __init__(self) -> None:
        super().__init__(ROLE)
        moves, start, _ = state_moves()
        self.register_buffer("label", torch.tensor([s[0] for s in STATES]), persistent=False)
        self.register_buffer("state_ban", torch.where(torch.from_numpy(moves), 0.0, FORBIDDEN), persistent=False)
        self.register_buffer("state_first", torch.where(torch.from_numpy(start), 0.0, FORBIDDEN), persistent=False)

    def forward(self, emit: Tensor, gold: Tensor, lengths: Tensor) -> Tensor:
        return _NLL.apply(emit.float()[..., self.label], *self.states(), _to_states(gold), lengths)  # type: ignore[no-any-return]

    def states(self) -> tuple[Tensor, Tensor, Tensor]:
        """``scores`` of states."""
        trans, first, last = self.scores()
        i = self.label
        return trans[i][:, i] + self.state_ban, first[i] + self.state_first, last[i]

    def posterior(self, emit: Tensor, lengths: Tensor) -> Tensor:
        of_states = posterior(emit.float()[..., self.label], *self.states(), lengths).marginal
        return emit.new_zeros(emit.shape, dtype=torch.float32).index_add_(-1, self.label, of_states)


def _to_states(gold: Tensor) -> Tensor:
    """Label paths [n, t] to state paths. Where a path has a second source, that source is read as no label."""
    index = torch.full((len(ROLE), 2, 2), -1, device=gold.device)
    for k, (label, s, c) in enumerate(STATES):
        index[label, int(s), int(c)] = k
    source = torch.tensor([x.endswith("source") for x in ROLE], device=gold.device)[gold]
    opens = torch.tensor([x in ("B-source", "S-source") for x in ROLE], device=gold.device)[gold]
    second = source & (opens.long().cumsum(1) > 1)
    gold = torch.where(second, torch.zeros_like(gold), gold)
    content = torch.tensor([x.endswith("content") for x in ROLE], device=gold.device)[gold]
    met_source = (source & ~second).long().cummax(1).values
    return index[gold, met_source, content.long().cummax(1).values]
