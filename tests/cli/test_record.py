"""The commands on a record as a user calls them: output, exit codes, errors without a trace."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from onrecord import Speaker
from onrecord.cli import COMMANDS, main
from onrecord.record import Record
from onrecord.statement import ActorRef, DateRef
from tests.record.conftest import document, statement, two

ON_A_RECORD = ("search", "show", "timeline", "speakers", "positions", "stats", "searches", "correct", "corrections", "agreement", "sql")
TEXT = (
    "Zakharova warned NATO that it would cross a red line. A colonel said the line was red. Stoltenberg denied that NATO threatened anyone."
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record of two documents, named by the environment."""
    path = tmp_path / "r.db"
    with Record.open(path, "create") as record:
        record.add(document(), two(document()))
        d = document(TEXT, path="b.txt", published="2021-12-02", outlet="Le Monde")
        nato = TEXT.index("NATO")
        maria = Speaker("Maria Zakharova", "person:maria-zakharova", "spokeswoman", "RUS", "name")
        warned = statement(
            d,
            "Zakharova",
            "warned",
            "that it would cross a red line",
            speaker=maria,
            act="THREATEN",
            polarity="positive",
            targets=(ActorRef("NATO", "NATO", nato, nato + 4, "NATO"),),
            date=DateRef("2021-12-02", "2021-12-03", "Thursday"),
        )
        record.add(d, [warned, statement(d, "A colonel", "said", "the line was red", speaker=Speaker("A colonel"), act="ASSERT")])
    monkeypatch.setenv("ONRECORD_RECORD", str(path))
    monkeypatch.setenv("ONRECORD_WHO", "anna")
    return path


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(args))
    out = capsys.readouterr()
    assert "Traceback" not in out.err
    return int(stop.value.code or 0), out.out, out.err


def test_the_search_of_the_design(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ("search", "red line", "--speaker", "zakharova", "--act", "threaten", "--about", "NATO", "--since", "2021-11")
    code, out, err = run(capsys, *wanted, "--format", "jsonl")
    assert (code, err) == (0, "")
    (row,) = [json.loads(line) for line in out.splitlines()]
    with Record.open(path) as record:
        assert row == record.statement(row["id"]).to_dict()
    assert row["content"][0]["text"] == "that it would cross a red line"
    code, out, err = run(capsys, *wanted)
    assert out.splitlines()[1].split("\t")[1:6] == ["2021-12-02", "Maria Zakharova", "THREATEN", "NATO", "Le Monde"]
    assert "1–1 of 1 statement" in err
    assert run(capsys, *wanted, "--until", "2021-11")[2].strip().endswith("no statement found")


def test_formats_of_a_search(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(run(capsys, "search", "--format", "csv")[1])))
    assert [r["act"] for r in rows] == ["THREATEN", "ASSERT", "THREATEN", "ASSERT"]
    assert rows[0]["content"] == "that it would cross a red line"
    _, out, _ = run(capsys, "search", "--format", "cards", "--sort", "oldest")
    assert "Dean Rusk (secretary, USA)" in out
    _, out, err = run(capsys, "search", "--size", "3", "--page", "2")
    assert len(out.splitlines()) == 2
    assert "4–4 of 4 statements" in err
    assert "next: --page 2" in run(capsys, "search", "--size", "3")[2]
    assert "no such page: there are 4" in run(capsys, "search", "--page", "9")[2]
    assert len(run(capsys, "search", "--all", "--format", "jsonl", "--size", "1")[1].splitlines()) == 4
    _, out, _ = run(capsys, "search", "--facet", "act", "--facet", "speaker", "--size", "1")
    assert re.search(r"ASSERT +2\nTHREATEN +2\n", out)
    assert "Maria Zakharova (person:maria-zakharova)" in out
    _, out, _ = run(capsys, "search", "--facet", "act", "--format", "jsonl")
    assert json.loads(out.splitlines()[0]) == {"field": "act", "value": "ASSERT", "label": "ASSERT", "count": 2}


