"""Name spans from the tagger alone, for those who want mentions and not statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from onrecord.actors.mention import Tagged

if TYPE_CHECKING:
    from onrecord.tagger import Tagger

__all__ = ["tag_names"]


def tag_names(texts: Iterable[str], *, threads: int | None = None) -> Iterator[tuple[Tagged, ...]]:
    """The tagger's names of each text, in order, as (start, end, type). Loads the model; raises WeightsError when it cannot be loaded."""
    from onrecord.tagger import tag

    for found in tag(texts, _tagger(threads), mentions=True):
        yield found.mentions


@lru_cache(maxsize=1)
def _tagger(threads: int | None) -> Tagger:
    from onrecord.tagger import Tagger

    return Tagger(threads=threads)
