"""A home whose process ends at its n-th write: nothing after it runs, no handler, no flush, no lock given back."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO, cast

from schemas.books import Lease, Scrubbed, State
from schemas.ground import Home
from schemas.neighbours import ObjectInfo, Store
from tests.stopping import Counter, StoppingState, StoppingStore

KILLED = 137
"""Exit code of a process that ended at its point, as a killed one has."""


class Killer(Counter):
    """Counts points and ends the process at one of them."""

    def point(self) -> None:
        """Pass one point, or end here."""
        self.points += 1
        if self.points == self.stop_at:
            os._exit(KILLED)


class KillingStore(StoppingStore):
    """The given store with points before, in the middle of and after every object that is written."""

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """As the inner store; in the middle, half the bytes have been handed over."""
        whole = data if isinstance(data, bytes) else data.read()
        # It reads like a file; the stores ask for nothing else.
        return super().put_new(key, cast("BinaryIO", _Halved(whole, self._counter)))


class _Halved(io.RawIOBase):
    def __init__(self, data: bytes, counter: Counter) -> None:
        super().__init__()
        self._parts = [data[len(data) // 2 :], data[: len(data) // 2]]
        self._counter = counter

    def read(self, size: int = -1) -> bytes:
        """The first half, then a point, then the second half, then nothing."""
        if len(self._parts) == 1:
            self._counter.point()
        return self._parts.pop() if self._parts else b""


class KillingState(StoppingState):
    """The given state with points around commits, leases and scrubbing."""

    @contextmanager
    def hold_lease(self, name: str) -> Iterator[Lease]:
        """As the inner state, with a point when the lease is held and one before it is given back."""
        with self._inner.hold_lease(name) as lease:
            self._counter.point()
            yield lease
            self._counter.point()

    def scrub(self) -> Scrubbed:
        """As the inner state, with a point before and after."""
        self._counter.point()
        scrubbed = self._inner.scrub()
        self._counter.point()
        return scrubbed


def killing(home: Home, counter: Counter) -> Home:
    """The same home, every write of which is a point, in every place."""

    def counted(store: Store) -> Store:
        # The wrapper hands everything else through; mypy cannot see that through __getattr__.
        return cast("Store", KillingStore(store, counter))

    ground = home.ground
    state: State = KillingState(ground.state, counter)
    return replace(
        home,
        ground=replace(
            ground,
            state=state,
            store=counted(ground.store),
            mirrors=tuple(counted(mirror) for mirror in ground.mirrors),
            second=None if ground.second is None else counted(ground.second),
        ),
    )
