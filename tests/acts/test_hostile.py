"""Texts and spans nobody would write: every stage must answer, with spans inside the text, and the same twice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from onrecord.acts import ACTS, act, explain, parties
from onrecord.acts.conditions import conditions
from onrecord.acts.features import of_statement
from onrecord.acts.phrase import parties as named
from onrecord.acts.phrase import phrase
from onrecord.acts.stance import modality, polarity
from onrecord.dates import date_statements, saying_dates
from onrecord.document import Document
from onrecord.statement import ActorRef, Span, Speaker, Statement

#: What rules look for, and what breaks rules: markers, possessives, capitals, marks, white space, letters outside ASCII.
_WORDS = """
said told accused of warned against with to that he she it they US Moscow NATO's Moscow’s rebels' ' ’ ’s 's “ ” " ‘ « » ( ) , . ; : ? !
… — – - &
if unless until should otherwise in case of even Should If the The his her their its president ministers Department State and Ankara Berlin
Thursday May 2014 12 0 ß İ ı ǆ ﬁ é 中国 ﷺ a.m. Mr. U.S. St. A. we will not threaten vow refuse refused rule out
"""
PIECES = st.sampled_from(
    [*_WORDS.split(), "e\u0301", "\u200b", "\u202e", "\ud800", "\x00", "\x1b[31m", "\n", "\n\n", "\r\n", "\t", " ", "\u2028"]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=40).map("".join), st.text(max_size=120))


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    """A statement of any text, its spans in any order, some absent, some touching, some overlapping."""
    text = draw(TEXTS) or "x"
    document = Document(text, published=draw(st.sampled_from([None, "2021-12-02", "0001-01-01", "9999-12-31"])))

    def spans(most: int) -> tuple[Span, ...]:
        cuts = sorted({draw(st.integers(0, len(text))) for _ in range(2 * draw(st.integers(0, most)))})
        pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
        return tuple(Span(a, b, text[a:b]) for a, b in pairs if a < b)

    source, cue, content = spans(2), spans(2), spans(3)
    if not (source or cue or content):
        content = (Span(0, len(text), text),)
    speaker = draw(st.sampled_from([None, Speaker(None), Speaker("Russia", id="rus", country="RUS")]))
    return Statement("0", document, "mixed", source, cue, content, 0.5, speaker=speaker)


@settings(max_examples=250, deadline=None)
@given(statements())
def test_any_statement_is_answered(s: Statement) -> None:
    d = s.document
    assert saying_dates(d, [s])[0].statement == s.id
    (dated,) = date_statements(d, [s])
    (out,) = act(d, [dated])
    out.check()
    assert (out,) == tuple(act(d, [dated]))
    assert (out.act in ACTS) == bool(s.content)
    for e in explain(out):
        assert e.field
        assert e.because
    for name in ACTS:  # whatever act somebody sets by hand, its parties and reasons can be asked for
        parties.find(d, s, name)
        polarity(d.text, d.text, name)
        modality(d.text, d.text, name)
    assert all(explain(replace(out, act=name)) for name in ("THREATEN", "CONSULT"))
    assert of_statement(s) == of_statement(s)
    conditions(d, s)


@settings(max_examples=250, deadline=None)
@given(TEXTS, st.integers(0, 60), st.integers(0, 200))
@example("'s president", 0, 12)
@example("Moscow's", 0, 8)
@example("’ ’s", 0, 4)
def test_any_place_gives_a_phrase_inside_it(text: str, start: int, size: int) -> None:
    start = min(start, len(text))
    end = min(len(text), start + size)
    lo, hi = phrase(text, start, end)
    assert start <= lo <= hi <= max(end, start)
    for p in named(text, start, end):
        assert start <= p.start < p.end <= end
        assert text[p.start : p.end].strip()


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(0, 50), st.integers(1, 20))
def test_a_party_named_anywhere_survives_an_act(text: str, at: int, size: int) -> None:
    text = f"He said {text} would pay."
    at = min(at, len(text) - 2)
    content = (Span(at, len(text), text[at:]),)
    s = Statement("0", Document(text), "indirect", (), (), content, 0.5)
    (out,) = act(s.document, [s], resolve=lambda a, b: ActorRef(text[a:b], None, a, b))
    for ref in (*out.targets, *out.addressees):
        assert text[ref.start : ref.end].strip()
