"""The fields of a statement that a person may correct: read as JSON values, set from them, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from onrecord.acts.codebook import Act, codebook
from onrecord.errors import UsageError
from onrecord.statement import ActorRef, DateRef, Kind, Span, Speaker, Statement

__all__ = ["FIELDS", "STATUSES", "as_it_was", "field_of", "with_field"]

_PLAIN = ("act", "polarity", "modality", "nested_in")
_SPANS = ("source", "cue", "content", "condition")
#: Every field that ``correct`` takes; ``plover`` and ``cameo`` follow ``act``. ``status``: the verdict on the whole.
FIELDS = ("status", "kind", "speaker", "addressees", "targets", "date", *_PLAIN, *_SPANS)
STATUSES = (None, "accepted", "rejected")
_LONGEST = 2000


def field_of(s: Statement, field: str) -> Any:
    """The field's value as ``Statement.to_dict`` gives it."""
    return s.to_dict()[field]


def with_field(s: Statement, field: str, value: Any) -> Statement:
    """``s`` with ``field`` set from a JSON value of the shape that ``to_dict`` gives. Raises UsageError for any other value.

    Spans may leave out their text; it is read from the document. The id is not changed: see ``onrecord.record.correct``.
    """
    try:
        made = replace(s, **{field: _parsed(s, field, value)})
        if field == "act":
            # The act's names in PLOVER and CAMEO follow it.
            made = (
                replace(made, plover=_act(made.act).plover, cameo=_act(made.act).cameo)
                if made.act
                else replace(made, plover=None, cameo=None)
            )
    except (KeyError, TypeError, ValueError) as e:
        raise UsageError(f"{value!r:.80} is not a value for {field}: {e}") from e
    return made


def as_it_was(s: Statement, field: str, value: Any) -> Statement:
    """``s`` with ``field`` as the model gave it, which is taken as it is: a model may know acts that this version does not."""
    if field in ("act", "plover", "cameo"):
        return replace(s, **{field: value})
    return with_field(s, field, value)


def _parsed(s: Statement, field: str, value: Any) -> Any:
    if field in _PLAIN:
        return _words(value)
    if field == "kind":
        if value not in ("direct", "indirect", "mixed"):
            raise ValueError("give direct, indirect or mixed")
        return cast(Kind, value)
    if field in _SPANS:
        return tuple(_span(s, v) for v in value)
    if field == "speaker":
        if value is None:
            return None
        v = {"name": value} if isinstance(value, str) else _object(value, ("id", "name", "role", "country", "via", "confidence"))
        sure = v.get("confidence")
        return Speaker(
            _words(v.get("name")), _words(v.get("id")), _words(v.get("role")), _words(v.get("country")), _words(v.get("via")),
            None if sure is None else float(sure),
        )  # fmt: skip
    if field in ("addressees", "targets"):
        return tuple(_actor(s, v) for v in value or ())
    if field == "date":
        if value is None:
            return None
        v = _object(value, ("start", "end", "text"))
        return DateRef(_day(v.get("start")), _day(v.get("end")), _words(v.get("text")) or "")
    raise KeyError("no such field")


def _act(name: str) -> Act:
    act = codebook().get(name)
    if act is None:
        raise ValueError(f"the acts are {', '.join(codebook())}")
    return act


def _object(value: Any, keys: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not set(value) <= set(keys):
        raise ValueError(f"give an object of {', '.join(keys)}")
    return value


def _words(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value or len(value) > _LONGEST:
        raise ValueError("give a word, or null")
    return value


def _day(value: Any) -> str | None:
    from datetime import datetime

    if value is None:
        return None
    datetime.fromisoformat(str(value))
    return str(value)


def _span(s: Statement, value: Any) -> Span:
    start, end = (value["start"], value["end"]) if isinstance(value, Mapping) else value
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(s.document.text)):
        raise ValueError(f"{start}-{end} lies outside the text")
    text = s.document.text[start:end]
    if isinstance(value, Mapping) and value.get("text", text) != text:
        raise ValueError(f"the text at {start}-{end} is {text!r:.60}")
    return Span(start, end, text)


def _actor(s: Statement, value: Any) -> ActorRef:
    v = _object(value, ("name", "code", "start", "end", "id"))
    # A coder may name an actor that no words of the text stand for: it is anchored to the statement as a whole.
    start, end = int(v.get("start", s.start)), int(v.get("end", s.end))
    if not 0 <= start < end <= len(s.document.text):
        raise ValueError(f"{start}-{end} lies outside the text")
    name = _words(v.get("name")) or s.document.text[start:end]
    return ActorRef(name, _words(v.get("code")), start, end, _words(v.get("id")))
