"""A small archive with something to cull."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cull.archive import Small


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """Persons, a plan, and nothing stored; keys lie outside the home."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    made = Small(tmp_path / "allt")
    made.start()
    return made
