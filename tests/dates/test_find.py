"""Which words are found, and what they are resolved to: (text, expected) pairs. Published on Thursday, 2 December 2021."""

from __future__ import annotations

import pytest

from onrecord.dates import TimeExpression, find_dates

PUBLISHED = "2021-12-02"


def one(text: str, published: str | None = PUBLISHED) -> TimeExpression:
    found = find_dates(text, published=published)
    assert len(found) == 1, [e.text for e in found]
    return found[0]


@pytest.mark.parametrize(
    ("text", "words", "value", "interval"),
    [
        ("They met on 2 December 2021.", "2 December 2021", "2021-12-02", "2021-12-02..2021-12-03"),
        ("They met on December 2nd, 2021.", "December 2nd, 2021", "2021-12-02", "2021-12-02..2021-12-03"),
        ("They met on Thursday, Dec. 2, 2021.", "Thursday, Dec. 2, 2021", "2021-12-02", "2021-12-02..2021-12-03"),
        ("They met on the 2nd of December 2021.", "the 2nd of December 2021", "2021-12-02", "2021-12-02..2021-12-03"),
        ("Signed 2021-12-02 in Riga.", "2021-12-02", "2021-12-02", "2021-12-02..2021-12-03"),
        ("Signed 02.12.2021 in Riga.", "02.12.2021", "2021-12-02", "2021-12-02..2021-12-03"),
        ("Signed 12/02/2021 in Ohio.", "12/02/2021", "2021-12-02", "2021-12-02..2021-12-03"),
        ("Signed 31/12/2021 in Leeds.", "31/12/2021", "2021-12-31", "2021-12-31..2022-01-01"),
        ("It fell in February 2020.", "February 2020", "2020-02", "2020-02-01..2020-03-01"),
        ("It fell in 2014.", "2014", "2014", "2014-01-01..2015-01-01"),
        ("After the 2014 annexation they left.", "2014", "2014", "2014-01-01..2015-01-01"),
        ("All through the 1990s it grew.", "the 1990s", "199", "1990-01-01..2000-01-01"),
        ("Wars of the 20th century.", "the 20th century", "19", "1901-01-01..2001-01-01"),
        ("It rose in the third quarter of 2019.", "the third quarter of 2019", "2019-Q3", "2019-07-01..2019-10-01"),
        ("It rose in Q3 2019.", "Q3 2019", "2019-Q3", "2019-07-01..2019-10-01"),
        ("In the first half of 2019 it rose.", "the first half of 2019", "2019-H1", "2019-01-01..2019-07-01"),
        ("In the summer of 2008 tanks rolled.", "the summer of 2008", "2008-SU", "2008-06-01..2008-09-01"),
        ("They met on Thursday.", "Thursday", "2021-12-02", "2021-12-02..2021-12-03"),
        ("They met on Wednesday.", "Wednesday", "2021-12-01", "2021-12-01..2021-12-02"),
        ("They will meet on Wednesday.", "Wednesday", "2021-12-08", "2021-12-08..2021-12-09"),
        ("On Wednesday, ministers will meet.", "Wednesday", "2021-12-08", "2021-12-08..2021-12-09"),
        ("They met yesterday.", "yesterday", "2021-12-01", "2021-12-01..2021-12-02"),
        ("They met last week.", "last week", "2021-W47", "2021-11-22..2021-11-29"),
        ("They meet next month.", "next month", "2022-01", "2022-01-01..2022-02-01"),
        ("They met last Friday.", "last Friday", "2021-11-26", "2021-11-26..2021-11-27"),
        ("They met three days ago.", "three days ago", "2021-11-29", "2021-11-29..2021-11-30"),
        ("They met two years ago.", "two years ago", "2019", "2019-01-01..2020-01-01"),
        ("They met earlier this week.", "earlier this week", "2021-W48", "2021-11-29..2021-12-03"),
        ("They meet later this year.", "later this year", "2021", "2021-12-02..2022-01-01"),
        ("Over the past two months it grew.", "the past two months", "P2M", "2021-10-03..2021-12-03"),
        ("They met last summer.", "last summer", "2021-SU", "2021-06-01..2021-09-01"),
        ("Troops came from 3 to 5 May 2014.", "3 to 5 May 2014", "2014-05-03/2014-05-05", "2014-05-03..2014-05-06"),
        ("Troops came on May 3-5, 2014.", "May 3-5, 2014", "2014-05-03/2014-05-05", "2014-05-03..2014-05-06"),
        ("In the 2014-15 war many fled.", "2014-15", "2014/2015", "2014-01-01..2016-01-01"),
        ("Between March and June 2014 many fled.", "March and June 2014", "2014-03/2014-06", "2014-03-01..2014-07-01"),
        ("From 1914 to 1918 it burned.", "1914 to 1918", "1914/1918", "1914-01-01..1919-01-01"),
        ("Since the end of the Cold War it moved.", "the end of the Cold War", "1991", "1991-01-01..1992-01-01"),
        ("It ended before World War II.", "World War II", "1939/1945", "1939-09-01..1945-09-03"),
        ("They met on Christmas Eve.", "Christmas Eve", "2021-12-24", "2021-12-24..2021-12-25"),
        ("They met at Easter 2016.", "Easter 2016", "2016-03-27", "2016-03-27..2016-03-28"),
        ("They spoke in late 2019.", "late 2019", "2019", "2019-09-02..2020-01-01"),
        ("In fiscal 2020 it grew.", "fiscal 2020", "2020", "2020-01-01..2021-01-01"),
    ],
)
def test_dates(text: str, words: str, value: str, interval: str) -> None:
    e = one(text)
    assert (e.text, e.value, "..".join(e.interval or ())) == (words, value, interval)
    assert e.type in {"DATE", "DURATION"}
    assert text[e.start : e.end] == e.text


