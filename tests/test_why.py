"""What `onrecord read --why` tells: speaker, date and act of a statement, each with its reason."""

from __future__ import annotations

import io
import json

import pytest
from click.testing import CliRunner

from onrecord.cli.read import command
from onrecord.cli.show import writer
from onrecord.document import Document
from onrecord.enrich import enrich
from onrecord.statement import Span, Statement, statement_id
from onrecord.why import Explained

TEXT = "Maria Zakharova said on Thursday that the talks had failed. She accused NATO of bad faith. Lund believes it.\n"


def said(document: Document, source: str, cue: str, content: str) -> Statement:
    at = lambda w: (Span(document.text.index(w), document.text.index(w) + len(w), w),)
    spans = at(source), at(cue), at(content)
    return Statement(statement_id(document.digest, *spans), document, "indirect", *spans, 0.9)


@pytest.fixture
def document() -> Document:
    return Document(TEXT, published="2021-12-02")


@pytest.fixture
def statements(document: Document) -> list[Statement]:
    return [
        said(document, "Maria Zakharova", "said on Thursday", "that the talks had failed"),
        said(document, "She", "accused", "NATO of bad faith"),
        said(document, "Lund", "believes", "it"),
    ]


def test_the_statements_are_those_that_enrich_gives(document: Document, statements: list[Statement]) -> None:
    assert Explained()(document, statements) == enrich(document, statements)
    assert Explained()(document, []) == []


def test_each_field_has_its_reason(document: Document, statements: list[Statement]) -> None:
    explained = Explained()
    first, second, third = explained(document, statements)
    told = {s.id: {(e.field, e.value): e.because for e in explained.reasons_of(s)} for s in (first, second, third)}
    assert "counted from the day of publication, 2021-12-02" in told[first.id]["date", "2021-12-02 to 2021-12-03"]
    because = [e.because for e in explained.reasons_of(second) if e.field == "speaker"]
    assert any("“She” points back" in b for b in because)
    assert any("last named before it as “Maria Zakharova” at 0" in b for b in because)
    assert "taken over from" in told[second.id]["date", "2021-12-02 to 2021-12-03"]
    assert any(e.field == "act" and e.value == "ACCUSE" and "accuse" in e.because.lower() for e in explained.reasons_of(second))
    assert told[second.id]["targets", "NATO"] == "object of “accused”"
    assert "the day of publication is not taken" in told[third.id]["date", "none"]


def test_an_undated_text_says_that_it_is_unresolved(statements: list[Statement]) -> None:
    document = Document(TEXT)
    explained = Explained()
    first = explained(document, [said(document, "Maria Zakharova", "said on Thursday", "that the talks had failed")])[0]
    (date,) = [e for e in explained.reasons_of(first) if e.field == "date"]
    assert date.value == "unresolved"
    assert "no publication date" in date.because


def test_cards_and_json_carry_the_reasons(document: Document, statements: list[Statement]) -> None:
    explained = Explained()
    done = explained(document, statements)
    for shape in ("cards", "jsonl"):
        out = io.StringIO()
        writer(shape, out, reasons=explained.reasons_of).document(document, done)
        if shape == "jsonl":
            rows = [json.loads(line) for line in out.getvalue().splitlines()]
            assert {"field", "value", "because"} == set(rows[0]["why"][0])
            assert list(rows[0])[:-1] == list(done[0].to_dict())
        else:
            assert "date: 2021-12-02 to 2021-12-03 – “Thursday”" in " ".join(out.getvalue().split())


def test_reasons_have_no_place_in_a_table() -> None:
    result = CliRunner().invoke(command, ["--why", "--format", "csv", "x.txt"])
    assert result.exit_code == 2
    assert "cards and jsonl" in result.output
