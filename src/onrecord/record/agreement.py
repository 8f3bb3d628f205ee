"""How far coders agree, field by field: Krippendorff's alpha over what each of them gave for the same statement.

A coder gives a value by correcting a field, or by accepting a statement, which says that its fields are right as they then
stood. A value that was undone was never given; of several by one coder the last counts. K. Krippendorff, Computing Krippendorff's
Alpha-Reliability (2011), is the definition; its worked examples are the tests.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from onrecord.record import rows
from onrecord.record.corrections import Correction, of_several
from onrecord.record.terms import folded

__all__ = ["CODED", "Agreement", "Compared", "agreement", "alpha", "interval", "nominal", "plain", "side_by_side"]

#: Fields whose values are compared. Spans are not: other spans are another statement, with an id of its own.
CODED = ("status", "kind", "speaker", "act", "addressees", "targets", "date", "polarity", "modality", "condition", "nested_in")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one field. ``units``: statements for which at least two coders gave a value. ``same``: share of the pairs of values
    that are the same. ``alpha``: 1 perfect, 0 as by chance, below 0 worse; null where all gave one value only, or there is no unit.
    """

    field: str
    coders: tuple[str, ...]
    units: int
    same: float | None
    alpha: float | None

    def to_dict(self) -> dict[str, Any]:
        return {"field": self.field, "coders": list(self.coders), "units": self.units, "same": self.same, "alpha": self.alpha}


def nominal(a: Any, b: Any) -> float:
    """Difference of two names: 0 when they are the same, else 1."""
    return float(a != b)


def interval(a: Any, b: Any) -> float:
    """Difference of two numbers: its square."""
    return float((a - b) ** 2)


def alpha(units: Iterable[Sequence[Hashable]], difference: Callable[[Any, Any], float] = nominal) -> float | None:
    """Krippendorff's alpha of ``units``: for each unit the values that coders gave it, missing ones left out, in any order.

    Null where it is not defined: no unit has two values, or all values are the same.
    """
    counts = [Counter(u) for u in units if len(u) > 1]
    totals: Counter[Hashable] = sum(counts, Counter())
    n = totals.total()
    # Pairs of unlike values only: like ones differ by nothing.
    expected = 2 * sum(totals[a] * totals[b] * difference(a, b) for a, b in combinations(totals, 2))
    if not expected:
        return None
    observed = sum(2 * sum(c[a] * c[b] * difference(a, b) for a, b in combinations(c, 2)) / (c.total() - 1) for c in counts)
    return 1 - (n - 1) * observed / expected


@dataclass(frozen=True, slots=True)
class Compared:
    """A statement on which two coders worked: by field the JSON value that each gave, and the fields that both gave differently."""

    statement: str
    a: dict[str, Any]
    b: dict[str, Any]
    differ: tuple[str, ...]


def agreement(connection: sqlite3.Connection, *, coders: Sequence[str] = (), fields: Sequence[str] = CODED) -> tuple[Agreement, ...]:
    """Agreement on each of ``fields`` among ``coders``, by default all who corrected anything."""
    return tuple(_agreed(_given(connection, coders), field, coders) for field in fields)


def side_by_side(connection: sqlite3.Connection, a: str, b: str) -> tuple[tuple[Agreement, ...], tuple[Compared, ...]]:
    """Agreement of two coders on each field, and the statements for which both gave a value, those with most differences first."""
    given = _given(connection, (a, b))
    units = []
    for id_, by in given.items():
        if a in by and b in by:
            both = [f for f in CODED if f in by[a] and f in by[b]]
            differ = tuple(f for f in both if plain(f, by[a][f]) != plain(f, by[b][f]))
            units.append(Compared(id_, by[a], by[b], differ))
    units.sort(key=lambda u: (-len(u.differ), u.statement))
    return tuple(_agreed(given, field, (a, b)) for field in CODED), tuple(units)


#: statement -> coder -> field -> the JSON value that the coder gave.
_Given = dict[str, dict[str, dict[str, Any]]]


def _agreed(given: _Given, field: str, coders: Sequence[str]) -> Agreement:
    units = []
    for by in given.values():
        values = {who: plain(field, v[field]) for who, v in by.items() if field in v and (not coders or who in coders)}
        if len(values) > 1:
            units.append(values)
    pairs = [a == b for u in units for a, b in combinations(u.values(), 2)]
    who = tuple(sorted({w for u in units for w in u}))
    return Agreement(field, who, len(units), sum(pairs) / len(pairs) if pairs else None, alpha([tuple(u.values()) for u in units]))


def _given(connection: sqlite3.Connection, coders: Sequence[str]) -> _Given:
    made: dict[str, list[Correction]] = {}
    for c in of_several(connection, coders):
        if c.field in CODED:
            made.setdefault(c.statement, []).append(c)
    accepted = [id_ for id_, cs in made.items() if any(c.field == "status" and c.new == "accepted" for c in cs)]
    read = _as_read(connection, accepted)
    out: _Given = {}
    for id_, cs in made.items():
        given = out.setdefault(id_, {})
        stand: list[Correction] = []  # those that stood when the next one was made
        for c in cs:
            if c.undoes is not None:
                stand = [x for x in stand if x.id != c.undoes]
                continue
            if not c.undone:
                values = given.setdefault(c.who, {})
                values[c.field] = c.new
                if c.field == "status" and c.new == "accepted":
                    values |= read.get(id_, {}) | {x.field: x.new for x in stand if x.field != "status"}
            stand.append(c)
    return out


def _as_read(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By statement, the fields as the model gave them; one that is no longer there is left out."""
    out: dict[str, dict[str, Any]] = {}
    for i in range(0, len(ids), 500):
        block = ids[i : i + 500]
        found = connection.execute(f"SELECT id, pk, as_read FROM statement WHERE id IN ({','.join('?' * len(block))})", block).fetchall()
        changed = {id_: json.loads(was or "{}") for id_, _, was in found}
        for s in rows.statements(connection, [pk for _, pk, _ in found]):
            held = s.to_dict() | changed[s.id]
            out[s.id] = {f: held[f] for f in CODED if f != "status"}
    return out


def plain(field: str, value: Any) -> Hashable:
    """What of a value is compared: who is meant, not how the name is written; where, not in which order."""
    if value is None:
        return None
    if field == "speaker":
        return _actor(value)
    if field in ("addressees", "targets"):
        return frozenset(_actor(v) for v in value)
    if field == "date":
        return (value.get("start"), value.get("end"))
    if field == "condition":
        return tuple((v["start"], v["end"]) for v in value)
    return json.dumps(value, sort_keys=True)


def _actor(value: dict[str, Any]) -> str:
    return value.get("id") or value.get("code") or folded(value.get("name") or "")
