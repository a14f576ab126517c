"""Hand a built package on: look whether it is whole, tell what was seen where it came, or copy it into a folder.

A copy is written beside first and named in one step, with the digest that the package had.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from schemas.delivery import Arrival
from schemas.ground import Ground
from schemas.neighbours import MissingError
from schemas.receipt import Scalar
from schemas.refusal import GuardError, RefusedError

_CHUNK: Final = 1 << 20


def lies_there(ground: Ground, key: str, size: int) -> None:
    """Raise MissingError unless the built file lies in the store, of the size it had. ``key``: empty = it is removed."""
    there = ground.store.head(key) if key else None
    if there is None or there.size != size:
        raise MissingError("the built package is not in the store")


def evidence_of(arrival: Arrival) -> dict[str, Scalar]:
    """What a receipt tells of an arrival."""
    seen: dict[str, Scalar] = {
        "place": arrival.place,
        "size": arrival.size,
        "sha256": arrival.sha256 or None,
        "already": arrival.already,
    }
    return {**seen, **dict(arrival.evidence)}


def out_folder(folder: Path) -> None:
    """Raise RefusedError unless the folder is there."""
    if not folder.is_dir():
        raise RefusedError("--out", folder.name, "name a folder that is there")


def hand_out(ground: Ground, key: str, sha256: str, target: Path, *, remedy: str) -> None:
    """Copy an object to a file; one of the same bytes that lies there already is left.

    Args:
        sha256: what the object must be, hexadecimal. remedy: what to do when the object is gone or damaged.

    Raises:
        GuardError: the object is gone or damaged (G-FETCH). RefusedError: another file of that name lies there.
    """
    if target.is_symlink() or target.exists():
        if target.is_symlink() or not target.is_file() or _digest(target) != sha256:
            raise _taken(target)
        return
    digest = hashlib.sha256()
    descriptor, name = tempfile.mkstemp(prefix=".bevara-", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as sink, closing(ground.store.open(key)) as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                sink.write(chunk)
            sink.flush()
            os.fsync(sink.fileno())
        if digest.hexdigest() != sha256:
            raise GuardError("G-FETCH", "the built package does not agree with its digest", remedy)
        _name(beside, target)
    except FileExistsError:
        raise _taken(target) from None
    except MissingError:
        raise GuardError("G-FETCH", "the built package is not in the store", remedy) from None
    finally:
        beside.unlink(missing_ok=True)


def _taken(target: Path) -> RefusedError:
    return RefusedError("--out", target.name, "another file of that name lies there; choose another folder")


def _name(beside: Path, target: Path) -> None:
    """Give the finished file its name, unless the name is taken. Raises FileExistsError."""
    try:
        os.link(beside, target)
    except FileExistsError:
        raise
    except OSError:  # a memory stick's file system has no links
        if target.exists():
            raise FileExistsError from None
        beside.rename(target)


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
