"""Folders and patterns to files."""

from __future__ import annotations

from pathlib import Path

import pytest

from onrecord.errors import UnreadableError
from onrecord.sources import expand


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b/2.txt", "b/10.txt", "a.txt", "c.txt", ".git/x.txt", "b/.hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def names(root: Path, *paths: str | Path) -> list[str]:
    return [str(p.relative_to(root)) if isinstance(p, Path) else type(p).__name__ for p in expand(paths)]


def test_folder_in_stable_order_without_hidden(tree: Path) -> None:
    assert names(tree, tree) == ["a.txt", "b/10.txt", "b/2.txt", "c.txt"]


def test_pattern(tree: Path) -> None:
    assert names(tree, str(tree / "*.txt")) == ["a.txt", "c.txt"]
    assert names(tree, str(tree / "**/*.txt")) == ["a.txt", "b/10.txt", "b/2.txt", "c.txt"]
    assert names(tree, str(tree / "*.pdf")) == ["UnreadableError"]


def test_missing_is_yielded_and_the_rest_goes_on(tree: Path) -> None:
    assert names(tree, tree / "no", tree / "a.txt") == ["UnreadableError", "a.txt"]


def test_link_loops_end(tree: Path) -> None:
    (tree / "b" / "loop").symlink_to(tree)
    (tree / "dead").symlink_to(tree / "nothing")
    assert names(tree, tree) == ["a.txt", "b/10.txt", "b/2.txt", "c.txt", "UnreadableError"]


def test_a_file_whose_name_looks_like_a_pattern(tree: Path) -> None:
    (tree / "[1].txt").write_text("x")
    assert names(tree, str(tree / "[1].txt")) == ["[1].txt"]
    assert isinstance(next(iter(expand([tree / "zz"]))), UnreadableError)
