"""The date of saying: found near the cue, never inside the content, carried on where the text makes it plain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from onrecord.dates import date_statements, saying_dates
from onrecord.document import Document
from onrecord.statement import DateRef, Span, Speaker, Statement, statement_id

PUBLISHED = "2021-12-02"  # a Thursday


def said(
    document: Document, source: str, cue: str, content: str, *, after: int = 0, nested_in: str | None = None, speaker: Speaker | None = None
) -> Statement:
    """A statement by its words; each is looked for after offset ``after``."""

    def span(words: str) -> tuple[Span, ...]:
        if not words:
            return ()
        at = document.text.index(words, after)
        return (Span(at, at + len(words), words),)

    s, c, k = span(source), span(cue), span(content)
    return Statement(statement_id(document.digest, s, c, k), document, "indirect", s, c, k, 0.9, nested_in=nested_in, speaker=speaker)


def date_of(text: str, source: str, cue: str, content: str, published: str | None = PUBLISHED) -> tuple[DateRef | None, str | None]:
    document = Document(text, published=published)
    (result,) = saying_dates(document, [said(document, source, cue, content)])
    return result.date, result.how


def test_after_the_cue() -> None:
    date, how = date_of("Zakharova said on Thursday that the talks failed.", "Zakharova", "said", "the talks failed")
    assert date == DateRef("2021-12-02", "2021-12-03", "Thursday")
    assert how == "clause"


def test_after_a_content_that_comes_first() -> None:
    date, _ = date_of("The talks failed, the ministry said\non \n\nThursday.", "the ministry", "said", "The talks failed")
    assert date == DateRef("2021-12-02", "2021-12-03", "Thursday")


def test_over_an_addressee_and_a_place() -> None:
    date, _ = date_of("Lavrov told reporters in Riga on Wednesday that it was over.", "Lavrov", "told", "it was over")
    assert date == DateRef("2021-12-01", "2021-12-02", "Wednesday")


def test_opening_the_sentence() -> None:
    date, how = date_of("On Wednesday, the envoy from Warsaw warned that it would end.", "the envoy from Warsaw", "warned", "it would end")
    assert date == DateRef("2021-12-01", "2021-12-02", "Wednesday")
    assert how in {"clause", "opening"}


def test_a_month_after_a_preposition() -> None:
    date, _ = date_of("Merkel said in March 2014 that it broke the law.", "Merkel", "said", "it broke the law")
    assert date == DateRef("2014-03-01", "2014-04-01", "March 2014")


def test_between_the_one_accused_and_what_of() -> None:
    text = "Oslo accused the port authority on Wednesday of hiding a leak on Monday."
    date, how = date_of(text, "Oslo", "accused", "the port authority on Wednesday of hiding a leak on Monday")
    assert date == DateRef("2021-12-01", "2021-12-02", "Wednesday")
    assert how == "clause"
    text = "Oslo criticised the vote on Wednesday to raise pay."
    assert date_of(text, "Oslo", "criticised", "the vote on Wednesday to raise pay") == (None, None)
    text = "Oslo said the ship left on Wednesday to fetch ice."
    assert date_of(text, "Oslo", "said", "the ship left on Wednesday to fetch ice") == (None, None)


def test_a_participle_goes_on_on_the_same_day() -> None:
    text = "Oslo on Wednesday urged calm, calling the rules a farce. Bergen called them fair, citing a study."
    document = Document(text, published=PUBLISHED)
    urged, calling = said(document, "Oslo", "urged", "calm"), said(document, "Oslo", "calling", "the rules a farce")
    for order in ([urged, calling], [calling, urged]):
        found = {s.statement: s for s in saying_dates(document, order)}
        assert found[calling.id].date == found[urged.id].date == DateRef("2021-12-01", "2021-12-02", "Wednesday")
        assert found[calling.id].carried_from == urged.id


def test_a_state_of_mind_does_not_take_the_leads_day() -> None:
    text = "Oslo said on Wednesday it would wait. Lund used to believe in ice."
    document = Document(text, published=PUBLISHED)
    _, lund = saying_dates(document, [said(document, "Oslo", "said", "it would wait"), said(document, "Lund", "used to believe", "in ice")])
    assert lund.date is None


def test_who_comments_does_not_take_the_leads_day() -> None:
    text = "Oslo said on Wednesday it would wait. Ada Lund, an analyst, said it was late. The port said it was ready."
    document = Document(text, published=PUBLISHED)
    parts = [
        said(document, "Oslo", "said", "it would wait"),
        said(document, "Ada Lund, an analyst,", "said", "it was late", after=30),
        said(document, "The port", "said", "it was ready", after=70),
    ]
    assert [s.how for s in saying_dates(document, parts)] == ["clause", None, "lead"]


def test_the_possessive_of_an_utterance() -> None:
    date, how = date_of("Wednesday's statement called it a provocation.", "Wednesday's statement", "called", "it a provocation")
    assert date == DateRef("2021-12-01", "2021-12-02", "Wednesday")
    assert how == "source"


def test_dates_in_the_content_are_not_the_date_of_saying() -> None:
    assert date_of("He said the troops left on Wednesday.", "He", "said", "the troops left on Wednesday") == (None, None)


def test_dates_of_the_speakers_past_are_not_the_date_of_saying() -> None:
    text = "The president, who took office in 2014, said it was over."
    assert date_of(text, "The president, who took office in 2014,", "said", "it was over") == (None, None)
    assert date_of(text, "The president", "said", "it was over") == (None, None)


def test_a_bound_is_not_the_date_of_saying() -> None:
    assert date_of("He has said since 2014 that it is over.", "He", "said", "it is over")[0] is None


def test_the_day_of_publication_is_no_guess() -> None:
    assert date_of("He said it was over.", "He", "said", "it was over") == (None, None)


def test_an_undated_text_keeps_the_word() -> None:
    date, _ = date_of("He said on Thursday that it was over.", "He", "said", "it was over", published=None)
    assert date == DateRef(None, None, "Thursday")


def test_a_dateline_resolves_the_word() -> None:
    text = "RIGA, Dec 2, 2021 (Reuters) - NATO chiefs met.\n\nHe said on Wednesday that it was over."
    date, _ = date_of(text, "He", "said", "it was over", published=None)
    assert date == DateRef("2021-12-01", "2021-12-02", "Wednesday")


def test_nested_statements_have_their_own_dates() -> None:
    text = "Lavrov said on Thursday that Blinken had told him in November 2021 that talks would start."
    document = Document(text, published=PUBLISHED)
    outer = said(document, "Lavrov", "said", "Blinken had told him in November 2021 that talks would start")
    inner = said(document, "Blinken", "told", "talks would start", nested_in=outer.id)
    first, second = saying_dates(document, [outer, inner])
    assert first.date is not None
    assert first.date.text == "Thursday"
    assert second.date is not None
    assert second.date.text == "November 2021"


def test_the_same_speaker_goes_on() -> None:
    text = "Anna Novak said on Wednesday that it was over. Others disagreed. Novak said the door was shut. Hope remains, Lund believes."
    document = Document(text, published=PUBLISHED)
    first = said(document, "Anna Novak", "said", "it was over")
    second = said(document, "Novak", "said", "the door was shut", after=60)
    third = said(document, "Lund", "believes", "Hope remains")
    one, two, three = saying_dates(document, [first, second, third])
    assert (two.date, two.how, two.carried_from) == (one.date, "speaker", first.id)
    assert three.date is None


def test_the_leads_day_goes_on_where_it_is_the_only_one() -> None:
    text = "The ministry said on Thursday that it was over. The door was shut, she added. Lund said in 2014 that it was open."
    document = Document(text, published=PUBLISHED)
    lead = said(document, "The ministry", "said", "it was over")
    added = said(document, "she", "added", "The door was shut")
    other = said(document, "Lund", "said", "it was open", after=70)
    assert [r.how for r in saying_dates(document, [lead, added])] == ["clause", "lead"]
    # Two days of saying: which of them the middle one belongs to is no longer plain.
    assert [r.date.text if r.date else None for r in saying_dates(document, [lead, added, other])] == ["Thursday", None, "2014"]


def test_what_had_been_said_before_does_not_take_the_leads_day() -> None:
    text = "The ministry said on Thursday that it was over. Lund had warned that it would end."
    document = Document(text, published=PUBLISHED)
    pair = [said(document, "The ministry", "said", "it was over"), said(document, "Lund", "warned", "it would end")]
    assert saying_dates(document, pair)[1].date is None


def test_statements_come_back_in_order_and_else_unchanged() -> None:
    document = Document("He said on Thursday that it was over. She said it was not.", published=PUBLISHED)
    pair = [said(document, "She", "said", "it was not", after=38), said(document, "He", "said", "it was over")]
    result = date_statements(document, pair)
    assert [r.id for r in result] == [s.id for s in pair]
    assert result[1].date == DateRef("2021-12-02", "2021-12-03", "Thursday")
    assert date_statements(document, []) == []


def test_the_day_named_beside_the_cue_goes_before_the_datelines() -> None:
    text = "RIGA, Dec 2 (Reuters) - The port is shut, the mayor said on Thursday."
    document = Document(text, published=PUBLISHED)
    (found,) = date_statements(document, [said(document, "the mayor", "said", "The port is shut")])
    assert found.date == DateRef("2021-12-02", "2021-12-03", "Thursday")
    document = Document(text.replace(" on Thursday", ""), published=PUBLISHED)
    (found,) = date_statements(document, [said(document, "the mayor", "said", "The port is shut")])
    assert found.date == DateRef("2021-12-02", "2021-12-03", "Dec 2")


def test_many_statements_of_one_paragraph_take_no_quadratic_time() -> None:
    import time

    line = "He said on Thursday that it was over. "
    document = Document(line * 1500, published=PUBLISHED)
    many = [said(document, "He", "said", "it was over", after=k * len(line)) for k in range(1500)]
    start = time.process_time()
    assert all(s.date for s in date_statements(document, many))
    assert time.process_time() - start < 5


def test_the_first_report(shared: Path) -> None:
    """The wire report that the project starts from."""
    (file,) = sorted((shared / "seed").glob("*.txt"))
    document = Document(file.read_text(encoding="utf-8"), published=PUBLISHED)
    lead = said(document, "Foreign Ministry", "said", "simply unacceptable")
    warned = said(document, "spokeswoman Maria Zakharova", "warned of", "serious negative consequences")
    quote, words = document.text.index("Since the end"), document.text.index("Zakharova said")
    promise = replace(
        said(document, "Zakharova", "said", "All these", after=words), content=(Span(quote, words, document.text[quote:words]),)
    )
    results = saying_dates(document, [lead, warned, promise])
    assert {r.date for r in results} == {DateRef("2021-12-02", "2021-12-03", "Thursday")}
    assert [r.how for r in results] == ["clause", "lead", "lead"]
