"""Rows to the program's values and back: Document, Statement, and the pieces of a statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from onrecord.document import Document
from onrecord.statement import ActorRef, DateRef, Span, Speaker, Statement

__all__ = ["PARTIES", "ROLES", "STATEMENT_COLUMNS", "documents", "flat", "statements"]

#: Spans and actors by the number that stands for their role in the tables.
ROLES = ("source", "cue", "content", "condition")
PARTIES = ("addressees", "targets")

DOCUMENT_COLUMNS = ("path", "title", "published", "outlet", "author", "url", "language", "source_digest", "reader")
STATEMENT_COLUMNS = (
    "kind speaker_known speaker_id speaker_name speaker_role speaker_country speaker_via speaker_confidence "
    "act plover cameo polarity modality date_start date_end date_text nested_in confidence"
).split()

# SQLite takes at most 32,766 values in a statement; blocks stay well below.
_BLOCK = 500


def flat(s: Statement) -> dict[str, Any]:
    """The statement's own columns, spans and actors aside."""
    who, day = s.speaker, s.date
    return {
        "kind": s.kind,
        "speaker_known": int(who is not None),
        "speaker_id": who.id if who else None,
        "speaker_name": who.name if who else None,
        "speaker_role": who.role if who else None,
        "speaker_country": who.country if who else None,
        "speaker_via": who.via if who else None,
        "speaker_confidence": who.confidence if who else None,
        "act": s.act,
        "plover": s.plover,
        "cameo": s.cameo,
        "polarity": s.polarity,
        "modality": s.modality,
        "date_start": day.start if day else None,
        "date_end": day.end if day else None,
        "date_text": day.text if day else None,
        "nested_in": s.nested_in,
        "confidence": s.confidence,
    }


def documents(connection: sqlite3.Connection, pks: Iterable[int]) -> dict[int, Document]:
    """Documents by pk."""
    out = {}
    for block in _blocks(sorted(set(pks))):
        marks = ",".join("?" * len(block))
        for pk, text, *fields in connection.execute(
            f"SELECT pk, text, {', '.join(DOCUMENT_COLUMNS)} FROM document WHERE pk IN ({marks})", block
        ):
            out[pk] = Document(text, **dict(zip(DOCUMENT_COLUMNS, fields, strict=True)))
    return out


def statements(connection: sqlite3.Connection, pks: Sequence[int]) -> list[Statement]:
    """Statements by pk, in the order asked; one that is not there is left out."""
    found: dict[int, Statement] = {}
    for block in _blocks(pks):
        found |= _block(connection, block)
    return [found[pk] for pk in pks if pk in found]


def _blocks(pks: Sequence[int]) -> Iterable[list[int]]:
    for i in range(0, len(pks), _BLOCK):
        yield list(pks[i : i + _BLOCK])


def _block(connection: sqlite3.Connection, pks: list[int]) -> dict[int, Statement]:
    marks = ",".join("?" * len(pks))
    rows = connection.execute(
        f"SELECT pk, id, document, {', '.join(STATEMENT_COLUMNS)} FROM statement WHERE pk IN ({marks})", pks
    ).fetchall()
    texts = documents(connection, (r[2] for r in rows))
    rows = [r for r in rows if r[2] in texts]  # a row without its document is found in damaged records only
    spans: dict[tuple[int, int], list[Span]] = {}
    where = {r[0]: texts[r[2]].text for r in rows}
    for pk, role, start, end in connection.execute(
        f'SELECT statement, role, start, "end" FROM span WHERE statement IN ({marks}) ORDER BY statement, role, n', pks
    ):
        if pk in where:
            spans.setdefault((pk, role), []).append(Span(start, end, where[pk][start:end]))
    parties: dict[tuple[int, int], list[ActorRef]] = {}
    for pk, role, name, code, actor, start, end in connection.execute(
        f'SELECT statement, role, name, code, id, start, "end" FROM party WHERE statement IN ({marks}) ORDER BY statement, role, n', pks
    ):
        parties.setdefault((pk, role), []).append(ActorRef(name, code, start, end, actor))
    out = {}
    for pk, id_, document, *values in rows:
        v = dict(zip(STATEMENT_COLUMNS, values, strict=True))
        roles = {name: tuple(spans.get((pk, i), ())) for i, name in enumerate(ROLES)}
        who = None
        if v["speaker_known"]:
            who = Speaker(
                v["speaker_name"], v["speaker_id"], v["speaker_role"], v["speaker_country"], v["speaker_via"], v["speaker_confidence"]
            )
        day = DateRef(v["date_start"], v["date_end"], v["date_text"]) if v["date_text"] is not None else None
        out[pk] = Statement(
            id=id_,
            document=texts[document],
            kind=v["kind"],
            confidence=v["confidence"],
            nested_in=v["nested_in"],
            speaker=who,
            addressees=tuple(parties.get((pk, 0), ())),
            targets=tuple(parties.get((pk, 1), ())),
            act=v["act"],
            plover=v["plover"],
            cameo=v["cameo"],
            date=day,
            polarity=v["polarity"],
            modality=v["modality"],
            **roles,
        )
    return out
