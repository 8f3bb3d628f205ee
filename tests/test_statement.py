"""The central value and its contract."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from onrecord import Document, Span, Statement
from onrecord.document import parse_published
from onrecord.errors import SpanError, UsageError
from onrecord.statement import statement_id

TEXT = "Rusk said the ships had turned."
DOCUMENT = Document(TEXT, path="a.txt", published="1962-10-24")


def made(**changes: object) -> Statement:
    source, cue, content = (Span(0, 4, "Rusk"),), (Span(5, 9, "said"),), (Span(10, 30, "the ships had turned"),)
    s = Statement(statement_id(DOCUMENT.digest, source, cue, content), DOCUMENT, "indirect", source, cue, content, 0.9)
    return replace(s, **changes)  # type: ignore[arg-type]


def test_json_has_the_contracts_fields_in_order() -> None:
    d = json.loads(made().to_json())
    assert (
        list(d)
        == (
            "id document kind source cue content speaker addressees targets act plover cameo condition date "
            "polarity modality nested_in confidence"
        ).split()
    )
    assert d["document"] == {"id": DOCUMENT.id, "path": "a.txt", "title": None, "published": "1962-10-24", "outlet": None}
    assert d["content"] == [{"start": 10, "end": 30, "text": "the ships had turned"}]
    assert (d["act"], d["speaker"], d["date"], d["targets"]) == (None, None, None, [])


def test_the_id_hangs_on_text_and_spans_alone() -> None:
    a = made()
    moved = replace(DOCUMENT, path="elsewhere.txt", title="other")
    assert statement_id(moved.digest, a.source, a.cue, a.content) == a.id
    assert statement_id(DOCUMENT.digest, (), a.cue, a.content) != a.id
    assert statement_id(Document(TEXT + " ").digest, a.source, a.cue, a.content) != a.id
    # A source and a cue that change places are another statement.
    assert statement_id(DOCUMENT.digest, a.cue, a.source, a.content) != a.id


def test_a_span_must_hold_its_text() -> None:
    made().check()
    for bad in (Span(0, 4, "Rusc"), Span(0, 99, "Rusk"), Span(4, 4, ""), Span(-1, 3, "Rus")):
        with pytest.raises(SpanError):
            made(source=(bad,)).check()
    with pytest.raises(SpanError, match="out of order"):
        made(content=(Span(15, 20, "ships"[:5]) if TEXT[15:20] == "ships" else Span(14, 19, TEXT[14:19]), Span(10, 13, "the"))).check()
    with pytest.raises(SpanError, match="no span"):
        made(source=(), cue=(), content=()).check()


def test_statements_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        made().kind = "direct"  # type: ignore[misc]


def test_a_document_with_lone_surrogates_has_a_digest() -> None:
    assert len(Document("a\ud800b").digest) == 64


@pytest.mark.parametrize(
    ("value", "expected"), [("2021-12-02", "2021-12-02"), (" 2021-12-02T09:30+03:00 ", "2021-12-02T09:30:00+03:00"), (None, None)]
)
def test_published_is_checked(value: str | None, expected: str | None) -> None:
    assert parse_published(value) == expected


@pytest.mark.parametrize("value", ["yesterday", "02/12/2021", "2021-13-01", ""])
def test_published_that_is_no_date_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="2021-12-02"):
        parse_published(value)
