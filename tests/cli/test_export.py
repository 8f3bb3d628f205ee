"""`onrecord export`, `onrecord import` and `onrecord read --format parquet` as a user runs them."""

from __future__ import annotations

import csv
import io
import json
import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from click.testing import CliRunner, Result

from onrecord.cli import _group, main
from onrecord.export import FORMATS
from onrecord.record import Query, Record
from tests.export.conftest import corpus
from tests.record.conftest import document, statement

TEXT = "“The ships have turned,” Rusk said on Wednesday. He warned that others might come.\n"


def run(*args: object) -> Result:
    return CliRunner().invoke(_group, [str(a) for a in args])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "r.db"
    with Record.open(path, "create") as r:
        for d, found in corpus():
            r.add(d, found)
    return path


def test_every_format_by_the_name_of_its_file(path: Path, tmp_path: Path) -> None:
    for f in FORMATS.values():
        out = tmp_path / f"out{f.endings[0] if f.endings else ''}"
        r = run("export", "--record", path, "--out", out, *([] if f.endings else ["--format", f.name]))
        assert r.exit_code == 0, (f.name, r.output)
        assert r.stdout == ""
        assert f.title in r.stderr
        assert out.exists()
    help = run("export", "--help").output
    assert all(f"  {name} " in help for name in FORMATS)


def test_filters_and_words(path: Path) -> None:
    r = run("export", "--record", path, "--format", "jsonl", "--act", "threaten", "--speaker", "kennedy")
    assert [json.loads(x)["speaker"]["name"] for x in r.stdout.splitlines()] == ["John F. Kennedy"]
    assert run("export", "zeppelin", "--record", path, "--format", "jsonl").stdout == ""
    rows = list(csv.DictReader(io.StringIO(run("export", "ships", "--record", path, "--format", "csv").stdout)))
    assert [x["content"] for x in rows] == ['"the ships had turned"']


def test_wrong_calls_say_what_is_right(path: Path, tmp_path: Path) -> None:
    for args, hint in (
        (("--out", "x.docx"), "parquet"),
        (("--format", "brat"), "--out"),
        (("--format", "csv", "--table", "spans"), "--format parquet"),
        (("--out", str(path), "--format", "csv"), "the record itself"),
        (("--format", "parquet", "--out", str(tmp_path / "a"), "--table", "none"), "evidence"),
        (("--format", "csv", "--since", "soon"), "2021"),
    ):
        r = run("export", "--record", path, *args)
        assert (r.exit_code, hint in r.output) == (2, True), (args, r.output)
    assert Record.open(path).count(Query()) == 7


def in_shell(*args: object, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    bound = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None
    command = [sys.executable, "-m", "onrecord", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, preexec_fn=bound)


def test_a_disk_that_fills_up_is_one_line_and_nothing_half(path: Path, tmp_path: Path) -> None:
    long = document('Rusk said "the ships had turned". ' + "And so it went on. " * 20_000)
    with Record.open(path, "rw") as record:
        record.add(long, [statement(long, "Rusk", "said", '"the ships had turned"')])
    out = tmp_path / "x"
    out.mkdir()
    for args in (("--out", out / "a.xml"), ("--out", out / "b", "--format", "brat")):
        r = in_shell("export", "--record", path, *args, limit=200_000)
        assert (r.returncode, r.stderr.count("\n")) == (1, 1), r.stderr
        assert "no room" in r.stderr
        assert list(out.iterdir()) == []


def test_out_and_in_again(path: Path, tmp_path: Path) -> None:
    a, new = tmp_path / "a.parquet", tmp_path / "new.db"
    assert run("export", "--record", path, "--out", a).exit_code == 0
    r = run("import", a, "--record", new)
    assert (r.exit_code, "4 documents (4 new), 7 statements (7 new)" in r.stdout) == (0, True)
    r = run("import", a, "--record", new)
    assert "4 documents (0 new), 7 statements (0 new)" in r.stdout
    folder = tmp_path / "scaled" / "readings"
    folder.mkdir(parents=True)
    run("export", "--record", path, "--out", folder / "b.parquet", "--table", "readings")
    assert "4 documents (0 new)" in run("import", folder.parent, "--record", new).stdout
    a.write_bytes(a.read_bytes()[:5000])
    r = run("import", a, tmp_path / "gone.parquet", "--record", new)
    assert r.exit_code == 1
    assert r.stderr.count("\n") == 2
    assert "half written" in r.stderr
    assert run("import", "x.docx", "--record", new).exit_code == 2


def test_corrections_come_back(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    run("export", "--record", path, "--format", "brat", "--out", folder)
    ann = folder / f"{corpus()[0][0].id}.ann"
    ann.write_text(ann.read_text().replace("THREATEN", "ASSESS"))
    assert run("import", folder, "--record", path).exit_code == 2  # whose are they?
    r = run("import", folder, "--record", path, "--who", "ada", "--dry-run")
    assert (r.exit_code, "1 correction found, none made" in r.stdout) == (0, True)
    r = run("import", folder, "--record", path, "--who", "ada")
    assert (r.exit_code, "act: ASSESS" in r.stdout) == (0, True)
    ann.write_text(ann.read_text().replace("ASSESS", "NONSENSE"))
    r = run("import", folder, "--record", path, "--who", "ada")
    assert (r.exit_code, "NONSENSE" in r.stderr) == (1, True)
    with Record.open(path) as record:
        assert [(c.field, c.who) for c in record.corrections()] == [("act", "ada")]


def test_reading_straight_into_parquet(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf8")
    out = tmp_path / "a.parquet"
    assert run("read", tmp_path / "a.txt", "--format", "parquet", "--out", out, "--published", "1962-10-24").exit_code == 0
    lines = [json.loads(x) for x in run("read", tmp_path / "a.txt", "--format", "jsonl", "--published", "1962-10-24").stdout.splitlines()]
    # One line each, in the three tools.
    assert pl.read_parquet(out).drop("origin", "text").to_dicts() == lines
    assert pd.read_parquet(out)["id"].tolist() == [x["id"] for x in lines]
    assert duckdb.sql(f"SELECT id FROM '{out}'").fetchall() == [(x["id"],) for x in lines]
    r = run("import", out, "--record", tmp_path / "r.db")
    assert f"{len(lines)} statements" in r.stdout
    assert CliRunner().invoke(_group, ["read", str(tmp_path / "a.txt"), "--format", "parquet"]).stdout_bytes.startswith(b"PAR1")


def test_read_writes_other_formats_to_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf8")
    for shape in ("jsonl", "csv", "cards"):
        assert run("read", tmp_path / "a.txt", "--format", shape, "--out", tmp_path / "o").stdout == ""
        assert (tmp_path / "o").read_text(encoding="utf8") == run("read", tmp_path / "a.txt", "--format", shape).stdout
    with pytest.raises(SystemExit) as e:
        main(["read", str(tmp_path / "a.txt"), "--out", str(tmp_path / "none" / "o")])
    assert e.value.code == 1
