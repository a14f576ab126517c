"""Numbers and days as Swedish writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from flows.oversee.letters.numbers import day_words, instant_words, percent, span, whole


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0"), (9999, "9999"), (10_000, "10\u00a0000"), (1_234_567, "1\u00a0234\u00a0567")]
)
def test_thousands_are_parted_by_a_space_that_does_not_break(number: int, said: str) -> None:
    """Four digits stand together; more are parted by no-break spaces."""
    assert whole(number) == said


@pytest.mark.parametrize(
    ("part", "of", "said"),
    [
        (0, 0, "–"),
        (0, 7, "0\u00a0%"),
        (7, 7, "100\u00a0%"),
        (999, 1000, "99\u00a0%"),
        (1, 1000, "1\u00a0%"),
        (1, 3, "33\u00a0%"),
    ],
)
def test_nearly_all_is_not_all(part: int, of: int, said: str) -> None:
    """Only all is 100 and only none is 0; a share of nothing is a dash."""
    assert percent(part, of) == said


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (None, "–"),
        (timedelta(0), "0\u00a0min"),
        (timedelta(minutes=59, seconds=40), "1\u00a0tim"),
        (timedelta(hours=26, minutes=15), "26\u00a0tim 15\u00a0min"),
    ],
)
def test_lengths_of_time(time: timedelta | None, said: str) -> None:
    """Hours and minutes, rounded to whole minutes."""
    assert span(time) == said


def test_days_are_local() -> None:
    """An instant late in the evening, UTC, is the next day in Sweden in summer."""
    assert day_words(date(2026, 6, 19)) == "fredag 19 juni 2026"
    assert instant_words(datetime(2026, 6, 18, 22, 5, tzinfo=UTC)) == "fredag 19 juni 2026 kl.\u00a000.05"
