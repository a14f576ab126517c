"""Where the files of a package lie while it is built: a folder of the home, never among other programs' files.

They hold content, so a build that was stopped must not leave them for long: the next package, the night and every
culling take them away.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.books import LeaseTakenError
from schemas.ground import Home


def lease_name(package: str) -> str:
    """Lease of whoever builds, delivers or changes that package."""
    return f"package:{package}"


@contextmanager
def spooling(home: Home, package: str) -> Iterator[Path]:
    """An empty folder for one package's generated files; nothing of it is left. The package's lease is held."""
    folder = _spool(home) / package
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(home: Home) -> int:
    """Remove what stopped builds left in the spool; returns how many folders. One that is at work is left alone."""
    removed = 0
    for folder in _folders(home):
        try:
            with home.ground.state.hold_lease(lease_name(folder.name)):
                shutil.rmtree(folder, ignore_errors=True)
                removed += not folder.exists()
        except LeaseTakenError:
            continue
    return removed


def spooled(home: Home) -> int:
    """How many packages have files in the spool."""
    return len(_folders(home))


def _spool(home: Home) -> Path:
    return home.path / "spool"


def _folders(home: Home) -> list[Path]:
    spool = _spool(home)
    return sorted(spool.iterdir()) if spool.is_dir() else []
