"""Fixtures of the tests of packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.archive.pack.dock import Dock, copied


@pytest.fixture(scope="session")
def dock_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home from which others are copied."""
    dock = Dock(tmp_path_factory.mktemp("kaj") / "mall")
    dock.build()
    return dock.root


@pytest.fixture
def dock(dock_template: Path, tmp_path: Path) -> Dock:
    """A home with nothing packaged yet."""
    return copied(dock_template, tmp_path / "kaj")
