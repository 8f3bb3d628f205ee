"""Who is speaking: accuracy, coreference, entity F1, coverage and speed, each with the command that repeats it.

    python -m benchmarks.speakers gold --part dev      # the hand-made list under tests/gold
    python -m benchmarks.speakers gum                  # sources of GUM dev
    python -m benchmarks.speakers entities             # CrossNER politics, UNER dev
    python -m benchmarks.speakers coverage             # the 1,000 most frequent source heads
    python -m benchmarks.speakers speed

Needs the data folder beside the checkout.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from typing import Any

import click

from benchmarks.speaker_data import DATA, ROOT, gold_statements, read_jsonl, silver_spans
from onrecord.actors.lexicon import PLURAL_PERSON
from onrecord.actors.names import compatible, parse_name
from onrecord.actors.registry import Registry, fold
from onrecord.actors.resolve import read_actors, resolve
from onrecord.actors.tagged import tag_names
from onrecord.statement import Speaker

# -- the gold list -------------------------------------------------------------------------------------------------------


def _same_name(a: str, b: str) -> bool:
    x, y = fold(a), fold(b)
    if x == y:
        return True
    p, q = parse_name(a), parse_name(b)
    return p is not None and q is not None and bool(p.given and q.given) and p.family == q.family and compatible(p, q)


def judge(speaker: Speaker | None, gold: dict[str, Any], words: str) -> str:
    """``right``, ``wrong`` or ``unsure``. Right: a name that the gold list gives, all of a joint source's names, or, where the
    gold says that nobody is named, null or the words as they stand. Unsure: null, or a name that says no more than the text does."""
    name = speaker.name if speaker else None
    if name is None:
        return "right" if gold["unnamed"] else "unsure"
    for names in gold["names"]:
        parts = re.split(r", | and ", name) if len(names) > 1 else [name]
        if len(parts) == len(names) and all(any(_same_name(p, n) for p in parts) for n in names):
            return "right"
    if gold["unnamed"]:
        if fold(name) == fold(words) or (speaker is not None and speaker.id is None and fold(name).split()[-1] in PLURAL_PERSON):
            return "right"
        kept = speaker is not None and speaker.via in {"anonymous", "pronoun"} and speaker.id is None
        return "right" if kept and (speaker.via == "anonymous" or name[:1].islower()) else "wrong"
    if speaker is not None and speaker.via in {"anonymous", "none"}:
        return "unsure"
    last = {fold(n).split()[-1] for names in gold["names"] for n in names}
    return "unsure" if " " not in name and fold(name) in last else "wrong"


Spans = list[tuple[int, int, str]]


def name_spans(articles: list[dict[str, Any]], how: str, part: str) -> list[Spans | None]:
    """Name spans of PolNeAR articles: of the tagger, of CoreNLP (silver), or none at all."""
    if how == "silver":
        silver = {d["name"]: d for d in read_jsonl(DATA / "polnear" / f"corenlp_{part}.jsonl.gz")}
        return [silver_spans(silver[a["id"]]) if a["id"] in silver else None for a in articles]
    if how == "model":
        return [list(x) for x in tag_names(a["text"] for a in articles)]
    return [None for _ in articles]


@click.group()
def main() -> None:
    """Measure the resolution of speakers."""


@main.command()
@click.option("--part", type=click.Choice(["dev", "train"]), default="dev")
@click.option("--names", type=click.Choice(["none", "silver", "model"]), default="model", help="Where the name spans come from.")
@click.option("--errors", is_flag=True, help="List what is not right (ids and offsets, with the words of the source).")
def gold(part: str, names: str, errors: bool) -> None:
    """Speaker accuracy over the hand-made list."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for line in (ROOT / "tests" / "gold" / f"speakers_{part}.jsonl").read_text(encoding="utf8").splitlines():
        row = json.loads(line)
        rows.setdefault(row["id"], []).append(row)
    registry = Registry.load()
    counts: Counter[tuple[str, str]] = Counter()
    articles = [a for a in read_jsonl(DATA / "polnear" / f"{part}.jsonl.gz") if a["id"] in rows]
    for article, tagged in zip(articles, name_spans(articles, names, part), strict=True):
        document, statements = gold_statements(article)
        found = {
            (s.source[0].start, s.source[0].end): s.speaker
            for s in reversed(resolve(document, statements, registry=registry, tagged=tagged))
            if s.source
        }
        for row in rows[article["id"]]:
            speaker = found.get((row["start"], row["end"]))
            verdict = judge(speaker, row, document.text[row["start"] : row["end"]])
            named = "named" if not row["unnamed"] else "unnamed"
            for group in ("all", row["kind"], f"{row['kind']} {named}", named):
                counts[group, verdict] += 1
            if errors and verdict != "right":
                want = " | ".join(" + ".join(n) for n in row["names"]) or "(nobody named)"
                got = f"{speaker.name} [{speaker.via} {speaker.confidence}]" if speaker else None
                words = document.text[row["start"] : row["end"]]
                click.echo(f"{verdict:6} {row['kind']:7} {words!r} -> {got}; wanted {want}; {row['id']} {row['start']}")
    click.echo(f"{part}, names: {names}")
    for group in dict.fromkeys(g for g, _ in sorted(counts)):
        n = sum(counts[group, v] for v in ("right", "wrong", "unsure"))
        shares = "  ".join(f"{v} {100 * counts[group, v] / n:5.1f}%" for v in ("right", "wrong", "unsure"))
        click.echo(f"  {group:18} n={n:4}  {shares}")


@main.command()
@click.option("--names", type=click.Choice(["none", "silver", "model"]), default="model")
def speed(names: str) -> None:
    """Words a second of finding mentions and resolving the speakers of PolNeAR dev's annotated statements, one core."""
    registry = Registry.load()
    articles = list(read_jsonl(DATA / "polnear" / "dev.jsonl.gz"))
    work = [(*gold_statements(a), tagged) for a, tagged in zip(articles, name_spans(articles, names, "dev"), strict=True)]
    words = sum(len(d.text.split()) for d, _, _ in work)
    best = 1e9
    for _ in range(3):
        began = time.process_time()
        for document, statements, tagged in work:
            read_actors(document, statements, registry=registry, tagged=tagged)
        best = min(best, time.process_time() - began)
    click.echo(f"{words} words in {best:.2f} s: {words / best:,.0f} words/s, {1e6 * best / words:.1f} µs a word")


if __name__ == "__main__":
    main()
