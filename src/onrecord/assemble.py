"""From raw spans to Statements: whole quotations, continuations, floating quotes, kind, confidence.

The network sees at most one window of paragraphs. What goes over a window's or a paragraph's border is settled here, by
the conventions of printed quotation, which rules state better than a model learns them from few examples.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from onrecord.document import Document
from onrecord.quotes import Quote, quotes
from onrecord.segment import Interval, paragraphs
from onrecord.statement import Kind, Span, Statement, statement_id
from onrecord.tagger import Raw, Tagged

__all__ = ["assemble", "confidence", "features", "kind_in", "kind_of"]

_WORD = re.compile(r"\w+")
# A quotation of fewer words that nothing claims is a title, a nickname or a scare quote rather than speech.
_SPEECH_WORDS = 5
_SENTENCE_END = re.compile(r"[.?!…,][\"'”’»]*$")


# "Russia has been assured that": who is told something is not who says it. In PolNeAR train 66 cues are such passives; a
# name before one is its source in four, all of them "is assured of winning".
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|been|being|be)\s+(?:\w+\s+){0,2}(?:told|informed|promised|warned|advised|asked|urged|ordered|reminded|notified|briefed"
    r"|instructed|questioned|pressed|accused|charged|blamed|criti[cs]i[sz]ed|assured(?!\s+of\b))\b",
    re.IGNORECASE,
)


@dataclass
class _Draft:
    source: list[Interval]
    cue: list[Interval]
    content: list[Interval]
    p: tuple[float, float, float]
    floating: bool = False
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class _Paragraph:
    start: int
    end: int
    quotes: tuple[Quote, ...]


def assemble(document: Document, tagged: Tagged, calibration: Mapping[str, float]) -> list[Statement]:
    """Statements of ``document`` in the order of their first characters. Spans hold exactly the text's characters."""
    text = document.text
    paras = [_Paragraph(s, e, tuple(quotes(text, (s, e)))) for s, e in tagged.paragraphs]
    drafts = [_draft(raw, text, paras) for raw in tagged.statements]
    _settle(drafts)
    drafts = [d for d in drafts if d.content]
    for d in drafts:
        d.confidence = confidence(features(d.p, d.source, d.content), calibration)
    _carry_on(text, paras, drafts)
    made: dict[str, Statement] = {}
    for d in drafts:
        s = _statement(document, d, paras)
        made.setdefault(s.id, s)
    return sorted(made.values(), key=lambda s: (s.start, s.end, s.id))


def _draft(raw: Raw, text: str, paras: Sequence[_Paragraph]) -> _Draft:
    content = [_whole_quote(text, part, paras) for span in raw.content for part in _by_paragraph(span, raw.cue, paras)]
    source = [] if _PASSIVE.search(text, *raw.cue) and all(s[1] <= raw.cue[0] for s in raw.source) else list(raw.source)
    return _Draft(source, [raw.cue], _merged(content), (raw.p_cue, raw.p_source, raw.p_content))


def _paragraph_at(paras: Sequence[_Paragraph], position: int) -> int:
    lo, hi = 0, len(paras)
    while lo < hi:
        mid = (lo + hi) // 2
        if paras[mid].start <= position:
            lo = mid + 1
        else:
            hi = mid
    return lo - 1


def _by_paragraph(span: Interval, cue: Interval, paras: Sequence[_Paragraph]) -> list[Interval]:
    """A span cut where paragraphs end. Of the parts, those stay that hold or neighbour the cue, and quotations that go on.

    What a speaker says crosses a paragraph only inside quotation marks; a headline and the dateline below it do not belong together.
    """
    first, last = _paragraph_at(paras, span[0]), _paragraph_at(paras, span[1] - 1)
    if first == last:
        return [span]
    home = min(max(_paragraph_at(paras, cue[0]), first), last)
    parts = []
    for k in range(first, last + 1):
        part = max(span[0], paras[k].start), min(span[1], paras[k].end)
        quoted = any(q.start <= part[0] + 1 and part[1] - 1 <= q.end for q in paras[k].quotes)
        if part[0] < part[1] and (k == home or quoted):
            parts.append(part)
    return parts


def _whole_quote(text: str, span: Interval, paras: Sequence[_Paragraph]) -> Interval:
    """Take in the quotation marks of a quote whose inside the span fills at that end: they belong to the content."""
    start, end = span
    para = paras[_paragraph_at(paras, start)]
    for q in para.quotes:
        if q.start + q.mark == start and q.end - q.mark <= end + 1:
            start = q.start
        if q.closed and q.end - q.mark == end and q.start >= start:
            end = q.end
    return start, end


def _merged(spans: list[Interval]) -> list[Interval]:
    out: list[Interval] = []
    for s in sorted(spans):
        if out and s[0] <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], s[1]))
        else:
            out.append(s)
    return out


def _settle(drafts: list[_Draft]) -> None:
    """Where two statements claim the same characters as content, the surer one keeps them (PolNeAR has no such overlap)."""
    order = sorted(range(len(drafts)), key=lambda i: (-drafts[i].p[2] * drafts[i].p[0], i))
    taken: list[Interval] = []
    for i in order:
        d = drafts[i]
        kept = [f for f in d.content if not any(f[0] < e and s < f[1] for s, e in taken)]
        d.content = kept
        taken += kept


