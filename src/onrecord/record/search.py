"""From a Query to the statements that meet it, how many there are, and how they divide."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from onrecord.errors import UsageError
from onrecord.record import rows
from onrecord.record.columns import EPOCH, PARTY_FIELDS, TABLE, Columns
from onrecord.record.fulltext import to_fts
from onrecord.record.names import codes_of
from onrecord.record.query import FACETS, Query, day_range
from onrecord.statement import Statement

__all__ = ["FacetValue", "Note", "Page", "Selection", "select"]

Hits = npt.NDArray[np.int64]

#: How many values of a facet are given.
FACET_VALUES = 20
# SQLite takes some thousands of values in a statement; blocks stay below.
_BLOCK = 500
# So many rows are counted faster one by one than by arrays.
_FEW = 200
#: So many matches are weighed for relevance, the newest; what is older follows them.
WEIGHED = 20_000
# Searches whose matches are kept, of the record as it is; some megabytes each for the commonest words of a million statements.
_MATCHES = 4
_STATUS = {None: 0, "accepted": 1, "rejected": 2, "replaced": 3}
_PARTY_TERMS = {"addressee": "party", "target": "party", "outlet": "outlet", "addressee_country": "country", "target_country": "country"}


class FacetValue(NamedTuple):
    """One value of a facet: ``value`` filters by it, ``label`` is shown, ``count`` is of statements or clusters."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # a tuple's own method of that name is not wanted here

    def to_dict(self) -> dict[str, Any]:
        return {"value": self.value, "label": self.label, "count": self.count}


@dataclass(frozen=True, slots=True)
class Note:
    """What the record knows of a statement beside the statement itself. ``variants``: statements in its cluster, itself among them."""

    status: str | None
    origin: str
    cluster: str
    variants: int
    corrected: bool

    def to_dict(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "origin": self.origin,
            "cluster": self.cluster,
            "variants": self.variants,
            "corrected": self.corrected,
        }


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results. ``total`` counts what ``query.count`` says, over all pages; ``notes`` are by statement id."""

    query: Query
    statements: tuple[Statement, ...]
    total: int
    facets: dict[str, tuple[FacetValue, ...]]
    notes: dict[str, Note]

    @property
    def pages(self) -> int:
        return -(-self.total // self.query.size)


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that meet a query: ``hits`` ascending pks, and what they would be without the filter of one field."""

    hits: Hits
    without: dict[str, Hits]


def select(connection: sqlite3.Connection, columns: Columns, query: Query, facets: Sequence[str] = ()) -> Selection:
    """The rows that meet ``query``. ``facets``: fields for which the rows that the field's own filter excludes are wanted too."""
    base = _matches(connection, columns, query)
    tests = dict(_tests(connection, columns, query))
    if not tests:
        return Selection(base, {})
    masks = {name: test(base) for name, test in tests.items()}
    whole = np.logical_and.reduce(list(masks.values()))
    without = {}
    for field in facets:
        if field in masks:
            others = [m for name, m in masks.items() if name != field]
            without[field] = base[np.logical_and.reduce(others)] if others else base
    return Selection(base[whole], without)


def _matches(connection: sqlite3.Connection, columns: Columns, query: Query) -> Hits:
    fts = to_fts(query.text)
    status, alive = columns["status"], columns["alive"]
    if fts is None:
        if query.text.strip():  # only signs that are no words: nothing contains them
            return np.zeros(0, np.int64)
        kept: Hits | None = columns.made.get(("all", query.status))
        if kept is None:
            kept = columns.made["all", query.status] = np.flatnonzero((alive == 1) & _status_mask(status, query.status))
            columns.made["shown", query.status] = len(kept)
        return kept
    # A page shows one search several ways (results, a timeline, counts): its words are looked up once.
    last: dict[str, Hits] = columns.made.setdefault("matches", {})
    hits = last.get(fts)
    if hits is None:
        hits = fts_rows(connection, fts)
        if len(hits) and hits[-1] > columns.top:  # an index that says more than its table: somebody else wrote to the file
            hits = hits[hits <= columns.top]
        for old in list(last)[: len(last) + 1 - _MATCHES]:
            last.pop(old, None)
        last[fts] = hits
    return hits[_status_mask(status[hits], query.status)]


