"""What is to be read: paths, folders, patterns, lists of them and addresses, as the files they stand for."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from onrecord.errors import SourceError, UnreadableError, UsageError
from onrecord.scale.place import filesystem, is_remote

__all__ = ["Input", "find"]


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read.

    ``path``: as the caller named it; documents and errors call it so. ``name``: of its results, without an ending: the same
    for the same place, however it was reached. ``size``: in bytes, null if unknown. ``mark``: changes when the file does, as far
    as its disk or store tells; empty if it does not tell.
    """

    path: str
    name: str
    size: int | None
    mark: str

    @property
    def remote(self) -> bool:
        return is_remote(self.path)


def find(inputs: Iterable[str | os.PathLike[str]]) -> Iterator[Input | SourceError]:
    """Yield each file once, in the order of ``inputs``. ``@list.txt`` stands for the lines of that file.

    What does not exist is yielded as a SourceError. Raises UsageError for an address whose library is not installed.
    """
    seen: set[str] = set()
    for given in inputs:
        text = os.fspath(given)
        for line in _lines(text[1:]) if text.startswith("@") and not os.path.lexists(text) else (text,):
            found = line if isinstance(line, SourceError) else _remote(line) if is_remote(line) else _local(line)
            for got in (found,) if isinstance(found, SourceError) else found:
                if isinstance(got, SourceError):
                    yield got
                elif got.name not in seen:
                    seen.add(got.name)
                    yield got


def _lines(path: str) -> Iterator[str | SourceError]:
    try:
        if is_remote(path):
            fs, inner = filesystem(path)
            with fs.open(inner, "rb") as stream:
                text = stream.read().decode("utf-8-sig")
        else:
            text = Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f"@{path}: there is no such list") from None
    except UnicodeDecodeError:
        raise UsageError(f"@{path}: the list is not text in UTF-8") from None
    except OSError as e:
        raise UsageError(f"@{path}: the list cannot be read: {e.strerror or e}") from e
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _local(text: str) -> Iterator[Input | SourceError]:
    from onrecord.sources import expand

    for found in expand([text.removeprefix("file://")]):
        if isinstance(found, SourceError):
            yield found
            continue
        path = os.fspath(found)
        try:
            stat = os.stat(path)
        except (OSError, ValueError) as e:
            yield UnreadableError(path, f"it cannot be read: {getattr(e, 'strerror', None) or e}")
            continue
        yield Input(path, _name(os.path.abspath(path), path), stat.st_size, f"{stat.st_size}-{stat.st_mtime_ns}")


def _remote(address: str) -> Iterator[Input | SourceError]:
    fs, path = filesystem(address)
    scheme = address.partition("://")[0]
    try:
        if scheme in ("http", "https"):  # which has no folders: asking for one would fetch the file and look for links in it
            found = {path: fs.info(path)}
        elif any(c in path for c in "*?["):
            found = fs.glob(path, detail=True)
        elif fs.isdir(path):
            found = fs.find(path, detail=True)
        else:
            found = {path: fs.info(path)}
    except FileNotFoundError:
        yield UnreadableError(address, "there is no such file", "check the address")
        return
    except Exception as e:  # a store's library raises what it likes
        yield UnreadableError(address, f"its store cannot be read: {' '.join(str(e).split())[:200] or type(e).__name__}")
        return
    if not found:
        yield UnreadableError(address, "no file matches it")
    for inner in sorted(found):
        info = found[inner]
        if info.get("type") == "directory":
            continue
        named = inner if is_remote(inner) else fs.unstrip_protocol(inner)
        known = next((str(info[k]) for k in ("ETag", "etag", "md5Hash", "mtime", "LastModified", "created") if info.get(k)), "")
        yield Input(named, _name(named, named), info.get("size"), f"{info.get('size')}-{known}" if known else "")


def _name(place: str, path: str) -> str:
    """A file name that tells a person which input it is, and a program that it is no other."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", path.rstrip("/").rsplit("/", 1)[-1]).strip("._")[:80] or "input"
    return f"{stem}-{hashlib.sha256(place.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"
