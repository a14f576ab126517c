"""Documents that an officer hands out: copies in a folder outside of the archive, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from flows.keep.own import OwnFile
from schemas.ground import Home
from schemas.refusal import RefusedError


def checked_folder(home: Home, out: Path) -> Path:
    """The folder to be made, absolute. Raises RefusedError: it cannot be made there, or lies in the archive."""
    folder = Path(os.path.abspath(out))  # noqa: PTH100 - links are not followed: the name is looked at as it is
    if not folder.name or not folder.parent.is_dir():
        raise RefusedError("--out", out.name, "name a folder to be made in one that is there")
    if folder.parent.resolve().is_relative_to(home.path.resolve()):
        raise RefusedError("--out", out.name, "name a folder outside of the archive's home")
    if folder.is_symlink() or folder.exists():
        raise RefusedError("--out", out.name, "something lies there already; name a folder that is not there yet")
    return folder


def hand_out(folder: Path, files: Sequence[OwnFile]) -> tuple[str, ...]:
    """Make the folder with these files in one step; returns their names. Raises RefusedError: it cannot be written."""
    try:
        beside = Path(tempfile.mkdtemp(prefix=".bevara-", dir=folder.parent))
        try:
            for one in files:
                (beside / one.name).write_bytes(one.data)
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise RefusedError("--out", folder.name, f"the folder cannot be written ({error.strerror})") from None
    return tuple(one.name for one in files)
