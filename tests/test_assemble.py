"""What the rules make of raw spans: whole quotes, continuations, floating quotes, kinds."""

from __future__ import annotations

import pytest

from onrecord.assemble import assemble, confidence, features, kind_in
from onrecord.document import Document
from onrecord.segment import paragraphs
from onrecord.statement import Statement
from onrecord.tagger import Raw, Tagged


def find(text: str, words: str) -> tuple[int, int]:
    at = text.index(words)
    return at, at + len(words)


def raw(text: str, source: str, cue: str, *content: str, p: float = 0.9) -> Raw:
    return Raw((find(text, source),) if source else (), find(text, cue), tuple(find(text, c) for c in content), p, p, p)


def made(text: str, *raws: Raw) -> list[Statement]:
    return assemble(Document(text), Tagged(raws, tuple(paragraphs(text))), {"one": 2.0})


def contents(s: Statement) -> list[str]:
    return [x.text for x in s.content]


def test_quotation_marks_belong_to_the_content() -> None:
    text = "“The ships have turned,” Rusk said."
    (s,) = made(text, raw(text, "Rusk", "said", "The ships have turned,"))
    assert contents(s) == ["“The ships have turned,”"]
    assert s.kind == "direct"


@pytest.mark.parametrize(
    ("text", "content", "kind"),
    [
        ("He said “we wait here”.", "“we wait here”", "direct"),
        ("He said that they wait here.", "that they wait here", "indirect"),
        ("He said that they “wait here”.", "that they “wait here”", "mixed"),
        ("He spoke of a 'quarantine of ships' there.", "a 'quarantine of ships' there", "mixed"),
        ("“He told me ‘wait’ and I did.”", "“He told me ‘wait’ and I did.”", "direct"),
    ],
)
def test_kind(text: str, content: str, kind: str) -> None:
    assert kind_in(text, [find(text, content)]) == kind


def test_a_quote_goes_on_after_the_cue() -> None:
    text = "“The ships have turned,” Rusk said. “We shall know by morning whether more will.”"
    (s,) = made(text, raw(text, "Rusk", "said", "“The ships have turned,”"))
    assert contents(s) == ["“The ships have turned,”", "“We shall know by morning whether more will.”"]


def test_a_quote_of_several_paragraphs_is_one_statement() -> None:
    text = (
        "Stevenson said: “I am prepared to wait for my answer.\n\n“I am also prepared to present the evidence in this room.\n\n"
        "“And I shall do so now, if the Council wishes.”\n\nThe room was silent."
    )
    (s,) = made(text, raw(text, "Stevenson", "said:", "“I am prepared to wait for my answer."))
    assert len(s.content) == 3
    assert s.content[-1].text.endswith("if the Council wishes.”")


def test_a_quote_left_open_belongs_to_the_speaker_named_in_the_next_paragraph() -> None:
    text = "The premier wrote at noon.\n\n“You are worried about the bases on the island.\n\n“We will remove them,” the premier wrote."
    at = text.rindex("the premier wrote")
    last = Raw(((at, at + 11),), (at + 12, at + 17), (find(text, "“We will remove them,”"),), 0.9, 0.9, 0.9)
    (s,) = made(text, last)
    assert contents(s) == ["“You are worried about the bases on the island.", "“We will remove them,”"]


def test_the_last_sentences_of_a_quotation_take_in_the_first() -> None:
    text = "“The ships have turned. The world can breathe. We shall know by morning,” Rusk said."
    (s,) = made(text, raw(text, "Rusk", "said", "We shall know by morning,”"))
    assert contents(s) == ["“The ships have turned. The world can breathe. We shall know by morning,”"]


def test_the_first_sentences_of_a_quotation_stay_with_whoever_claims_them() -> None:
    text = "“The ships have turned, Ball said. We shall know by morning,” Rusk said."
    ball, rusk = raw(text, "Ball", "said", "The ships have turned"), raw(text, "Rusk", "said", "We shall know by morning,”")
    at = text.rindex("said")
    rusk = Raw(rusk.source, (at, at + 4), rusk.content, 0.9, 0.9, 0.9)
    assert [s.content[-1].text for s in made(text, ball, rusk)][-1] == "We shall know by morning,”"


