"""What the reading room's pages cost: `python -m benchmarks.web [--statements 50000] [--record FILE] [--rounds 3]`.

The record is a copy of the synthetic one of benchmarks/search_data.py, or of any other with ``--record``, in which two coders have
worked. Each page is asked for in turn under searches of every kind. Its reference, in the same run and call by call, is the processor
time of the record's own calls that the page makes; what is over that is the page's own. No answer is kept from one round to the next
but what the record itself keeps. Then the same addresses are asked for over HTTP, one after the other, and the clock is read; last,
50 readers at once beside one writer.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import shutil
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import uvicorn
from starlette.requests import Request

from benchmarks.search import at, cases
from benchmarks.search_data import base, build, synthetic
from benchmarks.speed import ROOT
from onrecord.record import Query, Record
from onrecord.record.reported import report, reported
from onrecord.web import Settings, create_app, links, quote_pages
from onrecord.web.addresses import ADDRESSES
from onrecord.web.app import _answer
from onrecord.web.ask import Site

#: Bounds that the run fails beyond: a page's cost over that of its record calls, and the 95th percentile by the clock in seconds.
RATIO, P95 = 2.0, 0.400


class Timed:
    """A record whose calls' processor time is added up."""

    def __init__(self, record: Record) -> None:
        self._record, self.spent = record, 0.0

    def __getattr__(self, name: str) -> Any:
        held = getattr(self._record, name)
        if not callable(held):
            return held

        def call(*args: Any, **known: Any) -> Any:
            began = time.thread_time()
            try:
                made = held(*args, **known)
            finally:
                self.spent += time.thread_time() - began
            return self._each(made) if hasattr(made, "__next__") else made

        setattr(self, name, call)  # the next page finds it at once: how a call is timed is no cost of the page
        return call

    def over(self, function: Any, record: Record) -> Any:
        """``function``, which takes a record first, on the real one; its time counts too."""

        def call(_: Any, *args: Any, **known: Any) -> Any:
            began = time.thread_time()
            try:
                return function(record, *args, **known)
            finally:
                self.spent += time.thread_time() - began

        return call

    def _each(self, items: Iterator[Any]) -> Iterator[Any]:
        while True:
            began = time.thread_time()
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                self.spent += time.thread_time() - began
            yield item


#: Coders in the copy, and on how many statements each of them worked.
CODERS, CODED = ("Anna", "Berta"), 1000


def corrected(path: Path) -> None:
    """Let two coders have judged and corrected many statements: rows as ``Record.correct`` writes them, without its care for searches."""
    bare = sqlite3.connect(path, isolation_level=None)
    bare.execute("BEGIN")
    found = bare.execute(
        "SELECT s.id, d.id, s.act FROM statement s JOIN document d ON d.pk = s.document ORDER BY s.pk LIMIT ?", (CODED,)
    ).fetchall()
    chance = random.Random(3)
    for id_, document, act in found:
        for who in CODERS:
            rows = [("status", None, chance.choice(("accepted", "rejected")))]
            if chance.random() < 0.3:
                rows.append(("act", act, chance.choice(("ASSERT", "DENY", "DEMAND", "THREATEN"))))
            for field, old, new in rows:
                bare.execute(
                    'INSERT INTO correction (statement, document, field, old, new, who, "when", why) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
                    (id_, document, field, json.dumps(old), json.dumps(new), who, "2026-01-01T00:00:00Z", "as the text says"),
                )
    bare.execute("COMMIT")
    bare.close()


