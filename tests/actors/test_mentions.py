"""Mentions: what is found, what type it has, whose it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.actors.discourse import read_discourse
from onrecord.actors.mentions import find_mentions
from onrecord.actors.names import acronyms, compatible, parse_name
from onrecord.document import Document

TEXT = (
    "Polish lawmakers met NATO officials in Riga. Spokeswoman Marta Kowal said the alliance was late. "
    "The spokeswoman named no date. Acme Holdings Inc. paid for the room."
)


def rows(text: str, **kw: str) -> list[tuple[str, str, str | None]]:
    return [(m.text, m.type, m.country) for m in find_mentions(Document(text, published="2021-12-02", **kw))]


def test_types_and_countries() -> None:
    found = rows(TEXT)
    assert ("Polish", "state", "POL") in found
    assert ("NATO", "organisation", "NATO") in found
    assert ("Riga", "place", "LVA") in found
    assert ("Marta Kowal", "person", None) in found
    assert any(t == "Acme Holdings Inc" and k == "organisation" for t, k, _ in found)
    assert ("Polish lawmakers", "role", "POL") in found


def test_a_role_is_given_to_the_person_who_holds_it() -> None:
    roles = {m.text: m.name for m in find_mentions(Document(TEXT)) if m.type == "role"}
    assert roles["The spokeswoman"] == "Marta Kowal"
    assert roles["Spokeswoman"] == "Marta Kowal"


def test_mentions_of_one_actor_share_a_number() -> None:
    found = find_mentions(Document("Marta Kowal came. Kowal spoke. Peter Brandt left."))
    numbers = {m.text: m.entity for m in found if m.type == "person"}
    assert numbers["Marta Kowal"] == numbers["Kowal"] != numbers["Peter Brandt"]


def test_a_headline_in_capitals_names_only_what_is_named_below() -> None:
    text = "Marta Kowal Slams Port Plan And Vows Harsh Revenge.\n\nMarta Kowal spoke in Krakow on Monday about the port."
    assert [m.text for m in find_mentions(Document(text)) if m.type == "person"] == ["Marta Kowal", "Marta Kowal"]


@pytest.mark.parametrize("tagged", [None, []])
def test_spans_hold_their_text(tagged: list[tuple[int, int, str]] | None) -> None:
    for m in find_mentions(Document(TEXT), tagged=tagged):
        assert TEXT[m.start : m.end] == m.text


def test_the_empty_text_has_none() -> None:
    assert find_mentions(Document("")) == []
    assert find_mentions(Document(" \n ")) == []


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="AbcdE .,’'“”\n-&()é日\u202eİß", max_size=120))
def test_any_text_is_survived(text: str) -> None:
    last = -1
    for m in find_mentions(Document(text)):
        assert text[m.start : m.end] == m.text
        assert m.start >= last
        last = m.start


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_words_cover_all_but_space(text: str) -> None:
    d = read_discourse(text)
    assert len(d.words) == len(d.sentence) == len(d.paragraph) == len(d.quote)
    assert all(text[a:b] == w for w, a, b in zip(d.words, d.starts, d.ends, strict=True))
    rest = list(text)
    for a, b in zip(d.starts, d.ends, strict=True):
        rest[a:b] = " " * (b - a)
    assert all(c.isspace() or c == "_" for c in rest)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Donald J. Trump", "Trump", True),
        ("Mr. Brandt", "Ilse Brandt", False),
        ("Bill Clinton", "Hillary Clinton", False),
        ("Bill Clinton", "William Clinton", True),
        ("Hillary Clinton", "Hillary Rodham Clinton", True),
        ("Sen. Ted Cruz", "Rafael Edward Cruz", True),
        ("Ban", "Ban Ki-moon", True),
        ("Marta Kowal", "Peter Kowal", False),
    ],
)
def test_whether_two_names_can_be_one_persons(one: str, other: str, same: bool) -> None:
    a, b = parse_name(one), parse_name(other)
    assert a is not None
    assert b is not None
    assert compatible(a, b) is same
    assert compatible(b, a) is same


def test_initials_of_organisations() -> None:
    assert "VA" in acronyms("Department of Veterans Affairs")
    assert "NATO" in acronyms("North Atlantic Treaty Organization")
