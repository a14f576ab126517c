"""A small archive with something to cull."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cull.archive import Small


@pytest.fixture
def unstarted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """Not even a home yet; keys will lie outside it."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    return Small(tmp_path / "allt")


@pytest.fixture
def small(unstarted: Small) -> Small:
    """Persons, a plan, and nothing stored."""
    unstarted.start()
    return unstarted