@pytest.mark.parametrize(
    ("text", "value", "type_"),
    [
        ("They fought for two years.", "P2Y", "DURATION"),
        ("A two-day visit began.", "P2D", "DURATION"),
        ("The 34-year-old envoy left.", "P34Y", "DURATION"),
        ("It took 2 1/2 years.", "P2Y6M", "DURATION"),
        ("It took five and a half hours.", "PT5H30M", "DURATION"),
        ("It lasted several weeks.", "PXW", "DURATION"),
        ("He waited half an hour.", "PT30M", "DURATION"),
        ("They ruled for two decades.", "P20Y", "DURATION"),
        ("They meet every Tuesday.", "XXXX-WXX-2", "SET"),
        ("They meet every two weeks.", "P2W", "SET"),
        ("Prices are set daily.", "P1D", "SET"),
        ("They march on Sundays.", "XXXX-WXX-7", "SET"),
    ],
)
def test_lengths_and_sets_have_no_interval(text: str, value: str, type_: str) -> None:
    e = one(text)
    assert (e.value, e.type, e.interval) == (value, type_, None)
    assert e.unresolved


@pytest.mark.parametrize(
    ("text", "value", "zone"),
    [
        ("It began at 10:30 a.m. on Wednesday.", "2021-12-01T10:30", None),
        ("It began at 10 p.m. EST on Wednesday.", "2021-12-01T22:00", "-05:00"),
        ("It began on Wednesday at 1500 GMT.", "2021-12-01T15:00", "+00:00"),
        ("It began at noon on 1 May 2020.", "2020-05-01T12:00", None),
        ("It began at 9:15 pm.", "2021-12-02T21:15", None),
        ("It began on Wednesday night.", "2021-12-01TNI", None),
        ("It began this morning.", "2021-12-02TMO", None),
        ("It began at nine o'clock in the evening.", "2021-12-02T21:00", None),
    ],
)
def test_times(text: str, value: str, zone: str | None) -> None:
    e = one(text)
    assert (e.type, e.value, e.zone) == ("TIME", value, zone)
    day = value[:10]
    assert e.interval is not None
    assert e.interval[0] == day


def test_counted_from_another_date_in_the_text() -> None:
    first, second, third = find_dates(
        "They met on 4 March 2014. Two days later they met again; the following day he left.", published=PUBLISHED
    )
    assert (second.value, second.anchor, second.anchor_span) == ("2014-03-06", "expression", (first.start, first.end))
    assert (third.value, third.anchor_span) == ("2014-03-07", (second.start, second.end))


def test_a_month_takes_the_year_its_sentence_named() -> None:
    assert [e.value for e in find_dates("In 2014, protests began in March.", published=PUBLISHED)] == ["2014", "2014-03"]


@pytest.mark.parametrize("text", ["They met on Thursday.", "They met last week.", "They met three days ago.", "They met in March."])
def test_without_a_publication_date_relative_ones_stay_open(text: str) -> None:
    e = one(text, None)
    assert e.interval is None
    assert e.anchor is None
    assert e.unresolved == "no publication date"


def test_without_a_publication_date_absolute_ones_are_resolved() -> None:
    assert one("They met on 2 May 2014.", None).interval == ("2014-05-02", "2014-05-03")


def test_two_days_later_needs_an_earlier_date() -> None:
    assert one("Two days later he left.").unresolved == "no earlier date in the text to count from"


@pytest.mark.parametrize(
    "text",
    [
        "Talks may fail.",
        "They march on the capital.",
        "Resolution 1973 passed.",
        "They have 2000 troops.",
        "It cost $1990.",
        "The fall of Kabul stunned them.",
        "A second envoy came, the first in a row.",
        "Jan Novak spoke with April Jones.",
        "He sat in the sun.",
        "About three-quarters of them left.",
        "31 February",
        "The present circumstances and the past tense.",
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert [e.text for e in find_dates(text, published=PUBLISHED) if e.text not in {"February"}] == []


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Since 2014 it grew.", "since"),
        ("It lasts until Friday.", "until"),
        ("Before 1990 it was one.", "before"),
        ("It was in 1990.", None),
    ],
)
def test_signal(text: str, signal: str | None) -> None:
    assert one(text).signal == signal
