"""What is the same in all that was read: documents that are nearly the same, and statements that report the same words.

The rules are those of the record (``onrecord.record.near`` and ``onrecord.record.wording``); only the way differs. The record
finds a newcomer's like by indexes as it is written. Here every file is gone through once for the signatures, the words and
their hashes, DuckDB joins what shares a hash, on disk where memory does not reach, and the pairs are compared.

Files come in any order; what is first in a cluster is what was published first, then what has the lesser id.
"""

from __future__ import annotations

import hashlib
import importlib
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from onrecord.errors import OnrecordError, OutputError, UsageError
from onrecord.export.files import guard
from onrecord.record.wording import CANDIDATES, CROWD, Wording, alike, hashes, same
from onrecord.scale.manifest import MANIFESTS, READINGS, load
from onrecord.scale.place import Place

__all__ = ["CLUSTERS", "ClusterReport", "cluster"]

CLUSTERS = "clusters"
#: In a band that many documents share, each is compared with so many of the first: the work stays in step with the corpus.
_HEADS = 32
_BANDS = 32
_BATCH = 4096


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """``files`` gone through; ``skipped``: Parquet files without a sound manifest. ``documents`` with different texts, ``near``
    of which in ``near_clusters`` of at least two; ``copies``: places where a text was met again. ``statements``, ``same`` of which in
    ``quotes``. ``unchanged``: nothing was new, the clusters of the run before stand.
    """

    files: int = 0
    skipped: int = 0
    documents: int = 0
    copies: int = 0
    near: int = 0
    near_clusters: int = 0
    statements: int = 0
    same: int = 0
    quotes: int = 0
    seconds: float = 0.0
    unchanged: bool = False


def cluster(
    out: str | os.PathLike[str],
    *,
    workers: int | None = None,
    memory: str = "2GB",
    progress: Callable[[int, int], None] = lambda done, all_: None,
) -> ClusterReport:
    """Cluster everything in ``out``, where ``scale`` put it, into ``clusters/documents.parquet`` and ``clusters/quotes.parquet``.

    ``workers``: processes that go through the files, by default one a core. ``memory``: what DuckDB may take before it goes to the disk.
    ``progress`` is called with the files gone through and their number.
    Raises OutputError, UsageError (DuckDB is not installed, there is nothing to cluster), OnrecordError (a result is damaged).
    """
    try:
        duckdb: Any = importlib.import_module("duckdb")
    except ImportError as e:
        raise UsageError("clustering a corpus needs the Python package 'duckdb' (pip install 'onrecord[ray]')") from e
    _check_libraries()
    began = time.monotonic()
    place = Place(out)
    with place.alone():
        names, skipped, state = _sealed(place)
        if not names:
            raise UsageError(
                f"{place.address}: there are no readings to cluster (make them with: onrecord scale INPUT --out {place.address})"
            )
        place.prepare(CLUSTERS)
        place.sweep(CLUSTERS)
        if (stands := _standing(place, state)) is not None:
            return replace(stands, files=len(names), skipped=skipped, unchanged=True, seconds=time.monotonic() - began)
        with guard(tempfile.gettempdir()), tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
            _extract_all(place, names, folder, workers or _cores(), progress)
            with duckdb.connect(str(Path(folder) / "work.duckdb")) as db:
                db.execute(f"SET temp_directory = '{_quoted(folder)}/spill'")
                try:
                    db.execute(f"SET memory_limit = '{_quoted(memory)}'")
                except duckdb.Error:
                    raise UsageError(f"{memory!r:.40} is not an amount of memory such as 2GB") from None
                db.execute("SET preserve_insertion_order = false")
                try:
                    counts: dict[str, Any] = _documents(db, folder) | _quotes(db, folder)
                    metadata = {"onrecord.state": state, **{f"onrecord.{k}": str(v) for k, v in counts.items()}}
                    _write(db, place, f"{CLUSTERS}/quotes.parquet", _QUOTES, metadata)
                    _write(db, place, f"{CLUSTERS}/documents.parquet", _APPEARANCES, metadata)
                except duckdb.OutOfMemoryException as e:
                    raise UsageError(f"clustering takes more than {memory} of memory or disk: {str(e).splitlines()[0][:200]}") from e
                except duckdb.IOException as e:
                    raise OutputError(folder, str(e).splitlines()[0][:200], "free some space, or set TMPDIR to a larger disk") from e
                except duckdb.Error as e:
                    raise OnrecordError(f"the results could not be joined: {str(e).splitlines()[0][:200]}") from e
        return replace(ClusterReport(**counts), files=len(names), skipped=skipped, seconds=time.monotonic() - began)


