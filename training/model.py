"""The network: all-MiniLM-L6-v2's encoder, a feature embedding, and the heads.

Own module instead of ``transformers``: ninety lines, one dependency less, and a graph that exports cleanly.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from onrecord.acts.codebook import ACTS
from onrecord.tagger.labels import BUCKETS, FLAT, MENTION, ROLE
from onrecord.tagger.pieces import FEATURES
from training.crf import Chain, CountingChain

WIDTH, HEAD, DEPTH = 384, 32, 6
HEADS, INNER = 12, 1536  # of each layer, before training.prune
RANK = 48  # width of each role label's bilinear form
PAIR = 96  # units that see a piece and a cue together
REACH, STEPS = 7, (1, 3)  # taps of each mixing layer over them, and how far apart its taps stand
ROLES = len(ROLE) - 1  # "O" scores 0


class Dropout(nn.Module):
    """Dropout whose masks are cut from one long row of noise at random places.

    torch draws fresh noise on one core for every call, which took a tenth of a training step on a CPU.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.noise: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.p:
            return x
        n = x.numel()
        if self.noise is None or self.noise.device != x.device or len(self.noise) < 2 * n:
            self.noise = (torch.rand(4 * n, device=x.device) >= self.p).to(x.dtype) / (1 - self.p)
        at = int(torch.randint(len(self.noise) - n, ()))
        return x * self.noise[at : at + n].view_as(x).to(x.dtype)


class Layer(nn.Module):
    def __init__(self, drop: Dropout, heads: int = HEADS, inner: int = INNER) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(WIDTH, 3 * heads * HEAD)
        self.out = nn.Linear(heads * HEAD, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, inner)
        self.down = nn.Linear(inner, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = drop

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        b, t, _ = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, HEAD).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm1(x + self.drop(self.out(a.transpose(1, 2).flatten(2))))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x), approximate="tanh"))))


