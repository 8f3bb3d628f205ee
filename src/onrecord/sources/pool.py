"""Workers that are kept between files, and what to do when one hangs or dies."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from onrecord import errors
from onrecord.document import Document
from onrecord.errors import DamagedError, OverrunError, SourceError, UsageError
from onrecord.sources.limits import Limits

__all__ = ["isolated"]

# A worker that says nothing for this long while it starts or imports a reader's libraries is given up. Generous: on a loaded
# machine the imports alone have been seen to take ten seconds.
_START_SECONDS = 120.0
# After so many hangs and crashes in one source the rest of it is given up: each costs a new process and a walk from the start.
_MAX_RESTARTS = 100
_MAX_FRAME = 1 << 30
_AHEAD = 16  # documents that a worker may be ahead of the caller

_idle: list[_Worker] = []
_lock = threading.Lock()
_owner = [os.getpid()]


class _Worker:
    """A child process and the thread that takes its frames in."""

    def __init__(self) -> None:
        environment = {**os.environ, "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}
        # -P: the folder that the user happens to stand in must not supply modules to a process that reads hostile files.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "onrecord.sources.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.frames: queue.Queue[dict[str, Any] | None] = queue.Queue(maxsize=_AHEAD)
        self.closing = False
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        try:
            while len(prefix := stream.read(4)) == 4:
                (size,) = struct.unpack(">I", prefix)
                if size > _MAX_FRAME:
                    break
                self._put(json.loads(stream.read(size).decode("utf-8", "surrogatepass")))
        except (OSError, ValueError):
            pass
        self._put(None)

    def _put(self, frame: dict[str, Any] | None) -> None:
        while not self.closing:
            try:
                return self.frames.put(frame, timeout=1.0)
            except queue.Full:
                continue

    def ask(self, request: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()

    def stop(self) -> None:
        self.closing = True
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()


def _borrow() -> _Worker:
    with _lock:
        if _owner[0] != os.getpid():  # a fork: the parent's workers are not ours
            _idle.clear()
            _owner[0] = os.getpid()
        while _idle:
            worker = _idle.pop()
            if worker.process.poll() is None:
                return worker
    return _Worker()


@atexit.register
def _stop_all() -> None:
    with _lock:
        if _owner[0] == os.getpid():
            while _idle:
                _idle.pop().stop()


def isolated(
    file: str, *, path: str, name: str, known: Mapping[str, str], mapping: Mapping[str, str], limits: Limits, forced: str | None
) -> Iterator[Document | SourceError]:
    """Read ``file`` in a worker. A piece that hangs or kills its worker is yielded as an error; the walk goes on behind it."""
    request = {
        "file": os.path.abspath(file), "path": path, "name": name, "known": dict(known), "mapping": dict(mapping),
        "limits": limits._asdict(), "forced": forced, "skip": 0,
    }  # fmt: skip
    for _ in range(_MAX_RESTARTS):
        resume = yield from _attempt(request, limits)
        if resume is None:
            return
        request["skip"] = resume
    yield DamagedError(path, f"its reader broke down {_MAX_RESTARTS} times; the rest was given up")


def _attempt(request: dict[str, Any], limits: Limits) -> Generator[Document | SourceError, None, int | None]:
    """One worker's go at the request. Returns how many pieces to skip in the next go, or None when there is to be none."""
    worker = _borrow()
    finished = False
    inside: str | None = None  # the piece that is being read
    patience = _START_SECONDS
    n = request["skip"]
    try:
        try:
            worker.ask(request)
        except OSError:  # it died while it was idle
            worker.stop()
            worker = _Worker()
            worker.ask(request)
        while True:
            try:
                frame = worker.frames.get(timeout=patience)
            except queue.Empty:
                yield OverrunError(
                    inside or request["path"],
                    f"its reader was stopped after {patience:.0f} seconds",
                    "if the file is sound, split it; from Python, Limits(seconds=…) gives it more",
                )
                return n if inside else None
            if frame is None:
                code = worker.process.wait()
                yield DamagedError(inside or request["path"], f"its reader broke down on it ({_death(code)})")
                return n if inside else None
            n = frame["n"]
            if "begin" in frame:
                inside, patience = frame["begin"], limits.patience(frame["size"])
            elif "loading" in frame:
                patience = _START_SECONDS
            elif "end" in frame or "pulse" in frame:
                inside, patience = (None if "end" in frame else inside), limits.patience(0)
            elif "document" in frame:
                yield Document(**frame["document"])
            elif "error" in frame:
                kind = getattr(errors, frame["error"], SourceError)
                if kind is UsageError:
                    raise UsageError(*frame["args"])
                yield kind(*frame["args"]) if issubclass(kind, SourceError) else SourceError(request["path"], " ".join(frame["args"]))
            elif "done" in frame:
                finished = True
                return None
    finally:
        if finished:
            with _lock:
                _idle.append(worker)
        else:
            worker.stop()


def _death(code: int) -> str:
    if code < 0:
        import signal

        try:
            return f"signal {signal.Signals(-code).name}"
        except ValueError:
            return f"signal {-code}"
    return f"exit status {code}"
