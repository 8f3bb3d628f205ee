"""The registry's smaller tables: kinds of office, kinds of state organ, role nouns, and words before a name."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from onrecord.actors.actor import Noun, Office
from onrecord.actors.fold import fold
from onrecord.actors.tables import read_shipped, values

__all__ = [
    "DATA",
    "HONORIFICS",
    "LEADER_WORDS",
    "OrganKind",
    "may_be_organ",
    "organ_kind",
    "read_nouns",
    "read_offices",
    "read_organ_kinds",
]

DATA = Path(__file__).parent / "data"

#: Words for the person who leads a state, resolved by the state's ``leader`` column.
LEADER_WORDS = frozenset({"leader", "strongman", "ruler"})

_HONORIFICS = (
    "Mr;Mrs;Ms;Miss;Dr;Sir;Dame;Lord;Lady;Madam;Prof;Professor;Sheikh;Sheik;Shaikh;Imam;Mullah;Ayatollah;Grand Ayatollah;"
    "His Excellency;Her Excellency;Hon;Rev;Reverend;Pope;King;Queen;Prince;Princess;Crown Prince;Emir;Gen;General;Lt Gen;"
    "Maj Gen;Brig Gen;Col;Colonel;Lt Col;Maj;Major;Capt;Captain;Lt;Lieutenant;Sgt;Adm;Admiral;Rear Admiral;Vice Admiral;"
    "Marshal;Field Marshal;Comrade;Sen;Rep;Gov;Amb;Judge;Justice;former;ex;acting;then"
)
#: Folded words before a name that say nothing of the office held.
HONORIFICS = frozenset(fold(h) for h in _HONORIFICS.split(";"))


class OrganKind(NamedTuple):
    """A kind of organ that every state has. ``pattern`` names one: ``{adj} Foreign Ministry``; ``names``: what it is called."""

    kind: str
    pattern: str
    names: tuple[str, ...]
    sector: str


@lru_cache(maxsize=1)
def read_offices() -> dict[str, list[Office]]:
    """Folded title or alias -> the kinds of office it can mean."""
    out: dict[str, list[Office]] = {}
    for row in read_shipped(DATA / "offices.tsv"):
        c = row.cells
        office = Office(
            c["title"], c.get("function"), tuple(values(c.get("aliases", ""))), c.get("organ"), c.get("seats") == "one", c.get("country")
        )
        for key in dict.fromkeys(fold(t) for t in (office.title, *office.aliases)):
            out.setdefault(key, []).append(office)
    return out


@lru_cache(maxsize=1)
def read_nouns() -> dict[str, Noun]:
    """Folded role noun -> what it says of its bearer."""
    out: dict[str, Noun] = {}
    for row in read_shipped(DATA / "nouns.tsv"):
        c = row.cells
        out[fold(c["noun"])] = Noun(
            c["noun"], c.get("number", "sg"), c.get("person") != "no", c.get("gender"), c.get("function"), c.get("sector")
        )
    return out


@lru_cache(maxsize=1)
def read_organ_kinds() -> dict[str, OrganKind]:
    """Kind -> what an organ of that kind is called: ``mfa``, ``mod``, ``parliament`` ..."""
    return {
        row.cells["kind"]: OrganKind(row.cells["kind"], row.cells["name"], tuple(values(row.cells["names"])), row.cells["sector"])
        for row in read_shipped(DATA / "organ_kinds.tsv")
    }


@lru_cache(maxsize=1)
def _organ_names() -> dict[str, str]:
    return {fold(name): kind.kind for kind in reversed(read_organ_kinds().values()) for name in kind.names}


def organ_kind(name: str) -> str | None:
    """The kind of organ that a bare name means: "Foreign Ministry" -> ``mfa``, "the army" -> ``armed-forces``; null if none."""
    return _organ_names().get(fold(name))


@lru_cache(maxsize=1)
def _organ_words() -> frozenset[str]:
    return frozenset(name.split()[-1] for name in _organ_names())


def may_be_organ(name: str) -> bool:
    """Can a name be a state's organ by rule? Only if it, or what stands before "of" or "for", ends like the name of some kind of
    organ: a quick no for the rest."""
    words = fold(name).split()
    ends = _organ_words()
    if not words or words[-1] in ends:
        return bool(words)
    return ("of" in words or "for" in words) and any(b in {"of", "for"} and a in ends for a, b in pairwise(words))
