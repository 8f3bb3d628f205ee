"""From a text to raw statements: pieces, windows, the network, decoding. One direction, no state but the loaded graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from onrecord.segment import Interval
from onrecord.tagger.decode import Found, decode, decode_mentions
from onrecord.tagger.pieces import Pieces, cut
from onrecord.tagger.session import Tagger, cores
from onrecord.tagger.windows import Window, windows

__all__ = ["Raw", "Tagged", "Tagger", "cores", "tag"]

# Windows decoded at once: the chains run over all of them in step, so that a step's cost is shared.
_GROUP = 48


class Raw(NamedTuple):
    """A statement as the tagger sees it, in code points of the text; probabilities as in ``decode.Found``."""

    source: tuple[Interval, ...]
    cue: Interval
    content: tuple[Interval, ...]
    p_cue: float
    p_source: float
    p_content: float
    act: tuple[float, ...] = ()


class Tagged(NamedTuple):
    """A text's raw statements in the order of their cues, its paragraphs, and its named mentions as (start, end, type)."""

    statements: tuple[Raw, ...]
    paragraphs: tuple[Interval, ...]
    mentions: tuple[tuple[int, int, str], ...] = ()

    def acts(self) -> dict[Interval, tuple[float, ...]]:
        """The act head's scores of each statement (in the order of ``acts.codebook.ACTS``), by the statement's cue."""
        return {r.cue: r.act for r in self.statements if r.act}


def tag(texts: Iterable[str], tagger: Tagger, *, mentions: bool = False) -> Iterator[Tagged]:
    """Tag texts, in order, with their named mentions if asked for.

    Short texts share a group of windows; a long one is worked through in groups.
    """
    waiting: list[tuple[str, Pieces, list[Window]]] = []
    count = 0
    for text in texts:
        pieces = cut(text, tagger.tokenizer, tagger.chunks)
        cut_up = windows(text, pieces)
        waiting.append((text, pieces, cut_up))
        count += len(cut_up)
        if count >= _GROUP:
            yield from _flush(waiting, tagger, mentions)
            waiting, count = [], 0
    yield from _flush(waiting, tagger, mentions)


_OUTPUTS = ("flat", "role_token", "role_bias", "pair_token", "hidden")


def _flush(waiting: list[tuple[str, Pieces, list[Window]]], tagger: Tagger, mentions: bool) -> Iterator[Tagged]:
    todo = [(k, w) for k, (_, _, ws) in enumerate(waiting) for w in ws]
    out: list[list[Raw]] = [[] for _ in waiting]
    named: list[list[tuple[int, int, str]]] = [[] for _ in waiting]
    for i in range(0, len(todo), _GROUP):
        group = todo[i : i + _GROUP]
        inputs = [(waiting[k][1].ids[w.lo : w.hi], waiting[k][1].feature[w.lo : w.hi]) for k, w in group]
        scores = tagger.run(inputs, outputs=(*_OUTPUTS, "mention") if mentions else _OUTPUTS)
        for (k, w), found in zip(group, decode(scores, tagger.heads, tagger.roles), strict=True):
            out[k] += [_raw(f, waiting[k][1], w) for f in found if f.cue[0] - 1 + w.lo >= w.core]
        for (k, w), s in zip(group if mentions else (), scores, strict=False):
            named[k] += [(*_chars(span, waiting[k][1], w), kind) for *span, kind in decode_mentions(s) if span[0] - 1 + w.lo >= w.core]
    for (_, pieces, _), raws, names in zip(waiting, out, named, strict=True):
        yield Tagged(tuple(raws), pieces.paragraphs, tuple(names))


def _raw(f: Found, pieces: Pieces, w: Window) -> Raw:
    source, content = (tuple(_chars(x, pieces, w) for x in spans) for spans in (f.source, f.content))
    return Raw(source, _chars(f.cue, pieces, w), content, f.p_cue, f.p_source, f.p_content, f.act)


def _chars(span: Sequence[int], pieces: Pieces, w: Window) -> Interval:
    """Positions of a window's sequence to code points of the text.

    Position 0 is [CLS]. [CLS] and [SEP] never carry a label but "O" in training; should one all the same, the span is
    clipped to the window.
    """
    lo, hi = max(span[0] - 1, 0), max(1, min(span[1] - 1, w.hi - w.lo))
    return int(pieces.start[w.lo + min(lo, hi - 1)]), int(pieces.end[w.lo + hi - 1])
