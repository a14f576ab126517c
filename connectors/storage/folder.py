"""A store in a local folder: exclusive create, fsync, hard link; nothing outside the root is ever reached.

Layout: an object with key ``a/b/c`` is the file ``<root>/a/b/c``. While it is being written it is
``<root>/.tmp/a/b/c~<16 hex digits>``; no key can contain ``~`` or begin with a dot, so the two never meet. When its
bytes are on the disk the object gets its name by a hard link, which fails if the name is taken. A file system
without hard links cannot hold a store and says so at the first write.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from connectors.storage.prefix import safe_prefix
from connectors.storage.tree import TRIES, PlaceError, Tree, lstat, unlink
from schemas.neighbours import AlreadyThereError, MissingError, ObjectInfo, Remains
from schemas.refusal import RefusedError
from schemas.shelf import safe_key

TEMPORARY = ".tmp"
"""Folder under the root where objects are written before they get their name."""

_CHUNK = 1 << 20
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a named pipe must not make us wait
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class FolderStore:
    """A ``schemas.neighbours.Store`` in a folder that exists already. Safe for many threads and processes.

    Every call raises UnreachableError when the root is not there, and RefusedError at an unsafe key or a link.
    """

    def __init__(self, root: Path, name: str) -> None:
        """Take the folder's path and the name that receipts give it (never the path itself)."""
        self._name = name
        self._tree = Tree(root, self.place)

    @property
    def place(self) -> str:
        """``folder:<name>``."""
        return f"folder:{self._name}"

    # Reading

    def get(self, key: str) -> bytes:
        """The whole object. Raises MissingError."""
        with self._reader(key) as stream:
            return stream.read()

    def open(self, key: str) -> BinaryIO:
        """The object as a seekable stream. Raises MissingError."""
        return self._reader(key)

    def head(self, key: str) -> ObjectInfo | None:
        """The object's size and time, or None."""
        folder, name = _split(key)
        with self._tree.folder(folder) as parent:
            found = None if parent is None else lstat(name, parent)
        if found is None or stat.S_ISDIR(found.st_mode):
            return None
        if not stat.S_ISREG(found.st_mode):
            raise self._tree.stranger(key)
        return _info(key, found)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Every readable object whose key begins with ``prefix``, in key order (code points of the whole key).

        One folder's names are held at a time. Things that cannot be objects are left out; ``strangers`` counts them.
        """
        for path, found in self._walk((), safe_prefix(prefix)):
            if found is not None:
                yield _info(path, found)

    def checksum(self, key: str) -> str:
        """SHA-256 of the object's bytes in hexadecimal, read anew. Raises MissingError."""
        with self._reader(key) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def remains(self, key: str) -> Remains:
        """The object (``versions``) and temporary files of it (``uploads``)."""
        folder, name = _split(key)
        with self._tree.folder(folder) as parent:
            found = None if parent is None else lstat(name, parent)
        there = found is not None and not stat.S_ISDIR(found.st_mode)
        return Remains(versions=int(there), markers=0, uploads=len(self._leftovers(folder, name)))

    def unfinished(self, prefix: str) -> Iterator[str]:
        """Keys under ``prefix`` with a temporary file: a writer at work, or one that was stopped."""
        last = ""
        for path, found in self._walk((TEMPORARY,), safe_prefix(prefix)):
            key = path.partition("~")[0]
            if found is not None and key != last:
                last = key
                yield key

    def strangers(self) -> int:
        """How many things under the root cannot be objects: unsafe names, links, devices, keys too deep."""
        return sum(found is None for base in ((), (TEMPORARY,)) for _, found in self._walk(base, ""))

    # Changing

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """Write an object that must not exist yet; its bytes and its name are on the disk on return.

        Raises:
            AlreadyThereError: there is an object under that key. Nothing was written.
            RefusedError: the key is unsafe, or is a folder of other keys, or passes through an object.
            OSError: full disk, quota or a broken disk; nothing of the object was kept.
        """
        folder, name = _split(key)
        if self.head(key) is not None:
            raise self._taken(key)
        temporary = f"{name}~{secrets.token_hex(8)}"
        try:
            with self._temporary(folder, temporary) as (area, file):
                _write(file, data)
                return _info(key, self._give_name(key, area, temporary, file))
        except (AlreadyThereError, PlaceError):
            raise
        except OSError as error:
            raise PlaceError(
                error.errno, f"{self._tree.failed(error, key).strerror}; nothing of the object was kept"
            ) from None

    def destroy(self, key: str) -> Remains:
        """Remove the object and its temporary files, and folders that are empty then. Repeating it is harmless.

        Temporary files go first: a writer beside us either has linked its file, which then goes too, or fails.
        """
        folder, name = _split(key)
        area_parts = (TEMPORARY, *folder)
        leftovers = self._leftovers(folder, name)
        uploads = versions = 0
        with self._tree.folder(area_parts) as area:
            if area is not None and leftovers:
                uploads = sum(unlink(leftover, area) for leftover in leftovers)
                os.fsync(area)
        with self._tree.folder(folder) as parent:
            found = None if parent is None else lstat(name, parent)
            if parent is not None and found is not None and not stat.S_ISDIR(found.st_mode):
                if not stat.S_ISREG(found.st_mode):
                    raise self._tree.stranger(key)
                versions = int(unlink(name, parent))
                os.fsync(parent)
        self._tree.prune(area_parts)
        self._tree.prune(folder)
        return Remains(versions=versions, markers=0, uploads=uploads)

    # Inside

    def _reader(self, key: str) -> io.BufferedReader:
        folder, name = _split(key)
        missing = MissingError(errno.ENOENT, f"{self.place}: no object under this key", key)
        with self._tree.folder(folder) as parent:
            if parent is None:
                raise missing
            try:
                file = os.open(name, _READ, dir_fd=parent)
            except FileNotFoundError:
                raise missing from None
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENXIO):  # a link; a socket or device
                    raise self._tree.stranger(key) from None
                raise self._tree.failed(error, key) from None
        mode = os.fstat(file).st_mode
        if stat.S_ISREG(mode):
            return io.BufferedReader(io.FileIO(file, "rb"), _CHUNK)
        os.close(file)
        if stat.S_ISDIR(mode):
            raise missing
        raise self._tree.stranger(key)

    @contextmanager
    def _temporary(self, folder: tuple[str, ...], temporary: str) -> Iterator[tuple[int, int]]:
        """Make an exclusive temporary file for the block; hands out its folder's and its own descriptor."""
        area, file = self._create(folder, temporary)
        try:
            yield area, file
        finally:
            unlink(temporary, area)
            os.close(file)
            os.close(area)

    def _create(self, folder: tuple[str, ...], temporary: str) -> tuple[int, int]:
        for _ in range(TRIES):
            area = self._tree.make((TEMPORARY, *folder))
            try:
                return area, os.open(temporary, _CREATE, 0o640, dir_fd=area)
            except FileNotFoundError:  # another call removed the folder as empty after we opened it
                os.close(area)
            except BaseException:
                os.close(area)
                raise
        raise self._tree.contended()

    def _give_name(self, key: str, area: int, temporary: str, file: int) -> os.stat_result:
        """Give the finished temporary file its name, unless the name is taken."""
        folder, name = _split(key)
        for _ in range(TRIES):
            parent = self._tree.make(folder)
            try:
                os.link(temporary, name, src_dir_fd=area, dst_dir_fd=parent, follow_symlinks=False)
                try:
                    os.fsync(parent)
                except OSError:
                    unlink(name, parent)
                    raise
                return os.fstat(file)
            except FileExistsError:
                found = lstat(name, parent)
                if found is not None and stat.S_ISDIR(found.st_mode):
                    raise RefusedError("key", key, "other keys lie below this one; use another key") from None
                raise self._taken(key) from None
            except FileNotFoundError:
                if os.fstat(file).st_nlink == 0:
                    raise PlaceError(
                        errno.ENOENT, f"{self.place}: {key} was destroyed while it was being written; nothing was kept"
                    ) from None
                # Else the folder was removed as empty after we opened it: make it anew.
            finally:
                os.close(parent)
        raise self._tree.contended()

    def _leftovers(self, folder: tuple[str, ...], name: str) -> tuple[str, ...]:
        names = (entry for entry, _ in self._tree.entries((TEMPORARY, *folder)))
        return tuple(entry for entry in names if entry.startswith(f"{name}~") and not entry.endswith("/"))

    def _walk(
        self, base: tuple[str, ...], prefix: str, parts: tuple[str, ...] | None = None
    ) -> Iterator[tuple[str, os.stat_result | None]]:
        """Paths below ``base`` that begin with ``prefix``, in key order; None in place of a stranger's state."""
        if parts is None:
            parts = tuple(prefix.split("/")[:-1])
        for entry, found in self._tree.entries((*base, *parts)):
            path = "/".join((*parts, entry))
            if path == f"{TEMPORARY}/" and not base:
                continue
            if entry.endswith("/"):
                if not (path.startswith(prefix) or prefix.startswith(path)):
                    continue
                if _safe(path[:-1]):
                    yield from self._walk(base, prefix, (*parts, entry[:-1]))
                else:
                    yield path, None
            elif path.startswith(prefix):
                key, mark, _ = path.partition("~")
                fits = _safe(key) and bool(mark) == bool(base) and stat.S_ISREG(found.st_mode)
                yield path, found if fits else None

    def _taken(self, key: str) -> AlreadyThereError:
        return AlreadyThereError(errno.EEXIST, f"{self.place}: there is an object under this key already", key)


def _split(key: str) -> tuple[tuple[str, ...], str]:
    *folder, name = safe_key(key).split("/")
    return tuple(folder), name


def _safe(key: str) -> bool:
    try:
        safe_key(key)
    except RefusedError:
        return False
    return True


def _write(file: int, data: bytes | BinaryIO) -> None:
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    while chunk := source.read(_CHUNK):
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(file, rest) :]
    os.fsync(file)


def _info(key: str, found: os.stat_result) -> ObjectInfo:
    return ObjectInfo(key=key, size=found.st_size, written=datetime.fromtimestamp(found.st_mtime, UTC))
