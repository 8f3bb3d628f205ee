"""docs/sources.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from onrecord.sources import Limits, formats
from onrecord.sources.columns import FIELDS
from onrecord.sources.fetch import AGENT


@pytest.fixture(scope="module")
def handbook(root: Path) -> str:
    return (root / "docs" / "sources.md").read_text()


def test_every_format_is_described(handbook: str) -> None:
    table = handbook.split("## Formats")[1].split("**Several", maxsplit=1)[0]
    for f in formats().values():
        assert f"`{f.name}`" in table
        for library in f.needs:
            assert {"docx": "python-docx", "lxml_html_clean": "lxml"}.get(library, library) in table


def test_every_bound_is_named_with_its_value(handbook: str) -> None:
    table = handbook.split("## Bounds")[1]
    for field in Limits._fields:
        assert f"`{field}`" in table
    limits, mib = Limits(), 1 << 20
    assert (limits.text, limits.expansion, limits.memory, limits.stream) == (64 * mib, 512 * mib, 1024 * mib, 4096 * mib)
    assert (limits.ratio, limits.depth, limits.members, limits.seconds, limits.seconds_per_mib) == (100, 4, 5_000_000, 10, 5)
    for words in ("64 MiB", "512 MiB or 100 times", "| 4 |", "5,000,000", "4 GiB", "10 s, and 5 s for each MiB", "1 GiB"):
        assert words in table


def test_fields_and_agent(handbook: str) -> None:
    for field in FIELDS:
        assert f"`{field}`" in handbook.split("## Columns")[1]
    assert AGENT.split("/")[0] == "onrecord"


def test_the_example_is_shown_as_it_is(handbook: str, root: Path) -> None:
    for file in ("onrecord_subtitles.py", "pyproject.toml"):
        assert (root / "examples" / "plug-in" / file).read_text() in handbook


def test_links_lead_somewhere(handbook: str, root: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", handbook):
        assert (root / "docs" / link).exists(), link
