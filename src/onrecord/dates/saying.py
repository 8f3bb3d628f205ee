"""The day on which a statement was made, told apart from the days it talks about.

Only words about the saying count: a time expression outside the content, in the sentence of the cue, close to the cue
with no clause between them ("said on Thursday", "told the BBC in March", "on Thursday, she warned", "Thursday's
statement"). A statement without such words takes the day over from an earlier one where the text makes that plain: the
same speaker's, or the lead's where the whole text speaks of one day. What is left has no date: the day of publication is
when it was *reported*, which the document itself says already; it is not a guess made here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from onrecord import lazy
from onrecord.dates.expression import TimeExpression
from onrecord.dates.find import find_dates
from onrecord.document import Document
from onrecord.segment import Interval, paragraphs, sentences
from onrecord.statement import DateRef, Statement

__all__ = ["How", "Saying", "date_statements", "saying_dates"]

How = Literal["cue", "clause", "opening", "source", "speaker", "lead"]

_WORD = lazy.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Between a cue and its date there stand an addressee, a place, an occasion; hardly ever more words than this.
_MOST_WORDS = 14
# One of these between them begins another clause, and the date is that clause's.
_BREAKS = frozenset(
    "that who which whose whom when while after before since until till if because whether where as although though but unless "
    "why how what "
    "despite amid over following".split()
)
# A date right after one of these is the end of a span of time, or the attribute of a noun, not the day of saying.
_NOT_BEFORE = frozenset(
    "of for to since until till by before after from between through the a an its his her their and or about than".split()
)
_OPENERS = frozenset("on in at early late earlier later during but and also then meanwhile again only just back as recently".split())
# Of a paragraph's earlier expressions only so many are looked at: bounds the time that a hostile text can take.
_LOOK_BACK = 50
_COARSE = frozenset("month season quarter half year".split())
_FIT = _COARSE | frozenset("second minute hour daypart day weekend week".split())
_IN = frozenset("in during early late earlier later".split())
_UTTERANCE = lazy.compile(
    r"\b(?:statements?|speech(?:es)?|interviews?|remarks?|address|letters?|reports?|briefings?|conference|tweets?|posts?|messages?|articles?|op-ed|"
    r"testimony|communiqu[eé]|declaration|release|announcement|comments?|warning|appeal|broadcast|editorial|decree|order|resolution|ruling)\b",
    re.IGNORECASE,
)
_FINAL = frozenset(".?!…:;\"”’'»)]")
# "RIGA, Latvia, " before a dateline's day, and what comes after it.
_PLACE_LINE = lazy.compile(r"\s*[A-Z][A-Z'’.\-]+(?:[ /][A-Z][A-Z'’.\-]+){0,4}(?:,\s[A-Z][\w.'’\- ]{1,30})?,\s*")
_AFTER_LINE = lazy.compile(r"\.?,?\s*(?:\d{4}\s*)?(?:\(|/[A-Z]|\.?\s?[-–—])")
# A lead is the first sentences of the text; further down a date is no longer the whole report's.
_LEAD = 900
_PAST = lazy.compile(
    r"(?i)^(?!(?:had|has|have|is|are|will|would|could|may|might|should|can)\b).*?\b(?:\w{2,}ed|said|told|wrote|spoke|went|made|gave|put|kept|swore|called|read)\b"
)
_TO_SOMEBODY = lazy.compile(
    r"(?i)\b(?:accus|urg|warn|ask|call(?:s|ed|ing)?\s+(?:on|upon)|blam|criticis|criticiz|order|press|invit|prais|thank|charg|implor|appeal(?:s|ed|ing)?\s+to)"
)
# Who comments on the news is seldom dated by it: "an analyst told the paper" may be of any day.
_COMMENTS = lazy.compile(
    r"(?i)\b(?:analysts?|experts?|professors?|scholars?|researchers?|historians?|economists?|observers?|critics|universit\w+|institutes?|"
    r"think[ -]tanks?|fellow)\b"
)
# "Ordered the raid *on Monday*": the day of what happened, which is nobody that could be accused, urged or asked.
_EVENT = frozenset(
    "vote votes election elections referendum strike strikes raid raids attack attacks bombing bombings shelling killing killings "
    "hearing trial meeting meetings summit talks march marches rally rallies protest protests demonstration demonstrations parade "
    "visit trip launch test tests drill drills exercise exercises speech speeches ruling verdict decision move truce ceasefire "
    "deal agreement release arrest arrests detention evacuation closure shutdown incident crash explosion blast riot riots coup "
    "operation offensive assault statement session match game conference ceremony funeral debate".split()
)
_ON = lazy.compile(r"\son\s$", re.IGNORECASE)
_GOES_ON = lazy.compile(r"\s+(?:of|to|that|against|over)\s")
_STATE_OF_MIND = lazy.compile(r"(?i)\bused\s+to\b|\b(?:believ|think|thought|fear|want|hope|expect|know|knew|feel|felt|suspect|prefer)")
_GOING_ON = lazy.compile(r"(?i)\b(?:according|continu\w+|add(?:s|ed|ing)|go(?:es|ing)? on)\b")


class Saying(NamedTuple):
    """When a statement was made, and why it is thought so.

    ``how``: the date stands in the cue's span (``cue``), in its clause (``clause``), opens the sentence (``opening``), belongs to
    the source ("Thursday's statement": ``source``), or was taken over from an earlier statement, ``carried_from``: the same
    ``speaker``'s, or the ``lead``'s. All None where nothing says.
    """

    statement: str
    date: DateRef | None = None
    expression: TimeExpression | None = None
    how: How | None = None
    carried_from: str | None = None


def date_statements(
    document: Document, statements: Sequence[Statement], *, expressions: Sequence[TimeExpression] | None = None
) -> list[Statement]:
    """The statements with ``date`` filled where the text says when it was said; the others unchanged.

    ``expressions``: those of ``find_dates``, where they have been found already.
    """
    said = saying_dates(document, statements, expressions=expressions)
    return [replace(s, date=x.date) if x.date else s for s, x in zip(statements, said, strict=True)]


def saying_dates(
    document: Document, statements: Sequence[Statement], *, expressions: Sequence[TimeExpression] | None = None
) -> list[Saying]:
    """For each statement when it was made and what says so, in the order given."""
    if not statements:
        return []
    found = find_dates(document.text, published=document.published) if expressions is None else expressions
    reader = _Reader(document.text, statements, found)
    own = [reader.own(s) for s in statements]
    return _carry(document.text, statements, own, reader)


class _Reader:
    """The indices that one document's statements share."""

    def __init__(self, text: str, statements: Sequence[Statement], expressions: Sequence[TimeExpression]) -> None:
        self.text = text
        self.expressions = [e for e in expressions if e.type in {"DATE", "TIME"}]
        self.starts = [e.start for e in self.expressions]
        self.paragraphs = paragraphs(text) or [(0, len(text))]  # white space alone has none
        self._paragraph_starts = [p[0] for p in self.paragraphs]
        self._sentences: dict[int, list[Interval]] = {}
        self.cues = sorted({(c.start, c.end, s.id) for s in statements for c in s.cue})
        self._cue_starts = [c[0] for c in self.cues]
        self.inside = _containers(statements, [*self.starts, *(_anchor(s) for s in statements)])

    def paragraph(self, at: int) -> Interval:
        """The paragraph that holds offset ``at``."""
        return self.paragraphs[max(0, bisect_left(self._paragraph_starts, at + 1) - 1)]

    def sentence(self, at: int) -> Interval:
        """The sentence that holds offset ``at``."""
        k = max(0, bisect_left(self._paragraph_starts, at + 1) - 1)
        if k not in self._sentences:
            self._sentences[k] = sentences(self.text, self.paragraphs[k]) or [self.paragraphs[k]]
        parts = self._sentences[k]
        return parts[max(0, bisect_left(parts, (at + 1, 0)) - 1)]

    def own(self, s: Statement) -> Saying:
        """The date that the statement's own sentence gives its saying."""
        at = _anchor(s)
        lo, hi = self.sentence(at)
        # A quote's sentence can end before its attribution begins; the cue's own end must be in.
        hi = max(hi, max((c.end for c in s.cue), default=hi))
        if self.text[hi - 1 : hi] not in _FINAL:  # a line break took the sentence's end for a paragraph of its own
            hi = self.sentence(min(len(self.text) - 1, hi + len(self.text[hi : hi + 8]) - len(self.text[hi : hi + 8].lstrip())))[1]
        best: tuple[int, int, TimeExpression, How] | None = None
        for k in range(bisect_left(self.starts, lo), bisect_left(self.starts, hi)):
            e = self.expressions[k]
            if e.grain not in _FIT or e.value.endswith("_REF"):
                continue
            if any(c.start < e.end and e.start < c.end for c in s.content):
                if self._before_what_is_said(s, e):
                    start, end = e.interval or (None, None)
                    return Saying(s.id, DateRef(start, end, e.text), e, "clause")
                continue
            if self.inside[e.start] - {s.id} != self.inside[at] - {s.id}:
                continue
            if rank := self._rank(s, e, lo):
                order, distance, how = rank
                if best is None or (order, distance) < best[:2]:
                    best = (order, distance, e, how)
        if best is None:
            return Saying(s.id)
        e = best[2]
        start, end = e.interval or (None, None)
        return Saying(s.id, DateRef(start, end, e.text), e, best[3])

    def _before_what_is_said(self, s: Statement, e: TimeExpression) -> bool:
        """ "Accused the port *on Tuesday* of hiding": between the one spoken to or of, who opens the content, and what is said."""
        if (
            e.grain != "day"
            or not s.cue
            or not _TO_SOMEBODY.search(s.cue[-1].text)
            or not _ON.search(self.text, max(0, e.start - 4), e.start)
        ):
            return False
        whole = next((c for c in s.content if c.start <= e.start and e.end <= c.end), None)
        if whole is None or self.text[s.cue[-1].end : whole.start].strip() or not _GOES_ON.match(self.text, e.end, whole.end):
            return False
        before = self.text[whole.start : e.start - 3]
        words = _WORD.findall(before.lower())
        return (
            0 < len(words) <= 8
            and words[-1] not in _EVENT
            and not (_BREAKS | {"to", "of", "for"}) & set(words)
            and not re.search(r"[.;:?!“”\"]", before)
        )

    def _rank(self, s: Statement, e: TimeExpression, lo: int) -> tuple[int, int, How] | None:
        if any(c.start <= e.start and e.end <= c.end for c in s.cue):
            return 0, 0, "cue"
        for part in s.source:
            if part.start <= e.start and e.end <= part.end:
                possessive = self.text[e.end : e.end + 2] in {"'s", "’s"}
                return (
                    (1, 0, "source")
                    if _UTTERANCE.search(part.text) and (possessive or e.grain == "day") and not _breaks(self.text[part.start : e.start])
                    else None
                )
        if not s.cue:
            return None
        before = self._word_before(e.start, lo)
        if (
            e.signal
            or before in _NOT_BEFORE
            or (e.grain in _COARSE and before not in _IN and not re.match(r"(?i)(?:last|this|next|earlier|late|early)\b", e.text))
        ):
            return None
        cue = min(s.cue, key=lambda c: min(abs(c.start - e.end), abs(e.start - c.end)))
        left, right = (e.end, cue.start) if e.end <= cue.start else (cue.end, e.start)
        if right - left > 600 or self._other_cue(s, left, right):
            return None
        if _PLACE_LINE.fullmatch(self.text, lo, e.start) and _AFTER_LINE.match(self.text, e.end):
            return 3, 0, "opening"  # a dateline: whatever stands nearer the cue tells the day in the reporter's words
        gap, crossed = self._gap(s, left, right)
        words = _WORD.findall(gap.lower())
        if _opens(self.text[lo : e.start]) and e.end <= cue.start and len(words) <= 2 * _MOST_WORDS and "“" not in gap:
            return 2, len(words), "opening"
        if len(words) > (3 if crossed else _MOST_WORDS) or _BREAKS & set(words) or re.search(r"[.;:?!“”\"](?:\s|$)", gap.strip(' ,"”“')):
            return None
        if e.end <= cue.start and _breaks(self.text[max(lo, e.start - 120) : e.start]):
            return None
        return 1, len(words), "clause"

    def _gap(self, s: Statement, left: int, right: int) -> tuple[str, bool]:
        """The text between, without the statement's own source and content; and was there content in it?"""
        spans = sorted(
            (x.start, x.end, role) for role, xs in (("s", s.source), ("c", s.content)) for x in xs if x.start < right and left < x.end
        )
        out, at, crossed = [], left, False
        for start, end, role in spans:
            if start > at:
                out.append(self.text[at:start])
            at = max(at, min(end, right))
            crossed = crossed or role == "c"
        out.append(self.text[at:right])
        return " ".join(out), crossed

    def _word_before(self, at: int, lo: int) -> str:
        words = _WORD.findall(self.text[max(lo, at - 24) : at].lower())
        return words[-1] if words else ""

    def _other_cue(self, s: Statement, left: int, right: int) -> bool:
        k = bisect_left(self._cue_starts, left)
        return any(
            c[2] != s.id and not any(c[0] == own.start for own in s.cue) for c in self.cues[k : bisect_left(self._cue_starts, right)]
        )


