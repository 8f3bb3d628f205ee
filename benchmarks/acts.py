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
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.acts import ACTS, act, act_of, conditions, parties
from onrecord.document import Document
from onrecord.statement import Span, Statement, statement_id
from onrecord.tagger import Tagger
from onrecord.tagger.decode import act_scores
from onrecord.tagger.pieces import Pieces, cut
from onrecord.tagger.windows import Window, windows
from training.acts.labels import FILE, Labelled, load

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
    """The table alone, and the table with the shared encoder's head, on the held-out labels."""
    rows = [r for r in load(data) if r.held]
    gold = [r.act for r in rows]
    _report("acts, held out, the table alone", rows, gold, [act_of(r.source, r.cue, r.content, quoted=r.quoted) for r in rows])
    found = list(statements(data, "acts.jsonl", held=True))
    heads = head_scores(Tagger(), [(d, s) for d, s, _ in found])
    if heads is None or not any(any(h) for h in heads):
        print("  these weights have no act head: no figure with it")
        return
    guess = [act(d, [s], resolve=lambda a, b: None, head={s.id: h})[0].act or "" for (d, s, _), h in zip(found, heads, strict=True)]
    _report("acts, held out, table and head", rows, gold, guess)
    _report("acts, held out, the head alone", rows, gold, [ACTS[int(np.argmax(h))] if h else "" for h in heads])


def _report(name: str, rows: list[Labelled], gold: list[str], guess: list[str]) -> None:
    print(f"{name}:", json.dumps(macro(gold, guess)))
    parts: dict[str, Callable[[Labelled], bool]] = {
        "random draw": lambda r: r.draw == "random",
        "PolNeAR": lambda r: r.corpus == "polnear",
        "White House": lambda r: r.corpus == "whitehouse",
        "all passes agree": lambda r: len(set(r.passes)) == 1,
    }
    for part, keep in parts.items():
        those = [(g, p) for r, g, p in zip(rows, gold, guess, strict=True) if keep(r)]
        print(f"  {part}: {len(those)} statements, accuracy {sum(a == b for a, b in those) / len(those):.3f}")


def _inside(pieces: Pieces, spans: Sequence[Span], w: Window) -> list[int]:
    """The pieces of a window that lie in one of the spans."""
    return [i for i in range(w.lo, w.hi) if any(x.start < pieces.end[i] and pieces.start[i] < x.end for x in spans)]


def head_scores(tagger: Tagger, rows: Sequence[tuple[Document, Statement]]) -> list[tuple[float, ...]] | None:
    """The act head's scores of statements whose spans are given, in the windows that the tagger would read; null where there is no head.

    A statement of which no window holds cue and content gets none.
    """
    cut_up: dict[str, tuple[Pieces, list[Window]]] = {}
    out: list[tuple[float, ...]] = []
    for d, s in rows:
        if d.text not in cut_up:
            pieces = cut(d.text, tagger.tokenizer)
            cut_up = {d.text: (pieces, windows(d.text, pieces))}  # rows of one document follow each other
        pieces, found = cut_up[d.text]
        best = max(found, key=lambda w: (bool(_inside(pieces, s.cue, w)), len(_inside(pieces, s.content, w))), default=None)
        at, said = (_inside(pieces, s.cue, best), _inside(pieces, s.content, best)) if best else ([], [])
        if best is None or not at or not said:
            out.append(())
            continue
        got = tagger.run([(pieces.ids[best.lo : best.hi], pieces.feature[best.lo : best.hi])], outputs=("hidden",))[0]
        place = lambda where, lo=best.lo: [i - lo + 1 for i in where]
        out.append(act_scores(got.hidden, place(at), place(said), tagger.heads))
    return out


