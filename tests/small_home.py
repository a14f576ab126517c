"""The small archive of the culling's tests, made once and copied: quicker where nobody signs anything."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cull.archive import Small


@pytest.fixture(scope="module")
def small_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Persons, an account, a plan, and nothing stored."""
    root = tmp_path_factory.mktemp("mall")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(root / "nycklar"))
        Small(root / "allt").start()
    return root / "allt"


@pytest.fixture
def small(small_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """A copy of it."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    shutil.copytree(small_template, tmp_path / "allt")
    return Small(tmp_path / "allt")