def _check_libraries() -> None:
    for library in ("rensa", "rapidfuzz", "pyarrow"):
        try:
            importlib.import_module(library)
        except ImportError as e:
            raise UsageError(f"clustering a corpus needs the Python package {library!r} (pip install 'onrecord[ray]')") from e


def _sealed(place: Place) -> tuple[list[str], int, str]:
    """The results that have a manifest, how many have none, and a digest that changes when any of them does."""
    state = hashlib.sha256()
    names = []
    there = place.names(READINGS)
    for file in there:
        name = file.removesuffix(".parquet")
        manifest = load(place.read(f"{MANIFESTS}/{name}.json"))
        if manifest is not None and place.size(f"{READINGS}/{file}") == manifest.size:
            names.append(name)
            state.update(f"{name} {manifest.digest}\n".encode())
    return names, len(there) - len(names), state.hexdigest()


def _standing(place: Place, state: str) -> ClusterReport | None:
    """The counts of clusters that were made of just these results."""
    import pyarrow.parquet as pq  # type: ignore[import-untyped,unused-ignore]

    said: dict[bytes, bytes] = {}
    for file in ("quotes", "documents"):
        try:
            with place.open(f"{CLUSTERS}/{file}.parquet") as stream:
                said = pq.read_metadata(stream).metadata or {}
        except Exception:  # absent or damaged: made again
            return None
        if said.get(b"onrecord.state") != state.encode():
            return None
    names = ("documents", "copies", "near", "near_clusters", "statements", "same", "quotes")
    return ClusterReport(**{n: int(said[f"onrecord.{n}".encode()]) for n in names})  # type: ignore[arg-type]


# -- first: what each file holds, as hashes


def _extract_all(place: Place, names: list[str], folder: str, workers: int, progress: Callable[[int, int], None]) -> None:
    if workers == 1 or len(names) == 1:
        for n, name in enumerate(names):
            _extract(place, name, folder, n)
            progress(n + 1, len(names))
        return
    with ProcessPoolExecutor(min(workers, len(names)), mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(_extract, place, name, folder, n) for n, name in enumerate(names)]
        for n, done in enumerate(waiting):
            try:
                done.result()
            except BrokenProcessPool as e:
                raise OnrecordError("a process that goes through the results ended: give fewer --workers, each wants some memory") from e
            progress(n + 1, len(names))


