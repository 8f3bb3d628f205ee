"""Names found and typed: F1 on CrossNER politics and UNER English-EWT, as `onrecord mentions` would print them.

    python -m benchmarks.entities                    # dev of both
    python -m benchmarks.entities --errors

A mention is right when its two ends and its type are the gold's. The sets know no roles, and CrossNER's elections,
events and other names are none of ours: roles are left out, and what touches such a gold name is not counted. Both sets
leave out adjectives ("the Russian envoy"); ``--adjectives`` counts ours as found too. The possessive 's and a leading
"the" belong to no name. Needs the data folder beside the checkout.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from benchmarks.speaker_data import DATA
from onrecord.actors.mentions import find_mentions
from onrecord.actors.registry import Registry
from onrecord.actors.tagged import tag_names
from onrecord.document import Document

#: Gold label -> our type. A state is a place to UNER; to CrossNER a country is a type of its own.
CROSSNER = {
    "politician": "person",
    "person": "person",
    "politicalparty": "organisation",
    "organisation": "organisation",
    "country": "state",
    "location": "place",
}
UNER = {"PER": "person", "ORG": "organisation", "LOC": "place"}
_SETS = {
    "crossner-dev": (DATA / "crossner_politics" / "dev.txt.gz", CROSSNER),
    "crossner-train": (DATA / "crossner_politics" / "train.txt.gz", CROSSNER),
    "uner-dev": (DATA / "uner_ewt" / "dev.iob2.gz", UNER),
}


@dataclass
class Sentence:
    text: str = ""
    gold: list[tuple[int, int, str]] = field(default_factory=list)  # start, end, label of the set


def sentences(path: Path) -> Iterator[Sentence]:
    """Tokens with BIO labels, one a line, as running text: no space before a closing mark or after an opening one."""
    tokens: list[tuple[str, str]] = []
    for line in [*gzip.open(path, "rt", encoding="utf8"), ""]:
        if line.startswith("#"):
            continue
        cells = line.rstrip("\n").split("\t")
        if len(cells) > 1:
            word, label = (cells[1], cells[2]) if cells[0].isdigit() and len(cells) > 2 else (cells[0], cells[-1])
            tokens.append((word, label))
            continue
        if tokens:
            yield _joined(tokens)
        tokens = []


def _joined(tokens: list[tuple[str, str]]) -> Sentence:
    out = Sentence()
    before = ""
    for word, label in tokens:
        close = re.fullmatch(r"[,.;:!?)\]%’']|['’]s|n't|['’](?:re|ve|ll|d|m)", word) or before in {"(", "[", "$"}
        if out.text and not close:
            out.text += " "
        start = len(out.text)
        out.text += word
        before = word
        if label[0] == "B" or (label[0] == "I" and (not out.gold or out.gold[-1][2] != label[2:])):
            out.gold.append((start, len(out.text), label[2:]))
        elif label[0] == "I":
            out.gold[-1] = (out.gold[-1][0], len(out.text), label[2:])
    return out


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Without a leading "the" and a final possessive or full stop."""
    start += 4 if text[start : start + 4].lower() == "the " else 0
    return start, start + len(re.sub(r"['’]s$|\.$", "", text[start:end]))


def _found(
    sentence: Sentence, tagged: list[tuple[int, int, str]] | None, registry: Registry, adjectives: bool
) -> Iterator[tuple[int, int, str]]:
    for m in find_mentions(Document(sentence.text), tagged=tagged, registry=registry):
        if m.type == "role":
            continue
        if not adjectives and m.type == "state" and m.actor and _adjective(registry, m.actor, m.text):
            continue
        yield (*_bare(sentence.text, m.start, m.end), m.type)


def _adjective(registry: Registry, actor: str, text: str) -> bool:
    return any(x.actor.id == actor and x.kind in {"adjective", "demonym"} for x in registry.find(text)[:1])


def score(name: str, *, names: str, adjectives: bool, merge: bool, errors: bool) -> dict[str, tuple[float, float, float, int]]:
    """Precision, recall, F1 and number of gold names, of each type and of all. ``merge``: states count as places."""
    path, labels = _SETS[name]
    registry = Registry.load()
    data = list(sentences(path))
    tagged = tag_names(s.text for s in data) if names == "model" else (None for _ in data)
    right: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    gold: Counter[str] = Counter()
    one = lambda t: "place" if merge and t == "state" else t
    for sentence, spans in zip(data, tagged, strict=True):
        want = {(*_bare(sentence.text, s, e), one(labels[k])) for s, e, k in sentence.gold if k in labels}
        other = [(s, e) for s, e, k in sentence.gold if k not in labels]
        got = {(s, e, one(t)) for s, e, t in _found(sentence, list(spans) if spans is not None else None, registry, adjectives)}
        got = {g for g in got if g in want or not any(s < g[1] and g[0] < e for s, e in other)}
        for _s, _e, t in want & got:
            right[t] += 1
        for _s, _e, t in got:
            ours[t] += 1
        for _s, _e, t in want:
            gold[t] += 1
        if errors and want != got:
            show = lambda xs, text=sentence.text: ", ".join(f"{text[s:e]} [{t}]" for s, e, t in sorted(xs)) or "-"
            click.echo(f"{sentence.text}\n   missed: {show(want - got)}\n   wrong:  {show(got - want)}")
    for counts in (right, ours, gold):
        counts["all"] = sum(counts.values())
    out = {}
    for t in sorted(gold, key=lambda t: (t == "all", t)):
        p, r = right[t] / max(1, ours[t]), right[t] / max(1, gold[t])
        out[t] = (100 * p, 100 * r, 200 * p * r / max(1e-9, p + r), gold[t])
    return out


@click.command()
@click.option("--sets", multiple=True, type=click.Choice(list(_SETS)), default=("crossner-dev", "uner-dev"))
@click.option("--names", type=click.Choice(["none", "model"]), default="model", help="Where the name spans come from.")
@click.option("--adjectives", is_flag=True, help="Count adjectives of states as mentions found.")
@click.option("--errors", is_flag=True, help="List the sentences that are not right.")
def main(sets: tuple[str, ...], names: str, adjectives: bool, errors: bool) -> None:
    """Entity F1 of mentions."""
    for name in sets:
        for merge in (False, True) if name.startswith("crossner") else (True,):
            click.echo(f"{name}, names: {names}" + (", states as places" if merge else ""))
            for t, (p, r, f, n) in score(name, names=names, adjectives=adjectives, merge=merge, errors=errors and merge).items():
                click.echo(f"  {t:13} n={n:5}  precision {p:5.1f}  recall {r:5.1f}  F1 {f:5.1f}")


if __name__ == "__main__":
    main()
