"""Krippendorff's alpha against the worked examples of its author, and what counts as a coder's value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from onrecord.record import Record
from onrecord.record.agreement import CODED, alpha, interval, nominal

from .conftest import document, two


def units(*coders: str) -> list[list[str]]:
    """Units from one line of values a coder, a dot where one is missing."""
    return [[v for v in column if v != "."] for column in zip(*(c.split() for c in coders), strict=True)]


# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): sections A, B and C.
BINARY = units("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
NAMES = units("a a b b d c c c e d d a", "b a b b b c c c e d d d")
FOUR = units(
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


@pytest.mark.parametrize(("given", "published"), [(BINARY, 0.095), (NAMES, 0.692), (FOUR, 0.743)])
def test_nominal(given: list[list[str]], published: float) -> None:
    assert alpha(given, nominal) == pytest.approx(published, abs=0.0005)


def test_interval() -> None:
    assert alpha([[int(v) for v in u] for u in FOUR], interval) == pytest.approx(0.849, abs=0.0005)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ([], None),
        ([["a"], ["b"]], None),
        ([["a", "a"], ["a", "a"]], None),
        ([["a", "a"], ["b", "b"]], 1.0),
        ([["a", "b"], ["b", "a"]], -0.5),
        ([["a", "a"], ["b", "b"], ["c"]], 1.0),
    ],
)
def test_edges(given: Sequence[Any], value: float | None) -> None:
    assert alpha(given) == (None if value is None else pytest.approx(value))


def test_what_coders_gave(record: Record) -> None:
    d = document()
    record.add(d, two(d))
    said, warned = (s.id for s in two(d))
    record.correct(said, "act", "DENY", who="anna")
    record.correct(said, "status", "accepted", who="ben")  # which says that DENY is right, and all else as read
    record.correct(warned, "act", "DEMAND", who="anna")
    record.correct(warned, "act", "REJECT", who="ben")
    record.correct(warned, "kind", "direct", who="carl")
    found = {a.field: a for a in record.agreement()}
    assert list(found) == list(CODED)
    assert (found["act"].units, found["act"].same, found["act"].coders) == (2, 0.5, ("anna", "ben"))
    # Four values: DENY, DENY, DEMAND, REJECT. Observed disagreement 2 of 4, expected 10 of 12.
    assert found["act"].alpha == pytest.approx(1 - (2 / 4) / (10 / 12))
    assert found["kind"].units == 0
    assert found["kind"].alpha is None
    assert {a.field: a.units for a in record.agreement(coders=("anna", "carl"))}["act"] == 0


def test_what_was_taken_back_was_never_given(record: Record) -> None:
    d = document()
    record.add(d, two(d))
    said = two(d)[0].id
    first = record.correct(said, "act", "DENY", who="anna")
    record.correct(said, "status", "accepted", who="ben")
    record.undo(first.id, who="anna")
    record.correct(said, "act", "ACCUSE", who="carl")
    found = record.agreement(fields=("act",))[0]
    # Ben accepted DENY, which stood at that time; Anna's is gone.
    assert (found.coders, found.units, found.same) == (("ben", "carl"), 1, 0.0)


def test_who_is_meant_counts_not_how_it_is_written(record: Record) -> None:
    d = document()
    record.add(d, two(d))
    warned = two(d)[1].id
    record.correct(warned, "speaker", {"name": "JFK", "id": "person:john-f-kennedy"}, who="anna")
    record.correct(warned, "speaker", {"name": "President Kennedy", "id": "person:john-f-kennedy", "role": "President"}, who="ben")
    record.correct(warned, "targets", [{"name": "Moscow", "code": "RUS"}, {"name": "Havana", "code": "CUB"}], who="anna")
    record.correct(warned, "targets", [{"name": "Cuba", "code": "CUB"}, {"name": "the Soviets", "code": "RUS"}], who="ben")
    record.correct(warned, "date", {"start": "1962-10-23", "end": "1962-10-24", "text": "Tuesday"}, who="anna")
    record.correct(warned, "date", {"start": "1962-10-23", "end": "1962-10-24", "text": "on Tuesday"}, who="ben")
    assert [a.same for a in record.agreement(fields=("speaker", "targets", "date"))] == [1.0, 1.0, 1.0]
