"""From raw spans to Statements: whole quotations, continuations, floating quotes, kind, confidence.

The network sees at most one window of paragraphs. What goes over a window's or a paragraph's border is settled here, by
the conventions of printed quotation, which rules state better than a model learns them from few examples.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

from onrecord import lazy
from onrecord.document import Document
from onrecord.quotes import Quote, quotes
from onrecord.repairs import (
    agent,
    asides,
    before_tail,
    both_clauses,
    disowned,
    is_label,
    is_no_report,
    is_passive,
    quoted_by_another,
    rumours,
    second_report,
    what_was_refused,
    without_connective,
    without_first_clause,
)
from onrecord.segment import Interval, paragraphs, sentences
from onrecord.statement import Kind, Span, Statement, statement_id
from onrecord.tagger import Raw, Tagged
from onrecord.turns import turns

__all__ = ["assemble", "confidence", "features", "kind_in", "kind_of"]

_WORD = lazy.compile(r"\w+")
# A quotation of fewer words that nothing claims is a title, a nickname or a scare quote rather than speech.
_SPEECH_WORDS = 5
_SENTENCE_END = lazy.compile(r"[.?!…,][\"'”’»]*$")


@dataclass
class _Draft:
    source: list[Interval]
    cue: list[Interval]
    content: list[Interval]
    p: tuple[float, float, float]
    floating: bool = False
    outer: _Draft | None = None  # in whose content it is reported
    confidence: float = 0.0


class _Paragraph(NamedTuple):
    start: int
    end: int
    quotes: tuple[Quote, ...]


def assemble(document: Document, tagged: Tagged, calibration: Mapping[str, float]) -> list[Statement]:
    """Statements of ``document`` in the order of their first characters. Spans hold exactly the text's characters.

    A statement that the tagger found whole inside another's content is marked as nested there.
    """
    text = document.text
    paras = [_Paragraph(s, e, tuple(quotes(text, (s, e)))) for s, e in tagged.paragraphs]
    sentence = _sentences(text, paras)
    raws = [r for r in tagged.statements if not is_label(text, r.source, r.cue) and not is_no_report(text, r.cue, r.content)]
    drafts = [_draft(raw, text, paras, sentence) for raw in raws]
    _own_sources(text, drafts, sentence)
    _settle(text, drafts)
    drafts = _second_reports(text, drafts)
    drafts = _in_turns(text, paras, [d for d in drafts if d.content])
    for d in drafts:
        d.confidence = confidence(features(d.p, d.source, d.content), calibration)
    top = [d for d in drafts if d.outer is None]
    _fill_quotes(text, paras, top)
    _hand_on(paras, top)
    _carry_on(text, paras, top)
    top += _rumoured(text, top)
    top += _set_aside(text, top, sentence)
    made: dict[str, Statement] = {}
    names: dict[int, str] = {}
    for d in [*top, *sorted((d for d in drafts if d.outer), key=lambda d: _extent(d)[0] - _extent(d)[1])]:
        s = _statement(document, d, paras)
        if d.outer is not None:
            if id(d.outer) not in names:
                continue
            s = replace(s, nested_in=names[id(d.outer)])
        names[id(d)] = s.id
        made.setdefault(s.id, s)
    return sorted(made.values(), key=lambda s: (s.start, s.end, s.id))


def _draft(raw: Raw, text: str, paras: Sequence[_Paragraph], sentence: Callable[[int], Interval]) -> _Draft:
    cue = raw.cue
    content = [_whole_quote(text, part, paras) for span in raw.content for part in _by_paragraph(span, cue, paras)]
    source = [without_first_clause(text, s) for s in raw.source]
    if is_passive(text, cue) and all(s[1] <= cue[0] for s in source):
        source = []
    if not source and (by := agent(text, cue)) is not None:
        source, content = [by], _cut(content, by)
    if (told := quoted_by_another(text, source, cue, content, sentence)) is not None:
        source, cue = [told[0]], told[1]
        content = _cut(_cut(content, told[0]), cue)
    if (denial := disowned(text, cue, content)) is not None:
        source, cue, content = [denial[0]], denial[1], [denial[2]]
    content = _of_its_sentence(text, cue, content, paras, sentence)
    content = both_clauses(text, source, cue, content, sentence(cue[0]))
    home = paras[_paragraph_at(paras, cue[0])]
    indirect = bool(content) and kind_of(text, content, paras) == "indirect"
    if source and indirect and all(e <= home.start or home.end <= s for s, e in content):
        # What is said indirectly stands in the cue's own paragraph: here in the sentence that the attribution ends.
        content = [said] if (said := before_tail(text, min(source)[0], sentence)) is not None else content
    content = _merged(content)
    if indirect:
        content = without_connective(text, cue, content)
        cue, content = what_was_refused(text, cue, content)
    return _Draft(source, [cue], content, (raw.p_cue, raw.p_source, raw.p_content))


def _of_its_sentence(
    text: str, cue: Interval, content: list[Interval], paras: Sequence[_Paragraph], sentence: Callable[[int], Interval]
) -> list[Interval]:
    """Of what is said without quotation marks, what stands in the cue's sentence, where anything does; the one before is another's."""
    lo, hi = sentence(cue[0])
    if len(content) < 2 or not any(lo <= s and e <= hi for s, e in content):
        return content
    return [f for f in content if f[1] > lo or kind_of(text, [f], paras) != "indirect"]


def _cut(spans: Sequence[Interval], away: Interval) -> list[Interval]:
    """The spans without the characters of ``away``, and without what is no word of theirs then."""
    parts = [x for s, e in spans for x in ((s, min(e, away[0])), (max(s, away[1]), e))]
    return [(s, e) for s, e in parts if s < e]


def _sentences(text: str, paras: Sequence[_Paragraph]) -> Callable[[int], Interval]:
    """A function that gives the sentence that holds an offset; each paragraph is split once, when it is asked about."""
    known: dict[int, list[Interval]] = {}

    def at(offset: int) -> Interval:
        k = _paragraph_at(paras, offset)
        if k not in known:
            known[k] = sentences(text, (paras[k].start, paras[k].end)) or [(paras[k].start, paras[k].end)]
        return known[k][max(0, bisect_right(known[k], (offset, len(text))) - 1)]

    return at


_start = attrgetter("start")


def _paragraph_at(paras: Sequence[_Paragraph], position: int) -> int:
    return bisect_right(paras, position, key=_start) - 1


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


_AND_BEFORE = lazy.compile(r"\b(?:and|but|or)\s+$")
_PARTICIPLE = lazy.compile(r"\w+ing\b")


def _own_sources(text: str, drafts: Sequence[_Draft], sentence: Callable[[int], Interval]) -> None:
    """ "*France* has called for talks, *saying* that": a participle's, or a second verb's, speaker is its sentence's, not another's."""
    by_sentence: dict[Interval, list[_Draft]] = {}
    for d in sorted(drafts, key=lambda d: d.cue[0]):
        by_sentence.setdefault(sentence(d.cue[0][0]), []).append(d)
    for (at, end), here in by_sentence.items():
        for k, d in enumerate(here):
            participle = _PARTICIPLE.match(text, d.cue[0][0])
            if not (d.source and (participle or _AND_BEFORE.search(text, at, d.cue[0][0]))) or any(s < end and e > at for s, e in d.source):
                continue
            if k:
                before = here[k - 1]
                if before.source and all(at <= s and e <= d.cue[0][0] for s, e in before.source):
                    d.source = list(before.source)
            elif participle and d.cue[0][0] == at and len(here) > 1:  # "Citing a letter, *he* said": of the clause that it leads to
                after = here[1]
                if after.source and all(d.cue[0][1] <= s and e <= after.cue[0][0] for s, e in after.source):
                    d.source = list(after.source)


def _second_reports(text: str, drafts: list[_Draft]) -> list[_Draft]:
    """All statements, with those of the same source that a content swallowed: "rejected the charge *and appealed for* unity".

    Where the tagger had found the second one as part of the first, it is not reported there, and gives way.
    """
    out: list[_Draft] = []
    gone: set[int] = set()
    for d in drafts:
        if d.source and d.content and len(d.cue) == 1 and d.cue[0][1] <= d.content[-1][0]:
            content = d.content[-1]
            if (found := second_report(text, d.cue[0], content, text[slice(*d.source[-1])])) is not None:
                end, cue, start = found
                d.content[-1] = (content[0], end)
                made = _Draft(list(d.source), [cue], [(start, content[1])], d.p, outer=d.outer)
                out.append(made)
                for other in drafts:
                    if other.outer is d and other.cue[0][0] >= end:
                        other.outer = made
                        if other.cue[0][0] < cue[1]:
                            gone.add(id(other))
    return [d for d in [*drafts, *out] if id(d) not in gone]


def _settle(text: str, drafts: list[_Draft]) -> None:
    """Where two statements claim the same characters as content, the surer one keeps them (PolNeAR has no such overlap).

    But for a report inside a report ("The claim *that the army would attack* is false, the ministry said"): a statement all of
    whose spans lie in one fragment of another's content is part of what is said there and takes nothing away.
    """
    near = _neighbours(drafts)
    inside = [{j for j in js if _within(drafts[i], drafts[j])} for i, js in enumerate(near)]
    done: set[int] = set()
    for i in sorted(range(len(drafts)), key=lambda i: (-drafts[i].p[2] * drafts[i].p[0], i)):
        d = drafts[i]
        for other in (drafts[j] for j in near[i] if j in done and j not in inside[i] and i not in inside[j]):
            d.content = [f for f in (_beside(text, f, d, other) for f in d.content) if f is not None]
        done.add(i)
    for i, d in enumerate(drafts):
        around = [drafts[j] for j in inside[i] if drafts[j].content and i not in inside[j]]
        d.outer = min(around, key=lambda o: _extent(o)[1] - _extent(o)[0], default=None)


def _in_turns(text: str, paras: Sequence[_Paragraph], drafts: list[_Draft]) -> list[_Draft]:
    """The turns of an interview as statements, whole, with what else was found in them nested inside."""
    found = turns(text, [(p.start, p.end) for p in paras])
    if not found:
        return drafts
    starts = [t.source[0] for t in found]
    made = [_Draft([t.source], [t.cue], list(t.content), _TURN) for t in found]
    out: list[_Draft] = []
    read: set[int] = set()  # the tagger's own readings of turns
    home: dict[int, _Draft] = {}
    for d in drafts:
        label = bisect_right(starts, d.cue[0][0]) - 1
        if label >= 0 and found[label].cue[0] <= d.cue[0][0] < found[label].cue[1]:
            made[label].p = d.p  # the tagger's reading of this very turn, which may reach into the one before
            read.add(id(d))
            continue
        k = bisect_right(starts, _extent(d)[0]) - 1
        turn = found[k] if k >= 0 else None
        if turn is None or d.cue[0][0] >= turn.content[-1][1]:
            out.append(d)
        else:
            d.source = [s for s in d.source if s[0] >= turn.content[0][0]]
            d.content = [c for c in d.content if any(s <= c[0] and c[1] <= e for s, e in turn.content)]
            d.outer = d.outer or made[k]
            home[id(d)] = made[k]
            out += [d] if d.content and any(s <= d.cue[0][0] < e for s, e in turn.content) else []
    for d in out:
        if id(d.outer) in read:
            d.outer = home.get(id(d))
    return [*out, *made]


# The tagger's probabilities of cue, source and content for a turn whose label it passed over.
_TURN = (0.9, 0.9, 0.9)
_AND = lazy.compile(r"(?:,|\s)*\b(?:and|but|while)\s*$|[,\s]+$")


def _beside(text: str, f: Interval, d: _Draft, other: _Draft) -> Interval | None:
    """What a fragment of content keeps beside a surer statement: all, nothing, or what precedes "and called on" of the same source."""
    at = [s for s, e in other.content if f[0] < e and s < f[1]]
    if not at:
        return f
    if not d.source or other.source != d.source:
        return None
    end = min([*at, *(s for s, _ in other.cue if f[0] <= s)])
    cut = _AND.search(text, f[0], end)
    end = cut.start() if cut else end
    return (f[0], end) if len(_WORD.findall(text, f[0], end)) >= _KEPT else None


# So many words before another statement's cue are a clause that can stand alone.
_KEPT = 3


def _extent(d: _Draft) -> Interval:
    spans = [*d.source, *d.cue, *d.content]
    return min(s for s, _ in spans), max(e for _, e in spans)


def _neighbours(drafts: Sequence[_Draft]) -> list[list[int]]:
    """For each statement those whose extents overlap its own: a window's few, however long the text."""
    extents = [_extent(d) for d in drafts]
    order = sorted(range(len(drafts)), key=lambda i: extents[i])
    out: list[list[int]] = [[] for _ in drafts]
    for k, i in enumerate(order):
        for j in order[k + 1 :]:
            if extents[j][0] >= extents[i][1]:
                break
            out[i].append(j)
            out[j].append(i)
    return out


