"""LinkedIn's monthly versions and when they end: no header tells, so the calendar does."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from schemas.finding import Finding
from schemas.refusal import RefusedError

DEFAULTS = ("202609", "202607")
"""Versions asked for when the account file names none; the next one when LinkedIn does not know the first."""
WARNING = timedelta(days=60)
"""A version that ends within this time is reported every night."""
_ENDS = {
    "202510": date(2026, 10, 15),
    "202511": date(2026, 11, 16),
    "202601": date(2027, 1, 15),
    "202602": date(2027, 2, 15),
    "202603": date(2027, 3, 16),
}
"""Ends that LinkedIn has announced."""
_MIDDLE = 15


def versions_of(named: str) -> tuple[str, ...]:
    """Versions to ask for, first one first.

    Raises:
        RefusedError: no version number.
    """
    if not named:
        return DEFAULTS
    if not (named.isascii() and named.isdigit() and len(named) == 6 and 1 <= int(named[4:]) <= 12):
        raise RefusedError("options.api_version", named, "write year and month with six digits, for example 202609")
    return (named,)


def end_of(version: str, told: str = "") -> date:
    """When a version ends: as the account file tells, as LinkedIn has announced, else a year after its month.

    Raises:
        RefusedError: ``told`` is no date.
    """
    if told:
        try:
            return date.fromisoformat(told)
        except ValueError:
            remedy = "write a date as YYYY-MM-DD"
            raise RefusedError("options.api_version_ends", told, remedy) from None
    return _ENDS.get(version) or date(int(version[:4]) + 1, int(version[4:]), _MIDDLE)


def finding_of(version: str, ends: date, now: datetime, subject: str) -> Finding | None:
    """What a person must know of a version that still answers; None = nothing yet."""
    left = ends - now.date()
    if left >= WARNING:
        return None
    pairs: tuple[tuple[str, str | int], ...] = (("version", version), ("ends", ends.isoformat()))
    if left < timedelta(0):
        return Finding(code="H241", severity="warning", subject=subject, parameters=pairs)
    return Finding(code="H138", severity="warning", subject=subject, parameters=(*pairs, ("days", left.days)))
