"""An engine without any other process: the work itself, and nothing round it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from onrecord.scale.inputs import Input
from onrecord.scale.work import Outcome, Setup, Worker


def inline(todo: deque[Input], setup: Setup) -> Iterator[tuple[Input, Outcome]]:
    worker = Worker(setup)
    while todo:
        item = todo.popleft()
        yield item, worker.run(item)
