"""The calendar below: TIMEX3 values, arithmetic, feasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.dates import period as p

DAYS = st.dates(date(2, 1, 1), date(9990, 12, 31))


@pytest.mark.parametrize(
    ("year", "western", "orthodox"),
    [
        (2022, "2022-04-17", "2022-04-24"),
        (2016, "2016-03-27", "2016-05-01"),
        (2014, "2014-04-20", "2014-04-20"),
        (1990, "1990-04-15", "1990-04-15"),
    ],
)
def test_easter(year: int, western: str, orthodox: str) -> None:
    assert (p.easter(year).isoformat(), p.pascha(year).isoformat()) == (western, orthodox)


@pytest.mark.parametrize(
    ("rule", "year", "day"),
    [
        ("11/thu/4", 2021, "2021-11-25"),
        ("5/mon/-1", 2021, "2021-05-31"),
        ("11/mon/1+1", 2016, "2016-11-08"),
        ("easter-2", 2021, "2021-04-02"),
        ("12-25", 1999, "1999-12-25"),
    ],
)
def test_holiday_rules(rule: str, year: int, day: str) -> None:
    found = p.holiday(rule, year)
    assert found is not None
    assert found.value == day


@pytest.mark.parametrize(
    ("grain", "value", "interval"),
    [
        ("day", "2021-12-02", ("2021-12-02", "2021-12-03")),
        ("week", "2021-W48", ("2021-11-29", "2021-12-06")),
        ("weekend", "2021-W48-WE", ("2021-12-04", "2021-12-06")),
        ("month", "2021-12", ("2021-12-01", "2022-01-01")),
        ("quarter", "2021-Q4", ("2021-10-01", "2022-01-01")),
        ("half", "2021-H2", ("2021-07-01", "2022-01-01")),
        ("season", "2021-WI", ("2021-12-01", "2022-03-01")),
        ("year", "2021", ("2021-01-01", "2022-01-01")),
        ("decade", "202", ("2020-01-01", "2030-01-01")),
        ("century", "20", ("2001-01-01", "2101-01-01")),
    ],
)
def test_values_and_intervals(grain: str, value: str, interval: tuple[str, str]) -> None:
    found = p.of_grain(date(2021, 12, 2), grain)
    assert found is not None
    assert (found.value, found.interval) == (value, interval)


@given(DAYS, st.sampled_from(["day", "week", "month", "season", "quarter", "half", "year", "decade", "century"]))
def test_a_period_holds_the_day_it_was_made_of(day: date, grain: str) -> None:
    found = p.of_grain(day, grain)
    if found is not None:
        assert found.start <= day < found.end


@given(DAYS, st.integers(-300, 300), st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_shifts_of_neighbours_touch(day: date, count: int, unit: str) -> None:
    one, two = p.shift(day, count, unit), p.shift(day, count + 1, unit)
    if one and two:
        assert one.end == two.start


@given(DAYS)
def test_parts_cover_the_period(day: date) -> None:
    whole = p.of_grain(day, "month")
    assert whole is not None
    start, mid, end = (p.part(whole, w) for w in ("START", "MID", "END"))
    assert (start.start, start.end, mid.end, end.end) == (whole.start, mid.start, end.start, whole.end)


def test_the_end_of_a_month_stays_in_the_shorter_one() -> None:
    assert p.add(date(2021, 3, 31), -1, "month") == date(2021, 2, 28)
    assert p.add(date(2024, 2, 29), 1, "year") == date(2025, 2, 28)


def test_beyond_the_calendar_there_is_nothing() -> None:
    assert p.shift(date(9990, 1, 1), 20, "year") is None
    assert p.add(date(5, 1, 1), -10, "year") is None
    assert p.day(date.max - timedelta(0)) is None
