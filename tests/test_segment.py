"""Paragraphs and sentences of texts broken in every way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.segment import paragraphs, sentences


def shown(text: str) -> list[str]:
    return [" ".join(text[s:e].split()) for s, e in paragraphs(text)]


PLAIN = "Rusk met Dobrynin on Tuesday.\n\nHe said nothing of the talks.\n\nThe embassy was silent too."
LINES = "Rusk met Dobrynin on Tuesday.\nHe said nothing of the talks.\nThe embassy was silent too."
WRAPPED = (
    "Rusk met Dobrynin on Tuesday, and the\ntwo men spoke for an hour about the\nships.\n\n"
    "He said nothing of the talks, which\nthe embassy denied."
)
PASTED = (
    "Rusk met Dobrynin at the embassy, and the \n\ntwo men spoke for an hour of ships sent on \n\nMonday.\n\n"
    "He said nothing of what the two had said, \n\nwhich the embassy denied."
)
WRAPPED_READ = [
    "Rusk met Dobrynin on Tuesday, and the two men spoke for an hour about the ships.",
    "He said nothing of the talks, which the embassy denied.",
]
PASTED_READ = [
    "Rusk met Dobrynin at the embassy, and the two men spoke for an hour of ships sent on Monday.",
    "He said nothing of what the two had said, which the embassy denied.",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t\n ", []),
        ("One line", ["One line"]),
        (PLAIN, ["Rusk met Dobrynin on Tuesday.", "He said nothing of the talks.", "The embassy was silent too."]),
        (LINES, ["Rusk met Dobrynin on Tuesday.", "He said nothing of the talks.", "The embassy was silent too."]),
        (WRAPPED, WRAPPED_READ),
        (PASTED, PASTED_READ),
        (PLAIN.replace("\n", "\r\n"), ["Rusk met Dobrynin on Tuesday.", "He said nothing of the talks.", "The embassy was silent too."]),
    ],
    ids=["empty", "blank", "one line", "blank lines", "a line each", "wrapped", "pasted from a PDF", "carriage returns"],
)
def test_paragraphs(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


@given(st.text(alphabet=st.sampled_from(list('aB.?" \n\r\t“”\u2028\x0cé'))))
def test_paragraphs_cover_every_word_once(text: str) -> None:
    found = paragraphs(text)
    covered = [i for s, e in found for i in range(s, e)]
    assert covered == sorted(set(covered))
    assert {i for i, c in enumerate(text) if not c.isspace()} <= set(covered)
    assert all(not text[s].isspace() and not text[e - 1].isspace() for s, e in found)


def test_sentences_keep_abbreviations_whole() -> None:
    text = "Gen. Taylor saw Mr. Kennedy at 9 a.m. in Washington. “We wait,” he said. Did the U.S. wait? It did."
    assert [text[s:e] for s, e in sentences(text, (0, len(text)))] == [
        "Gen. Taylor saw Mr. Kennedy at 9 a.m. in Washington.",
        "“We wait,” he said.",
        "Did the U.S. wait?",
        "It did.",
    ]


def test_a_long_text_costs_no_more_than_in_proportion() -> None:
    # A million short lines: a quadratic search for the text's line width or its breaks would not come back.
    assert len(paragraphs("Yes.\n" * 1_000_000)) == 1_000_000
