"""Readers in processes of their own, given documents in blocks, answering in the order they were asked.

A process that dies on a document (out of memory, a crash in a library) is replaced and its block read again one document at
a time, so that the one that kills is known and set aside. When the parent dies, the children end.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Protocol

from onrecord.document import Document
from onrecord.errors import DamagedError, OnrecordError, SourceError, WeightsError
from onrecord.statement import Statement

__all__ = ["Answer", "Pool", "ReaderLike", "default_reader"]

# A block is big enough that the model's batches are full, and small enough that little is in flight when a run is killed.
_BLOCK_DOCUMENTS = 16
_BLOCK_CHARACTERS = 60_000


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


def _start(make: Callable[[], ReaderLike]) -> None:
    global _reader  # noqa: PLW0603 - one reader a process
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()
    _reader = make()


def _model() -> str:
    assert _reader is not None
    return _reader.model


def _read(documents: list[Document]) -> list[Answer]:
    assert _reader is not None
    return read_block(_reader, documents)


def read_block(reader: ReaderLike, documents: Sequence[Document]) -> list[Answer]:
    """Read some documents; one on which the reader breaks down gets an error for an answer, and the others are read."""
    from onrecord.record.near import signature

    try:
        return [Answer(statements, signature(d.text)) for d, statements in reader.read_many(documents)]
    except WeightsError:
        raise
    except Exception as e:
        if len(documents) > 1:
            return [a for d in documents for a in read_block(reader, [d])]
        (d,) = documents
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
    """``workers`` processes, each with the reader that ``make`` gives; 0 reads in this process."""

    def __init__(self, make: Callable[[], ReaderLike], workers: int) -> None:
        self._make, self.workers = make, workers
        self._own = make() if workers == 0 else None
        self._executor = self._started() if workers else None

    def _started(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.workers, mp_context=context, initializer=_start, initargs=(self._make,))

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            for process in list((self._executor._processes or {}).values()):
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
        waiting = 0
        most = max(1, self.workers) * 3
        for item in items:
            if isinstance(item, Document):
                queue.append((item, block, len(block.documents)))
                block.documents.append(item)
                block.characters += len(item.text)
                if block.full:
                    self._submit(block)
                    block, waiting = _Block(), waiting + 1
            else:
                queue.append((item, None, 0))
            while queue and (waiting >= most or len(queue) > 50_000 or self._ready(queue[0][1])):
                head = queue.popleft()
                if head[1] is not None and head[1].future is None and head[1].answers is None:
                    self._submit(head[1])
                    block, waiting = _Block(), waiting + 1
                yield head[0], self._answer(head[1], head[2])
                if head[1] is not None and head[2] == len(head[1].documents) - 1:
                    waiting -= 1
        if block.documents:
            self._submit(block)
        while queue:
            item, own, n = queue.popleft()
            yield item, self._answer(own, n)

    def _ready(self, block: _Block | None) -> bool:
        return block is None or block.answers is not None or (block.future is not None and block.future.done())

    def _submit(self, block: _Block) -> None:
        if self._executor is None:
            assert self._own is not None
            block.answers = read_block(self._own, block.documents)
            return
        try:
            block.future = self._executor.submit(_read, block.documents)
        except BrokenProcessPool:
            self._executor = self._started()
            block.future = self._executor.submit(_read, block.documents)

    def _answer(self, block: _Block | None, n: int) -> Answer | None:
        if block is None:
            return None
        if block.answers is None:
            assert block.future is not None
            try:
                block.answers = block.future.result()
            except BrokenProcessPool:
                block.answers = [self._alone(d) for d in block.documents]
        return block.answers[n]

    def _alone(self, document: Document) -> Answer:
        for _ in range(2):  # the first breakdown may be another document's, read at the same time
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_start, initargs=(self._make,)) as one:
                try:
                    return one.submit(_read, [document]).result()[0]
                except BrokenProcessPool:
                    continue
        return Answer(error=DamagedError(document.path or document.id, "the reader broke down on it", "it was set aside"))
