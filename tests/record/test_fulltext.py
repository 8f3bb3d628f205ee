"""What users type, as the index takes it."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.errors import UsageError
from onrecord.record import Query, Record
from onrecord.record.fulltext import to_fts

from .conftest import document, statement

TEXTS = (
    "tanks crossed the red line",
    "the line was red",
    "jets, not tanks, threatened the border",
    "a threat of sanctions and an embargo",
    "Orbán said naïve things about training",
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("red line", {0, 1}),
        ('"red line"', {0}),
        ("“red line”", {0}),
        ("tanks", {0, 2}),
        ("tank", {0, 2}),
        ("tanks OR embargo", {0, 2, 3}),
        ("tanks NOT jets", {0}),
        ("tanks -jets", {0}),
        ("(red OR jets) tanks", {0, 2}),
        ("tanks AND red", {0}),
        ("thr*", {2, 3}),
        ("embarg*", {3}),
        ("threatening", {2}),
        ("threats", {3}),
        ("ORBAN", {4}),
        ("naive", {4}),
        ("red-line", {0}),
        ("nothing", set()),
        ("", {0, 1, 2, 3, 4}),
        ("!!!", set()),
        ("red AND (line OR tanks) NOT was", {0}),
        ("or", set()),
        ("NEAR(red line)", set()),
        ("content:red", set()),
    ],
)
def test_what_is_found(record: Record, typed: str, found: set[int]) -> None:
    for i, content in enumerate(TEXTS):
        d = document(f"Source{i} said {content}.")
        record.add(d, [statement(d, f"Source{i}", "said", content)])
    got = {int(s.source[0].text[-1]) for s in record.statements(Query(text=typed))}
    assert got == found


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("(red", "a ( without its )"),
        ("red)", "a ) without its ("),
        ("red AND", "AND with nothing after"),
        ("AND red", "AND with nothing before"),
        ("OR", "nothing in it"),
        ("NOT red", "say what to find"),
        ("-red", "say what to find"),
        ("red NOT", "NOT with nothing after"),
        ("()", "nothing in it"),
        ("(" * 30 + "red" + ")" * 30, "20 deep"),
        ("x" * 2000, "longer than"),
        ("a " * 100, "more than 64 words"),
    ],
)
def test_what_makes_no_sense_is_said(typed: str, said: str) -> None:
    with pytest.raises(UsageError) as e:
        to_fts(typed)
    assert said in str(e.value)


@given(st.text(alphabet=st.sampled_from("ab\"()*-:^{}+ \n'ANDORT\x00é"), max_size=40))
def test_whatever_is_typed_the_index_takes_it(typed: str) -> None:
    try:
        made = to_fts(typed)
    except UsageError:
        return
    c = sqlite3.connect(":memory:")
    c.execute("CREATE VIRTUAL TABLE t USING fts5 (content, tokenize='porter unicode61')")
    if made is not None:
        c.execute("SELECT rowid FROM t WHERE t MATCH ?", (made,)).fetchall()
    c.close()
