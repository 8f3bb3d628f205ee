"""schema.org in JSON-LD: what was said as Quotation or Claim, and drafts of ClaimReview.

Only words that stand wholly in quotation marks are a Quotation; anything else that a source is reported to have said is a Claim. A
ClaimReview is a draft for a fact-checker: what was claimed, by whom, where. It has no rating, no reviewer and no verdict, which are
theirs to give.
"""

from __future__ import annotations

import json
from typing import IO, Any

from onrecord.export.selection import Selection
from onrecord.export.values import anchor, document_urn, first_line, json_array, speaker_name, urn, web_address, words
from onrecord.statement import Statement

__all__ = ["claim_review", "quotation", "write", "write_reviews"]


def _article(s: Statement) -> dict[str, Any]:
    d = s.document
    made: dict[str, Any] = {"@type": "NewsArticle" if d.outlet else "CreativeWork", "@id": document_urn(d), "name": first_line(d)}
    if d.published:
        made["datePublished"] = d.published
    if d.outlet:
        made["publisher"] = {"@type": "Organization", "name": d.outlet}
    if d.author:
        made["author"] = {"@type": "Person", "name": d.author}
    if address := web_address(d.url):
        made["url"] = address
    made["identifier"] = [{"@type": "PropertyValue", "propertyID": "sha256", "value": d.digest}]
    return made


def _speaker(s: Statement) -> dict[str, Any] | str | None:
    """The speaker as a Person or an Organization; a bare name where it is not known which."""
    name = speaker_name(s)
    if not name or s.speaker is None or not s.speaker.id:
        return name or None
    made: dict[str, Any] = {"@type": "Organization", "name": name, "identifier": s.speaker.id}
    if s.speaker.id.startswith("person:"):
        made["@type"] = "Person"
        if s.speaker.role:
            made["jobTitle"] = s.speaker.role
    return made


def quotation(s: Statement) -> dict[str, Any]:
    """One statement as a Quotation (all of it in quotation marks) or a Claim (else, the words being the reporter's)."""
    direct = s.kind == "direct"
    made: dict[str, Any] = {"@type": "Quotation" if direct else "Claim", "@id": urn(s), "text": words(s.content)}
    if who := _speaker(s):
        made["spokenByCharacter" if direct else "author"] = who
    if s.date and s.date.start:
        made["temporal"] = f"{s.date.start}/{s.date.end}" if s.date.end else s.date.start
    made["isPartOf" if direct else "appearance"] = _article(s)
    made["identifier"] = [{"@type": "PropertyValue", "propertyID": "onrecord", "value": json.dumps(anchor(s))}]
    if s.act:
        made["keywords"] = s.act
    return made


def claim_review(s: Statement) -> dict[str, Any]:
    """A draft ClaimReview of one statement: everything that a reviewer need not write anew, and nothing that is theirs to judge."""
    claim = quotation(s)
    claimed = claim["text"]
    item: dict[str, Any] = {
        "@type": "Claim",
        "@id": claim["@id"],
        "text": claimed,
        "appearance": _article(s),
        "identifier": claim["identifier"],
    }
    if who := _speaker(s):
        item["author"] = who
    if s.document.published:
        item["datePublished"] = s.document.published
    return {
        "@type": "ClaimReview",
        "creativeWorkStatus": "Draft",
        "claimReviewed": claimed,
        "itemReviewed": item,
    }


_HEAD = '{"@context": "https://schema.org", "@graph": ['


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write a selection as one graph of Quotations and Claims. Returns the number of statements."""
    return json_array(stream, (quotation(s) for s in selection.statements()), head=_HEAD, tail="]}\n")


def write_reviews(stream: IO[bytes], selection: Selection) -> int:
    """Write drafts of ClaimReview for the statements of a selection that have a content. Returns how many."""
    return json_array(stream, (claim_review(s) for s in selection.statements() if s.content), head=_HEAD, tail="]}\n")
