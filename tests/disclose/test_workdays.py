"""Working days by lag (1989:253) and lag (1930:173), office hours, and the last day of an appeal: against another count."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.easter import easter

from schemas.workdays import appeal_last_day, is_workday, moved, office_time, workdays_between

YEARS = range(2020, 2041)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
OPENS, CLOSES = time(7, 30), time(16, 0)


def _first(day: date, weekday: int) -> date:
    """The first such day of the week from that day on."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _free(year: int) -> set[date]:
    """The days of both laws, computed here from their texts."""
    sunday = easter(year)
    midsummer = _first(date(year, 6, 20), 5)
    return {
        *(date(year, month, day) for month, day in ((1, 1), (1, 6), (5, 1), (6, 6), (12, 25), (12, 26))),
        *(sunday + timedelta(days=days) for days in (-2, 0, 1, 39, 49)),
        midsummer,
        _first(date(year, 10, 31), 5),
        midsummer - timedelta(days=1),
        date(year, 12, 24),
        date(year, 12, 31),
    }


@pytest.mark.parametrize("year", YEARS)
def test_every_day_of_a_year_is_a_working_day_exactly_when_the_laws_say_so(year: int) -> None:
    """Monday to Friday, but for public holidays and the three eves; half days and squeeze days are working days."""
    day, free = date(year, 1, 1), _free(year)
    while day.year == year:
        assert is_workday(day) == (day.weekday() < 5 and day not in free), day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", YEARS)
def test_the_last_day_moves_to_the_next_working_day_and_no_further(year: int) -> None:
    """Three weeks later when that is a working day; else the first one after it (every day of the year)."""
    day = date(year, 1, 1)
    while day.year == year:
        last, plain = appeal_last_day(day), day + timedelta(days=21)
        assert last >= plain
        assert last.weekday() < 5
        assert last not in _free(last.year)
        between = [plain + timedelta(days=number) for number in range((last - plain).days)]
        assert all(one.weekday() >= 5 or one in _free(one.year) for one in between), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("served", "last"),
    [
        (date(2025, 12, 3), date(2025, 12, 29)),  # Christmas Eve, a Wednesday: to Monday the 29th
        (date(2025, 12, 10), date(2026, 1, 2)),  # New Year's Eve: to Friday 2 January
        (date(2025, 12, 16), date(2026, 1, 7)),  # Epiphany, a Tuesday
        (date(2026, 3, 13), date(2026, 4, 7)),  # Good Friday: over Easter to Tuesday
        (date(2026, 5, 29), date(2026, 6, 22)),  # Midsummer Eve: to Monday
        (date(2026, 3, 14), date(2026, 4, 7)),  # Easter Eve, a Saturday
        (date(2026, 3, 9), date(2026, 3, 30)),  # over the change to summer time
        (date(2026, 10, 12), date(2026, 11, 2)),  # over the change to winter time
        (date(2024, 2, 8), date(2024, 2, 29)),  # the leap day itself
        (date(2024, 2, 29), date(2024, 3, 21)),  # from the leap day
        (date(2026, 1, 17), date(2026, 2, 9)),  # received on a Saturday: three weeks end on one
        (date(2026, 4, 23), date(2026, 5, 15)),  # Ascension Day: Friday after it is a working day
        (date(2026, 5, 16), date(2026, 6, 8)),  # the National Day on a Saturday
    ],
)
def test_three_weeks_across_holidays(served: date, last: date) -> None:
    """The last day of an appeal, for days that were looked up in a calendar by hand."""
    assert appeal_last_day(served) == last


def test_days_that_look_free_and_are_not() -> None:
    """Maundy Thursday, Walpurgis Night, Twelfth Night and the day after Ascension Day count as working days."""
    for day in (date(2026, 4, 2), date(2026, 4, 30), date(2026, 1, 5), date(2026, 5, 15)):
        assert is_workday(day)
        assert moved(day) == day


def test_working_days_between_leave_the_first_out_and_count_the_last() -> None:
    """Friday to Monday is one; over Christmas five days are two; nothing is counted backwards."""
    assert workdays_between(date(2026, 1, 16), date(2026, 1, 19)) == 1
    assert workdays_between(date(2025, 12, 23), date(2025, 12, 30)) == 2
    assert workdays_between(date(2026, 1, 19), date(2026, 1, 19)) == 0
    assert workdays_between(date(2026, 1, 20), date(2026, 1, 19)) == 0


def test_office_time_counts_open_hours_alone() -> None:
    """From a Saturday night to Monday noon only Monday morning counts; a whole working day is eight and a half hours."""
    saturday = datetime(2026, 1, 17, 23, 30, tzinfo=STOCKHOLM)
    assert office_time(saturday, datetime(2026, 1, 19, 12, tzinfo=STOCKHOLM), OPENS, CLOSES) == timedelta(hours=4.5)
    start = datetime(2026, 1, 19, tzinfo=STOCKHOLM)
    assert office_time(start, start + timedelta(days=1), OPENS, CLOSES) == timedelta(hours=8.5)
    assert office_time(start, start, OPENS, CLOSES) == timedelta(0)
    assert office_time(start + timedelta(days=1), start, OPENS, CLOSES) == timedelta(0)
    closed = datetime(2026, 1, 6, tzinfo=STOCKHOLM)
    assert office_time(closed, closed + timedelta(days=1), OPENS, CLOSES) == timedelta(0)


def test_office_hours_are_local_on_both_sides_of_a_clock_change() -> None:
    """07.30 is 06.30 UTC in winter and 05.30 in summer; around the clock the short and the long night count truly."""
    friday = datetime(2026, 3, 27, 15, tzinfo=UTC)
    assert office_time(friday, datetime(2026, 3, 30, 6, 30, tzinfo=UTC), OPENS, CLOSES) == timedelta(hours=1)
    monday = datetime(2026, 3, 30, 5, 30, tzinfo=UTC)
    assert office_time(monday, monday + timedelta(hours=1), OPENS, CLOSES) == timedelta(hours=1)


def test_an_instant_without_zone_is_refused() -> None:
    """Nothing is guessed about where a clock stood."""
    with pytest.raises(ValueError, match="zone"):
        office_time(datetime(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC), OPENS, CLOSES)  # noqa: DTZ001 - on purpose
