"""Columns: known names, mappings, damage in single rows."""

from __future__ import annotations

import hashlib
import io
import json

import pytest

from onrecord.document import Document
from onrecord.errors import DamagedError, EmptyError, TooLargeError, UsageError
from onrecord.sources import Limits, open_source
from onrecord.sources.columns import recognise, resolve


def read(data: bytes, name: str, **options: object) -> list[object]:
    return list(open_source(io.BytesIO(data), name=name, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["text", "label"], {"text": "text"}),
        (["article", "highlights", "id"], {"text": "article"}),
        (["Headline", "Full_Text", "Publication-Date", "Newspaper"],
         {"text": "Full_Text", "title": "Headline", "published": "Publication-Date", "outlet": "Newspaper"}),
        (["GKGRECORDID", "V2.1DATE", "V2SOURCECOMMONNAME", "V2DOCUMENTIDENTIFIER", "content"],
         {"text": "content", "published": "V2.1DATE", "outlet": "V2SOURCECOMMONNAME", "url": "V2DOCUMENTIDENTIFIER"}),
        (["SQLDATE", "SOURCEURL", "Actor1Name"], {"published": "SQLDATE", "url": "SOURCEURL"}),
        (["maintext", "date_publish", "source_domain", "authors", "language"],
         {"text": "maintext", "published": "date_publish", "outlet": "source_domain", "author": "authors", "language": "language"}),
    ],
)  # fmt: skip
def test_known_names(names: list[str], expected: dict[str, str]) -> None:
    assert recognise(names) == expected


def test_mapping_wins_and_is_completed() -> None:
    assert resolve(["text", "story", "date"], {"text": "story"}) == {"text": "story", "published": "date"}
    with pytest.raises(UsageError, match="no column 'x'"):
        resolve(["a"], {"text": "x"})
    with pytest.raises(UsageError, match="--map text=COLUMN"):
        resolve(["a", "b"], {})


def test_unknown_field_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no field 'body'"):
        list(open_source("a.csv", mapping={"body": "text"}))
    with pytest.raises(UsageError, match="no format 'x'"):
        list(open_source("a.csv", format="x"))


def test_nested_fields() -> None:
    row = {"id": 1, "article": {"body": [{"p": "He said no to them all."}], "lines": ["One.", "Two."]}, "authors": ["A B", {"name": "C D"}]}
    (document,) = read(json.dumps(row).encode(), "a.jsonl", mapping={"text": "article.lines", "author": "authors"})
    assert isinstance(document, Document)
    assert (document.text, document.author) == ("One.\n\nTwo.", "A B, C D")
    (document,) = read(json.dumps(row).encode(), "a.jsonl", mapping={"text": "article.body.p"})
    assert isinstance(document, Document)
    assert document.text == "He said no to them all."


def test_bad_lines_do_not_stop_the_rest() -> None:
    lines = b'{"text": "He said no."}\nnot json\n[1]\n{"text": ""}\n\n{"text": "She said yes."}\n'
    got = read(lines, "a.jsonl")
    assert [type(g) for g in got] == [Document, DamagedError, DamagedError, EmptyError, Document]
    assert str(got[1]).startswith("a.jsonl#2:")
    assert isinstance(got[4], Document)
    assert got[4].path == "a.jsonl#6"


def test_long_line_is_passed_over() -> None:
    data = b'{"text": "' + b"x" * 5000 + b'"}\n{"text": "She said yes."}\n'
    got = read(data, "a.jsonl", limits=Limits(text=1000))
    assert [type(g) for g in got] == [TooLargeError, Document]


def test_markup_in_a_column_becomes_text() -> None:
    (document,) = read(json.dumps({"content": "<p>He said &quot;no&quot;.</p><p>She left.</p>"}).encode(), "a.jsonl")
    assert isinstance(document, Document)
    assert document.text == 'He said "no".\n\nShe left.'


def test_csv_quotes_line_breaks_and_encodings() -> None:
    table = 'title,text\n"A, b","He said ""no"".\nShe left – at once."\n'
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        (document,) = read(table.encode(encoding), "a.csv")
        assert isinstance(document, Document)
        assert (document.title, document.text) == ("A, b", 'He said "no".\nShe left – at once.')


def test_csv_as_excel_writes_it() -> None:
    table = 'title;text\r\nA;"He said – ""no""."\r\n'
    for data in (
        table.replace(";", "\t").encode("utf-16"),
        b"sep=;\r\n" + table.encode("cp1252"),
        b"\xef\xbb\xbfsep=;\r\n" + table.encode(),
    ):
        (document,) = read(data, "a.csv")
        assert isinstance(document, Document)
        assert (document.title, document.text) == ("A", 'He said – "no".')


def test_what_would_not_fit_in_memory_is_refused() -> None:
    lists = b"[" + b"[]," * 4_000_000 + b"[]]"
    assert [type(g) for g in read(lists, "a.json")] == [TooLargeError]
    assert [type(g) for g in read(b'{"text": ' + lists + b"}\n" + b'{"text": "She said yes."}\n', "a.jsonl")] == [TooLargeError, Document]
    wide = ",".join(f"c{i}" for i in range(10_001))
    assert [type(g) for g in read(f"text,{wide}\nHe said no.\n".encode(), "a.csv")] == [TooLargeError]
    tags = json.dumps({"text": "<p>" * 1_000_001}).encode()
    assert [type(g) for g in read(tags, "a.jsonl")] == [TooLargeError]


def test_digest_is_of_the_row() -> None:
    one, two = read(b'text,title\n"He said\nno.",a\nShe said yes.,b\n', "a.csv")
    assert isinstance(one, Document)
    assert isinstance(two, Document)
    assert one.source_digest == hashlib.sha256(b'"He said\nno.",a\n').hexdigest()
    assert two.source_digest == hashlib.sha256(b"She said yes.,b\n").hexdigest()


def test_csv_that_is_never_closed_ends_with_an_error() -> None:
    got = read(b'title,text\na,He said no.\nb,"open' + b"\nmore" * 5000, "a.csv", limits=Limits(text=10_000))
    assert [type(g) for g in got] == [Document, DamagedError]


def test_lone_surrogates_in_json_do_no_harm() -> None:
    (document,) = read(b'{"text": "He said \\ud800 no."}', "a.jsonl")
    assert isinstance(document, Document)
    document.text.encode("utf-8")
