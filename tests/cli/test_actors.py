"""`onrecord actors` as a user calls it: output, exit codes, errors in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onrecord.cli import main


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["actors", *args])
    out = capsys.readouterr()
    return int(stop.value.code or 0), out.out, out.err


def test_find(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "find", "Moscow", "--on", "1962-10-24", "--format", "jsonl")
    assert code == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["SUN"]


def test_find_an_office(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "find", "Russian Foreign Minister", "--on", "2021-12-02")
    assert code == 0
    assert "Sergei Lavrov" in out


def test_find_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "find", "Zzyzx")
    assert (code, out) == (1, "")
    assert "Zzyzx" in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("id", ["RUS", "TCD.mfa", "NATO", "person:maria-zakharova"])
def test_show(capsys: pytest.CaptureFixture[str], id: str) -> None:
    code, out, _ = run(capsys, "show", id)
    assert code == 0
    assert out.splitlines()[0].split() == ["id", id]
    code, out, _ = run(capsys, "show", id, "--format", "jsonl")
    assert json.loads(out)["id"] == id


def test_show_an_unknown_id_offers_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "show", "Russia")
    assert code == 1
    assert "RUS" in err


def test_add_and_use(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    mine = str(tmp_path / "mine.csv")
    args = ("add", mine, "--id", "person:jane-doe", "--type", "person", "--name", "Jane Doe", "--country", "GBR", "--alias", "La Doe")
    assert run(capsys, *args, "--role", "Minister for Sheep @2020-01-01..")[0] == 0
    code, out, _ = run(capsys, "find", "La Doe", "--actors", mine)
    assert code == 0
    assert "person:jane-doe" in out
    code, _, err = run(capsys, *args)
    assert code == 1
    assert "was used in line 2" in err
    assert run(capsys, "check", mine)[0] == 0


def test_check(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "check")
    assert (code, out) == (0, "")
    assert err.startswith("0 errors, 0 warnings")


def test_check_a_bad_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("id,type,name\na,person,A\na,person,B\n", encoding="utf-8")
    code, _, err = run(capsys, "check", str(path))
    assert code == 1
    assert f"{path}, line 3" in err
    assert "Traceback" not in err


def test_check_reports_a_second_president(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text('id,type,name,country,roles\nx,person,X Y,USA,"President @2022-01-01..2023-01-01"\n', encoding="utf-8")
    code, out, _ = run(capsys, "check", str(path))
    assert code == 1
    assert "overlaps" in out


def test_coverage(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check", "--coverage")
    assert code == 0
    assert out.startswith("country")
    assert "\nRUS " in out
