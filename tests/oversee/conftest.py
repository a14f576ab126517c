"""Fixtures of the registers' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.home import open_home
from tests.oversee.archive import AT, Archive, make


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """The small archive, opened."""
    make(tmp_path / "hem")
    with open_home(tmp_path / "hem", at=AT) as home:
        yield Archive(path=tmp_path / "hem", ground=home.ground)
