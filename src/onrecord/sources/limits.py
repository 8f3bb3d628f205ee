"""How much of a source is read: bounds in bytes, seconds and pieces, so that no file can take the machine."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["DEFAULT", "Limits"]

MIB = 1 << 20


class Limits(NamedTuple):
    """Bounds on one source. Sizes in bytes, times in seconds.

    ``text``: one document's bytes before it is read (a whole crawl or table may be larger: it is streamed).
    ``expansion`` and ``ratio``: what all archives in one source may unpack to in total: the greater of ``expansion`` and
    ``ratio`` times the source's own size.
    ``depth``: archives within archives. ``members``: documents from one source.
    ``stream``: of a stream that has no file (standard input), before it is refused.
    ``seconds`` and ``seconds_per_mib``: how long one document may take in its reader before it is given up.
    ``memory``: address space of the process that runs the readers of risky formats.
    """

    text: int = 64 * MIB
    expansion: int = 512 * MIB
    ratio: int = 100
    depth: int = 4
    members: int = 5_000_000
    stream: int = 4096 * MIB
    seconds: float = 10.0
    seconds_per_mib: float = 5.0
    memory: int = 1024 * MIB

    def patience(self, size: int) -> float:
        """Seconds that a document of ``size`` bytes may take."""
        return self.seconds + self.seconds_per_mib * (size / MIB)


DEFAULT = Limits()
