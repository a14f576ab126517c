"""The three months: civil days in Stockholm, clipped, never moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.deposit.clock import OVERDUE, deadline, warned
from schemas.calendar import local_day
from schemas.deposit import CLOCK_STOPPED, FILM_STANDINGS, FilmStanding


@pytest.mark.parametrize(
    ("available", "last"),
    [
        ("2025-11-30T12:00:00+00:00", "2026-02-28"),
        ("2027-11-30T12:00:00+00:00", "2028-02-29"),
        ("2025-11-29T12:00:00+00:00", "2026-02-28"),
        ("2025-10-31T12:00:00+00:00", "2026-01-31"),
        ("2024-02-29T12:00:00+00:00", "2024-05-29"),
        ("2025-12-31T12:00:00+00:00", "2026-03-31"),
        ("2025-12-31T23:30:00+00:00", "2026-04-01"),  # 00:30 on New Year's Day in Stockholm
        ("2025-06-30T22:30:00+00:00", "2025-10-01"),  # summer: 00:30 on 1 July
        ("2026-03-29T00:59:59+00:00", "2026-06-29"),  # the night the clock goes forward
        ("2025-10-26T01:30:00+00:00", "2026-01-26"),  # the hour that comes twice
        ("2025-10-25T22:30:00+00:00", "2026-01-26"),  # 00:30 on the long Sunday, in summer time
        ("2026-02-05T12:00:00+00:00", "2026-05-05"),
    ],
)
def test_last_days(available: str, last: str) -> None:
    """The same day three months later, or that month's last."""
    found = deadline(datetime.fromisoformat(available), date(2026, 1, 1), "candidate")
    assert found.last.isoformat() == last


def test_a_sunday_or_a_holiday_moves_nothing() -> None:
    """Good Friday 2026 and Midsummer's Day stay last days."""
    for last in (date(2026, 4, 3), date(2026, 6, 20), date(2026, 2, 1)):
        first = datetime(last.year, last.month - 3 or 12, last.day, 12, tzinfo=UTC) if last.month > 3 else None
        first = first or datetime(last.year - 1, last.month + 9, last.day, 12, tzinfo=UTC)
        assert deadline(first, last, "candidate").last == last


def test_the_last_day_has_none_left_and_the_next_is_overdue() -> None:
    """0 days left is in time."""
    available = datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert deadline(available, date(2026, 4, 15), "decided").left == 0
    late = deadline(available, date(2026, 4, 16), "decided")
    assert (late.left, warned(late, (7,))) == (-1, OVERDUE)


@pytest.mark.parametrize("standing", FILM_STANDINGS)
def test_what_stops_the_clock(standing: FilmStanding) -> None:
    """Delivered or not to be delivered: nothing is told, the last day stays."""
    found = deadline(datetime(2025, 1, 1, 12, tzinfo=UTC), date(2026, 1, 1), standing)
    assert found.stopped is (standing in CLOCK_STOPPED)
    assert (warned(found, (60,)) is None) is found.stopped
    assert found.last == date(2025, 4, 1)


def test_the_smallest_group_that_is_reached_is_told() -> None:
    """60, 30, 14, 7 in whatever order they are set; a missed night hides nothing."""
    available = datetime(2026, 1, 31, 12, tzinfo=UTC)
    told = {
        left: warned(deadline(available, date(2026, 4, 30) - timedelta(days=left), "candidate"), (7, 60, 14, 30))
        for left in (61, 60, 31, 30, 29, 14, 8, 7, 0)
    }
    assert told == {61: None, 60: "60", 31: "60", 30: "30", 29: "30", 14: "14", 8: "14", 7: "7", 0: "7"}
    assert warned(deadline(available, date(2026, 4, 30), "candidate"), ()) is None


def test_beyond_the_calendar() -> None:
    """An absurd day has a last day all the same."""
    assert deadline(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), date(2026, 1, 1), "candidate").last == date.max


@given(st.integers(0, 110 * 365 * 24 * 60))
def test_three_months_are_89_to_92_days(minutes: int) -> None:
    """Whatever the day, the last is three civil months on: same day number or the month's last."""
    available = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = deadline(available, date(2026, 1, 1), "candidate")
    first = local_day(available)
    assert found.first == first
    assert 89 <= (found.last - first).days <= 92
    assert (found.last.month - first.month) % 12 == 3
    assert found.last.day == first.day or (found.last + timedelta(days=1)).day == 1
