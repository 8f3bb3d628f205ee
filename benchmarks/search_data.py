"""A record of any number of statements, synthetic from real ones, by a path that is fast in bulk.

Real texts are read once by the present model. Each synthetic document is a copy of one of them in which words of the contents are
exchanged for made-up ones of the same length, so that every span keeps its place and its words still are the text's own; the
made-up words follow Zipf's law, so that a search can be for a word that is everywhere, rare or in one statement only. Half of the
speakers are drawn from the registry of actors, again by Zipf's law, as are outlets and dates. What is written is what
``Record.add`` writes, table by table; ``check`` proves it by adding the same statements one by one.
"""

from __future__ import annotations

import pickle
import random
import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.speed import ROOT, texts
from onrecord.actors.registry import Registry
from onrecord.document import Document
from onrecord.reader import Reader
from onrecord.record import Record, columns, schema
from onrecord.record.rows import DOCUMENT_COLUMNS, PARTIES, ROLES, STATEMENT_COLUMNS, flat
from onrecord.record.terms import Terms
from onrecord.statement import Span, Statement, statement_id

#: One in so many contents keeps its words and joins the cluster of the first statement that says the same.
SAME = 6
FIRST = date(2001, 1, 1)
DAYS = 9000


def base(data: Path, words: int, cache: Path) -> list[tuple[Document, list[Statement]]]:
    """Real documents of about ``words`` words with their statements, read once and kept in ``cache``."""
    if cache.exists():
        kept: list[tuple[Document, list[Statement]]] = pickle.loads(cache.read_bytes())
        return kept
    examples = [p.read_text(encoding="utf8") for p in sorted((ROOT / "examples" / "thirteen-days").glob("*.txt"))]
    documents = [Document(t, path=f"{i}.txt") for i, t in enumerate([*texts(data, words), *examples])]
    made = [(d, s) for d, s in Reader().read_many(documents) if s]
    cache.write_bytes(pickle.dumps(made))
    return made


@lru_cache(maxsize=64)
def _made_up(size: int) -> tuple[str, ...]:
    """Pronounceable words of ``size`` letters."""
    chance = random.Random(size)
    return tuple("".join(chance.choice("aeiou" if i % 2 else "bcdfghklmnprstvz") for i in range(size)) for _ in range(4000))


class Zipf:
    """Draws numbers below ``n``, the k-th in proportion to 1 / (k + 1)."""

    def __init__(self, n: int, seed: int) -> None:
        self.chance, self.n = random.Random(seed), n
        total = 0.0
        self.sums = [total := total + 1 / (k + 1) for k in range(n)]

    def __call__(self) -> int:
        return self.chance.choices(range(self.n), cum_weights=self.sums)[0]


_WORD = re.compile(r"\b[a-z]{6,}\b")


def synthetic(
    pool: Sequence[tuple[Document, list[Statement]]], wanted: int, seed: int = 7
) -> Iterator[tuple[Document, list[Statement], set[int]]]:
    """Documents with their statements until there are ``wanted``, and which statements' contents were left as they are."""
    chance = random.Random(seed)
    registry = Registry.load()
    people = [a for a in registry if a.type == "person"][:2000]
    outlets = [a.name for a in registry if a.type == "outlet"][:300]
    speaker, outlet, word = Zipf(len(people), seed), Zipf(len(outlets), seed + 1), Zipf(4000, seed + 2)
    # What does not hang on the copy is found out once a real document.
    places = []
    for _, statements in pool:
        places.append([[(m.start() + x.start, m.end() + x.start) for x in s.content for m in _WORD.finditer(x.text)] for s in statements])
    made = number = 0
    while made < wanted:
        i = number % len(pool)
        d, statements = pool[i]
        number += 1
        text = d.text
        same: set[int] = set()
        for k, spots in enumerate(places[i]):
            if not spots or chance.randrange(SAME) == 0:
                same.add(k)
                continue
            for start, end in chance.sample(spots, min(2, len(spots))):
                text = text[:start] + _made_up(end - start)[word()] + text[end:]
        text += f"\n({number})"
        published = FIRST + timedelta(days=chance.randrange(DAYS))
        new = Document(
            text,
            path=f"copy/{number}.txt",
            title=f"Copy {number}",
            published=published.isoformat(),
            outlet=outlets[outlet()],
            reader="text/1",
        )
        ids: dict[str, str] = {}
        out = []
        for s in statements:
            roles = [tuple(Span(x.start, x.end, text[x.start : x.end]) for x in getattr(s, r)) for r in ROLES]
            ids[s.id] = statement_id(new.digest, *roles[:3])
            changed: dict[str, Any] = dict(zip(ROLES, roles, strict=True))
            who = s.speaker
            if who is not None and chance.random() < 0.5:
                a = people[speaker()]
                who = type(who)(a.name, a.id, who.role, a.code, who.via, who.confidence)
            day = s.date
            if day is not None and day.start is None and chance.random() < 0.8:
                day = type(day)(published.isoformat(), (published + timedelta(days=1)).isoformat(), day.text)
            out.append(
                Statement(
                    ids[s.id], new, s.kind, confidence=s.confidence, nested_in=s.nested_in, speaker=who, addressees=s.addressees,
                    targets=s.targets, act=s.act, plover=s.plover, cameo=s.cameo, date=day, polarity=s.polarity, modality=s.modality, **changed,
                )
            )  # fmt: skip
        # A pair of statements may stop being nested by the swap of words in neither: ids are only renamed.
        out = [s if s.nested_in is None else _with_outer(s, ids) for s in out]
        yield new, out, same
        made += len(out)


