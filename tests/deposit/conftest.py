"""The archive of these tests, made once and copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.deposit.world import World


@pytest.fixture(scope="session")
def deposit_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Accounts, persons, a plan, and nothing published."""
    root = tmp_path_factory.mktemp("plikt")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(root / "nycklar"))
        World(root / "allt").begin()
    return root / "allt"


@pytest.fixture
def world(deposit_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A copy of it."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    shutil.copytree(deposit_template, tmp_path / "allt")
    return World(tmp_path / "allt")