def _within(inner: _Draft, outer: _Draft) -> bool:
    """Do all spans of one statement lie in one fragment of the other's content?"""
    lo, hi = _extent(inner)
    return any(s <= lo and hi <= e for s, e in outer.content)


def _fill_quotes(text: str, paras: Sequence[_Paragraph], drafts: Sequence[_Draft]) -> None:
    """Content that ends with a sentence inside a quotation goes on to the quotation's end, where nothing else claims the rest;
    and what holds the quotation's last sentences begins where the quotation does.

    Whoever speaks one sentence of a quotation speaks the others; the more so where a quotation runs on over paragraphs.
    """
    claims = sorted(s for d in drafts for s in (*d.source, *d.cue, *d.content))
    starts = [s for s, _ in claims]
    reached = list(accumulate((e for _, e in claims), max))  # the furthest end among the first claims
    for d in drafts:
        for k, (start, end) in enumerate(d.content):
            para = paras[_paragraph_at(paras, start)]
            q = next((q for q in para.quotes if q.closed and not q.single and q.start + q.mark < start < q.end - q.mark <= end), None)
            if q is None:
                continue
            last, before = _rstrip(text, q.start, start), bisect_left(starts, start)
            if _SENTENCE_END.search(text, q.start, last) and text[last - 1] != "," and (not before or reached[before - 1] <= q.start):
                d.content[k] = (q.start, end)
    for d in drafts:
        for k, (start, end) in enumerate(d.content):
            para = paras[_paragraph_at(paras, start)]
            q = next((q for q in para.quotes if not q.single and q.start <= start and end < q.end and q.start + q.mark >= start), None)
            if q is None or not _SENTENCE_END.search(text, start, end) or text[end - 1] == ",":
                continue
            stop = q.end if q.closed else _rstrip(text, q.start, q.end)
            after = bisect_right(starts, start)
            if after == len(starts) or starts[after] >= stop:
                d.content[k] = (start, stop)


