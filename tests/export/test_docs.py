"""docs/exports.md: its questions are asked, its formats are all there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from onrecord import Document, Speaker, Statement
from onrecord.export import FORMATS, export
from onrecord.record import Record
from onrecord.statement import ActorRef, DateRef
from tests.record.conftest import document, statement

KENNEDY = Speaker("John F. Kennedy", "person:john-f-kennedy", "President", "USA", "name")
ZORIN = Speaker("Valerian Zorin", "person:valerian-zorin", "Ambassador", "SUN", "name")


def target(d: Document, words: str, code: str) -> ActorRef:
    i = d.text.index(words)
    return ActorRef(words, code, i, i + len(words))


def said(d: Document, words: str, who: Speaker, **known: Any) -> Statement:
    source, cue, content = words.split("|")
    return statement(d, source, cue, content, speaker=who, **known)


def days(first: str, last: str) -> DateRef:
    return DateRef(first, last, "then")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    a = document(
        "☃ 𝔘 Kennedy warned Moscow that the ships would be stopped. Zorin denied it. Kennedy accused Havana of deceit.", path="a.txt"
    )
    b = document('Zorin threatened Washington, he said. "We will leave if they leave", Zorin said. Kennedy promised calm.', path="b.txt")
    pairs = [
        (a, [
            said(a, "Kennedy|warned|the ships would be stopped", KENNEDY, act="THREATEN", targets=(target(a, "Moscow", "SUN"),),
                 date=days("1962-10-22", "1962-10-23")),
            said(a, "Zorin|denied|it", ZORIN, act="DENY"),
            said(a, "Kennedy|accused|deceit", KENNEDY, act="ACCUSE", targets=(target(a, "Havana", "CUB"),)),
        ]),
        (b, [
            said(b, "Zorin|threatened|Washington", ZORIN, act="THREATEN", targets=(target(b, "Washington", "USA"),),
                 date=days("1962-11-02", "1962-11-03")),
            said(b, 'Zorin|said|"We will leave if they leave"', ZORIN, act="COMMIT", kind="direct",
                 condition=statement(b, "", "", "if they leave").content),
            said(b, "Kennedy|promised|calm", KENNEDY, act="COMMIT"),
        ]),
    ]  # fmt: skip
    with Record.open(tmp_path / "r.db", "create") as record:
        for d, found in pairs:
            record.add(d, [replace(s, document=d) for s in found])
        export(record, tmp_path / "all.parquet", "parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(root: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (root / "docs" / "exports.md").read_text(encoding="utf8"), re.DOTALL)


ANSWERS: list[Callable[[list[tuple[Any, ...]]], bool]] = [
    lambda r: r == [("1962-10", "USA", "SUN", 1), ("1962-11", "SUN", "USA", 1)],
    lambda r: r == [("Valerian Zorin", '"We will leave if they leave"', "if they leave")],
    lambda r: r == [("John F. Kennedy", 3, 0.0), ("Valerian Zorin", 3, 0.33)],
    lambda r: [x[:2] for x in r] == [("John F. Kennedy", "Valerian Zorin")],
    lambda r: r == [],
]


def test_every_question_has_its_answer(here: Path, root: Path) -> None:
    asked = blocks(root, "sql")
    assert len(asked) == len(ANSWERS)
    for sql, right in zip(asked, ANSWERS, strict=True):
        got = duckdb.sql(sql.strip().rstrip(";")).fetchall()
        assert right(got), (sql, got)
    # The last one would find a span that lies.
    lies = asked[-1].replace("x.start + 1", "x.start")
    assert duckdb.sql(lies.strip().rstrip(";")).fetchall()


def test_the_python_runs(here: Path, root: Path) -> None:
    for code in blocks(root, "python"):
        exec(compile(code, "docs/exports.md", "exec"), {})
    assert (here / "threats.csv").read_text(encoding="utf8").count("THREATEN") >= 2


def test_every_format_is_on_the_page(root: Path) -> None:
    page = (root / "docs" / "exports.md").read_text(encoding="utf8")
    section = page.partition("## The formats\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(FORMATS)


def test_the_guard_is_taken_back_in_sql_too(here: Path) -> None:
    got = duckdb.sql(r"SELECT regexp_replace(x, '^''(''*[=+@-])', '\1') FROM (VALUES ('''=1'), ('''''=1'), ('''x'), ('a')) t(x)").fetchall()
    assert [x for (x,) in got] == ["=1", "'=1", "'x", "a"]
