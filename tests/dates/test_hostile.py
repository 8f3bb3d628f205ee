"""Text made to hurt: time stays linear, nothing is raised, offsets hold."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.dates import find_dates
from onrecord.errors import UsageError

SEEDS = [
    "the ",
    "Monday ",
    "Monday, ",
    "1",
    "1,111",
    "2014-",
    "2014-15-",
    "12/",
    "12:30:",
    "late ",
    "the end of the ",
    "two days before ",
    "twenty-",
    "a half and a ",
    "from March to ",
    "May ",
    "first ",
    "in the last ",
    "'90s",
    "year ",
    "thousand ",
    "(0300 GMT) ",
    "\n\n",
    "the early hours of ",
    "a couple of hundred ",
]


@pytest.mark.parametrize("seed", SEEDS)
def test_time_grows_with_the_length_and_no_faster(seed: str) -> None:
    """Four times the text takes at most some ten times the time; a blow-up would take thousands."""

    def seconds(length: int) -> float:
        text = seed * (length // len(seed))
        start = time.process_time()
        find_dates(text, published="2021-12-02")
        return time.process_time() - start

    seconds(2_000)
    small, large = seconds(5_000), seconds(20_000)
    assert large < 10 * small + 0.2
    assert large < 2  # 20 kB


@given(st.text(alphabet="0123456789-/:.,' \n'’stndrhapmMoJuneyarTZ", max_size=200))
def test_anything_made_of_dates_parts(text: str) -> None:
    at = 0
    for e in find_dates(text, published="2021-12-02"):
        assert at <= e.start < e.end <= len(text)
        assert text[e.start : e.end] == e.text
        assert e.interval is None or e.interval[0] < e.interval[1]
        assert (e.interval is None) == (e.unresolved is not None)
        assert (e.interval is None) == (e.anchor is None)
        at = e.end


WORDS = st.sampled_from(
    "the a of in last next this that early late mid end first third second quarter year month week days hours ago later earlier "
    "before after "
    "from to and Monday Friday May March Sept. 2014 1998 31 30 12 3rd 10:30 a.m. EST noon tonight yesterday half two few "
    "several every each "
    "century decade 1990s '90s fiscal summer winter Christmas Easter Cold War , - ( ) . since until past recent same following "
    "BC AD 0300 GMT".split()
)


@given(st.lists(WORDS, max_size=40), st.sampled_from(["2021-12-02", "0001-01-01", "9998-12-31", None]))
def test_any_order_of_the_grammars_words(words: list[str], published: str | None) -> None:
    text = " ".join(words)
    at = 0
    for e in find_dates(text, published=published):
        assert at <= e.start < e.end
        assert text[e.start : e.end] == e.text
        assert e.interval is None or e.interval[0] < e.interval[1]
        assert e.value
        at = e.end


@given(st.text(max_size=120))
def test_any_text(text: str) -> None:
    assert all(text[e.start : e.end] == e.text for e in find_dates(text))


@pytest.mark.parametrize(
    "text", ["99999 years ago", "in 999999999999 years", "ten thousand years later", "12000 centuries ago", "the 99th century", "1/0 years"]
)
def test_out_of_the_calendar(text: str) -> None:
    for e in find_dates(text, published="2021-12-02"):
        assert e.interval is None


def test_a_text_of_several_blocks_reads_as_one_of_few() -> None:
    sentence = "They met on 4 March 2014 in Minsk. Two days later they met again.\n"
    text = sentence * 2500
    found = find_dates(text)
    assert len(found) == 5000
    assert {e.value for e in found} == {"2014-03-04", "2014-03-06"}


@pytest.mark.parametrize("published", ["soon", "2021-13-01", "21-12-02", ""])
def test_a_publication_date_that_is_none(published: str) -> None:
    with pytest.raises(UsageError):
        find_dates("Monday", published=published)
