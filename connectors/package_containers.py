"""A tar and a zip that somebody hands over, read where they lie (port ``PackageFiles``)."""

from __future__ import annotations

import io
import lzma
import os
import stat
import struct
import tarfile
import threading
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final, cast

from connectors.package_names import Names
from schemas.refusal import RefusedError

MANY: Final = 1_000_000
"""Entries that a container may have."""
RATIO: Final = 300
"""How many times larger than packed a file may become, once it is larger than ``FREE``."""
FREE: Final = 64 * 1024**2
"""Bytes below which no ratio is looked at: small files of one repeated text pack very well."""
HEAD: Final = 512
"""Bytes of a tar header."""
DAMAGE: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, tarfile.TarError)
"""How the readers say that bytes are damaged."""

_PIECE = 1 << 20


class Packed:
    """What all kinds have in common (port ``PackageFiles``)."""

    container = ""

    def __init__(self, name: str, faults: Sequence[tuple[str, str]] = ()) -> None:
        self.name = name
        self._found = Names(faults)
        self._root: str | None = None
        self._files: Mapping[str, tuple[int, Any]] = {}
        self._folders: Sequence[str] = ()
        self._sorted: Sequence[str] = ()

    def _ready(self) -> None:
        self._root, self._files, self._folders = self._found.arranged()
        self._sorted = sorted(self._files)

    @property
    def root(self) -> str | None:
        """Name of the one root folder."""
        return self._root

    @property
    def faults(self) -> Sequence[tuple[str, str]]:
        """What is wrong with the container itself."""
        return self._found.faults

    def names(self) -> Sequence[str]:
        """Every file, in code-point order."""
        return self._sorted

    def folders(self) -> Sequence[str]:
        """Every folder, in code-point order."""
        return self._folders

    def size(self, name: str) -> int:
        """Bytes of a file. Raises KeyError."""
        return self._files[name][0]


def damaged(name: str) -> RefusedError:
    """A file whose bytes cannot be read; by its name in the package."""
    return RefusedError(name, "…", "the file's bytes are damaged; fetch the package anew")


class _Member(tarfile.TarInfo):
    """A tar header whose own size is looked at before tarfile reads it into memory."""

    @classmethod
    def frombuf(cls, buf: Any, encoding: Any, errors: Any) -> Any:
        found = super().frombuf(buf, encoding, errors)
        special = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME)
        if found.type in (*special, tarfile.GNUTYPE_LONGLINK) and not 0 <= found.size <= _PIECE:
            raise tarfile.ReadError("oversized header")
        if found.size < 0:
            raise tarfile.ReadError("negative size")
        return found


