"""Civil dates in Europe/Stockholm and the counting of retention periods, on values and on Arrow columns.

Two versions of everything, proven equal by tests: one for single values (``datetime``, ``dateutil``) and one for
whole columns (``pyarrow`` alone, integer arithmetic). Rules that both follow:

* The civil day of an instant is the day in Stockholm: 31 December 23:30 UTC already belongs to the next year.
* ``due`` is the *first* civil day on which culling is allowed.
* Counting mode ``calendar-year``: the period starts on 1 January after the trigger's year. ``n år`` ends on
  1 January of year + n + 1; months, weeks and days are counted from that same 1 January.
* Counting mode ``day``: the day after trigger + period.
* Months are added once, from the trigger, and clipped to the month's last day (31 January + 1 month = 28 or 29
  February; clipping twice would give other days).
* No trigger, no due day.

The column version takes the zone's transitions from ``zoneinfo`` too, so that both read one time zone database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from dateutil.relativedelta import relativedelta

from schemas.ids import Month, month_of_day
from schemas.refusal import RefusedError

ZONE_NAME = "Europe/Stockholm"
ZONE = ZoneInfo(ZONE_NAME)

MONTH_NAMES = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)
"""Swedish names of the months, in order."""

Counting = Literal["calendar-year", "day"]
COUNTINGS: tuple[Counting, ...] = get_args(Counting)

Unit = Literal["day", "week", "month", "year"]

LONGEST = 1000
"""Years a period may last at most; longer ones are typing errors (and would leave the calendar)."""

_UNITS: dict[str, Unit] = {
    "dag": "day",
    "dagar": "day",
    "day": "day",
    "days": "day",
    "vecka": "week",
    "veckor": "week",
    "week": "week",
    "weeks": "week",
    "månad": "month",
    "månader": "month",
    "mån": "month",
    "month": "month",
    "months": "month",
    "år": "year",
    "year": "year",
    "years": "year",
}
_SWEDISH: dict[Unit, tuple[str, str]] = {
    "day": ("dag", "dagar"),
    "week": ("vecka", "veckor"),
    "month": ("månad", "månader"),
    "year": ("år", "år"),
}
_PER_YEAR: dict[Unit, int] = {"day": 365, "week": 52, "month": 12, "year": 1}
_PERIOD = re.compile(r"(\d{1,6})\s*([a-zåäö]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A retention period: a whole number of one unit, for example 2 years."""

    value: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse what cannot be counted."""
        if self.value < 0 or self.value > LONGEST * _PER_YEAR[self.unit]:
            raise RefusedError("period", str(self.value), f"write a period of 0 days to {LONGEST} years")

    @property
    def months(self) -> int:
        """The part of it that is counted in months."""
        return self.value * {"day": 0, "week": 0, "month": 1, "year": 12}[self.unit]

    @property
    def days(self) -> int:
        """The part of it that is counted in days."""
        return self.value * {"day": 1, "week": 7, "month": 0, "year": 0}[self.unit]

    def __str__(self) -> str:
        """As a plan writes it, in Swedish: ``2 år``, ``18 månader``."""
        one, many = _SWEDISH[self.unit]
        return f"{self.value} {one if self.value == 1 else many}"


def period(text: str, field: str = "period") -> Period:
    """Read a period such as ``2 år``, ``18 månader``, ``6 veckor`` or ``30 dagar`` (English words too).

    Raises:
        RefusedError: anything else, free text included; nothing is guessed.
    """
    match = _PERIOD.fullmatch(text.strip().lower())
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        raise RefusedError(field, text, 'write a whole number and a unit, for example "2 år", "18 månader", "30 dagar"')
    try:
        return Period(value=int(match[1]), unit=unit)
    except RefusedError as error:
        raise RefusedError(field, text, error.remedy) from None


def local_day(instant: datetime) -> date:
    """Civil day in Stockholm of an instant with zone. Beyond the calendar's last day: that last day."""
    try:
        return instant.astimezone(ZONE).date()
    except OverflowError:
        return date.max


def local_time(instant: datetime) -> datetime:
    """Civil time in Stockholm of an instant with zone. Beyond the calendar's last day: the instant as it is."""
    try:
        return instant.astimezone(ZONE)
    except OverflowError:
        return instant


def local_month(instant: datetime) -> Month:
    """Civil month in Stockholm of an instant with zone."""
    return month_of_day(local_day(instant))


def add_months(day: date, months: int) -> date:
    """The day that many months later, clipped to the month's last day."""
    return day + relativedelta(months=months)


def due_day(trigger: date | None, length: Period, counting: Counting) -> date | None:
    """First civil day on which culling is allowed, or None without a trigger.

    Args:
        trigger: civil day the period is counted from.
        length: the period.
        counting: ``calendar-year`` or ``day``.

    Raises:
        OverflowError: the day lies after the year 9999.
    """
    if trigger is None:
        return None
    if counting == "calendar-year":
        return add_months(date(trigger.year + 1, 1, 1), length.months) + timedelta(days=length.days)
    return add_months(trigger, length.months) + timedelta(days=length.days + 1)


# --- Arrow columns ---------------------------------------------------------------------------------------------

_EPOCH = 719_163
"""Ordinal of 1970-01-01 (1 January of year 1 is day 1)."""
_LENGTHS = pa.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], pa.int64())
_BEFORE = pa.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334], pa.int64())
_SECONDS_A_DAY = 86_400
_MICRO = 1_000_000
_FEW = 64
"""So many clock changes within one column are applied one by one; more is a column of odd dates."""


