"""What the reading room is told when it starts, and its bounds."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """``token``: what a reader must know, null on loopback. ``hosts``: names, beside loopback's, that a request may address.

    ``who``: the coder's name until another is given. ``read_only``: nothing can be changed. ``threads``: pages made at once.
    Bounds: ``body`` bytes of a write, ``address`` bytes of a path with its query, ``in_flight`` requests held at once,
    ``writes`` in a minute from all coders, ``page`` statements on a page, ``export`` rows of one export,
    ``part`` code points of a text on one page.
    """

    token: str | None = None
    hosts: tuple[str, ...] = ()
    who: str = ""
    read_only: bool = False
    threads: int = 8
    body: int = 1 << 20
    address: int = 16 << 10
    in_flight: int = 256
    writes: int = 1200
    page: int = 200
    export: int = 100_000
    part: int = 60_000
    #: Stands in every form. Made anew at each start: another site cannot read it, and so cannot write.
    seal: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
