"""The process in which risky readers run: ``python -m onrecord.sources.worker``.

Takes one request a line of JSON on standard input and answers with framed JSON on standard output. What comes back is
data only (no pickles): whoever takes this process over by a crafted file gains no more than wrong text.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from dataclasses import asdict
from typing import Any, BinaryIO, cast

from onrecord.document import Document
from onrecord.errors import OnrecordError, SourceError
from onrecord.sources.budget import Budget
from onrecord.sources.item import Item
from onrecord.sources.limits import Limits
from onrecord.sources.walk import Tally, walk

__all__ = ["main"]


def main() -> None:
    """Serve requests until standard input closes."""
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    # Whatever a library prints must not get between the frames.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    requests = os.fdopen(os.dup(0), "rb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    bounded = False
    for line in requests:
        request = json.loads(line)
        limits = Limits(**request["limits"])
        if not bounded:
            _bound(limits.memory)
            bounded = True
        _serve(out, request, limits)


def _serve(out: BinaryIO, request: dict[str, Any], limits: Limits) -> None:
    def send(**message: Any) -> None:
        data = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
        out.write(struct.pack(">I", len(data)) + data)

    def flushed(**message: Any) -> None:
        send(**message)
        out.flush()

    tally = Tally(skip=request["skip"])
    tally.begin = lambda path, size: flushed(begin=path, size=size, n=tally.done)
    tally.end = lambda: send(end=True, n=tally.done)
    tally.pulse = lambda: flushed(pulse=True, n=tally.done)
    tally.loading = lambda: flushed(loading=True, n=tally.done)
    try:
        with open(request["file"], "rb") as stream:
            item = Item(
                cast(BinaryIO, stream),
                request["path"],
                name=request["name"],
                known=request["known"],
                limits=limits,
                file=request["file"],
                mapping=request["mapping"],
                budget=Budget.of(os.fstat(stream.fileno()).st_size, limits),
            )
            for got in walk(item, tally, forced=request["forced"]):
                if isinstance(got, Document):
                    flushed(document=asdict(got), n=tally.done)
                else:
                    flushed(error=type(got).__name__, args=[got.path, got.reason, got.advice], n=tally.done)
    except OnrecordError as e:
        kind = type(e).__name__
        flushed(error=kind, args=[e.path, e.reason, e.advice] if isinstance(e, SourceError) else [str(e)], n=tally.done)
    except Exception as e:
        flushed(error="DamagedError", args=[request["path"], f"it could not be read: {type(e).__name__}", ""], n=tally.done)
    flushed(done=True, n=tally.done)


def _bound(memory: int) -> None:
    """Hold this process to ``memory`` bytes of address space, and to no core files, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the time limit alone protects
        return
    for what, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (value, value))
        except (ValueError, OSError):
            continue


if __name__ == "__main__":
    sys.setrecursionlimit(1000)
    main()
