"""Killed at every numbered write of building and delivering a package, and again while going on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.kills.packing import PACKING
from tests.kills.test_kills import FEWEST, folder, judge, run

__all__ = ["folder"]
FEWEST.update({"package": 15, "deliver": 15})


@pytest.mark.parametrize("act", PACKING)
def test_killed_anywhere_and_again_there_is_one_whole_package(act: str, folder: Path) -> None:
    """Killed at each write and once more while going on, one package with the same bytes comes of it."""
    judge(act, run(act, folder))


@pytest.mark.soak
@pytest.mark.parametrize("act", PACKING)
def test_all_pairs_of_kills_end_with_one_whole_package(act: str, folder: Path) -> None:
    """The same for every point of going on after every point of the act."""
    judge(act, run(act, folder, "--all"))
    shutil.rmtree(folder, ignore_errors=True)
