"""Speakers before colons: what is a conversation in print, and what is a form or a list."""

from __future__ import annotations

import pytest

from onrecord.assemble import assemble
from onrecord.document import Document
from onrecord.segment import paragraphs
from onrecord.tagger import Raw, Tagged
from onrecord.turns import turns

TALK = (
    "We met at the port.\n\nQ: Is the dam safe?\n\nAda Venn: It is. We said so in May.\n\nThe wall was built to last.\n\n"
    "Q: And the gate?\n\nVenn: It leaks. The board denies it.\n\nQ: Will you stay?\n\nVenn: I hope to.\n\nShe left at noon."
)


def test_turns_with_their_paragraphs() -> None:
    found = turns(TALK, paragraphs(TALK))
    assert [TALK[slice(*t.source)] for t in found] == ["Q", "Ada Venn", "Q", "Venn", "Q", "Venn"]
    assert all(TALK[slice(*t.cue)] == ":" for t in found)
    assert [TALK[slice(*c)] for c in found[1].content] == ["It is. We said so in May.", "The wall was built to last."]
    assert [TALK[slice(*c)] for c in found[-1].content] == ["I hope to."]


@pytest.mark.parametrize(
    "text",
    [
        "From: A. Venn\n\nTo: The board\n\nDate: Monday\n\nSubject: The dam\n\nIt leaks.",
        "KELL: Is the gate shut?\n\nVENN: It is.",
        "The mayor said: no.\n\nThe board said: yes.\n\nThe court said: wait.\n\nThe port said: why?",
        "",
        "Claim: The port was sold.\n\nFact: It was leased.\n\nClaim: The dam burst.\n\nFact: It did not.",
        "Monday: The gate sticks.\n\nTuesday: It opens.\n\nMonday: It sticks again.\n\nTuesday: A smith comes.",
        "Lorn: 3\n\nOrla: 4\n\nLorn: 2\n\nOrla: 7",
        "VENN: I stay.\n\n" + "The board met again.\n\n" * 9 + "KELL: I go.\n\n" + "It rained.\n\n" * 9 + "VENN: Go.\n\nKELL: So I will.",
    ],
)
def test_no_conversation(text: str) -> None:
    assert turns(text, paragraphs(text)) == []


def test_a_picture_line_is_in_no_turn_and_a_label_on_one_line() -> None:
    text = TALK.replace("Q: And the gate?", "Photo: The dam in May.\n\nThe End\nQ: And the gate?")
    found = turns(text, paragraphs(text))
    assert "Photo" not in "".join(text[slice(*c)] for t in found for c in t.content)
    assert not [t for t in found if "\n" in text[slice(*t.source)]]


def test_numbered_speakers_and_a_silence() -> None:
    text = "Speaker 1: Is it open?\n\nSpeaker 2: It is.\n\n* * *\n\nSpeaker 1: …\n\nSpeaker 2: Go on."
    assert [text[slice(*c)] for t in turns(text, paragraphs(text)) for c in t.content] == ["Is it open?", "It is.", "Go on."]


def test_what_is_reported_in_a_turn_is_nested_in_it() -> None:
    def at(words: str) -> tuple[int, int]:
        return TALK.index(words), TALK.index(words) + len(words)

    colon = TALK.index(": It leaks")
    found = Raw(((colon - 4, colon),), (colon, colon + 1), (at("It leaks"),), 0.9, 0.9, 0.9)
    inner = Raw((at("The board"),), at("denies"), ((at("denies")[1] + 1, at("denies")[1] + 3),), 0.9, 0.9, 0.9)
    made = assemble(Document(TALK), Tagged((found, inner), tuple(paragraphs(TALK))), {"one": 2.0})
    outer = next(s for s in made if s.content[0].text == "It leaks. The board denies it.")
    (nested,) = [s for s in made if s.nested_in]
    assert nested.nested_in == outer.id
    assert nested.source[0].text == "The board"
    assert len(made) == 7


def test_a_reading_that_reaches_into_the_turn_before_is_no_second_statement() -> None:
    talk = TALK.replace("And the gate?", "Are you sure that the gate will hold?").replace(
        "It leaks. The board", "We build a new one. I hope that the board"
    )

    def at(words: str) -> tuple[int, int]:
        return talk.index(words), talk.index(words) + len(words)

    colon = talk.index(": We build")
    asked, hoped = at("that the gate will hold"), at("that the board denies it")
    found = Raw(
        ((colon - 4, colon),),
        (colon, colon + 1),
        (at("Are you sure that the gate will hold?"), at("We build a new one. I hope that the board denies it.")),
        0.9,
        0.9,
        0.9,
    )
    inner = [
        Raw((at("you"),), at("sure"), (asked,), 0.9, 0.9, 0.9),
        Raw(((at("I hope")[0], at("I hope")[0] + 1),), at("hope"), (hoped,), 0.9, 0.9, 0.9),
    ]
    made = assemble(Document(talk), Tagged((inner[0], found, inner[1]), tuple(paragraphs(talk))), {"one": 2.0})
    (turn,) = [s for s in made if s.cue and s.cue[0].start == colon]
    assert [x.text for x in turn.content] == ["We build a new one. I hope that the board denies it."]
    question = next(s for s in made if s.content[0].text == "Are you sure that the gate will hold?")
    assert {s.cue[0].text: s.nested_in for s in made if s.nested_in} == {"sure": question.id, "hope": turn.id}
