"""Text in, statements out."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from onrecord.document import Document, parse_published
from onrecord.enrich import ActScores, TaggedMention, enrich, prepare
from onrecord.errors import OnrecordError, WeightsError
from onrecord.statement import Statement
from onrecord.tagger import Tagged, Tagger, tag
from onrecord.tagger.session import WEIGHTS

__all__ = ["Reader", "read", "read_file"]

#: What is done to a document's statements once they are found: takes the document, its statements, the names that the
#: tagger saw and its scores of each statement's act (by the statement's id), gives the statements back enriched.
Stage = Callable[[Document, Sequence[Statement], Sequence[TaggedMention], ActScores], list[Statement]]


class Reader:
    """Reads many texts with the model loaded once.

    ``folder``: where the model lies; by default the one in the package. ``threads``: cores to use, by default all that
    the process may. ``stage``: what is added to each document's statements after they are found; by default ``enrich`` (speakers, dates,
    acts); null adds nothing. ``actors``: a file of your own actors, over the shipped ones (docs/actors-registry.md); by
    default the one that ONRECORD_ACTORS names, if any. It serves ``enrich``; a stage of your own brings its own.
    A reader may be used from several threads, one call at a time each. Raises WeightsError when the model cannot be loaded,
    ActorFileError when the file of actors is not sound.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        threads: int | None = None,
        stage: Stage | None = enrich,
        actors: str | Path | None = None,
    ) -> None:
        self._folder = folder or WEIGHTS
        # What comes after the tagger is imported while the graph is loaded and first run, which leave Python free.
        self._preparing = prepare() if stage is not None else None
        if stage is enrich:
            named = actors or os.environ.get("ONRECORD_ACTORS")
            if named:  # read at once, so that a file that is not sound is refused before any text is read
                from onrecord.actors.registry import Registry

                stage = partial(enrich, registry=Registry.load(named))
        self._tagger = Tagger(self._folder, threads=threads)
        self._stage = stage

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What is known of the weights: digest, data, seed, dev figures, calibration."""
        try:
            made: dict[str, Any] = json.loads((self._folder / "manifest.json").read_text(encoding="utf8"))
        except (OSError, ValueError) as e:
            raise WeightsError(f"{self._folder / 'manifest.json'}: the model's description is missing (reinstall onrecord)") from e
        return made

    @property
    def model(self) -> str:
        """Version of the model: the first 12 hex digits of its file's SHA-256."""
        return self._tagger.digest[:12]

    def read(self, document: Document) -> list[Statement]:
        """Statements of one document, in the order of their first characters."""
        return next(self.read_many([document]))[1]

    def read_many(
        self, documents: Iterable[Document], *, ahead: int = 64, failed: Callable[[Document, Exception], None] | None = None
    ) -> Iterator[tuple[Document, list[Statement]]]:
        """Read documents as they come and yield each with its statements, in order. At most ``ahead`` are held at once.

        A document on which the program breaks down is passed over and handed to ``failed`` with what was raised; without
        ``failed`` it is raised. WeightsError is raised in any case.
        """
        blocks = _blocks(documents, max(1, ahead // 2))
        if self._tagger.threads == 1:
            for block in blocks:
                yield from self._finished(block, partial(self._tag, block), failed)
            return
        # The network leaves Python free: while a block is finished in Python, the next one is with the network.
        with ThreadPoolExecutor(1, thread_name_prefix="onrecord-ahead") as ahead_of_us:
            waiting: deque[tuple[list[Document], Future[list[Tagged]]]] = deque()
            for block in blocks:
                waiting.append((block, ahead_of_us.submit(self._tag, block)))
                if len(waiting) > 1:
                    first, tagged = waiting.popleft()
                    yield from self._finished(first, tagged.result, failed)
            for block, tagged in waiting:
                yield from self._finished(block, tagged.result, failed)

    def _finished(
        self, documents: list[Document], tagged: Callable[[], list[Tagged]], failed: Callable[[Document, Exception], None] | None
    ) -> list[tuple[Document, list[Statement]]]:
        """The documents with their statements; those on which the program breaks down go to ``failed``, if it is there."""
        try:
            return self._block(documents, tagged())
        except WeightsError:
            raise
        except Exception as e:
            if failed is None:
                raise
            if len(documents) > 1:
                return [found for d in documents for found in self._finished([d], partial(self._tag, [d]), failed)]
            failed(documents[0], e)
            return []

    def _tag(self, documents: list[Document]) -> list[Tagged]:
        return list(tag((d.text for d in documents), self._tagger, mentions=self._stage is not None))

    def _block(self, documents: list[Document], tagged: list[Tagged]) -> list[tuple[Document, list[Statement]]]:
        if self._preparing is not None:
            self._preparing.join()
        from onrecord import nesting
        from onrecord.assemble import assemble

        calibration = self.manifest["calibration"]
        found = [assemble(document, t, calibration) for document, t in zip(documents, tagged, strict=True)]
        inner = nesting.read_contents(found, self._tagger, calibration)
        out = []
        for document, t, outer, nested in zip(documents, tagged, found, inner, strict=True):
            statements = sorted([*outer, *(s for s, _ in nested)], key=lambda s: (s.start, -s.end, s.id))
            if self._stage is not None:
                by_cue = t.acts()
                acts = {s.id: by_cue[at] for s in outer if s.cue and (at := (s.cue[0].start, s.cue[0].end)) in by_cue}
                acts |= {s.id: scores for s, scores in nested if scores}
                statements = self._stage(document, statements, t.mentions, acts)
            out.append((document, statements))
        return out


# So many characters are enough to keep every core busy; a block of long texts would only fill memory.
_BLOCK_CHARACTERS = 100_000


def _blocks(documents: Iterable[Document], ahead: int) -> Iterator[list[Document]]:
    block: list[Document] = []
    size = 0
    for document in documents:
        block.append(document)
        size += len(document.text)
        if len(block) >= ahead or size >= _BLOCK_CHARACTERS:
            yield block
            block, size = [], 0
    if block:
        yield block


_shared: Reader | None = None


def _reader() -> Reader:
    global _shared  # noqa: PLW0603 - the model is loaded once a process, at the first call
    if _shared is None:
        _shared = Reader()
    return _shared


def read(text: str, *, published: str | date | None = None, title: str | None = None, outlet: str | None = None) -> list[Statement]:
    """Find every statement in ``text``. Offsets count its code points; the text is taken as it is, line breaks included.

    ``published``: ISO 8601 date or moment of publication; dates such as "Thursday" are resolved against it.
    Raises UsageError for a malformed date, WeightsError when the installation is broken.
    """
    document = Document(text, title=title, published=parse_published(published), outlet=outlet)
    return _reader().read(document)


def read_file(path: str | Path, *, published: str | date | None = None) -> list[Statement]:
    """Find every statement in a file, of any format that ``onrecord sources`` lists; several documents in it are read in turn.

    Raises SourceError when the file, or one of the documents in it, cannot be read; LanguageError, which is one, where it is not English.
    """
    from onrecord.sources import open_source, refusal

    out: list[Statement] = []
    when = parse_published(published)
    for item in open_source(path):
        if isinstance(item, OnrecordError):
            raise item
        if (why := refusal(item)) is not None:
            raise why
        out += _reader().read(replace(item, published=when) if when else item)
    return out
