"""Fetch the next pages while the last one is being stored: the network's wait is most of a harvest's time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

_AHEAD = 4
"""Pages read ahead; bounds memory to a few pages."""


class Prefetch(Generic[T]):
    """Runs an iterator in one thread of its own and hands over its values in order.

    An exception of the iterator is raised where its next value would have come. ``close`` stops it early.
    """

    def __init__(self, source: Iterator[T]) -> None:
        """Start reading at once."""
        self._source = source
        self._queue: queue.Queue[tuple[T | None, BaseException | None, bool]] = queue.Queue(_AHEAD)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bevara-prefetch", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for value in self._source:
                if not self._put((value, None, False)):
                    return
            self._put((None, None, True))
        except BaseException as error:  # noqa: BLE001 - handed over and raised in the reader's thread
            self._put((None, error, True))

    def _put(self, entry: tuple[T | None, BaseException | None, bool]) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(entry, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def __iter__(self) -> Iterator[T]:
        """The values, as they come."""
        while True:
            value, error, end = self._queue.get()
            if error is not None:
                raise error
            if end:
                return
            yield value  # type: ignore[misc] # only the end has no value

    def close(self) -> None:
        """Stop reading; waits until the thread has ended."""
        self._stop.set()
        self._thread.join(timeout=60)