def agreement(data: Path) -> None:
    """How far the passes of labelling agree with each other, and each with what the others say."""
    rows = load(data)
    held = [r for r in rows if r.held]
    by_pass = [list(p) for p in zip(*(r.passes for r in held), strict=True)]
    print(f"passes of labelling, two by two: {len(held)} held-out statements")
    for i, j in combinations(range(len(by_pass)), 2):
        same = sum(a == b for a, b in zip(by_pass[i], by_pass[j], strict=True)) / len(held)
        print(f"  {i + 1} and {j + 1}: raw {same:.3f}, kappa {kappa(by_pass[i], by_pass[j]):.3f}")
    for i, mine in enumerate(by_pass):
        # A statement on which the others are split in half has no label of theirs and is left out.
        rest = [_most([p for j, p in enumerate(r.passes) if j != i]) for r in held]
        pairs = [(g, p) for g, p in zip(rest, mine, strict=True) if g]
        print(
            f"  {i + 1} scored as a model is, on what most of the others say: {json.dumps(macro([g for g, _ in pairs], [p for _, p in pairs]))}"
        )
    twice = [r for r in rows if r.again]
    one, again = [r.passes[0] for r in twice], [r.again or "" for r in twice]
    same = sum(a == b for a, b in zip(one, again, strict=True)) / len(twice)
    print(f"the first pass twice: {len(twice)} statements, raw {same:.3f}, kappa {kappa(one, again):.3f}")


def _most(labels: list[str]) -> str:
    """The label that most have; empty where two are even."""
    (top, n), *rest = Counter(labels).most_common()
    return "" if rest and rest[0][1] == n else top


def _texts(data: Path) -> dict[tuple[str, str], str]:
    out = {}
    for corpus, file in (("polnear", "polnear/train.jsonl.gz"), ("whitehouse", "whitehouse/statements.jsonl.gz")):
        with gzip.open(data / file, "rt", encoding="utf8") as f:
            for d in map(json.loads, f):
                out[corpus, d["id"]] = d["text"]
    return out


def statements(data: Path, file: str, *, held: bool = False) -> Iterable[tuple[Document, Statement, dict[str, Any]]]:
    """The gold file's rows as statements without act or speaker; with ``held``, those of the held-out split alone."""
    texts = _texts(data)
    for line in FILE.with_name(file).open(encoding="utf8"):
        r = json.loads(line)
        if held and r["split"] != "held":
            continue
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


def speed(data: Path, *, words: int) -> None:
    """What dates and acts add to the time of reading, by processor time, in one process and one thread, over the same texts."""
    from benchmarks.speed import texts
    from onrecord.enrich import enrich
    from onrecord.reader import Reader

    spent = {"dates": 0.0, "acts": 0.0}
    count = 0

    def timed(name: str, run: Callable[..., list[Statement]]) -> Callable[..., list[Statement]]:
        def inner(*args: Any, **options: Any) -> list[Statement]:
            began = time.process_time()
            out = run(*args, **options)
            spent[name] += time.process_time() - began
            return out

        return inner

    import onrecord.acts
    import onrecord.dates

    documents = [Document(t, published="2022-03-01") for t in texts(data, words)]
    plain = onrecord.dates.date_statements, onrecord.acts.act
    onrecord.dates.date_statements, onrecord.acts.act = timed("dates", plain[0]), timed("acts", plain[1])
    try:
        reader = Reader(threads=1, stage=enrich)
        reader.read(documents[0])  # tables loaded, caches warm
        spent.update(dates=0.0, acts=0.0)
        began = time.process_time()
        for _, found in reader.read_many(documents):
            count += len(found)
        whole = time.process_time() - began
    finally:
        onrecord.dates.date_statements, onrecord.acts.act = plain
    added = sum(spent.values())
    print(
        f"speed: {count} statements in {whole:.2f} s; dates {spent['dates']:.3f} s, acts {spent['acts']:.3f} s; they add {added / (whole - added):.1%}"
    )


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    p.add_argument("--data", type=Path, default=Path("../shared/data"))
    p.add_argument("--only", choices=("acts", "agreement", "parties", "conditions", "speed"))
    p.add_argument("--words", type=int, default=15_000, help="size of the texts that the speed is taken on")
    p.add_argument("--show", action="store_true", help="print the misses of parties and conditions")
    a = p.parse_args()
    if not (a.data / "polnear/train.jsonl.gz").exists():
        print(f"{a.data}: PolNeAR is not there; nothing measured")
        return
    for name, run in (
        ("acts", lambda: acts(a.data)),
        ("agreement", lambda: agreement(a.data)),
        ("parties", lambda: party_spans(a.data, show=a.show)),
        ("conditions", lambda: condition_spans(a.data, show=a.show)),
        ("speed", lambda: speed(a.data, words=a.words)),
    ):
        if a.only in (None, name):
            run()


if __name__ == "__main__":
    main()
