"""One file's work, the same in whichever process and by whichever engine: read it, write its Parquet, seal it with its manifest."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from onrecord import schema
from onrecord.document import Document
from onrecord.errors import DamagedError, FetchError, OnrecordError, OutputError, OverrunError, SourceError, UnreadableError, WeightsError
from onrecord.export.files import guard
from onrecord.patience import PATIENCE, Patience, TooLong
from onrecord.record.pool import ReaderLike
from onrecord.scale.inputs import Input
from onrecord.scale.manifest import ASIDE, MANIFESTS, NAMED_REFUSALS, READINGS, Manifest, load, sound
from onrecord.scale.place import Place, filesystem
from onrecord.statement import Statement

__all__ = ["Outcome", "Setup", "State", "Worker", "late"]

#: done: read now. unchanged: was there. moved: the same bytes were read under another name. failed: there is nothing to read.
#: broken: reading it broke down. died: its worker ended. fatal: nothing can be read, or written.
State = Literal["done", "unchanged", "moved", "failed", "broken", "died", "fatal"]

_BLOCK_DOCUMENTS, _BLOCK_CHARACTERS = 16, 60_000


@dataclass(frozen=True, slots=True)
class Setup:
    """What every worker is told once. ``code``: the version of onrecord that it must be. ``mapping``: for tables, field to column.

    ``elsewhere``: by their inputs' digest, the results under names that are not asked for now. ``whole``: check all bytes of a result that
    is there, and not only its size and footer. ``patience``: seconds for a document, and for any other step of a file. ``retry``: read a
    file again of which a document took too long.
    """

    place: str
    make_reader: Callable[[], ReaderLike]
    code: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True
    patience: float = PATIENCE
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file.

    ``again``: trying later may help. ``lost``: its machine went, it may be innocent. ``redone``: why the result that was there did
    not stand. ``size``: bytes of Parquet. ``seconds`` and ``cpu``: of work, the model's loading and the processes that take
    files apart left out. ``memory``: the worker's peak, in bytes, null where the system does not tell. ``worker``: host and process.
    """

    name: str
    state: State
    reason: str = ""
    again: bool = False
    lost: bool = False
    redone: str = ""
    model: str = ""
    documents: int = 0
    statements: int = 0
    words: int = 0
    refusals: int = 0
    size: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int | None = None
    worker: str = ""


