"""Killed at every numbered write of a decision, of the published list and of a routine that is kept, and again after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kills.duties import DUTIES
from tests.kills.test_kills import FEWEST, folder, judge, run

__all__ = ["folder"]
FEWEST.update({"duties": 20})


@pytest.mark.parametrize("act", DUTIES)
def test_killed_anywhere_and_again_each_record_is_there_once(act: str, folder: Path) -> None:
    """Killed at each write and once more while going on: each record is there once, and the three files are one list."""
    judge(act, run(act, folder))
