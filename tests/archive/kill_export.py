"""Kill an export at its points: ``python -m tests.archive.kill_export ROOT`` tells what each kill left, as JSON.

A process of its own that does nothing itself but fork, so that each child begins without threads of others.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from flows.archive import export
from flows.archive.export import export_archive
from flows.archive.export_choose import Wish
from flows.archive.export_folder import MARK, Building
from tests.cull.archive import PROPOSER, Small

POINTS = ("first document", "last document", "digests", "durable", "receipt", "name")


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _armed(point: str) -> Callable[[str, int], None]:
    """Arrange that this process is killed at the point; returns the export's progress."""
    seen: list[str] = []

    def step(name: str, _count: int) -> None:
        seen.append(name)
        if point == "first document" or (point == "last document" and len(seen) == 4):
            _die()

    if point == "digests":
        Building.sum_up = _die  # type: ignore[method-assign,assignment] # the process ends here
    elif point == "durable":
        Building.durable = _die  # type: ignore[method-assign,assignment] # the process ends here
    elif point == "receipt":
        export._receipt = _die  # type: ignore[assignment] # the process ends here
    elif point == "name":
        Path.rename = _named(Path.rename)  # type: ignore[method-assign,assignment] # the last step alone
    return step


def _named(rename: Callable[..., Path]) -> Callable[..., Path]:
    def last(path: Path, target: Path) -> Path:
        if path.name == ".ut.part":
            _die()
        return rename(path, target)

    return last


def _export(root: Path, point: str) -> None:
    with Small(root).open() as home:
        export_archive(home, Wish(folder=root / "ut"), PROPOSER, step=_armed(point))


def main(root: Path) -> None:
    """Kill at every point, then let one run end."""
    found: list[dict[str, object]] = []
    for point in (*POINTS, "never"):
        pid = os.fork()
        if not pid:
            try:
                _export(root, point)
            finally:
                os._exit(int(point != "never"))
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        part = root / ".ut.part"
        found.append(
            {
                "point": point,
                "status": status,
                "whole": (root / "ut").exists(),
                "part": part.exists(),
                "marked": (part / MARK).exists(),
            }
        )
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
