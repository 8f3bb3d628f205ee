"""The network: all-MiniLM-L6-v2's encoder, a feature embedding, and the heads.

Own module instead of ``transformers``: a hundred lines, one dependency less, and a graph that exports cleanly. The same network can have
all-mpnet-base-v2's encoder, twice as wide and as deep, to be a teacher (training.train); that is never exported.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from onrecord.acts.codebook import ACTS
from onrecord.tagger.labels import BUCKETS, FLAT, MENTION, ROLE
from onrecord.tagger.pieces import FEATURES
from training.crf import Chain, CountingChain

WIDTH, HEAD, DEPTH = 384, 32, 6
HEADS, INNER = 12, 1536  # of each layer, before training.prune
LARGE, LARGE_HEAD, LARGE_DEPTH = 768, 64, 12  # all-mpnet-base-v2's
NEAR = 32  # its classes of distance between two pieces, for each of which each head has a score
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
    def __init__(self, drop: Dropout, heads: int = HEADS, inner: int = INNER, width: int = WIDTH) -> None:
        super().__init__()
        self.heads, self.head = heads, head_size(width)
        self.qkv = nn.Linear(width, 3 * heads * self.head)
        self.out = nn.Linear(heads * self.head, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)
        self.drop = drop

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        b, t, _ = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, self.head).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm1(x + self.drop(self.out(a.transpose(1, 2).flatten(2))))
        return self.norm2(x + self.drop(self.down(F.gelu(self.up(x), approximate="tanh"))))


def head_size(width: int) -> int:
    return HEAD if width == WIDTH else LARGE_HEAD


class Tagger(nn.Module):
    """``sizes``: heads and feed-forward units of each layer; none: as all-MiniLM-L6-v2 has them. ``width`` ``LARGE``: as all-mpnet-base-v2."""

    def __init__(self, dropout: float = 0.1, sizes: list[tuple[int, int]] | None = None, width: int = WIDTH) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, width)
        self.positions = nn.Embedding(512, width)
        self.features = nn.Embedding(FEATURES, width)
        self.kind = nn.Parameter(torch.zeros(width))
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.near = nn.Embedding(NEAR, HEADS) if width == LARGE else None
        self.drop = Dropout(dropout)
        self.layers = nn.ModuleList([Layer(self.drop, *size, width) for size in sizes or [(HEADS, INNER)] * DEPTH])
        self.flat = nn.Linear(width, len(FLAT))
        self.mention = nn.Linear(width, len(MENTION))
        self.role_token = nn.Linear(width, ROLES * RANK)
        self.role_cue = nn.Linear(width, ROLES * RANK)
        self.role_bias = nn.Linear(width, ROLES)
        self.pair_token = nn.Linear(width, PAIR)
        self.pair_cue = nn.Linear(width, PAIR)
        self.mix_taps = nn.ParameterList([torch.zeros(PAIR, REACH) for _ in STEPS])
        self.mix = nn.ModuleList([nn.Linear(PAIR, PAIR) for _ in STEPS])
        self.pair_out = nn.Linear(PAIR, ROLES, bias=False)
        self.distance = nn.Embedding(BUCKETS, ROLES)
        self.act_cue, self.act_content = nn.Linear(width, len(ACTS)), nn.Linear(width, len(ACTS))
        self.flat_chain, self.role_chain = Chain(FLAT), CountingChain()
        nn.init.zeros_(self.features.weight)
        nn.init.zeros_(self.distance.weight)
        nn.init.zeros_(self.pair_out.weight)
        for taps, mix in zip(self.mix_taps, self.mix, strict=True):
            nn.init.normal_(taps, std=REACH**-0.5)
            nn.init.zeros_(mix.weight), nn.init.zeros_(mix.bias)

    @classmethod
    def of(cls, state: dict[str, Tensor], dropout: float = 0.1, *, strict: bool = True) -> Tagger:
        """The tagger with these weights, its layers as many and as large as they are there. Not ``strict``: heads that the weights lack stay fresh."""
        width = state["words.weight"].shape[1]
        layers = range(sum(k.startswith("layers.") and k.endswith(".qkv.bias") for k in state))
        sizes = [(len(state[f"layers.{i}.qkv.bias"]) // (3 * head_size(width)), len(state[f"layers.{i}.up.bias"])) for i in layers]
        m = cls(dropout, sizes, width)
        m.load_state_dict(state, strict=strict)
        return m

    def encode(self, ids: Tensor, feature: Tensor, mask: Tensor, shift: Tensor | None = None) -> Tensor:
        """ids, feature: [b, t]; mask: [b, t] bool; shift [b, t, width] is added to the word vectors -> [b, t, width]."""
        words = self.words(ids)
        x = (words if shift is None else words + shift) + self.positions.weight[: ids.shape[1]] + self.kind + self.features(feature)
        x = self.drop(self.norm(x))
        attend = mask[:, None, None, :]
        if self.near is not None:
            near = self.near(nearness(ids.shape[1], ids.device)).permute(2, 0, 1).to(x.dtype)
            attend = near[None].masked_fill(~attend, -1e4)
        for layer in self.layers:
            x = layer(x, attend)
        return x

    def role_scores(self, hidden: Tensor, row: Tensor, slot: Tensor, cue: Tensor, bucket: Tensor) -> Tensor:
        """Scores of each piece's role for each of ``c`` cues.

        hidden [b, t, width]; row, slot [c]: the sequence a cue is in, and its number there; cue [b, slots, t]: 1/length
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

        hidden [b, t, width]; row [a]: the sequence a statement is in; cue, content [a, t]: 1/length on its pieces -> [a, acts].
        """
        h = self.drop(hidden)[row]
        return ((cue[:, None] @ self.act_cue(h).float()) + (content[:, None] @ self.act_content(h).float())).squeeze(1)


def nearness(length: int, device: torch.device) -> Tensor:
    """MPNet's class of distance for each pair of places [length, length]: exact up to 7 either way, then by powers up to 128."""
    at = torch.arange(length, device=device)
    ahead = at[None] - at[:, None]
    half = NEAR // 2
    far = ahead.abs()
    exact = half // 2
    beyond = exact + (torch.log(far.clamp_min(1) / exact) / math.log(128 / exact) * (half - exact)).long().clamp(max=half - 1 - exact)
    return (ahead > 0) * half + torch.where(far < exact, far, beyond)


