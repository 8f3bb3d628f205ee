"""Readers that take no time, for workers in other processes: they import this module by its name."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

from onrecord import Document, Span, Statement
from onrecord.statement import Speaker, statement_id


def said(d: Document) -> list[Statement]:
    """One statement a line of the form "NAME said WORDS"."""
    out, at = [], 0
    for line in d.text.split("\n"):
        name, cue, words = line.partition(" said ")
        if cue and words:
            a, b, c = at, at + len(name), at + len(name) + 1
            source = (Span(a, b, name),)
            verb = (Span(c, c + 4, "said"),)
            content = (Span(c + 5, at + len(line), words),)
            id_ = statement_id(d.digest, source, verb, content)
            out.append(Statement(id_, d, "indirect", source, verb, content, 0.5, speaker=Speaker(name), act="ASSERT"))
        at += len(line) + 1
    return out


class Fake:
    """Reads as ``said`` does. A text with POISON kills the process, one with BREAK raises, one with SLOW takes its time.

    One with HANG never ends, until it is interrupted; one with STUBBORN does not heed that either.
    """

    model = "fake00000001"

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Statement]]]:
        for d in documents:
            if "POISON" in d.text:
                os._exit(9)
            if "BREAK" in d.text:
                raise ValueError("it breaks")
            if "HANG" in d.text:
                time.sleep(3600)
            while "STUBBORN" in d.text:
                with suppress(Exception):
                    time.sleep(3600)
            if "SLOW" in d.text:
                time.sleep(float(os.environ.get("ONRECORD_TEST_SLOW", "0")))
            yield d, said(d)


class Newer(Fake):
    model = "fake00000002"


def fake() -> Fake:
    return Fake()


def newer() -> Newer:
    return Newer()


class Calm(Fake):
    """On whom nothing hangs any more."""

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Statement]]]:
        for d in documents:
            yield d, said(d)


def calm() -> Calm:
    return Calm()
