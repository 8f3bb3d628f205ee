"""Corrections are rows that are only ever added; what they come to is what everybody sees."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from onrecord import Speaker
from onrecord.errors import SpanError, UsageError
from onrecord.record import Query, Record

from .conftest import document, statement, two


@pytest.fixture
def filled(record: Record) -> Record:
    d = document()
    record.add(d, two(d))
    return record


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("act", "DENY", "DENY"),
        ("act", None, None),
        ("kind", "mixed", "mixed"),
        ("polarity", "negative", "negative"),
        ("modality", "future", "future"),
        ("speaker", "Kennedy", {"id": None, "name": "Kennedy", "role": None, "country": None, "via": None, "confidence": None}),
        ("speaker", None, None),
        ("date", {"start": "1962-10-22", "end": "1962-10-23", "text": "Tuesday"}, None),
        ("date", None, None),
        (
            "targets",
            [{"name": "Cuba", "code": "CUB", "start": 0, "end": 4}],
            [{"name": "Cuba", "code": "CUB", "start": 0, "end": 4, "id": None}],
        ),
        ("addressees", [], []),
        ("condition", [[0, 4]], [{"start": 0, "end": 4, "text": "Rusk"}]),
    ],
)
def test_a_field_is_set_and_taken_back(filled: Record, field: str, value: Any, shown: Any) -> None:
    before = two(document())[0]
    row = filled.correct(before.id, field, value, who=" anna  b ", why="because")
    after = filled.statement(before.id)
    assert after.to_dict()[field] == (value if field == "date" else shown)
    assert {k: v for k, v in after.to_dict().items() if k not in (field, "plover", "cameo")} == {
        k: v for k, v in before.to_dict().items() if k not in (field, "plover", "cameo")
    }
    assert (row.field, row.old, row.new, row.who, row.why) == (field, before.to_dict()[field], after.to_dict()[field], "anna b", "because")
    assert filled.note(before.id).corrected
    back = filled.undo(row.id, who="ben")
    assert back.undoes == row.id
    assert filled.statement(before.id) == before
    assert not filled.note(before.id).corrected
    assert [(c.id, c.undone) for c in filled.corrections()] == [(row.id, True), (back.id, False)]


def test_an_act_brings_its_names_elsewhere(filled: Record) -> None:
    id_ = two(document())[0].id
    filled.correct(id_, "act", "THREATEN", who="x")
    assert (filled.statement(id_).plover, filled.statement(id_).cameo) == ("THREATEN", "13")


def test_verdicts(filled: Record) -> None:
    one, other = (s.id for s in two(document()))
    filled.correct(one, "status", "rejected", who="x")
    filled.correct(other, "status", "accepted", who="x")
    assert [s.id for s in filled.statements()] == [other]
    assert filled.count(Query(status="rejected")) == filled.count(Query(status="accepted")) == 1
    filled.correct(one, "status", None, who="x")
    assert filled.count(Query()) == 2


def test_other_spans_are_another_statement(filled: Record) -> None:
    d = document()
    old = two(d)[1]
    start = d.text.index("crossed")
    row = filled.correct(old.id, "content", [[start, start + 7]], who="anna")
    (new,) = filled.statements(Query(text="crossed"))
    assert new.id != old.id
    assert (new.content[0].text, new.act, new.speaker) == ("crossed", old.act, old.speaker)
    assert filled.note(old.id).status == "replaced"
    assert filled.note(new.id).origin == "human"
    with pytest.raises(UsageError, match="was replaced"):
        filled.correct(old.id, "act", "DENY", who="x")
    filled.undo(row.id, who="anna")
    assert {s.id for s in filled.statements()} == {s.id for s in two(d)}


def test_a_person_adds_what_the_model_missed(filled: Record) -> None:
    d = document()
    missed = statement(d, "Kennedy", "", "naïve ☃ or not", speaker=Speaker("Kennedy"))
    row = filled.add_statement(missed, who="ben")
    assert filled.statement(missed.id) == missed
    assert filled.count(Query(text="naive")) == 1
    with pytest.raises(UsageError, match="there already"):
        filled.add_statement(missed, who="ben")
    other = document("Other: Rusk said no.")
    with pytest.raises(UsageError, match="no document"):
        filled.add_statement(statement(other, "Rusk", "said", "no"), who="ben")
    filled.undo(row.id, who="ben")
    assert filled.count(Query(text="naive")) == 0


def test_a_rerun_keeps_them(filled: Record) -> None:
    d = document()
    one, other = two(d)
    filled.correct(one.id, "act", "DENY", who="anna")
    filled.correct(other.id, "status", "rejected", who="anna")
    missed = statement(d, "Kennedy", "", "naïve ☃ or not")
    filled.add_statement(missed, who="ben")
    filled.add(d, [replace(one, act="ASSESS", confidence=0.3)], replace=True)
    again = filled.statement(one.id)
    assert (again.act, again.confidence) == ("DENY", 0.3)
    assert filled.note(other.id).status == "rejected"  # what a person judged stays, though the new model does not find it
    assert filled.statement(missed.id) == missed
    filled.undo(1, who="anna")
    assert filled.statement(one.id).act == "ASSESS"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("colour", "red", "no field 'colour'"),
        ("act", "SING", "the acts are"),
        ("act", 3, "not a value for act"),
        ("kind", "odd", "direct, indirect or mixed"),
        ("status", "fine", "accepted, rejected or null"),
        ("content", [[5, 3]], "outside the text"),
        ("content", [[0, 10_000]], "outside the text"),
        ("content", [{"start": 0, "end": 4, "text": "Fusk"}], "the text at 0-4 is 'Rusk'"),
        ("content", "words", "not a value"),
        ("speaker", {"shoe": 9}, "give an object"),
        ("date", {"start": "Tuesday"}, "not a value"),
        ("nested_in", "feedfeedfeedfeed", "no statement"),
        ("targets", [{"name": "x", "start": 9, "end": 3}], "outside the text"),
        ("act", "x" * 5000, "not a value"),
        ("content", [[0, 4], [2, 6]], "overlap"),
    ],
)
def test_what_makes_no_sense_changes_nothing(filled: Record, field: str, value: Any, said: str) -> None:
    one = two(document())[0]
    with pytest.raises((UsageError, SpanError)) as e:
        filled.correct(one.id, field, value, who="x")
    assert said in str(e.value)
    assert filled.corrections() == []
    assert filled.statement(one.id) == one


def test_who_and_what_must_be_there(filled: Record) -> None:
    one = two(document())[0].id
    with pytest.raises(UsageError, match="say who"):
        filled.correct(one, "act", "DENY", who="  ")
    with pytest.raises(UsageError, match="reason is longer"):
        filled.correct(one, "act", "DENY", who="x", why="y" * 5000)
    with pytest.raises(UsageError, match="no statement"):
        filled.correct("feedfeedfeedfeed", "act", "DENY", who="x")
    with pytest.raises(UsageError, match="no correction 7"):
        filled.undo(7, who="x")
    row = filled.correct(one, "act", "DENY", who="x")
    back = filled.undo(row.id, who="x")
    with pytest.raises(UsageError, match="taken back before"):
        filled.undo(row.id, who="x")
    with pytest.raises(UsageError, match="correct again"):
        filled.undo(back.id, who="x")
    with pytest.raises(UsageError, match="nested in itself"):
        filled.correct(one, "nested_in", one, who="x")


def test_rows_stay_as_they_are(filled: Record) -> None:
    filled.correct(two(document())[0].id, "act", "DENY", who="x")
    with sqlite3.connect(filled.path) as c:
        for bad in ("UPDATE correction SET new = 'x'", "DELETE FROM correction", "UPDATE correction SET who = 'y'"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
                c.execute(bad)


def test_they_are_data_to_learn_from(filled: Record) -> None:
    d = document()
    assert list(filled.training()) == []
    one, other = two(d)
    row = filled.correct(one.id, "act", "DENY", who="anna")
    filled.correct(other.id, "status", "rejected", who="ben")
    (made,) = filled.training()
    assert made["document"]["text"] == d.text
    assert made["document"]["digest"] == d.digest
    (kept,) = made["statements"]
    assert (kept["id"], kept["act"], kept["read"], kept["coded"]) == (
        one.id,
        "DENY",
        {"act": "ASSERT", "plover": None, "cameo": "01"},
        ["act"],
    )
    for role in ("source", "cue", "content"):
        assert all(d.text[s["start"] : s["end"]] == s["text"] for s in kept[role])
    assert [s["id"] for s in made["rejected"]] == [other.id]
    assert [c["who"] for c in made["corrections"]] == ["anna", "ben"]
    filled.undo(row.id, who="anna")
    assert [s["coded"] for m in filled.training() for s in m["statements"]] == [[]]


def test_filters_of_the_list(filled: Record) -> None:
    one, other = (s.id for s in two(document()))
    filled.correct(one, "act", "DENY", who="anna")
    filled.correct(other, "kind", "direct", who="ben")
    for wanted, ids in (
        ({"who": "ben"}, [2]),
        ({"field": "act"}, [1]),
        ({"statement": other}, [2]),
        ({"document": document().id}, [1, 2]),
        ({"who": "x"}, []),
    ):
        assert [c.id for c in filled.corrections(**wanted)] == ids  # type: ignore[arg-type]
