"""Archives and compressed files: what is in them is read as if it lay there unpacked, within bounds. Nothing is written to disk by name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, cast

from onrecord.errors import DamagedError, EmptyError, SourceError, UnreadableError
from onrecord.sources.budget import Meter
from onrecord.sources.item import Item, one_line

__all__ = ["read_bzip2", "read_gzip", "read_tar", "read_xz", "read_zip"]


def _metered(item: Item, stream: BinaryIO, path: str) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(Meter(stream, path, item.budget), 1 << 16))


def _skipped(name: str) -> bool:
    """Folders' own entries and what systems leave in archives unasked."""
    parts = name.replace("\\", "/").split("/")
    return name.endswith("/") or parts[0] == "__MACOSX" or any(p.startswith(".") and p not in (".", "..") for p in parts)


def read_zip(item: Item) -> Iterator[Item | SourceError]:
    """Yield the members of a zip archive in the order of its directory."""
    with item.seekable() as file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            yield DamagedError(item.path, "it is not a sound zip archive", "it may have been cut off in the download")
            return
        any_member = False
        with archive:
            for info in archive.infolist():
                if _skipped(info.filename):
                    continue
                any_member = True
                name = one_line(info.filename)
                if info.flag_bits & 1:
                    yield UnreadableError(f"{item.path}#{name}", "it is locked with a password", "unpack it first")
                    continue
                try:
                    with archive.open(info) as member:
                        yield item.inner(name, _metered(item, cast(BinaryIO, member), f"{item.path}#{name}"))
                except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as e:
                    yield DamagedError(f"{item.path}#{name}", f"it cannot be unpacked: {str(e)[:100]}")
        if not any_member:
            yield EmptyError(item.path, "the archive is empty")


def read_tar(item: Item) -> Iterator[Item | SourceError]:
    """Yield the files in a tar archive; links, devices and folders are passed over."""
    try:
        with tarfile.open(fileobj=item.stream, mode="r|") as archive:
            for member in archive:
                if member.isfile() and not _skipped(member.name) and (stream := archive.extractfile(member)) is not None:
                    name = one_line(member.name.removeprefix("./"))
                    yield item.inner(name, _metered(item, cast(BinaryIO, stream), f"{item.path}#{name}"))
                archive.members = []  # type: ignore[attr-defined]  # it keeps every member's header otherwise
    except tarfile.TarError as e:
        yield DamagedError(item.path, f"it is not a sound tar archive: {str(e)[:100]}")


def _unpacked(item: Item, stream: BinaryIO, endings: tuple[str, ...]) -> Item:
    """What is inside one compressed file goes by the file's own name, less the ending."""
    name = item.name or item.path
    for ending, instead in ((".tgz", ".tar"), *((e, "") for e in endings)):
        if name.lower().endswith(ending):
            name = name[: -len(ending)] + instead
            break
    return replace(item, stream=_metered(item, stream, item.path), name=name, depth=item.depth + 1, data=None, digest=None, file=None)


def read_gzip(item: Item) -> Iterator[Item | SourceError]:
    """Yield the content of a gzip file, of one member or of many."""
    with gzip.GzipFile(fileobj=item.stream, mode="rb") as stream:
        yield _unpacked(item, cast(BinaryIO, stream), (".gz",))


def read_bzip2(item: Item) -> Iterator[Item | SourceError]:
    """Yield the content of a bzip2 file."""
    with bz2.BZ2File(item.stream, "rb") as stream:
        yield _unpacked(item, cast(BinaryIO, stream), (".bz2",))


def read_xz(item: Item) -> Iterator[Item | SourceError]:
    """Yield the content of an xz file."""
    with lzma.LZMAFile(item.stream, "rb") as stream:
        yield _unpacked(item, cast(BinaryIO, stream), (".xz", ".lzma"))
