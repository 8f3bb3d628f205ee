"""Plain text in, its Document out: encodings, bounds, first lines."""

from __future__ import annotations

import codecs
import dataclasses
import io
import time
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from onrecord.document import Document
from onrecord.errors import BinaryError, EmptyError, SourceError, TooLargeError, UnreadableError
from onrecord.sources import Limits, open_source
from onrecord.sources.detect import detect
from onrecord.sources.text import header

NEWS = "Zakharova said “no” on Thursday.\r\n\r\nShe’s in Köln – the café…\n\tand said: ‘No talks.’\n"
RUSSIAN = "Путин заявил о готовности к переговорам.\nЗахарова сказала: «Мы готовы».\n"


def one(data: bytes, **options: object) -> Document:
    (document,) = open_source(io.BytesIO(data), **options)  # type: ignore[arg-type]
    assert isinstance(document, Document), document
    return document


def fault(data: bytes, **options: object) -> SourceError:
    (error,) = open_source(io.BytesIO(data), **options)  # type: ignore[arg-type]
    assert isinstance(error, SourceError)
    return error


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252", "mac_roman"]
)
def test_text_is_the_decoded_content_unchanged(encoding: str) -> None:
    assert one(NEWS.encode(encoding)).text == NEWS


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-8"])
def test_cyrillic(encoding: str) -> None:
    text = RUSSIAN if encoding != "koi8-r" else RUSSIAN.replace("«", '"').replace("»", '"')
    assert one(text.encode(encoding)).text == text


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE])
def test_big_endian_marks(mark: bytes) -> None:
    name = "utf-16-be" if len(mark) == 2 else "utf-32-be"
    assert one(mark + NEWS.encode(name)).text == NEWS


def test_utf8_with_stray_cp1252_bytes_keeps_both() -> None:
    assert one("“Köln” and “Zürich” said ".encode() + b"\x93no\x94\n").text == "“Köln” and “Zürich” said “no”\n"


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1).filter(lambda t: t.strip() and not t.startswith("\ufeff")))
def test_any_utf8_text_survives_or_is_refused_as_binary(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    assume(detect(data, "a.txt").name == "text")  # some few characters make it a web page or a mailbox
    (out,) = open_source(io.BytesIO(data), name="a.txt")
    assert isinstance(out, BinaryError) or out.text == text  # type: ignore[union-attr]


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_empty(data: bytes) -> None:
    assert isinstance(fault(data), EmptyError)


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x00" * 1000, b"\x7fELF\x02\x01\x01" + b"\x00\x01\x02" * 100])
def test_binary(data: bytes) -> None:
    assert isinstance(fault(data), BinaryError)


def test_too_large() -> None:
    error = fault(b"word " * 1000, limits=Limits(text=1024))
    assert isinstance(error, TooLargeError)
    assert "1 KiB" in str(error)


def test_missing_folder_and_bad_name(tmp_path: Path) -> None:
    for path in (tmp_path / "no.txt", tmp_path, "a\0b"):
        (error,) = open_source(path)
        assert isinstance(error, UnreadableError)
        assert "\n" not in str(error)


def test_a_stream_that_fails_is_an_error_not_an_exception() -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, n: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    (error,) = open_source(Broken())  # type: ignore[arg-type]
    assert isinstance(error, UnreadableError)


def test_path_is_as_the_caller_named_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("He said so.")
    monkeypatch.chdir(tmp_path)
    (document,) = open_source("./a.txt")
    assert isinstance(document, Document)
    assert document.path == "./a.txt"
    (document,) = open_source("a.txt", name="the report")
    assert dataclasses.asdict(document)["path"] == "the report"  # type: ignore[call-overload]


HEADERS = [
    (
        "Kremlin rejects ceasefire plan\n\nMOSCOW, Dec. 2, 2021 (TASS) - Moscow said no.\n",
        {"title": "Kremlin rejects ceasefire plan", "outlet": "TASS", "published": "2021-12-02"},
    ),
    (
        "Talks end in Geneva without result\nBy Anna Example\n\nGENEVA — The envoys said little.\n",
        {"title": "Talks end in Geneva without result", "author": "Anna Example"},
    ),
    (
        "Title: A plan for peace\nDate: 3 March 2020\nSource: The Example Post\n\nThe minister said so.\n",
        {"title": "A plan for peace", "published": "2020-03-03", "outlet": "The Example Post"},
    ),
    ("The minister said on Thursday that the\ntalks would go on.\n", {}),
    ("The minister said that the talks would go on until the end of the\n\nand that nobody would be left out of them in the\n", {}),
    ("He said no.\n", {}),
    ("Date: 03/04/2021\n\nHe said no.\n", {}),
]


@pytest.mark.parametrize(("text", "expected"), HEADERS)
def test_header(text: str, expected: dict[str, str]) -> None:
    assert header(text) == expected


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl"])
@pytest.mark.parametrize("start", ["", "MOSCOW, ", "By Anna", "text,title\n"])
def test_time_grows_with_length_only(name: str, start: str) -> None:
    """White space, digits and half-open marks in bulk: what patterns with two ways to match take the square of."""
    for token in (" ", "\n", "\t", "1", "A", "A.", " A", "Document A1", "1 of 1 ", "<p", "<!--", '<a "', "<p hidden", "(", "\u00a0", "&"):
        began = time.process_time()
        list(open_source(io.BytesIO((start + token * (40_000 // len(token))).encode()), name=name))
        assert time.process_time() - began < 3, token  # milliseconds where it is linear, many seconds where it is not


def test_seed(shared: Path) -> None:
    (path,) = sorted((shared / "seed").glob("*.txt"))[:1]
    (document,) = open_source(path)
    assert isinstance(document, Document)
    assert document.text == path.read_bytes().decode("utf-8")
    assert document.title is None
