"""The watched archive, made once and copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.oversee.watch.world import TUESDAY, Page


@pytest.fixture(scope="session")
def page_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Accounts and an officer, and nothing stored."""
    return Page(tmp_path_factory.mktemp("sida") / "allt").begin().root


@pytest.fixture
def page(page_template: Path, tmp_path: Path) -> Page:
    """A copy of it."""
    shutil.copytree(page_template, tmp_path / "allt")
    return Page(tmp_path / "allt", at=TUESDAY)
