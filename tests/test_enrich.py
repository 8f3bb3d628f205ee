"""What is added to statements is added to any text, and no text is lost to it."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import onrecord.dates
from onrecord.document import Document
from onrecord.enrich import enrich
from onrecord.errors import ActorFileError
from onrecord.reader import Reader
from onrecord.statement import Span, Statement, statement_id
from onrecord.tagger.session import WEIGHTS


def statement(document: Document, source: tuple[int, int] | None, cue: tuple[int, int] | None, content: tuple[int, int]) -> Statement:
    spans = tuple(tuple(Span(a, b, document.text[a:b]) for a, b in [x] if a < b) if x else () for x in (source, cue, content))
    return Statement(statement_id(document.digest, *spans), document, "indirect", *spans, confidence=0.5)


DOCUMENT = Document("On Thursday Marta Kowal warned that the port would close.", published="2021-12-02")
STATEMENT = statement(DOCUMENT, (12, 23), (24, 30), (31, 56))


def test_speaker_date_and_act_are_added() -> None:
    (s,) = enrich(DOCUMENT, [STATEMENT])
    assert s.speaker is not None
    assert (s.speaker.name, s.date and s.date.start, s.id) == ("Marta Kowal", "2021-12-02", STATEMENT.id)
    assert s.act


_WORDS = st.sampled_from(
    [
        *"He she it they who which I we his 'said' said told warned threatened if unless 'If' will must on Thursday Dec. 3 2021".split(),
        *"2021-12-02 yesterday last week NATO U.S. Russia’s Moscow the The spokeswoman ministers two and , . ; : ? ! ( ) [ ] — - …".split(),
        *"“ ” ‘ ’ \" ' « » „ é İ ß ﬁ 日本 Ⅷ ½ ² ٣ 𝗔 🙂 e\u0301 \u202e \ufeff \u200b \u00ad \x00 \x85 \u2028 \ud800".split(" "),
        *("\n", "\n\n", "\r\n", "\t", "\xa0", "_", "__", "999999999999", "31 February", "a" * 200, "A.B.C.D.", "@x #y", "https://a.b/c?d"),
    ]
)
_ANY = st.one_of(st.lists(_WORDS, max_size=50).map(" ".join), st.lists(_WORDS, max_size=40).map("".join), st.text(max_size=150))


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Document, list[Statement], list[tuple[int, int, str]] | None]:
    text = draw(_ANY.filter(bool))
    n = len(text)
    spot = st.tuples(st.integers(0, n), st.integers(0, n)).map(lambda x: (min(x), max(x)))
    document = Document(
        text, published=draw(st.sampled_from([None, "2021-12-02", "1962-10-24T10:00:00+00:00", "0001-01-01", "9999-12-31"]))
    )
    maybe = st.none() | spot
    some = st.integers(0, n - 1).flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 1, n)))
    found = [statement(document, draw(maybe), draw(maybe), draw(some)) for _ in range(draw(st.integers(1, 4)))]
    kinds = st.sampled_from(["person", "organisation", "place", "other"])
    tagged = draw(st.none() | st.lists(st.tuples(st.integers(0, n + 3), st.integers(0, n + 3), kinds), max_size=6))
    return document, found, tagged


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(case=_cases())
def test_any_text_with_any_spans_is_enriched(
    monkeypatch: pytest.MonkeyPatch, case: tuple[Document, list[Statement], list[tuple[int, int, str]]]
) -> None:
    monkeypatch.setenv("ONRECORD_TRACEBACK", "1")  # a fault fails the test, and is not only logged
    document, found, tagged = case
    out = enrich(document, found, tagged)
    assert [s.id for s in out] == [s.id for s in found]
    assert [s.to_dict() for s in enrich(document, found, tagged)] == [s.to_dict() for s in out]
    for s in out:
        json.dumps(s.to_dict())
        for party in [*s.addressees, *s.targets]:
            assert 0 <= party.start <= party.end <= len(document.text)
        for span in s.condition:
            assert document.text[span.start : span.end] == span.text


@pytest.fixture
def broken_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(onrecord.dates, "date_statements", broken)


@pytest.mark.usefixtures("broken_dates")
def test_a_part_that_breaks_down_costs_only_what_it_adds(caplog: pytest.LogCaptureFixture) -> None:
    (s,) = enrich(DOCUMENT, [STATEMENT])
    assert s.speaker is not None
    assert (s.speaker.name, s.date) == ("Marta Kowal", None)
    assert s.act
    (record,) = caplog.records
    assert "dates could not be told (IndexError)" in record.getMessage()


@pytest.mark.usefixtures("broken_dates")
def test_who_looks_for_the_fault_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_TRACEBACK", "1")
    with pytest.raises(IndexError):
        enrich(DOCUMENT, [STATEMENT])


@pytest.mark.skipif(not (WEIGHTS / "tagger.onnx").exists(), reason="the model is not in this checkout")
def test_a_readers_own_actors(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    mine = tmp_path / "mine.toml"
    mine.write_text('[[actor]]\nid = "person:marta-kowal"\ntype = "person"\nname = "Marta Kowal"\ncountry = "POL"\n', encoding="utf8")
    (s,) = Reader(actors=mine).read(DOCUMENT)
    assert s.speaker is not None
    assert (s.speaker.id, s.speaker.country) == ("person:marta-kowal", "POL")
    monkeypatch.setenv("ONRECORD_ACTORS", str(mine))
    (s,) = Reader().read(DOCUMENT)
    assert s.speaker is not None
    assert s.speaker.id == "person:marta-kowal"
    (s,) = enrich(DOCUMENT, [STATEMENT])
    assert s.speaker is not None
    assert s.speaker.id == "person:marta-kowal"
    mine.write_text("[[actor]]\nid = 'x'\n", encoding="utf8")
    with pytest.raises(ActorFileError, match=r"mine\.toml"):
        Reader(actors=mine)


def test_who_holds_several_offices_speaks_in_the_one_that_is_named() -> None:
    text = "Premier Nikita S. Khrushchev promised that no ship would sail."
    document = Document(text, published="1962-10-24")
    (s,) = enrich(document, [statement(document, (0, 28), (29, 37), (38, 61))])
    assert s.speaker is not None
    assert (s.speaker.name, s.speaker.role, s.speaker.country) == ("Nikita Khrushchev", "Premier", "SUN")


def test_a_long_text_is_gone_through_in_sections_with_offsets_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "On Thursday Marta Kowal warned Peter Brandt that the port would close unless Riga paid.\n"
    document = Document(line * 12, published="2021-12-02")
    found = []
    for k in range(12):
        at = k * len(line)
        found.append(statement(document, (at + 12, at + 23), (at + 24, at + 30), (at + 44, at + len(line) - 2)))
    whole = enrich(document, found)
    monkeypatch.setattr("onrecord.enrich._SECTION", 3 * len(line) + 5)
    parts = enrich(document, found)
    assert [s.to_dict() for s in parts] == [s.to_dict() for s in whole]
    assert all(document.text[x.start : x.end] == x.text for s in parts for x in (*s.content, *s.condition))
    assert {document.text[t.start : t.end] for s in parts for t in (*s.targets, *s.addressees)}
    assert all(s.document is document for s in parts)
