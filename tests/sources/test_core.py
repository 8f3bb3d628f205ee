"""The core install, without the extra: what it reads, what it says of the rest, and what importing it costs."""

from __future__ import annotations

import builtins
import importlib
import io
import subprocess
import sys
from typing import Any

import made
import pytest

from onrecord.document import Document
from onrecord.errors import UnsupportedError
from onrecord.sources import open_source

EXTRA = {"trafilatura", "lxml", "pypdfium2", "docx", "striprtf", "fastwarc", "feedparser", "pyarrow", "py3langid", "charset_normalizer"}


@pytest.fixture
def core_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no library of the extra were installed."""
    for name in list(sys.modules):
        if name.split(".")[0] in EXTRA:
            monkeypatch.delitem(sys.modules, name)
    real_import = builtins.__import__

    def refuse(name: str, *args: Any, **options: Any) -> Any:
        if name.split(".", maxsplit=1)[0] in EXTRA:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real_import(name, *args, **options)

    class Finder:
        def find_spec(self, name: str, *_: object) -> None:
            if name.split(".", maxsplit=1)[0] in EXTRA:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (made.TEXT.encode(), "a.txt"),
        (made.TEXT.encode("cp1252"), "a.txt"),
        (made.TEXT.encode(), "a.md"),
        (made.email(), "a.eml"),
        (made.csv_table(), "a.csv"),
        (made.jsonl(), "a.jsonl"),
        (made.zipped({"a.txt": made.TEXT.encode()}), "a.zip"),
        (made.gzipped(made.TEXT.encode()), "a.txt.gz"),
        ("\n".join(made.NEXIS).encode(), "a.txt"),
    ],
)
def test_core_reads(core_only: None, data: bytes, name: str) -> None:
    got = list(open_source(io.BytesIO(data), name=name, isolate=False))
    assert isinstance(got[0], Document)
    assert got[0].text == made.TEXT


@pytest.mark.parametrize(
    ("data", "name", "library"),
    [
        (made.html(), "a.html", "trafilatura"),
        (made.pdf(), "a.pdf", "pypdfium2"),
        (made.docx(), "a.docx", "python-docx"),
        (made.rtf(), "a.rtf", "striprtf"),
        (made.rss(), "a.rss", "feedparser"),
        (made.warc(), "a.warc", "fastwarc"),
        (made.parquet(), "a.parquet", "pyarrow"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_missing_library_is_one_line_with_what_to_do(core_only: None, data: bytes, name: str, library: str) -> None:
    (error,) = open_source(io.BytesIO(data), name=name, isolate=False)
    assert isinstance(error, UnsupportedError)
    assert repr(library) in str(error)
    assert "pip install 'onrecord[sources]'" in str(error)
    assert "\n" not in str(error)


def test_a_library_that_lacks_a_part_of_its_own_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """trafilatura without lxml_html_clean raises an ImportError that names no module."""
    from onrecord.sources.formats import Format

    def broken(name: str) -> None:
        raise ImportError("lxml.html.clean module is now a separate project")

    monkeypatch.setattr(importlib, "import_module", broken)
    with pytest.raises(ImportError) as e:
        Format("x", "x", (), "x:y", needs=("trafilatura", "not_installed_here")).reader()
    assert e.value.name == "not_installed_here"


def test_importing_and_reading_plain_text_loads_nothing_heavy() -> None:
    code = f"""
import io, sys
from onrecord.sources import open_source
(document,) = open_source(io.BytesIO(b"He said on Thursday that the talks were over and that it was to be so."), name="a.txt")
assert document.language == "en", document
print(sorted({{m.split(".")[0] for m in sys.modules}} & {EXTRA | {"numpy", "pandas", "rich", "markdown_it"}!r}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
