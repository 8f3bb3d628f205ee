"""Statements reported inside other statements' contents.

PolNeAR, from which the tagger learned, annotates the outermost attribution only, so the tagger passes over a report
inside a report. Read alone, as a text of its own, a content has its own outermost attributions: those are the nested
statements. Reading everything twice would cost half as much again, so only contents that hold a word which often is a
cue are read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from onrecord.assemble import assemble, nest
from onrecord.document import Document
from onrecord.quotes import MARKS
from onrecord.statement import Span, Statement, statement_id
from onrecord.tagger import Tagger, tag

__all__ = ["read_contents"]

_WORDS = re.compile(r"\w+")
# Contents shorter than this have no room for a source or a cue and something said.
_SHORTEST = 6
# A nested statement is shown only when it is at least this sure: nothing annotated measures them on a large scale, and
# on the project's own annotated dispatches this threshold gave the best F1 (docs/decisions/nesting.md).
_SURE = 0.4
# Reports in reports in reports are not followed further down.


@cache
def _cue_words() -> frozenset[str]:
    """Word forms that are often part of a cue in PolNeAR train (made by ``training.cue_words``)."""
    lines = (Path(__file__).parent / "tagger" / "weights" / "cue_words.txt").read_text(encoding="utf8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def read_contents(
    found: Sequence[Sequence[Statement]], tagger: Tagger, calibration: Mapping[str, float]
) -> list[list[tuple[Statement, tuple[float, ...]]]]:
    """Nested statements of each document, given its statements, each with the act head's scores. Offsets are the document's.

    Those that ``assemble`` found already are not given again.
    """
    known = [{c for s in statements if s.nested_in for x in s.cue for c in range(x.start, x.end)} for statements in found]
    todo: list[tuple[int, Statement, Span]] = []
    for k, statements in enumerate(found):
        todo += [(k, s, part) for s in statements if s.nested_in is None for span in s.content if (part := _inside(span)) is not None]
    out: list[list[tuple[Statement, tuple[float, ...]]]] = [[] for _ in found]
    texts = [part.text for _, _, part in todo]
    for (k, outer, part), tagged in zip(todo, tag(texts, tagger), strict=True):
        acts = tagged.acts()
        for inner in assemble(Document(part.text), tagged, calibration):
            if inner.confidence < _SURE or not inner.cue:
                continue
            if any(c + part.start in known[k] for x in inner.cue for c in range(x.start, x.end)):
                continue
            if sum(s.end - s.start for s in inner.content) >= len(part.text) - 2:
                continue
            out[k].append((nest(_moved(inner, outer.document, part.start), outer), acts.get(_cue(inner), ())))
    return out


def _cue(s: Statement) -> tuple[int, int]:
    return s.cue[0].start, s.cue[0].end


def _inside(span: Span) -> Span | None:
    """The fragment without the quotation marks around it, if it may hold a nested statement."""
    text = span.text
    lo, hi = 0, len(text)
    while lo < hi and (text[lo] in MARKS or text[lo].isspace()):
        lo += 1
    # A closing mark stays where the opening one stands inside the fragment.
    while lo and hi > lo and (text[hi - 1] in MARKS or text[hi - 1].isspace()):
        hi -= 1
    words = _WORDS.findall(text[lo:hi])
    if len(words) < _SHORTEST or _cue_words().isdisjoint(w.lower() for w in words):
        return None
    return Span(span.start + lo, span.start + hi, text[lo:hi])


def _moved(s: Statement, document: Document, by: int) -> Statement:
    source, cue, content = (tuple(x.moved(by) for x in spans) for spans in (s.source, s.cue, s.content))
    return Statement(
        id=statement_id(document.digest, source, cue, content),
        document=document,
        kind=s.kind,
        source=source,
        cue=cue,
        content=content,
        confidence=s.confidence,
    )
