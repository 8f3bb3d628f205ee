"""How well a reader does on annotated articles: the scorer's figures, by kind and length, and what its confidence is worth."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from onrecord.assemble import kind_in
from onrecord.document import Document
from onrecord.errors import SourceError
from onrecord.reader import Reader
from onrecord.score import Figures, Plain, matches, score
from onrecord.statement import Statement

__all__ = ["Evaluation", "calibration_error", "evaluate", "load_gold", "plain"]

KINDS = ("direct", "indirect", "mixed")
#: Words of content: short, a clause, a sentence, more.
LENGTHS = ((1, 8), (9, 20), (21, 45), (46, 10**9))


def plain(s: Statement) -> dict[str, list[list[int]]]:
    """A statement's spans as lists of [start, end]."""
    return {r: [[x.start, x.end] for x in getattr(s, r)] for r in ("source", "cue", "content")}


@dataclass(frozen=True, slots=True)
class Recall:
    """Of ``gold`` annotated statements of one class, how many were found (``linked``) and how many found whole."""

    gold: int
    linked: float
    whole: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures over all documents; recall by kind and by length of content in words; expected calibration error.

    ``calibration``: ten bins of (lowest confidence, statements, mean confidence, share linked).
    """

    figures: Figures
    by_kind: dict[str, Recall]
    by_length: dict[str, Recall]
    calibration_error: float
    calibration: tuple[tuple[float, int, float, float], ...]

    def summary(self) -> dict[str, float]:
        """Headline figures, rounded to two places."""
        return {k: round(v, 2) for k, v in self.figures.flat().items()} | {"calibration_error": round(self.calibration_error, 4)}

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def load_gold(path: Path) -> list[dict[str, Any]]:
    """Read annotated articles: JSON Lines, gzipped or not, of {"id", "text", "readings": [{"attributions": [...]}]}.

    Articles without a reading are left out. Raises SourceError, with the line, for anything else.
    """
    out = []
    try:
        opened = gzip.open(path, "rt", encoding="utf8") if path.suffix == ".gz" else open(path, encoding="utf8")
        with opened as f:
            for n, line in enumerate(f, 1):
                try:
                    d = json.loads(line)
                    size = len(d["text"])
                    for a in d["readings"][0]["attributions"] if d["readings"] else []:
                        for role in ("source", "cue", "content"):
                            for s, e in a[role]:
                                if not 0 <= s < e <= size:
                                    raise ValueError(f"{role} {s}-{e} lies outside the text")
                    d["id"]
                except (ValueError, KeyError, TypeError, IndexError) as e:
                    raise SourceError(
                        str(path), f"line {n} is not an annotated article: {e}", "see docs/evaluation.md for the format"
                    ) from e
                if d["readings"]:
                    out.append(d)
    except (OSError, EOFError, UnicodeDecodeError) as e:
        why = e.strerror.lower() if isinstance(e, OSError) and e.strerror else "it is not UTF-8" if isinstance(e, ValueError) else str(e)
        raise SourceError(str(path), f"cannot be read: {why}") from e
    if not out:
        raise SourceError(str(path), "holds no annotated article", "see docs/evaluation.md for the format")
    return out


def evaluate(gold: Sequence[dict[str, Any]], reader: Reader) -> Evaluation:
    """Read the annotated texts and score what is found. Nested statements are left out, as nobody annotated them."""
    found = [
        [s for s in statements if s.nested_in is None]
        for _, statements in reader.read_many(Document(d["text"], path=str(d["id"])) for d in gold)
    ]
    return compare(gold, found)


def compare(gold: Sequence[dict[str, Any]], found: Sequence[Sequence[Statement]]) -> Evaluation:
    """Score statements already read against annotated articles, in the same order."""
    triples = [(d["text"], d["readings"][0]["attributions"], [plain(s) for s in ss]) for d, ss in zip(gold, found, strict=True)]
    by_kind = {k: [0, 0, 0] for k in KINDS}
    by_length = {(f"{lo}-{hi}" if hi < 10**6 else f"{lo}+"): [0, 0, 0] for lo, hi in LENGTHS}
    sure: list[float] = []
    right: list[bool] = []
    for (text, annotated, mine), statements in zip(triples, found, strict=True):
        pairs = matches(text, annotated, mine)
        linked = {i: j for i, j, ok in pairs if ok}
        hit = {j for _, j, ok in pairs if ok}
        sure += [s.confidence for s in statements]
        right += [j in hit for j in range(len(statements))]
        for i, a in enumerate(annotated):
            spans = [(s, e) for s, e in a["content"]]
            words = sum(len(text[s:e].split()) for s, e in spans)
            whole = i in linked and _same(a, mine[linked[i]])
            length = next((k for k, (lo, hi) in zip(by_length, LENGTHS, strict=True) if lo <= words <= hi), "1-8")
            for row in (by_kind[kind_in(text, spans)], by_length[length]):
                row[0] += 1
                row[1] += i in linked
                row[2] += whole
    return Evaluation(score(triples), _recall(by_kind), _recall(by_length), calibration_error(sure, right), _bins(sure, right))


def _recall(rows: dict[str, list[int]]) -> dict[str, Recall]:
    return {k: Recall(n, 100 * linked / max(1, n), 100 * whole / max(1, n)) for k, (n, linked, whole) in rows.items()}


def _same(a: Plain, b: Plain) -> bool:
    return all([list(x) for x in a[r]] == [list(x) for x in b[r]] for r in ("source", "cue", "content"))


def _bins(sure: Sequence[float], right: Sequence[bool], n: int = 10) -> tuple[tuple[float, int, float, float], ...]:
    rows: list[list[tuple[float, bool]]] = [[] for _ in range(n)]
    for p, ok in zip(sure, right, strict=True):
        rows[min(n - 1, int(p * n))].append((p, ok))
    return tuple((i / n, len(r), sum(p for p, _ in r) / len(r), sum(ok for _, ok in r) / len(r)) for i, r in enumerate(rows) if r)


def calibration_error(sure: Iterable[float], right: Iterable[bool]) -> float:
    """Expected calibration error: mean distance of confidence and share right over ten equal bins, weighted by size."""
    bins = _bins(list(sure), list(right))
    total = sum(n for _, n, _, _ in bins)
    return sum(n * abs(mean - share) for _, n, mean, share in bins) / max(1, total)