class Tagger(nn.Module):
    """``sizes``: heads and feed-forward units of each layer; none: as all-MiniLM-L6-v2 has them."""

    def __init__(self, dropout: float = 0.1, sizes: list[tuple[int, int]] | None = None) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, WIDTH)
        self.positions = nn.Embedding(512, WIDTH)
        self.features = nn.Embedding(FEATURES, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = Dropout(dropout)
        self.layers = nn.ModuleList([Layer(self.drop, *size) for size in sizes or [(HEADS, INNER)] * DEPTH])
        self.flat = nn.Linear(WIDTH, len(FLAT))
        self.mention = nn.Linear(WIDTH, len(MENTION))
        self.role_token = nn.Linear(WIDTH, ROLES * RANK)
        self.role_cue = nn.Linear(WIDTH, ROLES * RANK)
        self.role_bias = nn.Linear(WIDTH, ROLES)
        self.pair_token = nn.Linear(WIDTH, PAIR)
        self.pair_cue = nn.Linear(WIDTH, PAIR)
        self.mix_taps = nn.ParameterList([torch.zeros(PAIR, REACH) for _ in STEPS])
        self.mix = nn.ModuleList([nn.Linear(PAIR, PAIR) for _ in STEPS])
        self.pair_out = nn.Linear(PAIR, ROLES, bias=False)
        self.distance = nn.Embedding(BUCKETS, ROLES)
        self.act_cue, self.act_content = nn.Linear(WIDTH, len(ACTS)), nn.Linear(WIDTH, len(ACTS))
        self.flat_chain, self.role_chain = Chain(FLAT), CountingChain()
        nn.init.zeros_(self.features.weight)
        nn.init.zeros_(self.distance.weight)
        nn.init.zeros_(self.pair_out.weight)
        for taps, mix in zip(self.mix_taps, self.mix, strict=True):
            nn.init.normal_(taps, std=REACH**-0.5)
            nn.init.zeros_(mix.weight), nn.init.zeros_(mix.bias)

    @classmethod
    def of(cls, state: dict[str, Tensor], dropout: float = 0.1, *, strict: bool = True) -> Tagger:
        """The tagger with these weights, its layers as large as they are there. Not ``strict``: heads that the weights lack stay fresh."""
        sizes = [(len(state[f"layers.{i}.qkv.bias"]) // (3 * HEAD), len(state[f"layers.{i}.up.bias"])) for i in range(DEPTH)]
        m = cls(dropout, sizes)
        m.load_state_dict(state, strict=strict)
        return m

    def encode(self, ids: Tensor, feature: Tensor, mask: Tensor, shift: Tensor | None = None) -> Tensor:
        """ids, feature: [b, t]; mask: [b, t] bool; shift [b, t, WIDTH] is added to the word vectors -> [b, t, WIDTH]."""
        words = self.words(ids)
        x = (words if shift is None else words + shift) + self.positions.weight[: ids.shape[1]] + self.kind + self.features(feature)
        x = self.drop(self.norm(x))
        attend = mask[:, None, None, :]
        for layer in self.layers:
            x = layer(x, attend)
        return x

    def role_scores(self, hidden: Tensor, row: Tensor, slot: Tensor, cue: Tensor, bucket: Tensor) -> Tensor:
        """Scores of each piece's role for each of ``c`` cues.

        hidden [b, t, WIDTH]; row, slot [c]: the sequence a cue is in, and its number there; cue [b, slots, t]: 1/length
        on the cue's pieces, else 0; bucket [c, t]: distance class -> [c, t, len(ROLE)].
        """
        b, t, _ = hidden.shape
        tokens = self.role_token(hidden).view(b, t, ROLES, RANK)
        of_cue = cue.to(hidden.dtype) @ hidden
        cues = self.role_cue(of_cue).view(b, -1, ROLES, RANK)
        s = torch.einsum("btyr,bcyr->bcty", tokens, cues) / math.sqrt(RANK)
        s = (s + self.role_bias(hidden)[:, None])[row, slot] + self.distance(bucket)
        pair = F.relu(self.pair_token(hidden)[row] + self.pair_cue(of_cue)[row, slot][:, None])
        return F.pad(s + self.pair_out(self.mixed(pair)), (1, 0))

    def mixed(self, pair: Tensor) -> Tensor:
        """Pair units [c, t, PAIR] with what their neighbours hold, so that a border sees both of its sides as that cue does."""
        for taps, mix, step in zip(self.mix_taps, self.mix, STEPS, strict=True):
            near = F.conv1d(pair.transpose(1, 2), taps[:, None].to(pair.dtype), padding="same", dilation=step, groups=PAIR)
            pair = pair + F.relu(mix(self.drop(near.transpose(1, 2))))
        return pair

    def act_scores(self, hidden: Tensor, row: Tensor, cue: Tensor, content: Tensor) -> Tensor:
        """Scores of the acts of ``a`` statements: the mean over the cue's pieces plus the mean over the content's.

        hidden [b, t, WIDTH]; row [a]: the sequence a statement is in; cue, content [a, t]: 1/length on its pieces -> [a, acts].
        """
        h = self.drop(hidden)[row]
        return ((cue[:, None] @ self.act_cue(h).float()) + (content[:, None] @ self.act_content(h).float())).squeeze(1)


def pretrained(folder: Path, dropout: float = 0.1) -> Tagger:
    """The tagger with all-MiniLM-L6-v2's weights from ``folder/model.safetensors`` and fresh heads."""
    w = {k.removeprefix("bert."): v for k, v in load_file(str(folder / "model.safetensors")).items()}
    m = Tagger(dropout)
    own = m.state_dict()
    own["words.weight"] = w["embeddings.word_embeddings.weight"]
    own["positions.weight"] = w["embeddings.position_embeddings.weight"]
    own["kind"] = w["embeddings.token_type_embeddings.weight"][0]
    for s in ("weight", "bias"):
        own[f"norm.{s}"] = w[f"embeddings.LayerNorm.{s}"]
        for i in range(DEPTH):
            p = f"encoder.layer.{i}."
            qkv = [w[f"{p}attention.self.{x}.{s}"] for x in ("query", "key", "value")]
            own[f"layers.{i}.qkv.{s}"] = torch.cat(qkv)
            own[f"layers.{i}.out.{s}"] = w[f"{p}attention.output.dense.{s}"]
            own[f"layers.{i}.norm1.{s}"] = w[f"{p}attention.output.LayerNorm.{s}"]
            own[f"layers.{i}.up.{s}"] = w[f"{p}intermediate.dense.{s}"]
            own[f"layers.{i}.down.{s}"] = w[f"{p}output.dense.{s}"]
            own[f"layers.{i}.norm2.{s}"] = w[f"{p}output.LayerNorm.{s}"]
    m.load_state_dict(own)
    return m
