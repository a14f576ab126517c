"""Working days and office hours in Sweden, and when a period that the law counts in weeks ends.

All days are local civil days. Which days are public holidays is said by lag (1989:253) om allmänna helgdagar; the
library ``holidays`` knows them. Lag (1930:173) om beräkning av lagstadgad tid 2 § puts Saturdays, Midsummer Eve,
Christmas Eve and New Year's Eve beside them; half days and squeeze days (*klämdagar*) are working days.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from holidays.countries.sweden import Sweden

from schemas.calendar import ZONE, local_day

APPEAL_WEEKS: Final = 3
"""Weeks within which a decision is appealed, from the day on which the person got it (FL 44 §)."""
_SATURDAY: Final = 5


def is_workday(day: date) -> bool:
    """Whether it is a Monday to Friday, and neither a public holiday nor Midsummer, Christmas or New Year's Eve."""
    return day.weekday() < _SATURDAY and day not in _free(day.year)


def workdays_between(a: date, b: date) -> int:
    """Working days after ``a`` up to and with ``b``; 0 when ``b`` is not later. Monday to Tuesday is 1."""
    days = (b - a).days
    return sum(is_workday(a + timedelta(days=number)) for number in range(1, days + 1))


def office_time(start: datetime, end: datetime, opens: time, closes: time) -> timedelta:
    """The time between two instants that lies within office hours on working days.

    Args:
        start, end: instants with zone; nothing lies between when ``end`` is not later.
        opens, closes: local civil time of day; a clock change within the hours counts as the time that truly passed.

    Raises:
        ValueError: an instant without zone.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("the instants need a zone")
    total = timedelta(0)
    day, last = local_day(start), local_day(end)
    while day <= last:
        if is_workday(day):
            total += _overlap(start, end, _instant(day, opens), _instant(day, closes))
        day += timedelta(days=1)
    return total


def moved(day: date) -> date:
    """The day itself, or the next one that is a working day (lag 1930:173, 2 §)."""
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def appeal_last_day(served: date) -> date:
    """The last day on which an appeal comes in time: three weeks after the person got the decision, moved.

    A time in weeks ends on the day of the week on which it began (lag 1930:173, 1 §; FL 44 §).
    """
    return moved(served + timedelta(weeks=APPEAL_WEEKS))


def _overlap(start: datetime, end: datetime, opens: datetime, closes: datetime) -> timedelta:
    # Two times of one zone are compared and subtracted by the hands of the clock; seconds since 1970 are instants.
    first = max(start.timestamp(), opens.timestamp())
    last = min(end.timestamp(), closes.timestamp())
    return timedelta(seconds=max(0.0, last - first))


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=ZONE)


@lru_cache(maxsize=64)
def _free(year: int) -> frozenset[date]:
    """Public holidays of the year, with the three eves that lag (1930:173) puts beside them."""
    return frozenset(Sweden(years=year, expand=False, include_sundays=False, categories=("public", "de_facto")))