def test_phrases_come_through_the_shell(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def found(*words: str) -> int:
        return len(run(capsys, "search", *words, "--format", "jsonl")[1].splitlines())

    assert (found("red line"), found("red", "line"), found('"red line"'), found("line -was"), found("line OR ships")) == (2, 3, 2, 1, 4)
    assert found("=A colonel") == 0
    assert [found("--speaker", name) for name in ("colonel", "=colonel", "=A colonel")] == [1, 1, 1]


def test_show(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = two(document())[0]
    code, out, _ = run(capsys, "show", one.id[:8])
    assert code == 0
    for words in (one.id, "Dean Rusk, secretary, USA, Q1 (by name)", "ASSERT · CAMEO 01", "“Tuesday”", "⟦Rusk⟧ₛ ⟦said⟧꜀", one.document.id):
        assert words in out
    assert json.loads(run(capsys, "show", one.id, "--format", "jsonl")[1]) == one.to_dict()
    _, out, _ = run(capsys, "show", one.document.id)
    assert "⟦Kennedy⟧ₛ" in out
    assert len(run(capsys, "show", one.document.id, "--format", "jsonl")[1].splitlines()) == 2
    code, _, err = run(capsys, "show", "feed" * 4)
    assert (code, "no statement or document" in err) == (2, True)


def test_what_nobody_is_called(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "search", "--speaker", "Zakarova")
    assert (code, out) == (0, "")
    assert "nothing here matches --speaker Zakarova (did you mean Maria Zakharova?)" in err


def test_counts(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [json.loads(x) for x in run(capsys, "timeline", "--by", "year", "--format", "jsonl")[1].splitlines()] == [
        {"period": "1962", "count": 2},
        {"period": "2021", "count": 2},
    ]
    assert "2021-12" in run(capsys, "timeline", "line", "--since", "2021")[1]
    rows = [json.loads(x) for x in run(capsys, "speakers", "--format", "jsonl")[1].splitlines()]
    assert {r["value"] for r in rows} == {"person:maria-zakharova", "A colonel", "Q1", "John F. Kennedy"}
    assert "Maria Zakharova" in run(capsys, "speakers")[1]
    s = json.loads(run(capsys, "stats", "--format", "json")[1])
    assert (s["documents"], s["statements"], s["by_act"]) == (2, 4, [["ASSERT", 2], ["THREATEN", 2]])
    assert re.search(r"statements +4", run(capsys, "stats")[1])


def test_saved_searches(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "search", "red line", "--about", "NATO", "--save", "lines")[0] == 0
    with Record.open(path, "rw") as record:
        d = document(TEXT + " More.", published="2022-01-05")
        nato = TEXT.index("NATO")
        record.add(d, [statement(d, "Zakharova", "warned", "a red line", targets=(ActorRef("NATO", "NATO", nato, nato + 4, "NATO"),))])
    (row,) = [json.loads(x) for x in run(capsys, "searches", "--format", "jsonl")[1].splitlines()]
    assert (row["name"], row["total" if "total" in row else "finds"], row["new"], row["query"]["text"]) == ("lines", 2, 1, '"red line"')
    assert len(run(capsys, "search", "--saved", "lines", "--format", "jsonl")[1].splitlines()) == 2
    assert len(run(capsys, "search", "--saved", "lines", "--new", "--format", "jsonl")[1].splitlines()) == 1
    assert run(capsys, "search", "--saved", "lines", "--new", "--format", "jsonl")[1] == ""
    code, _, err = run(capsys, "search", "--saved", "other")
    assert (code, "there are: lines" in err) == (2, True)
    assert run(capsys, "searches", "--drop", "lines")[0] == 0
    assert run(capsys, "searches", "--drop", "lines")[0] == 2


def test_correct_and_undo(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = (s.id for s in two(document()))
    code, out, _ = run(capsys, "correct", one, "act", "DENY", "--why", "he denied it")
    assert (code, out) == (0, f'correction 1: act "ASSERT" → "DENY" of {one}, by anna\n')
    assert run(capsys, "correct", one, "speaker", '{"name": "Dean Rusk", "country": "USA"}', "--who", "ben")[0] == 0
    assert run(capsys, "correct", other[:6], "--reject")[0] == 0
    assert len(run(capsys, "search", "--format", "jsonl")[1].splitlines()) == 3
    assert "he denied it" in run(capsys, "show", one)[1]
    assert run(capsys, "correct", "--undo", "3")[1].startswith('correction 4: status "rejected" → null')
    rows = [json.loads(x) for x in run(capsys, "corrections", "--format", "jsonl")[1].splitlines()]
    assert [(r["id"], r["field"], r["who"], r["undone"]) for r in rows] == [
        (1, "act", "anna", False),
        (2, "speaker", "ben", False),
        (3, "status", "anna", True),
        (4, "status", "anna", False),
    ]
    assert len(run(capsys, "corrections", "--who", "ben", "--format", "csv")[1].splitlines()) == 2
    (made,) = [json.loads(x) for x in run(capsys, "corrections", "--format", "training")[1].splitlines()]
    assert made["document"]["text"] == document().text
    run(capsys, "correct", one, "act", "REJECT", "--who", "ben")
    _, out, _ = run(capsys, "agreement", "--format", "jsonl")
    assert {r["field"]: r["statements" if "statements" in r else "units"] for r in map(json.loads, out.splitlines())}["act"] == 1
    assert "anna, ben" in run(capsys, "agreement")[1]


@pytest.mark.parametrize(
    "args",
    [
        ("correct",),
        ("correct", "ID"),
        ("correct", "ID", "act"),
        ("correct", "ID", "act", "SING"),
        ("correct", "ID", "colour", "red"),
        ("correct", "ID", "--accept", "--reject"),
        ("correct", "--undo", "9"),
        ("correct", "ID", "act", "DENY", "--undo", "1"),
        ("correct", "zz", "--accept"),
        ("search", "(red"),
        ("search", "OR"),
        ("search", "--act", "sing"),
        ("search", "--since", "soon"),
        ("search", "--sort", "best"),
        ("search", "--new"),
        ("search", "x", "--saved", "y"),
        ("search", "--facet", "colour"),
        ("search", "--format", "pdf"),
        ("positions", "gas"),
        ("show",),
        ("sql", "DELETE FROM statement"),
        ("sql", "ATTACH 'x' AS y"),
        ("sql", "SELEC 1"),
        ("sql", "PRAGMA user_version"),
        ("corrections", "--who", "x", "--format", "training"),
    ],
)
def test_a_call_that_makes_no_sense(path: Path, capsys: pytest.CaptureFixture[str], args: tuple[str, ...]) -> None:
    code, out, err = run(capsys, *(two(document())[0].id if a == "ID" else a for a in args))
    assert (code, out) == (2, "")
    assert "Error: " in err or "Usage: " in err


def test_sql(path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    question = "SELECT speaker, count(*) AS n FROM statements WHERE act = 'THREATEN' GROUP BY 1 ORDER BY 1"
    assert run(capsys, "sql", question)[1].split() == ["speaker", "n", "John", "F.", "Kennedy", "1", "Maria", "Zakharova", "1"]
    assert run(capsys, "sql", question, "--format", "csv")[1] == "speaker,n\nJohn F. Kennedy,1\nMaria Zakharova,1\n"
    assert json.loads(run(capsys, "sql", question, "--format", "jsonl")[1].splitlines()[0]) == {"speaker": "John F. Kennedy", "n": 1}
    code, out, err = run(capsys, "sql", question, "--rows", "1", "--format", "csv")
    assert (code, len(out.splitlines()), "only the first 1 rows" in err) == (0, 2, True)
    endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t"
    code, out, err = run(capsys, "sql", endless, "--seconds", "0.2")
    assert (code, out) == (1, "")
    assert err == "onrecord: the query took longer than 0.2 s and was stopped (add a LIMIT, or ask for less)\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(question))
    assert "Maria Zakharova" in run(capsys, "sql")[1]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert "corrections: id, statement" in run(capsys, "sql")[1]


def test_positions(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Record.open(path, "rw") as record:
        d = document("Zakharova said there is no red line that it would cross.", published="2022-03-01")
        maria = Speaker("Maria Zakharova", "person:maria-zakharova", None, "RUS")
        content = "no red line that it would cross"
        record.add(d, [statement(d, "Zakharova", "said", content, speaker=maria, act="REJECT", polarity="negative")])
    _, out, _ = run(capsys, "positions", "red line", "--speaker", "zakharova")
    assert "1 pairs that may be a change (candidates, to be judged by a person)" in out
    (row,) = [json.loads(x) for x in run(capsys, "positions", "--country", "RUS", "--format", "jsonl")[1].splitlines()]
    assert (row["candidate"], row["differ"]) == (True, ["polarity"])


@pytest.mark.parametrize("name", ON_A_RECORD)
def test_records_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = {"show": ["abcd"], "positions": ["--country", "RUS"], "correct": ["abcd", "--accept"], "sql": ["SELECT 1"]}.get(name, [])
    (tmp_path / "junk.db").write_bytes(b"not a database" * 1000)
    for file in ("none.db", "junk.db", ""):
        code, out, err = run(capsys, name, *args, "--record", str(tmp_path / file))
        assert (code, out) == (1, "")
        assert err.startswith(f"onrecord: {tmp_path}")
        assert len(err.splitlines()) == 1
    monkeypatch.delenv("ONRECORD_RECORD", raising=False)
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, name, *args)
    assert (code, "onrecord.db: there is no such record" in err) == (1, True)


@pytest.mark.parametrize("name", ON_A_RECORD)
def test_help_has_examples_that_parse(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, name, "--help")
    assert code == 0
    assert f"onrecord {name}" in out.split("Examples:")[1]
    assert name in COMMANDS


def test_hostile_texts_cannot_steer_a_terminal(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Record.open(path, "rw") as record:
        d = document("Evil\x1b[2J said \x1b]0;owned\x07 bad\u202e things.", path="\x1b[1m.txt", title="=cmd()", outlet="\x1b[31m")
        record.add(d, [statement(d, "Evil\x1b[2J", "said", "\x1b]0;owned\x07 bad\u202e things", speaker=Speaker("Evil\x1b[2J"))])
        (id_,) = [s.id for s in record.statements_of(d.id)]
    shown: list[tuple[str, ...]] = [("search", "bad"), ("search", "bad", "--format", "cards"), ("show", id_), ("show", d.id), ("speakers",)]
    shown += [("search", "--facet", "outlet"), ("positions", "--speaker", "evil"), ("sql", "SELECT content, outlet FROM statements")]
    shown += [("sql", "SELECT text FROM documents", "--format", "csv")]
    for args in shown:
        _, out, err = run(capsys, *args)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", (out + err).replace("\n", "")), args


def test_rescue(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "rescue", str(path), str(tmp_path / "new.db"))
    assert (code, out) == (0, f"2 documents, 4 statements and 0 corrections saved to {tmp_path / 'new.db'}\n")
    code, _, err = run(capsys, "rescue", str(path), str(tmp_path / "new.db"))
    assert (code, "is there already" in err) == (2, True)
    code, _, err = run(capsys, "rescue", str(tmp_path / "none.db"), str(tmp_path / "other.db"))
    assert (code, err) == (1, f"onrecord: {tmp_path / 'none.db'}: there is no such record (check the name)\n")
