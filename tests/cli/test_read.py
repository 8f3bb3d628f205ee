"""`onrecord read` as a user runs it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from onrecord.cli import COMMANDS, _group

TEXT = "“The ships have turned,” Rusk said on Wednesday. He warned that others might come.\n"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf8")
    return path


def run(*args: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(_group, [str(a) for a in args], input=stdin)


def test_cards_say_who_how_what_and_where(article: Path) -> None:
    r = run("read", article)
    assert r.exit_code == 0
    assert "Rusk  said" in r.stdout
    assert "“The ships have turned,”" in r.stdout
    assert "direct · 0–" in r.stdout
    assert "\x1b" not in r.stdout
    assert r.stderr == ""


def test_jsonl_is_the_contract(article: Path) -> None:
    rows = [json.loads(line) for line in run("read", article, "--format", "jsonl", "--published", "1962-10-24").stdout.splitlines()]
    assert len(rows) >= 2
    for row in rows:
        assert row["document"]["published"] == "1962-10-24"
        assert row["document"]["path"] == str(article)
        for role in ("source", "cue", "content"):
            assert all(TEXT[s["start"] : s["end"]] == s["text"] for s in row[role])


def test_csv_is_safe_to_open_in_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "evil.txt"
    path.write_text("=HYPERLINK(1) said that “+1+1 is two and the rest is silence,” and left.\n", encoding="utf8")
    rows = list(csv.DictReader(io.StringIO(run("read", path, "--format", "csv").stdout)))
    assert rows
    assert not any(v.startswith(("=", "+", "@")) for row in rows for v in row.values())


def test_csv_of_nothing_still_has_its_header(tmp_path: Path) -> None:
    path = tmp_path / "dull.txt"
    path.write_text("Rain fell.\n", encoding="utf8")
    assert run("read", path, "--format", "csv").stdout.startswith("id,document_id,path")


def test_table_has_one_line_a_statement(article: Path) -> None:
    lines = run("read", article, "--format", "table").stdout.splitlines()
    assert lines[0].split("\t")[:2] == ["where", "kind"]
    assert len(lines) >= 3


def test_text_marks_the_words_in_place(article: Path) -> None:
    out = run("read", article, "--format", "text").stdout
    assert "⟦“The ships have turned,”⟧ ⟦Rusk⟧ₛ ⟦said⟧꜀" in out


def test_standard_input(article: Path) -> None:
    r = run("read", "-", "--format", "jsonl", stdin=TEXT.encode())
    assert json.loads(r.stdout.splitlines()[0])["document"]["path"] == "-"


def test_low_confidence_can_be_left_out(article: Path) -> None:
    assert run("read", article, "--min-confidence", "1", "--format", "jsonl").stdout == ""


def test_one_bad_file_does_not_stop_the_others(article: Path, tmp_path: Path) -> None:
    (tmp_path / "a-empty.txt").write_bytes(b"")
    (tmp_path / "b-binary.txt").write_bytes(bytes(range(256)) * 64)
    (tmp_path / "c-latin.txt").write_bytes("Le ministre a dit « non » : l’été sera sec.".encode("cp1252"))
    r = run("read", tmp_path, tmp_path / "gone.txt", "--format", "jsonl")
    assert r.exit_code == 1
    assert json.loads(r.stdout.splitlines()[0])["document"]["path"] == str(article)
    for name in ("a-empty.txt", "b-binary.txt", "gone.txt"):
        (line,) = [x for x in r.stderr.splitlines() if name in x]
        assert line.startswith("onrecord: ")
    assert "Traceback" not in r.stderr


@pytest.mark.parametrize(
    ("args", "hint"),
    [(("--published", "soon"), "2021-12-02"), (("--format", "xml"), "jsonl"), (("--min-confidence", "2"), "0"), (("--threads", "0"), "1")],
)
def test_wrong_usage_exits_with_2_and_says_what_is_right(article: Path, args: tuple[str, str], hint: str) -> None:
    r = run("read", article, *args)
    assert r.exit_code == 2
    assert hint in r.stderr


def test_hostile_text_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "evil.txt"
    path.write_text("“\x1b[2J\x1b]0;pwned\x07We \u202enever\u202c agreed to this at all,” Zorin said.\n", encoding="utf8")
    for shape in ("cards", "table", "text", "csv"):
        out = run("read", path, "--format", shape).stdout
        assert not {"\x1b", "\x07", "\u202e"} & set(out), shape


def test_every_command_loads_and_has_help() -> None:
    for name in COMMANDS:
        r = run(name, "--help")
        assert r.exit_code == 0, name
        assert len(r.stdout) > 100
        assert name in run("--help").stdout


def test_a_closed_pipe_is_no_error(article: Path) -> None:
    # `onrecord read ... | head -1`: the reader goes away while there is more to print.
    code = "import sys; from onrecord.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "read", "--format", "jsonl", *([str(article)] * 40)]
    p = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    assert p.stdout
    assert p.stderr
    p.stdout.readline()
    p.stdout.close()
    assert b"Traceback" not in p.stderr.read()
    p.wait(60)


def test_output_is_utf8_whatever_the_locale(article: Path) -> None:
    command = [sys.executable, "-m", "onrecord", "read", str(article)]
    r = subprocess.run(command, capture_output=True, env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0"}, check=True, timeout=120)
    assert "“The ships have turned,”" in r.stdout.decode("utf8")
