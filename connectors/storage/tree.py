"""A folder tree that is walked by descriptors, one folder at a time, never through a symbolic link.

A link or device that somebody puts into the tree leads nowhere, whenever it is put there: every step is an
``open`` relative to the folder before it that refuses links. POSIX only.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from schemas.refusal import RefusedError, UnreachableError

TRIES = 50
"""How often a folder is made again that somebody else removes as empty at the same moment."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class PlaceError(OSError):
    """The disk or its file system failed; the text names the place and the key, never a machine path."""


class Tree:
    """The folders below one root.

    A root that is not there is an error on every call and never "nothing is there": else a disk that was not
    mounted would prove that everything has been destroyed.
    """

    def __init__(self, root: Path, place: str) -> None:
        self._root = Path(os.path.realpath(root))
        self._place = place

    @contextmanager
    def folder(self, parts: tuple[str, ...]) -> Iterator[int | None]:
        """Open a folder below the root; None when there is none.

        Raises:
            RefusedError: a symbolic link lies on the way.
            UnreachableError: the root is not there.
        """
        at: int | None = self._open_root()
        try:
            for part in parts:
                if at is None:
                    break
                above, at = at, self._step(at, part)
                os.close(above)
            yield at
        finally:
            if at is not None:
                os.close(at)

    def make(self, parts: tuple[str, ...]) -> int:
        """Open a folder below the root, making durably what is missing. The caller closes the descriptor."""
        for _ in range(TRIES):
            at: int | None = self._open_root()
            try:
                for part in parts:
                    if at is None:
                        break
                    above, at = at, self._step_or_make(at, part)
                    os.close(above)
            except BaseException:
                if at is not None:
                    os.close(at)
                raise
            if at is not None:
                return at
        raise self.contended()

    def prune(self, parts: tuple[str, ...]) -> None:
        """Remove folders that are empty, from the innermost; the first one that is not empty ends it."""
        for depth in range(len(parts), 0, -1):
            with self.folder(parts[: depth - 1]) as above:
                if above is None:
                    continue
                try:
                    os.rmdir(parts[depth - 1], dir_fd=above)
                    os.fsync(above)
                except FileNotFoundError:
                    continue
                except OSError:
                    return

    def entries(self, parts: tuple[str, ...]) -> list[tuple[str, os.stat_result]]:
        """Names in one folder with their state (links not followed); folders' names end in ``/``.

        Sorted as the keys below them sort: ``a/b`` comes after ``a-b`` and ``a.b``. What follows a ``~`` (the random
        part of a temporary file's name) does not count.
        """
        with self.folder(parts) as at:
            if at is None:
                return []
            with os.scandir(at) as scanned:
                names = [entry.name for entry in scanned]
            found = ((name, lstat(name, at)) for name in names)
            listed = [
                (f"{name}/" if stat.S_ISDIR(state.st_mode) else name, state)
                for name, state in found
                if state is not None
            ]
        return sorted(listed, key=lambda one: (one[0].partition("~")[0], one[0]))

    def contended(self) -> PlaceError:
        """The error for a folder that keeps vanishing."""
        return PlaceError(errno.EBUSY, f"{self._place}: a folder is removed again and again by somebody else")

    def failed(self, error: OSError, key: str) -> PlaceError:
        """The error for what the file system answered, with the place and without the path."""
        return PlaceError(error.errno, f"{self._place}: {key}: {_why(error)}")

    def stranger(self, name: str) -> RefusedError:
        """The error for a symbolic link or device."""
        return RefusedError(
            self._place, name, "a link or device lies there, which Bevara never follows; remove it from the store"
        )

    def _open_root(self) -> int:
        try:
            return os.open(self._root, _FOLDER)
        except OSError as error:
            raise UnreachableError(
                f"{self._place}: the folder is not there or cannot be opened ({_why(error)}); mount its disk or "
                "correct the path in bevara.toml"
            ) from None

    def _step(self, at: int, part: str) -> int | None:
        try:
            return os.open(part, _FOLDER, dir_fd=at)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR):
                raise self.failed(error, part) from None
            found = lstat(part, at)
            if found is not None and stat.S_ISLNK(found.st_mode):
                raise self.stranger(part) from None
            return None

    def _step_or_make(self, at: int, part: str) -> int | None:
        """One step down; None when the folder we stand in was removed as empty by somebody else."""
        below = self._step(at, part)
        if below is not None:
            return below
        try:
            os.mkdir(part, 0o750, dir_fd=at)
            os.fsync(at)
        except FileExistsError:
            found = lstat(part, at)
            if found is not None and not stat.S_ISDIR(found.st_mode):
                raise RefusedError(
                    "key", part, "an object lies where this key needs a folder; use another key"
                ) from None
        except FileNotFoundError:
            return None
        return self._step(at, part)


def lstat(name: str, folder: int) -> os.stat_result | None:
    """State of one name in an open folder, links not followed; None when there is nothing."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def unlink(name: str, folder: int) -> bool:
    """Remove one name from an open folder; False when it was not there."""
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
        return True
    return False


def _why(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else "unknown error"
