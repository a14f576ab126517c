"""Versions of the Graph API and when they end. Meta publishes two or three a year; each lives about two years."""

from __future__ import annotations

import re
from datetime import date, timedelta

from schemas.finding import Finding

VERSION = "v26.0"
"""Version that is asked when the account file names none."""
ENDS: dict[str, date | None] = {
    "v26.0": None,
    "v25.0": date(2028, 7, 29),
    "v24.0": date(2028, 2, 18),
    "v23.0": date(2027, 10, 8),
    "v22.0": date(2027, 5, 20),
    "v21.0": date(2027, 1, 21),
    "v20.0": date(2026, 9, 24),
}
"""Version to its last day as published by Meta; None = not set yet."""
SUNSET_WARNING = timedelta(days=60)
_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}")


def is_version(text: str) -> bool:
    """The text is a version as it stands in an address."""
    return _VERSION.fullmatch(text) is not None


def version_findings(version: str, today: date, subject: str) -> list[Finding]:
    """H138 when the version ends within 60 days, H139 when it has ended."""
    oldest = min(ENDS, key=_rank)
    ends = ENDS.get(version) if _rank(version) >= _rank(oldest) else ENDS[oldest]
    if ends is None:
        return []
    days = (ends - today).days
    if days < 0:
        parameters: tuple[tuple[str, str | int], ...] = (("version", version), ("ends", ends.isoformat()))
        return [Finding(code="H139", severity="error", subject=subject, parameters=parameters)]
    if days < SUNSET_WARNING.days:
        parameters = (("version", version), ("days", days), ("ends", ends.isoformat()))
        return [Finding(code="H138", severity="warning", subject=subject, parameters=parameters)]
    return []


def _rank(version: str) -> tuple[int, int]:
    if not _VERSION.fullmatch(version):
        return 10_000, 0
    major, _, minor = version[1:].partition(".")
    return int(major), int(minor)
