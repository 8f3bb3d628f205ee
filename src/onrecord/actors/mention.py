"""A mention: a place in a text where an actor is named, or a role is."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

__all__ = ["Mention", "MentionType", "Tagged"]

MentionType = Literal["person", "organisation", "place", "state", "role"]
#: A span from the tagger: start, end (code points), type (``person``, ``organisation``, ``place`` or ``other``).
Tagged = tuple[int, int, str]


class Mention(NamedTuple):
    """Characters ``start`` to ``end`` of a text name an actor or a role.

    ``actor``: the registry's id, or null. ``country``: alpha-3 or an organisation's acronym, or null. ``name``: the
    actor's name in the registry, else the fullest that the text gives. ``entity``: mentions of one text with the same
    number are of the same actor; null where not told.
    """

    start: int
    end: int
    text: str
    type: MentionType
    actor: str | None = None
    country: str | None = None
    name: str | None = None
    entity: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "type": self.type,
            "actor": self.actor,
            "country": self.country,
            "name": self.name,
            "entity": self.entity,
        }
