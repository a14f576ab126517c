"""Stop an act at its n-th write: real store and real state, with one chosen write as the last thing that happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO

from schemas.books import Books, Lease, Scrubbed, State
from schemas.neighbours import ObjectInfo, Remains, Store


class StoppedError(BaseException):
    """The process is to be thought of as killed here. No handler of ordinary errors may catch it."""


class Counter:
    """Counts writes and stops at one of them: odd points lie just before a write, even points just after."""

    def __init__(self, stop_at: int | None = None) -> None:
        """``stop_at``: number of the point, from 1; None = never."""
        self.points = 0
        self.stop_at = stop_at

    def point(self) -> None:
        """Pass one point."""
        self.points += 1
        if self.points == self.stop_at:
            raise StoppedError(str(self.points))


class StoppingStore:
    """The given store; ``put_new`` and ``destroy`` are counted writes."""

    def __init__(self, inner: Store, counter: Counter) -> None:
        """Wrap a store."""
        self._inner = inner
        self._counter = counter

    def __getattr__(self, name: str) -> object:
        """Everything else is the inner store's."""
        return getattr(self._inner, name)

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """As the inner store, with a point before and after."""
        self._counter.point()
        info = self._inner.put_new(key, data)
        self._counter.point()
        return info

    def destroy(self, key: str) -> Remains:
        """As the inner store, with a point before and after."""
        self._counter.point()
        remains = self._inner.destroy(key)
        self._counter.point()
        return remains


class StoppingState:
    """The given state; every commit is a counted write."""

    def __init__(self, inner: State, counter: Counter) -> None:
        """Wrap a state database."""
        self._inner = inner
        self._counter = counter

    @contextmanager
    def writing(self) -> Iterator[Books]:
        """As the inner state; a stop before the commit rolls back, as a killed process would."""
        with self._inner.writing() as books:
            yield books
            self._counter.point()
        self._counter.point()

    def reading(self) -> AbstractContextManager[Books]:
        """As the inner state."""
        return self._inner.reading()

    def hold_lease(self, name: str) -> AbstractContextManager[Lease]:
        """As the inner state."""
        return self._inner.hold_lease(name)

    def scrub(self) -> Scrubbed:
        """As the inner state."""
        return self._inner.scrub()

    def close(self) -> None:
        """As the inner state."""
        self._inner.close()
