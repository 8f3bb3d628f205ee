"""A small record of hand-made statements, the reading room over it, and a real browser where there is one."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the reading room needs the web extra")
pytest.importorskip("uvicorn", reason="the reading room needs the web extra")

import uvicorn
from starlette.testclient import TestClient

from onrecord import Document, Speaker, Statement
from onrecord.record import Record
from onrecord.statement import ActorRef, DateRef, Span, statement_id
from onrecord.web import Settings, create_app

LETTER = """Premier Promises Calm

MOSCOW — Premier Ivan Petrov promised on Monday that no ship would be stopped in the strait. If the blockade went on, he warned, \
his country would answer with force.

“We will never accept a red line drawn by others,” the premier told reporters. He said that the envoy Anna Berg had denied “every \
word of the report.”

Ms. Berg said nothing."""

#: What no page may run, obey or break on.
HOSTILE = (
    'He said "<script>window.pwned=1</script><img src=x onerror=window.pwned=2>" and \u202edesrever saw\u202c it. '
    "The colonel claimed that " + "x" * 3000 + " was {{ 7*7 }} <b>bold</b> & 'quoted'.\n\nالوزير قال «لا» ثم مضى."
)


def statement(d: Document, source: str, cue: str, content: str, **known: Any) -> Statement:
    """A statement whose spans are the first places of these words in the text; ``|`` parts the fragments of the content."""

    def at(words: str) -> tuple[Span, ...]:
        return tuple(Span(i := d.text.index(w), i + len(w), w) for w in words.split("|") if w)

    roles = (at(source), at(cue), at(content))
    return Statement(
        statement_id(d.digest, *roles), d, known.pop("kind", "indirect"), *roles, confidence=known.pop("confidence", 0.9), **known
    )


PETROV = Speaker("Ivan Petrov", "person:ivan-petrov", "premier", "RUS", "name", 0.9)


def letter(d: Document) -> list[Statement]:
    """The statements of ``LETTER``: one has a condition, one is nested."""

    def party(words: str, code: str | None = None) -> tuple[ActorRef, ...]:
        return (ActorRef(words, code, i := d.text.index(words), i + len(words)),)

    day = DateRef("2021-11-29", "2021-11-30", "Monday")
    outer = statement(
        d, "the premier", "told", "“We will never accept a red line drawn by others,”", kind="direct", speaker=PETROV, act="REJECT",
        plover="REJECT", cameo="12", addressees=party("reporters"), confidence=0.97,
    )  # fmt: skip
    report = statement(
        d, "He", "said", "the envoy Anna Berg had denied “every word of the report.”", kind="mixed", speaker=PETROV, act="ASSERT",
        cameo="01", confidence=0.81, targets=party("Anna Berg", "NATO"),
    )  # fmt: skip
    return [
        statement(d, "Premier Ivan Petrov", "promised", "no ship would be stopped in the strait", speaker=PETROV, act="COMMIT",
            plover="AGREE", cameo="03", date=day, confidence=0.95),
        statement(d, "he", "warned", "If the blockade went on|his country would answer with force", speaker=PETROV, act="THREATEN",
            plover="THREATEN", cameo="13", confidence=0.42,
            condition=(Span(i := d.text.index("If the blockade"), i + len("If the blockade went on"), "If the blockade went on"),)),
        outer, report,
        statement(d, "the envoy Anna Berg", "denied", "“every word of the report.”", kind="direct", act="DENY", cameo="01",
            speaker=Speaker("Anna Berg", None, "envoy", "NATO", "name"), nested_in=report.id, confidence=0.6),
    ]  # fmt: skip


def _wire(outlet: str, day: str, words: str) -> tuple[Document, list[Statement]]:
    d = Document(
        f"The minister, Clara Diaz, said on Tuesday that “{words}” and left, as the {outlet} has it.",
        path=f"{outlet}.txt", title=f"Talks, in the {outlet}",
        published=day, outlet=outlet, reader="text/1",
    )  # fmt: skip
    who = Speaker("Clara Diaz", "person:clara-diaz", "minister", "ESP", "name", 0.8)
    return d, [statement(d, "The minister, Clara Diaz", "said", f"“{words}”", kind="direct", speaker=who, act="ASSESS", cameo="01")]


def filled(path: Path) -> dict[str, list[Statement]]:
    """Make the record at ``path``. Returns the statements by document id."""
    d = Document(LETTER, path="letter.txt", title="Premier Promises Calm", published="2021-11-30", outlet="Gazette", reader="text/1")
    bad = Document(
        HOSTILE, path='"><script>window.pwned=3</script>.txt', title="<b>Bold</b> \u202eeltit", outlet="<i>x</i>", published="2021-12-05"
    )
    evil = Speaker("</script><script>window.pwned=4</script>", None, "colonel\u202e", "<x>", "name")
    made = [
        (d, letter(d)),
        (bad, [
            statement(bad, "He", "said", '"<script>window.pwned=1</script><img src=x onerror=window.pwned=2>"', kind="direct", speaker=evil,
                act="ASSERT", cameo="01", confidence=0.3),
            statement(bad, "The colonel", "claimed", "x" * 3000 + " was {{ 7*7 }} <b>bold</b> & 'quoted'", speaker=evil, act="ACCUSE",
                confidence=0.2, targets=(ActorRef("<b>bold</b>", None, 3, 9),)),
        ]),
        _wire("Herald", "2021-12-01", "the talks in the old town were long, hard and in the end quite useful to all of us"),
        _wire("Courier", "2021-12-02", "the talks in the old town were long, hard and in the end quite useful to all of us"),
        _wire("Standard", "2021-12-03", "the talks in the old town were long and in the end quite useful to most of us"),
    ]  # fmt: skip
    with Record.open(path, "create") as record:
        for document, statements in made:
            record.add(document, statements)
    return {document.id: statements for document, statements in made}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record of its own for a test that writes."""
    filled(tmp_path / "r.db")
    return tmp_path / "r.db"


