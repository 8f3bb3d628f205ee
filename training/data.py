"""PolNeAR articles as training windows."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from benchmarks.dates import read_timeml
from onrecord.acts.codebook import ACTS
from onrecord.tagger.labels import FLAT, MENTION, ROLE, bucket
from onrecord.tagger.pieces import Pieces, cut
from onrecord.tagger.windows import CLS, SEP, Window, windows

MASK = 103
Span = tuple[int, int]
_MENTION = {"PERSON": "person", "ORGANIZATION": "organisation", "LOCATION": "place", "MISC": "other"}
_FLAT = {l: i for i, l in enumerate(FLAT)}
_ROLE = {l: i for i, l in enumerate(ROLE)}
_MENT = {l: i for i, l in enumerate(MENTION)}


def whole_tokenizer(base: Path) -> Tokenizer:
    """The tokenizer of the model in the folder ``base``, which leaves texts whole: no truncation, no padding."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf8") as f:
        return [json.loads(line) for line in f]


@dataclass(frozen=True)
class ActLabel:
    """What one statement does: its cue and content as piece spans, the number of its act, what the label weighs."""

    cue: Span
    content: tuple[Span, ...]
    act: int
    weight: float


@dataclass
class Article:
    """One article: its pieces, its readings (lists of {role: piece spans}), its silver mentions, its labelled acts."""

    id: str
    text: str
    pieces: Pieces
    readings: list[list[dict[str, list[Span]]]]
    mentions: list[tuple[int, int, str]] | None
    acts: list[ActLabel] = field(default_factory=list)


def act_label(p: Pieces, cue: Span, content: list[Span], act: str, weight: float) -> ActLabel | None:
    """A labelled act with its spans, given in code points, as spans of pieces."""
    at = to_pieces(p, *cue)
    said = tuple(x for s, e in content if (x := to_pieces(p, s, e)))
    return ActLabel(at, said, ACTS.index(act), weight) if at and said else None


def to_pieces(p: Pieces, start: int, end: int) -> Span | None:
    lo = int(np.searchsorted(p.end, start, "right"))
    hi = int(np.searchsorted(p.start, end, "left"))
    return (lo, hi) if lo < hi else None


# Datelines as the agencies and papers of the world write them.
_PLACES = "WASHINGTON MOSCOW BEIJING KYIV LONDON PARIS Riga Brussels CAIRO Jerusalem Tehran NEW\xa0DELHI Seoul GENEVA Nairobi UNITED\xa0NATIONS".split()
_SHAPES = (
    "{0} (AP) — ",
    "{0}, {1} (Reuters) - ",
    "{0}, {1} — ",
    "{0} — ",
    "{0}, {1} (Xinhua) -- ",
    "{0}: ",
    "{0} (AFP) – ",
    "{0}, {1}. ",
    "{0}, {1} /TASS/. ",
)
_MONTHS = "Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec.".split()


def as_wire(d: dict[str, Any], ents: list[list[Any]], rng: random.Random) -> tuple[dict[str, Any], list[list[Any]]]:
    """The same article as a wire would print it: a headline without a full stop, a dateline before the first paragraph.

    PolNeAR's headlines end in a full stop and its datelines are cut off; the world's are not. Offsets move along.
    """
    text = d["text"]
    title = text.find("\n")
    if title < 0 or title > 250:
        return d, ents
    edits: list[tuple[int, int, str]] = []
    if text[title - 1] == ".":
        edits.append((title - 1, title, ""))
    body = title + len(text[title:]) - len(text[title:].lstrip())
    place = rng.choice(_PLACES).replace("\xa0", " ")
    edits.append((body, body, rng.choice(_SHAPES).format(place, f"{rng.choice(_MONTHS)} {rng.randint(1, 28)}")))

    def moved(at: int) -> int:
        return at + sum(len(new) - (end - start) for start, end, new in edits if end <= at)

    def span(s: list[int]) -> list[int]:
        # What began at the edited place now begins after the dateline; what ended with the full stop ends before it.
        return [moved(s[0]), moved(s[1])]

    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    readings = [{"attributions": [{k: [span(s) for s in v] for k, v in a.items()} for a in r["attributions"]]} for r in d["readings"]]
    acts = [a | {"cue": [span(s) for s in a["cue"]], "content": [span(s) for s in a["content"]]} for a in d["acts"]]
    return d | {"text": text, "readings": readings, "acts": acts}, [[*span(e[:2]), e[2]] for e in ents]


