"""Files that are there whole or not at all: written under another name beside their place, then renamed."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from onrecord.errors import OutputError

__all__ = ["guard", "whole_file", "whole_folder"]


@contextmanager
def guard(path: str | Path) -> Iterator[None]:
    """Turn the system's errors into an OutputError that names ``path`` and says what to do."""
    try:
        yield
    except BrokenPipeError:  # the shell's own matter: the reader of a pipe went away
        raise
    except OSError as e:
        raise _plain(str(path), e) from e


def _plain(path: str, e: OSError) -> OutputError:
    if e.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return OutputError(path, "there is no room left to write it", "free some space and run again: nothing was left behind")
    if e.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OutputError(path, "it may not be written", "check the permissions of its folder")
    if e.errno in (errno.ENOENT, errno.ENOTDIR):
        return OutputError(path, "there is no such folder", "make it first")
    if e.errno == errno.EISDIR:
        return OutputError(path, "it is a folder", "give the name of a file")
    return OutputError(path, f"it could not be written: {e.strerror or e}")


@contextmanager
def whole_file(path: str | Path) -> Iterator[IO[bytes]]:
    """A stream of bytes that becomes the file ``path`` when the block ends well, and leaves nothing behind when it does not.

    What was there before stays until then. A device or a pipe is written straight. Raises OutputError.
    """
    with guard(path):
        # A link stays a link: what it points to is replaced.
        place = Path(os.path.realpath(path))
        if place.exists() and not place.is_file():
            if place.is_dir():
                raise IsADirectoryError(errno.EISDIR, "it is a folder")
            with place.open("wb") as stream:
                yield stream
            return
        part = _beside(place)
        try:
            with part.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if place.exists():
                part.chmod(stat.S_IMODE(place.stat().st_mode))
            part.replace(place)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise


@contextmanager
def whole_folder(path: str | Path) -> Iterator[Path]:
    """A new folder that takes the name ``path`` when the block ends well. A folder with anything in it is never written over.

    Raises OutputError.
    """
    with guard(path):
        place = Path(os.path.realpath(path))
        if place.exists() and not place.is_dir():
            raise OutputError(str(path), "it is a file", "give the name of a folder")
        if place.is_dir() and any(place.iterdir()):
            raise OutputError(str(path), "the folder is not empty", "give another name: what is in it may be somebody's work")
        part = _beside(place)
        try:
            part.mkdir()
            yield part
            if place.is_dir():
                place.rmdir()
            part.replace(place)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def _beside(place: Path) -> Path:
    # Two runs into one place must not write into one another's file.
    return place.with_name(f".{place.name[:200]}.{os.getpid()}-{secrets.token_hex(4)}.part")