def client(path: Path, **known: Any) -> TestClient:
    """The reading room without a server, addressed as a browser on this machine would."""
    return TestClient(create_app(path, Settings(**({"who": "Anna"} | known))), base_url="http://127.0.0.1:8400", follow_redirects=False)


@pytest.fixture
def room(path: Path) -> Iterator[TestClient]:
    with client(path) as made:
        yield made


def seal(room: TestClient) -> str:
    return str(room.app.state.site.settings.seal)  # type: ignore[attr-defined]


def send(room: TestClient, address: str, /, **form: Any) -> Any:
    """Send a form as our own pages do."""
    return room.post(address, data={"seal": seal(room), **form}, headers={"origin": "http://127.0.0.1:8400"})


class Served:
    """A server in a thread of its own, on a port that was free."""

    def __init__(self, path: Path, **known: Any) -> None:
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(create_app(path, Settings(**({"who": "Anna"} | known))), log_level="warning"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture
def served(path: Path) -> Iterator[str]:
    """The address of a server over a record of the test's own."""
    made = Served(path)
    yield made.address
    made.stop()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, list[Statement]]]]:
    """The address of a server that tests only read from, and what it holds."""
    place = tmp_path_factory.mktemp("library") / "r.db"
    held = filled(place)
    made = Served(place)
    yield made.address, held
    made.stop()


# -- the browser

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()


def chromium() -> str | None:
    """Where Debian's Chromium, or another that a user names in CHROMIUM, lies."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    sync = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install playwright")
    where = chromium()
    if where is None:
        pytest.skip("needs Chromium: apt-get install chromium, or name one in CHROMIUM")
    with sync.sync_playwright() as p:
        made = p.chromium.launch(executable_path=where, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens tabs; the test fails on any error in a page's console."""
    faults: list[str] = []
    contexts = []

    def opened(**how: Any) -> Any:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | how))
        contexts.append(context)
        made = context.new_page()
        made.set_default_timeout(15_000)
        made.on("pageerror", lambda e: faults.append(f"{made.url}: {e}"))
        made.on("console", lambda m: faults.append(f"{made.url}: {m.text}") if m.type in ("error", "warning") else None)
        made.on("requestfailed", lambda r: faults.append(f"{r.url}: {r.failure}") if "ERR_ABORTED" not in (r.failure or "") else None)
        return made

    yield opened
    for context in contexts:
        context.close()
    assert faults == []
