"""The day's quota: counted in units, renewed at midnight in California, remembered from run to run."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from schemas.neighbours import Clock

DAILY = 10_000
"""Units a project has per day unless Google has granted more."""
COSTS = {
    "captions.list": 50,
    "captions.download": 200,
    "comments.delete": 50,
    "comments.setModerationStatus": 50,
}
"""Units of what costs more than one. The newest table names no cost for a download: the older one's is assumed."""
PACIFIC = ZoneInfo("America/Los_Angeles")
DAY, USED, MET = "platform.units.day", "platform.units.used", "platform.units.met"
"""What is remembered: the day, units used on it, and how many were used when the platform refused more."""
_RESERVE = 20
"""One part in so many is kept back for what is held and for looking up what was not shown."""
_LEAST = 10
_FEWEST = 10
"""At least one part in so many of the limit is believed in, whatever was met the day before."""


def pacific_day(now: datetime) -> date:
    """The day in California."""
    return now.astimezone(PACIFIC).date()


def next_midnight(now: datetime) -> datetime:
    """When the quota is renewed next, UTC."""
    following = pacific_day(now) + timedelta(days=1)
    return datetime.combine(following, time_of_day(), PACIFIC).astimezone(UTC)


class Quota:
    """Units used today. May be asked by several threads.

    Attributes:
        limit: units per day. reserve: units that listings of public comments and captions leave.
        kept: units kept back for comments that are still to be read tonight; captions may not use them.
        promised: units that the caption files listed tonight will cost.
    """

    def __init__(self, limit: int, clock: Clock) -> None:
        self._set(limit)
        self.kept = self.promised = 0
        self._clock = clock
        self._lock = threading.Lock()
        self._day = pacific_day(clock.now())
        self._used = 0
        self._met = 0
        self._resumed = False

    def resume(self, memory: Mapping[str, str]) -> None:
        """Count what earlier runs of the same day have used."""
        with self._lock:
            self._roll()
            if not self._resumed and memory.get(DAY) == self._day.isoformat():
                self._used += _count(memory.get(USED, ""))
            if not self._resumed and (met := _count(memory.get(MET, ""))):
                # Somebody else uses the project's units too: tonight they are shared out more sparingly.
                self._set(min(self.limit, max(met, self.limit // _FEWEST)))
            self._resumed = True

    def left(self) -> int:
        """Units left today; 0 = none."""
        with self._lock:
            self._roll()
            return max(0, self.limit - self._used)

    def spend(self, units: int) -> None:
        """Count units as used."""
        with self._lock:
            self._roll()
            self._used += units

    def exhaust(self) -> None:
        """The platform says that nothing is left."""
        with self._lock:
            self._roll()
            self._met = self._met or self._used
            self._used = max(self._used, self.limit)

    def until(self) -> datetime:
        """When the quota is renewed next."""
        return next_midnight(self._clock.now())

    def remember(self) -> dict[str, str]:
        """What to hand back to ``resume``; nothing before it was called, else a short run would hide a long one."""
        with self._lock:
            if not self._resumed:
                return {}
            return {DAY: self._day.isoformat(), USED: str(self._used), MET: str(self._met or "")}

    def _set(self, limit: int) -> None:
        self.limit = limit
        self.reserve = max(limit // _RESERVE, _LEAST)

    def _roll(self) -> None:
        today = pacific_day(self._clock.now())
        if today != self._day:
            self._day, self._used = today, 0


def _count(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0
