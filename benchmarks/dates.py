"""How well time expressions are found and resolved: TempEval-3's scores on TimeBank and AQUAINT, and speed.

    python benchmarks/dates.py --data ../shared/data/dates

The scorer's definition (UzZaman et al., SemEval-2013 Task 1): only what stands inside ``<TEXT>``; *strict* detection
needs both offsets right, *relaxed* one shared character; *value F1* is relaxed F1 times the share of relaxed matches
whose ``value`` is the same string. Each expression is matched at most once. The creation time's value is passed as the
publication date, and the ends of ranges are asked for one by one, as TimeML marks them (the last line shows what the
default, which joins them, does). ``held`` are 40 documents picked by hash; they were not read, nor their errors, while rules were written.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onrecord.dates import TimeExpression, find_dates

_TAG = re.compile(r"<(/?)(TIMEX3|\w+)\b([^>]*)>")


@dataclass(frozen=True)
class Gold:
    """One annotated expression: half-open offsets in the document's plain text, and its TIMEX3 value and type."""

    start: int
    end: int
    text: str
    value: str
    type: str


@dataclass(frozen=True)
class Marked:
    """A TimeML document: plain text inside ``<TEXT>``, its creation day, its TIMEX3s."""

    name: str
    text: str
    created: str
    gold: tuple[Gold, ...]


def read_timeml(path: Path) -> Marked:
    """Read one ``.tml`` or ``.tml.gz`` file."""
    raw = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
    created = re.search(r'<DCT>.*?value="([^"]+)"', raw, re.DOTALL)
    body = re.search(r"<TEXT>(.*?)</TEXT>", raw, re.DOTALL)
    assert created, path
    assert body, path
    text, gold, at = "", [], 0
    open_: tuple[int, str] | None = None
    for m in _TAG.finditer(body[1]):
        text += html.unescape(body[1][at : m.start()])
        at = m.end()
        if m[2] == "TIMEX3":
            if not m[1]:
                open_ = (len(text), m[3])
            elif open_:
                start, attributes = open_
                a = dict(re.findall(r'(\w+)="([^"]*)"', attributes))
                gold.append(Gold(start, len(text), text[start:], a.get("value", ""), a.get("type", "")))
                open_ = None
    text += html.unescape(body[1][at:])
    return Marked(path.name.removesuffix(".gz").removesuffix(".tml"), text, created[1][:10], tuple(gold))


def split(folder: Path) -> tuple[list[Path], list[Path]]:
    """(dev, held): the 40 documents whose names' SHA-256 comes first are held."""
    files = sorted(folder.glob("*/*.tml.gz"))
    by_hash = sorted(files, key=lambda f: hashlib.sha256(f.name.encode()).hexdigest())
    held = set(by_hash[:40])
    return [f for f in files if f not in held], [f for f in files if f in held]


def match(gold: Sequence[Gold], found: Sequence[TimeExpression]) -> list[tuple[Gold | None, TimeExpression | None]]:
    """Pair what shares a character, in order, one to one; what has no partner is paired with None."""
    out: list[tuple[Gold | None, TimeExpression | None]] = []
    i = j = 0
    while i < len(gold) or j < len(found):
        if i == len(gold):
            out.append((None, found[j]))
            j += 1
        elif j == len(found) or gold[i].end <= found[j].start:
            out.append((gold[i], None))
            i += 1
        elif found[j].end <= gold[i].start:
            out.append((None, found[j]))
            j += 1
        else:
            out.append((gold[i], found[j]))
            i, j = i + 1, j + 1
    return out


def score(
    documents: Sequence[Marked], *, join_ranges: bool = False
) -> tuple[dict[str, float], list[tuple[Marked, Gold | None, TimeExpression | None]]]:
    """Micro-averaged scores over documents, and every pair."""
    pairs = []
    n_gold = n_found = strict = relaxed = value = kind = 0
    for d in documents:
        found = find_dates(d.text, published=d.created, join_ranges=join_ranges)
        n_gold, n_found = n_gold + len(d.gold), n_found + len(found)
        for g, f in match(d.gold, found):
            pairs.append((d, g, f))
            if g and f:
                relaxed += 1
                strict += (g.start, g.end) == (f.start, f.end)
                value += g.value == f.value
                kind += g.type == f.type
    f1 = lambda n: 2 * n / (n_gold + n_found) if n_gold + n_found else 0.0
    return {
        "documents": len(documents), "gold": n_gold, "found": n_found,
        "precision": relaxed / max(1, n_found), "recall": relaxed / max(1, n_gold),
        "strict_f1": f1(strict), "relaxed_f1": f1(relaxed), "value_f1": f1(value), "type_f1": f1(kind),
    }, pairs  # fmt: skip


def speed(documents: Sequence[Marked], *, megabytes: float = 2.0) -> float:
    """Megabytes of text a second of one core's time, over the documents' text repeated to that size."""
    text = "\n\n".join(d.text for d in documents)
    text = (text * (int(megabytes * 1e6 / len(text)) + 1))[: int(megabytes * 1e6)]
    find_dates(text[:20_000], published="1998-03-01")  # tables loaded, caches warm
    start = time.process_time()
    find_dates(text, published="1998-03-01")
    return len(text.encode()) / 1e6 / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/dates"))
    parser.add_argument("--errors", action="store_true", help="list dev's errors, commonest first (held's are never listed)")
    parser.add_argument("--speed", action="store_true", help="measure speed too")
    args = parser.parse_args()
    if not args.data.is_dir():
        print(f"{args.data}: TimeBank and AQUAINT are not there; nothing measured")
        return
    dev, held = ([read_timeml(f) for f in files] for files in split(args.data))
    for name, documents in (("dev", dev), ("held", held), ("all", dev + held)):
        figures, pairs = score(documents)
        print(json.dumps({"set": name, **{k: round(v, 4) if isinstance(v, float) else v for k, v in figures.items()}}))
        if args.errors and name == "dev":
            _print_errors(pairs)
    joined, _ = score(dev + held, join_ranges=True)
    print(json.dumps({"set": "all, ranges joined", **{k: round(v, 4) for k, v in joined.items()}}))
    if args.speed:
        print(json.dumps({"megabytes_per_second": round(speed(dev), 2)}))


def _print_errors(pairs: Sequence[tuple[Marked, Gold | None, TimeExpression | None]]) -> None:
    flat = lambda s: " ".join(s.split())
    classes: dict[str, Counter[str]] = {"missed": Counter(), "spurious": Counter(), "value": Counter(), "extent": Counter()}
    for d, g, f in pairs:
        if g and f:
            if g.value != f.value:
                classes["value"][f"{flat(g.text)!r} {g.value} got {f.value} for {flat(f.text)!r} @{d.created}"] += 1
            elif (g.start, g.end) != (f.start, f.end):
                classes["extent"][f"{flat(g.text)!r} got {flat(f.text)!r}"] += 1
        elif g:
            classes["missed"][f"{flat(g.text)!r} {g.value} in: {flat(d.text[max(0, g.start - 40) : g.end + 25])}"] += 1
        elif f:
            classes["spurious"][f"{flat(f.text)!r} {f.value} in: {flat(d.text[max(0, f.start - 40) : f.end + 25])}"] += 1
    for name, counts in classes.items():
        print(f"== {name}: {sum(counts.values())}")
        for line, n in counts.most_common():
            print(f"  {n}  {line}")


if __name__ == "__main__":
    main()
