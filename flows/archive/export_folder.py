"""A folder that is built beside its place and moved there in one step, with every file's digest.

While it is being built it is called ``.NAME.part`` and holds ``OFULLSTANDIG.txt``; a run that was killed leaves that
and nothing else, and the next run to the same place clears it away.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, cast

from flows.archive.pack.spool import Measured
from schemas.refusal import RefusedError

SUMS: Final = "SHA256SUMS"
"""Name of the list of digests, in the form of ``sha256sum``."""
MARK: Final = "OFULLSTANDIG.txt"
"""Name of the file that says that the folder is not whole."""
_MARK: Final = (
    "Exporten till den här mappen blev inte klar. Mappen är inte fullständig och ska inte användas; "
    "nästa export till samma plats tar bort den.\n"
)
_SCRATCH: Final = "arbete"
_FIELD: Final = "FOLDER"


class Building:
    """The folder while it is being built. Paths are plain, relative and ``/``-separated."""

    def __init__(self, root: Path) -> None:
        """Take the empty folder."""
        self._root = root
        self._digests: dict[str, str] = {}
        self.size = 0

    @property
    def files(self) -> int:
        """How many files are finished."""
        return len(self._digests)

    @contextmanager
    def writing(self, path: str) -> Iterator[BinaryIO]:
        """Write one file; one that is broken off by an exception is taken away."""
        place = self.place(path)
        try:
            with place.open("xb") as file:
                sink = Measured(file)
                yield cast("BinaryIO", sink)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        self.enter(path, size=sink.size, sha256=sink.sha256)

    def write(self, path: str, data: bytes) -> None:
        """Write a file whose bytes are at hand."""
        with self.writing(path) as sink:
            sink.write(data)

    def place(self, path: str) -> Path:
        """Where a file lies; its folders are made."""
        place = self._root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def enter(self, path: str, *, size: int, sha256: str) -> None:
        """A file is finished. Raises ValueError: there is one of that name."""
        if path in self._digests:
            raise ValueError("two files of one name")
        self._digests[path] = sha256
        self.size += size

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for notes, gone when the block ends; a run that is killed leaves it where the next one clears up."""
        folder = self._root / _SCRATCH
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sum_up(self) -> str:
        """Write ``SHA256SUMS``, one line per file in the order of the paths; returns its own SHA-256."""
        text = "".join(f"{self._digests[path]}  {path}\n" for path in sorted(self._digests)).encode("ascii")
        with self.place(SUMS).open("xb") as file:
            file.write(text)
        return hashlib.sha256(text).hexdigest()

    def durable(self) -> None:
        """Let everything reach the disk before the folder gets its name."""
        for path in (*self._digests, SUMS):
            _flush(self._root / path)
        for folder in sorted({self._root, *((self._root / path).parent for path in self._digests)}):
            _flush_folder(folder)


@contextmanager
def built(target: Path, *, apart_from: Path) -> Iterator[Building]:
    """Build a folder; when the block has ended well, it lies at ``target``, else there is nothing.

    The block ends with ``Building.durable``.

    Args:
        target: a new or empty folder in an existing one. apart_from: the archive's own folder; the target is not in it.

    Raises:
        RefusedError: the target is taken, lies in the archive, or in no folder.
    """
    place = _free(target, apart_from)
    part = place.with_name(f".{place.name}.part")
    _clear(part)
    part.mkdir(mode=0o700)
    try:
        (part / MARK).write_text(_MARK, encoding="utf-8")
        building = Building(part)
        yield building
        (part / MARK).unlink()
        try:
            if place.is_dir():
                place.rmdir()
            part.rename(place)
        except OSError as error:
            raise RefusedError(_FIELD, place.name, f"it was taken meanwhile ({error.strerror}); run again") from None
        _flush_folder(place.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _free(target: Path, apart_from: Path) -> Path:
    place = Path(os.path.abspath(target))  # noqa: PTH100 - ``..`` is to be taken away, links are not to be followed
    if not place.name or not place.parent.is_dir():
        raise RefusedError(_FIELD, target.name, "name a new folder in a folder that is there")
    if place.is_symlink() or (place.exists() and (not place.is_dir() or any(place.iterdir()))):
        raise RefusedError(_FIELD, target.name, "name a new or empty folder; nothing is ever written over")
    real = place.parent.resolve() / place.name
    if real.is_relative_to(apart_from.resolve()):
        raise RefusedError(_FIELD, target.name, "name a folder outside the archive's own folder")
    return place


def _clear(part: Path) -> None:
    """Take away what a killed run left, and nothing else."""
    if not part.is_symlink() and not part.exists():
        return
    # The mark is taken away last of all, when the list of digests has long been there.
    marked = any((part / name).is_file() for name in (MARK, SUMS))
    ours = part.is_dir() and not part.is_symlink() and (marked or not any(part.iterdir()))
    if not ours:
        raise RefusedError(_FIELD, part.name, "something else has that name; move it away or name another folder")
    shutil.rmtree(part)


def _flush_folder(path: Path) -> None:
    """As a file; some file systems (memory sticks, network shares) know no such thing."""
    with suppress(OSError):
        _flush(path)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
