"""Where a recording lies while it is masked: a folder of its own among the temporary files, locked while it is used.

What lies there is not masked. A run that was killed leaves it; the next recording that is masked clears it away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_NAME: Final = "bevara-mask-"
_TRIES: Final = 10


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone when the block ends."""
    sweep()
    held = None
    for _ in range(_TRIES):
        folder = Path(tempfile.mkdtemp(prefix=_NAME))
        held = _locked(folder)
        if held is not None and folder.exists():
            break
        if held is not None:  # another run's sweep was quicker
            os.close(held)
            held = None
    try:
        yield folder  # without a lock only where there are none, and where no sweep takes it either
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


def sweep() -> int:
    """Remove folders that nobody works in; returns how many."""
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_NAME}*"):
        with suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            held = _locked(folder)
            if held is None:
                continue
            try:
                shutil.rmtree(folder)
                removed += 1
            finally:
                os.close(held)
    return removed


def _locked(folder: Path) -> int | None:
    """The folder, locked until it is closed or the process ends; None when somebody else has it."""
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return None
    return held
