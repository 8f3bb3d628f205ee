"""Where results go: a folder on a disk, or a prefix in an object store. A file is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from onrecord.errors import OutputError, UsageError
from onrecord.export.files import guard, whole_file

__all__ = ["Place", "filesystem", "is_remote"]

#: Stores in which an object appears only once all of it has arrived.
_WHOLE_PUTS = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "oci", "memory"})


def is_remote(path: str) -> bool:
    """Is it an address for fsspec (``s3://bucket/x``) and not a path? ``file://`` is a path."""
    scheme, sign, _ = path.partition("://")
    return bool(sign) and scheme.replace("+", "").isalnum() and scheme != "file"


def filesystem(address: str) -> tuple[Any, str]:
    """The fsspec file system of an address, and the path in it. Raises UsageError when its library is not there."""
    try:
        import fsspec  # type: ignore[import-untyped,unused-ignore]

        fs, path = fsspec.core.url_to_fs(address)
    except ImportError as e:
        what = str(e).strip().split("\n")[0] or "fsspec is not installed"
        raise UsageError(f"{address}: {what} (pip install 'onrecord[ray]' and the store's own library, such as s3fs or gcsfs)") from e
    except ValueError as e:
        raise UsageError(f"{address}: {str(e).splitlines()[0]}") from e
    return fs, str(path)


class Place:
    """A folder of results by its path or address. Names in it are relative, with ``/``. Raises OutputError.

    It can be sent to another process, and is opened there anew.
    """

    def __init__(self, address: str | os.PathLike[str]) -> None:
        self.address = os.fspath(address)
        self.remote = is_remote(self.address)
        if self.remote:
            self._fs, root = filesystem(self.address)
            self._root = root.rstrip("/")
            self._whole_puts = self.address.partition("://")[0] in _WHOLE_PUTS
        else:
            self._root = os.path.abspath(self.address.removeprefix("file://"))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Place, (self.address,))

    def path(self, name: str) -> str:
        """The path of ``name``: of a file on this machine, or in the store."""
        return f"{self._root}/{name}" if self.remote else os.path.join(self._root, *name.split("/"))

    def shown(self, name: str) -> str:
        """How ``name`` is called in messages."""
        return f"{self.address.rstrip('/')}/{name}"

    def prepare(self, *folders: str) -> None:
        """Make the folders, where there are any to be made."""
        if self.remote:
            return
        for folder in folders:
            with guard(self.shown(folder)):
                os.makedirs(self.path(folder), exist_ok=True)

    def names(self, folder: str) -> list[str]:
        """The files in ``folder``, without those that are being written, in order."""
        try:
            if self.remote:
                self._fs.invalidate_cache()
                found = [p.rsplit("/", 1)[-1] for p in self._fs.ls(self.path(folder), detail=False)]
            else:
                found = os.listdir(self.path(folder))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as e:
            raise OutputError(self.shown(folder), f"it cannot be read: {e.strerror or e}") from e
        return sorted(n for n in found if n and not n.startswith("."))

    def size(self, name: str) -> int | None:
        """Bytes of the file, null where there is none."""
        try:
            return int(self._fs.info(self.path(name))["size"] or 0) if self.remote else os.stat(self.path(name)).st_size
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as e:
            raise OutputError(self.shown(name), f"it cannot be read: {e.strerror or e}") from e

    def read(self, name: str, *, most: int = 64 << 20) -> bytes | None:
        """The bytes of a small file, null where there is none or it is longer than ``most``."""
        try:
            with self.open(name) as stream:
                data: bytes = stream.read(most + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as e:
            raise OutputError(self.shown(name), f"it cannot be read: {e.strerror or e}") from e
        return data if len(data) <= most else None

    def open(self, name: str) -> IO[bytes]:
        """The file, to be read. Raises OSError."""
        stream: IO[bytes] = self._fs.open(self.path(name), "rb") if self.remote else open(self.path(name), "rb")
        return stream

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """A path on this machine to write to; when the block ends well the file is in its place, whole."""
        if not self.remote:
            final = Path(self.path(name))
            part = final.with_name(f".{final.name[:200]}.{os.getpid()}-{secrets.token_hex(4)}.part")
            with guard(self.shown(name)):
                try:
                    yield part
                    with part.open("rb+") as stream:
                        os.fsync(stream.fileno())
                    part.replace(final)
                except BaseException:
                    part.unlink(missing_ok=True)
                    raise
            return
        with guard(tempfile.gettempdir()), tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
            part = Path(folder) / "part"
            yield part
            self._put(part, name)

    def _put(self, part: Path, name: str) -> None:
        try:
            if self._whole_puts:
                self._fs.put_file(str(part), self.path(name))
                return
            between = self.path(name + f".{secrets.token_hex(4)}.part")
            self._fs.makedirs(between.rsplit("/", 1)[0], exist_ok=True)
            self._fs.put_file(str(part), between)
            self._fs.mv(between, self.path(name))
        except Exception as e:  # a store's library raises what it likes
            raise OutputError(self.shown(name), f"it could not be put there: {' '.join(str(e).split())[:200] or type(e).__name__}") from e

    def write(self, name: str, data: bytes) -> None:
        """Put a small file in its place, whole."""
        if self.remote:
            with self.local(name) as part:
                part.write_bytes(data)
        else:
            with whole_file(self.path(name)) as stream:
                stream.write(data)

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""
        with guard(self.shown(name)), contextlib.suppress(FileNotFoundError):
            if self.remote:
                self._fs.rm_file(self.path(name))
            else:
                os.unlink(self.path(name))

    def sweep(self, *folders: str) -> None:
        """Take away what a killed run left half written. Only for whoever holds the place alone."""
        if self.remote:
            return  # what was not put there whole is not there
        for folder in folders:
            for found in Path(self.path(folder)).glob(".*.part"):
                found.unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold off other runs into this folder on this machine; the lock ends with the process. Raises OutputError.

        In an object store there is nothing to lock: two runs there do the same work twice and put the same bytes.
        """
        if self.remote:
            yield
            return
        try:
            from filelock import FileLock, Timeout
        except ImportError as e:
            raise UsageError("a run over a corpus needs the Python package 'filelock' (pip install 'onrecord[ray]')") from e
        self.prepare("")
        lock = FileLock(self.path(".lock"), timeout=0)
        with guard(self.address):
            try:
                lock.acquire()
            except Timeout:  # which is an OSError too
                raise OutputError(self.address, "another run is writing into it", "wait for its end, or stop it") from None
        try:
            yield
        finally:
            lock.release()