def test_what_a_quotation_breaks_off_into_is_not_taken_in() -> None:
    text = "“Well, the ships, of course, have turned,” Rusk said."
    (s,) = made(text, raw(text, "Rusk", "said", "have turned,”"))
    assert contents(s) == ["have turned,”"]


def test_a_floating_paragraph_goes_to_the_running_speaker() -> None:
    text = "“The ships have turned,” Rusk said.\n\n“We shall know by morning whether more will follow.”"
    (s,) = made(text, raw(text, "Rusk", "said", "“The ships have turned,”"))
    assert len(s.content) == 2


def test_a_quote_with_nobody_before_it_stands_alone() -> None:
    text = "The square was full.\n\n“They will never let us go home again.”\n\nNobody answered."
    (s,) = made(text)
    assert (s.source, s.cue, contents(s)) == ((), (), ["“They will never let us go home again.”"])
    assert s.kind == "direct"


@pytest.mark.parametrize(
    "text",
    [
        "He watched “The Longest Day” at home.",
        "William “Wild Bill” Donovan was there.",
        "So much for the “ever so splendid little war games” of the fleet that year.",
    ],
    ids=["title", "nickname", "scare quotes"],
)
def test_other_uses_of_quotation_marks_are_no_statements(text: str) -> None:
    assert made(text) == []


def test_what_two_claim_the_surer_keeps() -> None:
    text = "Rusk said Zorin denied the missiles were there, and left."
    kept = raw(text, "Rusk", "said", "Zorin denied the missiles were there", p=0.95)
    lost = raw(text, "Zorin", "denied", "the missiles were there, and left", p=0.6)
    assert [s.cue[0].text for s in made(text, lost, kept)] == ["said"]


def test_a_report_inside_a_surer_or_less_sure_report_is_nested_in_it() -> None:
    text = "Rusk said Zorin denied the missiles were there."
    inner = raw(text, "Zorin", "denied", "the missiles were there", p=0.95)
    outer = raw(text, "Rusk", "said", "Zorin denied the missiles were there", p=0.6)
    first, second = made(text, inner, outer)
    assert contents(first) == ["Zorin denied the missiles were there"]
    assert first.nested_in is None
    assert second.nested_in == first.id
    assert second.cue[0].text == "denied"


def test_of_two_reports_of_one_source_joined_by_and_the_first_keeps_its_own_words() -> None:
    text = "The court said that the tax was void and called on the port to repay it."
    first = raw(text, "The court", "said", "that the tax was void and called on the port to repay it", p=0.8)
    second = raw(text, "The court", "called on", "the port to repay it", p=0.9)
    assert [contents(s) for s in made(text, first, second)] == [["that the tax was void"], ["the port to repay it"]]


