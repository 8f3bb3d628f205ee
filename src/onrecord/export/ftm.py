"""FollowTheMoney entities, one a line: documents as Article, actors as Person, PublicBody or Organization, statements as Event.

An Event is what a text reports, not what happened: its name says "reported", and its proof is the Article. Actors are told apart
by their id where they have one, else by their name; each is written once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import IO, Any

from onrecord.export.selection import Selection
from onrecord.export.values import anchor, claimant, dumps, first_line, speaker_name, web_address, words
from onrecord.statement import Statement

__all__ = ["entities", "write"]


@lru_cache(maxsize=1)
def _alpha2() -> dict[str, str]:
    """The country codes that FollowTheMoney knows, by ISO 3166 alpha-3."""
    table = (files("onrecord.export") / "data" / "alpha2.tsv").read_text(encoding="utf8")
    rows = (line.split("\t") for line in table.splitlines()[1:])
    return {row[0]: row[1] for row in rows}


def _actor(id: str | None, name: str, country: str | None, role: str | None) -> dict[str, Any]:
    key = hashlib.sha1((id or f"name:{name}").encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    kind = "LegalEntity"
    if id:
        kind = "Person" if id.startswith("person:") else "PublicBody" if id.split(".")[0] in _alpha2() else "Organization"
    properties: dict[str, list[str]] = {"name": [name]}
    if country in _alpha2():
        properties["country"] = [_alpha2()[country or ""]]
    if role and kind == "Person":
        properties["position"] = [role]
    return {"id": f"onrecord-actor-{key}", "schema": kind, "properties": properties}


def _article(s: Statement) -> dict[str, Any]:
    d = s.document
    found = {
        "title": first_line(d),
        "publishedAt": (d.published or "")[:19] or None,
        "publisher": d.outlet,
        "author": d.author,
        "sourceUrl": web_address(d.url),
        "fileName": d.path,
        "notes": f"onrecord document {d.id}, SHA-256 of its text {d.digest}",
    }
    return {"id": f"onrecord-document-{d.id}", "schema": "Article", "properties": {k: [v] for k, v in found.items() if v}}


def entities(s: Statement, outer: Statement | None) -> Iterator[dict[str, Any]]:
    """The entities that one statement comes to: its document, its actors, and itself, in this order."""
    document = _article(s)
    yield document
    involved = []
    speaker = speaker_name(s)
    if speaker:
        who = s.speaker
        involved.append(_actor(who.id if who else None, speaker, who.country if who else None, who.role if who else None))
    involved += [_actor(a.id, a.name, a.code, None) for a in (*s.targets, *s.addressees)]
    yield from involved
    act = (s.act or "statement").lower()
    by = claimant(s, outer)
    properties: dict[str, list[str]] = {
        "name": [f"{act} by {speaker or 'an unnamed source'}, reported{f' by {by}' if by else ''}"],
        "summary": [words(s.content)] if s.content else [],
        "involved": sorted({e["id"] for e in involved}),
        "proof": [document["id"]],
        "recordId": [s.id],
        "publisher": [s.document.outlet] if s.document.outlet else [],
        "sourceUrl": [a] if (a := web_address(s.document.url)) else [],
        "notes": [dumps(anchor(s)).decode()],
    }
    if s.date and s.date.start:
        properties["date"] = [s.date.start[:19]]
    yield {"id": f"onrecord-statement-{s.id}", "schema": "Event", "properties": {k: v for k, v in properties.items() if v}}


def write(stream: IO[bytes], selection: Selection) -> int:
    """Write a selection. Returns the number of statements. Keeps 16 bytes in memory for each document and actor, so as to write it once."""
    seen: set[bytes] = set()
    count = 0
    for _, statements in selection.by_document():
        for s in statements:
            outer = selection.find(s.nested_in) if s.nested_in else None
            for e in entities(s, outer):
                key = hashlib.md5(e["id"].encode(), usedforsecurity=False).digest()
                if key not in seen:
                    seen.add(key)
                    stream.write(dumps(e) + b"\n")
            count += 1
    return count
