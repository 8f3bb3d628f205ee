"""PLV's roots told by the same features: 5-fold cross-validation over its training sentences, duplicates removed.

    python -m training.acts.plv --data ../shared/data

Multinomial logistic regression over ``onrecord.acts.features`` of the sentence cut at its marked source and target, and
over the words of the whole sentence. PLOVER's gold records are added to every training fold, but for sentences that PLV has.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold

from onrecord.acts.features import features
from onrecord.acts.lexicon import lemma, words
from training.acts import related
from training.acts.related import Related

#: PLOVER's gold records use an older list of roots; these are the same.
_SAME = {"REQUEST": "REQUEST", "DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE", "RETREAT": "YIELD", "CONCEDE": "YIELD", "DEMAND": "REQUEST"}


def names(r: Related) -> dict[str, float]:
    """Feature -> value. The words between the marked parties weigh more than the rest."""
    out = {n: 1.0 for n in features(r.source, r.cue, r.content) if not n.startswith(("no ", "quoted", "source"))}
    lemmas = [lemma(w) for w in words(f"{r.cue} {r.content}", limit=60)]
    for a in lemmas:
        out[f"word {a}"] = 0.6
    for a, b in zip(lemmas, lemmas[1:], strict=False):
        out[f"words {a} {b}"] = 0.6
    between = [lemma(w) for w in words(r.cue, limit=20)]
    for a in between:
        out[f"between {a}"] = 1.2
    for a, b in zip(between, between[1:], strict=False):
        out[f"between {a} {b}"] = 1.2
    return out


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--c", type=float, default=1.0)
    p.add_argument("--errors", action="store_true")
    a = p.parse_args()
    rows = related.unique(related.plv(a.data))
    roots = {r.root for r in rows}
    more = [
        r for r in related.unique(related.plover(a.data), {related.key(r.sentence) for r in rows}) if _SAME.get(r.root, r.root) in roots
    ]
    both = [*rows, *more]
    found = [names(r) for r in both]
    counts = Counter(n for f in found for n in f)
    index = {n: i for i, n in enumerate(sorted(n for n, k in counts.items() if k > 1))}
    x = sp.lil_matrix((len(both), len(index)), dtype=np.float32)
    for i, f in enumerate(found):
        for n, v in f.items():
            if n in index:
                x[i, index[n]] = v
    x = x.tocsr()
    y = np.array([_SAME.get(r.root, r.root) for r in both])
    extra = np.arange(len(rows), len(both))
    guess = y[: len(rows)].copy()
    for fit_on, score_on in StratifiedKFold(5, shuffle=True, random_state=0).split(x[: len(rows)], y[: len(rows)]):
        on = np.r_[fit_on, extra]
        weight = np.r_[np.ones(len(fit_on)), np.full(len(extra), 0.5)]
        guess[score_on] = (
            LogisticRegression(C=a.c, max_iter=200, class_weight="balanced").fit(x[on], y[on], sample_weight=weight).predict(x[score_on])
        )
    gold = y[: len(rows)]
    each = f1_score(gold, guess, average=None, labels=sorted(roots))
    print(json.dumps({"n": len(rows), "added": len(extra), "accuracy": round(float(accuracy_score(gold, guess)), 4),
                      "macro_f1": round(float(each.mean()), 4), "f1": {r: round(float(v), 2) for r, v in zip(sorted(roots), each, strict=True)}}))  # fmt: skip
    if a.errors:
        for r, g in zip(rows, guess, strict=False):
            if r.root != g:
                print(f"  {r.root:9} got {g:9} {r.source} | {r.cue} | {r.content[:110]}")


if __name__ == "__main__":
    main()
