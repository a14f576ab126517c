"""Killed at every numbered write of append, compaction and destruction, and again while going on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kills.acts import ACTS

FEWEST = {"append": 15, "compact": 35, "destroy": 80}
"""Points that each act has at least; fewer would mean that writes are no longer seen."""
_PROCESSES = 2


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: what a killed process has written is there for the next all the same."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


def run(act: str, folder: Path, *options: str) -> list[Any]:
    """Run all points of an act, shared out to a few processes; returns their answers."""
    started = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.kills.runner",
                act,
                str(folder / f"{act}{part}"),
                *options,
                "--part",
                f"{part}/{_PROCESSES}",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for part in range(_PROCESSES)
    ]
    answers = []
    for process in started:
        out, err = process.communicate()
        assert process.returncode == 0, err[-4000:]
        answers.append({**json.loads(out.splitlines()[-1]), "stderr": err})
    return answers


def judge(act: str, answers: list[Any]) -> None:
    """Every point was tried, and none left a problem."""
    problems = {point: found for answer in answers for point, found in answer["problems"].items()}
    said = "".join(answer["stderr"] for answer in answers)
    assert not problems, f"{json.dumps(problems, indent=1, ensure_ascii=False)}\n{said[-4000:]}"
    points = {answer["points"] for answer in answers}
    assert len(points) == 1, "the same act has another number of writes each time"
    assert min(points) >= FEWEST[act]
    assert sum(answer["tried"] for answer in answers) >= min(points)


@pytest.mark.parametrize("act", ACTS)
def test_killed_anywhere_and_again_it_ends_whole(act: str, folder: Path) -> None:
    """Killed at each write and once more while going on, the act ends as if nothing had happened."""
    judge(act, run(act, folder))


@pytest.mark.soak
@pytest.mark.parametrize("act", ACTS)
def test_all_pairs_of_kills_end_whole(act: str, folder: Path) -> None:
    """The same for every point of going on after every point of the act."""
    judge(act, run(act, folder, "--all"))
    shutil.rmtree(folder, ignore_errors=True)
