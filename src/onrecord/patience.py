"""How long a piece of work may take: then it is interrupted, and where it does not heed that, its process ends.

A reader of texts runs rules and libraries over whatever comes; a text on which one of them never ends must not hold up a corpus.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["PATIENCE", "Patience", "TooLong"]

#: Seconds for one document, or any other step; some fifteen times what a million characters take on a slow core.
PATIENCE = 600.0
# A text gets so many seconds again for each further so many characters.
_CHARACTERS = 1_000_000
# An interruption may be lost in an `except Exception` of some library: it comes again.
_AGAIN = 5.0


class TooLong(Exception):
    """What was at work took longer than it may."""


class Patience:
    """Bounds on what one process does, one after the other. ``seconds``: for a step. ``hard``: what to do, in a thread of its own, before
    the process is ended because interrupting did not help; without it the process is never ended.

    Interrupting works in the main thread only, and where there are signals; elsewhere only ``hard`` is left.
    """

    def __init__(self, seconds: float = PATIENCE, *, hard: Callable[[str], None] | None = None) -> None:
        self.seconds = seconds
        self._hard = hard
        self._grace = max(2.0, seconds / 10)
        #: What is at work, the outermost first: seconds and why it is given up.
        self._running: list[tuple[float, str]] = []
        self._deadline: float | None = None
        self._guard: threading.Thread | None = None

    def for_text(self, characters: int) -> float:
        """Seconds for texts of so many characters together."""
        return self.seconds * max(1.0, characters / _CHARACTERS)

    @contextmanager
    def bounded(self, seconds: float | None = None, what: str = "it") -> Iterator[None]:
        """Raise TooLong in the block once it has taken ``seconds``. A block within a block has its own time; when it is left, the outer
        one's begins anew, since it got on."""
        seconds = self.seconds if seconds is None else seconds
        signals = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
        if signals and not self._running:
            before = signal.signal(signal.SIGALRM, self._interrupt)
        self._running.append((seconds, f"{what} took longer than {seconds:,.0f} s"))
        try:
            self._arm(signals)
            yield
        finally:
            try:
                if signals:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            finally:
                self._running.pop()
                self._arm(signals)
                if signals and not self._running:
                    signal.signal(signal.SIGALRM, before)

    def _arm(self, signals: bool) -> None:
        if not self._running:
            self._deadline = None
            return
        seconds, _ = self._running[-1]
        self._deadline = time.monotonic() + seconds + self._grace
        if signals:
            signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        if self._hard is not None and self._guard is None:
            self._guard = threading.Thread(target=self._watch, daemon=True)
            self._guard.start()

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._running:
            raise TooLong(self._running[-1][1])

    def _watch(self) -> None:
        assert self._hard is not None
        while True:
            time.sleep(1)
            deadline = self._deadline
            if deadline is not None and time.monotonic() > deadline:
                why = self._running[-1][1] if self._running else "it took too long"
                try:
                    self._hard(why)
                finally:
                    os._exit(70)
