"""Graph's usage headers: how much of a limit is used, and when access is regained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from schemas.payload import UnreadableError, read

SLOW_FROM, STOP_FROM = 75.0, 90.0
"""Percent of a usage limit from which requests are spread, and from which none is made."""
_LONGEST_BLOCK = timedelta(days=2)
_USAGE = ("x-business-use-case-usage", "x-app-usage", "x-page-usage")
_PERCENT = ("call_count", "total_cputime", "total_time")


def used(headers: Mapping[str, str]) -> float:
    """The highest percentage of any limit."""
    return max(_numbers(headers, _PERCENT), default=0.0)


def pause(percent: float) -> float:
    """Seconds to wait before the next request so that the limit lasts; 0 below ``SLOW_FROM``."""
    return 0.25 + (percent - SLOW_FROM) * 0.15 if percent >= SLOW_FROM else 0.0


def regained(headers: Mapping[str, str]) -> timedelta | None:
    """How long until access is regained, where the platform says so."""
    minutes = max(_numbers(headers, ("estimated_time_to_regain_access",)), default=0.0)
    if not 0 < minutes < float("inf"):
        return None
    return min(timedelta(minutes=min(minutes, 1e6)), _LONGEST_BLOCK)


def _usages(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Every usage object in the headers; a header that is no JSON has none."""
    for name in _USAGE:
        try:
            stack: list[Any] = [read(headers[name].encode())] if name in headers else []
        except (UnreadableError, UnicodeError):
            continue
        for _ in range(1_000):
            if not stack:
                break
            one = stack.pop()
            if isinstance(one, dict):
                yield one
                stack.extend(one.values())
            elif isinstance(one, list):
                stack.extend(one)


def _numbers(headers: Mapping[str, str], names: Sequence[str]) -> Iterator[float]:
    for usage in _usages(headers):
        for name in names:
            value = usage.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield float(value)
