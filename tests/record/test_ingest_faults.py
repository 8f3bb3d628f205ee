"""Records that cannot be written, and input that wants to take the machine: a clear error each, and nothing is lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from onrecord import Document
from onrecord.errors import (
    BusyRecordError,
    DamagedRecordError,
    FullRecordError,
    NewerRecordError,
    OverrunError,
    ReadOnlyRecordError,
    RecordError,
    TooLargeError,
)
from onrecord.record import Query, Record
from onrecord.record.ingest import Report, alone, ingest
from onrecord.record.pool import Pool
from onrecord.sources.limits import Limits

from .fakes import Fake, text
from .killing import content, sound


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for n in range(30):
        (folder / f"{n:02}.txt").write_text(text(n))
    return folder


def run(record: Record, *paths: Any, workers: int = 0, **options: Any) -> Report:
    return ingest(record, paths, make_reader=options.pop("fake", Fake()), workers=workers, **options)


def whole(tmp_path: Path, corpus: Path) -> dict[str, Any]:
    """What an ingest that nothing disturbs gives."""
    with Record.open(tmp_path / "whole.db", "create") as r:
        run(r, corpus)
    return content(tmp_path / "whole.db")


def test_a_full_disk(path: Path, tmp_path: Path, corpus: Path) -> None:
    Record.open(path, "create").close()
    wanted = whole(tmp_path, corpus)
    pages = path.stat().st_size // 4096
    more = (tmp_path / "whole.db").stat().st_size // 4096 - pages
    kept = 0
    for room in (0, 1, more // 4, more // 2, more * 3 // 4):
        with Record.open(path, "rw") as r:
            r._connection().execute(f"PRAGMA max_page_count={pages + room}")
            with pytest.raises(FullRecordError, match=r"no room left.*run again"):
                run(r, corpus)
        assert sound(path) == []
        with Record.open(path) as r:
            now = len(list(r.documents()))
            assert now >= kept
            kept = now
    assert 0 < kept < 30
    with Record.open(path, "rw") as r:
        report = run(r, corpus)
    assert report.documents == 30 - kept
    assert content(path) == wanted


def test_a_bound_on_files(path: Path, tmp_path: Path, corpus: Path) -> None:
    """A write that the system refuses, as on a disk that is really full."""
    resource = pytest.importorskip("resource")
    wanted = whole(tmp_path, corpus)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    Record.open(path, "create").close()
    size = path.stat().st_size
    for room in (0, 30_000, 150_000):
        r = Record.open(path, "rw")
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, hard))
        try:
            with pytest.raises(RecordError, match=r"no room left|could not be read or written"):
                run(r, corpus)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        r.close()
        assert sound(path) == []
    with Record.open(path, "rw") as r:
        run(r, corpus)
    assert content(path) == wanted


def as_nobody(work: Callable[[], str]) -> str:
    """What ``work`` gives when it is done by a user who is not the superuser."""
    if os.geteuid() != 0:
        return work()
    here, there = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setgid(65534)
            os.setuid(65534)
            os.write(there, work().encode())
        except BaseException as e:
            os.write(there, f"failed: {e!r}".encode())
        os._exit(0)
    os.close(there)
    os.waitpid(pid, 0)
    with os.fdopen(here, "rb") as f:
        return f.read().decode()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs a system with users")
def test_a_file_and_a_folder_that_may_not_be_written(corpus: Path) -> None:
    import tempfile

    # Not under tmp_path: another user may not enter that.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "r.db"
        with Record.open(path, "create") as r:
            run(r, corpus / "00.txt")
        (folder / "r.db.lock").chmod(0o666)
        before = path.read_bytes()

        def fill() -> str:
            try:
                with Record.open(path, "create") as r:
                    run(r, corpus / "01.txt")
            except RecordError as e:
                return f"{type(e).__name__}: {e}"
            return "written"

        def look() -> str:
            with Record.open(path) as r:
                return str(r.count(Query()))

        folder.chmod(0o777)
        path.chmod(0o444)
        assert as_nobody(fill).startswith(ReadOnlyRecordError.__name__)
        assert as_nobody(look) == "4"
        folder.chmod(0o555)
        said = as_nobody(fill)
        assert "permissions" in said or "written" in said
        assert said != "written"
        assert as_nobody(look) == "4"
        folder.chmod(0o755)
        path.chmod(0o644)
        assert path.read_bytes() == before


def test_a_locked_record(path: Path, corpus: Path) -> None:
    Record.open(path, "create").close()
    holder = sqlite3.connect(path)
    holder.execute("BEGIN IMMEDIATE")
    with Record.open(path, "rw", patience=0.05) as r, pytest.raises(BusyRecordError, match="another program"):
        run(r, corpus)
    holder.rollback()
    # Taken while it runs: what came in stays.
    with Record.open(path, "rw", patience=0.05) as r:

        def seize(report: Report) -> None:
            if report.documents == 10:
                holder.execute("BEGIN IMMEDIATE")

        with pytest.raises(BusyRecordError):
            run(r, corpus, progress=seize)
        holder.rollback()
        assert len(list(r.documents())) == 10
        assert run(r, corpus).documents == 20


def slow(record: Path, corpus: Path) -> None:
    with Record.open(record, "create") as r:
        ingest(r, [corpus], make_reader=Fake(wait=0.05), workers=0)


def test_two_ingests_at_once(path: Path, corpus: Path) -> None:
    other = multiprocessing.get_context("spawn").Process(target=slow, args=(path, corpus))
    other.start()
    until = time.monotonic() + 60
    while not (path.exists() and Path(f"{path}.lock").exists()) and time.monotonic() < until:
        time.sleep(0.02)
    with Record.open(path, "create") as r, pytest.raises(BusyRecordError, match="another ingest is filling it"):
        run(r, corpus)
    other.join()
    assert other.exitcode == 0
    assert sound(path) == []
    with Record.open(path, "rw") as r:
        assert run(r, corpus).unchanged == 30
        with alone(r.path), pytest.raises(BusyRecordError):
            run(r, corpus)


def test_readers_and_coders_go_on_meanwhile(path: Path, corpus: Path) -> None:
    with Record.open(path, "create") as r, Record.open(path, "rw") as coder:
        seen = []

        def look(report: Report) -> None:
            if report.documents and report.documents % 10 == 0:
                seen.append(coder.count(Query()))
                coder.correct(next(iter(coder.statements())).id, "act", "DENY", who="a coder", why=str(report.documents))

        run(r, corpus, progress=look)
        assert seen == sorted(seen)
        assert len(seen) >= 3
        assert coder.count(Query()) == 120
    assert sound(path) == []


def test_a_newer_record_is_not_touched(path: Path, corpus: Path) -> None:
    with Record.open(path, "create") as r:
        run(r, corpus)
    c = sqlite3.connect(path)
    c.execute("PRAGMA user_version=9999")
    c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    c.close()
    before = path.read_bytes()
    with pytest.raises(NewerRecordError, match="upgrade"):
        Record.open(path, "create")
    assert path.read_bytes() == before


def test_a_damaged_record_gives_a_plain_error(path: Path, corpus: Path) -> None:
    with Record.open(path, "create") as r:
        run(r, corpus)
    good = path.read_bytes()
    said = []
    for n in range(1, 40):
        at = len(good) * n // 40
        path.write_bytes(good[:at] + b"\xa5" * 6000 + good[at + 6000 :] if n % 3 else good[:at])
        for end in ("-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        (corpus / "new.txt").write_text(text(100 + n, 20))
        try:
            with Record.open(path, "rw") as r:
                run(r, corpus)
        except RecordError as e:
            said.append(str(e))
    assert len(said) > 10
    assert all(words.startswith(f"{path}: ") for words in said)
    path.write_bytes(b"SQLite format 3\0" + b"\0" * 4000)
    with pytest.raises(DamagedRecordError):
        Record.open(path, "create")


def test_a_file_of_a_gigabyte(record: Record, corpus: Path) -> None:
    for name in ("a-huge.txt", "b-huge.html", "c-huge.pdf", "d-huge.jsonl", "e-huge.zip"):
        with open(corpus / name, "wb") as f:
            f.truncate(1 << 30)
    began, before = time.monotonic(), psutil.Process().memory_info().rss
    report = run(record, corpus)
    assert report.documents == 30
    assert len(report.refused) == 5
    assert {e.path.rsplit("/", 1)[-1][0] for e in report.refused} == set("abcde")
    assert time.monotonic() - began < 60
    assert psutil.Process().memory_info().rss - before < 600 << 20


def test_a_text_over_the_bound_and_a_bomb(record: Record, corpus: Path) -> None:
    (corpus / "long.txt").write_text(text(40, 400))
    with zipfile.ZipFile(corpus / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("first.txt", text(50))
        for n in range(8):
            z.writestr(f"{n}.txt", "a word and " * 100_000)
        z.writestr("last.txt", text(51))
    report = run(record, corpus, limits=Limits(text=20_000, expansion=1 << 20, ratio=1))
    kinds = {e.path.rsplit("/", 1)[-1]: type(e) for e in report.refused}
    assert kinds["long.txt"] is TooLargeError
    assert OverrunError in kinds.values() or TooLargeError in {k for p, k in kinds.items() if p != "long.txt"}
    assert report.documents >= 31  # the bomb's first text too
    assert {d.text for d in record.documents()} >= {text(n) for n in (*range(30), 50)}


def readers() -> list[psutil.Process]:
    """This process's workers that live."""
    return [c for c in psutil.Process().children() if c.status() != psutil.STATUS_ZOMBIE and "spawn_main" in " ".join(c.cmdline())]