def _carry_on(text: str, paras: Sequence[_Paragraph], drafts: list[_Draft]) -> None:
    """Give quotations that no statement claims to the speaker they run on from; else make them statements of their own.

    A paragraph that opens a new quote after one that was left open continues it (the convention for quotations of
    several paragraphs), whichever of them names the speaker. A quote that fills its paragraph, or follows direct speech
    in the same paragraph, floats: it goes on with the statement before it. Any other unclaimed quotation of whole
    sentences is a statement without source and cue.
    """
    claimed = sorted((s, e) for d in drafts for s, e in (*d.source, *d.cue, *d.content))
    by_para: dict[int, list[_Draft]] = {}
    for d in drafts:
        by_para.setdefault(_paragraph_at(paras, max(d.content)[0]), []).append(d)
    running: _Draft | None = None  # whose direct speech the paragraph before ended with
    left_open = False
    at = 0
    for k, para in enumerate(paras):
        here = sorted(by_para.get(k, []), key=lambda d: max(d.content))
        if running is not None and running.floating and left_open:
            owner = next((d for d in here if any(para.start <= s <= para.start + 1 for s, _ in d.content)), None)
            if owner is not None and para.quotes and para.quotes[0].start == para.start:
                owner.content += running.content
                drafts.remove(running)
                running = None
        for q in para.quotes:
            if q.single or q.depth or len(_WORD.findall(text, q.start, q.end)) < _SPEECH_WORDS:
                continue
            while at < len(claimed) and claimed[at][1] <= q.start:
                at += 1
            if at < len(claimed) and claimed[at][0] < q.end:
                continue
            span = (q.start, q.end if q.closed else _rstrip(text, q.start, q.end))
            opens, fills = q.start == para.start, q.start == para.start and q.end >= para.end - 1
            owner = next((d for d in reversed(here) if max(d.content)[1] <= q.start and _is_speech(d, para)), None)
            if owner is None and opens and (left_open or fills):
                owner = running
            if owner is not None:
                owner.content.append(span)
            elif opens and _SENTENCE_END.search(text, q.start, span[1]):
                owner = _Draft([], [], [span], (0.0, 0.0, 0.0), floating=True, confidence=_FLOATING)
                drafts.append(owner)
            if owner is not None:
                here.append(owner)
        last = max(here, key=lambda d: max(d.content), default=None)
        running = last if last is not None and _is_speech(last, para) else None
        left_open = bool(para.quotes) and not para.quotes[-1].closed


# What a quotation that stands alone is worth as a statement: nothing in PolNeAR measures it, so it is put at the toss.
_FLOATING = 0.5


def _rstrip(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _is_speech(d: _Draft, para: _Paragraph) -> bool:
    """Does the statement's last fragment stand in double quotation marks of this paragraph?"""
    start, end = max(d.content)
    return any(q.start <= start + 1 and end - 1 <= q.end and not q.single for q in para.quotes)


def kind_of(text: str, content: Sequence[Interval], paras: Sequence[_Paragraph]) -> Kind:
    """direct: every word of the content stands in quotation marks; indirect: none; mixed: some."""
    inside = outside = 0
    for start, end in content:
        first, last = _paragraph_at(paras, start), _paragraph_at(paras, end - 1)
        quoted = [(q.start, q.end) for p in paras[max(first, 0) : last + 1] for q in p.quotes if q.depth == 0]
        for m in _WORD.finditer(text, start, end):
            if any(s <= m.start() < e for s, e in quoted):
                inside += 1
            else:
                outside += 1
    if inside and not outside:
        return "direct"
    return "mixed" if inside else "indirect"


def kind_in(text: str, content: Sequence[Interval]) -> Kind:
    """``kind_of`` for offsets alone: the paragraphs are looked up in ``text``."""
    paras = [_Paragraph(s, e, tuple(quotes(text, (s, e)))) for s, e in paragraphs(text)]
    return kind_of(text, content, paras)


def _statement(document: Document, d: _Draft, paras: Sequence[_Paragraph]) -> Statement:
    source, cue, content = (
        tuple(Span(s, e, document.text[s:e]) for s, e in sorted(intervals)) for intervals in (d.source, d.cue, _merged(d.content))
    )
    return Statement(
        id=statement_id(document.digest, source, cue, content),
        document=document,
        kind=kind_of(document.text, [(s.start, s.end) for s in content], paras),
        source=source,
        cue=cue,
        content=content,
        confidence=round(d.confidence, 3),
    )


def _logit(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))


def features(p: tuple[float, float, float], source: Sequence[Interval], content: Sequence[Interval]) -> dict[str, float]:
    """What the confidence of a statement rests on: the tagger's probabilities of cue, source and content, and their shape."""
    size = sum(e - s for s, e in content)
    return {
        "one": 1.0,
        "cue": _logit(p[0]),
        "source": _logit(p[1]) if source else 0.0,
        "no source": float(not source),
        "content": _logit(p[2]),
        "fragments": float(len(content) > 1),
        "length": math.log(1 + size) - 4,
    }


def confidence(x: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Logistic of the features under ``weights`` (fitted by ``training.calibrate`` on PolNeAR dev)."""
    z = sum(weights.get(k, 0.0) * v for k, v in x.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def nest(inner: Statement, outer: Statement) -> Statement:
    """``inner``, marked as reported inside ``outer``'s content."""
    return replace(inner, nested_in=outer.id)