def local_days(instants: Any) -> Any:
    """Civil days in Stockholm (date32) of a column of instants (``timestamp[us, UTC]``); nulls stay null.

    A column of one partition spans about a month, so that one clock change at most lies in it: adding one or two
    offsets is cheaper than a look-up per row.
    """
    limits = pc.min_max(instants.cast(pa.int64()))
    low, high = limits["min"].as_py(), limits["max"].as_py()
    if low is None:
        return pc.cast(instants, pa.timestamp("us")).cast(pa.date32(), safe=False)
    changes = _changes_between(low // _MICRO, high // _MICRO)
    if changes is None:
        return _day_by_day(instants)
    micros = instants.cast(pa.int64())
    offset: Any = pa.scalar(_offset(low // _MICRO) * _MICRO, pa.int64())
    for at, after in changes:
        offset = pc.if_else(pc.greater_equal(micros, at * _MICRO), pa.scalar(after * _MICRO, pa.int64()), offset)
    local = pc.add(micros, offset).cast(pa.timestamp("us"))
    days = local.cast(pa.date32(), safe=False)
    if high // _MICRO > _LAST:
        days = pc.min_element_wise(days, pa.scalar(date.max, pa.date32()), skip_nulls=False)
    return days


_LAST = int(datetime(9999, 12, 30, tzinfo=UTC).timestamp())


def _day_by_day(instants: Any) -> Any:
    days = [None if one is None else local_day(one) for one in instants.to_pylist()]
    return pa.array(days, pa.date32())


def _offset(second: int) -> int:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    try:
        delta = moment.astimezone(ZONE).utcoffset()
    except OverflowError:
        delta = timedelta(hours=1)
    return int(delta.total_seconds()) if delta is not None else 0


def _changes_between(low: int, high: int) -> list[tuple[int, int]] | None:
    """Clock changes in (low, high]: instant and the offset after it, in seconds; None when there are too many."""
    first = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=low)).year
    last = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=high)).year
    if last - first > _FEW // 2:
        return None
    return [change for year in range(first, last + 1) for change in _changes_in(year) if low < change[0] <= high]


@lru_cache(maxsize=512)
def _changes_in(year: int) -> tuple[tuple[int, int], ...]:
    """Clock changes within one UTC year: found by halving the days whose ends have different offsets."""
    start = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    days = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    found = []
    before = _offset(start - 1) if year > 1 else _offset(start)
    for number in range(days):
        low, high = start + number * _SECONDS_A_DAY - 1, start + (number + 1) * _SECONDS_A_DAY - 1
        after = _offset(high)
        if after == before:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(middle) == before:
                low = middle
            else:
                high = middle
        found.append((high, after))
        before = after
    return tuple(found)


def add_months_column(days: Any, months: Any) -> Any:
    """Column version of ``add_months``: date32 plus whole months (an int64 column or a scalar, at least 0)."""
    total = pc.add(pc.add(pc.multiply(_int(pc.year(days)), 12), pc.subtract(_int(pc.month(days)), 1)), months)
    year = pc.divide(total, 12)
    month = pc.subtract(total, pc.multiply(year, 12))
    february = pc.and_(_leap(year), pc.equal(month, 1))
    length = pc.add(pc.take(_LENGTHS, month), pc.cast(february, pa.int64()))
    return _date(year, month, pc.min_element_wise(_int(pc.day(days)), length, skip_nulls=False))


def due_by_year(days: Any, months: Any, extra: Any = 0) -> Any:
    """Column version of ``due_day`` in calendar-year mode.

    Args:
        days: triggers, date32. months, extra: months and days of the period, int64 columns or scalars.
    """
    total = pc.add(pc.multiply(pc.add(_int(pc.year(days)), 1), 12), months)
    year = pc.divide(total, 12)
    month = pc.subtract(total, pc.multiply(year, 12))
    return _date(year, month, pc.add(pa.scalar(1, pa.int64()), extra))


def due_by_day(days: Any, months: Any, extra: Any = 0) -> Any:
    """Column version of ``due_day`` in day mode; arguments as ``due_by_year``."""
    later = _int(add_months_column(days, months).cast(pa.int32()))
    return pc.cast(pc.cast(pc.add(pc.add(later, extra), 1), pa.int32()), pa.date32())


def _int(column: Any) -> Any:
    return pc.cast(column, pa.int64())


def _divisible(number: Any, by: int) -> Any:
    return pc.equal(pc.multiply(pc.divide(number, by), by), number)


def _leap(year: Any) -> Any:
    return pc.and_(_divisible(year, 4), pc.or_(pc.invert(_divisible(year, 100)), _divisible(year, 400)))


def _date(year: Any, month: Any, day: Any) -> Any:
    """The day of a year (from 1), month (0 to 11) and day of the month, as date32: days before it, counted."""
    past = pc.subtract(year, 1)
    leaps = pc.add(pc.subtract(pc.divide(past, 4), pc.divide(past, 100)), pc.divide(past, 400))
    this = pc.cast(pc.and_(pc.greater(month, 1), _leap(year)), pa.int64())
    ordinal = pc.add(pc.add(pc.add(pc.multiply(past, 365), leaps), pc.add(pc.take(_BEFORE, month), this)), day)
    return pc.cast(pc.cast(pc.subtract(ordinal, _EPOCH), pa.int32()), pa.date32())
