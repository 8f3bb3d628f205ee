"""Statements that report the same words: each is put with the first whose content it repeats, cuts or slightly changes.

Done as a statement is written. What makes two contents the same is in wording.py; here the index ``gram`` finds which to compare.
A statement joins one cluster and two clusters are never joined, so that one article that quotes a whole speech does not make its
every sentence one quote.
"""

from __future__ import annotations

import sqlite3
from collections import Counter

from onrecord.record import columns
from onrecord.record.wording import CANDIDATES, CROWD, Wording, alike, hashes, same

__all__ = ["link_statement", "unlink_statement"]

# Texts held at once.
_TEXTS = 16


def link_statement(connection: sqlite3.Connection, pk: int, texts: dict[int, str]) -> None:
    """Put the new statement ``pk`` into the cluster of the first that reports the same words, within the caller's transaction.

    ``texts``: of documents by pk, as far as they were read in this transaction.
    """
    me = _said(connection, [pk], texts)[pk]
    if not me.words:
        return
    whole, runs = hashes(me.words)
    found = _exact(connection, me, whole, texts)
    if found is not None:
        # Whoever has these words too will find the one that was there before.
        connection.execute("UPDATE statement SET cluster = ? WHERE pk = ?", (found.cluster, pk))
        return
    keep = [whole]
    counts: Counter[int] = Counter()
    for run in runs:
        others = [s for (s,) in connection.execute("SELECT statement FROM gram WHERE hash = ? LIMIT ?", (run, CROWD))]
        if len(others) < CROWD:
            keep.append(run)
            counts.update(others)
    best = _best(connection, me, sorted(counts, key=lambda s: (-counts[s], s))[:CANDIDATES], texts)
    if best is not None:
        connection.execute("UPDATE statement SET cluster = ? WHERE pk = ?", (best.cluster, pk))
    connection.executemany("INSERT OR IGNORE INTO gram VALUES (?, ?)", [(h, pk) for h in keep])


def unlink_statement(connection: sqlite3.Connection, pk: int) -> None:
    """Take a statement that is about to be removed out of its cluster; the others keep together."""
    texts: dict[int, str] = {}
    me = _said(connection, [pk], texts)[pk]
    whole, runs = hashes(me.words)
    held = connection.execute("SELECT 1 FROM gram WHERE hash = ? AND statement = ?", (whole, pk)).fetchone()
    connection.executemany("DELETE FROM gram WHERE hash = ? AND statement = ?", [(h, pk) for h in (whole, *runs)])
    others = [p for (p,) in connection.execute("SELECT pk FROM statement WHERE cluster = ? AND pk <> ? ORDER BY pk", (me.cluster, pk))]
    if not others:
        return
    if me.cluster == pk:
        connection.execute("UPDATE statement SET cluster = ? WHERE cluster = ? AND pk <> ?", (others[0], pk, pk))
        columns.touch(connection, others)
    if held:
        for i in range(0, len(others), 500):
            found = [s.number for s in _said(connection, others[i : i + 500], texts).values() if s.words == me.words]
            if found:
                connection.executemany("INSERT OR IGNORE INTO gram VALUES (?, ?)", [(h, min(found)) for h in (whole, *runs)])
                return


def _exact(connection: sqlite3.Connection, me: Wording, whole: int, texts: dict[int, str]) -> Wording | None:
    pks = [s for (s,) in connection.execute("SELECT statement FROM gram WHERE hash = ? ORDER BY statement LIMIT ?", (whole, CROWD))]
    return next((o for o in sorted(_said(connection, pks, texts).values(), key=lambda s: s.number) if same(me, o)), None)


def _best(connection: sqlite3.Connection, me: Wording, pks: list[int], texts: dict[int, str]) -> Wording | None:
    best: tuple[float, int, Wording] | None = None
    for other in _said(connection, pks, texts).values():
        m = alike(me, other)
        if m is not None and (best is None or (m.longer, -other.number) > best[:2]):
            best = (m.longer, -other.number, other)
    return best[2] if best else None


def _said(connection: sqlite3.Connection, pks: list[int], texts: dict[int, str]) -> dict[int, Wording]:
    if not pks:
        return {}
    marks = ",".join("?" * len(pks))
    rows = connection.execute(
        'SELECT s.pk, s.document, d.near, s.start, s."end", s.speaker_id, s.speaker_name, s.speaker_country, s.cluster '
        f"FROM statement s JOIN document d ON d.pk = s.document WHERE s.pk IN ({marks})",
        pks,
    ).fetchall()
    spans: dict[int, list[tuple[int, int]]] = {}
    for pk, start, end in connection.execute(
        f'SELECT statement, start, "end" FROM span WHERE statement IN ({marks}) AND role = 2 ORDER BY statement, n', pks
    ):
        spans.setdefault(pk, []).append((start, end))
    out = {}
    for row in rows:
        text = _text(connection, row[1], texts)
        out[row[0]] = Wording(" ".join(text[start:end] for start, end in spans.get(row[0], ())), *row)
    return out


def _text(connection: sqlite3.Connection, document: int, texts: dict[int, str]) -> str:
    text = texts.pop(document, None)
    if text is None:
        (text,) = connection.execute("SELECT text FROM document WHERE pk = ?", (document,)).fetchone()
    texts[document] = text  # the last one used stands last
    if len(texts) > _TEXTS:
        del texts[next(iter(texts))]
    return str(text)
