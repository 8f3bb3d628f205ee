"""The numbers that stand for the values which searches filter and count by."""

from __future__ import annotations

import re
import sqlite3
import unicodedata

from onrecord.statement import Statement

__all__ = ["Terms", "folded", "speaker_value"]


class _Marks(dict[int, int | None]):
    """What each character becomes without the marks on it; asked once a character, for ``str.translate``."""

    def __missing__(self, c: int) -> int | None:
        self[c] = None if unicodedata.combining(chr(c)) else c
        return self[c]


_MARKS = _Marks()


def folded(text: str) -> str:
    """``text`` without case, accents and punctuation, words between single spaces, a space at each end: ' maria zakharova '."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).translate(_MARKS)
    words = re.findall(r"[^\W_]+", plain)
    return f" {' '.join(words)} "


def speaker_value(id_: str | None, name: str | None) -> str | None:
    """What tells one speaker from another in filters and counts: the id where the actor is known, else the name."""
    return id_ or name or None


def shown(id_: str | None, name: str | None) -> str | None:
    """How an actor is called in lists: by the registry's name where it knows the id, else in the text's words ("Moscow" is Russia)."""
    if id_ is None:
        return name
    from onrecord.actors.registry import Registry

    actor = Registry.load().get(id_)
    return actor.name if actor else name


class Terms:
    """Gives each (field, value) its number, new ones within the caller's transaction. ``forget`` after a rollback."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._known: set[tuple[str, str]] = set()
        self._next: dict[str, int] = {}

    def forget(self) -> None:
        self._known.clear()
        self._next.clear()

    def add(self, field: str, value: str | None, label: str | None = None) -> None:
        """See to it that ``value`` has a number."""
        if not value or (field, value) in self._known:
            return
        if len(self._known) > 100_000:
            self._known.clear()
        self._known.add((field, value))
        if self.connection.execute("SELECT 1 FROM term WHERE field = ? AND value = ?", (field, value)).fetchone():
            return
        if field not in self._next:
            (top,) = self.connection.execute("SELECT coalesce(max(code), 0) FROM term WHERE field = ?", (field,)).fetchone()
            self._next[field] = top + 1
        label = (shown(value, label) if field in ("speaker", "party") and value != label else label) or value
        self.connection.execute(
            "INSERT INTO term (field, code, value, label, folded) VALUES (?, ?, ?, ?, ?)",
            (field, self._next[field], value, label, folded(label)),
        )
        self._next[field] += 1

    def add_statement(self, s: Statement) -> None:
        """Every value of a statement that can be filtered by."""
        self.add("kind", s.kind)
        self.add("act", s.act)
        if s.speaker:
            self.add("speaker", speaker_value(s.speaker.id, s.speaker.name), s.speaker.name)
            self.add("role", s.speaker.role)
            self.add("country", s.speaker.country)
        for party in (*s.addressees, *s.targets):
            self.add("party", speaker_value(party.id, party.name), party.name)
            self.add("country", party.code)
