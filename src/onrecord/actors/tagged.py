"""Name spans from the tagger alone, for those who want mentions and not statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from onrecord.actors.mention import Tagged

__all__ = ["tag_names"]


def tag_names(texts: Iterable[str], *, threads: int | None = None) -> Iterator[tuple[Tagged, ...]]:
    """The tagger's names of each text, in order, as (start, end, type). Loads the model; raises WeightsError when it cannot be loaded."""
    from onrecord.tagger import Tagger, tag

    tagger = Tagger(threads=threads)
    for found in tag(texts, tagger, mentions=True):
        yield found.mentions