def pages(path: Path, seed: int = 5, many: int = 60) -> dict[str, list[str]]:
    """Addresses of every kind of page; ``many``: how many documents, statements and quotes."""
    chance = random.Random(seed)
    bare = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    (top,) = bare.execute("SELECT max(pk) FROM statement").fetchone()
    asked = [c.query for c in cases(bare, top)]

    def some(sql: str) -> list[str]:
        return [bare.execute(sql, (chance.randrange(1, top),)).fetchone()[0] for _ in range(many)]

    statements = some("SELECT id FROM statement WHERE pk >= ? LIMIT 1")
    documents = some("SELECT d.id FROM document d JOIN statement s ON s.document = d.pk WHERE s.pk >= ? LIMIT 1")
    (most,) = bare.execute(
        "SELECT id FROM statement WHERE pk = (SELECT cluster FROM statement GROUP BY cluster ORDER BY count(*) DESC LIMIT 1)"
    ).fetchone()
    bare.close()
    with Record.open(path) as record:
        speakers = [a.value for a in record.speakers(Query(), limit=400)[0]]
    actors = [speakers[i] for i in (0, 1, 2, 5, 10, 20, 50, 100, 200, -1) if i < len(speakers)]
    few = chance.sample(asked, min(12, len(asked)))
    return {
        "search": [links.query_url(q) for q in asked],
        "search.json": [links.query_url(q, "/search.json") for q in few],
        "documents": ["/documents", "/documents?page=50", "/documents?words=1"],
        "document": [links.document_url(d) for d in documents],
        "statement": [links.statement_url(s) for s in statements],
        "actors": ["/actors", "/actors?page=3", *(links.query_url(q, "/actors") for q in few[:4])],
        "actor": [links.actor_url(a) for a in actors],
        "timeline": ["/timeline", "/timeline?show=share", *(links.query_url(q, "/timeline") for q in few[:8])],
        "network": ["/network", "/network?of=countries", *(links.query_url(q, "/network") for q in few[:8])],
        "quotes": ["/quotes", "/quotes?page=3", *(links.query_url(q, "/quotes") for q in few[:4])],
        "quote": [links.quote_url(s) for s in (most, *statements)],
        "review": ["/review", "/review?act=THREATEN", *(f"/review/{s}" for s in statements[:12])],
        "add": [links.document_url(d) + "/add" for d in documents[:12]],
        "history": ["/history", "/history?page=20", "/history?who=Anna", "/history?field=act"],
        "agreement": ["/agreement", "/agreement?a=Anna&b=Berta&page=5", "/agreement?a=Anna&b=Berta&field=act"],
    }


def asked(address: str) -> tuple[Any, Request]:
    """The page behind an address, and a request for it."""
    path, _, query = address.partition("?")
    state = {}
    if path.endswith(".json"):
        path, state = path[:-5], {"json": True}
    for a in ADDRESSES:
        parts, given = a.path.split("/"), path.split("/")
        if a.method == "GET" and len(parts) == len(given) and all(p == g or p.startswith("{") for p, g in zip(parts, given)):
            from urllib.parse import unquote

            named = {p.strip("{}").partition(":")[0]: unquote(g) for p, g in zip(parts, given) if p.startswith("{")}
            scope = {
                "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": [(b"host", b"127.0.0.1")],
                "path_params": named, "state": state, "scheme": "http", "server": ("127.0.0.1", 80), "root_path": "",
            }  # fmt: skip
            return a.page, Request(scope)
    raise ValueError(address)


