"""`onrecord text` and `onrecord sources` from the shell."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from onrecord.cli.sources import command as sources
from onrecord.cli.text import command as text
from onrecord.sources import formats

TEXT = "“No,” he said.\r\n\r\nShe said – yes.\n"


def run(*arguments: str, data: bytes | None = None) -> Result:
    return CliRunner().invoke(text, list(arguments), input=data)


def test_one_text_is_printed_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.encode("utf-16"))
    result = run(str(tmp_path / "a.txt"))
    assert result.exit_code == 0
    assert result.stdout_bytes == TEXT.encode()


def test_standard_input() -> None:
    assert run("-", data=TEXT.encode()).stdout_bytes == TEXT.encode()
    assert run(data=TEXT.encode()).stdout_bytes == TEXT.encode()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    with path.open("w", newline="") as f:
        csv.writer(f).writerows(
            [["id", "words", "when"], ["1", "He said no to them.", "20211202"], ["2", "She said yes to them.", "20211203"]]
        )
    return path


def test_several_are_told_apart(table: Path) -> None:
    result = run(str(table), "--map", "text=words,published=when")
    assert result.stdout == f"==> {table}#2 <==\nHe said no to them.\n\n==> {table}#3 <==\nShe said yes to them."
    assert run(str(table), "--map", "text=words", "--number", "2").stdout == "She said yes to them."
    assert run(str(table), "--map", "text=words", "--number", "3").exit_code == 1


def test_jsonl(table: Path) -> None:
    rows = [
        json.loads(x) for x in run(str(table), "--map", "text=words", "--map", "published=when", "--format", "jsonl").stdout.splitlines()
    ]
    assert [(r["text"], r["published"], r["path"]) for r in rows] == [
        ("He said no to them.", "2021-12-02", f"{table}#2"),
        ("She said yes to them.", "2021-12-03", f"{table}#3"),
    ]


def test_faults_are_one_line_each_and_the_rest_is_printed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("He said no.")
    (tmp_path / "b.bin").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.4 nothing")
    result = run(str(tmp_path), str(tmp_path / "none"))
    assert result.exit_code == 1
    assert result.stdout == "He said no."
    lines = result.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("onrecord: ") for line in lines)


def test_another_language_gets_a_word(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Der Minister sagte am Donnerstag, dass die Gespräche nicht weitergehen und dass er das bedauert.", encoding="utf-8"
    )
    result = run(str(tmp_path / "a.txt"))
    assert result.exit_code == 0
    assert "German" in result.stderr


@pytest.mark.parametrize(
    "arguments", [["--map", "x"], ["--map", "body=text"], ["--map", "text="], ["--input-format", "nope"], ["--number", "0"]]
)
def test_wrong_usage(arguments: list[str]) -> None:
    result = run("-", *arguments, data=b"x")
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_sources_lists_every_format() -> None:
    table = CliRunner().invoke(sources, [])
    assert table.exit_code == 0
    rows = json.loads(CliRunner().invoke(sources, ["--format", "json"]).stdout)
    assert [r["name"] for r in rows] == list(formats())
    for name in formats():
        assert f"\n{name} " in table.stdout
