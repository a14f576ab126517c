"""Open a package that somebody hands over: folder, tar or zip, with nothing in it trusted."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from schemas.neighbours import PackageFiles


def open_package(path: Path) -> AbstractContextManager[PackageFiles]:
    """Open it. Raises RefusedError: nothing there, or neither folder, tar nor zip."""
    raise NotImplementedError(path.name)