def fts_rows(connection: sqlite3.Connection, fts: str) -> Hits:
    """Ascending pks of the statements whose content matches."""
    # One string of all row ids and one parse of it cost a third of fetching a row each.
    (joined,) = connection.execute("SELECT group_concat(rowid) FROM content_fts WHERE content_fts MATCH ?", (fts,)).fetchone()
    if joined is None:
        return np.zeros(0, np.int64)
    return np.fromstring(joined, np.int64, sep=",")


def _status_mask(status: npt.NDArray[Any], wanted: str) -> npt.NDArray[np.bool_]:
    if wanted == "all":
        return np.ones(len(status), bool)
    if wanted == "shown":
        return np.asarray(status < 2)
    return np.asarray(status == _STATUS[None if wanted == "unreviewed" else wanted])


Test = Callable[[Hits], npt.NDArray[np.bool_]]


def _tests(connection: sqlite3.Connection, columns: Columns, query: Query) -> Iterator[tuple[str, Test]]:
    """A name and a test for each condition of the query; those of facets go by the facet's name."""

    def codes(field: str, values: Sequence[str], how: str) -> npt.NDArray[np.int64]:
        return np.array(sorted({c for v in values for c in codes_of(connection, field, v, how)}), np.int64)

    def column(name: str, wanted: npt.NDArray[np.int64]) -> Test:
        return lambda hits: _among(columns[name][hits], wanted)

    def paired(named: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.bool_]:
        chosen = np.zeros(columns.top + 1, bool)
        for field, wanted in named.items():
            if len(wanted):
                pairs = columns.pairs(field)
                chosen[pairs.pk[_among(pairs.code, wanted)]] = True
        return chosen

    for field, how in (("speaker", "words"), ("role", "words"), ("country", "value"), ("act", "value"), ("kind", "value")):
        if values := getattr(query, field):
            yield field, column(field, codes(field, values, how))
    for field in ("target", "addressee"):
        if values := getattr(query, field):
            chosen = paired({field: codes("party", values, "words"), field + "_country": codes("country", values, "value")})
            yield field, lambda hits, chosen=chosen: chosen[hits]  # type: ignore[misc]
        if values := getattr(query, field + "_country"):
            chosen = paired({field + "_country": codes("country", values, "value")})
            yield field + "_country", lambda hits, chosen=chosen: chosen[hits]  # type: ignore[misc]
    if query.outlet:
        wanted = codes("outlet", query.outlet, "words")
        more = paired({"outlet": wanted})
        yield "outlet", lambda hits: _among(columns["outlet"][hits], wanted) | more[hits]
    if query.month:
        months = np.array([int(m[:4]) * 12 + int(m[5:]) - 1 for m in query.month])
        yield "month", column("month", months)
    if query.document:
        yield "document", column("document", _pks(connection, "document", query.document))
    if query.cluster:
        marks = ",".join("?" * len(query.cluster))
        found = connection.execute(f"SELECT cluster FROM statement WHERE id IN ({marks})", query.cluster).fetchall()
        yield "cluster", column("cluster", np.array([c for (c,) in found], np.int64))
    if query.since:
        first = _day(day_range(query.since)[0])
        yield "since", lambda hits: columns["until"][hits] > first
    if query.until:
        last = _day(day_range(query.until)[1])
        yield "until", lambda hits: (columns["since"][hits] < last) & (columns["since"][hits] > 0)
    if query.published_since:
        early = _day(day_range(query.published_since)[0])
        yield "published_since", lambda hits: columns["published"][hits] >= early
    if query.published_until:
        late = _day(day_range(query.published_until)[1])
        yield "published_until", lambda hits: (columns["published"][hits] < late) & (columns["published"][hits] > 0)
    if query.min_confidence > 0 or query.max_confidence < 1:
        # The column holds single precision: 0.9 there is a little less than 0.9.
        lo, hi = np.float32(query.min_confidence), np.float32(query.max_confidence)
        yield "confidence", lambda hits: (columns["confidence"][hits] >= lo) & (columns["confidence"][hits] <= hi)
    if query.nested is not None:
        yield "nested", lambda hits: columns["nested"][hits] == int(bool(query.nested))


