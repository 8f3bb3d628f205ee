"""What a phrase was decided to mean."""

from __future__ import annotations

from typing import NamedTuple

from onrecord.actors.actor import Actor

__all__ = ["Resolved"]


class Resolved(NamedTuple):
    """Entities of the text (their numbers), or an actor that it does not name, or a name as it stands, or nothing.

    ``via``: how it was decided. ``confidence``: 0 to 1. ``role``, ``country``: what the phrase itself says, if anything.
    """

    via: str
    confidence: float
    entities: tuple[int, ...] = ()
    actor: Actor | None = None
    name: str | None = None
    role: str | None = None
    country: str | None = None
