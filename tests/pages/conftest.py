"""The browser of these tests: one for all of them, in one worker, as its start is what takes time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.chromium import browser

__all__ = ["browser"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder go to one worker."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("chromium"))
