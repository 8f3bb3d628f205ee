"""Who is speaking: accuracy, coreference of sources and speed, each with the command that repeats it.

    python -m benchmarks.speakers gold --part dev      # the hand-made list under tests/gold
    python -m benchmarks.speakers gum                  # sources of GUM dev
    python -m benchmarks.speakers share                # what resolution adds to the time of reading
    python -m benchmarks.speakers speed

Entity F1 is in ``benchmarks.entities``, the registry's coverage in ``benchmarks.registry``.

Needs the data folder beside the checkout.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from typing import Any

import click

from benchmarks.speaker_data import DATA, ROOT, gold_statements, read_gum, read_jsonl, silver_spans
from onrecord.actors.lexicon import PLURAL_PERSON, PRONOUNS
from onrecord.actors.names import compatible, parse_name
from onrecord.actors.registry import Registry, fold
from onrecord.actors.resolve import read_actors, resolve
from onrecord.actors.tagged import tag_names
from onrecord.document import Document
from onrecord.statement import Speaker, Statement

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
    _print(f"{part}, names: {names}", gold_counts(part, names, errors=errors))


def gold_counts(part: str, names: str, *, errors: bool = False) -> Counter[tuple[str, str]]:
    """(group of sources, verdict) -> how many."""
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
    return counts


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


@main.command()
@click.option("--part", type=click.Choice(["dev", "train"]), default="dev")
@click.option("--names", type=click.Choice(["none", "model"]), default="model", help="Where the name spans come from.")
@click.option("--errors", is_flag=True)
def gum(part: str, names: str, errors: bool) -> None:
    """Sources of GUM's attribution relations: is the actor chosen the one of the gold's coreference chain?

    Only sources are counted that are not names themselves and whose chain has a name. Right: most of the chosen
    entity's names lie in the chain. A chain without a name should be left without one: counted apart.
    """
    registry = Registry.load()
    docs = [read_gum(p) for p in sorted((DATA / "gum" / part).glob("*.conllu.gz"))]
    docs = [g for g in docs if g.sources]
    counts: Counter[tuple[str, str]] = Counter()
    for g, tagged in zip(docs, name_spans([{"text": g.document.text, "id": g.name} for g in docs], names, part), strict=True):
        r = read_actors(g.document, g.statements, registry=registry, tagged=tagged)
        d = r.scene.d
        for (start, end, entity), value in zip(g.sources, r.sweep.values, strict=True):
            words = g.document.text[start:end]
            chain = [(s, e) for s, e, _, x in g.mentions if x == entity]
            named = any(any(w[:1].isupper() for w in g.document.text[s:e].split()[1:]) for s, e in chain if e - s < 60)
            kind = "pronoun" if _pronoun(words) else "other"
            chosen = [r.scene.entities[n] for n in value.entities] if value else []
            places = [(d.starts[lo], d.ends[hi - 1]) for e in chosen for lo, hi in e.places]
            hits = sum(any(s <= a and b <= e for s, e in chain) for a, b in places)
            if not named:
                verdict = "right" if not places else "wrong"
                kind = "nobody named"
            else:
                verdict = "unsure" if not places else "right" if 2 * hits >= len(places) else "wrong"
            for group in ("all", kind):
                counts[group, verdict] += 1
            if errors and verdict == "wrong":
                click.echo(f"{kind:12} {words!r} -> {[e.name for e in chosen]}; {g.name} {start}")
    _print(f"GUM {part}, names: {names}, {len(docs)} documents", counts)


def _pronoun(words: str) -> bool:
    return words.lower() in PRONOUNS


def _print(title: str, counts: Counter[tuple[str, str]]) -> None:
    click.echo(title)
    for group in dict.fromkeys(g for g, _ in sorted(counts)):
        n = sum(counts[group, v] for v in ("right", "wrong", "unsure"))
        shares = "  ".join(f"{v} {100 * counts[group, v] / n:5.1f}%" for v in ("right", "wrong", "unsure"))
        click.echo(f"  {group:18} n={n:4}  {shares}")


@main.command()
@click.option("--documents", default=12, show_default=True)
@click.option("--rounds", default=3, show_default=True)
def share(documents: int, rounds: int) -> None:
    """What the resolution of speakers, addressees and targets adds to the time of reading: processor time, one process, best of rounds."""
    from onrecord.enrich import enrich
    from onrecord.reader import Reader

    docs = [gold_statements(a)[0] for _, a in zip(range(documents), read_jsonl(DATA / "polnear" / "dev.jsonl.gz"), strict=False)]
    kept: list[tuple[Any, ...]] = []

    def keep(document: Document, statements: Any, *rest: Any) -> list[Statement]:
        kept.append((document, list(statements), *rest))
        return list(statements)

    reader = Reader(stage=keep, threads=1)
    list(reader.read_many(docs[:2]))
    found, resolved, whole = 1e9, 1e9, 1e9
    for _ in range(rounds):
        kept.clear()
        began = time.process_time()
        list(reader.read_many(docs))
        found = min(found, time.process_time() - began)
        began = time.process_time()
        for document, statements, mentions, *_ in kept:
            r = read_actors(document, statements, tagged=mentions)
            resolve(document, statements, resolution=r)
        resolved = min(resolved, time.process_time() - began)
        began = time.process_time()
        for one in kept:
            enrich(*one)
        whole = min(whole, time.process_time() - began)
    words = sum(len(d.text.split()) for d in docs)
    click.echo(
        f"{len(docs)} articles, {words} words: finding statements {found:.2f} s, speakers {resolved:.2f} s, all of enrich {whole:.2f} s"
    )
    click.echo(
        f"speakers add {100 * resolved / found:.1f}% to finding statements, {100 * resolved / (found + whole):.1f}% of the whole of read"
    )


if __name__ == "__main__":
    main()
