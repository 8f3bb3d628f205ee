"""Formats are told by content, and plain text is never taken for more than it is."""

from __future__ import annotations

import io

import made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.document import Document
from onrecord.errors import SourceError
from onrecord.sources import formats, open_source
from onrecord.sources.detect import detect
from onrecord.sources.when import find_date, parse_date


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("From the start, he said, it was clear.\nSubject: to change.\n", "a.txt"),
        ("Subject: Talks\nDate: 2 December 2021\n\nHe said no.\n", "a.txt"),
        ("{He said} [no].\n", "a.txt"),
        ("[Begin recording] He said no.\n", "a.txt"),
        ("text, lies, and video: he said so\n", "a.txt"),
        ("<He> said that 3 < 4.\n", "a.txt"),
        ("# Heading\n\nHe said *no*.\n", "a.txt"),
        ("WARCRAFT, he said, was over.\n", "a.txt"),
        ("He said that the document, 2 of 3 documents, was lost. Copyright 2021 nobody. All rights reserved.\n", "a.txt"),
    ],
)
def test_plain_text_stays_plain(text: str, name: str) -> None:
    assert detect(text.encode(), name).name == "text"


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.zip", "a.parquet", "a.gz"])
def test_text_under_a_false_name_is_text(name: str) -> None:
    (document,) = open_source(io.BytesIO(made.TEXT.encode()), name=name)
    assert isinstance(document, Document)
    assert document.text == made.TEXT


def test_the_table_is_sound() -> None:
    table = formats()
    assert len({f.name for f in table.values()}) == len(table) == len({f.title for f in table.values()})
    for f in table.values():
        assert callable(f.reader())
        assert all(e.startswith(".") and e == e.lower() for e in f.endings)
        assert f.missing() == []


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=3000), name=st.sampled_from(["a", "a.txt", "a.csv", "a.json", "a.jsonl", "a.md", "a.eml", "a.mbox"]))
def test_any_bytes_give_documents_or_errors(data: bytes, name: str) -> None:
    got = list(open_source(io.BytesIO(data), name=name, isolate=False))
    assert got
    for g in got:
        assert isinstance(g, Document | SourceError)
        assert isinstance(g, Document) or "\n" not in str(g)


SEEDS = {"a.rtf": made.rtf(), "a.eml": made.email(marked=True), "a.jsonl": made.jsonl(), "a.csv": made.csv_table(), "a.txt": made.LEXIS.encode(), "f.txt": made.FACTIVA_CODED.encode(),  # noqa: E501
         "a.tar": made.tarred({"a.txt": b"He said no to them all."}), "a.gz": made.gzipped(made.TEXT.encode())}  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(name=st.sampled_from(sorted(SEEDS)), at=st.floats(0, 1), cut=st.integers(0, 200), insert=st.binary(max_size=40))
def test_damaged_files_give_documents_or_errors(name: str, at: float, cut: int, insert: bytes) -> None:
    data = SEEDS[name]
    i = int(at * len(data))
    got = list(open_source(io.BytesIO(data[:i] + insert + data[i + cut :]), name=name, isolate=False))
    assert got
    assert all(isinstance(g, Document | SourceError) for g in got)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2021-12-02", "2021-12-02"),
        ("2021-12-02T09:30:00Z", "2021-12-02T09:30:00+00:00"),
        ("Thu, 02 Dec 2021 09:30:00 +0100", "2021-12-02T09:30:00+01:00"),
        ("20211202", "2021-12-02"),
        ("20211202093000", "2021-12-02T09:30:00"),
        (20211202, "2021-12-02"),
        (1638437400, "2021-12-02T09:30:00+00:00"),
        (1638437400000, "2021-12-02T09:30:00+00:00"),
        ("December 2, 2021 Thursday 9:30 AM GMT", "2021-12-02"),
        ("2nd of December 2021", "2021-12-02"),
        ("2 Sept. 2021", "2021-09-02"),
        ("31/12/2021", "2021-12-31"),
        ("03/04/2021", None),
        ("February 30, 2021", None),
        ("Thursday", None),
        ("", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        ("99999999999999999999", None),
    ],
)
def test_dates(value: object, expected: str | None) -> None:
    assert parse_date(value) == expected


@given(st.text(max_size=60))
def test_dates_never_raise(text: str) -> None:
    for found in (parse_date(text), find_date(text)):
        assert found is None or len(found) >= 10
