"""The plain-file tables behind the dates: words, numbers, holidays, named periods, zones, tense cues (``data/*.tsv``).

Each file says in its first lines what its columns are. Lines that begin with ``#`` are comments.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["Feast", "Lexicon", "lexicon", "rows", "tense", "zones"]


def rows(name: str) -> list[list[str]]:
    """The rows of one table, cells stripped; a missing last cell is the caller's to handle."""
    text = (Path(__file__).parent / "data" / f"{name}.tsv").read_text(encoding="utf-8")
    return [[cell.strip() for cell in line.split("\t")] for line in text.splitlines() if line.strip() and not line.startswith("#")]


class Lexicon(NamedTuple):
    """Single words, and phrases by their first word and (in lower case) their second. A value is (class, the class's value)."""

    words: dict[str, tuple[str, object]]
    phrases: dict[str, dict[str, list[tuple[tuple[str, ...], str, object]]]]


class Feast(NamedTuple):
    """A feast of a lunar calendar: how many days it lasts, and its first day in each year that the table has, as ISO dates in a row."""

    days: int
    firsts: str

    def first(self, year: int) -> date | None:
        at = self.firsts.find(f"{year:04}-")
        return date.fromisoformat(self.firsts[at : at + 10]) if at >= 0 else None


def _forms(word: str, capital_only: bool) -> tuple[str, ...]:
    capital = word[:1].upper() + word[1:]
    return (capital, word.upper()) if capital_only else (word, capital, word.upper())


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """All words and phrases that the scan looks for, from lexicon, numbers, holidays, feasts and events."""
    from onrecord.dates.tokens import split

    out = Lexicon({}, {})

    def put(name: str, kind: str, value: object, *, capital_only: bool = False) -> None:
        parts = (name,) if name.isalpha() else tuple(split(name))
        if len(parts) == 1:
            for form in _forms(name, capital_only):
                out.words[form] = (kind, value)
        else:
            for form in _forms(parts[0], capital_only):
                out.phrases.setdefault(form, {}).setdefault(parts[1].lower(), []).append((tuple(x.lower() for x in parts[1:]), kind, value))

    for row in rows("lexicon"):
        name, kind, value = (*row, "", "")[:3]
        put(name, kind.rstrip("^"), int(value) if value.lstrip("-").isdigit() else value, capital_only=kind.endswith("^"))
    for row in rows("places"):
        put(row[0], "place", row[1] if len(row) > 1 and row[1] else None, capital_only=True)
    for name, kind, value in rows("numbers"):
        put(name, kind, value if kind in {"vague", "couple"} else int(value))
    for name, rule in rows("holidays"):
        put(name, "holiday", rule, capital_only=True)
    for name, days, firsts in rows("feasts"):
        put(name, "holiday", Feast(int(days), firsts), capital_only=True)
    for name, first, last, value in rows("events"):
        put(name, "event", (date.fromisoformat(first), date.fromisoformat(last), value), capital_only=name[0].isalpha())
    for seconds in out.phrases.values():
        for options in seconds.values():
            options.sort(key=lambda o: -len(o[0]))  # longest first
    return out


@lru_cache(maxsize=1)
def zones() -> dict[str, str | None]:
    """Abbreviation of a time zone -> offset, or None where the abbreviation stands for two offsets (ET)."""
    return {row[0]: (row[1] if len(row) > 1 and row[1] else None) for row in rows("zones")}


@lru_cache(maxsize=1)
def tense() -> dict[str, int]:
    """Word -> +1 where it points a bare weekday to the future, -1 to the past."""
    return {form: (1 if way == "future" else -1) for word, way in rows("tense") for form in _forms(word, False)}
