"""The three months of a film (lag 2012:492, 14 §), counted in civil days in Stockholm. Pure.

The clock starts the day a film is first available to the public, on whatever channel. The last day is the same day three
months later, clipped to the month's last (30 November → 28 or 29 February); it is never moved for a Sunday or a holiday:
the act says three months, and whoever counts on a moved day delivers late. What the act does not reach (available before
2015, a municipal company's) has no last day to be late for, also when somebody has decided to deliver it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from flows.deposit.propose import outside
from schemas.calendar import add_months, local_day
from schemas.deposit import CLOCK_STOPPED, Deadline, FilmStanding

MONTHS: Final = 3
"""Within so many months a publication is to be delivered (14 §)."""
OVERDUE: Final = "overdue"
"""What ``warned`` says of a film whose last day has passed."""


def deadline(
    available: datetime,
    as_of: date,
    standing: FilmStanding,
    *,
    authority: str = "",
    companies: Sequence[str] = (),
) -> Deadline:
    """Where the clock stands on a civil day.

    Args:
        available: first public availability, with zone. as_of: today, in Stockholm. standing: where the film stands.
        authority: slug of whose it is. companies: slugs of what is no authority (``[deposit] companies``).
    """
    first = local_day(available)
    try:
        last = add_months(first, MONTHS)
    except (OverflowError, ValueError):
        last = date.max  # an absurd day of publication, beyond the calendar
    unreached = bool(outside(public=True, authority=authority, available=available, companies=companies))
    return Deadline(first=first, last=last, left=(last - as_of).days, stopped=unreached or standing in CLOCK_STOPPED)


def warned(found: Deadline, days: Sequence[int]) -> str | None:
    """What the night is to tell: ``overdue``, or the smallest of ``days`` within which the last day lies; None: nothing.

    A film stays in its group until it comes into the next one, so that a night that was missed hides nothing.

    Args:
        days: numbers of days left at which it is told (``[deposit] warn_days``), in any order.
    """
    if found.stopped:
        return None
    if found.left < 0:
        return OVERDUE
    reached = [one for one in days if found.left <= one]
    return str(min(reached)) if reached else None
