"""Folders that belong to somebody else, where we lay files down: an e-archive's, a registry's. POSIX only.

Others write there too, so nothing there is trusted: every step is an ``open`` relative to the folder before it that
refuses symbolic links, devices are never opened, and what lies there already is never written over. A file or folder
is written beside under a name that begins with a dot and gets its own name in one step when its bytes are on the disk.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from schemas.neighbours import ReceiverRefusedError
from schemas.refusal import RefusedError, UnreachableError

FILE_MODE: Final = 0o660
"""Of what we write: the owner and the folder's group, less what the process' mask takes away."""
FOLDER_MODE: Final = 0o770
CHUNK: Final = 1024 * 1024

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a named pipe must not make us wait
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})


def plain(name: str, field: str) -> str:
    """A name that is one plain segment: A–Z, a–z, 0–9, ``.``, ``_``, ``-``, beginning with a letter or digit.

    Raises:
        RefusedError: it is not; ``schemas.package.plain_name`` makes such names.
    """
    if not _PLAIN.fullmatch(name):
        raise RefusedError(field, name, "use letters, digits, '.', '_' and '-', beginning with a letter or digit")
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Finding codes for a folder that does not take what is laid down: no room, no right, a stranger in the way."""

    room: str
    right: str
    stranger: str


class Landing:
    """One such folder.

    Every method raises UnreachableError when the folder is not there or its disk fails, and ReceiverRefusedError with
    one of ``codes``. Messages name the place and a code, never a path.
    """

    def __init__(self, root: Path, place: str, codes: Codes) -> None:
        """Take the folder, the name for messages and the codes; nothing is opened."""
        self._root = Path(os.path.realpath(root))
        self._place = place
        self._codes = codes

    @contextmanager
    def folder(self, *parts: str) -> Iterator[int]:
        """A descriptor of the folder, or of one below it; for the block, failures of the disk are translated."""
        opened: list[int] = []
        try:
            opened.append(os.open(self._root, _FOLDER))
            for part in parts:
                opened.append(os.open(part, _FOLDER, dir_fd=opened[-1]))
            yield opened[-1]
        except OSError as error:
            raise self.translated(error) from None
        finally:
            for one in opened:
                os.close(one)

    def there(self, folder: int, name: str) -> os.stat_result | None:
        """What lies there under the name, links not followed; None = nothing."""
        try:
            return os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def names(self, folder: int) -> list[str]:
        """Everything in the folder, in code-point order."""
        with os.scandir(folder) as entries:
            return sorted(one.name for one in entries)

    def file(self, folder: int, name: str) -> BufferedReader:
        """A file there, to be read. Raises ReceiverRefusedError: it is a link, a folder or a device."""
        try:
            descriptor = os.open(name, _READ, dir_fd=folder)
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.ENXIO}:
                raise self.stranger() from None
            raise
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise self.stranger()
        return os.fdopen(descriptor, "rb")

    def digest(self, folder: int, name: str) -> str:
        """SHA-256 (hexadecimal) of a file there, read from the disk as far as the system lets us ask for that."""
        with self.file(folder, name) as stream:
            with suppress(OSError):
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def lay(self, folder: int, name: str, data: bytes) -> None:
        """A small file: written beside, durable, moved in one step. One with the same bytes is left as it is.

        Raises:
            ReceiverRefusedError: something else lies under the name.
        """
        beside = f".{name}.part"
        if self.there(folder, name) is not None:
            with self.file(folder, name) as stream:
                same = stream.read(len(data) + 1) == data
            if not same:
                raise self.stranger()
            self.remove(folder, beside)
            return
        self.remove(folder, beside)
        self.write(folder, beside, data)
        self.name(folder, beside, name)

    def write(self, folder: int, name: str, data: bytes) -> None:
        """A file that must not be there yet, durable on return."""
        descriptor = os.open(
            name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE, dir_fd=folder
        )
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())

    def name(self, folder: int, beside: str, name: str) -> None:
        """Give a finished file its name in one step, never over another.

        Where the file system has no hard links (many network drives) it is looked at first and then moved.

        Raises:
            ReceiverRefusedError: the name was taken meanwhile.
        """
        try:
            os.link(beside, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        except FileExistsError:
            raise self.stranger() from None
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if self.there(folder, name) is not None:
                raise self.stranger() from None
            os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            self.remove(folder, beside)
        self.settle(folder)

    def remove(self, folder: int, name: str) -> None:
        """Remove a file of ours; nothing there is fine."""
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)

    def settle(self, folder: int) -> None:
        """Have the folder's names on the disk, where the file system can."""
        try:
            os.fsync(folder)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}:
                raise

    def stranger(self) -> ReceiverRefusedError:
        """Something of somebody else's lies in the way."""
        return ReceiverRefusedError(self._codes.stranger, f"{self._place}: {self._codes.stranger}")

    def translated(self, error: OSError) -> Exception:
        """A failure of the disk in our words; its own message holds paths."""
        if error.errno in _NO_ROOM:
            return ReceiverRefusedError(self._codes.room, f"{self._place}: {self._codes.room}")
        if error.errno in _NO_RIGHT:
            return ReceiverRefusedError(self._codes.right, f"{self._place}: {self._codes.right}")
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            return self.stranger()
        name = errno.errorcode.get(error.errno or 0, "unknown")
        return UnreachableError(f"{self._place}: the folder cannot be used now ({name}); check that it is mounted")
