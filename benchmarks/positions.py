"""How many changes of position are found, and how many of the pairs that are shown are ones: `python -m benchmarks.positions [--given] [--show] [--near 0.5]`.

The gold is tests/gold/positions.tsv: what seven invented speakers said, with a topic and a stance to it. Pairs of a speaker's statements on one
topic with opposite stances on two days are changes, all other pairs are none. ``--given`` takes acts and polarity from the gold, which
measures the comparing alone; without it the model reads the sentences. ``--show`` prints every pair that is missed or wrongly shown.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from benchmarks.speed import ROOT
from onrecord import Document, Span, Speaker, Statement
from onrecord.record import Query, Record
from onrecord.record.positions import LEAST
from onrecord.statement import statement_id

GOLD = ROOT / "tests" / "gold" / "positions.tsv"


@dataclass(frozen=True)
class Said:
    part: str
    speaker: str
    day: str
    topic: str
    stance: str
    act: str
    polarity: str
    cue: str
    content: str

    @property
    def text(self) -> str:
        return f"{self.speaker} {self.cue} {self.content}."


def gold() -> list[Said]:
    """The statements of the gold, in its order."""
    lines = GOLD.read_text(encoding="utf8").splitlines()
    return [Said(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def changes(said: list[Said]) -> set[frozenset[Said]]:
    """The pairs that are changes of position."""
    return {
        frozenset((a, b))
        for a, b in combinations(said, 2)
        if (a.speaker, a.topic) == (b.speaker, b.topic) and {a.stance, b.stance} == {"+", "-"} and a.day != b.day
    }


def as_given(s: Said) -> tuple[Document, list[Statement]]:
    """A row as if read without a mistake."""
    d = Document(s.text, path=f"{s.speaker} {s.day}", published=s.day)
    a, b = len(s.speaker), len(s.speaker) + 1 + len(s.cue)
    spans = [(Span(x, y, s.text[x:y]),) for x, y in ((0, a), (a + 1, b), (b + 1, len(s.text) - 1))]
    id_ = statement_id(d.digest, *spans)
    return d, [Statement(id_, d, "indirect", *spans, 0.9, speaker=Speaker(s.speaker), act=s.act, polarity=s.polarity)]


def found(said: list[Said], *, given: bool, near: float = LEAST) -> set[frozenset[Said]]:
    """The pairs that a record of just these statements shows."""
    if given:
        made = [as_given(s) for s in said]
    else:
        from onrecord.reader import Reader

        texts = [Document(s.text, path=f"{s.speaker} {s.day}", published=s.day) for s in said]
        made = list(Reader().read_many(texts))
    by_document = {d.id: s for (d, _), s in zip(made, said, strict=True)}
    out = set()
    with tempfile.TemporaryDirectory() as folder, Record.open(Path(folder) / "r.db", "create") as record:
        for d, statements in made:
            # What is nested in the content of another is somebody else's position.
            record.add(d, [s for s in statements if s.nested_in is None])
        by_id = {s.id: by_document[s.document.id] for s in record.statements()}
        for speaker in dict.fromkeys(s.speaker for s in said):
            for c in record.positions(Query(speaker=(speaker,)), least=near).changes:
                out.add(frozenset((by_id[c.earlier], by_id[c.later])))
    return out


def score(right: set[frozenset[Said]], shown: set[frozenset[Said]]) -> tuple[float, float]:
    """Precision and recall."""
    both = len(right & shown)
    return both / max(1, len(shown)), both / max(1, len(right))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--given", action="store_true", help="take acts and polarity from the gold")
    parser.add_argument("--show", action="store_true", help="print what is missed and what is wrongly shown")
    parser.add_argument("--near", type=float, default=LEAST)
    options = parser.parse_args()
    said = gold()
    shown = found(said, given=options.given, near=options.near)
    parts: dict[str, list[Said]] = defaultdict(list)
    for s in said:
        parts[s.part].append(s)
    for part, rows in parts.items():
        right = changes(rows)
        mine = {p for p in shown if next(iter(p)).part == part}
        precision, recall = score(right, mine)
        pairs = sum(len(list(combinations([s for s in rows if s.speaker == w], 2))) for w in {s.speaker for s in rows})
        print(
            f"{part}: {len(rows)} statements, {pairs} pairs, {len(right)} changes; shown {len(mine)}: precision {precision:.2f}, recall {recall:.2f}"
        )
        if options.show:
            for word, some in (("missed", right - mine), ("wrong ", mine - right)):
                for pair in sorted(some, key=lambda p: sorted((s.speaker, s.day) for s in p)):
                    a, b = sorted(pair, key=lambda s: s.day)
                    print(f"  {word} {a.topic}/{b.topic}: {a.text} [{a.act}]  |  {b.text} [{b.act}]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
