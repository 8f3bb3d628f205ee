"""How much of everything a record holds."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.record.columns import Columns

__all__ = ["Stats", "stats"]


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts over a record.

    ``statements``: those shown. ``quotes``: their clusters (the same words in many articles once). ``rejected``: rejected or replaced by
    people. ``nested``, ``dated``, ``named``: shown statements within others, with a day of saying, with a known speaker.
    ``published``: first and last day of publication, null where none is known. ``by_act``, ``by_kind``: shown statements, most first.
    ``models``: version of the weights and of onrecord with the documents each read. ``size``: bytes of the file.
    """

    documents: int
    words: int
    outlets: int
    appearances: int
    statements: int
    quotes: int
    speakers: int
    nested: int
    dated: int
    named: int
    rejected: int
    added_by_people: int
    corrections: int
    refused: int
    published: tuple[str | None, str | None]
    by_act: tuple[tuple[str, int], ...]
    by_kind: tuple[tuple[str, int], ...]
    models: tuple[tuple[str | None, str | None, int], ...]
    size: int

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def stats(connection: sqlite3.Connection, columns: Columns, path: Path) -> Stats:
    """All counts, within the caller's read transaction. The documents are visited one by one, the statements in memory."""
    documents, words, outlets, first, last = connection.execute(
        "SELECT count(*), coalesce(sum(words), 0), count(DISTINCT outlet), min(published), max(published) FROM document"
    ).fetchone()
    appearances, corrections, refused = connection.execute(
        "SELECT (SELECT count(*) FROM appearance), (SELECT count(*) FROM correction), (SELECT count(*) FROM refusal)"
    ).fetchone()
    alive = columns["alive"] == 1
    shown = alive & (columns["status"] < 2)
    names = {
        field: dict(connection.execute("SELECT code, value FROM term WHERE field = ?", (field,)).fetchall()) for field in ("act", "kind")
    }

    def by(field: str) -> tuple[tuple[str, int], ...]:
        counts = np.bincount(columns[field][shown], minlength=1)
        return tuple((names[field][int(c)], int(counts[c])) for c in np.argsort(-counts, kind="stable") if c and counts[c])

    models = connection.execute(
        "SELECT r.model, r.code, count(*) FROM document d LEFT JOIN run r ON r.pk = d.run GROUP BY 1, 2 ORDER BY 3 DESC"
    ).fetchall()
    speaker = columns["speaker"][shown]
    return Stats(
        documents=documents,
        words=words,
        outlets=outlets,
        appearances=appearances,
        statements=int(shown.sum()),
        quotes=len(np.flatnonzero(np.bincount(columns["cluster"][shown], minlength=1))),
        speakers=len(np.flatnonzero(np.bincount(speaker, minlength=1)[1:])),
        nested=int((columns["nested"][shown] > 0).sum()),
        dated=int((columns["first"][shown] > 0).sum()),
        named=int((speaker > 0).sum()),
        rejected=int((alive & (columns["status"] >= 2)).sum()),
        added_by_people=int((columns["origin"][shown] == 1).sum()),
        corrections=corrections,
        refused=refused,
        published=(first, last),
        by_act=by("act"),
        by_kind=by("kind"),
        models=tuple(models),
        size=path.stat().st_size,
    )
