"""Killed at every numbered write of a removal, and again while going on: the copy is always there before the page is asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.kills.deciding import DECIDING
from tests.kills.removing import REMOVING
from tests.kills.test_kills import FEWEST, folder, judge, run

__all__ = ["folder"]
FEWEST.update({"remove": 30, "picture": 30, "block": 8})


@pytest.mark.parametrize("act", REMOVING)
def test_killed_anywhere_and_again_nothing_goes_before_its_copy(act: str, folder: Path) -> None:
    """Killed at each write and once more while going on: secured first, removed, told at most once, marked once."""
    judge(act, run(act, folder))


@pytest.mark.parametrize("act", DECIDING)
def test_killed_anywhere_and_again_a_person_is_decided_on_once(act: str, folder: Path) -> None:
    """A picture that goes and a visitor who is blocked: one decision, the platform asked after it, all of it in the end."""
    judge(act, run(act, folder))


@pytest.mark.soak
@pytest.mark.parametrize("act", [*REMOVING, *DECIDING])
def test_all_pairs_of_kills_end_with_one_whole_removal(act: str, folder: Path) -> None:
    """The same for every point of going on after every point of the act."""
    judge(act, run(act, folder, "--all"))
    shutil.rmtree(folder, ignore_errors=True)
