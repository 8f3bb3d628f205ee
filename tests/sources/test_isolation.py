"""What hangs, crashes or blows up loses itself only."""

from __future__ import annotations

import io
import os
import sys
import textwrap
import time
import zipfile
from pathlib import Path

import made
import pytest

from onrecord.document import Document
from onrecord.errors import DamagedError, OverrunError, TooLargeError
from onrecord.sources import Limits, open_source, pool

EVIL = """
import ctypes, os, time
from onrecord.sources import Format

def read(item):
    what = item.data.split(b":")[1].strip()
    if what == b"hang":
        time.sleep(600)
    if what == b"spin":
        while True: pass
    if what == b"crash":
        ctypes.string_at(0)
    if what == b"exit":
        os._exit(3)
    if what == b"eat":
        held = [bytearray(1 << 24) for _ in range(1000)]
    if what == b"raise":
        raise RuntimeError("line one\\nline two \\x1b[31m")
    if what == b"print":
        print("x" * 100000, flush=True); os.write(1, b"y" * 1000)
    yield item.document("He said that all was well with " + what.decode() + ".", reader="evil/1", title="Fine")

FORMAT = Format(name="evil", title="for tests", endings=(".evil",), read=read, sniff=lambda head: head.startswith(b"EVIL:"))
"""


@pytest.fixture
def evil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in, installed for this test, whose reader does what the file says."""
    from onrecord.sources import formats

    folder = tmp_path / "site"
    (folder / "evil-1.0.dist-info").mkdir(parents=True)
    (folder / "evil_reader.py").write_text(textwrap.dedent(EVIL))
    (folder / "evil-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (folder / "evil-1.0.dist-info" / "entry_points.txt").write_text("[onrecord.sources]\nevil = evil_reader:FORMAT\n")
    monkeypatch.setenv("PYTHONPATH", str(folder) + os.pathsep + os.environ.get("PYTHONPATH", ""))
    monkeypatch.syspath_prepend(str(folder))
    pool._stop_all()
    formats.cache_clear()
    yield
    pool._stop_all()
    formats.cache_clear()
    sys.modules.pop("evil_reader", None)


QUICK = Limits(seconds=3.0, memory=400 << 20)


def archive(*what: str) -> bytes:
    return made.zipped({f"{i}.{w}": f"EVIL:{w}".encode() for i, w in enumerate(what)})


def test_each_fault_loses_its_own_file(evil: None) -> None:
    started = time.monotonic()
    got = list(
        open_source(io.BytesIO(archive("good", "hang", "crash", "exit", "raise", "print", "spin", "good")), name="a.zip", limits=QUICK)
    )
    assert [type(g) for g in got] == [
        Document,
        OverrunError,
        DamagedError,
        DamagedError,
        DamagedError,
        Document,
        OverrunError,
        Document,
    ]
    assert [str(getattr(g, "path", "")).split("#")[1] for g in got] == [
        "0.good", "1.hang", "2.crash", "3.exit", "4.raise", "5.print", "6.spin", "7.good"
    ]  # fmt: skip
    assert time.monotonic() - started < 100
    assert "SIGSEGV" in str(got[2])
    assert all("\n" not in str(g) and "\x1b" not in str(g) for g in got[1:5])


def test_memory_is_bounded(evil: None) -> None:
    limits = Limits(seconds=60, memory=400 << 20)
    got = list(open_source(io.BytesIO(archive("eat", "good")), name="a.zip", limits=limits))
    assert [type(g) for g in got] == [OverrunError, Document]
    assert "memory" in str(got[0])


def test_the_pool_serves_on_after_a_crash(evil: None) -> None:
    assert [type(g) for g in open_source(io.BytesIO(b"EVIL:crash"), name="x")] == [DamagedError]
    assert [type(g) for g in open_source(io.BytesIO(b"EVIL:good"), name="x")] == [Document]


def test_a_worker_is_kept_and_used_again() -> None:
    pool._stop_all()
    list(open_source(io.BytesIO(made.rtf()), name="a.rtf"))
    (kept,) = pool._idle
    list(open_source(io.BytesIO(made.rtf()), name="a.rtf"))
    assert pool._idle == [kept]


def test_a_walk_that_is_given_up_leaves_no_worker() -> None:
    pool._stop_all()
    walk = open_source(io.BytesIO(made.zipped({f"{i}.rtf": made.rtf() for i in range(50)})), name="a.zip")
    next(walk)
    walk.close()  # type: ignore[attr-defined]
    assert pool._idle == []


def test_no_temporary_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    list(open_source(io.BytesIO(made.rtf()), name="a.rtf"))
    assert list(tmp_path.iterdir()) == []


def test_zip_bomb_is_bounded() -> None:
    bomb = made.zipped({"bomb.txt": b"\0" * (30 << 20), "after.txt": made.TEXT.encode()})
    got = list(open_source(io.BytesIO(bomb), name="bomb.zip", limits=Limits(expansion=1 << 20, ratio=10)))
    assert [type(g) for g in got] == [OverrunError, OverrunError]
    got = list(open_source(io.BytesIO(bomb), name="bomb.zip", limits=Limits(text=1 << 20)))
    assert [type(g) for g in got] == [TooLargeError, Document]


def test_word_bomb_is_bounded() -> None:
    out = io.BytesIO(made.docx())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as z:
        z.writestr("word/media/x.bin", b"\0" * (30 << 20))
    got = list(open_source(io.BytesIO(out.getvalue()), name="a.docx", limits=Limits(expansion=1 << 20, ratio=10)))
    assert [type(g) for g in got] == [OverrunError]


def test_archives_in_archives_end() -> None:
    data = b"He said so."
    for _ in range(9):
        data = made.zipped({"in.zip": data})
    (error,) = open_source(io.BytesIO(data), name="deep.zip")
    assert isinstance(error, OverrunError)
    assert "deep" in str(error)


def test_names_in_archives_cannot_escape_or_paint_the_terminal() -> None:
    data = made.zipped({"../../etc/pass\x1b[31m\nwd.txt": b"He said so to them."})
    (document,) = open_source(io.BytesIO(data), name="a.zip")
    assert isinstance(document, Document)
    assert document.path is not None
    assert "\x1b" not in document.path
    assert "\n" not in document.path


def test_entities_of_a_document_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOPSECRET")
    evil_feed = (
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY l "lol"><!ENTITY m "&l;&l;&l;&l;&l;&l;&l;&l;">]>'
        "<rss version='2.0'><channel><title>t</title><item><title>a</title><description>He said &x; and &m; so.</description></item></channel></rss>"  # noqa: E501
    )
    for got in open_source(io.BytesIO(evil_feed.encode()), name="a.rss"):
        assert "TOPSECRET" not in str(getattr(got, "text", got))


def test_open_source_in_threads() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(3) as threads:
        texts = list(threads.map(lambda _: [getattr(g, "text", None) for g in open_source(io.BytesIO(made.rtf()), name="a.rtf")], range(6)))
    assert texts == [[made.TEXT]] * 6