def load(
    folder: Path,
    split: str,
    tokenizer: Tokenizer,
    *,
    wire: random.Random | None = None,
    acts: dict[str, list[dict[str, Any]]] | None = None,
) -> list[Article]:
    """Articles of one split; with ``wire``, each as a wire would print it (``as_wire``). ``acts``: labelled acts by article."""
    silver = {d["name"]: d for d in read_jsonl(folder / f"corenlp_{split}.jsonl.gz")}
    out = []
    for d in read_jsonl(folder / f"{split}.jsonl.gz"):
        ents = silver[d["id"]]["ents"] if d["id"] in silver else []
        known = bool(ents)
        d["acts"] = (acts or {}).get(d["id"], [])
        if wire is not None:
            d, ents = as_wire(d, ents, wire)
        p = cut(d["text"], tokenizer)
        readings = []
        for r in d["readings"]:
            one = []
            for a in r["attributions"]:
                spans = {k: [x for s, e in a[k] if (x := to_pieces(p, s, e))] for k in ("source", "cue", "content")}
                if spans["cue"]:
                    one.append(spans)
            readings.append(one)
        mentions = None
        if known:
            found = ((to_pieces(p, s, e), _MENTION.get(k)) for s, e, k in ents)
            mentions = [(x[0], x[1], k) for x, k in found if x and k]
        labels = [x for a in d["acts"] if (x := act_label(p, a["cue"][0], a["content"], a["act"], 1.0))]
        out.append(Article(d["id"], d["text"], p, readings, mentions, labels))
    return out


@dataclass
class Example:
    ids: np.ndarray
    feature: np.ndarray
    flat: np.ndarray
    mention: np.ndarray  # -100 where unknown
    cues: list[tuple[int, int, np.ndarray]] | None  # None: not annotated for statements
    acts: list[ActLabel]
    whole: np.ndarray | None = None  # ids before words were hidden
    guessed: bool = False  # the cues are a teacher's, and their roles unknown


def _paint(y: np.ndarray, lo: int, hi: int, kind: str, index: dict[str, int], offset: int) -> None:
    """Write one BIOES span; where a span already stands, the earlier one wins."""
    lo, hi = lo + offset, hi + offset
    if y[lo:hi].any():
        return
    if hi - lo == 1:
        y[lo] = index["S-" + kind]
    else:
        y[lo:hi] = index["I-" + kind]
        y[lo], y[hi - 1] = index["B-" + kind], index["E-" + kind]


def example(a: Article, reading: list[dict[str, list[Span]]], w: Window, *, annotated: bool = True) -> Example:
    """One window of an article. ``annotated``: false where the article is not annotated for statements."""
    n, off = len(w), 1 - w.lo
    ids = np.empty(n, np.int64)
    ids[0], ids[-1], ids[1:-1] = CLS, SEP, a.pieces.ids[w.lo : w.hi]
    feature = np.zeros(n, np.int64)
    feature[1:-1] = a.pieces.feature[w.lo : w.hi]
    clip = lambda s: (max(s[0], w.lo), min(s[1], w.hi))
    inside = lambda s: s[0] < w.hi and s[1] > w.lo
    flat = np.zeros(n, np.int64)
    cues = []
    for at in reading:
        for kind in ("cue", "source", "content"):
            for s in at[kind]:
                if inside(s):
                    _paint(flat, *clip(s), kind, _FLAT, off)
        cue = at["cue"][0]
        if not inside(cue):
            continue
        cue = clip(cue)
        role = np.zeros(n, np.int64)
        for kind in ("source", "content"):
            for s in at[kind]:
                if inside(s):
                    _paint(role, *clip(s), kind, _ROLE, off)
        cues.append((cue[0] + off, cue[1] + off, role))
    mention = np.full(n, -100, np.int64)
    if a.mentions is not None:
        mention[1:-1] = 0
        for lo, hi, kind in a.mentions:
            if lo >= w.lo and hi <= w.hi:
                _paint(mention, lo, hi, kind, _MENT, off)
    acts = []
    for label in a.acts:
        if label.cue[0] >= w.lo and label.cue[1] <= w.hi and (said := [clip(s) for s in label.content if inside(s)]):
            at = lambda s: (s[0] + off, s[1] + off)
            acts.append(replace(label, cue=at(label.cue), content=tuple(map(at, said))))
    return Example(ids, feature, flat, mention, cues if annotated else None, acts)


