"""Learn the weights of the pronoun ranker from PolNeAR train's silver chains, GUM train's coreference and the hand-made train list.

    python -m benchmarks.speaker_training            # prints the fit and writes src/onrecord/actors/words/pronouns.tsv

A conditional logistic regression: for each "he" or "she", the candidates that the sweep gives it, of which those in the
pronoun's chain are right. Silver chains are noisy, so that each counts little; a gold pronoun counts more.
"""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.speaker_data import DATA, ROOT, gold_statements, read_gum, read_jsonl, silver_spans
from onrecord.actors import ranker
from onrecord.actors.ranker import FEATURES, features
from onrecord.actors.registry import Registry, fold
from onrecord.actors.resolve import read_scene
from onrecord.actors.sweep import Sweep

#: (features of each candidate, which are right, weight)
Example = tuple[NDArray[np.float64], NDArray[np.bool_], float]


def _in_chain(text: str, place: tuple[int, int], chain: list[tuple[int, int]]) -> bool:
    return any(
        s <= place[0] and place[1] <= e and (e - place[1] <= 2 or text[place[1] : place[1] + 1] in ",('’") and e - s < 90 for s, e in chain
    )


def _examples(sweep: Sweep, chains: list[list[tuple[int, int]]], weight: float) -> list[Example]:
    d = sweep.scene.d
    of: dict[int, list[tuple[int, int]]] = {s: chain for chain in chains for s, e in chain if e - s <= 8}
    out: list[Example] = []
    for word, context, pool in sweep.trace or []:
        chain = of.get(d.starts[word])
        if chain is None or len(pool) < 2:
            continue
        right = []
        for c in pool:
            places = [(d.starts[lo], d.ends[hi - 1]) for lo, hi in sweep.scene.entities[c.number].places]
            hits = sum(_in_chain(d.text, p, chain) for p in places)
            right.append(hits > 0 and hits * 2 >= len(places))
        if sum(right) == 1:
            w = weight * (2.0 if context.source else 1.0)
            out.append((np.array(features(context, pool)), np.array(right), w))
    return out


def silver(registry: Registry, *, weight: float) -> list[Example]:
    """Examples from the silver chains of PolNeAR train."""
    chains = {d["name"]: d for d in read_jsonl(DATA / "polnear" / "corenlp_train.jsonl.gz")}
    out: list[Example] = []
    for article in read_jsonl(DATA / "polnear" / "train.jsonl.gz"):
        marked = chains.get(article["id"])
        if marked is None:
            continue
        document, statements = gold_statements(article)
        scene = read_scene(document, registry=registry, tagged=silver_spans(marked))
        sweep = Sweep(scene, statements, trace=True)
        out += _examples(sweep, [[(s, e) for s, e, _ in c] for c in marked["coref"]], weight)
    return out


def gum(registry: Registry, part: str, *, weight: float) -> list[Example]:
    """Examples from GUM's own coreference."""
    out: list[Example] = []
    for path in sorted((DATA / "gum" / part).glob("*.conllu.gz")):
        g = read_gum(path)
        scene = read_scene(g.document, registry=registry, tagged=None)
        chains: dict[str, list[tuple[int, int]]] = {}
        for s, e, _, entity in g.mentions:
            chains.setdefault(entity, []).append((s, e))
        out += _examples(Sweep(scene, g.statements, trace=True), list(chains.values()), weight)
    return out


