"""PLOVER events in JSON: each statement that is itself an act between parties (a threat, a promise, an accusation), as it is claimed.

The keys are those of PLOVER's gold records; ``claimant`` is added: who says that the act took place, the outlet or, for a statement
within another, its speaker. Statements whose act has no PLOVER class (ASSERT, ASSESS …) are not events and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from onrecord.export.selection import Selection
from onrecord.export.values import anchor, claimant, context, json_array, speaker_name, words
from onrecord.statement import Statement

__all__ = ["event", "write"]


def event(s: Statement, outer: Statement | None) -> dict[str, Any] | None:
    """One statement as an event, or null where it is none."""
    if s.plover is None:
        return None
    d, who, when = s.document, s.speaker, s.date
    lo, hi = context(s)
    source = {"actorText": words(s.source) or speaker_name(s), "code": (who.country if who else None) or ""}
    if who and who.name:
        source["name"] = who.name
    return {
        "id": s.id,
        "date": (when.start if when and when.start else None) or None,
        "dateEnd": when.end if when else None,
        "source": [source] if source["actorText"] else [],
        "target": [{"actorText": d.text[a.start : a.end], "name": a.name, "code": a.code or ""} for a in s.targets],
        "event": s.plover,
        "eventText": words(s.cue),
        "text": d.text[lo:hi],
        "textInfo": {"start": lo, "end": hi, "content": words(s.content), "condition": words(s.condition), "anchor": anchor(s)},
        "claimant": {
            "name": claimant(s, outer),
            "kind": "speaker" if outer else "outlet" if d.outlet else "document",
            "statement": s.nested_in,
        },
        "status": "claimed",
        "polarity": s.polarity,
        "modality": s.modality,
        "cameo": s.cameo,
        "confidence": s.confidence,
        "language": d.language or "en",
        "publication": d.outlet or "",
        "datePublished": d.published,
        "url": d.url,
        "coder": "onrecord",
        "version": "0.8",
    }


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write the events of a selection. Returns how many there are."""

    def made() -> Iterator[dict[str, Any]]:
        for s in selection.statements():
            found = event(s, selection.find(s.nested_in) if s.nested_in and s.plover else None)
            if found:
                yield found

    return json_array(stream, made())
