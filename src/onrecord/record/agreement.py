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
from onrecord.record.corrections import Correction, corrections
from onrecord.record.fields import field_of
from onrecord.record.terms import folded

__all__ = ["CODED", "Agreement", "agreement", "alpha", "interval", "nominal", "plain"]

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


def agreement(connection: sqlite3.Connection, *, coders: Sequence[str] = (), fields: Sequence[str] = CODED) -> tuple[Agreement, ...]:
    """Agreement on each of ``fields`` among ``coders``, by default all who corrected anything."""
    given = _given(connection)
    out = []
    for field in fields:
        units = []
        for values in given.get(field, {}).values():
            by = {who: v for who, v in values.items() if not coders or who in coders}
            if len(by) > 1:
                units.append(by)
        pairs = [a == b for u in units for a, b in combinations(u.values(), 2)]
        who = tuple(sorted({w for u in units for w in u}))
        out.append(Agreement(field, who, len(units), sum(pairs) / len(pairs) if pairs else None, alpha([tuple(u.values()) for u in units])))
    return tuple(out)


def _given(connection: sqlite3.Connection) -> dict[str, dict[str, dict[str, Hashable]]]:
    """field -> statement -> coder -> what the coder gave."""
    made: dict[str, list[Correction]] = {}
    for c in corrections(connection):
        if c.field in CODED:
            made.setdefault(c.statement, []).append(c)
    out: dict[str, dict[str, dict[str, Hashable]]] = {f: {} for f in CODED}
    for id_, cs in made.items():
        if len({c.who for c in cs}) < 2:
            continue
        read = _as_read(connection, id_) if any(c.field == "status" and c.new == "accepted" for c in cs) else {}
        stand: list[Correction] = []  # those that stood when the next one was made
        for c in cs:
            if c.undoes is not None:
                stand = [x for x in stand if x.id != c.undoes]
                continue
            if not c.undone:
                out[c.field].setdefault(id_, {})[c.who] = plain(c.field, c.new)
                if c.field == "status" and c.new == "accepted":
                    shown = read | {x.field: x.new for x in stand if x.field != "status"}
                    for field, value in shown.items():
                        out[field].setdefault(id_, {})[c.who] = plain(field, value)
            stand.append(c)
    return out


def _as_read(connection: sqlite3.Connection, id_: str) -> dict[str, Any]:
    """The fields of a statement as the model gave them; empty when it is no longer there."""
    row = connection.execute("SELECT pk, as_read FROM statement WHERE id = ?", (id_,)).fetchone()
    if row is None:
        return {}
    (s,) = rows.statements(connection, [row[0]])
    changed = json.loads(row[1] or "{}")
    return {f: changed[f] if f in changed else field_of(s, f) for f in CODED if f != "status"}


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
