"""Text in, statements out: what always holds, on our own dispatches and on the report the project began with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onrecord
from onrecord import Document, Reader, Statement
from onrecord.errors import SourceError, UsageError, WeightsError
from onrecord.reader import _blocks


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(threads=1)


@pytest.fixture(scope="module")
def dispatches(root: Path) -> list[Document]:
    return [Document(p.read_text(encoding="utf8"), path=p.name) for p in sorted((root / "examples" / "thirteen-days").glob("*.txt"))]


def holding(statements: list[Statement], words: str) -> Statement:
    """The outermost statement whose content holds these words, line breaks aside."""
    for s in statements:
        if s.nested_in is None and words in " ".join(" ".join(x.text for x in s.content).split()):
            return s
    raise AssertionError(f"no statement holds {words!r}")


def shown(spans: tuple[onrecord.Span, ...]) -> str:
    return " … ".join(" ".join(s.text.split()) for s in spans)


def test_every_span_holds_its_text_and_ids_differ(reader: Reader, dispatches: list[Document]) -> None:
    seen: set[str] = set()
    total = 0
    for document, statements in reader.read_many(dispatches):
        outer = {s.id for s in statements if s.nested_in is None}
        for s in statements:
            s.check()
            assert s.document is document
            assert 0 <= s.confidence <= 1
            assert s.nested_in is None or s.nested_in in outer
            assert s.id not in seen
            seen.add(s.id)
        total += len(outer)
    assert total > 8 * len(dispatches)


def test_the_same_input_gives_the_same_output(dispatches: list[Document]) -> None:
    once = [s.to_json() for _, ss in Reader(threads=1).read_many(dispatches) for s in ss]
    threads = [s.to_json() for _, ss in Reader(threads=3).read_many(dispatches) for s in ss]
    alone = Reader(threads=1)
    apart = [s.to_json() for d in dispatches for s in alone.read(d)]
    assert once == threads == apart


def test_nested_statements_lie_inside_the_content_that_reports_them(reader: Reader, dispatches: list[Document]) -> None:
    nested = 0
    for _, statements in reader.read_many(dispatches):
        by_id = {s.id: s for s in statements}
        for s in statements:
            if s.nested_in:
                nested += 1
                outer = by_id[s.nested_in].content
                assert any(x.start <= s.start and s.end <= x.end for x in outer)
    assert nested >= 5


def test_a_plain_sentence() -> None:
    (s,) = onrecord.read("The minister said the talks had failed.", published="2021-12-02")
    assert (shown(s.source), shown(s.cue), shown(s.content)) == ("The minister", "said", "the talks had failed")
    assert s.document.published == "2021-12-02"
    assert json.loads(s.to_json())["content"][0] == {"start": 18, "end": 38, "text": "the talks had failed"}


@pytest.mark.parametrize("text", ["", " \n ", "The", "\x00\x01", "\ud800", "“”" * 500, "said " * 3000, "a" * 100_000, "\n" * 5000])
def test_odd_texts_are_read_without_a_word(reader: Reader, text: str) -> None:
    for s in reader.read(Document(text)):
        s.check()


@given(st.text(alphabet=st.sampled_from(list("Hesaid tha“”\"'\n.,:—‘’«» Zq1\u202e\u0301")), max_size=200))
@settings(max_examples=40, deadline=None)
def test_any_text_keeps_the_invariant(text: str) -> None:
    for s in onrecord.read(text):
        s.check()


def test_a_publication_date_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="yesterday"):
        onrecord.read("He said so.", published="yesterday")


def test_files_are_read_and_bad_ones_named(tmp_path: Path) -> None:
    good = tmp_path / "a.txt"
    good.write_text("“The ships have turned,” Rusk said.\r\nNobody answered.\r\n", encoding="utf8", newline="")
    (s,) = onrecord.read_file(good, published="1962-10-24")
    assert s.document.path == str(good)
    assert s.document.text.count("\r\n") == 2
    with pytest.raises(SourceError, match=r"gone\.txt"):
        onrecord.read_file(tmp_path / "gone.txt")


def test_a_broken_model_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "tagger.onnx").write_bytes(b"not a graph")
    with pytest.raises(WeightsError, match="reinstall"):
        Reader(tmp_path)


def test_types_alone_do_not_load_the_model() -> None:
    code = "import sys, onrecord; onrecord.Statement; assert 'onnxruntime' not in sys.modules and 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_public_names() -> None:
    assert sorted(onrecord.__all__) == ["Document", "OnrecordError", "Reader", "Span", "Speaker", "Statement", "read", "read_file"]
    for name in onrecord.__all__:
        assert getattr(onrecord, name)
    with pytest.raises(AttributeError):
        onrecord.nothing_of_the_kind  # noqa: B018


class TestTheSeed:
    """The report the project began with: lines broken by blank lines, nearly all of it reported speech."""

    @pytest.fixture(scope="class", name="found")
    @staticmethod
    def read_seed(shared: Path, reader: Reader) -> list[Statement]:
        (path,) = (shared / "seed").glob("*.txt")
        text = path.read_bytes().decode("utf8")
        statements = reader.read(Document(text, path=path.name))
        for s in statements:
            s.check()
        return statements

    @pytest.mark.parametrize(
        ("words", "source", "cue", "kind"),
        [
            ("is a red line for Moscow", "Russia’s Foreign Ministry", "said", "indirect"),
            ("if the situation on the border", "spokeswoman Maria Zakharova", "warned of", "mixed"),
            ("a military conflict is imminent", "some Western publications", "suggesting", "indirect"),
            ("will not move an inch eastwards,”", "Zakharova", "said", "direct"),
            ("current sad state of European security.”", "Zakharova", "said", "direct"),
            ("We are convinced", "she", "continued", "direct"),
            ("dragging Kiev into the military orbit", "Zakharova", "According to", "mixed"),
            ("could destabilize Europe", "she", "said", "indirect"),
            ("potential sanctions against Moscow", "the bloc", "spoke about", "indirect"),
            ("would defend Kiev", "it", "also refused to guarantee", "indirect"),
            ("fighting imaginary threats", "Zakharova", "believes", "mixed"),
            ("One of the pivotal topics", "she", "said", "direct"),
            ("it is NATO that has approached us.”", "she", "said", "direct"),
        ],
    )
    def test_who_said_it(self, found: list[Statement], words: str, source: str, cue: str, kind: str) -> None:
        s = holding(found, words)
        assert (shown(s.source), shown(s.cue), s.kind) == (source, cue, kind)

    def test_interrupted_quotes_are_one_statement_in_two_parts(self, found: list[Statement]) -> None:
        assert holding(found, "an inch eastwards") is holding(found, "sad state of European security")
        assert holding(found, "One of the pivotal topics") is holding(found, "NATO that has approached us")
        assert len(holding(found, "an inch eastwards").content) == 2

    def test_the_assurance_is_nested_in_what_zakharova_said(self, found: list[Statement]) -> None:
        outer = holding(found, "an inch eastwards")
        (inner,) = [s for s in found if s.nested_in == outer.id and "assured" in shown(s.cue)]
        assert "NATO’s jurisdiction and military forces will not move" in shown(inner.content)

    def test_nothing_is_invented(self, found: list[Statement]) -> None:
        assert 11 <= len([s for s in found if s.nested_in is None]) <= 18


def test_a_document_that_breaks_the_reader_loses_no_other() -> None:
    def stage(document: Document, statements: Sequence[Statement], _mentions: object, _acts: object) -> list[Statement]:
        if "poison" in document.text:
            raise ZeroDivisionError
        return list(statements)

    documents = [Document(f"The minister said the {thing} had failed.") for thing in ("talks", "poison", "truce")]
    lost: list[tuple[Document, Exception]] = []
    read = list(Reader(stage=stage).read_many(documents, failed=lambda d, e: lost.append((d, e))))
    assert [d.text for d, _ in read] == [documents[0].text, documents[2].text]
    assert all(statements for _, statements in read)
    assert [(d.text, type(e)) for d, e in lost] == [(documents[1].text, ZeroDivisionError)]
    with pytest.raises(ZeroDivisionError):
        list(Reader(stage=stage).read_many(documents))


def test_blocks_are_bounded_in_documents_and_in_characters() -> None:
    sizes = [len(b) for b in _blocks((Document("x" * 30_000) for _ in range(9)), 64)]
    assert sizes == [4, 4, 1]
    assert [len(b) for b in _blocks((Document("x") for _ in range(130)), 64)] == [64, 64, 2]
