"""The values of the registry: actors, their names, the roles they held, and what a look-up answers.

Dates are ISO 8601 strings, whole (``2004-03-09``) or as exact as is known (``2004-03``, ``2004``); null is "not known
or without end". All intervals are half-open: ``end`` is the first day on which it no longer held.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

__all__ = ["Actor", "ActorType", "Match", "Name", "NameKind", "Noun", "Office", "Role", "covers", "earliest", "latest"]

ActorType = Literal["person", "state", "organ", "organisation", "group", "outlet"]
NameKind = Literal["name", "alias", "former", "adjective", "demonym", "capital", "metonym", "acronym", "surname", "office"]


def earliest(date: str) -> str:
    """The first day that a date, whole or partial, can mean: ``2004`` -> ``2004-01-01``."""
    return date if len(date) == 10 else f"{date}-01" if len(date) == 7 else f"{date}-01-01"


def latest(date: str) -> str:
    """The last day that a date, whole or partial, can mean (``2004`` -> ``2004-12-31``). For comparison only: may name a 31st of June."""
    return date if len(date) == 10 else f"{date}-31" if len(date) == 7 else f"{date}-12-31"


def covers(start: str | None, end: str | None, on: str | None) -> bool:
    """Whether the half-open interval may hold on a day. Null bounds and a null day are open.

    A partial date counts as possible throughout: a term that began "in 2004" covers all of 2004, and so does the
    predecessor's, so that both are answered and the caller sees that the tables do not decide.
    """
    if on is None:
        return True
    if start and latest(on) < earliest(start):
        return False
    return not (end and earliest(on) >= (end if len(end) == 10 else latest(end)))


class Name(NamedTuple):
    """One name of an actor. ``start`` and ``end``: when it was in use, where that is limited."""

    text: str
    kind: NameKind
    start: str | None = None
    end: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "kind": self.kind, "start": self.start, "end": self.end}


class Role(NamedTuple):
    """An office or position held by a person. ``country``: alpha-3 of the state, or acronym of the organisation, it speaks for.

    ``organ``: id of the organ or organisation it is held in. ``function``: what the office does whatever it is called
    (``foreign`` for Foreign Minister and Secretary of State alike; see ``Office``), or null.
    """

    title: str
    country: str | None = None
    organ: str | None = None
    start: str | None = None
    end: str | None = None
    function: str | None = None

    def holds(self, on: str | None) -> bool:
        """Whether it may have been held on that day (see ``covers``)."""
        return covers(self.start, self.end, on)

    def to_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "country": self.country,
            "organ": self.organ,
            "start": self.start,
            "end": self.end,
            "function": self.function,
        }


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who can speak or be spoken of.

    ``id``: stable and readable: ``RUS``, ``RUS.mfa``, ``NATO``, ``person:maria-zakharova``.
    ``country``: alpha-3 of the state it belongs to, or null. For a person: nationality, whomever they speak for.
    ``code``: what ``ActorRef.code`` shows: the country, or the organisation's acronym, or null.
    ``parent``: id of the actor it is part of, or null. ``gender``: ``f``, ``m`` or null, for persons.
    ``start``, ``end``: existence of a state, organ, organisation, group or outlet.
    ``leader``: of a state, the title of the office that news calls its leader. ``origin``: key of ``data/origins.tsv``.
    """

    id: str
    type: ActorType
    name: str
    country: str | None = None
    code: str | None = None
    parent: str | None = None
    gender: str | None = None
    start: str | None = None
    end: str | None = None
    names: tuple[Name, ...] = ()
    roles: tuple[Role, ...] = ()
    leader: str | None = None
    origin: str = field(default="", repr=False)

    @property
    def aliases(self) -> tuple[str, ...]:
        """Its other names and acronyms; not adjectives, demonyms, capitals or metonyms."""
        return tuple(n.text for n in self.names if n.kind in {"alias", "former", "acronym"})

    def role_on(self, on: str | None) -> Role | None:
        """The role held on a day: the first listed of those that hold; without a day, one that has no end, or null."""
        held = self.roles_on(on)
        return held[0] if held else None

    def roles_on(self, on: str | None) -> tuple[Role, ...]:
        """All roles held on a day, in the table's order (the most telling first). Without a day: those without an end."""
        if on is None:
            return tuple(r for r in self.roles if r.end is None)
        return tuple(r for r in self.roles if r.holds(on))

    def code_on(self, on: str | None) -> str | None:
        """Whom they spoke for on a day: the country or organisation of the role held, else ``code``."""
        role = self.role_on(on)
        return role.country if role and role.country else self.code

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": self.type,
            "name": self.name,
            "country": self.country,
            "code": self.code,
            "parent": self.parent,
            "gender": self.gender,
            "start": self.start,
            "end": self.end,
            "names": [n.to_dict() for n in self.names],
            "roles": [r.to_dict() for r in self.roles],
            "leader": self.leader,
            "origin": self.origin,
        }


class Match(NamedTuple):
    """An answer of the registry. ``name`` says which name hit; ``certainty`` (0 to 1) how much it can be relied on alone.

    1.0 the actor's own name as written; lower for an adjective, a metonym, a bare surname, other letter case, or a name
    that several actors bear. It orders answers; it is not a calibrated probability. ``role``: of a person found by an
    office or on a day, the role held then.
    """

    actor: Actor
    name: Name
    certainty: float
    role: Role | None = None

    @property
    def kind(self) -> NameKind:
        return self.name.kind

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.actor.id,
            "name": self.actor.name,
            "type": self.actor.type,
            "country": self.actor.country,
            "code": self.actor.code,
            "matched": self.name.to_dict(),
            "certainty": self.certainty,
            "role": self.role.to_dict() if self.role else None,
        }


class Office(NamedTuple):
    """A kind of office. ``function``: what it does (``foreign``, ``defence``, ``head-of-state`` ...), shared by its equivalents abroad.

    ``aliases``: other titles for it. ``organ``: suffix of the organ it is held in (``mfa`` -> ``RUS.mfa``) or null.
    ``single``: whether one person at a time holds it. ``country``: the only state or organisation where it means this, or null.
    """

    title: str
    function: str | None
    aliases: tuple[str, ...] = ()
    organ: str | None = None
    single: bool = False
    country: str | None = None


class Noun(NamedTuple):
    """A role noun: a common noun for somebody who speaks ("spokeswoman", "officials", "ministry").

    ``number``: ``sg`` or ``pl``. ``person``: whether it names people (not a body such as "ministry").
    ``gender``: ``f``, ``m`` or null. ``function``: as in ``Office``, or null. ``sector``: a hint at the institution
    (``gov``, ``mil``, ``leg``, ``jud``, ``media``, ``igo``, ``party``, ``police``, ``intel``, ``business``,
    ``medical``, ``education``, ``religion``, ``legal``, ``rebel``, ``civil`` ...), or null.
    """

    noun: str
    number: str
    person: bool
    gender: str | None = None
    function: str | None = None
    sector: str | None = None
