"""Open a package that somebody hands over: folder, tar or zip, with nothing in it trusted.

A tar and a zip are read where they lie; only a compressed tar is laid out once, in a temporary file without a name.
Nothing is ever written under a name that the package chose. What cannot be read safely is no file here and becomes a
fault (codes in ``schemas.codes.bv``); only what is neither folder, tar nor zip is refused.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from connectors.package_containers import DAMAGE, FREE, HEAD, MANY, RATIO, Packed, Tar, Zip, damaged
from schemas.neighbours import PackageFiles
from schemas.refusal import RefusedError

_PIECE = 1 << 20
_OPENERS: tuple[tuple[bytes, Callable[..., Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\x00", lzma.open),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_KINDS = "name a package folder, a .tar, a .tar.gz or a .zip"


def open_package(path: Path, *, lone: bool = False) -> AbstractContextManager[PackageFiles]:
    """Open it.

    Args:
        lone: a file that is neither tar nor zip is handed over as the only one there is (container ``file``).

    Raises:
        RefusedError: nothing there; without ``lone``, neither folder, tar nor zip.
    """
    return _opened(path, lone=lone)


@contextmanager
def _opened(path: Path, *, lone: bool) -> Iterator[PackageFiles]:
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            yield _Folder(path)
            return
        if not stat.S_ISREG(kind):
            # Opening a pipe would wait for somebody to write into it.
            raise RefusedError("PATH", path.name, _KINDS)
        source = path.open("rb")
    except (FileNotFoundError, NotADirectoryError):
        raise RefusedError("PATH", path.name, "there is nothing at that path") from None
    except PermissionError:
        raise RefusedError("PATH", path.name, "the file may not be read; see to its permissions") from None
    with source:
        if lone and not _is_packed(source):
            yield _Lone(path, source)
            return
        with open_stream(source, path.name) as package:
            yield package


@contextmanager
def open_stream(source: BinaryIO, name: str) -> Iterator[PackageFiles]:
    """Open a tar or zip that is a seekable stream, from its beginning; the stream stays open.

    Raises:
        RefusedError: neither tar nor zip.
    """
    source.seek(0)
    head = source.read(HEAD)
    with ExitStack() as kept:
        if head.startswith(_ZIP):
            yield Zip(source, name)
            return
        opener = next((opener for magic, opener in _OPENERS if head.startswith(magic)), None)
        if opener is not None:
            laid = kept.enter_context(tempfile.TemporaryFile(prefix="bevara-package-"))
            faults = _lay(source, opener, laid)
            if not _is_tar(laid):
                raise RefusedError("PATH", name, _KINDS)
            yield Tar(laid, name, faults)
        elif _is_tar(source):
            yield Tar(source, name, [])
        else:
            raise RefusedError("PATH", name, _KINDS)


def _is_packed(source: BinaryIO) -> bool:
    """It begins as a tar, a zip, or something compressed does."""
    source.seek(0)
    head = source.read(HEAD)
    return head.startswith((*_ZIP, *(magic for magic, _ in _OPENERS))) or _is_tar(source)


def _is_tar(source: BinaryIO) -> bool:
    source.seek(0)
    head = source.read(HEAD)
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _lay(source: BinaryIO, opener: Callable[..., Any], laid: BinaryIO) -> list[tuple[str, str]]:
    """Unpack a compressed tar beside; what was wrong with it."""
    most = max(FREE, RATIO * source.seek(0, os.SEEK_END))
    source.seek(0)
    total = 0
    try:
        with opener(source, "rb") as stream:
            while piece := stream.read(_PIECE):
                total += len(piece)
                if total > most:
                    return [("BV-BOMB", "")]
                laid.write(piece)
    except (*DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return [("BV-CUT", "")]
    return []


class _Folder(Packed):
    """A folder and what lies below it: plain files only, no link is followed."""

    container = "folder"

    def __init__(self, path: Path) -> None:
        super().__init__(path.resolve().name)
        number = 0
        for folder, folders, names in os.walk(path, followlinks=False, onerror=self._unreadable):
            prefix = "" if Path(folder) == path else Path(folder).relative_to(path).as_posix() + "/"
            for one in list(folders):
                if (Path(folder) / one).is_symlink():
                    self._found.fault("BV-LINK", prefix + one)
                elif not self._found.folder(prefix + one):
                    folders.remove(one)
            for one in names:
                number += 1
                at = Path(folder) / one
                found = at.lstat()
                if stat.S_ISREG(found.st_mode):
                    self._found.file(prefix + one, found.st_size, str(at))
                else:
                    self._found.fault("BV-LINK" if stat.S_ISLNK(found.st_mode) else "BV-DEVICE", prefix + one)
            if number > MANY:
                self._found.fault("BV-MANY", "")
                break
        self._ready()

    def _ready(self) -> None:
        self._root, self._files, self._folders = self._found.arranged(rooted=False)
        self._root = self.name
        self._sorted = sorted(self._files)

    def _unreadable(self, error: OSError) -> None:
        self._found.fault("BV-UNREADABLE", Path(str(error.filename)).name)

    def open(self, name: str) -> BinaryIO:
        """The file's bytes; no link is followed."""
        where = self._files[name][1]
        flags = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(where, flags)
        except OSError:
            raise damaged(name) from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise damaged(name)
        return os.fdopen(descriptor, "rb")


class _Lone(Packed):
    """One file by itself."""

    container = "file"

    def __init__(self, path: Path, source: BinaryIO) -> None:
        super().__init__(path.name)
        size = os.fstat(source.fileno()).st_size
        self._files = {path.name: (size, path)}
        self._sorted = [path.name]

    def open(self, name: str) -> BinaryIO:
        """The file's bytes."""
        where: Path = self._files[name][1]
        return where.open("rb")
