"""The plug-in of the handbook, as an installed package would bring it."""

from __future__ import annotations

import io
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import made
import pytest

from onrecord.document import Document
from onrecord.errors import DamagedError, EmptyError
from onrecord.sources import formats, open_source, pool

SUBTITLES = (
    "1\n00:00:01,000 --> 00:00:04,000\nThe minister said the talks\nhad failed.\n\n2\n00:00:05,000 --> 00:00:07,500\n“No,” she said.\n"
)
TEXT = "The minister said the talks had failed.\n“No,” she said."


@pytest.fixture
def example(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The example's folder, with what pip would write about it beside it on the path."""
    folder = root / "examples" / "plug-in"
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = tmp_path / "onrecord_subtitles-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = project["entry-points"]["onrecord.sources"]
    (info / "entry_points.txt").write_text("[onrecord.sources]\n" + "".join(f"{k} = {v}\n" for k, v in points.items()))
    for path in (str(tmp_path), str(folder)):
        monkeypatch.syspath_prepend(path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(folder), os.environ.get("PYTHONPATH", "")]))
    pool._stop_all()
    formats.cache_clear()
    yield folder
    pool._stop_all()
    formats.cache_clear()
    sys.modules.pop("onrecord_subtitles", None)


@pytest.mark.parametrize("name", ["a.srt", "noending", "a.txt"])
def test_the_example_reads(example: Path, name: str) -> None:
    for data in (SUBTITLES.encode(), SUBTITLES.replace("\n", "\r\n").encode("utf-8-sig")):
        (document,) = open_source(io.BytesIO(data), name=name)
        assert isinstance(document, Document)
        assert (document.text, document.path, document.reader, document.language) == (TEXT, name, "subtitles/1", "en")


def test_the_example_in_an_archive_and_its_faults(example: Path) -> None:
    data = made.zipped(
        {"a.srt": SUBTITLES.encode(), "b.srt": b"1\n00:00:01,000 --> 00:00:04,000\n", "c.srt": b"1\n00:00:01,000 --> \0\1\2"}
    )
    got = list(open_source(io.BytesIO(data), name="a.zip"))
    assert [type(g) for g in got] == [Document, EmptyError, DamagedError]
    assert getattr(got[0], "path", None) == "a.zip#a.srt"


def test_a_plug_in_that_does_not_load_takes_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[onrecord.sources]\nbroken = no_such_module_here:FORMAT\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    formats.cache_clear()
    try:
        with pytest.warns(UserWarning, match="'broken'.*left out"):
            assert "text" in formats()
    finally:
        formats.cache_clear()
