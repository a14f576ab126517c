"""Fixtures of the tests of costs: the archive made once in a module and copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.oversee.costs.bench import Bench


@pytest.fixture(scope="module")
def bench_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Accounts, officers, units and a plan."""
    root = tmp_path_factory.mktemp("mall")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BEVARA_KEYS", str(root / "nycklar"))
        Bench(root / "allt").begin().furnish()
    return root


@pytest.fixture
def bench(bench_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A copy of it."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    for name in ("allt", "nycklar"):
        shutil.copytree(bench_template / name, tmp_path / name)
    return Bench(tmp_path / "allt")
