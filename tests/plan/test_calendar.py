"""Periods and civil days: values against dateutil, columns against values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.calendar import (
    Period,
    add_months_column,
    due_by_day,
    due_by_year,
    due_day,
    local_day,
    local_days,
    local_month,
    period,
)
from schemas.refusal import RefusedError
from schemas.tables import INSTANT

_DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
_PERIODS = st.one_of(
    st.builds(Period, value=st.integers(0, 20_000), unit=st.just("day")),
    st.builds(Period, value=st.integers(0, 3000), unit=st.just("week")),
    st.builds(Period, value=st.integers(0, 1500), unit=st.just("month")),
    st.builds(Period, value=st.integers(0, 200), unit=st.just("year")),
)
_INSTANTS = st.datetimes(datetime(1850, 1, 1), datetime(2300, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds of hypothesis have no zone


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.none() | _DAYS, st.integers(0, 1500)), min_size=1, max_size=50))
def test_months_on_columns_are_relativedelta(rows: list[tuple[date | None, int]]) -> None:
    """A column of days plus months gives what dateutil gives for each, and null stays null."""
    days, months = zip(*rows, strict=True)
    found = add_months_column(pa.array(days, pa.date32()), pa.array(months, pa.int64())).to_pylist()
    assert found == [None if day is None else day + relativedelta(months=count) for day, count in rows]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.none() | _DAYS, min_size=1, max_size=30), _PERIODS)
def test_due_on_columns_is_due_of_values(days: list[date | None], length: Period) -> None:
    """Both counting modes give the same due days on columns as on values, for every unit."""
    column = pa.array(days, pa.date32())
    assert due_by_year(column, length.months, length.days).to_pylist() == [
        due_day(day, length, "calendar-year") for day in days
    ]
    assert due_by_day(column, length.months, length.days).to_pylist() == [due_day(day, length, "day") for day in days]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | _INSTANTS, min_size=1, max_size=20))
def test_local_days_on_columns_are_those_of_values(instants: list[datetime | None]) -> None:
    """A column of instants has the civil days that each instant has, over centuries of zone changes."""
    column = pa.array(instants, INSTANT)
    assert local_days(column).to_pylist() == [None if one is None else local_day(one) for one in instants]


def test_every_day_of_four_centuries() -> None:
    """All 146,097 days of the Gregorian cycle give dateutil's day after 1, 3 and 12 months, and the due days."""
    days = [date(1900, 1, 1) + timedelta(days=number) for number in range(146_097)]
    column = pa.array(days, pa.date32())
    for months in (1, 3, 12):
        delta = relativedelta(months=months)
        assert add_months_column(column, pa.scalar(months, pa.int64())).to_pylist() == [day + delta for day in days]
    assert due_by_year(column, 24).to_pylist() == [date(day.year + 3, 1, 1) for day in days]
    assert due_by_day(column, 0, 30).to_pylist() == [day + timedelta(days=31) for day in days]


def test_every_clock_change_of_a_century() -> None:
    """One second before, at and after each midnight around every clock change the column and the value agree."""
    instants = []
    for year in range(1970, 2070):
        for month in (3, 10, 12):
            first = datetime(year, month, 24, 21, 59, 59, tzinfo=UTC)
            instants += [first + timedelta(hours=hours, seconds=one) for hours in range(0, 200, 1) for one in (0, 1)]
    for start in range(0, len(instants), 400):
        part = instants[start : start + 400]
        assert local_days(pa.array(part, INSTANT)).to_pylist() == [local_day(one) for one in part]


def test_new_year_begins_in_stockholm() -> None:
    """31 December 23:30 UTC belongs to the next year, so that two years end a year later."""
    evening = datetime(2013, 12, 31, 23, 30, tzinfo=UTC)
    assert (local_day(evening), local_month(evening)) == (date(2014, 1, 1), "2014-01")
    assert due_day(local_day(evening), period("2 år"), "calendar-year") == date(2017, 1, 1)


@pytest.mark.parametrize(
    ("length", "counting", "expected"),
    [
        ("2 år", "calendar-year", date(2016, 1, 1)),
        ("18 månader", "calendar-year", date(2015, 7, 1)),
        ("30 dagar", "calendar-year", date(2014, 1, 31)),
        ("2 år", "day", date(2015, 6, 16)),
        ("6 veckor", "day", date(2013, 7, 28)),
        ("0 dagar", "day", date(2013, 6, 16)),
    ],
)
def test_counting_modes(length: str, counting: str, expected: date) -> None:
    """What came in on 15 June 2013 may be culled on these days; calendar-year is never the earlier reading."""
    assert due_day(date(2013, 6, 15), period(length), counting) == expected  # type: ignore[arg-type] # one of the two


def test_months_are_clipped_once() -> None:
    """From 31 January one month ends on 28 February, two months on 31 March; 29 February and a year on the 28th."""
    assert due_day(date(2023, 1, 31), period("1 månad"), "day") == date(2023, 3, 1)
    assert due_day(date(2023, 1, 31), period("2 månader"), "day") == date(2023, 4, 1)
    assert due_day(date(2024, 2, 29), period("1 år"), "day") == date(2025, 3, 1)


def test_the_calendars_end() -> None:
    """The last instant of the year 9999 has that year's last day, on values and on columns."""
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert local_day(last) == date.max
    assert local_days(pa.array([last, None], INSTANT)).to_pylist() == [date.max, None]


@pytest.mark.parametrize(
    "text", ["", "2", "år", "två år", "2,5 år", "-1 år", "2 år efter", "1001 år", "99999999 dagar"]
)
def test_unclear_periods_are_refused(text: str) -> None:
    """What is not a whole number of a known unit is refused with a remedy, never guessed."""
    with pytest.raises(RefusedError, match="write"):
        period(text)