@pytest.mark.parametrize(
    ("text", "cue", "content", "expected"),
    [
        ("The mayor rejected the charge and appealed for calm.", "rejected", "the charge and appealed for calm", ["the charge", "calm"]),
        (
            "The mayor said she would open the dam and urged farmers to leave.",
            "said",
            "she would open the dam and urged farmers to leave",
            ["she would open the dam", "farmers to leave"],
        ),
        (
            "The mayor said they left and urged others to go.",
            "said",
            "they left and urged others to go",
            ["they left and urged others to go"],
        ),
        (
            "The mayor blames the board's “sloth” for the leak and denies any delay.",
            "blames",
            "the board's “sloth” for the leak and denies any delay",
            ["the board's “sloth” for the leak", "any delay"],
        ),
        (
            "The mayor said that the report was false and urged the board to drop it.",
            "said",
            "that the report was false and urged the board to drop it",
            ["that the report was false", "the board to drop it"],
        ),
        (
            "The mayor said he was alarmed, calling for calm.",
            "said",
            "he was alarmed, calling for calm",
            ["he was alarmed", "calm"],
        ),
        (
            "The mayor said the clerk had gone, accusing the board of theft.",
            "said",
            "the clerk had gone, accusing the board of theft",
            ["the clerk had gone, accusing the board of theft"],
        ),
        (
            "The mayor fears a rise in fees and rejects blame.",
            "fears",
            "a rise in fees and rejects blame",
            ["a rise in fees", "blame"],
        ),
        (
            "The mayor fears the board blocks work and threatens smiths.",
            "fears",
            "the board blocks work and threatens smiths",
            ["the board blocks work and threatens smiths"],
        ),
        (
            "The mayor said the storm had sunk boats and threatened the pier.",
            "said",
            "the storm had sunk boats and threatened the pier",
            ["the storm had sunk boats and threatened the pier"],
        ),
        (
            "The mayor said the report had blamed the board and urged repairs.",
            "said",
            "the report had blamed the board and urged repairs",
            ["the report had blamed the board and urged repairs"],
        ),
        (
            "The mayor said the law had banned nets and denied anglers a say.",
            "said",
            "the law had banned nets and denied anglers a say",
            ["the law had banned nets and denied anglers a say"],
        ),
        (
            "The mayor said the raid had hurt a clerk and denied any part in it.",
            "said",
            "the raid had hurt a clerk and denied any part in it",
            ["the raid had hurt a clerk", "any part in it"],
        ),
        (
            "The mayor said he was innocent, blaming the board.",
            "said",
            "he was innocent, blaming the board",
            ["he was innocent", "the board"],
        ),
        (
            "The mayor said the claim was false and denied any delay.",
            "said",
            "the claim was false and denied any delay",
            ["the claim was false", "any delay"],
        ),
        (
            "The mayor said he had hit a clerk, threatening to do it again.",
            "said",
            "he had hit a clerk, threatening to do it again",
            ["he had hit a clerk, threatening to do it again"],
        ),
        (
            "The mayor said she was followed by two men, warning her to leave.",
            "said",
            "she was followed by two men, warning her to leave",
            ["she was followed by two men, warning her to leave"],
        ),
        ("The mayor denied that he rose and demanded pay.", "denied", "that he rose and demanded pay", ["that he rose and demanded pay"]),
    ],
)
def test_a_second_report_that_a_content_swallowed(text: str, cue: str, content: str, expected: list[str]) -> None:
    assert [contents(s)[0] for s in made(text, raw(text, "The mayor", cue, content))] == expected


@pytest.mark.parametrize(("who", "apart"), [("He", True), ("She", False)])
def test_a_participle_goes_on_for_the_speaker_alone(who: str, apart: bool) -> None:
    text = f"{who} said he was at the gate, calling for calm."
    out = [contents(s)[0] for s in made(text, raw(text, who, "said", "he was at the gate, calling for calm"))]
    assert out == (["he was at the gate", "calm"] if apart else ["he was at the gate, calling for calm"])


def test_a_second_report_is_not_nested_in_the_first() -> None:
    text = "The mayor said that the report was false and urged the board to drop it."
    first = raw(text, "The mayor", "said", "that the report was false and urged the board to drop it")
    out = made(text, first, raw(text, "the board", "urged", "to drop it"))
    assert {s.cue[0].text: (s.source[0].text, s.nested_in) for s in out} == {"said": ("The mayor", None), "urged": ("The mayor", None)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ball, she went on, is in their court.", ["The ball", "is in their court"]),
        ("The bridge will hold, Venn says.", ["The bridge will hold"]),
        ("On Monday, she said, ships left.", None),
        ("“The ball,” she went on, “is in their court.”", None),
        ("The ball, which she said was red, rolled.", None),
    ],
)
def test_an_attribution_between_commas_that_the_tagger_passed_over(text: str, expected: list[str] | None) -> None:
    assert [contents(s) for s in made(text) if s.cue] == ([expected] if expected else [])


def test_a_quotation_left_open_is_said_to_its_end() -> None:
    text = "“We turned back,” the captain said.\n\n“We were near the pier. Nobody had seen us yet.\n\n“So we went home.”"
    (s,) = made(text, raw(text, "the captain", "said", "“We turned back,”", "“We were near the pier.", "“So we went home.”"))
    assert contents(s)[1] == "“We were near the pier. Nobody had seen us yet."


def test_a_quotation_left_open_goes_to_whoever_opens_it_anew() -> None:
    text = "The mayor replied that it was late.\n\n“You worry about the dam.\n\n“I offer to mend it,” the miller wrote."
    first = raw(text, "The mayor", "replied", "that it was late", "“You worry about the dam.")
    second = raw(text, "the miller", "wrote", "“I offer to mend it,”")
    assert [contents(s) for s in made(text, first, second)] == [
        ["that it was late"],
        ["“You worry about the dam.", "“I offer to mend it,”"],
    ]