def _anchor(s: Statement) -> int:
    """Where the statement's attribution stands: its cue, else its source, else its content."""
    return (s.cue or s.source or s.content)[0].start


def _containers(statements: Sequence[Statement], points: Iterable[int]) -> dict[int, frozenset[str]]:
    """For each point the ids of the statements whose content it lies in, by one sweep over the text."""
    opens = sorted((c.start, c.end, s.id) for s in statements for c in s.content)
    out: dict[int, frozenset[str]] = {}
    active: list[tuple[int, str]] = []
    k = 0
    for at in sorted(set(points)):
        while k < len(opens) and opens[k][0] <= at:
            active.append((opens[k][1], opens[k][2]))
            k += 1
        active = [a for a in active if a[0] > at]
        out[at] = frozenset(name for _, name in active)
    return out


def _breaks(text: str) -> bool:
    return bool(_BREAKS & set(_WORD.findall(text.lower())))


def _opens(text: str) -> bool:
    """Is what stands before the date in its sentence nothing but a preposition or a connective?"""
    words = _WORD.findall(text.lower())
    return len(words) <= 3 and all(w in _OPENERS for w in words)


def _key(s: Statement) -> str | None:
    """Who speaks, for telling whether it is the same one: the actor, else the last name in the source's words."""
    if s.speaker and (s.speaker.id or s.speaker.name):
        return s.speaker.id or s.speaker.name
    names = [w for part in s.source for w in re.findall(r"[A-Z][\w’'-]+", part.text)]
    names = [re.sub(r"['’]s$", "", n) for n in names if n.lower() not in {"the", "he", "she", "they", "it", "we", "i", "a", "an"}]
    return names[-1] if names else None


