"""Fixtures of the archive's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.state import Database, open_database
from tests.archive.world import SetClock, World


@pytest.fixture
def new_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Factory of empty archives by name, on 20 November 2024, with two accounts."""
    opened: list[Database] = []

    def make(name: str, seed: str = "world") -> World:
        root = tmp_path / name
        root.mkdir()
        state = open_database(f"sqlite:///{root / 'state.db'}")
        opened.append(state)
        world = World(root=root, state=state, clock=SetClock("2024-11-20T02:00+00:00"), seed=seed)
        world.account("arvika")
        world.account("biblioteket")
        return world

    yield make
    for state in opened:
        state.close()


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    """One such archive."""
    return new_world("world")
