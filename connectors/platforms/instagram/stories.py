"""When a story of ours was written, remembered between runs: a story lives a day, and afterwards nothing tells of it.

Kept is a digest of its id with the second it was written, in one line of text; never content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

KEY = "platform.stories"
LIFE = timedelta(hours=24)
_KEPT = timedelta(days=40)
_MOST = 2_000


class Stories:
    """Stories that are known to have been there."""

    def __init__(self) -> None:
        self._written: dict[str, int] = {}
        self._touched = False

    def recall(self, memory: Mapping[str, str], now: datetime) -> None:
        """Take up what an earlier run remembered; what is unreadable or very old is left."""
        oldest = (now - _KEPT).timestamp()
        for pair in memory.get(KEY, "").split():
            name, _, second = pair.partition(":")
            if second.isascii() and second.isdigit() and len(second) < 12 and int(second) >= oldest:
                self._written.setdefault(name, int(second))
        self._touched = True

    def saw(self, native: str, written: datetime) -> None:
        """A story was shown."""
        self._written[_name(native)] = int(written.timestamp())

    def forget(self, native: str) -> None:
        """It is known to be gone."""
        self._written.pop(_name(native), None)

    def has_expired(self, native: str, now: datetime) -> bool:
        """It was a story, and its day is over."""
        written = self._written.get(_name(native))
        return written is not None and now >= datetime.fromtimestamp(written, UTC) + LIFE

    def remembered(self) -> dict[str, str]:
        """For ``Session.remember``; nothing when nothing was recalled, so that no memory is lost."""
        if not self._touched:
            return {}
        newest = sorted(self._written.items(), key=lambda one: one[1])[-_MOST:]
        return {KEY: " ".join(f"{name}:{second}" for name, second in newest)}


def _name(native: str) -> str:
    return hashlib.sha256(native.encode()).hexdigest()[:16]
