"""Fixtures of the requests' tests: the desk made once in a module and copied, so that keys are made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.disclose.world import Desk


@pytest.fixture(scope="module")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Accounts, officers and a plan, and nothing stored."""
    root = tmp_path_factory.mktemp("mall")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(root / "nycklar"))
        Desk(root / "allt").begin()
    return root


@pytest.fixture
def desk(desk_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A copy of it. Settings are changed by ``desk.settings(…)``."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    for name in ("allt", "nycklar"):
        shutil.copytree(desk_template / name, tmp_path / name)
    return Desk(tmp_path / "allt")
