"""What a source's archives may unpack to, all together."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO, cast

from onrecord.errors import OverrunError
from onrecord.sources.limits import Limits

__all__ = ["Budget", "Meter", "size_words"]


@dataclass
class Budget:
    """How many bytes a source's archives may still unpack to, all together."""

    left: int

    @classmethod
    def of(cls, size: int, limits: Limits) -> Budget:
        """The budget of a source of ``size`` bytes."""
        return cls(max(limits.expansion, limits.ratio * size))

    def spend(self, n: int, path: str) -> None:
        """Raises OverrunError when there is nothing left."""
        self.left -= n
        if self.left < 0:
            raise OverrunError(
                path, f"it unpacks to more than it may ({size_words(-self.left)} over the bound)", "unpack it yourself if you trust it"
            )


class Meter(io.RawIOBase):
    """A stream of unpacked bytes that counts them against what its source may unpack to."""

    def __init__(self, stream: BinaryIO, path: str, budget: Budget) -> None:
        self.stream, self.path, self.budget = stream, path, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer)).cast("B")
        piece = self.stream.read(min(len(view), 1 << 20)) or b""
        self.budget.spend(len(piece), self.path)
        view[: len(piece)] = piece
        return len(piece)


def size_words(n: int) -> str:
    """A size for a person: ``64 MiB``."""
    for unit, size in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if n >= size:
            return f"{n / size:.3g} {unit}"
    return f"{n} bytes"
