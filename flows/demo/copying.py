"""A copy of the demo home to play in, so that the demo home itself stays as it was played."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def copied(home_path: Path) -> Iterator[Path]:
    """The copy, with its key beside it in a folder that is removed afterwards."""
    original = home_path.resolve()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / original.name
        shutil.copytree(original, copy)
        key = f"{original.name}.key"
        shutil.copy(original.parent / key, copy.parent / key)
        yield copy
