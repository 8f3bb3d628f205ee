"""From a text to raw statements: pieces, windows, the network, decoding. One direction, no state but the loaded graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from onrecord.segment import Interval
from onrecord.tagger.decode import Found, Scores, decode, decode_mentions
from onrecord.tagger.pieces import Pieces, cut
from onrecord.tagger.session import Tagger, cores
from onrecord.tagger.windows import Window, windows

__all__ = ["Raw", "Tagged", "Tagger", "cores", "tag"]

# Windows decoded at once: the chains run over all of them in step, so that a step's cost is shared.
_GROUP = 48
_OUTPUTS = ("flat", "role_token", "role_bias", "pair_token", "hidden")


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


class _Text(NamedTuple):
    """A text on its way through the network: its pieces, and what its windows gave so far."""

    pieces: Pieces
    raws: list[Raw]
    names: list[tuple[int, int, str]]


class _Group(NamedTuple):
    """Windows that are decoded together, each with its text, and the texts that are done with them."""

    windows: list[tuple[_Text, Window]]
    done: list[_Text]


def tag(texts: Iterable[str], tagger: Tagger, *, mentions: bool = False) -> Iterator[Tagged]:
    """Tag texts, in order, with their named mentions if asked for.

    Short texts share a group of windows; a long one is worked through in groups. While a group is decoded in Python the
    next one is with the network, which leaves Python free.
    """
    outputs = (*_OUTPUTS, "mention") if mentions else _OUTPUTS
    ahead: tuple[_Group, Callable[[], list[Scores]]] | None = None
    for group in _groups(texts, tagger):
        scores = tagger.start([(t.pieces.ids[w.lo : w.hi], t.pieces.feature[w.lo : w.hi]) for t, w in group.windows], outputs=outputs)
        if ahead is not None:
            yield from _decoded(ahead[0], ahead[1](), tagger)
        ahead = group, scores
    if ahead is not None:
        yield from _decoded(ahead[0], ahead[1](), tagger)


def _groups(texts: Iterable[str], tagger: Tagger) -> Iterator[_Group]:
    group = _Group([], [])
    for text in texts:
        t = _Text(cut(text, tagger.tokenizer, tagger.chunks), [], [])
        for w in windows(text, t.pieces):
            if len(group.windows) == _GROUP:
                yield group
                group = _Group([], [])
            group.windows.append((t, w))
        group.done.append(t)
    if group.done:
        yield group


def _decoded(group: _Group, scores: list[Scores], tagger: Tagger) -> Iterator[Tagged]:
    for (t, w), found in zip(group.windows, decode(scores, tagger.heads, tagger.roles), strict=True):
        t.raws.extend(_raw(f, t.pieces, w) for f in found if f.cue[0] - 1 + w.lo >= w.core)
    for (t, w), s in zip(group.windows, scores, strict=True):
        if len(s.mention):
            t.names.extend((*_chars(at, t.pieces, w), kind) for *at, kind in decode_mentions(s) if at[0] - 1 + w.lo >= w.core)
    for t in group.done:
        yield Tagged(tuple(t.raws), t.pieces.paragraphs, tuple(t.names))


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
