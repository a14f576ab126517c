"""Numbers and days as Swedish writes them, for letters and sheets. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from schemas.calendar import MONTH_NAMES, ZONE

WEEKDAYS: Final = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_THIN: Final = "\u00a0"
"""No-break space: Swedish parts thousands by a space, and a number stays on one line."""


def whole(number: int) -> str:
    """``10000`` → ``10 000``, with a no-break space; four digits stand together."""
    return str(number) if abs(number) < 10_000 else f"{number:,}".replace(",", _THIN)


def percent(part: int, of: int) -> str:
    """``3`` of ``4`` → ``75 %``; of nothing → ``–``. All and none alone are 100 and 0: what is nearly so is not rounded to it."""
    if of <= 0:
        return "–"
    share = round(100 * part / of)
    if part < of:
        share = min(share, 99)
    if part > 0:
        share = max(share, 1)
    return f"{share}{_THIN}%"


def span(time: timedelta | None) -> str:
    """A length of time in hours and minutes: ``26 tim 15 min``; None → ``–``."""
    if time is None:
        return "–"
    minutes = round(time.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    said = [f"{whole(hours)}{_THIN}tim"] if hours else []
    return " ".join((*said, f"{rest}{_THIN}min") if rest or not said else said)


def day_words(day: date) -> str:
    """``måndag 2 mars 2026``."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def instant_words(at: datetime) -> str:
    """``måndag 2 mars 2026 kl. 08.15``, local time."""
    local = at.astimezone(ZONE)
    return f"{day_words(local.date())} kl.{_THIN}{local:%H.%M}"


def month_words(year: int, month: int) -> str:
    """``mars 2026``."""
    return f"{MONTH_NAMES[month - 1]} {year}"
