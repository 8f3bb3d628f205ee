"""W3C Web Annotations: one annotation a statement, in one collection (JSON-LD).

Each fragment of source, cue, content and condition is a target with two selectors, by position and by quotation; its
``styleClass`` says which of them it is. The act is a tag, the speaker an identifying body, and a body in JSON holds the rest of the
statement's fields. ``onrecord import --format annotations`` reads corrections back from it.
"""

from __future__ import annotations

import json
from typing import IO, Any

from onrecord.export.selection import Selection
from onrecord.export.values import ROLES, document_urn, json_array, speaker_name, urn, web_address
from onrecord.statement import Span, Statement

__all__ = ["CONTEXT", "annotation", "write"]

#: ``sha256`` is not among the standard's own terms.
CONTEXT: list[Any] = ["http://www.w3.org/ns/anno.jsonld", {"sha256": "urn:onrecord:term:sha256"}]
#: Characters of context on either side of a quotation, by which it is found again in a text that has moved.
AROUND = 32


def annotation(s: Statement) -> dict[str, Any]:
    """One statement as an Annotation."""
    bodies: list[dict[str, Any]] = []
    if s.act:
        bodies.append({"type": "TextualBody", "purpose": "tagging", "value": s.act})
    if name := speaker_name(s):
        bodies.append({"type": "TextualBody", "purpose": "identifying", "value": name})
    rest = {k: v for k, v in s.to_dict().items() if k not in (*ROLES, "id")}
    bodies.append(
        {"type": "TextualBody", "purpose": "describing", "format": "application/json", "value": json.dumps(rest, ensure_ascii=False)}
    )
    return {
        "id": urn(s),
        "type": "Annotation",
        "motivation": "classifying",
        "body": bodies,
        "target": [_target(s, role, x) for role in ROLES for x in getattr(s, role)],
    }


def _target(s: Statement, role: str, x: Span) -> dict[str, Any]:
    text = s.document.text
    source = {"id": document_urn(s.document), "type": "Text", "format": "text/plain", "sha256": s.document.digest}
    if s.document.language:
        source["language"] = s.document.language
    if address := web_address(s.document.url):
        source["via"] = address
    return {
        "type": "SpecificResource",
        "source": source,
        "styleClass": role,
        "selector": [
            {"type": "TextPositionSelector", "start": x.start, "end": x.end},
            {
                "type": "TextQuoteSelector",
                "exact": x.text,
                "prefix": text[max(0, x.start - AROUND) : x.start],
                "suffix": text[x.end : x.end + AROUND],
            },
        ],
    }


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write a selection as an AnnotationCollection with one page. Returns the number of statements."""
    head = {"@context": CONTEXT, "id": "urn:onrecord:export", "type": "AnnotationCollection", "label": selection.title}
    start = json.dumps(head, ensure_ascii=True)[:-1]
    start += ', "first": {"id": "urn:onrecord:export:page:1", "type": "AnnotationPage", "startIndex": 0, "items": ['
    return json_array(stream, (annotation(s) for s in selection.statements()), head=start, tail="]}}\n")