def _with_outer(s: Statement, ids: dict[str, str]) -> Statement:
    from dataclasses import replace

    return replace(s, nested_in=ids.get(s.nested_in or ""))


def build(path: Path, made: Iterator[tuple[Document, list[Statement], set[int]]]) -> int:
    """Write a record at ``path``; returns how many statements. Triggers sleep meanwhile: the spans are the texts' own by construction."""
    Record.open(path, "create").close()
    c = sqlite3.connect(path, isolation_level=None)
    c.execute("PRAGMA synchronous=OFF")
    c.execute("PRAGMA journal_mode=OFF")
    c.execute("PRAGMA cache_size=-262144")
    asleep = c.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in asleep:
        c.execute(f"DROP TRIGGER {name}")
    c.execute("BEGIN")
    (run,) = c.execute("INSERT INTO run (started, code) VALUES ('2026-01-01T00:00:00Z', 'benchmark') RETURNING pk").fetchone()
    terms = Terms(c)
    fields = ["pk", "id", "document", "start", "end", "cluster", "run", *STATEMENT_COLUMNS]
    statement_sql = f"INSERT INTO statement ({', '.join(chr(34) + f + chr(34) for f in fields)}) VALUES ({', '.join('?' * len(fields))})"
    document_sql = (
        f"INSERT INTO document (pk, id, digest, text, length, words, run, added, near, {', '.join(DOCUMENT_COLUMNS)}) "
        f"VALUES ({', '.join('?' * (9 + len(DOCUMENT_COLUMNS)))})"
    )
    first: dict[str, int] = {}
    pk = 0
    batches: dict[str, list[tuple[Any, ...]]] = {"d": [], "s": [], "sp": [], "p": [], "f": []}

    def flush() -> None:
        c.executemany(document_sql, batches["d"])
        c.executemany(statement_sql, batches["s"])
        c.executemany("INSERT INTO span VALUES (?, ?, ?, ?, ?)", batches["sp"])
        c.executemany("INSERT INTO party VALUES (?, ?, ?, ?, ?, ?, ?, ?)", batches["p"])
        c.executemany("INSERT INTO content_fts (rowid, content) VALUES (?, ?)", batches["f"])
        for b in batches.values():
            b.clear()

    for number, (d, statements, same) in enumerate(made, 1):
        terms.add("outlet", d.outlet)
        batches["d"].append(
            (
                number,
                d.id,
                d.digest,
                d.text,
                len(d.text),
                len(d.text.split()),
                run,
                "2026-01-01T00:00:00Z",
                number,
                *(getattr(d, f) for f in DOCUMENT_COLUMNS),
            )
        )
        for k, s in enumerate(statements):
            pk += 1
            content = " ".join(x.text for x in s.content)
            cluster = first.setdefault(content, pk) if k in same and len(content) > 30 else pk
            terms.add_statement(s)
            batches["s"].append((pk, s.id, number, s.start, s.end, cluster, run, *flat(s).values()))
            for role, name in enumerate(ROLES):
                batches["sp"] += [(pk, role, n, x.start, x.end) for n, x in enumerate(getattr(s, name))]
            for role, name in enumerate(PARTIES):
                batches["p"] += [(pk, role, n, a.name, a.code, a.id, a.start, a.end) for n, a in enumerate(getattr(s, name))]
            batches["f"].append((pk, content))
        if number % 500 == 0:
            flush()
    flush()
    c.execute(
        "INSERT INTO appearance (document, path, title, published, outlet, reader, run, added) "
        "SELECT pk, path, title, published, outlet, reader, run, added FROM document"
    )
    for _, sql in asleep:
        c.execute(sql)
    columns.seal(c)
    c.execute("COMMIT")
    c.execute("PRAGMA journal_mode=WAL")
    c.execute("PRAGMA foreign_key_check")
    c.close()
    assert schema.CHUNK
    return pk


def check(folder: Path, pool: Sequence[tuple[Document, list[Statement]]]) -> None:
    """Raise AssertionError unless ``build`` writes what ``Record.add`` writes."""
    made = list(synthetic(pool, 200))
    build(folder / "bulk.db", iter(made))
    with Record.open(folder / "one.db", "create") as one, Record.open(folder / "bulk.db") as bulk:
        for d, statements, _ in made:
            one.add(d, statements)
        assert list(one.statements()) == list(bulk.statements())
        a, b = one.search("the"), bulk.search("the")
        assert (a.total, a.statements, a.facets) == (b.total, b.statements, b.facets)
