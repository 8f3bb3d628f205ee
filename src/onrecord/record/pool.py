"""Readers in processes of their own, given documents in blocks, answering in the order they were asked.

A document that takes too long (patience.py) is given up and set aside. A process that dies on a document (out of memory, a
crash in a library) is replaced and its block read again one document at a time, so that the one that kills is known and set
aside. When the parent dies, the children end.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Protocol

from onrecord.document import Document
from onrecord.errors import DamagedError, OnrecordError, OverrunError, SourceError, WeightsError
from onrecord.patience import PATIENCE, Patience, TooLong
from onrecord.processes import follow_parent
from onrecord.statement import Statement

__all__ = ["Answer", "Pool", "ReaderLike", "default_reader"]

# A block is big enough that the model's batches are full, and small enough that little is in flight when a run is killed.
_BLOCK_DOCUMENTS = 16
_BLOCK_CHARACTERS = 60_000
# Blocks in flight for each worker: while one is read, the next waits at the worker's door.
_BLOCKS_AHEAD = 3
# Held at once, read or not; what comes further waits at its source.
_MOST_ITEMS, _MOST_CHARACTERS = 2000, 16_000_000


class ReaderLike(Protocol):
    """What is needed of a reader."""

    @property
    def model(self) -> str: ...

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Statement]]]: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one document: its statements, or the error that says why there are none. ``signature`` see near.py."""

    statements: list[Statement] = field(default_factory=list)
    signature: bytes | None = None
    error: SourceError | None = None


def default_reader() -> ReaderLike:
    """A reader on one core: there are as many of them as workers."""
    from onrecord.reader import Reader

    return Reader(threads=1)


_reader: ReaderLike | None = None
_patience = Patience()


def _start(make: Callable[[], ReaderLike], seconds: float) -> None:
    global _reader, _patience  # noqa: PLW0603 - one reader a process
    follow_parent()
    # A process that cannot be interrupted is ended; the pool then finds out which document it was.
    _patience = Patience(seconds, hard=lambda why: None)
    _reader = make()


def _model() -> str:
    assert _reader is not None
    return _reader.model


def _read(documents: list[Document]) -> list[Answer]:
    assert _reader is not None
    return read_block(_reader, documents, _patience)


def read_block(reader: ReaderLike, documents: Sequence[Document], patience: Patience) -> list[Answer]:
    """Read some documents; one on which the reader breaks down, or takes too long, gets an error for an answer, and the others are read."""
    from onrecord.record.near import signature

    try:
        with patience.bounded(patience.for_text(sum(len(d.text) for d in documents)), "reading it for statements"):
            return [Answer(statements, signature(d.text)) for d, statements in reader.read_many(documents)]
    except WeightsError:
        raise
    except Exception as e:
        if len(documents) > 1:
            return [a for d in documents for a in read_block(reader, [d], patience)]
        (d,) = documents
        if isinstance(e, TooLong):
            return [Answer(error=OverrunError(d.path or d.id, str(e)))]
        words = str(e) if isinstance(e, OnrecordError) else type(e).__name__
        return [Answer(error=DamagedError(d.path or d.id, f"it could not be read for statements: {words}"))]


@dataclass(slots=True)
class _Block:
    documents: list[Document] = field(default_factory=list)
    characters: int = 0
    future: Future[list[Answer]] | None = None
    answers: list[Answer] | None = None

    @property
    def full(self) -> bool:
        return len(self.documents) >= _BLOCK_DOCUMENTS or self.characters >= _BLOCK_CHARACTERS


class Pool:
    """``workers`` processes, each with the reader that ``make`` gives; 0 reads in this process. ``patience``: seconds for a document."""

    def __init__(self, make: Callable[[], ReaderLike], workers: int, *, patience: float = PATIENCE) -> None:
        self._make, self.workers = make, workers
        self._patience = Patience(patience)
        self._own = make() if workers == 0 else None
        self._executor = self._started(workers) if workers else None

    def _started(self, workers: int) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(self._make, self._patience.seconds))

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            processes = list((self._executor._processes or {}).values())
            self._executor.shutdown(wait=False, cancel_futures=True)
            for process in processes:  # what they are reading is not waited for: after an error or a stop nobody wants it
                process.terminate()

    def model(self) -> str:
        """The readers' model."""
        if self._own is not None:
            return self._own.model
        assert self._executor is not None
        try:
            return self._executor.submit(_model).result()
        except BrokenProcessPool as e:
            # The reader could not be made; what made it fail is in the child. Make one here: its error is the one to show.
            self._make()
            raise WeightsError("the reader's processes ended as soon as they started") from e

    def read(self, items: Iterable[object]) -> Iterator[tuple[object, Answer | None]]:
        """Yield each item in order; a Document with its answer, anything else with None. Only so much is held as is being read."""
        queue: deque[tuple[object, _Block | None, int]] = deque()
        block = _Block()
        blocks = characters = 0  # submitted and not yet answered for; of all texts in the queue
        most = max(1, self.workers) * _BLOCKS_AHEAD
        for item in items:
            if isinstance(item, Document):
                queue.append((item, block, len(block.documents)))
                block.documents.append(item)
                block.characters += len(item.text)
                characters += len(item.text)
                if block.full:
                    self._submit(block)
                    block, blocks = _Block(), blocks + 1
            else:
                queue.append((item, None, 0))
            while queue and (
                self._ready(queue[0][1]) or blocks >= most or len(queue) > _MOST_ITEMS or (characters > _MOST_CHARACTERS and blocks > 1)
            ):
                first, own, n = queue.popleft()
                if own is block:
                    self._submit(block)
                    block, blocks = _Block(), blocks + 1
                yield first, self._answer(own, n)
                if own is not None:
                    characters -= len(own.documents[n].text)
                    blocks -= n == len(own.documents) - 1
        if block.documents:
            self._submit(block)
        while queue:
            first, own, n = queue.popleft()
            yield first, self._answer(own, n)

    def _ready(self, block: _Block | None) -> bool:
        return block is None or block.answers is not None or (block.future is not None and block.future.done())

    def _submit(self, block: _Block) -> None:
        if self._executor is None:
            assert self._own is not None
            block.answers = read_block(self._own, block.documents, self._patience)
            return
        try:
            block.future = self._executor.submit(_read, block.documents)
        except BrokenProcessPool:
            self._executor = self._started(self.workers)
            block.future = self._executor.submit(_read, block.documents)

    def _answer(self, block: _Block | None, n: int) -> Answer | None:
        if block is None:
            return None
        if block.answers is None:
            assert block.future is not None
            try:
                block.answers = block.future.result()
            except BrokenProcessPool:
                block.answers = self._one_by_one(block.documents)
        return block.answers[n]

    def _one_by_one(self, documents: list[Document]) -> list[Answer]:
        """Read documents of which one, or another worker's, broke a process down: alone, so that it is known which."""
        out: list[Answer] = []
        spare: ProcessPoolExecutor | None = None
        for d in documents:
            for _ in range(2):  # once more: the system may have ended the process for another's hunger for memory
                spare = spare or self._started(1)
                try:
                    out += spare.submit(_read, [d]).result()
                    break
                except BrokenProcessPool:
                    spare = None
            else:
                out.append(Answer(error=DamagedError(d.path or d.id, "the reader broke down on it", "it was set aside")))
        if spare is not None:
            spare.shutdown()
        return out
