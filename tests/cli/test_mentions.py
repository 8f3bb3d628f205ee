"""`onrecord mentions`: its three formats, its exit codes, a user's actors."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from onrecord.cli.mentions import COLUMNS, command
from onrecord.tagger.session import WEIGHTS

pytestmark = pytest.mark.skipif(not (WEIGHTS / "tagger.onnx").exists(), reason="the model is not in this checkout")

TEXT = (
    "RIGA, Dec. 2 — Russia’s foreign minister, Sergei Lavrov, met Marta Kowal, a Polish lawyer, in Riga on Thursday. “We will wait,” Kowal "
    "said. A NATO spokeswoman said the alliance would wait too."
)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf8")
    return path


def run(*args: object, code: int = 0) -> str:
    done = CliRunner().invoke(command, [str(a) for a in args])
    assert done.exit_code == code, done.output
    return done.stdout


def rows(*args: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*args, "--format", "jsonl").splitlines()]


def test_jsonl_says_where_what_and_who(article: Path) -> None:
    found = rows(article, "--published", "2021-12-02")
    assert all(TEXT[m["start"] : m["end"]] == m["text"] for m in found)
    assert [m["start"] for m in found] == sorted(m["start"] for m in found)
    assert {"start", "end", "text", "type", "actor", "country", "name", "entity", "path"} == set(found[0])
    got = {(m["text"], m["type"], m["actor"], m["country"]) for m in found}
    assert ("Sergei Lavrov", "person", "person:sergei-lavrov", "RUS") in got
    assert ("Russia", "state", "RUS", "RUS") in got
    assert ("NATO", "organisation", "NATO", "NATO") in got
    assert ("Riga", "place", "LVA", "LVA") in got
    assert {(m["text"], m["country"]) for m in found if m["type"] == "role"} >= {("A NATO spokeswoman", "NATO")}
    kowal = [m for m in found if m["text"].endswith("Kowal")]
    assert [(m["type"], m["actor"], m["name"]) for m in kowal] == [("person", None, "Marta Kowal")] * 2
    assert kowal[0]["entity"] == kowal[1]["entity"]


def test_csv_has_the_same_rows(article: Path) -> None:
    table = list(csv.DictReader(io.StringIO(run(article, "--format", "csv", "--published", "2021-12-02"))))
    assert list(table[0]) == list(COLUMNS)
    blank = lambda v: "" if v is None else str(v)
    assert table == [{c: blank(m[c]) for c in COLUMNS} for m in rows(article, "--published", "2021-12-02")]


def test_csv_guards_formulas(tmp_path: Path) -> None:
    path = tmp_path / "=cmd.txt"
    path.write_text(TEXT, encoding="utf8")
    out = run(path, "--format", "csv")
    assert not any(cell.startswith(("=", "+", "@")) for row in csv.reader(io.StringIO(out)) for cell in row)


def test_one_type_alone(article: Path) -> None:
    assert {m["type"] for m in rows(article, "--type", "person", "--type", "role")} == {"person", "role"}


def test_the_table_heads_each_text_where_there_are_several(article: Path, tmp_path: Path) -> None:
    alone = run(article).splitlines()
    assert alone[0].split() == ["start", "end", "type", "text", "country", "actor", "name"]
    (tmp_path / "b.txt").write_text("Peter Brandt left Krakow.", encoding="utf8")
    both = run(article, tmp_path / "b.txt")
    assert [line for line in both.splitlines() if line.startswith("== ")] == [f"== {article}", f"== {tmp_path / 'b.txt'}"]


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Sergei\u202e Lavrov spoke to Marta\x1b[31m Kowal in Riga.", encoding="utf8")
    assert not set(run(path)) & {"\x1b", "\u202e"}


def test_a_text_without_names_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("It rained all day long, and then it rained all night.", encoding="utf8")
    assert rows(path) == []


def test_users_actors_are_known(article: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("id,type,name,country\nperson:marta-kowal,person,Marta Kowal,POL\n", encoding="utf8")
    kowal = [m for m in rows(article, "--actors", mine) if m["text"].endswith("Kowal")]
    assert [(m["actor"], m["country"]) for m in kowal] == [("person:marta-kowal", "POL")] * 2


def test_exit_codes(article: Path, tmp_path: Path) -> None:
    run(article, tmp_path / "none.txt", code=1)
    run(article, "--published", "soon", code=2)
    run(article, "--format", "xml", code=2)
