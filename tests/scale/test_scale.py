"""Runs over a small corpus, and everything that can go wrong with them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord import Document
from onrecord.errors import OnrecordError, OutputError, UsageError
from onrecord.export import rows
from onrecord.export.parquet import open_table
from onrecord.scale import cluster, scale
from onrecord.scale.inputs import Input, find
from onrecord.scale.manifest import load
from onrecord.scale.place import Place
from onrecord.scale.work import Outcome, Setup
from tests.scale.conftest import WORDS, tree
from tests.scale.fakes import calm, fake, newer, said
from tests.scale.inline import inline

pytest.importorskip("filelock", reason="needs the extra onrecord[ray]")
pytest.importorskip("pyarrow", reason="needs the extra onrecord[ray]")


def result(out: Path, name: str, kind: str = "readings") -> Path:
    """The one result of the input called ``name``."""
    (found,) = (out / kind).glob(f"{name}-*")
    return found


def test_what_is_written(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = scale([corpus], out, engine=inline, make_reader=fake)
    assert (report.files, report.done, report.failures, report.aside) == (7, 7, 0, [])
    assert (report.documents, report.refusals) == (3 + 40 + 1 + 2, 3)
    seen = 0
    for file in sorted((out / "readings").iterdir()):
        table = open_table(file)
        assert table.table == "readings"
        for row in table.rows():
            document = rows.to_document(row)
            statements = [rows.to_statement(s, document) for s in row["statements"]]  # which checks every span
            assert statements == said(document)
            assert row["model"] == "fake00000001"
            seen += 1
    assert seen == report.documents
    manifest = load(result(out, "table.jsonl", "manifests").read_bytes())
    assert manifest is not None
    assert (manifest.rows, manifest.refusals) == (40, 2)
    assert [r["path"].rpartition("#")[2] for r in manifest.refused] == ["4", "10"]
    assert report.written == sum(p.stat().st_size for p in (out / "readings").iterdir())

    before = tree(out)
    again = scale([corpus], out, engine=inline, make_reader=fake)
    assert (again.done, again.unchanged) == (0, 7)
    assert tree(out) == before

    # One process of its own does the same, byte for byte, whatever the folder's name and in whatever order it comes to the files.
    other = tmp_path / "other"
    report = scale([corpus / "table.jsonl", corpus], other, engine="local", make_reader=fake)
    assert report.done == 7
    assert tree(other) == before
    assert os.getpid() not in {int(w.rpartition(" ")[2]) for w in report.memory}


def test_what_does_not_stand_is_made_again(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    scale([corpus], out, engine=inline, make_reader=fake)
    good = tree(out)
    # The manifest says another number of documents.
    m = result(out, "0.txt", "manifests")
    m.write_text(m.read_text().replace('"rows": 1', '"rows": 7'))
    # The file is half written.
    p = result(out, "1.txt")
    p.write_bytes(p.read_bytes()[:-500])
    # A byte of it has flipped.
    p = result(out, "2.txt")
    p.write_bytes(p.read_bytes()[:3000] + bytes([p.read_bytes()[3000] ^ 1]) + p.read_bytes()[3001:])
    # The manifest is none, the file is gone, and what a killed run left lies about.
    result(out, "page.html", "manifests").write_text('{"input": "page.html", "rows": [')
    result(out, "crawl.warc").unlink()
    (out / "readings" / ".x.parquet.1-abcd.part").write_bytes(b"PAR1")
    # One file's result under another's name, manifest and all.
    table, empty = result(out, "table.jsonl"), result(out, "empty.txt")
    empty.write_bytes(table.read_bytes())
    result(out, "empty.txt", "manifests").write_bytes(result(out, "table.jsonl", "manifests").read_bytes())

    said_so: list[str] = []
    report = scale([corpus], out, engine=inline, make_reader=fake, warn=said_so.append)
    assert (report.done, report.unchanged) == (6, 1)
    reasons = {Path(path).name: reason for path, reason in report.redone}
    assert set(reasons) == {"0.txt", "1.txt", "2.txt", "crawl.warc"}
    assert "says 7 documents, the file has 1" in reasons["0.txt"]
    assert "bytes" in reasons["1.txt"]
    assert "not those that the manifest names" in reasons["2.txt"]
    assert "gone" in reasons["crawl.warc"]
    assert len(said_so) == 4
    assert tree(out) == good


def test_changed_files_models_and_names(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    scale([corpus], out, engine=inline, make_reader=fake)
    before = tree(out)
    (corpus / "0.txt").write_text(f"Rusk said {WORDS} twice over")
    report = scale([corpus], out, engine=inline, make_reader=fake)
    assert (report.done, report.unchanged) == (1, 6)
    assert {k for k, v in tree(out).items() if before[k] != v} == {
        str(result(out, "0.txt", k).relative_to(out)) for k in ("readings", "manifests")
    }
    # What was read stays read when the files move: nothing is there twice.
    names = set(tree(out))
    moved = corpus.rename(tmp_path / "elsewhere")
    report = scale([moved], out, engine=inline, make_reader=fake)
    assert (report.done, report.moved) == (0, 7)
    assert set(tree(out)) == names
    # A new model reads all of it again, in place.
    report = scale([moved.rename(corpus)], out, engine=inline, make_reader=newer)
    assert report.done == 7
    assert set(tree(out)) == names
    # So does another choice of columns.
    report = scale([corpus / "table.jsonl"], out, engine=inline, make_reader=newer, mapping={"outlet": "text"})
    assert report.done == 1


def test_a_poison_file_is_set_aside(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    poison = corpus / "poison.txt"
    poison.write_text(f"POISON said {WORDS}" * 20)
    report = scale([corpus], out, engine="local", make_reader=fake)
    assert (report.done, report.deaths) == (7, 3)
    assert report.aside == [(str(poison), "its reader broke down on it (3 times)")]
    aside = json.loads(result(out, "poison.txt", "aside").read_text())
    assert aside["reason"] == "its reader broke down on it"
    # It is not tried again unless one asks, or it changes.
    report = scale([corpus], out, engine="local", make_reader=fake)
    assert (report.unchanged, report.deaths) == (7, 0)
    assert "--retry" in report.aside[0][1]
    poison.write_text(f"Rusk said {WORDS}")
    report = scale([corpus], out, engine=inline, make_reader=fake)
    assert (report.done, report.unchanged, report.aside) == (1, 7, [])
    assert list((out / "aside").iterdir()) == []


def test_what_takes_too_long_is_set_aside(corpus: Path, tmp_path: Path) -> None:
    """A document that never ends is refused; a file on which nothing gets on is set aside; the run goes on."""
    out = tmp_path / "out"
    rows = [{"text": f"Stevenson said {WORDS} number {n}"} for n in range(20)]
    rows[7] = {"text": f"HANG said {WORDS}"}
    (corpus / "hangs.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf8")
    pipe = corpus / "pipe.txt"
    os.mkfifo(pipe)  # nobody writes to it: to open it takes forever
    files = [corpus / "0.txt", corpus / "hangs.jsonl", pipe, corpus / "1.txt"]
    report = scale(files, out, engine="local", make_reader=fake, patience=3)
    manifest = json.loads(result(out, "hangs.jsonl", "manifests").read_text())
    assert manifest["rows"] == 19
    (refused,) = manifest["refused"]
    assert (refused["error"], refused["reason"]) == ("OverrunError", "reading it for statements took longer than 3 s")
    assert report.aside == [(str(pipe), "a step of reading it took longer than 3 s")]
    assert (report.done, report.refusals, report.failures, report.deaths) == (3, 1, 0, 0)
    # It stands until one asks for another try.
    assert scale([corpus / "hangs.jsonl"], out, engine=inline, make_reader=fake).unchanged == 1
    assert scale([corpus / "hangs.jsonl"], out, engine=inline, make_reader=calm, retry=True).done == 1
    assert json.loads(result(out, "hangs.jsonl", "manifests").read_text())["rows"] == 20
    with pytest.raises(UsageError, match="seconds"):
        scale([corpus], out, engine=inline, make_reader=fake, patience=0)


def test_what_cannot_be_interrupted_ends_its_worker(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    stubborn = corpus / "stubborn.txt"
    stubborn.write_text(f"STUBBORN said {WORDS}" * 20)
    report = scale([corpus / "0.txt", stubborn], out, engine="local", make_reader=fake, patience=3)
    assert (report.done, report.deaths) == (1, 1)
    assert report.aside == [(str(stubborn), "reading it for statements took longer than 3 s")]
    assert [p.suffix for p in (out / "aside").iterdir()] == [".json"]


def test_tries_are_counted(corpus: Path, tmp_path: Path) -> None:
    """What comes back from workers, played: a machine lost, a worker dead, an error of the reader's, a store that fails for a while."""
    calls: list[str] = []

    def engine(todo: deque[Input], setup: Setup) -> Iterator[tuple[Input, Outcome]]:
        while todo:
            item = todo.popleft()
            key = item.name.split(".")[0]
            calls.append(key)
            n = calls.count(key)
            if key == "0" and n <= 5:
                yield item, Outcome(item.name, "died", "the machine that read it was lost", again=True, lost=True)
            elif key == "1":
                yield item, Outcome(item.name, "broken", "ValueError: odd", again=True)
            elif key == "2":
                yield item, Outcome(item.name, "failed", f"{item.path}: it could not be fetched", again=True)
            else:
                yield from inline(deque([item]), setup)

    report = scale([corpus], tmp_path / "out", engine=engine, make_reader=fake)
    assert calls.count("0") == 6
    assert calls.count("1") == calls.count("2") == 3
    assert report.done == 5
    assert report.aside == [(str(corpus / "1.txt"), "ValueError: odd (3 times)")]
    assert report.failed == [(str(corpus / "2.txt"), "it could not be fetched")]


