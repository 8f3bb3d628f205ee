"""brat's annotation files read: events with their places, as a person left them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from onrecord.errors import DamagedError, OnrecordError, UnreadableError

__all__ = ["Event", "parse"]

_MOST_BYTES = 64 << 20
_ROLES = {"Source": "source", "Content": "content", "Condition": "condition"}


@dataclass(slots=True)
class Event:
    """One event. ``name``: ``E3``; ``kind``: its type; ``trigger`` and ``places`` (by role): half-open intervals of code points.

    ``statement``: the id in its note, null for an event that a person added. ``values``: its attributes. ``no_cue``: its trigger is no cue.
    """

    name: str
    kind: str
    trigger: list[tuple[int, int]]
    places: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    statement: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    no_cue: bool = False


def parse(path: Path, text: str) -> tuple[list[Event], list[OnrecordError]]:
    """The events of an annotation file over ``text``, and what in it made no sense. Raises UnreadableError."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UnreadableError(str(path), "it is too large", "")
        lines = path.read_bytes().decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as e:
        raise UnreadableError(str(path), "it cannot be read as UTF-8", "bring the file back, or export anew") from e
    bound: dict[str, list[tuple[int, int]]] = {}
    events: dict[str, Event] = {}
    errors: list[OnrecordError] = []
    for number, line in sorted(enumerate(lines, 1), key=lambda x: x[1][:1] != "T"):  # events name what may stand below them
        cells = line.rstrip("\r").split("\t")
        try:
            if cells[0].startswith("T"):
                bound[cells[0]] = _places(cells[1], text)
            elif cells[0].startswith("E"):
                events[cells[0]] = _event(cells, bound)
        except (ValueError, KeyError, IndexError) as e:
            errors.append(DamagedError(str(path), f"line {number}: {e if isinstance(e, ValueError) else 'it makes no sense'}"))
    for number, line in enumerate(lines, 1):
        cells = line.rstrip("\r").split("\t")
        try:
            if cells[0].startswith(("A", "M")):
                name, target, *value = cells[1].split()
                if target in events:
                    events[target].values[name] = value[0] if value else ""
                    events[target].no_cue |= name == "NoCue"
            elif cells[0].startswith("#") and cells[1].split()[1] in events:
                note = json.loads(cells[2]) if cells[2].startswith("{") else None
                if isinstance(note, dict) and "statement" in note:
                    id = str(note["statement"])
                    if not re.fullmatch(r"[0-9a-f]{16}", id):
                        raise ValueError("its note has no statement's id")
                    events[cells[1].split()[1]].statement = id
        except (ValueError, KeyError, IndexError, RecursionError):
            errors.append(DamagedError(str(path), f"line {number}: it makes no sense"))
    return list(events.values()), errors


def _places(cell: str, text: str) -> list[tuple[int, int]]:
    _, _, places = cell.partition(" ")
    out = []
    for part in places.split(";"):
        start, end = (int(x) for x in part.split())
        if not 0 <= start < end <= len(text):
            raise ValueError(f"{start}-{end} lies outside the text")
        out.append((start, end))
    return sorted(out)


def _event(cells: list[str], bound: dict[str, list[tuple[int, int]]]) -> Event:
    (kind, trigger), *arguments = (part.split(":") for part in cells[1].split())
    made = Event(cells[0], kind, bound[trigger])
    for name, target in arguments:
        role = _ROLES.get(name.rstrip("0123456789"))
        if role:
            made.places.setdefault(role, []).extend(bound[target])
    return made
