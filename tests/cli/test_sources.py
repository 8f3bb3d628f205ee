"""What the commands that read texts do with formats, columns and languages: `documents`, which they share, and the list of formats."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from onrecord.cli import _group
from onrecord.cli.inputs import documents
from onrecord.cli.sources import command as sources
from onrecord.errors import SourceError, UnsupportedError

TABLE = "id;story;day\n1;The minister said on Monday that the talks had failed.;2021-12-02\n2;Der Minister sagte am Montag, dass die Gespräche nicht weitergehen und dass er das bedauert.;2021-12-03\n"  # noqa: E501


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_columns_are_mapped_and_other_languages_passed_over_with_a_word(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed: list[SourceError] = []
    (got,) = documents((str(table),), None, failed.append, mapping={"text": "story"})
    assert (got.text, got.published, got.path) == ("The minister said on Monday that the talks had failed.", "2021-12-02", f"{table}#2")
    assert failed == []  # a text in another language is no failure
    assert capsys.readouterr().err.startswith(f"onrecord: {table}#3: it is in German, not in English")


def test_a_failure_is_told_and_the_rest_is_read(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    failed: list[SourceError] = []
    got = list(documents((str(tmp_path / "a.doc"), str(table)), None, failed.append))
    assert [d.path for d in got] == [f"{table}#2"]
    assert [type(e) for e in failed] == [UnsupportedError]
    assert "DOCX" in capsys.readouterr().err


def test_publication_date_fills_what_is_missing_only(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "He said no to it.", "date": "2020-01-01"}\n{"text": "She said yes to it."}\n')
    got = list(documents((str(tmp_path / "a.jsonl"),), "2021-12-02", lambda e: None))
    assert [d.published for d in got] == ["2020-01-01", "2021-12-02"]


def test_standard_input_in_a_stated_format(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(TABLE.encode())

    monkeypatch.setattr("sys.stdin", Input)
    (got,) = documents(("-",), None, lambda e: None, mapping={"text": "story"}, format="csv")
    assert got.path == "-#2"


@pytest.mark.parametrize("arguments", [["--map", "body=text"], ["--map", "x"], ["--input-format", "nope"]])
def test_wrong_options_are_told_before_anything_is_read(table: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(_group, ["read", str(table), *arguments])
    assert result.exit_code == 2
    assert arguments[0] in result.output


def test_formats_and_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["onrecord.sources.formats"], "_there", lambda module: module != "pypdfium2")
    result = CliRunner().invoke(sources, ["--format", "json"])
    assert {r["name"]: r["missing"] for r in json.loads(result.stdout) if r["missing"]} == {"pdf": ["pypdfium2"]}
    result = CliRunner().invoke(sources, [])
    assert "no: needs pypdfium2" in result.stdout
    assert "pip install 'onrecord[sources]'" in result.stderr
