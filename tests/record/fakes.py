"""A reader without a model, for tests of what happens around reading: fast, and breaks down when a text tells it to."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onrecord import Document, Span, Speaker, Statement
from onrecord.statement import ActorRef, statement_id

SAID = re.compile(r"(?P<source>[A-Z]\w+) (?P<cue>said|warned|denied) (?P<content>[^.\n]+)\.")


@dataclass(frozen=True)
class Fake:
    """Makes a FakeReader: what ``make_reader`` takes. ``skip``: leaves out statements with this cue, as another model might."""

    model: str = "fake-1"
    act: str = "ASSERT"
    skip: str = ""
    wait: float = 0.0

    def __call__(self) -> FakeReader:
        return FakeReader(self)


class FakeReader:
    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    @property
    def model(self) -> str:
        return self._fake.model

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Statement]]]:
        for d in documents:
            time.sleep(self._fake.wait)
            if "CRASH" in d.text:
                os._exit(9)
            if "HANG" in d.text:
                time.sleep(3600)
            if "RAISE" in d.text:
                raise ValueError("no")
            yield d, [s for m in SAID.finditer(d.text) if m["cue"] != self._fake.skip for s in [self._statement(d, m)]]

    def _statement(self, d: Document, m: re.Match[str]) -> Statement:
        roles = tuple((Span(*m.span(r), "LIE" if "LIE" in m[r] else m[r]),) for r in ("source", "cue", "content"))
        where = m.start("source"), m.end("source")
        return Statement(
            statement_id(d.digest, *roles), d, "indirect", *roles, 0.75, speaker=Speaker(m["source"], None, None, "USA", "name"),
            act=self._fake.act, targets=(ActorRef(m["source"], "USA", *where),),
        )  # fmt: skip


def no_weights() -> FakeReader:
    """A factory that fails as the real one does when the installation is broken."""
    from onrecord.errors import WeightsError

    raise WeightsError("the model is not there")


_PLACES = "harbour bridge airfield ministry border market village river convoy embassy checkpoint refinery".split()
_DEEDS = "closed opened searched abandoned shelled rebuilt guarded inspected blocked surrounded".split()


def text(n: int, sentences: int = 4) -> str:
    """A dispatch of its own for each ``n``, in English, with a statement in every sentence."""
    out = [f"Dispatch {n} of the correspondent at the {_PLACES[n % 12]}, sent by telegraph in the evening."]
    for i in range(sentences):
        k = n * 7 + i * 3
        who, cue = ("Rusk", "Kennedy", "Bohlen")[k % 3], ("said", "warned", "denied")[i % 3]
        place, guards, deed = _PLACES[k % 12], _PLACES[(k + 5) % 12], _DEEDS[k % 10]
        out.append(f"{who} {cue} that the {place} number {n * 10 + i} had been {deed} by the guards of the {guards}.")
    return " ".join(out)