#: Sentences that carry names and nothing else, and what their labels are called here.
_NAMED = {
    "PER": "person", "politician": "person", "person": "person",
    "ORG": "organisation", "politicalparty": "organisation", "organisation": "organisation",
    "LOC": "place", "location": "place", "country": "place",
    "election": "other", "event": "other", "misc": "other",
}  # fmt: skip


def named(data: Path, tokenizer: Tokenizer) -> list[Example]:
    """Windows of UNER English-EWT and CrossNER politics (train): for the mention head alone, ``cues`` is None."""
    from onrecord.tagger.windows import SIZE

    sentences: list[list[tuple[str, str]]] = []
    for path, column in ((data / "uner_ewt" / "test_as_train.iob2.gz", (1, 2)), (data / "crossner_politics" / "train.txt.gz", (0, 1))):
        with gzip.open(path, "rt", encoding="utf8") as f:
            blocks = f.read().replace("\r", "").split("\n\n")
        for block in blocks:
            rows = [
                line.split("\t") if "\t" in line else line.split(" ") for line in block.splitlines() if line and not line.startswith("# ")
            ]
            if rows:
                sentences.append([(r[column[0]], r[column[1]]) for r in rows])
    out: list[Example] = []
    for i in range(0, len(sentences), 8):  # as paragraphs of one text
        text, spans = "", []
        for sentence in sentences[i : i + 8]:
            for word, label in sentence:
                start = len(text)
                text += word + " "
                if label.startswith("B-"):
                    spans.append([start, start + len(word), _NAMED[label[2:]]])
                elif label.startswith("I-") and spans:
                    spans[-1][1] = start + len(word)
            text = text.rstrip() + "\n\n"
        p = cut(text, tokenizer)
        found = [(x[0], x[1], k) for s, e, k in spans if (x := to_pieces(p, s, e))]
        a = Article("", text, p, [[]], found)
        out += [example(a, [], w, annotated=False) for w in windows(text, p, size=SIZE, context=0)]
    return out


_SPEECH = re.compile(
    r"[\"“”]|\b(?:said|says|told|tells|asked|announced|warned|called|urged|accused|according|statement|believes?|expressed|reaffirmed)\b"
)


def unlabelled(data: Path, tokenizer: Tokenizer) -> list[Example]:
    """Windows of texts without labels, for a teacher: TimeBank and AQUAINT (news of many lands), and of White House texts those with a sign of
    reported speech, from every other text."""
    from onrecord.tagger.windows import SIZE

    def windows_of(text: str, wanted: re.Pattern[str] | None = None) -> list[Example]:
        p = cut(text, tokenizer)
        a = Article("", text, p, [[]], None)
        found = windows(text, p, size=SIZE, context=0)
        return [
            example(a, [], w, annotated=False) for w in found if not wanted or wanted.search(text, int(p.start[w.lo]), int(p.end[w.hi - 1]))
        ]

    out: list[Example] = []
    for path in sorted((data / "dates").glob("*/*.tml.gz")):
        out += windows_of(read_timeml(path).text.strip())
    for d in list(read_jsonl(data / "whitehouse" / "statements.jsonl.gz"))[::2]:
        out += windows_of(d.get("text") or "", _SPEECH)
    return out


# Interchangeable quotation marks in the vocabulary: opening and closing double, opening and closing single.
_STYLES = [("“", "”"), ('"', '"'), ("”", "”"), ("„", "“"), ("«", "»"), ("'", "'"), ("‘", "’")]


