"""What rules see about one statement's spans: agents of passives, labels, nouns that report."""

from __future__ import annotations

import pytest

from onrecord.repairs import (
    agent,
    asides,
    before_tail,
    both_clauses,
    disowned,
    is_label,
    is_no_report,
    is_passive,
    quoted_by_another,
    rumours,
    second_report,
    what_was_refused,
    without_connective,
    without_first_clause,
)


def find(text: str, words: str) -> tuple[int, int]:
    at = text.index(words)
    return at, at + len(words)


def words(text: str, span: tuple[int, int] | None) -> str | None:
    return None if span is None else text[slice(*span)]


@pytest.mark.parametrize(
    ("text", "cue", "who"),
    [
        ("Baku has been accused by Yerevan of breaking the truce.", "has been accused", "Yerevan"),
        ("The port was warned by the harbour board to expect ice.", "was warned", "the harbour board"),
        ("Baku has been repeatedly accused by Yerevan and the European Union of breaches.", "accused", "Yerevan and the European Union"),
        ("The claim was dismissed by the Ministry of Defence as a lie.", "was dismissed", "the Ministry of Defence"),
        ("She was urged to go by noon.", "was urged", None),
        ("They were warned by writing to each.", "were warned", None),
    ],
)
def test_who_is_named_by_by(text: str, cue: str, who: str | None) -> None:
    assert words(text, agent(text, find(text, cue))) == who


@pytest.mark.parametrize(
    ("cue", "passive"), [("has been repeatedly assured", True), ("is assured of", False), ("was told", True), ("told", False)]
)
def test_passive(cue: str, passive: bool) -> None:
    assert is_passive(cue, (0, len(cue))) is passive


def test_whoever_is_quoted_speaks_and_not_the_agency() -> None:
    text = "Calm held. The harbour minister was quoted by Radio North as saying that the pier was safe."
    found = quoted_by_another(
        text, [find(text, "Radio North")], find(text, "was quoted"), [find(text, "that the pier was safe")], lambda _: (11, 99)
    )
    assert found is not None
    assert [words(text, x) for x in found] == ["The harbour minister", "was quoted by Radio North as saying"]
    text = "Ann Lind was reported by Radio North as saying that the pier was safe."
    found = quoted_by_another(text, [find(text, "Radio North")], find(text, "was reported"), [], lambda _: (0, 99))
    assert found is not None
    assert words(text, found[0]) == "Ann Lind"
    text = "The harbour minister was quoted by Radio North as saying that the pier was safe."
    assert quoted_by_another(text, [find(text, "The harbour minister")], find(text, "was quoted"), [], lambda _: (11, 99)) is None


@pytest.mark.parametrize(
    ("head", "label"), [("Explainer", True), ("Fact check", True), ("UPDATE 2", True), ("Kremlin", False), ("Live Nation", False)]
)
def test_a_label_of_a_headline_says_nothing(head: str, label: bool) -> None:
    text = f"{head}: ships return to port"
    assert is_label(text, [(0, len(head))], (len(head), len(head) + 1)) is label


@pytest.mark.parametrize(
    ("text", "cue", "content", "nothing"),
    [
        ("Ada Venn became known for the dam.", "became known", "Ada Venn", True),
        ("Venn, better known as the Mole, left.", "better known", "as the Mole", True),
        ("It is known that the dam leaks.", "is known", "that the dam leaks", False),
        ("Venn left when asked to comment.", "when asked", "to comment", True),
        ("It became known that the dam leaks.", "became known", "that the dam leaks", False),
        ("Venn, also known as the Mole, left.", "also known as", "the Mole", True),
        ("Venn asked to see the dam.", "asked", "to see the dam", False),
        ("Norland has expelled two of its envoys.", "has expelled", "two of its envoys", True),
        ("The premier fired his chief of staff.", "fired", "his chief of staff", True),
        ("The premier dismissed General Anton Lorn.", "dismissed", "General Anton Lorn", True),
        ("The premier dismissed General Anton Lorn as a clown.", "dismissed", "General Anton Lorn as a clown", False),
        ("The premier dismissed the claim.", "dismissed", "the claim", False),
    ],
)
def test_a_cue_that_reports_nothing(text: str, cue: str, content: str, nothing: bool) -> None:
    assert is_no_report(text, find(text, cue), [find(text, content)]) is nothing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The gate, she went on, is rusty.", ["The gate", "is rusty"]),
        ("The gate is rusty, she went on.", ["The gate is rusty"]),
        ("Who, he said, would pay?", ["Who", "would pay?"]),
        ("A year later, he went on, alone, to Orla.", None),
        ("The next day, she wrote, in a letter to the board, that it was rusty.", None),
        ("A smith by training, he continued.", None),
        ("When he left, she said, it rained.", None),
    ],
)
def test_an_aside_is_said_and_what_was_done_is_not(text: str, expected: list[str] | None) -> None:
    found = [[text[slice(*x)] for x in said] for _, _, said in asides(text, lambda _: (0, len(text)))]
    assert found == ([expected] if expected else [])


def test_asides_of_a_list_without_an_end_take_no_time() -> None:
    text = ", he said" * 20_000
    assert list(asides(text, lambda _: (0, len(text)))) == []


def test_a_gap_without_an_end_takes_no_time() -> None:
    for gap in (" " * 100_000, "\n" * 100_000):
        text = f"He rejected it{gap}now"
        assert second_report(text, find(text, "rejected"), (12, len(text))) is None


def test_a_source_holds_no_clause_before_but() -> None:
    text = "Most members back the plan, but Norway's envoy has refused"
    assert words(text, without_first_clause(text, (0, text.index(" has")))) == "Norway's envoy"
    assert without_first_clause(text, find(text, "Most members")) == find(text, "Most members")


