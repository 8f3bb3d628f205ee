"""How well statements found agree with statements annotated: the field's figures, all F1 times 100.

    exact     a span (fragment) counts when both ends agree                  (CofeNet's "exact")
    jaccard   mean over annotated spans of the best IoU with a found span    (CofeNet's "Jaccard")
    overlap   a span counts when any token is shared
    token     token-wise F1
    whole     a statement counts when source, cue and content all agree exactly
    linked    statements matched one to one by best content IoU; a match counts when the sources overlap or both are empty

Spans are snapped to tokens (a run of word characters, or one other mark), so a lone space never decides.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Figures", "RoleFigures", "score"]

ROLES = ("source", "cue", "content")
_TOKEN = re.compile(r"\w+|[^\w\s]")
Tokens = tuple[tuple[int, int], ...]
Snapped = dict[str, Tokens]
#: A statement as plain offsets: role -> list of [start, end].
Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RoleFigures:
    """Figures of one role, F1 x 100; ``gold`` and ``found`` count distinct spans."""

    exact: float
    jaccard: float
    overlap: float
    token: float
    gold: int
    found: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one evaluation."""

    source: RoleFigures
    cue: RoleFigures
    content: RoleFigures
    whole: float
    content_matched: float
    linked: float
    documents: int

    def flat(self) -> dict[str, float]:
        """The five headline figures: exact F1 of the three roles, whole, linked."""
        return {
            "source": self.source.exact,
            "cue": self.cue.exact,
            "content": self.content.exact,
            "whole": self.whole,
            "linked": self.linked,
        }


def _snapper(text: str) -> Callable[[int, int], tuple[int, int] | None]:
    starts, ends = [], []
    for m in _TOKEN.finditer(text):
        starts.append(m.start())
        ends.append(m.end())

    def snap(start: int, end: int) -> tuple[int, int] | None:
        lo, hi = bisect_right(ends, start), bisect_left(starts, end)
        return (lo, hi) if lo < hi else None

    return snap


def _snapped(statement: Plain, snap: Callable[[int, int], tuple[int, int] | None]) -> Snapped:
    out: Snapped = {}
    for role in ROLES:
        spans = sorted(x for s, e in statement[role] if (x := snap(s, e)))
        merged: list[tuple[int, int]] = []
        for s in spans:
            if merged and s[0] <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], s[1]))
            else:
                merged.append(s)
        out[role] = tuple(merged)
    return out


def _tokens(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {i for s, e in spans for i in range(s, e)}


def _f1(right: float, found: float, gold: float) -> float:
    return 200 * right / (found + gold) if found + gold else 0.0


def matches(text: str, gold: Sequence[Plain], found: Sequence[Plain]) -> list[tuple[int, int, bool]]:
    """One-to-one pairs (gold index, found index, sources agree) by best content IoU, as ``linked`` counts them."""
    snap = _snapper(text)
    return _match([_snapped(x, snap) for x in gold], [_snapped(x, snap) for x in found])


def _match(gold: Sequence[Snapped], found: Sequence[Snapped]) -> list[tuple[int, int, bool]]:
    mine = [_tokens(b["content"]) for b in found]
    candidates = []
    for i, a in enumerate(gold):
        ta = _tokens(a["content"])
        for j, tb in enumerate(mine):
            if shared := len(ta & tb):
                candidates.append((-shared / len(ta | tb), i, j))
    used_i: set[int] = set()
    used_j: set[int] = set()
    out = []
    for _, i, j in sorted(candidates):
        if i in used_i or j in used_j:
            continue
        used_i.add(i)
        used_j.add(j)
        s, t = _tokens(gold[i]["source"]), _tokens(found[j]["source"])
        out.append((i, j, bool(s & t) or (not s and not t)))
    return out


def score(documents: Iterable[tuple[str, Sequence[Plain], Sequence[Plain]]]) -> Figures:
    """Score (text, annotated statements, found statements) triples. Offsets are code points of the text."""
    c: Counter[tuple[str, str]] = Counter()
    iou: dict[str, list[float]] = defaultdict(list)
    n = 0
    for text, annotated, claimed in documents:
        n += 1
        snap = _snapper(text)
        gold = [_snapped(x, snap) for x in annotated]
        mine = [_snapped(x, snap) for x in claimed]
        for r in ROLES:
            g = {s for a in gold for s in a[r]}
            p = {s for a in mine for s in a[r]}
            c[r, "right"] += len(g & p)
            c[r, "gold"] += len(g)
            c[r, "found"] += len(p)
            tg, tp = _tokens(g), _tokens(p)
            c[r, "found hit"] += sum(any(i in tg for i in range(*s)) for s in p)
            c[r, "gold hit"] += sum(any(i in tp for i in range(*s)) for s in g)
            c[r, "token right"] += len(tg & tp)
            c[r, "token gold"] += len(tg)
            c[r, "token found"] += len(tp)
            for x in g:
                best = 0.0
                for y in p:
                    shared = min(x[1], y[1]) - max(x[0], y[0])
                    if shared > 0:
                        best = max(best, shared / (max(x[1], y[1]) - min(x[0], y[0])))
                iou[r].append(best)
        wg = Counter(tuple(a[r] for r in ROLES) for a in gold)
        wp = Counter(tuple(a[r] for r in ROLES) for a in mine)
        c["whole", "right"] += sum((wg & wp).values())
        pairs = _match(gold, mine)
        c["linked", "matched"] += len(pairs)
        c["linked", "right"] += sum(ok for _, _, ok in pairs)
        c["all", "gold"] += len(gold)
        c["all", "found"] += len(mine)

    def role(r: str) -> RoleFigures:
        precision = c[r, "found hit"] / c[r, "found"] if c[r, "found"] else 0.0
        recall = c[r, "gold hit"] / c[r, "gold"] if c[r, "gold"] else 0.0
        return RoleFigures(
            exact=_f1(c[r, "right"], c[r, "found"], c[r, "gold"]),
            jaccard=100 * sum(iou[r]) / max(1, len(iou[r])),
            overlap=200 * precision * recall / (precision + recall) if precision + recall else 0.0,
            token=_f1(c[r, "token right"], c[r, "token found"], c[r, "token gold"]),
            gold=c[r, "gold"],
            found=c[r, "found"],
        )

    whole, matched, linked = (
        _f1(x, c["all", "found"], c["all", "gold"]) for x in (c["whole", "right"], c["linked", "matched"], c["linked", "right"])
    )
    return Figures(role("source"), role("cue"), role("content"), whole, matched, linked, n)