def test_what_stops_a_run(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"

    def no_model() -> object:
        raise RuntimeError("no such operator")

    with pytest.raises(OnrecordError, match=r"model could not be loaded.*no such operator"):
        scale([corpus], out, engine=inline, make_reader=no_model)  # type: ignore[arg-type]

    def always_dead(todo: deque[Input], setup: Setup) -> Iterator[tuple[Input, Outcome]]:
        while todo:
            item = todo.popleft()
            yield item, Outcome(item.name, "died", "its reader broke down on it", again=True)

    with pytest.raises(OnrecordError, match="too little memory"):
        scale([corpus], out, engine=always_dead, make_reader=fake)
    assert list((out / "aside").iterdir()) == []

    def unseen(todo: deque[Input], setup: Setup) -> Iterator[tuple[Input, Outcome]]:
        while todo:
            item = todo.popleft()
            yield item, Outcome(item.name, "done", worker="far, process 1")

    with pytest.raises(OutputError, match=r"not seen here.*all machines share"):
        scale([corpus], out, engine=unseen, make_reader=fake)

    def mixed(todo: deque[Input], setup: Setup) -> Iterator[tuple[Input, Outcome]]:
        for n, (item, outcome) in enumerate(inline(todo, setup)):
            yield item, outcome if n else Outcome(item.name, "unchanged", model="other0000000")

    with pytest.raises(OnrecordError, match="install the same on all machines"):
        scale([corpus], out, engine=mixed, make_reader=fake)
    with Place(out).alone(), pytest.raises(OutputError, match="another run is writing into it"):
        scale([corpus], out, engine=inline, make_reader=fake)
    with pytest.raises(OutputError, match=r"no such folder|is a file|exists"):
        scale([corpus], corpus / "0.txt" / "x", engine=inline, make_reader=fake)
    with pytest.raises(UsageError, match="into itself"):
        scale([out], out, engine=inline, make_reader=fake)
    with pytest.raises(UsageError, match="has no field"):
        scale([corpus], out, engine=inline, make_reader=fake, mapping={"tekst": "x"})
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"pip install 'onrecord\[ray\]'"):
        scale([corpus], out, make_reader=fake)
    monkeypatch.setattr("onrecord.scale.work.version", lambda name: "0.0.9")
    with pytest.raises(OnrecordError, match=r"onrecord 0\.0\.9 is installed where"):
        scale([corpus], out, engine=inline, make_reader=fake)