def _pks(connection: sqlite3.Connection, table: str, ids: Sequence[str]) -> npt.NDArray[np.int64]:
    marks = ",".join("?" * len(ids))
    return np.array([p for (p,) in connection.execute(f"SELECT pk FROM {table} WHERE id IN ({marks})", ids)], np.int64)


def _day(value: Any) -> int:
    from datetime import date

    return int((value - date(1970, 1, 1)).days) + EPOCH


def facets(
    connection: sqlite3.Connection, columns: Columns, query: Query, chosen: Selection, fields: Sequence[str], limit: int = FACET_VALUES
) -> dict[str, tuple[FacetValue, ...]]:
    """Counts by each of ``fields``, most frequent first (months in order, newest first)."""
    if unknown := [f for f in fields if f not in FACETS]:
        raise UsageError(f"there is no facet {unknown[0]!r}; there are {', '.join(FACETS)}")
    counted: dict[str, list[tuple[int, int]]] = {}
    every = _Rows(columns, chosen.hits)
    for field in fields:
        rows_ = _Rows(columns, chosen.without[field]) if field in chosen.without else every
        if len(rows_.hits) <= _FEW:
            pairs = _few(columns, query, field, rows_)
            pairs.sort(key=_newest_month if field == "month" else _most_first)
            counted[field] = pairs if field == "month" else pairs[:limit]
            continue
        counts = _counts(columns, query, field, rows_)
        there = np.flatnonzero(counts)
        if field == "month":
            order = there[::-1]
        else:
            n = counts[there]
            if len(there) > 4 * limit:
                # Everything as frequent as the last that is given: ties are then broken by number, the same way each time.
                there = there[n >= np.partition(n, -limit)[-limit]]
                n = counts[there]
            order = there[np.lexsort((there, -n))][:limit]
        counted[field] = list(zip(order.tolist(), counts[order].tolist(), strict=True))
    return {field: _named(connection, columns, field, values) for field, values in counted.items()}


def _most_first(pair: tuple[int, int]) -> tuple[int, int]:
    return -pair[1], pair[0]


def _newest_month(pair: tuple[int, int]) -> int:
    return -pair[0]


def _few(columns: Columns, query: Query, field: str, rows_: _Rows) -> list[tuple[int, int]]:
    """Codes of ``field`` and their counts, as ``_counts``; for so few rows that calling numpy costs more than counting."""
    codes: Iterable[int]
    if query.count == "clusters":
        found, owners = _values(columns, field, rows_.hits, rows_)
        codes = [c for c, _ in set(zip(found.tolist(), columns["cluster"][owners].tolist(), strict=True))]
    elif field not in PARTY_FIELDS:
        codes = rows_.listed()[TABLE.index(field)]
    else:
        codes = columns.pairs(field).of_few(rows_.hits)
        if field == "outlet":
            codes = [*codes, *rows_.listed()[TABLE.index(field)]]
    counts = Counter(codes)
    counts.pop(0, None)
    return list(counts.items())


class _Rows:
    """Some rows, and what they hold in each field: few rows are looked up once for all fields."""

    def __init__(self, columns: Columns, hits: Hits) -> None:
        self.columns, self.hits = columns, hits
        self.table = columns["table"].take(hits, axis=0) if len(hits) * 8 < columns.top else None
        self._listed: list[list[int]] | None = None

    def __getitem__(self, field: str) -> npt.NDArray[Any]:
        held = self.columns[field][self.hits] if self.table is None else self.table[:, TABLE.index(field)]
        return held

    def listed(self) -> list[list[int]]:
        """The values of each field of ``TABLE``, for rows that are few."""
        if self._listed is None:
            table = self.columns["table"].take(self.hits, axis=0) if self.table is None else self.table
            self._listed = table.T.tolist()
        return self._listed


