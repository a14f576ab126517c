"""An archive with a second place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cull.archive import Small
from tests.restore.world import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Persons, a plan, a second place, four items to cull and two to keep."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    made = World(Small(tmp_path / "allt"))
    made.small.start()
    made.protect()
    made.fill()
    return made
