"""Fixtures of the registration's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.register.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The small archive with a hot folder."""
    return World(tmp_path).begin()