def _counts(columns: Columns, query: Query, field: str, rows_: _Rows) -> npt.NDArray[np.int64]:
    """How many of the rows have each code of ``field``; statements or clusters, as the query counts."""
    hits = rows_.hits
    key = ("counts", field, query.count, query.status)
    whole = len(hits) == columns.made.get(("shown", query.status))
    if whole and key in columns.made:  # all that is shown: counted once until the record changes
        kept: npt.NDArray[np.int64] = columns.made[key]
        return kept
    codes, owners = _values(columns, field, hits, rows_)
    if query.count == "clusters":
        # Only words that are reported more than once can count twice: just those are sorted.
        again = columns.repeated()[owners]
        both = np.sort(columns["cluster"][owners[again]].astype(np.int64) << 32 | codes[again])
        first = np.ones(len(both), bool)
        np.not_equal(both[1:], both[:-1], out=first[1:])
        codes = np.concatenate([codes[~again], both[first] & 0xFFFFFFFF])
    counts = np.bincount(codes, minlength=1)
    counts[0] = 0
    if whole:
        columns.made[key] = counts
    return counts


def _values(columns: Columns, field: str, hits: Hits, rows_: _Rows | None = None) -> tuple[npt.NDArray[Any], Hits]:
    """The codes of ``field`` over ``hits``, and which statement each belongs to. ``rows_``: the same rows, where they were looked up."""
    rows_ = rows_ or _Rows(columns, hits)
    if field not in PARTY_FIELDS:
        return rows_[field], hits
    codes, owners = columns.pairs(field).of(hits)
    if field != "outlet":
        return codes, owners
    own = rows_[field]
    return (np.concatenate([own, codes]), np.concatenate([hits, owners])) if len(codes) else (own, hits)


@lru_cache(maxsize=4096)
def _month(code: int) -> str:
    return f"{code // 12:04d}-{code % 12 + 1:02d}"


def _named(connection: sqlite3.Connection, columns: Columns, field: str, values: Sequence[tuple[int, int]]) -> tuple[FacetValue, ...]:
    if field == "month":
        return tuple([FacetValue(m := _month(c), m, n) for c, n in values])
    term = _PARTY_TERMS.get(field, field)
    if unknown := [c for c, _ in values if (term, c) not in columns.labels]:
        for i in range(0, len(unknown), _BLOCK):
            block = unknown[i : i + _BLOCK]
            for c, value, label in connection.execute(
                f"SELECT code, value, label FROM term WHERE field = ? AND code IN ({','.join('?' * len(block))})", (term, *block)
            ):
                columns.labels[term, c] = (value, label)
    return tuple([FacetValue(*columns.labels[term, c], n) for c, n in values])