class Tar(Packed):
    """A tar, read where it lies."""

    container = "tar"

    def __init__(self, source: BinaryIO, name: str, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(name, faults)
        self._source = source
        self._lock = threading.Lock()
        length = source.seek(0, os.SEEK_END)
        source.seek(0)
        end = 0
        try:
            with tarfile.open(fileobj=source, mode="r:", tarinfo=_Member, errors="surrogateescape") as tar:
                for number, member in enumerate(tar):
                    tar.members = []  # type: ignore[attr-defined] # tarfile keeps every header; we keep what we need
                    if number >= MANY:
                        self._found.fault("BV-MANY", "")
                        break
                    size = member.size if member.isreg() else 0
                    end = max(end, member.offset_data + -(-size // HEAD) * HEAD)
                    self._take(member, length)
        except (*DAMAGE, ValueError, OverflowError, RecursionError):
            self._found.fault("BV-CUT", "")
        else:
            self._look_at_end(end, length)
        self._ready()

    def _take(self, member: tarfile.TarInfo, length: int) -> None:
        name = member.name.removeprefix("./")
        if member.isdir():
            if name not in ("", "."):
                self._found.folder(name.rstrip("/"))
        elif member.issym() or member.islnk():
            self._found.fault("BV-LINK", name)
        elif not member.isreg() or member.issparse():
            self._found.fault("BV-DEVICE", name)
        elif member.offset_data + member.size > length:
            self._found.fault("BV-CUT", name)
        else:
            self._found.file(name, member.size, member.offset_data)

    def _look_at_end(self, end: int, length: int) -> None:
        """A tar ends with empty blocks; anything else there is a header cut off, or something hidden behind it."""
        if end > length:
            return
        self._source.seek(end)
        rest = self._source.read(_PIECE)
        if len(rest) < HEAD or rest[:HEAD].strip(b"\0"):
            self._found.fault("BV-CUT", "")
        elif rest.strip(b"\0"):
            self._found.fault("BV-TAIL", "")

    def open(self, name: str) -> BinaryIO:
        """The file's bytes."""
        size, start = self._files[name]
        return cast("BinaryIO", io.BufferedReader(_Slice(self._source, self._lock, start, size, name), 1 << 16))


class _Slice(io.RawIOBase):
    """A part of a stream that others read too."""

    def __init__(self, source: BinaryIO, lock: threading.Lock, start: int, size: int, name: str) -> None:
        self._source, self._lock, self._start, self._size, self._name = source, lock, start, size, name
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        with self._lock:
            self._source.seek(self._start + self._at)
            data = self._source.read(wanted)
        if not data:
            raise damaged(self._name)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class Zip(Packed):
    """A zip, read where it lies."""

    container = "zip"

    def __init__(self, source: BinaryIO, name: str) -> None:
        super().__init__(name)
        self._zip: zipfile.ZipFile | None = None
        length = source.seek(0, os.SEEK_END)
        if _entries(source, length) > MANY:
            self._found.fault("BV-MANY", "")
            return
        try:
            self._zip = zipfile.ZipFile(source)
            for entry in self._zip.infolist():
                self._take(entry)
        except (*DAMAGE, NotImplementedError, ValueError, OSError, UnicodeError):
            self._found.fault("BV-CUT", "")
        else:
            self._look_at_sizes(length)
        self._ready()

    def _take(self, entry: zipfile.ZipInfo) -> None:
        name = _zip_name(entry)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if entry.is_dir():
            self._found.folder(name.rstrip("/"))
        elif kind == stat.S_IFLNK:
            self._found.fault("BV-LINK", name)
        elif kind not in (0, stat.S_IFREG):
            self._found.fault("BV-DEVICE", name)
        elif entry.flag_bits & 1:
            self._found.fault("BV-ENCRYPTED", name)
        elif entry.file_size > FREE and entry.file_size > RATIO * max(1, entry.compress_size):
            self._found.fault("BV-BOMB", name)
        else:
            self._found.file(name, entry.file_size, entry)

    def _look_at_sizes(self, length: int) -> None:
        """Entries that lie over each other, or many small ones that together become absurdly large."""
        taken = self._found.taken()
        total = sum(entry.file_size for entry in taken)
        packed = sum(entry.compress_size for entry in taken)
        if packed > length or (total > FREE and total > RATIO * length):
            self._found.fault("BV-BOMB", "")
            self._found.forget(lambda entry: entry.file_size > RATIO // 3 * max(1, entry.compress_size))

    def open(self, name: str) -> BinaryIO:
        """The file's bytes; damage is told as RefusedError."""
        entry = self._files[name][1]
        try:
            stream = cast("zipfile.ZipFile", self._zip).open(entry)
        except (*DAMAGE, NotImplementedError, RuntimeError, ValueError, OSError):
            raise damaged(name) from None
        return cast("BinaryIO", _Inflated(stream, name))


class _Inflated(io.RawIOBase):
    """A stream whose damage is told as a refusal with a remedy."""

    def __init__(self, stream: Any, name: str) -> None:
        self._stream, self._name = stream, name

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data: bytes = self._stream.read(size)
        except (*DAMAGE, NotImplementedError, ValueError, OSError):
            raise damaged(self._name) from None
        return data

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """The entry's name; many programs write UTF-8 without saying so."""
    name = entry.orig_filename
    if entry.flag_bits & 0x800 or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")


def _entries(source: BinaryIO, length: int) -> int:
    """How many entries the directory at the end could hold, before it is read into memory."""
    source.seek(max(0, length - 65_577))
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        return 0
    _, _, _, _, count, size, _, _ = _END.unpack_from(tail, at)
    if count == 0xFFFF or size == 0xFFFFFFFF:
        locator = tail[max(0, at - 20) : at]
        if locator[:4] == b"PK\x06\x07" and len(locator) == 20:
            source.seek(min(length, struct.unpack("<Q", locator[8:16])[0]))
            record = source.read(_END64.size)
            if len(record) == _END64.size and record[:4] == b"PK\x06\x06":
                count, size = _END64.unpack(record)[7:9]
    return max(int(count), int(size) // 400)