def costs(path: Path, todo: dict[str, list[str]], rounds: int) -> dict[str, tuple[float, float]]:
    """By kind of page: median of its processor time, and of that of its record calls, in seconds, over its addresses."""
    with Record.open(path, "rw") as record:  # writable, as the room is served: the forms and their links count
        timed = Timed(record)
        site = Site(timed, Settings(who=CODERS[0]))  # type: ignore[arg-type]
        record.search(Query())
        # The record's calls for quotes are functions that take a record.
        quote_pages.report, quote_pages.reported = timed.over(report, record), timed.over(reported, record)
        out = {}
        for kind, addresses in todo.items():
            total, own = [], []
            for address in addresses:
                tries = []
                for _ in range(rounds):
                    page, request = asked(address)
                    timed.spent = 0.0
                    began = time.thread_time()
                    answer = _answer(site, page, request)
                    tries.append((time.thread_time() - began, timed.spent))
                    record._columns.made.pop("compared", None)
                    assert answer.status_code == 200, (address, answer.body[:500])
                best = sorted(tries)[len(tries) // 2]
                total.append(best[0])
                own.append(best[1])
            out[kind] = (sum(total) / len(total), sum(own) / len(own))
        quote_pages.report, quote_pages.reported = report, reported
    return out


class Served:
    """A server in this process, on a free port."""

    def __init__(self, path: Path, **known: Any) -> None:
        listening = socket.socket(proto=socket.IPPROTO_TCP)  # as onrecord serve does
        listening.bind(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(create_app(path, Settings(who="bench", **known)), log_level="warning"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


def clock(path: Path, todo: dict[str, list[str]]) -> dict[str, list[float]]:
    """Seconds by the clock of each address over HTTP, one after the other."""
    served = Served(path, read_only=True)
    connection = http.client.HTTPConnection("127.0.0.1", served.port)
    out: dict[str, list[float]] = {}
    for _ in range(2):  # the first round reads the columns and compiles the templates
        for kind, addresses in todo.items():
            out[kind] = []
            for address in addresses:
                began = time.perf_counter()
                connection.request("GET", address)
                answer = connection.getresponse()
                answer.read()
                out[kind].append(time.perf_counter() - began)
                assert answer.status == 200, address
    connection.close()
    served.stop()
    return out


def crowd(path: Path, todo: dict[str, list[str]], readers: int, seconds: float) -> tuple[int, int, int, list[float]]:
    """``readers`` at once and one writer. Returns pages read, corrections written, errors, and each page's seconds."""
    served = Served(path, writes=1_000_000)
    addresses = [a for kind in todo.values() for a in kind]
    (top,) = sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("SELECT max(pk) FROM statement").fetchone()
    ids = [links.statement_url(s.id) for s in Record.open(path).search(Query(size=200)).statements]
    end = time.monotonic() + seconds
    taken: list[float] = []
    errors = [0]
    written = [0]

    def read(n: int) -> None:
        chance = random.Random(n)
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=120)
        while time.monotonic() < end:
            began = time.perf_counter()
            connection.request("GET", chance.choice(addresses))
            answer = connection.getresponse()
            answer.read()
            taken.append(time.perf_counter() - began)
            errors[0] += answer.status != 200

    def write() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=120)
        while time.monotonic() < end:
            address = random.Random(written[0]).choice(ids)
            body = '{"field": "polarity", "value": "%s"}' % ("positive" if written[0] % 2 else "negative")
            connection.request("POST", address + "/corrections", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            written[0] += 1
            errors[0] += answer.status != 201

    threads = [threading.Thread(target=read, args=(n,)) for n in range(readers)] + [threading.Thread(target=write)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    served.stop()
    return len(taken), written[0], errors[0], taken


def main() -> int:
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--statements", type=int, default=30_000)
    asks.add_argument("--words", type=int, default=40_000)
    asks.add_argument("--record", type=Path)
    asks.add_argument("--rounds", type=int, default=3)
    asks.add_argument("--readers", type=int, default=50)
    asks.add_argument("--seconds", type=float, default=10.0)
    asks.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    given = asks.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "web.db"
        if given.record is None:
            build(path, synthetic(base(given.data, given.words, Path(folder) / "base.pickle"), given.statements))
        else:
            shutil.copy(given.record, path)
        corrected(path)
        todo = pages(path)
        with Record.open(path) as record:
            print(f"{record.stats().statements:,} statements in {record.stats().documents:,} documents")
        slow = clock(path, todo)
        made = costs(path, todo, given.rounds)
        print(
            f"{'page':12} {'n':>4} {'page ms':>9} {'record ms':>10} {'ratio':>6} {'p50 ms':>8} {'p95 ms':>8}   (processor; clock over HTTP)"
        )
        over, small = [], []
        for kind, (total, own) in made.items():
            ratio = total / own if own else float("inf")
            # Of a page that costs a few milliseconds all told the ratio is told, and fails nothing.
            if ratio > RATIO:
                (over if total > 0.020 else small).append(kind)
            print(
                f"{kind:12} {len(todo[kind]):4} {1000 * total:9.1f} {1000 * own:10.1f} {ratio:6.2f} {1000 * median(slow[kind]):8.1f} {1000 * at(slow[kind], 0.95):8.1f}"
            )
        every = [x for xs in slow.values() for x in xs]
        print(f"95th percentile of all pages by the clock: {1000 * at(every, 0.95):.0f} ms (bound {1000 * P95:g})")
        print(
            f"pages over {RATIO:g} times their record calls and over 20 ms: {', '.join(over) or 'none'}; under 20 ms: {', '.join(small) or 'none'}"
        )
        read, written, errors, taken = crowd(path, todo, given.readers, given.seconds)
        print(
            f"{given.readers} readers at once and one writer for {given.seconds:g} s: {read} pages, {written} corrections, {errors} errors, median {1000 * median(taken):.0f} ms"
        )
    return int(bool(over) or at(every, 0.95) > P95 or errors > 0)


if __name__ == "__main__":
    sys.exit(main())