_RUN = """
import resource, sys
sys.path[:0] = {path!r}
from onrecord.errors import OnrecordError
from onrecord.scale import cluster, scale
from tests.scale.fakes import fake
from tests.scale.inline import inline
if __name__ == "__main__":
    if {limit}:
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
    try:
        scale([{corpus!r}], {out!r}, engine={engine}, make_reader=fake)
    except OnrecordError as e:
        print(e)
"""


def script(tmp_path: Path, corpus: Path, out: Path, *, engine: str = "inline", limit: int = 0) -> list[str]:
    file = tmp_path / "run.py"
    file.write_text(_RUN.format(path=[p for p in sys.path if p], corpus=str(corpus), out=str(out), engine=engine, limit=limit))
    return [sys.executable, str(file)]


def test_a_full_disk(corpus: Path, tmp_path: Path) -> None:
    """Files may not grow beyond a size: the system's own error in mid-file, as a full disk gives it."""
    pytest.importorskip("resource", reason="needs a system with limits on processes")
    out, good = tmp_path / "out", tmp_path / "good"
    scale([corpus], good, engine=inline, make_reader=fake)
    done = subprocess.run(script(tmp_path, corpus, out, limit=12_000), capture_output=True, text=True, check=True)
    assert "no room left" in done.stdout
    assert done.stderr == ""
    left = tree(out)
    assert left.items() <= tree(good).items()  # nothing that is half a file
    scale([corpus], out, engine=inline, make_reader=fake)
    assert tree(out) == tree(good)


