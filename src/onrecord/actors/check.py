"""The checker of actor tables: clashes, gaps and impossible dates, in the shipped tables and in users' files.

An ``error`` is a row that cannot be right; a ``warning`` one that makes a look-up ambiguous without a word on why; a
``note`` something not known (a gap between two holders of an office). The shipped tables have no errors and no warnings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from onrecord.actors.actor import Actor, Role, earliest, latest
from onrecord.actors.fold import fold
from onrecord.actors.offices import DATA, read_offices
from onrecord.actors.registry import Registry
from onrecord.actors.tables import Row, read_shipped, validate, values
from onrecord.errors import ActorFileError

__all__ = ["Finding", "check", "coverage"]

Level = Literal["error", "warning", "note"]

#: A vacancy shorter than this between two known holders is no gap: caretakers fill it.
GAP_DAYS = 92
#: Nobody held one office for longer (Elizabeth II: 70 years and 214 days).
MAX_YEARS = 75
#: Kinds of name that claim to name one actor; two actors with one such name at one time clash.
_CLAIMS = {"name", "alias", "acronym", "former", "adjective", "demonym", "metonym"}


@dataclass(frozen=True, slots=True)
class Finding:
    """``where``: file and line. ``kind``: clash, gap, date, reference, origin, format."""

    level: Level
    kind: str
    actor: str
    where: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        return {"level": self.level, "kind": self.kind, "actor": self.actor, "where": self.where, "message": self.message}


def check(registry: Registry, *, today: str | None = None) -> list[Finding]:
    """All that is wrong or open in a registry, errors first, then by file and line. ``today``: ISO day, the machine's if null."""
    today = today or date.today().isoformat()
    found = [
        *_rows(registry),
        *_dates(registry, today),
        *_clashes(registry),
        *_seats(registry),
        *_gaps(registry),
    ]
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda f: (order[f.level], f.where.partition(":")[0], int(f.where.partition(":")[2] or 0), f.message))


def coverage(registry: Registry, *, since: int = 2000, until: int = 2024) -> list[tuple[str, str, float]]:
    """(country, function, share) of the months in which the tables know who held an office, over ``data/coverage.tsv``.

    ``until`` is included. Counted on the 15th of each month in which the state is on the list. Functions: ``head`` (of
    state or government), ``foreign``, ``defence``, ``spokesperson-foreign``.
    """
    spans: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in read_shipped(DATA / "coverage.tsv"):
        spans[row.cells["country"]].append((row.cells.get("start", "2000-01-01"), row.cells.get("end", "9999-01-01")))
    days = [f"{y}-{m:02}-15" for y in range(since, until + 1) for m in range(1, 13)]
    functions = {
        "head": ("head-of-state", "head-of-government", "monarch", "supreme-leader"),
        "foreign": ("foreign",),
        "defence": ("defence",),
        "spokesperson-foreign": ("spokesperson-foreign",),
    }
    held: dict[tuple[str, str], list[Role]] = defaultdict(list)
    for actor in registry:
        for role in actor.roles:
            if role.function and role.country and role.start:
                held[role.country, role.function].append(role)
    out = []
    for country in sorted(spans):
        listed = [d for d in days if any(s <= d < e for s, e in spans[country])]
        for name, members in functions.items():
            roles = [r for f in members for r in held[country, f]]
            known = sum(any(r.holds(d) for r in roles) for d in listed)
            if listed:
                out.append((country, name, known / len(listed)))
    return out


def _at(registry: Registry, id: str) -> str:
    path, line = registry.where(id) or ("organ_kinds.tsv", 1)
    return f"{path}:{line}"


def _rows(registry: Registry) -> Iterator[Finding]:
    """Each row's own soundness and its references; of the shipped rows also their ids and origins."""
    for row in registry.rows():
        try:
            validate(row)
            registry.check_references(row)
        except ActorFileError as e:
            yield Finding("error", "format", row.cells.get("id", ""), f"{row.path}:{row.line}", e.reason)
    origins = {row.cells["key"] for row in read_shipped(DATA / "origins.tsv")}
    first: dict[str, Row] = {}
    for row in Registry.shipped_rows():
        id, at = row.cells["id"], f"{row.path}:{row.line}"
        before = first.setdefault(id, row)
        if before is not row:
            yield Finding("error", "clash", id, at, f"the id {id!r} was used in {before.path}:{before.line}")
        if unknown := [o for o in values(row.cells.get("origin", "")) or [""] if o not in origins]:
            yield Finding("error", "origin", id, at, f"origin {unknown[0]!r} is not in origins.tsv")