def listed(registry: Registry, *, weight: float) -> list[Example]:
    """Examples from the pronouns of the hand-made train list."""
    rows: dict[str, dict[int, list[str]]] = {}
    for line in (ROOT / "tests" / "gold" / "speakers_train.jsonl").read_text(encoding="utf8").splitlines():
        r = json.loads(line)
        if not r["unnamed"] and len(r["names"]) == 1 and len(r["names"][0]) == 1:
            rows.setdefault(r["id"], {})[r["start"]] = r["names"][0]
    marked = {d["name"]: d for d in read_jsonl(DATA / "polnear" / "corenlp_train.jsonl.gz")}
    out: list[Example] = []
    for article in read_jsonl(DATA / "polnear" / "train.jsonl.gz"):
        if article["id"] not in rows:
            continue
        document, statements = gold_statements(article)
        scene = read_scene(document, registry=registry, tagged=silver_spans(marked[article["id"]]))
        sweep = Sweep(scene, statements, trace=True)
        for word, context, pool in sweep.trace or []:
            names = rows[article["id"]].get(scene.d.starts[word])
            if names is None or len(pool) < 2:
                continue
            last = {fold(n).split()[-1] for n in names}
            right = np.array([fold(scene.entities[c.number].name).split()[-1] in last for c in pool])
            if right.sum() == 1:
                out.append((np.array(features(context, pool)), right, weight))
    return out


def fit(
    examples: list[Example], prior: NDArray[np.float64], *, ridge: float = 20.0, steps: int = 300, rate: float = 0.03
) -> NDArray[np.float64]:
    """Weights that maximise the log-likelihood of the right candidates, with a ridge around ``prior``. Full batch, Adam."""
    rows = np.concatenate([x for x, _, _ in examples])
    group = np.repeat(np.arange(len(examples)), [len(x) for x, _, _ in examples])
    right = np.concatenate([r for _, r, _ in examples]).astype(float)
    weight = np.array([w for _, _, w in examples])
    w = prior.copy()
    first = np.concatenate([[0], np.cumsum([len(x) for x, _, _ in examples])[:-1]])
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(1, steps + 1):
        score = rows @ w
        top = np.maximum.reduceat(score, first)
        e = np.exp(score - top[group])
        total = np.bincount(group, e)
        p = e / total[group]
        g = rows.T @ ((right - p) * weight[group]) - ridge * (w - prior)
        g = -g / len(examples)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w -= rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w


def _prior() -> NDArray[np.float64]:
    """The weights set by hand before any fit: what linguistics says, and where the fit is pulled to."""
    rows = dict(line.split("\t") for line in (Path(__file__).parent / "pronouns_prior.tsv").read_text(encoding="utf8").splitlines() if line)
    return np.array([float(rows[name]) for name in FEATURES])


def accuracy(examples: list[Example], w: NDArray[np.float64]) -> float:
    return float(np.mean([bool(r[int((x @ w).argmax())]) for x, r, _ in examples])) if examples else 0.0


@click.command()
@click.option("--rounds", default=1, help="The sweep's own decisions feed later ones: fit again on what the new weights make of the texts.")
@click.option("--write/--dry", default=True)
def main(rounds: int, write: bool) -> None:
    """Fit and write the weights."""
    registry = Registry.load()
    path = Path(ranker.__file__).parent / "words" / "pronouns.tsv"
    prior = _prior()
    for number in range(rounds):
        a = silver(registry, weight=0.1)
        b = gum(registry, "train", weight=1.0)
        c = listed(registry, weight=4.0)
        now = np.array(ranker.weights())
        click.echo(
            f"round {number}: silver {len(a)}, GUM {len(b)}, listed {len(c)}; before: "
            f"{accuracy(a, now):.3f} {accuracy(b, now):.3f} {accuracy(c, now):.3f}"
        )
        w = fit([*a, *b, *c], prior)
        click.echo(
            f"  after: {accuracy(a, w):.3f} {accuracy(b, w):.3f} {accuracy(c, w):.3f}; GUM dev {accuracy(gum(registry, 'dev', weight=1), w):.3f}"
        )
        half = fit([*a, *b, *c[::2]], prior)
        other = fit([*a, *b, *c[1::2]], prior)
        click.echo(f"  listed, each half by the other: {(accuracy(c[1::2], half) + accuracy(c[::2], other)) / 2:.3f}")
        if write:
            lines = [
                "# weights of the pronoun ranker; made by benchmarks/speaker_training.py",
                *(f"{n}\t{x:.4f}" for n, x in zip(FEATURES, w, strict=True)),
            ]
            path.write_text("\n".join(lines) + "\n", encoding="utf8")
            ranker.weights.cache_clear()


if __name__ == "__main__":
    main()