def test_a_run_that_is_killed_goes_on(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, good = tmp_path / "out", tmp_path / "good"
    for n in range(8):
        (corpus / f"s{n}.txt").write_text(f"SLOW said {WORDS} {n}")
    scale([corpus], good, engine=inline, make_reader=fake)
    monkeypatch.setenv("ONRECORD_TEST_SLOW", "0.3")
    process = subprocess.Popen(script(tmp_path, corpus, out, engine="'local'"))
    deadline = time.monotonic() + 60
    while not list(out.glob("manifests/s*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = tree(out)
    assert 0 < len(there) < len(tree(good))
    monkeypatch.setenv("ONRECORD_TEST_SLOW", "0")
    # The worker of the killed run ends by itself; until then it may finish its file, which does no harm.
    report = scale([corpus], out, engine=inline, make_reader=fake)
    assert report.unchanged >= 1
    assert report.done >= 1
    assert tree(out) == tree(good)


def test_stopped_from_the_keyboard(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from onrecord.cli.scale import command

    def interrupted(todo: deque[Input], setup: Setup) -> Iterator[tuple[Input, Outcome]]:
        yield next(iter(inline(todo, setup)))
        raise KeyboardInterrupt

    monkeypatch.setattr("onrecord.scale.engines.local", interrupted)
    monkeypatch.setattr("onrecord.scale.run.reader_of_all_cores", fake)
    done = CliRunner().invoke(command, [str(corpus), "--out", str(tmp_path / "out"), "--engine", "local"])
    assert done.exit_code == 130
    assert "goes on from there" in done.stderr
    assert len(list((tmp_path / "out" / "manifests").iterdir())) == 1


def test_object_stores(corpus: Path, tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec", reason="needs the extra onrecord[ray]")
    pytest.importorskip("duckdb", reason="needs the extra onrecord[ray]")
    store = fsspec.filesystem("memory")
    for file in corpus.iterdir():
        store.pipe(f"/in/{file.name}", file.read_bytes())
    store.pipe("/lists/a.txt", b"# what to read\nmemory://in/0.txt\n\nmemory://in/*.jsonl\nmemory://in/none.txt\n")
    try:
        out = "memory://results/run"
        report = scale(["@memory://lists/a.txt"], out, engine=inline, make_reader=fake)
        assert (report.files, report.done, report.documents) == (3, 2, 41)
        assert [p for p, _ in report.failed] == ["memory://in/none.txt"]
        report = scale(["memory://in/"], out, engine=inline, make_reader=fake)
        assert (report.done, report.unchanged) == (5, 2)
        names = [p for p in store.find("/results/run") if p.endswith(".parquet")]
        assert len(names) == 7
        assert not [p for p in store.find("/results") if p.endswith(".part")]
        # The same rows as from files, but for what they are called.
        local = tmp_path / "out"
        scale([corpus], local, engine=inline, make_reader=fake)
        part = result(local, "table.jsonl")
        (remote,) = [p for p in names if "table.jsonl" in p]
        copy = tmp_path / "copy.parquet"
        copy.write_bytes(store.cat(remote))
        theirs, ours = list(open_table(copy).rows()), list(open_table(part).rows())
        assert [r.pop("path") for r in theirs] == [f"memory:///in/table.jsonl#{n}" for n in range(1, 43) if n not in (4, 10)]
        assert theirs == [{k: v for k, v in r.items() if k != "path"} for r in ours]
        assert cluster(out, workers=1).documents == cluster(local, workers=1).documents
        assert store.exists("/results/run/clusters/quotes.parquet")
        store.pipe(remote, store.cat(remote)[:-9])
        assert scale(["memory://in/"], out, engine=inline, make_reader=fake).done == 1
    finally:
        store.rm("/", recursive=True)
    with pytest.raises(UsageError, match="nosuch"):
        scale([corpus], "nosuch://bucket/x", engine=inline, make_reader=fake)


def test_inputs(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    listed = tmp_path / "list.txt"
    listed.write_text("corpus/0.txt\n# a remark\n\n  corpus/*.html  \ncorpus/none.txt\n")
    found = list(find([f"@{listed}", "corpus", corpus / "1.txt"]))
    names = [i.path if isinstance(i, Input) else f"! {i.path}" for i in found]
    assert names[:3] == ["corpus/0.txt", "corpus/page.html", "! corpus/none.txt"]
    assert len([n for n in names if n[0] != "!"]) == 7  # each once, however often it is named
    # The name of a result does not depend on how its input was reached.
    (relative,), (absolute,) = find(["corpus/0.txt"]), find([corpus / "0.txt"])
    assert isinstance(relative, Input)
    assert isinstance(absolute, Input)
    assert relative.name == absolute.name
    odd = tmp_path / "o'd d\nname\udce9.txt"
    odd.write_text(f"Rusk said {WORDS}")
    report = scale([odd], tmp_path / "out", engine=inline, make_reader=fake)
    assert report.done == 1
    assert result(tmp_path / "out", "o_d_d_name_.txt").exists()
    with pytest.raises(UsageError, match="no such list"):
        list(find(["@nothing.txt"]))


def test_the_shell(corpus: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "onrecord", "scale", *arguments], capture_output=True, text=True, check=False)

    out = tmp_path / "out"
    (tmp_path / "none").mkdir()
    done = run(str(corpus / "empty.txt"), str(corpus / "missing"), "--out", str(out), "--engine", "local")
    assert done.returncode == 1
    assert "missing: there is no such file" in done.stderr
    assert "1 files read, 1 failed" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    done = run("cluster", str(tmp_path / "none"))
    assert done.returncode == 1
    assert "no readings to cluster" in done.stderr


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(lambda v: json.dumps(v).encode()),
    )
)
def test_no_manifest_is_too_odd(data: bytes) -> None:
    assert load(data) is None


def test_fakes_hold_what_they_say() -> None:
    for s in said(Document(f"A said {WORDS}\nnothing\nB said this")):
        s.check()