def _among(codes: npt.NDArray[Any], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of ``codes`` are ``wanted``: a table of all numbers, which are small, instead of a search for each."""
    if len(wanted) == 1:
        one: npt.NDArray[np.bool_] = codes == wanted[0]
        return one
    table = np.zeros(max(int(codes.max(initial=0)), int(wanted.max(initial=0))) + 1, bool)
    table[wanted] = True
    several: npt.NDArray[np.bool_] = table[codes]
    return several


def total(columns: Columns, query: Query, hits: Hits) -> int:
    """How many statements, or clusters of them."""
    if query.count != "clusters":
        return len(hits)
    seen = np.zeros(columns.top + 1, bool)
    seen[columns["cluster"][hits]] = True
    return int(np.count_nonzero(seen))


def ordered(connection: sqlite3.Connection, columns: Columns, query: Query, hits: Hits, offset: int, size: int) -> Hits:
    """The pks at places ``offset`` to ``offset + size`` of ``hits`` in the query's order. Ties go by pk."""
    top = offset + size
    if query.sort == "relevance":
        return _by_relevance(connection, columns, query, hits, top)[offset:]
    key = _key(columns, query.sort, hits)
    if query.count != "clusters":
        return hits[_least(key, top)][offset:top]
    # One of each cluster stands for it, the first that would be shown: of so many more rows than are wanted, as needed.
    taken = 2 * top
    while True:
        found = _first_of_each(columns, hits[_least(key, taken)])
        if len(found) >= top or taken >= len(hits):
            return found[offset:top]
        taken *= 8


def _least(key: npt.NDArray[np.int64], n: int) -> npt.NDArray[np.intp]:
    """Places of the ``n`` least keys, in their order."""
    if len(key) <= 4 * n:
        return np.argsort(key)[:n]
    chosen = np.argpartition(key, n)[:n]
    return chosen[np.argsort(key[chosen])]


def _first_of_each(columns: Columns, ordered: Hits) -> Hits:
    """``ordered`` without those whose cluster came before."""
    clusters = columns["cluster"][ordered]
    order = np.argsort(clusters, kind="stable")
    first = np.ones(len(ordered), bool)
    first[order[1:]] = clusters[order[1:]] != clusters[order[:-1]]
    return ordered[first]


def _by_relevance(connection: sqlite3.Connection, columns: Columns, query: Query, hits: Hits, top: int) -> Hits:
    """The first ``top`` of ``hits`` by SQLite's bm25, one a cluster if the query counts those.

    To weigh a match costs ten times what finding it does, and for a word that is in every tenth statement the weights hardly differ:
    of more than ``WEIGHED`` hits the newest are weighed, and the rest come after them, the newest first.
    """
    if not len(hits):
        return hits
    rest = hits[:0]
    weighed = hits
    if len(hits) > WEIGHED:
        wanted = WEIGHED if top <= WEIGHED and query.count != "clusters" else len(hits)
        newest = hits[_least(_key(columns, "newest", hits), wanted)]
        weighed, rest = np.sort(newest[:WEIGHED]), newest[WEIGHED:]
    # The plus keeps SQLite from looking each row up: it goes through the matches once, and weighs those that are wanted.
    found = connection.execute(
        "SELECT rowid FROM content_fts WHERE content_fts MATCH ? AND rowid BETWEEN ? AND ? "
        "AND +rowid IN (SELECT value FROM json_each(?)) ORDER BY bm25(content_fts), rowid LIMIT ?",
        (to_fts(query.text), int(weighed[0]), int(weighed[-1]), json.dumps(weighed.tolist()), top if query.count != "clusters" else -1),
    ).fetchall()
    ranked = np.concatenate([np.array([p for (p,) in found], np.int64), rest])
    return (ranked if query.count != "clusters" else _first_of_each(columns, ranked))[:top]


def _key(columns: Columns, sort: str, hits: Hits) -> npt.NDArray[np.int64]:
    """A number for each hit, smaller first, all different."""
    far = 1 << 24
    if sort == "newest":
        key = far - columns["since"][hits].astype(np.int64)
    elif sort == "oldest":
        day = columns["since"][hits].astype(np.int64)
        key = np.where(day > 0, day, far)
    elif sort == "published":
        key = far - columns["published"][hits].astype(np.int64)
    elif sort in ("surest", "unsurest"):
        sure = (columns["confidence"][hits].astype(np.float64) * 1e6).astype(np.int64)
        key = far - sure if sort == "surest" else sure
    elif sort == "document":  # a document's statements together, also those that came in later
        key = columns["document"][hits].astype(np.int64)
    else:
        return hits.astype(np.int64)
    return key << 32 | hits


def notes(connection: sqlite3.Connection, found: Sequence[rows.Kept]) -> dict[str, Note]:
    """What the record knows of each statement beside itself."""
    clusters = {k.cluster for k in found}
    marks = ",".join("?" * len(clusters))
    named: dict[int, tuple[str | None, int]] = {
        pk: (id_, n)
        for pk, n, id_ in connection.execute(
            f"SELECT cluster, count(*), (SELECT id FROM statement c WHERE c.pk = s.cluster) FROM statement s WHERE cluster IN ({marks}) "
            "GROUP BY cluster",
            list(clusters),
        )
    }
    out = {}
    for k in found:
        first, n = named[k.cluster]
        out[k.statement.id] = Note(k.status, k.origin, first or k.statement.id, n, bool(k.corrected))
    return out


def page(connection: sqlite3.Connection, columns: Columns, query: Query, fields: Sequence[str]) -> Page:
    """One page with its counts, within the caller's read transaction."""
    chosen = select(connection, columns, query, fields)
    pks = ordered(connection, columns, query, chosen.hits, (query.page - 1) * query.size, query.size).tolist()
    found = rows.kept(connection, pks)
    return Page(
        query,
        tuple([k.statement for k in found]),
        total(columns, query, chosen.hits),
        facets(connection, columns, query, chosen, fields) if fields else {},
        notes(connection, found),
    )
