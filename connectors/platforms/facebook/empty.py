"""Threads that came empty although the platform states comments: a lack of permission, or comments nobody is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

_KEY = "platform.empty"
_MOST = 500


class Empty:
    """Remembers from one run to the next which threads came empty.

    One empty answer is not believed. A thread that comes empty again, in a run in which the token has been seen to
    read other comments, has comments that the platform shows to nobody (a writer whose account is closed or
    restricted): it counts as read, else no pass would ever be complete again. What is missing in it is still asked
    for directly before it is called gone.
    """

    def __init__(self) -> None:
        self._before: dict[str, None] = {}
        self._now: dict[str, None] = {}
        self._read: set[str] = set()
        self._readable = False

    def recall(self, memory: Mapping[str, str]) -> None:
        """Take what the last run remembered."""
        self._before = dict.fromkeys(one for one in memory.get(_KEY, "").split(",") if one)

    def remembered(self) -> dict[str, str]:
        """For the next run; threads that were not read tonight stay."""
        kept = [one for one in self._before if one not in self._read]
        return {_KEY: ",".join([*self._now, *kept][:_MOST])} if self._read else {}

    def was(self, native: str) -> bool:
        """The thread came empty before."""
        return _mark(native) in self._before

    def is_withheld(self, native: str, *, empty: bool, shown: int) -> bool:
        """Note a thread that was read; whether its emptiness is to be believed."""
        mark = _mark(native)
        self._read.add(mark)
        self._readable = self._readable or shown > 0
        if empty:
            self._now[mark] = None
        return empty and self._readable and mark in self._before


def _mark(native: str) -> str:
    """Stands for a thread in the state database, which holds no native ids."""
    return hashlib.sha256(native.encode()).hexdigest()[:12]