def _carry(text: str, statements: Sequence[Statement], own: list[Saying], reader: _Reader) -> list[Saying]:
    """Take dates over: from the same speaker's earlier statements, or from the lead."""
    order = sorted(range(len(statements)), key=lambda k: statements[k].start)
    top = [k for k in order if own[k].date is not None and statements[k].nested_in is None]
    days = {(date.start, date.end, date.text if date.start is None else "") for k in top if (date := own[k].date)}
    lead_end = min(len(text), len(text) - len(text.lstrip()) + _LEAD)
    lead = next((k for k in top if statements[k].start < lead_end and _is_day(own[k])), None) if len(days) == 1 else None
    by_speaker: dict[str, list[int]] = {}
    out = list(own)
    comment = {_key(s) or s.id for s in statements if any(_COMMENTS.search(x.text) for x in s.source)}
    for k in order:
        s = statements[k]
        key = _key(s)
        if own[k].date is not None:
            if key and s.nested_in is None:
                by_speaker.setdefault(key, []).append(k)
            continue
        if s.nested_in is not None or not s.cue:
            continue
        if (beside := _main_verb(statements, own, k, reader)) is not None:
            out[k] = Saying(s.id, own[beside].date, own[beside].expression, "speaker", statements[beside].id)
            continue
        if not _is_report(s):
            continue
        earlier = by_speaker.get(key, []) if key else []
        of: int | None = None
        how: How = "speaker"
        if earlier and len({own[i].date for i in earlier}) == 1 and _is_day(own[earlier[-1]]):
            of = earlier[-1]
        elif lead is not None and statements[lead].start < s.start and (key or s.id) not in comment:
            of, how = lead, "lead"
        if of is not None and not _another_day(s, own[of], reader):
            out[k] = Saying(s.id, own[of].date, own[of].expression, how, statements[of].id)
    return out