@pytest.mark.parametrize(
    ("text", "cue", "content", "expected"),
    [
        (
            "Vik was about to attack, an accusation that Lund’s envoy flatly denied.",
            "an accusation",
            "that Lund’s envoy flatly denied",
            ["Lund’s envoy", "flatly denied", "an accusation"],
        ),
        ("He faced claims that Lund has dismissed.", "claims", "that Lund has dismissed", ["Lund", "has dismissed", "claims"]),
        ("He faced claims that the ministry denied them aid.", "claims", "that the ministry denied them aid", None),
    ],
)
def test_a_claim_that_somebody_denies_is_a_denial(text: str, cue: str, content: str, expected: list[str] | None) -> None:
    found = disowned(text, find(text, cue), [find(text, content)])
    assert (None if found is None else [words(text, x) for x in found]) == expected


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Rumours of a coup are false, the palace said.", "Rumours of a coup are false"),
        ("On Friday, the palace said.", None),
        ("Rumours of a coup are false the palace said.", None),
    ],
)
def test_what_stands_before_an_attribution_at_the_end(text: str, content: str | None) -> None:
    assert words(text, before_tail(text, text.index("the palace"), lambda _: (0, 99))) == content


@pytest.mark.parametrize(
    ("text", "source", "cue", "found", "whole"),
    [
        (
            "If ice forms, Venn warned the port would close.",
            "Venn",
            "warned",
            "the port would close",
            ["If ice forms", "the port would close"],
        ),
        (
            "If the ice stays Venn warned, the port would close.",
            "Venn",
            "warned",
            "If the ice stays",
            ["If the ice stays", "the port would close"],
        ),
        ("If you ask, Venn said he had left.", "Venn", "said", "he had left", ["he had left"]),
        ("On Friday, Venn warned the port would close.", "Venn", "warned", "the port would close", ["the port would close"]),
    ],
)
def test_both_clauses_of_a_conditional_are_said(text: str, source: str, cue: str, found: str, whole: list[str]) -> None:
    got = both_clauses(text, [find(text, source)], find(text, cue), [find(text, found)], (0, len(text)))
    assert [words(text, x) for x in got] == whole


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        ("There were unconfirmed reports of clashes in the hills.", None, "unconfirmed reports of", "clashes in the hills"),
        ("Amid rumours that the king had fled, shops closed.", None, "rumours", "that the king had fled"),
        ("Allegations of fraud have dogged the vote.", None, "Allegations of", "fraud"),
        ("Norway's claims that the ship was empty, she said, drew laughs.", "Norway", "claims", "that the ship was empty"),
    ],
)
def test_nouns_that_report(text: str, source: str | None, cue: str, content: str) -> None:
    (r,) = rumours(text)
    assert (words(text, r.source), words(text, r.cue), words(text, r.content)) == (source, cue, content)


@pytest.mark.parametrize("text", ["He reports that the ship is safe now.", "Reports about ice.", "She claims of late.", "reports of"])
def test_what_is_no_such_noun(text: str) -> None:
    assert not list(rumours(text))


def test_the_word_that_joins_a_content_to_the_story_is_the_writers() -> None:
    text = "However, the talks would go on, the envoy said"
    cue, said = find(text, "said"), find(text, "However, the talks would go on")
    assert [words(text, x) for x in without_connective(text, cue, [said])] == ["the talks would go on"]
    text = "But the talks would go on, the envoy said. And then, he said, they would end"
    kept = [find(text, "But the talks would go on")]
    assert without_connective(text, find(text, "said"), kept) == kept
    split = [find(text, "And then"), find(text, "they would end")]
    behind, between = find(text, "he said"), find(text, "the envoy said")
    assert [words(text, x) for x in without_connective(text, behind, split)] == ["then", "they would end"]
    assert [words(text, x) for x in without_connective(text, between, split)] == ["And then", "they would end"]


@pytest.mark.parametrize(
    ("text", "cue", "content", "second"),
    [
        ("The board announced the arrest of a smith and said the gate would stay shut.", "announced", "the arrest", "said"),
        ("Venn said he had climbed the dam for years and said it was sound.", "said", "he had climbed", "said"),
        ("Venn said the board would meet on Monday and suggested that it vote.", "said", "the board would", "suggested"),
        ("Venn said he had met Lorn and called him back.", "said", "he had met", None),
    ],
)
def test_a_second_report_of_the_same_source(text: str, cue: str, content: str, second: str | None) -> None:
    found = second_report(text, find(text, cue), (text.index(content), len(text) - 1))
    assert (None if found is None else words(text, found[1])) == second


@pytest.mark.parametrize(
    ("text", "cue", "said", "want"),
    [
        (
            "Rusk refused to guarantee that they would leave.",
            "refused",
            "to guarantee that they would leave",
            ("refused to guarantee", "that they would leave"),
        ),
        ("Rusk declined to comment.", "declined", "to comment", ("declined", "to comment")),
        (
            "Rusk refused to hand over ships that had turned.",
            "refused",
            "to hand over ships that had turned",
            ("refused", "to hand over ships that had turned"),
        ),
        (
            "Rusk promised to see that they would leave.",
            "promised",
            "to see that they would leave",
            ("promised", "to see that they would leave"),
        ),
    ],
)
def test_what_one_refuses_to_say_is_the_cues(text: str, cue: str, said: str, want: tuple[str, str]) -> None:
    at = lambda words: (text.index(words), text.index(words) + len(words))
    (lo, hi), [(start, end)] = what_was_refused(text, at(cue), [at(said)])
    assert (text[lo:hi], text[start:end]) == want