def _hand_on(paras: Sequence[_Paragraph], drafts: Sequence[_Draft]) -> None:
    """A quotation left open at its paragraph's end belongs to whoever speaks the next paragraph, which opens it anew.

    The tagger likes to give it to the speaker before, whose cue stands in an earlier paragraph.
    """
    by_start = {s: d for d in drafts for s, _ in d.content}
    for k in range(len(paras) - 2, -1, -1):
        para = paras[k]
        if not para.quotes or para.quotes[-1].closed or para.quotes[-1].start != para.start:
            continue
        d, after = by_start.get(para.start), by_start.get(paras[k + 1].start)
        if d is None or after is None or d is after or not d.cue or any(para.start <= s for s, _ in d.cue):
            continue
        moved = [f for f in d.content if para.start <= f[0] < para.end]
        if len(moved) < len(d.content):
            d.content = [f for f in d.content if f not in moved]
            after.content = _merged([*moved, *after.content])
            by_start[para.start] = after


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


# What a noun alone reports ("constant reports of a build-up") is worth where the tagger passed over it: of such nouns outside
# other statements two in three are annotated in PolNeAR train, and the tagger finds the plainer ones.
_RUMOUR = 0.5


def _rumoured(text: str, drafts: Sequence[_Draft]) -> list[_Draft]:
    """Statements that a noun makes ("rumours that", "allegations of") where no other statement has any of its words."""
    out: list[_Draft] = []
    claimed = sorted(span for d in drafts for span in (*d.source, *d.cue, *d.content))
    at = 0
    for r in rumours(text):
        lo, hi = (r.source or r.cue)[0], r.content[1]
        while at < len(claimed) and claimed[at][1] <= lo:
            at += 1
        if not any(s < hi and lo < e for s, e in claimed[at : at + 1]):
            out.append(_Draft([r.source] if r.source else [], [r.cue], [r.content], (0.0, 0.0, 0.0), confidence=_RUMOUR))
    return out