def _main_verb(statements: Sequence[Statement], own: Sequence[Saying], k: int, reader: _Reader) -> int | None:
    """ "China on Saturday urged calm, *calling* the rules …": the dated statement of the sentence that a participle goes on with."""
    s = statements[k]
    if not s.source or not re.match(r"\w+ing\b", s.cue[0].text):
        return None
    at = _anchor(s)
    lo = reader.sentence(at)[0]
    for i in range(max(0, k - 4), min(len(statements), k + 5)):
        t = statements[i]
        if t.source == s.source and t.cue and lo <= _anchor(t) < at and own[i].date is not None:
            return i
    return None


def _is_day(said: Saying) -> bool:
    return said.expression is not None and said.expression.grain in {"second", "minute", "hour", "daypart", "day"}


def _is_report(s: Statement) -> bool:
    """Does the cue report one act of speech that is over ("said", "warned", "according to"), not a standing view ("believes")?"""
    words = " ".join(c.text for c in s.cue)
    before = _WORD.findall(s.document.text[max(0, s.cue[0].start - 20) : s.cue[0].start].lower())
    if before and before[-1] in {"had", "has", "have", "will", "would"}:
        return False
    return not _STATE_OF_MIND.search(words) and bool(_PAST.search(words) or _GOING_ON.search(words))


def _another_day(s: Statement, said: Saying, reader: _Reader) -> bool:
    """Do the paragraph so far and the sentence speak, outside contents, of another time? Then whose day it is, is not plain."""
    at = _anchor(s)
    lo, hi = reader.paragraph(at)[0], reader.sentence(at)[1]
    last = bisect_left(reader.starts, hi)
    for k in range(max(bisect_left(reader.starts, lo), last - _LOOK_BACK), last):
        e = reader.expressions[k]
        if not reader.inside[e.start] and not e.value.endswith("_REF") and said.expression and e.interval != said.expression.interval:
            return True
    return False
