"""`onrecord dates` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from onrecord.cli.dates import command


def run(*args: str, input: str | None = None) -> Result:
    return CliRunner().invoke(command, list(args), input=input)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "a.txt"
    file.write_text("The envoy spoke on Thursday. War had raged for two years since 2019.\n", encoding="utf-8")
    return file


def test_jsonl_prints_each_expression_with_its_fields(article: Path) -> None:
    result = run(str(article), "--published", "2021-12-02", "--format", "jsonl")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [r["text"] for r in rows] == ["Thursday", "two years", "2019"]
    assert rows[0] | {"start": 19, "end": 27, "interval": ["2021-12-02", "2021-12-03"], "value": "2021-12-02", "type": "DATE"} == rows[0]
    text = article.read_text(encoding="utf-8")
    assert all(text[r["start"] : r["end"]] == r["text"] for r in rows)


def test_without_a_date_it_says_what_stays_open(article: Path) -> None:
    result = run(str(article), "--format", "jsonl")
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[0])["interval"] is None
    assert "no publication date: 1 expression" in result.stderr


def test_table_has_a_row_for_each(article: Path) -> None:
    result = run(str(article), "--published", "2021-12-02")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["start", "end", "type", "value", "interval", "text"]
    assert lines[1].split() == ["19", "27", "DATE", "2021-12-02", "2021-12-02..2021-12-03", "Thursday"]


def test_standard_input() -> None:
    result = run("-", "--published", "2021-12-02", "--format", "jsonl", input="He spoke yesterday.")
    assert json.loads(result.stdout)["value"] == "2021-12-01"


def test_a_file_that_is_not_there_fails_and_the_rest_goes_on(article: Path) -> None:
    result = run("missing.txt", str(article), "--format", "jsonl")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 3
    assert "missing.txt" in result.stderr


def test_a_wrong_date_is_a_wrong_call(article: Path) -> None:
    result = run(str(article), "--published", "soon")
    assert result.exit_code == 2
    assert "2021-12-02" in result.output


def test_control_characters_do_not_reach_the_terminal() -> None:
    result = run("-", "--published", "2021-12-02", input="Since \x1b[31m2014\x1b[0m, on 3\x07 May 2015.")
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout
