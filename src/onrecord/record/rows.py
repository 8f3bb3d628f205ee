"""Rows to the program's values and back: Document, Statement, and the pieces of a statement."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from onrecord.document import Document
from onrecord.statement import ActorRef, DateRef, Span, Speaker, Statement

__all__ = ["PARTIES", "ROLES", "STATEMENT_COLUMNS", "Kept", "documents", "flat", "kept", "statements"]

#: Spans and actors by the number that stands for their role in the tables.
ROLES = ("source", "cue", "content", "condition")
PARTIES = ("addressees", "targets")

DOCUMENT_COLUMNS = ("path", "title", "published", "outlet", "author", "url", "language", "source_digest", "reader")
STATEMENT_COLUMNS = (
    "kind speaker_known speaker_id speaker_name speaker_role speaker_country speaker_via speaker_confidence "
    "act plover cameo polarity modality date_start date_end date_text nested_in confidence"
).split()

# SQLite takes at most 32,766 values in a statement; blocks stay well below. A page has 20.
_SIZES = (1, 5, 20, 100, 500)
_BLOCK = _SIZES[-1]

_DOCUMENTS = f"SELECT pk, digest, text, {', '.join(DOCUMENT_COLUMNS)} FROM document WHERE pk IN "
_STATEMENTS = (
    f"SELECT pk, document, id, cluster, status, origin, as_read IS NOT NULL, {', '.join(STATEMENT_COLUMNS)} FROM statement WHERE pk IN "
)
_SPANS = 'SELECT statement, role, start, "end" FROM span WHERE statement IN '
_PARTIES = 'SELECT statement, role, name, code, start, "end", id FROM party WHERE statement IN '


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
        for pk, digest, *fields in connection.execute(_DOCUMENTS + _marks(block), block):
            made = out[pk] = Document(*fields)
            # Else whoever asks for its id would have the whole text digested again: it was when it was written, and is frozen since.
            made.__dict__["digest"] = digest
    return out


class Kept(NamedTuple):
    """What a statement's row holds beside the statement: ``cluster`` is the pk of the first with the same words."""

    statement: Statement
    pk: int
    cluster: int
    status: str | None
    origin: str
    corrected: int


def statements(connection: sqlite3.Connection, pks: Sequence[int]) -> list[Statement]:
    """Statements by pk, in the order asked; one that is not there is left out."""
    return [k.statement for k in kept(connection, pks)]


def kept(connection: sqlite3.Connection, pks: Sequence[int]) -> list[Kept]:
    """As ``statements``, each with what else its row holds."""
    found: dict[int, Kept] = {}
    for block in _blocks(pks):
        _block(connection, block, found)
    return [found[pk] for pk in pks if pk in found]


def _blocks(pks: Sequence[int]) -> Iterable[list[int]]:
    """The pks in blocks of few sizes, the last one filled up with its own: SQLite compiles a query once for each number of values."""
    for i in range(0, len(pks), _BLOCK):
        block = list(pks[i : i + _BLOCK])
        size = next(n for n in _SIZES if n >= len(block))
        yield block + block[-1:] * (size - len(block))


def _marks(block: list[int]) -> str:
    return f"({','.join('?' * len(block))})"


def _block(connection: sqlite3.Connection, pks: list[int], out: dict[int, Kept]) -> None:
    marks = _marks(pks)
    rows = connection.execute(_STATEMENTS + marks, pks).fetchall()
    texts = documents(connection, [r[1] for r in rows])
    roles: dict[int, list[list[Span]]] = {}
    # A row without its document is found in damaged records only.
    where = {r[0]: texts[r[1]].text for r in rows if r[1] in texts}
    for pk, role, start, end in connection.execute(f"{_SPANS}{marks} ORDER BY statement, role, n", pks):
        if pk in where:
            mine = roles.get(pk)
            if mine is None:
                mine = roles[pk] = [[], [], [], []]
            mine[role].append(Span(start, end, where[pk][start:end]))
    parties: dict[int, list[list[ActorRef]]] = {}
    for pk, party, name, code, start, end, actor in connection.execute(f"{_PARTIES}{marks} ORDER BY statement, role, n", pks):
        parties.setdefault(pk, [[], []])[party].append(ActorRef(name, code, start, end, actor))
    none: list[list[Any]] = [[], [], [], []]
    for (
        pk, document, id_, cluster, status, origin, corrected, kind, known, actor, name, role_, country, via, sure, act, plover, cameo,
        polarity, modality, first, last, words, outer, confidence,
    ) in rows:  # fmt: skip
        if pk not in where:
            continue
        source, cue, content, condition = roles.get(pk, none)
        addressees, targets = parties.get(pk, none[:2])
        made = Statement(
            id_, texts[document], kind, tuple(source), tuple(cue), tuple(content), confidence, outer,
            Speaker(name, actor, role_, country, via, sure) if known else None, tuple(addressees), tuple(targets), act, plover, cameo,
            tuple(condition), DateRef(first, last, words) if words is not None else None, polarity, modality,
        )  # fmt: skip
        out[pk] = Kept(made, pk, cluster, status, origin, corrected)
