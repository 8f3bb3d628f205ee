"""Statements that report the same words: each is put with the first whose content it repeats, cuts or slightly changes.

Done as a statement is written. A content leaves hashes of some of its runs of five words (winnowing: of every four
neighbouring runs at least the one with the least hash), so that two contents with eight words in a row in common share a
hash; what shares one is aligned word by word. The same words are one cluster; so are words of which one content has nearly
all of the other's, unless each has a name or a number that the other has not. A statement joins one cluster and two
clusters are never joined, so that one article that quotes a whole speech does not make its every sentence one quote.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass

from onrecord.record import columns
from onrecord.record.terms import folded

__all__ = ["Match", "aligned", "link_statement", "unlink_statement"]

_RUN, _WINDOW = 5, 4
# A content with so few runs keeps all of them: one word changed in its middle leaves no eight in a row.
_FEW_RUNS = 8
#: Fewer words than this are the same quote only in articles that are nearly the same, and with the same source.
FEWEST = 5
# A run that so many statements share ("the president of the united states") tells nothing; it is then neither kept nor followed.
_CROWD = 100
_CANDIDATES = 12
# Texts held at once.
_TEXTS = 16
# Hashes of one content; a speech quoted whole is found by a part of its runs as well.
_MOST_GRAMS = 128
#: Share of the shorter content's words that the longer one has too, in runs of two words or more. Measured in docs/ingest.md.
LEAST = 0.7
# Words in common that hold against another speaker, and the share of the longer content that holds against one of another country.
_SURE_WORDS, _SURE = 8, 0.9
# Below this share of the longer content the words of the shorter may be no more than a name that both use, unless they are many.
_HALF = 0.5
_NAME = re.compile(r"(?P<digit>\d[\w.,]*)|\b[^\W\d_a-z]\w+")
_INITIAL = re.compile(r"\b[A-Z]\.$")
_OPENING = frozenset('.!?:;“”"‘(—–-')
_BLOCK = 2


@dataclass(frozen=True, slots=True)
class Match:
    """How two contents align: ``words`` in common in runs, and their shares of the ``shorter`` and the ``longer`` content."""

    words: int
    shorter: float
    longer: float


@dataclass(frozen=True, slots=True)
class _Said:
    content: str
    pk: int
    document: int
    near: int
    start: int
    end: int
    cluster: int
    actor: str | None
    name: str | None
    country: str | None


def aligned(a: list[str], b: list[str]) -> Match:
    """Align two lists of words; only runs of two words or more (or all of a shorter list) count as common."""
    from rapidfuzz.distance import Indel

    runs = [o.src_end - o.src_start for o in Indel.opcodes(a, b) if o.tag == "equal"]
    short, long = sorted((len(a), len(b)))
    words = sum(n for n in runs if n >= min(_BLOCK, short))
    return Match(words, words / max(1, short), words / max(1, long))


def link_statement(connection: sqlite3.Connection, pk: int, texts: dict[int, str]) -> None:
    """Put the new statement ``pk`` into the cluster of the first that reports the same words, within the caller's transaction.

    ``texts``: of documents by pk, as far as they were read in this transaction.
    """
    me = _said(connection, [pk], texts)[pk]
    words = folded(me.content).split()
    if not words:
        return
    whole, runs = _hashes(words)
    found = _exact(connection, me, whole, len(words), texts)
    if found is not None:
        # Whoever has these words too will find the one that was there before.
        connection.execute("UPDATE statement SET cluster = ? WHERE pk = ?", (found.cluster, pk))
        return
    keep = [whole]
    counts: Counter[int] = Counter()
    for run in runs:
        others = [s for (s,) in connection.execute("SELECT statement FROM gram WHERE hash = ? LIMIT ?", (run, _CROWD))]
        if len(others) < _CROWD:
            keep.append(run)
            counts.update(others)
    best = _best(connection, me, words, sorted(counts, key=lambda s: (-counts[s], s))[:_CANDIDATES], texts)
    if best is not None:
        connection.execute("UPDATE statement SET cluster = ? WHERE pk = ?", (best.cluster, pk))
    connection.executemany("INSERT OR IGNORE INTO gram VALUES (?, ?)", [(h, pk) for h in keep])


def unlink_statement(connection: sqlite3.Connection, pk: int) -> None:
    """Take a statement that is about to be removed out of its cluster; the others keep together."""
    texts: dict[int, str] = {}
    me = _said(connection, [pk], texts)[pk]
    words = folded(me.content).split()
    whole, runs = _hashes(words)
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
            same = [s.pk for s in _said(connection, others[i : i + 500], texts).values() if folded(s.content).split() == words]
            if same:
                connection.executemany("INSERT OR IGNORE INTO gram VALUES (?, ?)", [(h, min(same)) for h in (whole, *runs)])
                return


def _exact(connection: sqlite3.Connection, me: _Said, whole: int, size: int, texts: dict[int, str]) -> _Said | None:
    pks = [s for (s,) in connection.execute("SELECT statement FROM gram WHERE hash = ? ORDER BY statement LIMIT ?", (whole, _CROWD))]
    for other in sorted(_said(connection, pks, texts).values(), key=lambda s: s.pk):
        if folded(other.content) != folded(me.content) or _overlap(me, other):
            continue
        if size < FEWEST:
            if me.near == other.near and me.document != other.document and not _differ(me, other):
                return other
        elif not _differ(me, other) or (size >= _SURE_WORDS and me.document != other.document):
            return other
    return None


def _best(connection: sqlite3.Connection, me: _Said, words: list[str], pks: list[int], texts: dict[int, str]) -> _Said | None:
    best: tuple[float, int, _Said] | None = None
    for other in _said(connection, pks, texts).values():
        if _overlap(me, other):
            continue
        theirs = folded(other.content).split()
        m = aligned(words, theirs)
        good = (
            m.words >= (FEWEST if m.longer >= _HALF else _SURE_WORDS) and m.shorter >= LEAST and not _other_names(me.content, other.content)
        )
        if good and _differ(me, other):
            # In one article two people who say much the same are two.
            abroad, here = me.country != other.country, me.document == other.document
            good = not here and m.words >= _SURE_WORDS and (not abroad or m.longer >= _SURE)
        if good and (best is None or (m.longer, -other.pk) > best[:2]):
            best = (m.longer, -other.pk, other)
    return best[2] if best else None


def _overlap(a: _Said, b: _Said) -> bool:
    """One within the other, in one article: a statement and the one that is nested in it are two."""
    return a.document == b.document and a.start < b.end and b.start < a.end


def _other_names(a: str, b: str) -> bool:
    """Has each a name or a number that the other has not? "Article 4" and "article 5", "the State of Maine" and "of Kansas" are two
    contents, however like the rest is: forms are filled in like this."""
    mine, theirs = _names(a), _names(b)
    return bool(mine - set(folded(b).split()) and theirs - set(folded(a).split()))


def _names(content: str) -> set[str]:
    """Folded words with a capital or a digit, those at the start of a sentence or a quotation aside."""
    out: set[str] = set()
    for m in _NAME.finditer(content):
        before = content[max(0, m.start() - 8) : m.start()].rstrip()
        if m["digit"] or (before and (before[-1] not in _OPENING or _INITIAL.search(before))):
            out |= set(folded(m[0]).split())
    return out


def _differ(a: _Said, b: _Said) -> bool:
    """Are these known to be two speakers?"""
    if a.actor and b.actor:
        return a.actor != b.actor
    if not (a.name and b.name):
        return False
    mine, theirs = folded(a.name).split(), folded(b.name).split()
    return not (set(mine) <= set(theirs) or set(theirs) <= set(mine) or mine[-1:] == theirs[-1:])


def _said(connection: sqlite3.Connection, pks: list[int], texts: dict[int, str]) -> dict[int, _Said]:
    marks = ",".join("?" * len(pks))
    rows = connection.execute(
        'SELECT s.pk, s.document, d.near, s.start, s."end", s.cluster, s.speaker_id, s.speaker_name, s.speaker_country '
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
        out[row[0]] = _Said(" ".join(text[start:end] for start, end in spans.get(row[0], ())), *row)
    return out


def _text(connection: sqlite3.Connection, document: int, texts: dict[int, str]) -> str:
    text = texts.pop(document, None)
    if text is None:
        (text,) = connection.execute("SELECT text FROM document WHERE pk = ?", (document,)).fetchone()
    texts[document] = text  # the last one used stands last
    if len(texts) > _TEXTS:
        del texts[next(iter(texts))]
    return str(text)


def _hashes(words: list[str]) -> tuple[int, list[int]]:
    """The hash of all the words, and those of the runs that stand for them."""
    whole = _hash(b"=", " ".join(words))
    if len(words) < FEWEST:
        return whole, []
    runs = [_hash(b"~", " ".join(words[i : i + _RUN])) for i in range(len(words) - _RUN + 1)]
    chosen = set(runs) if len(runs) <= _FEW_RUNS else {min(runs[i : i + _WINDOW]) for i in range(len(runs) - _WINDOW + 1)}
    return whole, sorted(chosen)[:_MOST_GRAMS]


def _hash(kind: bytes, text: str) -> int:
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=kind).digest()
    # Seven bytes keep their rows a byte smaller and are still never met by chance: a match is aligned anyway.
    return int.from_bytes(digest[:7], "little", signed=True)