def test_a_worker_that_is_killed_is_replaced(record: Record, corpus: Path) -> None:
    killed = []

    def kill(report: Report) -> None:
        if not killed:
            killed.append(readers()[0])
            killed[0].kill()

    for n in range(30, 90):
        (corpus / f"{n}.txt").write_text(text(n))
    report = run(record, corpus, workers=2, fake=Fake(wait=0.01), progress=kill)
    assert killed
    assert report.documents == 90
    assert report.refused == []


def test_what_is_being_read_is_not_waited_for() -> None:
    def source() -> Iterator[Document]:
        yield from (Document(text(n)) for n in range(40))
        raise ZeroDivisionError

    began = time.monotonic()
    with Pool(Fake(wait=10), 2) as pool:
        assert pool.model() == "fake-1"
        with pytest.raises(ZeroDivisionError):
            list(pool.read(source()))
        assert readers()
    assert until(lambda: not readers(), 30)
    assert time.monotonic() - began < 100  # a block would take 160 seconds


_FILL = """
import sys, onrecord.record.pool as pool
from tests.record.fakes import Fake
pool.default_reader = Fake(wait=0.05)
from onrecord.cli import main
if __name__ == "__main__":
    main(sys.argv[1:])
"""


def started(root: Path, tmp_path: Path, *arguments: Any) -> subprocess.Popen[str]:
    """The shell with the fake reader, in a process of its own."""
    script = tmp_path / "fill.py"
    script.write_text(_FILL)
    command = [sys.executable, str(script), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def held(path: Path) -> int:
    try:
        with Record.open(path) as r:
            return len(list(r.documents()))
    except RecordError:
        return 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_shell_stopped_with_its_workers(root: Path, path: Path, tmp_path: Path, corpus: Path, how: signal.Signals) -> None:
    wanted = whole(tmp_path, corpus)
    process = started(root, tmp_path, "ingest", corpus, "--record", path, "--workers", 2)
    assert until(lambda: held(path) > 0), process.communicate()
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    assert until(lambda: not any(c.is_running() and c.status() != psutil.STATUS_ZOMBIE for c in children), 20)
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "the same command again" in err
        assert "document" in out
    assert "Traceback" not in err
    assert sound(path) == []
    with Record.open(path, "rw") as r:
        report = run(r, corpus)
    assert report.documents < 30
    assert content(path) == wanted
