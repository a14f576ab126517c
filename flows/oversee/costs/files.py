"""Files that are handed to a person: written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from schemas.refusal import RefusedError


def put_file(target: Path, data: bytes) -> None:
    """Write a file in the place of one that is there. Raises RefusedError: the folder is not there, or it is one itself."""
    if target.is_dir() or not target.parent.is_dir():
        raise RefusedError("--out", target.name, "name a file in a folder that is there")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".bevara-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        # As any file that the person makes; a temporary one is the owner's alone.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
