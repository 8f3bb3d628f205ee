"""Paths, folders and globs to the files they stand for, in an order that does not change from machine to machine."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from onrecord.errors import SourceError, UnreadableError

__all__ = ["expand", "is_address"]


def expand(paths: Iterable[str | Path]) -> Iterator[Path | str | SourceError]:
    """Yield each file that ``paths`` name: a file as it is, a folder's files at any depth, a pattern's matches, a web address as it is.

    Folders are walked in code-point order of their names, files and folders together; hidden names (``.git``) are passed over, a folder
    reached twice through links is entered once, and what is neither file nor folder (a pipe, a device) is left out of walks.
    A path that does not exist, or a pattern that matches nothing, is yielded as an UnreadableError.
    """
    for path in paths:
        text = os.fspath(path)
        if is_address(path):
            yield text
            continue
        if os.path.lexists(text) or not glob.has_magic(text):
            yield from _one(Path(text))
            continue
        found = sorted(glob.glob(text, recursive=True))
        if not found:
            yield UnreadableError(text, "no file matches this pattern")
        for match in found:
            # "**" already lists what is in each folder; entering the folders too would give every file twice.
            if "**" in text and os.path.isdir(match):
                continue
            yield from _one(Path(match))


def is_address(path: object) -> bool:
    """Is it a web address and not a file? (A ``Path`` never is: it would have lost one of its slashes.)"""
    return isinstance(path, str) and re.match(r"(?i)https?://", path) is not None


def _one(path: Path) -> Iterator[Path | SourceError]:
    if path.is_dir():
        yield from _walk(path, set())
    elif os.path.lexists(path):
        yield path
    else:
        yield UnreadableError(str(path), "there is no such file", "check the name")


def _walk(folder: Path, above: set[tuple[int, int]]) -> Iterator[Path | SourceError]:
    pending: list[Iterator[os.DirEntry[str]]] = []
    seen = above

    def enter(at: Path) -> SourceError | None:
        try:
            stat = os.stat(at)
            if (stat.st_dev, stat.st_ino) in seen:
                return None
            seen.add((stat.st_dev, stat.st_ino))
            with os.scandir(at) as entries:
                pending.append(iter(sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)))
        except OSError as e:
            return UnreadableError(str(at), f"the folder cannot be read: {(e.strerror or 'unknown error').lower()}")
        return None

    if error := enter(folder):
        yield error
    while pending:
        entry = next(pending[-1], None)
        if entry is None:
            pending.pop()
        elif _is(entry, "is_dir"):
            if error := enter(Path(entry.path)):
                yield error
        elif _is(entry, "is_file"):
            yield Path(entry.path)
        elif entry.is_symlink() and not os.path.exists(entry.path):
            yield UnreadableError(entry.path, "the link points to nothing")


def _is(entry: os.DirEntry[str], what: str) -> bool:
    try:
        return bool(getattr(entry, what)())
    except OSError:
        return False