def pretrained(folder: Path, dropout: float = 0.1) -> Tagger:
    """The tagger with the weights of ``folder/model.safetensors`` and fresh heads: all-MiniLM-L6-v2's, or all-mpnet-base-v2's."""
    w = {k.removeprefix("bert."): v for k, v in load_file(str(folder / "model.safetensors")).items()}
    large = "encoder.relative_attention_bias.weight" in w
    m = Tagger(dropout, [(HEADS, 4 * LARGE)] * LARGE_DEPTH, LARGE) if large else Tagger(dropout)
    own = m.state_dict()
    names = _MPNET if large else _BERT
    if large:
        own["words.weight"] = w["embeddings.word_embeddings.weight"][_in_mpnet(folder)]
        own["positions.weight"] = w["embeddings.position_embeddings.weight"][2:]  # two are never used
        own["near.weight"] = w["encoder.relative_attention_bias.weight"]
    else:
        own["words.weight"] = w["embeddings.word_embeddings.weight"]
        own["positions.weight"] = w["embeddings.position_embeddings.weight"]
        own["kind"] = w["embeddings.token_type_embeddings.weight"][0]
    for s in ("weight", "bias"):
        own[f"norm.{s}"] = w[f"embeddings.LayerNorm.{s}"]
        for i in range(len(m.layers)):
            there = {part: w[f"encoder.layer.{i}.{name}.{s}"] for part, name in names.items()}
            own[f"layers.{i}.qkv.{s}"] = torch.cat([there[x] for x in "qkv"])
            for part in ("out", "norm1", "up", "down", "norm2"):
                own[f"layers.{i}.{part}.{s}"] = there[part]
    m.load_state_dict(own)
    return m


_FEED = {"up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm"}
_BERT = {x[0]: f"attention.self.{x}" for x in ("query", "key", "value")}
_BERT |= _FEED | {"out": "attention.output.dense", "norm1": "attention.output.LayerNorm"}
_MPNET = {x: f"attention.attn.{x}" for x in "qkv"} | _FEED | {"out": "attention.attn.o", "norm1": "attention.LayerNorm"}


def _in_mpnet(folder: Path) -> list[int]:
    """Where all-mpnet-base-v2 keeps each word piece of all-MiniLM-L6-v2: the same pieces, in another order, other names for the special ones."""
    there = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
    special = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}
    first = there["[PAD]"]  # BERT's list follows in its own order
    order = {n - first: word for word, n in there.items() if first <= n < first + 30522}
    return [there[special.get(order[i], order[i])] for i in range(30522)]
