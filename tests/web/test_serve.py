"""`onrecord serve` and `onrecord demo` as a user runs them, and many readers at once."""

from __future__ import annotations

import http.client
import json
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from onrecord.record import Record

from .conftest import Served


@contextmanager
def started(*words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address that a running ``onrecord serve`` prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "onrecord", "serve", "--port", "0", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert " is open at http" in line, (line, process.poll() is not None and process.stderr and process.stderr.read())
        yield line.split(" is open at ")[1].strip(), process
    finally:
        process.terminate()
        process.wait(20)


def get(address: str, path: str = "/search.json", **headers: str) -> http.client.HTTPResponse:
    at = urlsplit(address)
    connection = http.client.HTTPConnection("127.0.0.1", at.port, timeout=60)
    until = time.monotonic() + 30
    while True:
        try:
            connection.request("GET", path, headers=headers)
            return connection.getresponse()
        except ConnectionError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_serve_opens_a_record_and_stops_when_told(path: Path) -> None:
    with started("--record", str(path), "--who", "Anna") as (address, process):
        assert address.startswith("http://127.0.0.1:")
        assert json.loads(get(address).read())["total"] == 10
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_elsewhere_than_on_this_machine_a_token_is_asked_for(path: Path) -> None:
    with started("--record", str(path), "--host", "0.0.0.0") as (address, _):
        token = address.split("?token=")[1]
        assert len(token) >= 32
        assert get(address).status == 401
        assert get(address, authorization=f"Bearer {token}").status == 200


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--record", "{folder}"], 1, "it is a folder, not a record"),
        (["--record", "{folder}/none/r.db"], 1, "its folder does not exist"),
        (["--record", "{folder}/junk.db"], 1, "not a record"),
        (["--port", "{taken}", "--record", "{folder}/r.db"], 1, "it cannot listen there"),
        (["--token", "short", "--record", "{folder}/r.db"], 1, "16 characters or more"),
        (["--port", "99999"], 2, "--port"),
    ],
)
def test_what_cannot_be_served_is_one_line(tmp_path: Path, words: list[str], code: int, said: str) -> None:
    (tmp_path / "junk.db").write_text("no record " * 100)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        made = [w.format(folder=tmp_path, taken=taken.getsockname()[1]) for w in words]
        done = subprocess.run([sys.executable, "-m", "onrecord", "serve", *made], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    if code == 1:
        assert done.stderr.count("\n") == 1


def test_the_demo_ends_by_itself_without_a_terminal(tmp_path: Path, root: Path) -> None:
    """The real reader on the example dispatches, and the pages made of what it read."""
    place = tmp_path / "thirteen.db"
    done = subprocess.run(
        [sys.executable, "-m", "onrecord", "demo", "--record", str(place), "--examples", str(root / "examples" / "thirteen-days")],
        capture_output=True, text=True, timeout=240, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "13 documents with" in done.stdout
    from .conftest import client

    with client(place) as room:
        assert room.get("/search.json?speaker=khrushchev").json()["total"] >= 5
        for d in room.get("/documents.json").json()["documents"]:
            assert room.get(f"/documents/{d['id']}").status_code == 200
            assert d["published"].startswith("1962-10-")
        for address in ("/timeline", "/network", "/actors", "/review"):
            assert room.get(address).status_code == 200


def test_fifty_readers_at_once_with_one_writer(path: Path) -> None:
    """Every page answers, every correction is kept, and each reader sees one moment of the record."""
    made = Served(path, writes=100_000)
    with Record.open(path) as record:
        ids = [s.id for s in record.statements()]
    pages = [
        "/search", "/search.json", "/search?text=red+line", "/search?act=DENY",
        "/timeline", "/network", "/actors", "/quotes", "/review", "/history",
        *(f"/statements/{i}" for i in ids),
    ]  # fmt: skip
    port = urlsplit(made.address).port
    wrong: list[tuple[str, int, bytes]] = []
    read = [0]
    stop = threading.Event()

    def reader(n: int) -> None:
        chance = random.Random(n)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for _ in range(6):
            page = chance.choice(pages)
            connection.request("GET", page)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                wrong.append((page, answer.status, body[:300]))
            elif page == "/search.json":
                whole = json.loads(body)
                if whole["total"] != sum(v["count"] for v in whole["facets"]["kind"]):
                    wrong.append((page, 0, body[:300]))
            read[0] += 1

    written = [0]

    def writer() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        while not stop.is_set():
            value = "rejected" if written[0] % 2 else "accepted"
            body = json.dumps({"field": "status", "value": value, "who": "Writer"})
            address = f"/statements/{ids[written[0] % len(ids)]}/corrections"
            connection.request("POST", address, body, {"content-type": "application/json"})
            answer = connection.getresponse()
            if (said := answer.read()) and answer.status != 201:
                wrong.append((address, answer.status, said[:300]))
            written[0] += 1

    readers = [threading.Thread(target=reader, args=(n,)) for n in range(50)]
    one = threading.Thread(target=writer)
    one.start()
    for t in readers:
        t.start()
    for t in readers:
        t.join()
    stop.set()
    one.join()
    made.stop()
    assert wrong == []
    assert read[0] == 300
    with Record.open(path) as record:
        assert len(record.corrections(who="Writer")) == written[0] > 0