# What an attribution between commas is worth that the tagger passed over.
_ASIDE = 0.6


def _set_aside(text: str, drafts: Sequence[_Draft], sentence: Callable[[int], Interval]) -> list[_Draft]:
    """Statements of a sentence in which the tagger found nothing, though it says "…, he went on, …"."""
    claimed = sorted(span for d in drafts for span in (*d.source, *d.cue, *d.content))
    out: list[_Draft] = []
    last = -1
    for who, cue, said in asides(text, sentence):
        lo, hi = min(said)[0], max(cue[1], max(said)[1])
        at = bisect_right(claimed, (lo, hi))
        if lo <= last or (at and claimed[at - 1][1] > lo) or (at < len(claimed) and claimed[at][0] < hi):
            continue
        out.append(_Draft([who], [cue], said, (0.0, 0.0, 0.0), confidence=_ASIDE))
        last = hi
    return out


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
    inside = outside = False
    for start, end in content:
        first, last = _paragraph_at(paras, start), _paragraph_at(paras, end - 1)
        quoted = [(q.start, q.end) for p in paras[max(first, 0) : last + 1] for q in p.quotes if q.depth == 0]
        if not quoted:
            outside = outside or _WORD.search(text, start, end) is not None
            continue
        for m in _WORD.finditer(text, start, end):
            if any(s <= m.start() < e for s, e in quoted):
                inside = True
            else:
                outside = True
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
