"""What a user calls a speaker, a country or an outlet, and which values in the record that means."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import lru_cache

from onrecord.record.query import Query
from onrecord.record.terms import folded

__all__ = ["Unmatched", "codes_of", "unmatched"]


def codes_of(connection: sqlite3.Connection, field: str, value: str, how: str) -> list[int]:
    """Numbers of the terms that a filter's value means: the first of these that finds any.

    The value itself whatever its case; words of the label, then beginnings of them (``how`` is ``words``), or the whole label; the actors
    that the registry calls so (``Kremlin`` is RUS). With ``~`` before it, the value itself and whatever has its words.
    """
    wide, value = value.startswith("~"), value.removeprefix("~")
    exact = connection.execute("SELECT code FROM term WHERE field = ? AND value = ?", (field, value)).fetchall() or connection.execute(
        "SELECT code FROM term WHERE field = ? AND value IN (?, ?)", (field, value.upper(), value.lower())
    )
    found = [c for (c,) in exact]
    if found and not wide:
        return found
    key = folded(value)
    if key.strip() and how == "words":
        for part in (key, key.rstrip()):
            found += [c for (c,) in connection.execute("SELECT code FROM term WHERE field = ? AND instr(folded, ?) > 0", (field, part))]
            if found:
                return found
    elif key.strip():
        found += [c for (c,) in connection.execute("SELECT code FROM term WHERE field = ? AND folded = ?", (field, key))]
    if not found and field in ("speaker", "party", "country"):
        for known in _registered(value, field == "country"):
            found += [c for (c,) in connection.execute("SELECT code FROM term WHERE field = ? AND value = ?", (field, known))]
    return found


@lru_cache(maxsize=1024)
def _registered(name: str, code: bool) -> tuple[str, ...]:
    """Ids, or codes, of the actors that the registry calls ``name``, as surely as the surest of them."""
    from onrecord.actors.registry import Registry

    matches = Registry.load().find(name[:100])
    best = [m.actor for m in matches if m.certainty >= matches[0].certainty - 0.01]
    return tuple(dict.fromkeys(x for a in best if (x := a.code if code else a.id)))


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A filter's value that nothing in the record answers to, and values that are written much like it."""

    field: str
    value: str
    near: tuple[str, ...]


def unmatched(connection: sqlite3.Connection, query: Query) -> tuple[Unmatched, ...]:
    """The values of the query's filters that cannot find anything, whatever else is asked for: most are misspelt."""
    out = []
    for field, terms, how in (
        ("speaker", ("speaker",), "words"), ("role", ("role",), "words"), ("country", ("country",), "value"), ("act", ("act",), "value"),
        ("kind", ("kind",), "value"), ("outlet", ("outlet",), "words"), ("target", ("party", "country"), "words"),
        ("addressee", ("party", "country"), "words"), ("target_country", ("country",), "value"),
        ("addressee_country", ("country",), "value"),
    ):  # fmt: skip
        for value in getattr(query, field):
            if not any(codes_of(connection, t, value, "value" if t == "country" else how) for t in terms):
                out.append(Unmatched(field, value, _near(connection, terms[0], value)))
    return tuple(out)


def _near(connection: sqlite3.Connection, term: str, value: str) -> tuple[str, ...]:
    """Labels, or words of them, that are spelt much like ``value``."""
    from difflib import get_close_matches

    key = folded(value).strip()
    labels: dict[str, str] = {}
    for label, plain in connection.execute("SELECT label, folded FROM term WHERE field = ? ORDER BY code LIMIT 20000", (term,)):
        for part in (plain.strip(), *plain.split()):
            labels.setdefault(part, label)
    return tuple(dict.fromkeys(labels[m] for m in get_close_matches(key, labels, n=3, cutoff=0.75)))
