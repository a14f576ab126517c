"""Two acts on one archive, one step at a time: a seed says who moves next. Steps end outside of transactions, before and after writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, BinaryIO, cast

from schemas.books import Books, Lease, State
from schemas.ground import Home
from schemas.neighbours import ObjectInfo, Remains, Store

_LONG = 60.0
"""Seconds after which an act that does not move is given up."""


class SteppingStore:
    """The given store; ``step`` is called before and after every object that is written or destroyed."""

    def __init__(self, inner: Store, step: Callable[[], None]) -> None:
        """Wrap a store."""
        self._inner, self._step = inner, step

    def __getattr__(self, name: str) -> object:
        """Everything else is the inner store's."""
        return getattr(self._inner, name)

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """As the inner store."""
        self._step()
        done = self._inner.put_new(key, data)
        self._step()
        return done

    def destroy(self, key: str) -> Remains:
        """As the inner store."""
        self._step()
        return self._inner.destroy(key)


class SteppingState:
    """The given state database; ``step`` is called before a lease is asked for, and around every writing transaction."""

    def __init__(self, inner: State, step: Callable[[], None]) -> None:
        """Wrap a state database."""
        self._inner, self._step = inner, step

    def __getattr__(self, name: str) -> object:
        """Everything else is the inner database's."""
        return getattr(self._inner, name)

    def hold_lease(self, name: str) -> AbstractContextManager[Lease]:
        """As the inner database."""
        self._step()
        return self._inner.hold_lease(name)

    @contextmanager
    def writing(self) -> Iterator[Books]:
        """As the inner database."""
        self._step()
        with self._inner.writing() as books:
            yield books
        self._step()


def stepping(home: Home, step: Callable[[], None]) -> Home:
    """The home, with ``step`` called between its writes."""
    ground = home.ground
    store = cast("Store", SteppingStore(ground.store, step))
    state = cast("State", SteppingState(ground.state, step))
    return replace(home, ground=replace(ground, store=store, state=state))


@dataclass(slots=True)
class _Act:
    """One of the acts: ``go`` lets it move to its next step, ``there`` says that it has come to it or ended."""

    act: Callable[[Callable[[], None]], Any]
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    there: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    done: bool = False
    answer: Any = None
    error: BaseException | None = None

    def run(self) -> None:
        """In a thread of its own."""
        try:
            self._wait(self.go)
            self.answer = self.act(self._step)
        except BaseException as error:  # noqa: BLE001 - handed over to who asked
            self.error = error
        finally:
            self.done = True
            self.there.release()

    def move(self, steps: int) -> None:
        """Let it take so many steps, or as many as it has left."""
        while steps and not self.done:
            self.go.release()
            self._wait(self.there)
            steps -= 1

    def _step(self) -> None:
        self.there.release()
        self._wait(self.go)

    @staticmethod
    def _wait(what: threading.Semaphore) -> None:
        if not what.acquire(timeout=_LONG):
            raise TimeoutError


def take_turns(seed: int, *acts: Callable[[Callable[[], None]], Any]) -> list[Any]:
    """Run the acts beside each other, a few steps of one of them at a time; returns their answers or errors.

    Args:
        acts: each gets its ``step`` and calls it where another may move.
    """
    random = Random(seed)
    running = [_Act(act) for act in acts]
    threads = [threading.Thread(target=one.run, daemon=True) for one in running]
    for thread in threads:
        thread.start()
    while waiting := [one for one in running if not one.done]:
        random.choice(waiting).move(random.choice((1, 1, 2, 5, 20)))
    for thread in threads:
        thread.join(_LONG)
    return [one.error or one.answer for one in running]