class Augment:
    """Other quotation marks, hidden words, lost case: what the texts of the world have and PolNeAR's do not."""

    def __init__(self, tokenizer: Tokenizer, rng: random.Random) -> None:
        self.rng = rng
        tid = tokenizer.token_to_id
        self.styles = [(tid(a), tid(b)) for a, b in _STYLES if tid(a) and tid(b)]
        self.double = {tid(c) for c in '“”"' if tid(c)}

    def __call__(self, e: Example, hide: float) -> Example:
        ids, feature = e.ids.copy(), e.feature.copy()
        rng = np.random.default_rng(self.rng.getrandbits(32))
        if self.rng.random() < 0.25:
            a, b = self.rng.choice(self.styles)
            state = (feature // 2) % 5
            marks = np.isin(ids, list(self.double))
            ids[marks & (state == 3)] = a
            ids[marks & (state == 4)] = b
        whole = ids.copy()
        drop = rng.random(len(ids)) < hide
        drop[[0, -1]] = False
        ids[drop] = MASK
        if self.rng.random() < 0.05:
            feature[:] = feature % 10  # all case lost
        return replace(e, ids=ids, feature=feature, whole=whole)


def epoch(articles: list[Article], wires: list[Article], rng: random.Random, *, low: int = 160, high: int = 320) -> list[Example]:
    """Every article once, as printed or as a wire has it, cut into windows of a size drawn for it, with one of its readings."""
    out = []
    for pair in zip(articles, wires):
        a = rng.choice(pair)
        reading = rng.choice(a.readings)
        out += [example(a, reading, w) for w in windows(a.text, a.pieces, size=rng.randint(low, high), context=0)]
    return out


def batches(examples: list[Example], rng: random.Random, budget: int) -> Iterator[list[Example]]:
    """Batches of similar length, at most ``budget`` pieces with padding, in random order."""
    order = sorted(examples, key=lambda e: len(e.ids) + rng.uniform(-12, 12))
    out, now, longest = [], [], 0
    for e in order:
        longest = max(longest, len(e.ids))
        if now and longest * (len(now) + 1) > budget:
            out.append(now)
            now, longest = [], len(e.ids)
        now.append(e)
    if now:
        out.append(now)
    rng.shuffle(out)
    return iter(out)


def mask(b: dict[str, Tensor]) -> Tensor:
    """Which places of a collated batch hold a piece and no padding: [examples, length] bool."""
    return torch.arange(b["ids"].shape[1], device=b["ids"].device)[None] < b["lengths"][:, None]


def collate(batch: list[Example]) -> dict[str, Tensor]:
    n, t = len(batch), max(len(e.ids) for e in batch)
    pad = lambda x, v: np.pad(x, (0, t - len(x)), constant_values=v)
    out: dict[str, Any] = {
        "ids": np.stack([pad(e.ids, 0) for e in batch]),
        "whole": np.stack([pad(e.ids if e.whole is None else e.whole, 0) for e in batch]),
        "feature": np.stack([pad(e.feature, 0) for e in batch]),
        "flat": np.stack([pad(e.flat, 0) for e in batch]),
        "mention": np.stack([pad(e.mention, -100) for e in batch]),
        "lengths": np.array([len(e.ids) for e in batch]),
        "annotated": np.flatnonzero([e.cues is not None and not e.guessed for e in batch]),
    }
    cues = [(r, lo, hi, y) for r, e in enumerate(batch) for lo, hi, y in e.cues or ()]
    slots = [k for e in batch for k in range(len(e.cues or ()))]
    cue = np.zeros((n, max(slots, default=-1) + 1, t), np.float32)
    for slot, (r, lo, hi, _) in zip(slots, cues):
        cue[r, slot, lo:hi] = 1 / (hi - lo)
    at = np.arange(t)[None]
    lo = np.array([c[1] for c in cues], np.int64)[:, None]
    hi = np.array([c[2] for c in cues], np.int64)[:, None]
    distance = np.where(at < lo, at - lo, np.where(at >= hi, at - hi + 1, 0))
    out |= {
        "row": np.array([c[0] for c in cues], np.int64),
        "known": np.flatnonzero([not batch[c[0]].guessed for c in cues]),  # cues whose roles are labelled
        "slot": np.array(slots, np.int64),
        "cue": cue,
        "bucket": bucket(distance),
        "role": np.stack([pad(c[3], 0) for c in cues]) if cues else np.zeros((0, t), np.int64),
    }
    acts = [(r, label) for r, e in enumerate(batch) for label in e.acts]
    at_cue, at_content = np.zeros((2, len(acts), t), np.float32)
    for k, (_, label) in enumerate(acts):
        at_cue[k, label.cue[0] : label.cue[1]] = 1 / (label.cue[1] - label.cue[0])
        for lo_, hi_ in label.content:
            at_content[k, lo_:hi_] = 1
    out |= {
        "act_row": np.array([r for r, _ in acts], np.int64),
        "act": np.array([label.act for _, label in acts], np.int64),
        "act_weight": np.array([label.weight for _, label in acts], np.float32),
        "act_cue": at_cue,
        "act_content": at_content / np.maximum(at_content.sum(1, keepdims=True), 1),
    }
    return {k: torch.from_numpy(v) for k, v in out.items()}
