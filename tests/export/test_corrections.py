"""What coders change in brat or in Web Annotations comes back as corrections, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import DamagedError, OnrecordError, UnreadableError
from onrecord.export import export
from onrecord.export.corrections import Change, from_annotations, from_brat, take
from onrecord.record import Query, Record

from .conftest import NESTED, TORN, corpus

CORPUS = corpus()
PLAIN, PLAIN_FOUND = CORPUS[0]
RUSK, KENNEDY = PLAIN_FOUND


def changes(found: Any) -> list[Change]:
    out = list(found)
    assert not [x for x in out if isinstance(x, OnrecordError)], out
    return out


def taken(found: Any, record: Record) -> list[Change]:
    out = changes(found)
    for c in out:
        take(c, record, who="ada")
    return out


@pytest.fixture
def folder(own: Record, tmp_path: Path) -> Path:
    export(own, tmp_path / "b", "brat")
    return tmp_path / "b"


def edit(folder: Path, document: str, old: str, new: str) -> Path:
    path = folder / f"{document}.ann"
    text = path.read_bytes().decode()
    assert text.count(old) == 1, text
    path.write_bytes(text.replace(old, new).encode())
    return path


def test_what_nobody_touched_changes_nothing(own: Record, folder: Path, tmp_path: Path) -> None:
    assert changes(from_brat(folder, own)) == []
    export(own, tmp_path / "a.jsonld", "annotations")
    assert changes(from_annotations(tmp_path / "a.jsonld", own)) == []


def test_another_act_in_brat(own: Record, folder: Path) -> None:
    path = folder / f"{PLAIN.id}.ann"
    path.write_text(path.read_text().replace("THREATEN", "ASSESS"))
    (c,) = taken(from_brat(folder, own), own)
    assert (c.id, c.field, c.new) == (KENNEDY.id, "act", "ASSESS")
    kept = own.corrections(statement=KENNEDY.id)
    assert [(k.field, k.old, k.new, k.who) for k in kept] == [("act", "THREATEN", "ASSESS", "ada")]
    assert own.statement(KENNEDY.id).act == "ASSESS"
    # The same folder again: nothing is left to do.
    assert changes(from_brat(folder, own)) == []


def test_other_spans_in_brat_make_a_statement_that_takes_the_old_ones_place(own: Record, folder: Path) -> None:
    start = PLAIN.text.index("Tuesday")
    edit(folder, PLAIN.id, 'Content 10 32\t"the ships had turned"', f'Content 10 {start + 7}\t"the ships had turned" on Tuesday')
    path = folder / f"{PLAIN.id}.ann"
    path.write_text(path.read_text().replace("ASSERT", "DENY"))  # both at once
    made = taken(from_brat(folder, own), own)
    assert [c.field for c in made] == ["act", "content"]
    assert own.note(RUSK.id).status == "replaced"
    new = next(s for s in own.statements() if s.content and s.content[0].text.endswith("on Tuesday"))
    assert (new.act, new.speaker, new.source) == ("DENY", RUSK.speaker, RUSK.source)
    assert changes(from_brat(folder, own)) == []


def test_several_roles_at_once(own: Record, folder: Path) -> None:
    edit(folder, PLAIN.id, "Source 45 52\tKennedy", "Source 45 50\tKenne")
    edit(folder, PLAIN.id, "Content 72 96\tthe red line was crossed", "Content 76 96\tred line was crossed")
    edit(folder, PLAIN.id, "Condition 98 103\tnaïve", "Condition 98 105\tnaïve ☃")
    (c,) = taken(from_brat(folder, own), own)
    assert c.field == "spans"
    assert len(own.corrections(who="ada")) >= 3
    new = next(s for s in own.statements() if s.source and s.source[0].text == "Kenne")
    assert (new.content[0].text, new.condition[0].text, new.act) == ("red line was crossed", "naïve ☃", "THREATEN")
    assert changes(from_brat(folder, own)) == []


def test_a_new_event_and_one_taken_out(own: Record, folder: Path) -> None:
    path = folder / f"{PLAIN.id}.ann"
    lines = path.read_bytes().decode().split("\n")
    gone = [x for x in lines if "E2" not in x and x[:2] not in ("T4", "T5", "T6", "T7", "T8", "T9")]
    on = PLAIN.text.index("on Tuesday")
    extra = [
        f"T20\tStatement {on} {on + 10}\ton Tuesday",
        "T21\tSource 0 4\tRusk",
        "E9\tStatement:T20 Source:T21 Content:T20",
        "A9\tNoCue E9",
        "",
    ]
    path.write_bytes("\n".join([x for x in gone if x] + extra).encode())
    made = taken(from_brat(folder, own), own)
    assert [(c.field, c.new if c.field == "status" else None) for c in made] == [("statement", None), ("status", "rejected")]
    assert own.note(KENNEDY.id).status == "rejected"
    new = own.statement(made[0].id)
    assert (new.source[0].text, new.content[0].text, new.cue, new.act) == ("Rusk", "on Tuesday", (), None)
    assert changes(from_brat(folder, own)) == []


def test_spans_across_lines_survive_brat(own: Record, folder: Path) -> None:
    torn = next(d for d, _ in CORPUS if d.text == TORN)
    # The coder draws the content's last part one word further, over the line break that brat cannot hold.
    edit(folder, torn.id, "Content 0 19;39 46;47 66", f"Content 0 19;39 46;47 {66 + 7}")
    (c,) = [x for x in taken(from_brat(folder, own), own) if isinstance(x, Change)]
    assert [(x["start"], x["end"]) for x in c.new] == [(0, 19), (39, 73)]
    assert c.new[1]["text"] == TORN[39:73]


def test_what_makes_no_sense_in_brat_is_told_and_does_no_harm(own: Record, folder: Path) -> None:
    before = [s.to_json() for s in own.statements()]
    path = folder / f"{PLAIN.id}.ann"
    whole = path.read_bytes()
    note = b'{"statement": "'
    for old, new in (
        (b"Content 10 32", b"Content 10 99999"),
        (b"Content 10 32", b"Content ten 32"),
        (b"Source:T2", b"Source:T77"),
        (b"T1\tASSERT 5 9", b"T1\tASSERT"),
        (note + RUSK.id.encode(), note + b"../etc"),
        (note + RUSK.id.encode(), note + KENNEDY.id.encode()),
        (note + RUSK.id.encode(), note + CORPUS[1][1][0].id.encode()),
        (b"ASSERT", b"NONSENSE"),
        (b"E1\tASSERT:T1", b"E1\tASSERT"),
    ):
        path.write_bytes(whole.replace(old, new))
        got = list(from_brat(folder, own))
        assert any(isinstance(x, OnrecordError) and path.name in str(x) for x in got), (old, new, got)
        # What cannot be understood takes no statement out.
        assert not [x for x in got if isinstance(x, Change) and x.field == "status"], (old, new, got)
    path.write_bytes(b"\xff\xfe")
    assert any(isinstance(x, UnreadableError) for x in from_brat(folder, own))
    path.unlink()
    assert any(isinstance(x, UnreadableError) for x in from_brat(folder, own))
    with pytest.raises(UnreadableError, match="--format brat"):
        list(from_brat(folder.parent, own))
    (folder / "onrecord.jsonl").write_text('{"id": "../../x", "sha256": "", "statements": []}\nnot JSON\n[]\n')
    assert all(isinstance(x, DamagedError) for x in from_brat(folder, own))
    assert [s.to_json() for s in own.statements()] == before


# -- Web Annotations


def annotated(own: Record, tmp_path: Path, change: Callable[[list[dict[str, Any]]], Any], shape: str = "collection") -> Path:
    path = tmp_path / "a.jsonld"
    export(own, path, "annotations")
    data = json.loads(path.read_text())
    items = data["first"]["items"]
    change(items)
    if shape == "lines":
        path.write_text("".join(json.dumps(x) + "\n" for x in items))
    elif shape == "list":
        path.write_text(json.dumps(items))
    else:
        path.write_text(json.dumps(data))
    return path


def of(items: list[dict[str, Any]], id: str) -> dict[str, Any]:
    return next(x for x in items if x["id"].endswith(id))


@pytest.mark.parametrize("shape", ["collection", "lines", "list"])
def test_acts_verdicts_and_spans_in_annotations(own: Record, tmp_path: Path, shape: str) -> None:
    def change(items: list[dict[str, Any]]) -> None:
        rusk, kennedy = of(items, RUSK.id), of(items, KENNEDY.id)
        rusk["body"] = [{"type": "TextualBody", "purpose": "tagging", "value": x} for x in ("deny", "accepted")]
        content = next(t for t in kennedy["target"] if t["styleClass"] == "content")
        content["selector"] = [{"type": "TextQuoteSelector", "exact": "red line", "prefix": "the ", "suffix": " was"}]

    found = taken(from_annotations(annotated(own, tmp_path, change, shape), own), own)
    assert [(c.id, c.field) for c in found] == [(RUSK.id, "act"), (RUSK.id, "status"), (KENNEDY.id, "content")]
    assert (own.statement(RUSK.id).act, own.note(RUSK.id).status) == ("DENY", "accepted")
    new = next(s for s in own.statements() if s.content and s.content[0].text == "red line")
    assert new.act == "THREATEN"


def test_a_new_annotation_is_a_new_statement(own: Record, tmp_path: Path) -> None:
    nested = next(d for d, _ in CORPUS if d.text == NESTED)

    def change(items: list[dict[str, Any]]) -> None:
        source = of(items, CORPUS[1][1][0].id)["target"][0]["source"]
        items[:] = [
            {
                "id": "https://tool.example/annotations/1",
                "type": "Annotation",
                "body": {"type": "TextualBody", "purpose": "tagging", "value": "COMMIT"},
                "target": [
                    {"source": source, "styleClass": "source", "selector": {"type": "TextQuoteSelector", "exact": "Stevenson"}},
                    {"source": source["id"], "selector": {"type": "TextQuoteSelector", "exact": "he would wait"}},
                ],
            }
        ]

    path = annotated(own, tmp_path, change)
    (c,) = taken(from_annotations(path, own), own)
    made = own.statement(c.id)
    assert (made.document.id, made.source[0].text, made.content[0].text, made.act, made.plover) == (
        nested.id, "Stevenson", "he would wait", "COMMIT", "AGREE",
    )  # fmt: skip
    assert changes(from_annotations(path, own)) == []


BAD: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no target": lambda a: a.pop("target"),
    "no selector": lambda a: a["target"][0].pop("selector"),
    "another class": lambda a: a["target"][0].update(styleClass="evil"),
    "another document": lambda a: a["target"][0].update(source="urn:onrecord:document:" + "0" * 16),
    "a path": lambda a: a["target"][0].update(source="file:///etc/passwd"),
    "two documents": lambda a: a["target"][0].update(source="urn:onrecord:document:" + CORPUS[1][0].id),
    "words that are not there": lambda a: a["target"][0].update(selector={"type": "TextQuoteSelector", "exact": "zeppelin"}),
    "words at two places": lambda a: a["target"][0].update(selector={"type": "TextQuoteSelector", "exact": "e"}),
    "a place outside": lambda a: a["target"][0].update(selector={"type": "TextPositionSelector", "start": 3, "end": 10**9}),
    "a place of words": lambda a: a["target"][0].update(selector={"type": "TextPositionSelector", "start": "3", "end": None}),
    "no such tag": lambda a: a["body"].append({"purpose": "tagging", "value": "WHATEVER"}),
    "two acts": lambda a: a["body"].append({"purpose": "tagging", "value": "DENY"}),
    "an unknown id": lambda a: a.update(id="urn:onrecord:statement:" + "0" * 16),
}


@pytest.mark.parametrize("bad", BAD)
def test_an_annotation_that_makes_no_sense_is_told_and_the_others_go_on(own: Record, tmp_path: Path, bad: str) -> None:
    def change(items: list[dict[str, Any]]) -> None:
        BAD[bad](of(items, RUSK.id))
        of(items, KENNEDY.id)["body"][0]["value"] = "ASSESS"

    got = list(from_annotations(annotated(own, tmp_path, change), own))
    assert sum(isinstance(x, OnrecordError) for x in got) == 1
    assert [(c.id, c.new) for c in got if isinstance(c, Change)] == [(KENNEDY.id, "ASSESS")]


@pytest.mark.parametrize("text", ["", "{", "3", "null", "[[[]]]", '"x"', '{"a": ' * 100, "[" * 100_000, "{}\n{}\n"])
def test_files_that_are_no_annotations(own: Record, tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    try:
        got = list(from_annotations(path, own))
    except OnrecordError:
        return
    assert all(isinstance(x, OnrecordError) for x in got)
    assert own.count(Query()) == 7
