"""Two coders side by side: what each of them gave for the statements that both worked on.

As in ``onrecord.record.agreement``, which computes the figures: a coder gives a value by correcting a field, or by accepting a
statement, which says that its fields are right as they then stood. A value that was undone was never given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from onrecord.errors import UsageError
from onrecord.record import Correction
from onrecord.record.agreement import CODED, plain
from onrecord.statement import Statement

__all__ = ["Unit", "coders", "side_by_side"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One statement that both gave something for: by field the JSON value of each, and the fields that both gave differently."""

    statement: Statement
    a: dict[str, Any]
    b: dict[str, Any]
    differ: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.statement.id, "a": self.a, "b": self.b, "differ": list(self.differ)}


def coders(rows: Iterable[Correction]) -> list[tuple[str, int]]:
    """Who corrected, and how many statements each worked on, most first."""
    worked: dict[str, set[str]] = {}
    for c in rows:
        if not c.undone and c.undoes is None:
            worked.setdefault(c.who, set()).add(c.statement)
    return sorted(((w, len(s)) for w, s in worked.items()), key=lambda x: (-x[1], x[0]))


def side_by_side(rows: Iterable[Correction], a: str, b: str, find: Callable[[str], Statement]) -> list[Unit]:
    """The statements that both gave a value for, those with most differences first. ``find`` gives a statement by its id."""
    made: dict[str, list[Correction]] = {}
    for c in rows:
        if not c.undone and c.undoes is None and c.field in CODED:
            made.setdefault(c.statement, []).append(c)
    units = []
    for id_, own in made.items():
        if not {a, b} <= {c.who for c in own}:
            continue
        try:
            s = find(id_)
        except UsageError:  # a re-run no longer finds it
            continue
        given = _given(own, s)
        differ = tuple(f for f in CODED if f in given[a] and f in given[b] and plain(f, given[a][f]) != plain(f, given[b][f]))
        units.append(Unit(s, given[a], given[b], differ))
    return sorted(units, key=lambda u: (-len(u.differ), u.statement.id))


def _given(own: Sequence[Correction], s: Statement) -> dict[str, dict[str, Any]]:
    """What each coder gave for a statement, from its corrections in order."""
    stood = {f: v for f, v in s.to_dict().items() if f in CODED}
    for c in reversed(own):  # back to what was read
        if c.field in stood:
            stood[c.field] = c.old
    given: dict[str, dict[str, Any]] = {}
    for c in own:
        values = given.setdefault(c.who, {})
        values[c.field] = c.new
        if c.field != "status":
            stood[c.field] = c.new
        elif c.new == "accepted":
            values |= stood
    return given