class Worker:
    """Reads files one after the other with a reader that is made at the first of them."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._place = Place(setup.place)
        self._reader: ReaderLike | None = None
        self._patience = Patience(setup.patience, hard=self._late)
        self._name = ""

    def run(self, item: Input) -> Outcome:
        """Never raises: what went wrong is in the outcome."""
        began, cpu = time.monotonic(), time.process_time()
        try:
            if self._reader is None:
                self._load()
                began, cpu = time.monotonic(), time.process_time()
            self._name = item.name
            with self._patience.bounded(what="a step of reading it"):
                made = self._run(item)
        except TooLong as e:
            made = Outcome(item.name, "broken", str(e))
        except (WeightsError, OutputError) as e:
            made = Outcome(item.name, "fatal", str(e))
        except SourceError as e:
            made = Outcome(item.name, "failed", str(e), again=isinstance(e, FetchError))
        except MemoryError:
            made = Outcome(item.name, "broken", "reading it takes more memory than there is", again=True)
        except Exception as e:
            words = str(e) if isinstance(e, OnrecordError) else f"{type(e).__name__}: {' '.join(str(e).split())[:300]}"
            made = Outcome(item.name, "broken", words, again=True)
        model = self._reader.model if self._reader is not None else ""
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
        return replace(made, model=model, seconds=seconds, cpu=cpu, memory=_peak(), worker=_whereabouts())

    def _load(self) -> None:
        if (own := version("onrecord")) != self._setup.code:
            words = f"onrecord {own} is installed where {_whereabouts()} runs, and {self._setup.code} where it was started"
            raise WeightsError(f"{words} (install the same version on all machines)")
        try:
            self._reader = self._setup.make_reader()
        except WeightsError:
            raise
        except Exception as e:  # no file's fault
            words = f"{type(e).__name__}: {' '.join(str(e).split())[:200]}"
            raise WeightsError(f"the model could not be loaded where {_whereabouts()} runs: {words}") from e

    def _late(self, why: str) -> None:
        """Leave word of what this process is ended for."""
        self._place.write(late(self._name), why.encode())

    def _run(self, item: Input) -> Outcome:
        assert self._reader is not None
        made_by = (self._reader.model, self._setup.code, schema.VERSION, _options(self._setup.mapping))
        old = load(self._place.read(f"{MANIFESTS}/{item.name}.json"))
        stands = old is not None and (old.model, old.code, old.schema, dict(old.options)) == made_by
        if old is not None and self._setup.retry and any(r.get("error") == OverrunError.__name__ for r in old.refused):
            stands = False
        if old is not None and stands and item.remote and item.mark and old.mark == item.mark and not self._unsound(item, old):
            return Outcome(item.name, "unchanged")
        with _fetched(item) as file:
            before = os.stat(file)
            digest = _digest(file, item.path)
            redone = ""
            if old is not None and stands and old.input_digest == digest:
                redone = self._unsound(item, old)
                if not redone:
                    return Outcome(item.name, "unchanged")
            elif old is None and (moved := self._moved(digest, made_by)) is not None:
                return Outcome(item.name, "moved", f"the same bytes were read as {moved.input}")
            done = self._read(item, file, digest)
            after = os.stat(file)
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                self._place.remove(f"{READINGS}/{item.name}.parquet")
                return Outcome(item.name, "failed", f"{item.path}: it changed while it was read", again=True)
        self._place.write(f"{MANIFESTS}/{item.name}.json", done.to_bytes())
        return Outcome(
            item.name, "done", redone=redone, documents=done.rows, statements=done.statements, words=done.words, refusals=done.refusals,
            size=done.size,
        )  # fmt: skip

    def _moved(self, digest: str, made_by: tuple[Any, ...]) -> Manifest | None:
        name = self._setup.elsewhere.get(digest)
        found = load(self._place.read(f"{MANIFESTS}/{name}.json")) if name else None
        if found is None or name is None or (found.model, found.code, found.schema, dict(found.options)) != made_by:
            return None
        return None if sound(self._place, name, found, whole=self._setup.whole) else found

    def _unsound(self, item: Input, manifest: Manifest) -> str:
        return sound(self._place, item.name, manifest, whole=self._setup.whole) or ""

    def _read(self, item: Input, file: str, digest: str) -> Manifest:
        from onrecord.export import rows
        from onrecord.export.parquet import Writer

        assert self._reader is not None
        model = self._reader.model
        refused: list[Mapping[str, str]] = []
        counts = {"documents": 0, "statements": 0, "words": 0, "characters": 0, "refusals": 0}

        def refuse(e: SourceError) -> None:
            counts["refusals"] += 1
            if len(refused) < NAMED_REFUSALS:
                reason = e.reason + (f" ({e.advice})" if e.advice else "")
                refused.append({"path": e.path, "error": type(e).__name__, "reason": reason})

        metadata = {"onrecord.input": digest, "onrecord.model": model, "onrecord.code": self._setup.code}
        name = f"{READINGS}/{item.name}.parquet"
        # A manifest must never stand beside a file that it does not describe, not even for the moment between two writes.
        self._place.remove(f"{MANIFESTS}/{item.name}.json")
        with self._place.local(name) as part:
            with part.open("wb") as stream, Writer(stream, "readings", metadata=metadata) as writer:
                for got in _read_blocks(self._reader, self._patience, _documents(item, file, self._setup.mapping)):
                    if isinstance(got, SourceError):
                        refuse(got)
                        continue
                    document, statements = got
                    writer.add(rows.reading(document, statements, model=model))
                    counts["documents"] += 1
                    counts["statements"] += len(statements)
                    counts["words"] += len(document.text.split())
                    counts["characters"] += len(document.text)
            sealed, size = _digest(str(part), name), part.stat().st_size
        return Manifest(
            input=item.path,
            input_digest=digest,
            input_size=os.stat(file).st_size,
            mark=item.mark if item.remote else None,
            model=model,
            code=self._setup.code,
            schema=schema.VERSION,
            options=_options(self._setup.mapping),
            digest=sealed,
            size=size,
            rows=counts["documents"],
            statements=counts["statements"],
            words=counts["words"],
            characters=counts["characters"],
            refusals=counts["refusals"],
            refused=tuple(refused),
        )


def late(name: str) -> str:
    """Where a worker that ended for taking too long over the input ``name`` has left word."""
    return f"{ASIDE}/{name}.late"


def _options(mapping: Mapping[str, str]) -> dict[str, Any]:
    return {"mapping": dict(mapping)} if mapping else {}


def _documents(item: Input, file: str, mapping: Mapping[str, str]) -> Iterator[Document | SourceError]:
    from onrecord.record.ingest import storable
    from onrecord.sources import open_source, refusal

    for got in open_source(file, name=item.path, mapping=mapping):
        if isinstance(got, Document):
            yield refusal(got) or storable(got)
        else:
            yield got


def _read_blocks(
    reader: ReaderLike, patience: Patience, documents: Iterable[Document | SourceError]
) -> Iterator[tuple[Document, list[Statement]] | SourceError]:
    """Documents with their statements, in order; few are held at a time."""
    block: list[Document] = []
    size = 0
    for got in documents:
        if isinstance(got, SourceError):
            yield from _read_block(reader, patience, block)
            block, size = [], 0
            yield got
            continue
        block.append(got)
        size += len(got.text)
        if len(block) >= _BLOCK_DOCUMENTS or size >= _BLOCK_CHARACTERS:
            yield from _read_block(reader, patience, block)
            block, size = [], 0
    yield from _read_block(reader, patience, block)


def _read_block(reader: ReaderLike, patience: Patience, block: list[Document]) -> list[tuple[Document, list[Statement]] | SourceError]:
    """One document on which the reader breaks down, or takes too long, becomes an error, and the others are read."""
    from onrecord.record.writer import checked

    if not block:
        return []
    try:
        made: list[tuple[Document, list[Statement]] | SourceError] = []
        with patience.bounded(patience.for_text(sum(len(d.text) for d in block)), "reading it for statements"):
            for document, statements in reader.read_many(block):
                checked(document, statements)
                made.append((document, statements))
        return made
    except WeightsError:
        raise
    except Exception as e:
        if len(block) > 1:
            return [got for d in block for got in _read_block(reader, patience, [d])]
        if isinstance(e, SourceError):
            return [e]
        if isinstance(e, TooLong):
            return [OverrunError(block[0].path or block[0].id, str(e))]
        words = str(e) if isinstance(e, OnrecordError) else type(e).__name__
        return [DamagedError(block[0].path or block[0].id, f"it could not be read for statements: {words}")]


@contextmanager
def _fetched(item: Input) -> Iterator[str]:
    """The input as a file on this machine. Raises SourceError."""
    if not item.remote:
        yield item.path
        return
    fs, inner = filesystem(item.path)
    with guard(tempfile.gettempdir()), tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        file = Path(folder) / "input"
        try:
            fs.get_file(inner, str(file))
        except FileNotFoundError:
            raise UnreadableError(item.path, "there is no such file", "check the address") from None
        except Exception as e:  # a store's library raises what it likes
            if isinstance(e, OSError) and e.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise FetchError(item.path, f"it could not be fetched: {' '.join(str(e).split())[:200] or type(e).__name__}") from e
        yield str(file)


def _digest(file: str, shown: str) -> str:
    made = hashlib.sha256()
    try:
        with open(file, "rb") as stream:
            while piece := stream.read(1 << 20):
                made.update(piece)
    except OSError as e:
        raise UnreadableError(shown, f"it cannot be read: {(e.strerror or str(e)).lower()}", "check that all machines see it") from e
    return made.hexdigest()


def _whereabouts() -> str:
    import platform

    return f"{platform.node()}, process {os.getpid()}"


def _peak() -> int | None:
    """The peak of this process's resident memory in bytes."""
    try:
        with open("/proc/self/status", encoding="ascii") as stream:
            return next((int(line.split()[1]) * 1024 for line in stream if line.startswith("VmHWM:")), None)
    except OSError:
        return None