def _extract(place: Place, name: str, folder: str, n: int) -> None:
    """Go through one result and write its part of the four tables that are joined."""
    import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]
    import pyarrow.parquet as pq

    u64, i64, i32, s = pa.uint64(), pa.int64(), pa.int32(), pa.string()
    kinds = {
        "docs": pa.schema([("id", u64), ("file", s), ("path", s), ("published", s), ("outlet", s), ("signature", pa.binary())]),
        "bands": pa.schema([("hash", i64), ("id", u64)]),
        "said": pa.schema(
            [("statement", u64), ("doc", u64), ("start", i32), ("end", i32), ("actor", s), ("name", s), ("country", s), ("whole", i64),
             ("content", s)]
        ),
        "grams": pa.schema([("hash", i64), ("statement", u64)]),
    }  # fmt: skip
    columns = ["id", "path", "published", "outlet", "text", "statements"]
    file = f"{READINGS}/{name}.parquet"
    try:
        with ExitStack() as stack:
            tables = {k: stack.enter_context(pq.ParquetWriter(f"{folder}/{k}-{n}.parquet", v)) for k, v in kinds.items()}
            stream = stack.enter_context(place.open(file))
            source = stack.enter_context(pq.ParquetFile(stream, page_checksum_verification=True))
            for batch in source.iter_batches(batch_size=64, columns=columns, use_threads=False):
                made: dict[str, list[tuple[Any, ...]]] = {k: [] for k in kinds}
                for row in batch.to_pylist():
                    _enter(row, f"{name}.parquet", made)
                for k, rows in made.items():
                    if rows:
                        arrays = [pa.array(column, t) for column, t in zip(zip(*rows, strict=True), kinds[k].types, strict=True)]
                        tables[k].write_batch(pa.RecordBatch.from_arrays(arrays, schema=kinds[k]))
    except (pa.ArrowException, UnicodeDecodeError, OSError) as e:
        if getattr(e, "errno", None) is not None:  # the system's; Arrow's own have no number
            raise
        words = " ".join(str(e).split())[:120]
        # A plain error, of one string: it crosses from one process to another.
        raise OnrecordError(f"{place.shown(file)}: it is damaged: {words} (run onrecord scale again: it is made anew)") from None


def _enter(row: dict[str, Any], file: str, made: dict[str, list[tuple[Any, ...]]]) -> None:
    from onrecord.record.near import signature
    from onrecord.record.terms import folded

    id_ = int(row["id"], 16)
    sign = signature(row["text"])
    made["docs"].append((id_, file, row["path"], row["published"], row["outlet"], sign))
    if sign is not None:
        size = len(sign) // _BANDS
        made["bands"] += [(_hash(bytes([i]) + sign[i * size : (i + 1) * size]), id_) for i in range(_BANDS)]
    for x in row["statements"]:
        content = " ".join(p["text"] for p in x["content"])
        words = folded(content).split()
        if not words:
            continue
        spans = [*x["source"], *x["cue"], *x["content"]]
        start, end = min(p["start"] for p in spans), max(p["end"] for p in spans)
        who = x["speaker"] or {}
        whole, runs = hashes(words)
        statement = int(x["id"], 16)
        made["said"].append((statement, id_, start, end, who.get("id"), who.get("name"), who.get("country"), whole, content))
        made["grams"] += [(run, statement) for run in runs]


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little", signed=True)


# -- second: documents


def _documents(db: Any, folder: str) -> dict[str, int]:
    from onrecord.record.near import LEAST

    db.execute(f"CREATE TABLE appearance AS SELECT * FROM read_parquet('{_quoted(folder)}/docs-*.parquet')")
    db.execute(
        "CREATE TABLE doc AS SELECT *, row_number() OVER (ORDER BY published IS NULL, published, id) - 1 AS n FROM "
        "(SELECT id, min(published) AS published, any_value(signature) AS signature FROM appearance GROUP BY id)"
    )
    db.execute(
        "CREATE TABLE band AS SELECT hash, n, row_number() OVER (PARTITION BY hash ORDER BY n) AS r FROM "
        f"(SELECT DISTINCT hash, id FROM read_parquet('{_quoted(folder)}/bands-*.parquet')) JOIN doc USING (id)"
    )
    count = _count(db, "doc")
    first = np.arange(count, dtype=np.int64)
    pairs = (
        "SELECT p.a, p.b, x.signature, y.signature FROM (SELECT DISTINCT h.n AS a, b.n AS b FROM band h JOIN band b "
        f"ON h.hash = b.hash AND h.n < b.n WHERE h.r <= {_HEADS}) p JOIN doc x ON x.n = p.a JOIN doc y ON y.n = p.b"
    )
    for rows in _batches(db, pairs):
        a, b = (np.fromiter((r[i] for r in rows), np.int64, len(rows)) for i in (0, 1))
        mine, theirs = (np.frombuffer(b"".join(r[i] for r in rows), "<u4").reshape(len(rows), -1) for i in (2, 3))
        near = (mine == theirs).mean(axis=1) >= LEAST
        for x, y in zip(a[near].tolist(), b[near].tolist(), strict=True):
            _join(first, x, y)
    roots = _settled(first)
    _register(db, "near", n=np.arange(count), root=roots)
    sizes = np.bincount(roots, minlength=count)
    appearances = _count(db, "appearance")
    return {
        "documents": count, "copies": appearances - count, "near": int(sizes[sizes > 1].sum()), "near_clusters": int((sizes > 1).sum())
    }  # fmt: skip


