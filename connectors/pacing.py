"""What a platform's headers say about waiting: Retry-After and the three spellings of rate-limit headers.

Durations are counted from the answer's own ``Date``, so that neither a wrong clock nor a rehearsed one matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_EPOCH_FROM = 1_000_000_000
"""A number at least this large is seconds since 1970, a smaller one a number of seconds to wait."""
_PREFIXES = ("ratelimit-", "x-ratelimit-", "x-rate-limit-")
_LOW = 0.1
"""Share of the limit below which requests are spread over the time that is left."""


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the platform asks us to wait after refusing, or None when it does not say.

    ``Retry-After`` is a number of seconds or an HTTP date (RFC 9110 section 10.2.3); else the reset headers count.

    Args:
        headers: of the answer, names in lower case.
        now: used when the answer has no ``Date``.
    """
    stated = headers.get("retry-after", "").strip()
    if stated:
        seconds = _number(stated)
        if seconds is not None:
            return max(0.0, seconds)
        until = _moment(stated)
        if until is not None:
            return max(0.0, (until - _date(headers, now)).total_seconds())
    return _reset(headers, now)


def courtesy(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds to wait before the next request so that a nearly used-up limit lasts until it is reset; 0 = none."""
    remaining, limit = _first(headers, "remaining"), _first(headers, "limit")
    if remaining is None or remaining > _LOW * (limit if limit is not None else 100):
        return 0.0
    reset = _reset(headers, now)
    return 0.0 if reset is None else reset / (max(remaining, 0.0) + 1)


def _reset(headers: Mapping[str, str], now: datetime) -> float | None:
    for prefix in _PREFIXES:
        stated = headers.get(prefix + "reset", "").strip()
        if not stated:
            continue
        seconds = _number(stated)
        if seconds is not None:
            if seconds < _EPOCH_FROM:
                return max(0.0, seconds)
            return max(0.0, seconds - _date(headers, now).timestamp())
        until = _moment(stated)
        if until is not None:
            return max(0.0, (until - _date(headers, now)).total_seconds())
    return None


def _first(headers: Mapping[str, str], what: str) -> float | None:
    for prefix in _PREFIXES:
        # The draft standard lets a list follow: "100, 100;w=300".
        number = _number(headers.get(prefix + what, "").split(",")[0].split(";")[0])
        if number is not None:
            return number
    return None


def _number(text: str) -> float | None:
    text = text.strip()
    if not text.isascii() or not text.replace(".", "", 1).isdigit() or len(text) > 20:
        return None
    return float(text)


def _moment(text: str) -> datetime | None:
    """An ISO 8601 or HTTP date, UTC; None when it is neither."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, OverflowError):
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return None


def _date(headers: Mapping[str, str], now: datetime) -> datetime:
    stated = headers.get("date")
    return (_moment(stated) if stated else None) or now
