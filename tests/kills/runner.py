"""Kill an act at its points: ``python -m tests.kills.runner ACT FOLDER [--part I/N] [--all]`` prints what went wrong.

A process of its own that does nothing itself but fork: each child begins without threads or connections of others.
For every point: child 1 is killed there, child 2 goes on and is killed at a point of recovery, child 3 goes on to the
end, and its outcome is looked at. ``--all``: every point of recovery, not one that chance gives.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.kills.acts import ACTS, Act, opened
from tests.kills.deciding import DECIDING
from tests.kills.duties import DUTIES
from tests.kills.killing import KILLED, Killer, killing
from tests.kills.packing import PACKING
from tests.kills.removing import REMOVING

EVERY = {**ACTS, **PACKING, **REMOVING, **DECIDING, **DUTIES}


def in_child(work: Callable[[], object]) -> int:
    """Do the work in a forked child; returns its exit code, 1 when it raised."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - a child must not go on as a second parent
        traceback.print_exc()
    finally:
        os._exit(code)


class Runner:
    """The points of one act, one after the other."""

    def __init__(self, act: Act, folder: Path) -> None:
        """Build the template and count the points of an undisturbed run."""
        self._act = act
        self._folder = folder
        self._template = folder / "template" / "allt"
        self._template.parent.mkdir(parents=True)
        act.around(None)
        if in_child(lambda: act.build(self._template)):
            raise RuntimeError("the template could not be built")
        self.known: Any = json.loads((folder / "template" / "known.json").read_text("utf-8"))
        copy = self._copy("whole")
        self.points = self._through(copy)
        self.whole = self._looked_at(copy)

    def point(self, first: int, second: int) -> list[str]:
        """Killed at the first point of the act and at the second of going on; the problems of the outcome."""
        copy = self._copy(f"{first}-{second}")
        if in_child(lambda: self._run(copy, first)) != KILLED:
            return ["the first child was not killed"]
        if in_child(lambda: self._run(copy, second)) not in (0, KILLED):
            return ["going on raised an error"]
        if in_child(lambda: self._run(copy, None)):
            return ["the last run raised an error"]
        problems = self._looked_at(copy)
        if not problems:
            shutil.rmtree(copy.parent)
        return problems

    def to_end(self, first: int) -> int:
        """How many points there are in going on after a kill at the first point."""
        copy = self._copy(f"{first}-count")
        in_child(lambda: self._run(copy, first))
        points = self._through(copy)
        shutil.rmtree(copy.parent)
        return points

    def _copy(self, name: str) -> Path:
        target = self._folder / name / "allt"
        shutil.copytree(self._template, target)
        self._act.around(target)
        return target

    def _run(self, copy: Path, stop_at: int | None) -> int:
        counter = Killer(stop_at)
        with opened(copy) as home:
            self._act.act(killing(home, counter), self.known)
        return counter.points

    def _through(self, copy: Path) -> int:
        told = copy.parent / "points"
        if in_child(lambda: _tell(told, self._run(copy, None))):
            raise RuntimeError("the act raised an error although nobody killed it")
        return int(told.read_text("ascii"))

    def _looked_at(self, copy: Path) -> list[str]:
        told = copy.parent / "problems"
        if in_child(lambda: _tell(told, json.dumps(self._act.check(copy, self.known)))):
            return ["looking at the outcome raised an error"]
        problems: list[str] = json.loads(told.read_text("ascii"))
        return problems


def _tell(path: Path, said: object) -> None:
    path.write_text(str(said), "ascii")


def pairs(runner: Runner, part: int, of: int, *, every: bool, seed: int) -> Iterator[tuple[int, int]]:
    """The pairs of points of this part of the work."""
    random = Random(seed)
    for first in range(1, runner.points + 1):
        second = random.randint(1, max(2, runner.points - first + 8))
        if first % of != part:
            continue
        if every:
            yield from ((first, other) for other in range(1, runner.to_end(first) + 1))
        else:
            yield first, second


def main() -> None:
    """Run one part of an act's points; the answer is one JSON object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=list(EVERY))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    part, of = map(int, options.part.split("/"))
    runner = Runner(EVERY[options.act], options.folder)
    problems = {"whole": runner.whole} if runner.whole else {}
    wanted = list(pairs(runner, part, of, every=options.all, seed=options.seed))
    for first, second in wanted:
        found = runner.point(first, second)
        if found:
            problems[f"{first}, then {second}"] = found
    answer = {"points": runner.points, "tried": len(wanted), "problems": problems}
    sys.stdout.write(f"{json.dumps(answer)}\n")


if __name__ == "__main__":
    main()