_APPEARANCES = """
    SELECT format('{:016x}', f.id) AS cluster, format('{:016x}', d.id) AS document, a.file, a.path, a.published, a.outlet
    FROM appearance a JOIN doc d USING (id) JOIN near USING (n) JOIN doc f ON f.n = near.root
    WHERE near.root IN (SELECT root FROM appearance JOIN doc USING (id) JOIN near USING (n) GROUP BY root HAVING count(*) > 1)
    ORDER BY near.root, d.n, a.file, a.path
"""


def _join(first: npt.NDArray[np.int64], x: int, y: int) -> None:
    """Put the groups of ``x`` and ``y`` together under the lesser of their firsts."""
    x, y = _root(first, x), _root(first, y)
    if x != y:
        first[max(x, y)] = min(x, y)


def _root(first: npt.NDArray[np.int64], x: int) -> int:
    while (up := int(first[x])) != x:
        first[x] = first[up]
        x = up
    return x


def _settled(first: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Each one's root. Whatever anything points to comes before it."""
    while not np.array_equal(up := first[first], first):
        first = up
    return first


# -- third: statements


def _quotes(db: Any, folder: str) -> dict[str, int]:
    db.execute(
        "CREATE TABLE said AS SELECT s.*, d.n AS document, near.root AS near, "
        'row_number() OVER (ORDER BY d.n, s.start, s."end" DESC, s.statement) - 1 AS m '
        f"FROM (SELECT DISTINCT ON (statement) * FROM read_parquet('{_quoted(folder)}/said-*.parquet') "
        "ORDER BY statement, actor, name, country) s "
        "JOIN doc d ON d.id = s.doc JOIN near USING (n)"
    )
    count = _count(db, "said")
    first = np.arange(count, dtype=np.int64)
    own = np.ones(count, bool)  # has no earlier one with just its words
    _exact(db, first, own)
    _register(db, "representative", m=np.flatnonzero(own))
    db.execute(
        "CREATE TABLE gram AS SELECT hash, m, row_number() OVER (PARTITION BY hash ORDER BY m) AS r FROM "
        f"(SELECT DISTINCT hash, statement FROM read_parquet('{_quoted(folder)}/grams-*.parquet')) "
        "JOIN said USING (statement) SEMI JOIN representative USING (m)"
    )
    db.execute(
        "CREATE TABLE candidate AS SELECT s, t FROM (SELECT a.m AS s, b.m AS t, count(*) AS shared FROM gram a JOIN gram b "
        f"ON a.hash = b.hash AND b.r < a.r WHERE a.r <= {CROWD} GROUP BY a.m, b.m) "
        f"QUALIFY row_number() OVER (PARTITION BY s ORDER BY shared DESC, t) <= {CANDIDATES}"
    )
    _alike(db, first)
    roots = _settled(first)
    _register(db, "quote", m=np.arange(count), root=roots, exact=~own)
    sizes = np.bincount(roots, minlength=count)
    return {"statements": count, "same": int(sizes[sizes > 1].sum()), "quotes": int((sizes > 1).sum())}


_QUOTES = """
    SELECT format('{:016x}', f.statement) AS cluster, format('{:016x}', s.statement) AS statement, format('{:016x}', s.doc) AS document,
        s.whole = f.whole AS same_words, q.size
    FROM (SELECT *, count(*) OVER (PARTITION BY root) AS size FROM quote) q JOIN said s USING (m) JOIN said f ON f.m = q.root
    WHERE q.size > 1 ORDER BY q.root, q.m
"""
_FIELDS = ("number", "document", "near", "start", "end", "actor", "name", "country", "content")
_WIDTH = len(_FIELDS)
_SAID = '{0}.m, {0}.document, {0}.near, {0}.start, {0}."end", {0}.actor, {0}.name, {0}.country, {0}.content'


def _made(row: tuple[Any, ...]) -> Wording:
    """A row of ``_SAID`` as the rules take it."""
    return Wording(**dict(zip(_FIELDS, row, strict=True)))


def _exact(db: Any, first: npt.NDArray[np.int64], own: npt.NDArray[np.bool_]) -> None:
    """Give each statement the first with the very same words, where speakers and places allow."""
    query = (
        f"SELECT {_SAID.format('s')}, s.whole FROM said s SEMI JOIN (SELECT whole FROM said GROUP BY whole HAVING count(*) > 1) "
        "USING (whole) ORDER BY s.whole, s.m"
    )
    group: int | None = None
    heads: list[Wording] = []
    for rows in _batches(db, query):
        for row in rows:
            me, whole = _made(row[:_WIDTH]), row[_WIDTH]
            if whole != group:
                group, heads = whole, []
            found = next((other for other in heads if same(me, other)), None)
            if found is not None:
                first[me.number], own[me.number] = found.number, False
            elif len(heads) < CROWD:
                heads.append(me)


def _alike(db: Any, first: npt.NDArray[np.int64]) -> None:
    """Give each statement that has words of its own the earlier one that has nearly all of them, or that it has nearly all of."""
    pairs = "candidate c JOIN said x ON x.m = c.s JOIN said y ON y.m = c.t"
    query = f"SELECT {_SAID.format('x')}, {_SAID.format('y')} FROM {pairs} ORDER BY c.s, c.t"
    best: tuple[float, int] | None = None
    me: Wording | None = None
    for rows in _batches(db, query):
        for row in rows:
            if me is None or row[0] != me.number:
                me, best = _made(row[:_WIDTH]), None
            other = _made(row[_WIDTH:])
            m = alike(me, other)
            if m is not None and (best is None or (m.longer, -other.number) > best):
                best = (m.longer, -other.number)
                first[me.number] = other.number


# -- DuckDB and files


def _batches(db: Any, query: str) -> Iterator[list[tuple[Any, ...]]]:
    # A cursor of its own: rows are fetched while other statements run.
    found = db.cursor().execute(query)
    while rows := found.fetchmany(_BATCH):
        yield rows


def _count(db: Any, table: str) -> int:
    # All rows are fetched: DuckDB does nothing else on a connection while a result is open.
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _register(db: Any, name: str, **columns: npt.NDArray[Any]) -> None:
    import pyarrow as pa

    table = pa.table({k: pa.array(v) for k, v in columns.items()})
    db.register(f"_{name}", table)
    db.execute(f"CREATE TABLE {name} AS SELECT * FROM _{name}")
    db.unregister(f"_{name}")


def _write(db: Any, place: Place, name: str, query: str, metadata: dict[str, str]) -> None:
    said = ", ".join(f"'{_quoted(k)}': '{_quoted(v)}'" for k, v in metadata.items())
    with place.local(name) as part:
        db.execute(f"COPY ({query}) TO '{_quoted(str(part))}' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{said}}})").fetchall()


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _quoted(value: str) -> str:
    return value.replace("'", "''")
