"""A linear-chain CRF loss whose gradient is computed in closed form (the marginals), not by autograd.

Forward and backward run in scaled probability space, so a step is one small matrix product; on a CPU this is several
times faster than taping 256 log-sum-exps.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from onrecord.tagger.labels import ROLE, STATES, allowed, edges, state_moves

FORBIDDEN = -1e4


class _NLL(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, emit: Tensor, trans: Tensor, first: Tensor, last: Tensor, gold: Tensor, lengths: Tensor) -> Tensor:
        n, t, k = emit.shape
        top = emit.amax(-1, keepdim=True)
        e = (emit - top).exp()
        step = trans.exp()
        live = torch.arange(t)[None].to(emit.device) < lengths[:, None]
        alpha = torch.empty_like(e)
        scale = torch.ones(n, t, device=emit.device)
        a = e[:, 0] * first.exp()
        for i in range(t):
            if i:
                nxt = (a @ step) * e[:, i]
                a = torch.where(live[:, i, None], nxt, a)
            z = a.sum(-1).clamp_min(1e-30)
            a = a / z[:, None]
            scale[:, i] = torch.where(live[:, i], z, torch.ones_like(z))
            alpha[:, i] = a
        end = last.exp()
        z_end = (a * end).sum(-1).clamp_min(1e-30)
        log_z = scale.log().sum(-1) + (top.squeeze(-1) * live).sum(-1) + z_end.log()
        beta = torch.empty_like(e)
        b = (end / z_end[:, None]).expand(n, k).contiguous()
        for i in range(t - 1, -1, -1):
            if i < t - 1:
                nxt = (b * e[:, i + 1]) @ step.T / scale[:, i + 1, None]
                b = torch.where(live[:, i + 1, None], nxt, b)
            beta[:, i] = b
        marginal = alpha * beta
        rows = torch.arange(n, device=emit.device)
        final = lengths - 1
        score = (emit.gather(-1, gold[..., None]).squeeze(-1) * live).sum(-1)
        pair_live = live[:, 1:]
        score = score + (trans[gold[:, :-1], gold[:, 1:]] * pair_live).sum(-1)
        score = score + first[gold[:, 0]] + last[gold[rows, final]]
        g_emit = marginal.clone()
        g_emit.scatter_add_(-1, gold[..., None], -torch.ones_like(g_emit[..., :1]))
        g_emit *= live[..., None]
        right = (e * beta)[:, 1:] / scale[:, 1:, None] * pair_live[..., None]
        pair = torch.einsum("nti,ntj->ij", alpha[:, :-1], right) * step
        seen = torch.zeros_like(trans).view(-1)
        seen.scatter_add_(0, (gold[:, :-1] * k + gold[:, 1:])[pair_live], torch.ones(int(pair_live.sum()), device=emit.device))
        g_first = marginal[:, 0].sum(0) - torch.bincount(gold[:, 0], minlength=k)
        g_last = marginal[rows, final].sum(0) - torch.bincount(gold[rows, final], minlength=k)
        ctx.save_for_backward(g_emit, pair - seen.view(k, k), g_first, g_last)
        return (log_z - score).sum()

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
        trans, first, last = self.scores()
        i = self.label
        chain = (trans[i][:, i] + self.state_ban, first[i] + self.state_first, last[i])
        return _NLL.apply(emit.float()[..., i], *chain, _to_states(gold), lengths)  # type: ignore[no-any-return]


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
