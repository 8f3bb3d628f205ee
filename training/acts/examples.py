"""Labelled acts as training windows for the shared encoder's act head.

A label of PolNeAR lies in one of the windows that the encoder is trained on anyway (``by_article``); all labels also come
as sequences of their own, "source cue content" and no more (``alone``), so that they are seen often enough and the head
also knows a statement by its words. Held-out statements are never among them; ``held`` gives those, in context.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from onrecord.tagger.pieces import cut
from onrecord.tagger.windows import windows
from training.acts import related
from training.acts.labels import FILE, load, texts, written
from training.data import Article, Example, Span, act_label, example

#: Weight of a sentence of a related task beside a labelled statement's 1.
RELATED = 0.5


def rows(split: str) -> list[dict[str, Any]]:
    """The label file's rows of one split (``train`` or ``held``)."""
    return [r for r in map(json.loads, FILE.open(encoding="utf8")) if r["split"] == split]


def by_article(split: str) -> dict[str, list[dict[str, Any]]]:
    """PolNeAR's labelled statements by article."""
    out: dict[str, list[dict[str, Any]]] = {}
    for r in rows(split):
        if r["from"] == "polnear":
            out.setdefault(r["doc"], []).append(r)
    return out


def alone(data: Path, tokenizer: Tokenizer, *, besides: bool = False) -> list[Example]:
    """Every training label, the written statements and the related tasks' sentences, each as one short sequence; with ``besides``, the
    last two alone. PolNeAR dev is left out: the encoder is scored on its spans, so no text of it may teach the encoder anything
    (its labels are for ``head``, which fits the head on an encoder that stands still)."""
    labelled = load(data)
    mine = [(r, 1.0) for r in [*(() if besides else labelled), *written()] if not r.held and r.corpus != "polnear-dev"]
    taken = {related.key(r.content) for r in labelled}
    near = related.unique([*related.plover(data), *related.plv(data), *related.council(data)], taken)
    others = [(r, RELATED) for r in near if r.act]
    out = []
    for r, weight in [*mine, *others]:
        text, spans = "", {}
        for name in ("source", "cue", "content"):
            words = getattr(r, name).replace(" | ", " ")
            spans[name] = (len(text), len(text) + len(words))
            text += words + " "
        made = _one(text, spans["cue"], [spans["content"]], str(r.act), weight, tokenizer)
        if made is not None:
            out.append(made)
    return out


def _one(text: str, cue: Span, content: list[Span], act: str, weight: float, tokenizer: Tokenizer) -> Example | None:
    p = cut(text, tokenizer)
    label = act_label(p, cue, content, act, weight)
    found = windows(text, p, context=0)
    if label is None or not found:
        return None
    return example(Article("", text, p, [[]], None, acts=[label]), [], found[0], annotated=False)


def in_context(data: Path, tokenizer: Tokenizer, split: str, *, without: Sequence[str] = ()) -> list[Example]:
    """Windows of the texts that hold labelled statements of ``split``, for the act head alone; those of some corpora left out."""
    labels: dict[str, list[dict[str, Any]]] = {}
    for r in rows(split):
        if r["from"] not in without:
            labels.setdefault(r["doc"], []).append(r)
    out = []
    for doc, text in texts(data, (r for mine in labels.values() for r in mine)).items():
        p = cut(text, tokenizer)
        acts = [x for r in labels[doc] if (x := act_label(p, r["cue"][0], r["content"], r["act"], 1.0))]
        a = Article(doc, text, p, [[]], None, acts=acts)
        out += [e for w in windows(text, p, context=0) if (e := example(a, [], w, annotated=False)).acts]
    return out
