"""The only module that reads a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """An instant passed in: rehearsals, the demo and tests."""

    instant: datetime

    def now(self) -> datetime:
        """The instant, UTC."""
        return self.instant.astimezone(UTC)
