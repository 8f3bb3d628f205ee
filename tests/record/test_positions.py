"""Pairs that look like a change of position, and pairs that do not."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import positions
from onrecord import Speaker, Statement
from onrecord.errors import UsageError
from onrecord.record import Query, Record

from .conftest import document, statement

IVAN, OLGA = Speaker("Ivan Petrov", "Q1", "minister", "RUS"), Speaker("Olga Orlova", "Q2", "president", "RUS")


def add(record: Record, who: Speaker | None, content: str, day: str | None, **known: Any) -> Statement:
    d = document(f"On {day} it was said that {content}.", published=day, path=f"{day}-{len(content)}.txt")
    s = statement(d, "it", "said", content, speaker=who, **known)
    record.add(d, [s])
    return s


def test_a_promise_and_its_refusal(record: Record) -> None:
    first = add(record, IVAN, "we will supply gas to Moldova this winter", "2021-10-01", act="COMMIT", polarity="positive")
    later = add(record, IVAN, "we will not supply gas to Moldova in winter", "2021-12-01", act="REJECT", polarity="negative")
    add(record, IVAN, "the ballet opens on Sunday", "2021-11-01", act="REJECT", polarity="negative")
    got = record.positions(Query(speaker=("Ivan",)))
    assert [s.document.published for s in got.statements] == ["2021-10-01", "2021-11-01", "2021-12-01"]
    (change,) = got.changes
    assert (change.earlier, change.later, change.differ) == (first.id, later.id, ("act", "polarity"))
    assert change.similarity > 0.8
    assert {"gas", "moldova"} <= set(change.shared)
    assert change.to_dict()["candidate"] is True


@pytest.mark.parametrize(
    ("act", "polarity", "day", "content"),
    [
        ("COMMIT", "positive", "2021-12-01", "we will supply gas to Moldova all winter"),  # the same again
        ("REJECT", "negative", "2021-12-01", "we will not sell aircraft to Peru"),  # about something else
        ("REJECT", "negative", "2021-10-01", "we will not supply gas to Moldova this winter"),  # on the same day: no order
        ("REJECT", "negative", None, "we will not supply gas to Moldova this winter"),  # on no known day
        ("ASSERT", "positive", "2021-12-01", "gas to Moldova this winter is dear"),  # not opposite
    ],
)
def test_what_is_no_candidate(record: Record, act: str, polarity: str, day: str | None, content: str) -> None:
    add(record, IVAN, "we will supply gas to Moldova this winter", "2021-10-01", act="COMMIT", polarity="positive")
    add(record, IVAN, content, day, act=act, polarity=polarity)
    assert record.positions(Query(speaker=("Ivan",))).changes == ()


def test_a_country_speaks_through_many(record: Record) -> None:
    add(record, IVAN, "we will supply gas to Moldova this winter", "2021-10-01", act="COMMIT")
    add(record, OLGA, "we reject supplies of gas to Moldova this winter", "2021-12-01", act="REJECT")
    assert len(record.positions(Query(country=("RUS",))).changes) == 1
    assert record.positions(Query(speaker=("Ivan", "Olga"))).changes == ()
    assert record.positions(Query(country=("RUS",), text="ballet")).total == 0
    with pytest.raises(UsageError, match="a speaker or a country"):
        record.positions(Query(text="gas"))


def test_wire_copies_are_one_candidate(record: Record) -> None:
    words = "we will supply gas to Moldova throughout this long winter"
    for outlet in range(5):
        d = document(f"Paper {outlet} reports: Petrov said {words}. More of paper {outlet}.", published="2021-10-01", outlet=f"P{outlet}")
        record.add(d, [statement(d, "Petrov", "said", words, speaker=IVAN, act="COMMIT")])
    add(record, IVAN, "we reject any supply of gas to Moldova throughout this long winter", "2021-12-01", act="REJECT")
    assert len(record.positions(Query(speaker=("Ivan",))).changes) == 1


def test_near_is_a_choice(record: Record) -> None:
    add(record, IVAN, "we will supply gas and timber and grain to Moldova", "2021-10-01", act="COMMIT")
    add(record, IVAN, "gas for Moldova is out of the question while debts for electricity stand", "2021-12-01", act="REJECT")
    assert record.positions(Query(speaker=("Ivan",))).changes == ()
    assert len(record.positions(Query(speaker=("Ivan",)), least=0.1).changes) == 1


def test_changes_of_the_gold_are_found() -> None:
    """As if read without a mistake: what comparing alone finds. docs/record.md has the figures, also as the model reads."""
    said = positions.gold()
    right, shown = positions.changes(said), positions.found(said, given=True)
    precision, recall = positions.score(right, shown)
    assert len(right) > 35
    assert precision >= 0.82
    assert recall >= 0.72
