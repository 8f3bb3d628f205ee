"""Marks in a text and GOLD offsets say the same, both ways."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from marked import parse, show

HERE = Path(__file__).parent
LINES = [line for name in ("thirteen_days", "hard_cases") for line in (HERE / f"{name}.jsonl").read_text("utf-8").split("\n")]
DOCUMENTS = [json.loads(line) for line in LINES if line]


def by_id(document: dict[str, Any]) -> dict[str, Any]:
    return {a["id"]: a for a in (*document["readings"][0]["attributions"], *document["nested"])}


def test_marks_become_offsets() -> None:
    got = parse("[1.s+2.s:The board] [1.q:said] [1.c:[1a.s:Kell] [1a.q:denies] [1a.c:it]] and [2.q:rose \\[sic\\]] [2.c:a \\\\ b].")
    assert got["text"] == "The board said Kell denies it and rose [sic] a \\ b."
    assert [a["id"] for a in got["readings"][0]["attributions"]] == ["1", "2"]
    assert [(a["id"], a["in"]) for a in got["nested"]] == [("1a", "1")]
    texts = {r: [got["text"][s:e] for s, e in by_id(got)["2"][r]] for r in ("source", "cue", "content")}
    assert texts == {"source": ["The board"], "cue": ["rose [sic]"], "content": ["a \\ b"]}


@pytest.mark.parametrize("document", [pytest.param(d, id=d["id"]) for d in DOCUMENTS])
def test_there_and_back(document: dict[str, Any]) -> None:
    again = parse(show(document))
    assert again["text"] == document["text"]
    assert by_id(again) == by_id(document)


@pytest.mark.parametrize("bad", ["a] b", "[1.s:a", "[note] a", "[1a.s:a] [1a.c:b]"])
def test_marks_that_do_not_fit(bad: str) -> None:
    with pytest.raises(ValueError, match=r"bracket|nested"):
        parse(bad)


def test_spans_that_cross_cannot_be_shown() -> None:
    crossing = {"id": "1", "source": [[0, 3]], "cue": [], "content": [[2, 5]]}
    with pytest.raises(ValueError, match="overlap"):
        show({"text": "abcdef", "readings": [{"attributions": [crossing]}], "nested": []})


def test_from_the_shell(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("[1.s:She] [1.q:said] [1.c:“no”].\r\n".encode())
    gold = subprocess.run([sys.executable, HERE / "marked.py", tmp_path / "a.txt"], capture_output=True, check=True).stdout
    document = json.loads(gold)
    assert (document["id"], document["text"]) == ("a", "She said “no”.\r\n")
    (tmp_path / "gold.jsonl").write_bytes(gold)
    shown = subprocess.run([sys.executable, HERE / "marked.py", "--show", tmp_path / "gold.jsonl"], capture_output=True, check=True).stdout
    assert "[1.s:She] [1.q:said] [1.c:“no”]." in shown.decode("utf-8")
