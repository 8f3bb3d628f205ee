"""How well acts, parties and conditions are told, and how long it takes.

    python -m benchmarks.acts --data ../shared/data [--only acts|agreement|parties|conditions|speed]

Needs only what the package needs. Gold: ``training/acts/labels``; PolNeAR's words are looked up in ``--data``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from onrecord.acts import act, conditions, parties
from onrecord.acts.codebook import ACTS
from onrecord.acts.features import features
from onrecord.acts.model import load as load_model
from onrecord.document import Document
from onrecord.statement import Span, Statement, statement_id
from training.acts.labels import FILE, load

Pair = tuple[int, int]


def macro(gold: list[str], guess: list[str]) -> dict[str, Any]:
    """Accuracy, macro-F1 over the classes that the gold has, and each class's F1."""
    each = {}
    for c in sorted(set(gold)):
        hit = sum(g == p == c for g, p in zip(gold, guess, strict=True))
        each[c] = 2 * hit / (gold.count(c) + guess.count(c)) if hit else 0.0
    return {
        "n": len(gold),
        "accuracy": round(sum(g == p for g, p in zip(gold, guess, strict=True)) / len(gold), 3),
        "macro_f1": round(sum(each.values()) / len(each), 3),
        "f1": {c: round(v, 2) for c, v in each.items()},
    }


def kappa(a: list[str], b: list[str]) -> float:
    """Cohen's kappa of two label lists."""
    n = len(a)
    ca, cb = Counter(a), Counter(b)
    by_chance = sum(ca[c] * cb[c] for c in ca) / n**2
    return (sum(x == y for x, y in zip(a, b, strict=True)) / n - by_chance) / (1 - by_chance)


def acts(data: Path) -> None:
    rows = [r for r in load(data) if r.held]
    model = load_model()
    guess = [ACTS[int(model.logits(features(r.source, r.cue, r.content, quoted=r.quoted)).argmax())] for r in rows]
    print("acts, held out:", json.dumps(macro([r.act for r in rows], guess)))
    for name, keep in (
        ("random draw", lambda r: r.draw == "random"),
        ("PolNeAR", lambda r: r.corpus == "polnear"),
        ("White House", lambda r: r.corpus == "whitehouse"),
    ):
        part = [(r.act, g) for r, g in zip(rows, guess, strict=True) if keep(r)]
        print(f"  {name}: {len(part)} statements, accuracy {sum(a == b for a, b in part) / len(part):.3f}")


def agreement(data: Path) -> None:
    twice = [r for r in load(data) if r.again]
    first, again = [r.act for r in twice], [r.again or "" for r in twice]
    same = sum(a == b for a, b in zip(first, again, strict=True)) / len(twice)
    print(f"agreement of two passes: {len(twice)} statements, raw {same:.3f}, kappa {kappa(first, again):.3f}")


def _texts(data: Path) -> dict[tuple[str, str], str]:
    out = {}
    for corpus, file in (("polnear", "polnear/train.jsonl.gz"), ("whitehouse", "whitehouse/statements.jsonl.gz")):
        with gzip.open(data / file, "rt", encoding="utf8") as f:
            for d in map(json.loads, f):
                out[corpus, d["id"]] = d["text"]
    return out


def statements(data: Path, file: str) -> Iterable[tuple[Document, Statement, dict[str, Any]]]:
    """The gold file's rows as statements without act or speaker."""
    texts = _texts(data)
    for line in FILE.with_name(file).open(encoding="utf8"):
        r = json.loads(line)
        d = Document(texts[r["from"], r["doc"]])
        spans = [tuple(Span(s, e, d.text[s:e]) for s, e in r[k]) for k in ("source", "cue", "content")]
        quoted = any(c in x.text for x in spans[2] for c in '“”"')
        yield d, Statement(statement_id(d.digest, *spans), d, "mixed" if quoted else "indirect", *spans, 1.0), r


class Tally:
    """Counts of spans found, right and wanted, by exact span and by overlap."""

    def __init__(self) -> None:
        self.found = self.wanted = self.exact = self.overlap_found = self.overlap_wanted = 0

    def add(self, found: list[Pair], wanted: list[Pair]) -> None:
        self.found += len(found)
        self.wanted += len(wanted)
        self.exact += len(set(found) & set(wanted))
        meets: Callable[[Pair, list[Pair]], bool] = lambda a, many: any(a[0] < e and s < a[1] for s, e in many)
        self.overlap_found += sum(meets(f, wanted) for f in found)
        self.overlap_wanted += sum(meets(w, found) for w in wanted)

    def __str__(self) -> str:
        f1 = lambda p, r: 2 * p * r / (p + r) if p + r else 0.0
        p, r = self.exact / max(self.found, 1), self.exact / max(self.wanted, 1)
        po, ro = self.overlap_found / max(self.found, 1), self.overlap_wanted / max(self.wanted, 1)
        return f"gold {self.wanted}, found {self.found}; exact P {p:.3f} R {r:.3f} F1 {f1(p, r):.3f}; overlap P {po:.3f} R {ro:.3f} F1 {f1(po, ro):.3f}"


def party_spans(data: Path, *, show: bool = False) -> None:
    targets, addressees, given = Tally(), Tally(), Tally()
    for d, s, r in statements(data, "parties.jsonl"):
        done = act(d, [s], resolve=lambda a, b: None)[0]
        want = [tuple(x) for x in r["targets"]]
        got = [(x.start, x.end) for x in done.targets]
        targets.add(got, want)
        addressees.add([(x.start, x.end) for x in done.addressees], [tuple(x) for x in r["addressees"]])
        given.add([(f.party.start, f.party.end) for f in parties.find(d, s, r["act"])[0]], want)
        if show and set(got) != set(want):
            words = [[d.text[a:b] for a, b in spans] for spans in (want, got)]
            print(f"  {done.act:9} want {words[0]} got {words[1]} | {d.text[s.start : s.start + 160]!r}")
    print(f"targets: {targets}")
    print(f"targets, with the gold act: {given}")
    print(f"addressees: {addressees}")


def condition_spans(data: Path, *, show: bool = False) -> None:
    tally = Tally()
    n = 0
    for d, s, r in statements(data, "conditions.jsonl"):
        n += 1
        got = [(x.start, x.end) for x in conditions.conditions(d, s)]
        want = [tuple(x) for x in r["condition"]]
        tally.add(got, want)
        if show and set(got) != set(want):
            print("  want", [d.text[a:b] for a, b in want], "got", [d.text[a:b] for a, b in got])
    print(f"conditions: {n} statements; {tally}")


def speed(data: Path) -> None:
    rows = [(d, s) for d, s, _ in statements(data, "parties.jsonl")]
    act(rows[0][0], [rows[0][1]])
    began = time.perf_counter()
    for _ in range(5):
        for d, s in rows:
            act(d, [s])
    print(f"speed: {(time.perf_counter() - began) / 5 / len(rows) * 1000:.2f} ms a statement, one core")


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--only", choices=("acts", "agreement", "parties", "conditions", "speed"))
    p.add_argument("--show", action="store_true", help="print the misses of parties and conditions")
    a = p.parse_args()
    for name, run in (
        ("acts", lambda: acts(a.data)),
        ("agreement", lambda: agreement(a.data)),
        ("parties", lambda: party_spans(a.data, show=a.show)),
        ("conditions", lambda: condition_spans(a.data, show=a.show)),
        ("speed", lambda: speed(a.data)),
    ):
        if a.only in (None, name):
            run()


if __name__ == "__main__":
    main()