def test_a_participle_speaks_for_its_own_sentence() -> None:
    text = "The envoy condemned the raid. Ghana has called for talks, saying it would send a ship."
    out = made(
        text,
        raw(text, "The envoy", "condemned", "the raid"),
        raw(text, "Ghana", "has called for", "talks"),
        raw(text, "The envoy", "saying", "it would send a ship"),
    )
    assert {s.cue[0].text: s.source[0].text for s in out}["saying"] == "Ghana"


def test_a_participle_that_opens_a_sentence_speaks_for_the_clause_that_it_leads_to() -> None:
    text = "“The wall leaks,” Venn said. Citing a survey, the mayor promised repairs."
    (_, cited, promised) = made(
        text,
        raw(text, "Venn", "said", "“The wall leaks,”"),
        raw(text, "Venn", "Citing", "a survey"),
        raw(text, "the mayor", "promised", "repairs"),
    )
    assert [x.text for x in cited.source] == [x.text for x in promised.source] == ["the mayor"]


def test_a_second_verb_speaks_for_its_own_sentence() -> None:
    text = "The envoy left early. The premier has promised peace but has not said how."
    out = made(
        text,
        raw(text, "The premier", "has promised", "peace"),
        raw(text, "The envoy", "has not said", "how"),
    )
    assert {s.cue[0].text: s.source[0].text for s in out}["has not said"] == "The premier"


def test_a_participle_speaks_for_its_own_sentence_and_not_the_next() -> None:
    text = "“We stay,” he said, urging calm.\n\nVenn demanded an inquiry."
    out = made(
        text, raw(text, "he", "said", "“We stay,”"), raw(text, "Venn", "urging", "calm"), raw(text, "Venn", "demanded", "an inquiry")
    )
    assert {s.cue[0].text: s.source[0].text for s in out} == {"said": "he", "urging": "he", "demanded": "Venn"}


def test_what_the_sentence_before_says_is_anothers() -> None:
    text = "The port is shut for good. The Kremlin had no plans, the agency reported."
    (s,) = made(text, raw(text, "the agency", "reported", "The port is shut for good", "The Kremlin had no plans"))
    assert contents(s) == ["The Kremlin had no plans"]


def test_an_indirect_report_keeps_to_the_sentence_that_its_attribution_ends() -> None:
    text = "Ministry: no troops moved\n\nReports of a landing on the island are false, a spokesman told the press on Friday."
    (s,) = made(text, raw(text, "a spokesman", "told", "no troops moved"))
    assert contents(s) == ["Reports of a landing on the island are false"]


def test_a_rumour_that_nothing_else_has_is_a_statement_without_a_source() -> None:
    text = "There were constant reports of shelling near the bridge, but the night was calm. The mayor said reports of fire were false."
    out = made(text, raw(text, "The mayor", "said", "reports of fire were false"))
    assert [(s.cue[0].text, contents(s)) for s in out] == [
        ("constant reports of", ["shelling near the bridge"]),
        ("said", ["reports of fire were false"]),
    ]
    assert not out[0].source


def test_confidence_rises_with_the_taggers_own() -> None:
    weights = {"one": 0.0, "cue": 0.5, "content": 0.5}
    sure, unsure = (confidence(features((p, p, p), [(0, 1)], [(0, 9)]), weights) for p in (0.95, 0.4))
    assert 0 < unsure < sure < 1
    assert confidence(features((0.0, 0.0, 1.0), [], [(0, 1)]), {"cue": 1e9}) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "source", "cue", "content", "kept"),
    [
        ("Moscow has been repeatedly assured that it is safe.", "Moscow", "has been repeatedly assured", "that it is safe", False),
        ("Kell was told to wait.", "Kell", "was told", "to wait", False),
        ("Kell was asked by Venn to wait.", "Venn", "was asked", "to wait", True),
        ("Kell is assured of winning.", "Kell", "is assured of", "winning", True),
        ("Kell was quoted as saying no.", "Kell", "was quoted as saying", "no", True),
    ],
)
def test_who_is_told_is_not_who_says(text: str, source: str, cue: str, content: str, kept: bool) -> None:
    (s,) = made(text, raw(text, source, cue, content))
    assert [x.text for x in s.source] == ([source] if kept else [])
