"""Play many seeds in two processes at once: one keeps its fakes and template homes for all its seeds."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing.util import Finalize
from pathlib import Path

from tests.nights.simulate import Way, fast_folder, make_home, play, started, ways
from tests.servers.world_client import RunningFake

PROCESSES = 2


class Stage:
    """What one process keeps: a folder, and a running fake with a home made for it, by the way's name."""

    def __init__(self) -> None:
        self._held = ExitStack()
        self._folder = self._held.enter_context(fast_folder())
        self._ready: dict[str, tuple[Way, RunningFake, Path]] = {}

    def play(self, name: str, seed: int) -> list[str]:
        """One seed's month; gives what is wrong."""
        if name not in self._ready:
            way = next(one for one in ways() if one.name == name)
            fake = self._held.enter_context(started(way))
            self._ready[name] = way, fake, make_home(self._folder / name, way, fake)
        way, fake, template = self._ready[name]
        return play(way, fake, template, self._folder, seed).judge.problems

    def close(self) -> None:
        """Stop the fakes and remove the folder."""
        self._held.close()


_STAGES: list[Stage] = []


def _begin() -> None:
    stage = Stage()
    _STAGES.append(stage)
    Finalize(stage, stage.close, exitpriority=10)


def _play(name: str, seed: int) -> list[str]:
    return _STAGES[0].play(name, seed)


@contextmanager
def playing(tasks: Sequence[tuple[str, int]]) -> Iterator[dict[tuple[str, int], Future[list[str]]]]:
    """All tasks (way's name, seed) are begun in order; each future gives what is wrong."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(PROCESSES, len(tasks)), mp_context=context, initializer=_begin) as pool:
        try:
            yield {task: pool.submit(_play, *task) for task in tasks}
        finally:
            pool.shutdown(cancel_futures=True)
