"""What a coder's form says, as JSON values of a statement's fields."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from onrecord.acts.codebook import ACTS
from onrecord.acts.stance import Modality, Polarity
from onrecord.errors import UsageError
from onrecord.record.fields import FIELDS, field_of, with_field
from onrecord.statement import Span, Statement
from onrecord.web.show import one_line

__all__ = ["CHOICES", "changes", "checked", "spans_of", "spans_words", "state"]

#: Fields with a fixed list of values.
CHOICES: dict[str, tuple[str, ...]] = {
    "act": ACTS,
    "kind": ("direct", "indirect", "mixed"),
    "polarity": get_args(Polarity),
    "modality": get_args(Modality),
}
_SPANS = ("source", "cue", "content", "condition")
_PARTIES = {"target": "targets", "addressee": "addressees"}


def state(s: Statement, status: str | None) -> str:
    """A short digest of a statement as it is now: a form that carries another was made before somebody else's correction."""
    return hashlib.sha256(f"{status}:{s.to_json()}".encode()).hexdigest()[:16]


def spans_words(spans: tuple[Span, ...]) -> str:
    """Spans as a form's field shows them: ``12-20, 31-40``."""
    return ", ".join(f"{x.start}-{x.end}" for x in spans)


def spans_of(value: str) -> list[list[int]]:
    """The inverse of ``spans_words``, in the order of the text. Raises UsageError."""
    out = []
    for part in filter(None, (p.strip() for p in value.split(","))):
        m = re.fullmatch(r"(\d{1,9})\s*[-–]\s*(\d{1,9})", part)
        if not m:
            raise UsageError(f"{part!r:.40} is not a span such as 12-20")
        out.append([int(m[1]), int(m[2])])
    if len(out) > 50:
        raise UsageError("a span has at most 50 fragments")
    return sorted(out)


def changes(s: Statement, sent: Mapping[str, Any], several: Callable[[str], list[str]]) -> dict[str, Any]:
    """The fields in a form that differ from the statement's, as JSON values. ``several``: all values of a form's field."""
    wanted: dict[str, Any] = {}
    for field in ("kind", "act", "polarity", "modality", "nested_in"):
        if field in sent:
            wanted[field] = sent[field].strip() or None
    if "speaker_name" in sent:
        keys = ("id", "name", "role", "country")
        wanted["speaker"] = _speaker(s, {k: _kept(sent.get(f"speaker_{k}", ""), getattr(s.speaker, k, None)) for k in keys})
    for one, many in _PARTIES.items():
        if f"{one}_name" in sent:
            rows = zip(*(several(f"{one}_{k}") for k in ("name", "code", "id", "start", "end")), strict=False)
            wanted[many] = [p for row in rows if (p := _party(s, [v.strip() for v in row])) is not None]
    if "date_text" in sent:
        parts = {k: _kept(sent.get(f"date_{k}", ""), getattr(s.date, k, None)) for k in ("start", "end", "text")}
        wanted["date"] = parts if any(parts.values()) else None
        if wanted["date"]:
            wanted["date"]["text"] = parts["text"] or parts["start"]
    for field in _SPANS:
        if field in sent:
            at = spans_of(sent[field])
            if at != [[x.start, x.end] for x in getattr(s, field)]:
                wanted[field] = at
    return {f: v for f, v in wanted.items() if f in _SPANS or v != field_of(s, f)}


def _kept(sent: str, old: str | None) -> str | None:
    """What was sent; the old value where the field shows that, on one line and with its control characters made visible."""
    return old if old and sent.strip() == one_line(old) else sent.strip() or None


def _speaker(s: Statement, given: dict[str, str | None]) -> dict[str, Any] | None:
    """The speaker as given; a new name with the old id is another actor, whom the registry may know."""
    old = s.speaker
    if not any(given.values()):
        return None
    if old and given == {k: getattr(old, k) for k in given}:
        return old.to_dict()
    if given["name"] and (given["id"] == (old.id if old else None)) and given["name"] != (old.name if old else None):
        same_country = given["country"] == (old.country if old else None)
        same_role = given["role"] == (old.role if old else None)
        given["id"] = None
        if known := _known(s, given["name"]):
            given["id"], country, role = known
            given["country"] = country if same_country else given["country"]
            given["role"] = role if same_role else given["role"]
        elif old and old.name:
            given["country"] = None if same_country else given["country"]
            given["role"] = None if same_role else given["role"]
    return {**given, "via": None, "confidence": None}


def _party(s: Statement, row: list[str]) -> dict[str, Any] | None:
    name, code, id_, start, end = row
    if not name:
        return None
    made: dict[str, Any] = {"name": name, "code": code or None, "id": id_ or None}
    for a in (*s.targets, *s.addressees):
        if one_line(a.name) == name and str(a.start) == start and str(a.end) == end:
            return {"name": a.name, "code": _kept(code, a.code), "start": a.start, "end": a.end, "id": _kept(id_, a.id)}
    if not id_ and (known := _known(s, name)):
        made["id"], made["code"] = known[0], code or known[1]
    if start.isdigit() and end.isdigit() and 0 <= int(start) < int(end) <= len(s.document.text):
        at = int(start), int(end)
    else:
        place = s.document.text.find(name, s.start, s.end)
        at = (place, place + len(name)) if place >= 0 else (s.start, s.end)
    return {"name": made["name"], "code": made["code"], "start": at[0], "end": at[1], "id": made["id"]}


def _known(s: Statement, name: str) -> tuple[str, str | None, str | None] | None:
    """Id, code and role of the one actor of that name, on the day of publication."""
    from onrecord.actors import Registry

    on = (s.document.published or "")[:10] or None
    registry = Registry.load()
    found = registry.find(name, on=on) or registry.person(name, on=on)
    best = [m for m in found if m.certainty >= 0.5]
    if not best or (len(best) > 1 and best[0].certainty == best[1].certainty and best[0].actor.id != best[1].actor.id):
        return None
    actor = best[0].actor
    role = actor.role_on(on) if on else None
    return actor.id, actor.code_on(on) if on else actor.code, role.title if role else None


def checked(s: Statement, wanted: Mapping[str, Any]) -> Statement:
    """The statement with all of ``wanted`` set. Raises UsageError or SpanError if any of it makes no sense, before anything is written."""
    made = s
    for field, value in wanted.items():
        if field not in FIELDS:
            raise UsageError(f"there is no field {field!r:.40} to correct; there are {', '.join(FIELDS)}")
        if field != "status":
            made = with_field(made, field, value)
    made.check()
    return made
