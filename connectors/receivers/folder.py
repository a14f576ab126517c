"""A receiver that is a folder: a disk or network drive that the e-archive empties.

While it comes, a file is ``.<name>.<first 16 of its SHA-256>.part``; a later delivery of the same bytes goes on where it
ends, once the bytes that lie there have been compared. Whole, it is read back and gets its name in one step. After it
comes ``<name>.sha256``, a line as ``sha256sum`` writes it, which says that the delivery is over.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from connectors.landing import CHUNK, FILE_MODE, Codes, Landing, plain
from connectors.receivers.sidecar import SIDECAR, checked, sidecar
from schemas.delivery import Arrival, Receiver
from schemas.neighbours import ReceiverRefusedError
from schemas.package import plain_name
from schemas.refusal import UnreachableError

CODES: Final = Codes(room="A232", right="A233", stranger="A231")

_PART = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class FolderReceiver:
    """The port ``schemas.neighbours.Receiving`` over a folder that exists already."""

    def __init__(self, receiver: Receiver, home: Path) -> None:
        """Take the settings; a relative path is relative to the home. Nothing is opened."""
        root = home / receiver.path
        self._place = f"folder:{plain_name(root.name)}"
        self._landing = Landing(root, self._place, CODES)

    @property
    def place(self) -> str:
        """``folder:<the folder's own name>``."""
        return self._place

    def deliver(self, name: str, source: Callable[[], BinaryIO], size: int, sha256: str) -> Arrival:
        """Bring one file there; see the port.

        Raises:
            ReceiverRefusedError: A231 other bytes or a stranger under that name, A232 no room, A233 no right, A236 the
                disk gave other bytes back. UnreachableError: the folder is not there, or another delivery of the same
                file is at work.
            RefusedError: the name is not plain, or the source does not hold the bytes it was said to.
        """
        plain(name, "name")
        beside = f".{name}.{sha256[:16]}.part"
        with source() as stream, self._landing.folder() as folder:
            already = self._landing.there(folder, name) is not None
            if already:
                self._compare(folder, name, size, sha256)
                self._landing.remove(folder, beside)  # left by a try that was stopped right after giving the name
            else:
                self._bring(folder, name, beside, stream, size, sha256)
            self._landing.lay(folder, name + SIDECAR, sidecar(name, sha256))
        return Arrival(place=self._place, name=name, size=size, sha256=sha256, already=already)

    def _compare(self, folder: int, name: str, size: int, sha256: str) -> None:
        """Refuse what lies there unless it is the very same file."""
        found = self._landing.there(folder, name)
        if found is None or not stat.S_ISREG(found.st_mode) or found.st_size != size:
            raise self._landing.stranger()
        if self._landing.digest(folder, name) != sha256:
            raise self._landing.stranger()

    def _bring(self, folder: int, name: str, beside: str, stream: BinaryIO, size: int, sha256: str) -> None:
        with self._part(folder, beside) as part:
            try:
                _fill(part, stream, size, sha256)
            except OSError as error:
                if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                    self._landing.remove(folder, beside)  # what cannot be finished shall not fill their disk
                raise
            if self._landing.digest(folder, beside) != sha256:
                self._landing.remove(folder, beside)
                raise ReceiverRefusedError("A236", f"{self._place}: A236")
            self._landing.name(folder, beside, name)

    @contextmanager
    def _part(self, folder: int, beside: str) -> Iterator[BinaryIO]:
        """The unfinished file, for this process alone where the file system can say so."""
        descriptor = os.open(beside, _PART, FILE_MODE, dir_fd=folder)
        with os.fdopen(descriptor, "r+b", buffering=0) as part:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise self._landing.stranger()
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UnreachableError(f"{self._place}: the same file is being delivered; try again later") from None
            except OSError as error:
                if error.errno not in {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}:
                    raise
            found = self._landing.there(folder, beside)
            if found is None or found.st_ino != os.fstat(descriptor).st_ino:
                raise UnreachableError(f"{self._place}: the same file was just delivered; try again")
            yield part


def _fill(part: BinaryIO, stream: BinaryIO, size: int, sha256: str) -> None:
    """Make the unfinished file whole: keep what it has as far as it is right, write the rest.

    Raises:
        RefusedError: the source's bytes are not those that were announced; nothing of them is kept.
    """
    stream.seek(0)
    digest = hashlib.sha256()
    kept = 0
    same = True
    while piece := stream.read(CHUNK):
        if same and part.read(len(piece)) != piece:
            same = False
            part.seek(kept)
            part.truncate()
        if not same:
            _write(part, piece)
        kept += len(piece)
        digest.update(piece)
        if kept > size:
            break
    part.truncate(kept)
    try:
        checked(kept, size, digest.hexdigest(), sha256)
    except ValueError:
        part.truncate(0)
        raise
    os.fsync(part.fileno())


def _write(part: BinaryIO, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[part.write(view) :]
