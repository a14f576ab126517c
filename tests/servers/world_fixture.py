"""Fake platforms for tests: ``fakes("facebook", page=2)`` starts one and stops it at the end of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.servers.world_client import RunningFake


@pytest.fixture
def fakes() -> Iterator[Callable[..., RunningFake]]:
    """Start fakes by name, with the arguments of ``RunningFake``."""
    with ExitStack() as running:

        def start(platform: str, **more: object) -> RunningFake:
            return running.enter_context(RunningFake(platform, **more))  # type: ignore[arg-type]  # handed on as they are

        yield start
