"""How much of who speaks in the news the registry knows: the most frequent heads of sources that resolve.

    python -m benchmarks.registry                # PolNeAR's annotated sources, and those found in 150 White House texts
    python -m benchmarks.registry --missing

A head is what a source points at: a name (as it stands, without titles), or the noun of a description ("officials").
Pronouns are left out. A name resolves when the registry answers it with one best actor on the day of its text; a noun,
when the registry knows it as a role, an office or a body. Needs the data folder beside the checkout.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator

import click

from benchmarks.speaker_data import DATA, gold_statements, read_jsonl
from onrecord.actors.heads import read_head
from onrecord.actors.lexicon import BODY_NOUNS, FUNCTION_WORDS, PERSON_NOUNS, PLURAL_PERSON
from onrecord.actors.registry import Registry
from onrecord.actors.resolve import read_scene
from onrecord.document import Document
from onrecord.statement import Statement

#: Words that count others and are no heads of their own.
_NO_HEADS = FUNCTION_WORDS | {"percent", "number", "majority", "dozens", "hundreds", "thousands", "said", "will", "everyone"}
#: Head, whether it is a name, day of the text.
Key = tuple[str, bool, str | None]


def heads(texts: Iterable[tuple[Document, list[Statement]]], registry: Registry) -> Iterator[Key]:
    """The heads of the sources of every statement."""
    for document, statements in texts:
        scene = read_scene(document, registry=registry, tagged=None)
        d = scene.d
        for s in statements:
            if not s.source:
                continue
            lo, hi = d.span(s.source[0].start, s.source[0].end)
            if lo >= hi:
                continue
            head = read_head(scene, lo, hi)
            if head.kind in {"name", "joint"}:
                for k in head.names:
                    f = scene.found[k]
                    yield document.text[d.starts[f.lo] : d.ends[f.hi - 1]], True, document.published
            elif (
                head.kind in {"role", "anonymous"} and head.word >= 0 and d.words[head.word].isalpha() and d.low[head.word] not in _NO_HEADS
            ):
                yield d.low[head.word], False, None


def known(registry: Registry, head: str, name: bool, on: str | None) -> bool:
    """Whether the registry answers that head."""
    if name:
        return bool(registry.find(head, on=on) or registry.person(head, on=on))
    return (
        head in PERSON_NOUNS
        or head in PLURAL_PERSON
        or head in BODY_NOUNS
        or registry.noun(head) is not None
        or bool(registry.offices(head))
    )


def polnear() -> Iterator[tuple[Document, list[Statement]]]:
    for part in ("train", "dev"):
        for article in read_jsonl(DATA / "polnear" / f"{part}.jsonl.gz"):
            yield gold_statements(article)


def whitehouse(count: int) -> Iterator[tuple[Document, list[Statement]]]:
    from onrecord.reader import Reader

    every = 5945 // count
    rows = itertools.islice(read_jsonl(DATA / "whitehouse" / "statements.jsonl.gz"), 0, None, every)
    yield from Reader(stage=None).read_many(Document(r["text"], published=r["date"]) for r in rows)


@click.command()
@click.option("--top", default=1000, show_default=True, help="How many heads.")
@click.option("--texts", default=150, show_default=True, help="White House texts to read, spread over all of them.")
@click.option("--missing", is_flag=True, help="List the heads that do not resolve.")
def main(top: int, texts: int, missing: bool) -> None:
    """Coverage of the most frequent source heads."""
    registry = Registry.load()
    for title, source in (("PolNeAR", polnear()), (f"White House, {texts} texts", whitehouse(texts))):
        counts: Counter[tuple[str, bool]] = Counter()
        day: dict[tuple[str, bool], str | None] = {}
        for head, name, on in heads(source, registry):
            counts[head, name] += 1
            day.setdefault((head, name), on)
        common = counts.most_common(top)
        for label, want in (("all", None), ("names", True), ("nouns", False)):
            rows = [(h, n, c) for (h, n), c in common if want is None or n is want]
            hit = [(h, n, c) for h, n, c in rows if known(registry, h, n, day[h, n])]
            share, weight = 100 * len(hit) / max(1, len(rows)), 100 * sum(c for *_, c in hit) / max(1, sum(c for *_, c in rows))
            click.echo(f"{title}: {label:5} {len(rows):5} heads, {share:5.1f}% resolve; {weight:5.1f}% of their occurrences")
        if missing:
            click.echo("  " + "; ".join(f"{h} {c}" for (h, n), c in common if not known(registry, h, n, day[h, n])))


if __name__ == "__main__":
    main()