def _dates(registry: Registry, today: str) -> Iterator[Finding]:
    for actor in registry:
        at = _at(registry, actor.id)
        for role in actor.roles:
            where = f"{role.title} {role.start or ''}..{role.end or ''}"
            if role.start and earliest(role.start) > today:
                yield Finding("error", "date", actor.id, at, f"{where} begins after today, {today}")
            if role.start and role.end and int(role.end[:4]) - int(role.start[:4]) > MAX_YEARS:
                yield Finding("error", "date", actor.id, at, f"{where} lasts longer than {MAX_YEARS} years")
            place = registry.get(role.organ) if role.organ else registry.get(role.country) if role.country else None
            if place and place.start and role.end and latest(role.end) < earliest(place.start):
                yield Finding("error", "date", actor.id, at, f"{where} ends before {place.id} began, {place.start}")
            if place and place.end and role.start and earliest(role.start) > latest(place.end):
                yield Finding("error", "date", actor.id, at, f"{where} begins after {place.id} ended, {place.end}")
        spans = [d for r in actor.roles for d in (r.start, r.end) if d]
        if actor.type == "person" and spans and int(max(spans)[:4]) - int(min(spans)[:4]) > MAX_YEARS:
            yield Finding("error", "date", actor.id, at, f"roles from {min(spans)} to {max(spans)}: more than {MAX_YEARS} years")
        for name in actor.names:
            if actor.start and name.end and latest(name.end) < earliest(actor.start):
                yield Finding(
                    "error", "date", actor.id, at, f"the name {name.text!r} ends {name.end}, before {actor.id} began, {actor.start}"
                )
            if actor.end and name.start and earliest(name.start) > latest(actor.end):
                yield Finding(
                    "error", "date", actor.id, at, f"the name {name.text!r} begins {name.start}, after {actor.id} ended, {actor.end}"
                )


def _overlap(a: tuple[str | None, str | None], b: tuple[str | None, str | None]) -> bool:
    """Whether two half-open intervals share a day for certain; partial dates are given the benefit of the doubt."""
    start = max(latest(a[0]) if a[0] else "", latest(b[0]) if b[0] else "")
    end = min(earliest(a[1]) if a[1] else "9999", earliest(b[1]) if b[1] else "9999")
    return start < end


def _clashes(registry: Registry) -> Iterator[Finding]:
    """One name, two actors at one time. Kin (an organ and its state) share names; ``clashes.tsv`` lists those meant."""
    allowed = {fold(row.cells["name"]) for row in read_shipped(DATA / "clashes.tsv")}
    bearers: dict[str, list[tuple[Actor, str, tuple[str | None, str | None]]]] = defaultdict(list)
    for actor in registry:
        seen: set[tuple[str, str | None, str | None]] = set()
        for name in actor.names:
            key = fold(name.text)
            span = (max(filter(None, (name.start, actor.start)), default=None), min(filter(None, (name.end, actor.end)), default=None))
            if name.kind in _CLAIMS and (key, *span) not in seen:
                seen.add((key, *span))
                bearers[key].append((actor, name.text, span))
    for key, all_ in bearers.items():
        if key in allowed:
            continue
        for i, (a, text, span) in enumerate(all_):
            for b, other, span2 in all_[i + 1 :]:
                if a.id == b.id or not _overlap(span, span2) or text.isupper() != other.isupper() or _kin(a, b):
                    continue
                level: Level = "error" if a.type == b.type == "person" or (a.name == b.name and a.type == b.type) else "warning"
                yield Finding(level, "clash", b.id, _at(registry, b.id), f"{other!r} also names {a.id} ({_at(registry, a.id)})")


def _kin(a: Actor, b: Actor) -> bool:
    return a.parent == b.id or b.parent == a.id


def _terms(registry: Registry) -> dict[tuple[str, str], list[tuple[Role, Actor]]]:
    """Terms in offices that one person holds at a time: (country, title) -> terms in order of their start."""
    out: dict[tuple[str, str], list[tuple[Role, Actor]]] = defaultdict(list)
    for actor in registry:
        for role in actor.roles:
            offices = [
                o
                for o in read_offices().get(fold(role.title), ())
                if fold(o.title) == fold(role.title) and o.country in {None, role.country}
            ]
            if role.country and any(o.single for o in offices):
                out[role.country, fold(role.title)].append((role, actor))
    for terms in out.values():
        terms.sort(key=lambda t: (t[0].start or "", t[0].end or "9999"))
    return out


def _seats(registry: Registry) -> Iterator[Finding]:
    """Two holders at one time of an office for one; ``clashes.tsv`` lists offices that two claimed: ``office:CIV:President``."""
    claimed = {row.cells["name"].casefold() for row in read_shipped(DATA / "clashes.tsv")}
    for (country, title), terms in _terms(registry).items():
        if f"office:{country}:{title}".casefold() in claimed:
            continue
        for i, (role, actor) in enumerate(terms):
            for later, other in terms[i + 1 :]:
                if role.start and later.start and role.organ == later.organ and _overlap((role.start, role.end), (later.start, later.end)):
                    who = "the same person" if actor.id == other.id else actor.id
                    message = f"{later.title} of {country} {later.start}..{later.end or ''} overlaps {who}, {role.start}..{role.end or ''}"
                    yield Finding("error", "clash", other.id, _at(registry, other.id), message)


def _days(start: str, end: str) -> int:
    return (date.fromisoformat(earliest(end)) - date.fromisoformat(start if len(start) == 10 else f"{start[:4]}-12-31")).days


def _gaps(registry: Registry) -> Iterator[Finding]:
    for (country, _), terms in _terms(registry).items():
        reach: str | None = None
        for role, actor in terms:
            if role.start and reach and reach < "9999" and _days(reach, role.start) > GAP_DAYS:
                yield Finding(
                    "note",
                    "gap",
                    actor.id,
                    _at(registry, actor.id),
                    f"{role.title} of {country}: nobody known from {reach} to {role.start}",
                )
            reach = max(reach or "", role.end or "9999")
    for actor in registry:
        if actor.type != "state" or actor.end:
            continue
        missing = [kind for kind in ("adjective", "capital") if not any(n.kind == kind for n in actor.names)]
        if missing:
            yield Finding("note", "gap", actor.id, _at(registry, actor.id), f"no {' and no '.join(missing)}")
