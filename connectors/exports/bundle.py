"""An export as it was handed over, opened safely: a folder, a zip, a tar, a CAR file or one data file.

Nothing is ever written under a name that the archive chose: a zip is read where it lies, a tar is unpacked once into
numbered temporary files. Names that lead elsewhere, links, devices, repeated and encrypted entries are left out and
counted; what is absurdly large for what it is packed in is refused as a whole. Archives inside are not opened.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from schemas.finding import Finding
from schemas.neighbours import Bundle
from schemas.refusal import RefusedError

_DRIVE = re.compile(r"[A-Za-z]:")
_LONGEST_NAME = 1_000
_JUNK = re.compile(r"(?:.*/)?(?:__MACOSX/.*|\.DS_Store|Thumbs\.db|desktop\.ini)")
_PACKED = re.compile(r".*\.(?:zip|tar|tgz|gz|bz2|xz|7z|rar)", re.IGNORECASE)
_ALONE = (".car", ".json", ".js", ".csv", ".jsonl")
_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of writing: a name with them is not what it looks like."""
_STREAM = 1 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, OSError, tarfile.TarError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an export may have: the settings' ``[import]``.

    Attributes:
        size: bytes, unpacked, all files together. files: how many files.
        ratio: how many times larger than packed it may become, once it is larger than ``FREE``.
    """

    size: int = 500 * 1024**3
    files: int = 1_000_000
    ratio: int = 300


FREE = 256 * 1024**2
"""Bytes below which no ratio is looked at: small files of one repeated text pack very well."""


@contextmanager
def open_bundle(path: Path, limits: Limits) -> Iterator[Bundle]:
    """Open what lies there; temporary files are gone at the end.

    Raises:
        RefusedError: nothing that can be read as an export, cut, encrypted, or beyond the limits.
    """
    if path.is_dir():
        yield FolderBundle(path, limits)
        return
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            # Opening a pipe would wait for somebody to write into it.
            raise RefusedError("PATH", path.suffix, "name a folder, a .zip, a .tar.gz or a .car file")
        with path.open("rb") as file:
            head = file.read(512)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")) or zipfile.is_zipfile(path):
            bundle = ZipBundle(path, limits)
            try:
                yield bundle
            finally:
                bundle.close()
        elif head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")) or head[257:262] == b"ustar":
            with tempfile.TemporaryDirectory(prefix="bevara-import-") as folder:
                yield _unpacked(path, head, Path(folder), limits)
        elif path.suffix.lower() in _ALONE:
            yield FilesBundle({_plain_name(path): (str(path), path.stat().st_size)}, Counter())
        else:
            raise RefusedError("PATH", path.suffix, "name a folder, a .zip, a .tar.gz or a .car file")
    except FileNotFoundError:
        raise RefusedError("PATH", "", "there is nothing at that path") from None
    except PermissionError:
        raise RefusedError("PATH", "", "the file may not be read; see to its permissions") from None


def _plain_name(path: Path) -> str:
    return "repo.car" if path.suffix.lower() == ".car" else path.name


def _damaged() -> RefusedError:
    return RefusedError("PATH", "…", "the archive file is cut or damaged; fetch it anew from the platform")


def _too_large(limits: Limits) -> RefusedError:
    size = f"{limits.size // 1024**2} MB or {limits.ratio} times its packed size"
    return RefusedError("PATH", "…", f"unpacked it is larger than {size}; raise import.limit_mb if that is right")


def _too_many(limits: Limits) -> RefusedError:
    return RefusedError("PATH", "…", f"it has more than {limits.files} files; raise import.files if that is right")


def safe(name: str) -> bool:
    """A relative path that leads nowhere else and can be shown and written."""
    if not name or len(name) > _LONGEST_NAME or name.startswith("/") or "\\" in name or _DRIVE.match(name):
        return False
    if any(ord(sign) < 0x20 or ord(sign) == 0x7F or 0xD800 <= ord(sign) <= 0xDFFF for sign in name):
        return False
    if not name.isascii() and _TURNED.search(name):
        return False
    return not any(part in ("", ".", "..") for part in name.split("/"))


class FilesBundle:
    """Files by name, each lying somewhere on the disk (port ``Bundle``)."""

    def __init__(self, files: Mapping[str, tuple[str, int]], left_out: Counter[str]) -> None:
        """``files``: name → (where it lies, bytes). ``left_out``: finding code → how many entries."""
        self._files = files
        self._left_out = left_out

    @property
    def findings(self) -> Sequence[Finding]:
        """What was left out, and why."""
        return _told(self._left_out)

    def names(self) -> Sequence[str]:
        """Every file's name, in code-point order."""
        return sorted(self._files)

    def size(self, name: str) -> int:
        """Bytes of the file."""
        return self._files[name][1]

    def open(self, name: str) -> BinaryIO:
        """The file's bytes; no link is followed."""
        where, _ = self._files[name]
        flags = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(where, flags)
        except OSError:
            raise _damaged() from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise _damaged()
        return os.fdopen(descriptor, "rb")


class FolderBundle(FilesBundle):
    """A folder and what lies below it: plain files only, no link is followed."""

    def __init__(self, root: Path, limits: Limits) -> None:
        """Look at every name once.

        Raises:
            RefusedError: beyond the limits.
        """
        files: dict[str, tuple[str, int]] = {}
        left_out: Counter[str] = Counter()
        total = 0
        for folder, folders, names in os.walk(root, followlinks=False):
            inside = Path(folder)
            left_out["I101"] += sum((inside / one).is_symlink() for one in folders)
            prefix = "" if inside == root else inside.relative_to(root).as_posix() + "/"
            for one in names:
                path = inside / one
                found = path.lstat()
                name = prefix + one
                if _JUNK.fullmatch(name):
                    continue
                if not stat.S_ISREG(found.st_mode):
                    left_out["I101"] += 1
                elif not safe(name):
                    left_out["I100"] += 1
                else:
                    left_out["I104"] += _PACKED.fullmatch(name) is not None
                    files[name] = (str(path), found.st_size)
                    total += found.st_size
            if total > limits.size:
                raise _too_large(limits)
            if len(files) > limits.files:
                raise _too_many(limits)
        super().__init__(files, left_out)


class ZipBundle:
    """A zip, read where it lies (port ``Bundle``)."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Read the directory at its end.

        Raises:
            RefusedError: damaged, encrypted, or beyond the limits.
        """
        self._path = path
        self._limits = limits
        self._left_out: Counter[str] = Counter()
        self._entries: dict[str, zipfile.ZipInfo] = {}
        _check_directory(path, limits)
        try:
            self._zip = zipfile.ZipFile(path)
        except (*_DAMAGE, NotImplementedError, ValueError):
            raise _damaged() from None
        try:
            self._look()
        except BaseException:
            self._zip.close()
            raise

    def _look(self) -> None:
        total = 0
        for entry in self._zip.infolist():
            name = entry.orig_filename
            if entry.is_dir() or _JUNK.fullmatch(name):
                continue
            mode = entry.external_attr >> 16
            if entry.flag_bits & 1:
                raise RefusedError(
                    "PATH", "…", "the archive is encrypted; unpack it with its password, import the folder"
                )
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                self._left_out["I101"] += 1
            elif not safe(name):
                self._left_out["I100"] += 1
            elif name in self._entries:
                self._left_out["I102"] += 1
            else:
                self._left_out["I104"] += _PACKED.fullmatch(name) is not None
                self._entries[name] = entry
                total += entry.file_size
                if entry.file_size > FREE and entry.file_size > self._limits.ratio * max(1, entry.compress_size):
                    raise _too_large(self._limits)
        packed = self._path.stat().st_size
        if total > self._limits.size or (total > FREE and total > self._limits.ratio * packed):
            raise _too_large(self._limits)

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process it is opened anew."""
        return ZipBundle, (self._path, self._limits)

    @property
    def findings(self) -> Sequence[Finding]:
        """What was left out, and why."""
        return _told(self._left_out)

    def names(self) -> Sequence[str]:
        """Every file's name, in code-point order."""
        return sorted(self._entries)

    def size(self, name: str) -> int:
        """Bytes of the file, unpacked."""
        return self._entries[name].file_size

    def open(self, name: str) -> BinaryIO:
        """The file's bytes as a stream; damage is told as RefusedError."""
        entry = self._entries[name]
        try:
            stream = self._zip.open(entry)
        except (*_DAMAGE, NotImplementedError, RuntimeError, ValueError):
            raise _damaged() from None
        return cast("BinaryIO", _Checked(stream))

    def close(self) -> None:
        """Give back the file."""
        self._zip.close()


class _Checked(io.RawIOBase):
    """A stream whose damage is told as a refusal with a remedy."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data: bytes = self._stream.read(size)
        except (*_DAMAGE, NotImplementedError, ValueError):
            raise _damaged() from None
        return data

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _told(left_out: Counter[str]) -> tuple[Finding, ...]:
    return tuple(
        Finding(code=code, severity="warning", subject="import", count=count)
        for code, count in sorted(left_out.items())
        if count
    )


_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")


def _check_directory(path: Path, limits: Limits) -> None:
    """Refuse a directory of absurd size before it is read into memory."""
    with path.open("rb") as file:
        length = file.seek(0, os.SEEK_END)
        start = max(0, length - 65_557 - 20)
        file.seek(start)
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or at + _END.size > len(tail):
            raise _damaged()
        _, _, _, _, count, size, _, _ = _END.unpack_from(tail, at)
        if size == 0xFFFFFFFF or count == 0xFFFF:
            locator = tail[max(0, at - 20) : at]
            if locator[:4] == b"PK\x06\x07" and len(locator) == 20:
                file.seek(min(length, struct.unpack("<Q", locator[8:16])[0]))
                record = file.read(_END64.size)
                if len(record) == _END64.size and record[:4] == b"PK\x06\x06":
                    count, size = _END64.unpack(record)[7:9]
    if count > limits.files or size > limits.files * 400:
        raise _too_many(limits)


_OPENERS = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open))


class _Member(tarfile.TarInfo):
    """A tar header whose own size is looked at before tarfile reads it into memory."""

    @classmethod
    def frombuf(cls, buf: Any, encoding: Any, errors: Any) -> Any:
        found = super().frombuf(buf, encoding, errors)
        special = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME)
        if found.type in (*special, tarfile.GNUTYPE_LONGLINK) and found.size > 1 << 20:
            raise _damaged()
        return found


def _unpacked(path: Path, head: bytes, folder: Path, limits: Limits) -> FilesBundle:
    """Copy a tar's plain files into numbered files of a folder of our own."""
    opener = next((opener for magic, opener in _OPENERS if head.startswith(magic)), None)
    files: dict[str, tuple[str, int]] = {}
    left_out: Counter[str] = Counter()
    most = limits.size
    if opener is not None:
        most = min(most, max(FREE, limits.ratio * path.stat().st_size))
    try:
        with (
            path.open("rb") if opener is None else opener(path, "rb") as stream,
            tarfile.open(fileobj=cast("Any", stream), mode="r|", tarinfo=_Member) as tar,
        ):
            total = 0
            for number, member in enumerate(tar):
                if number > limits.files:
                    raise _too_many(limits)
                name = member.name.removeprefix("./")
                if member.isdir() or _JUNK.fullmatch(name):
                    continue
                if not member.isreg() or member.issparse():
                    left_out["I101"] += 1
                elif not safe(name):
                    left_out["I100"] += 1
                elif name in files:
                    left_out["I102"] += 1
                else:
                    total += member.size
                    if total > most:
                        raise _too_large(limits)
                    left_out["I104"] += _PACKED.fullmatch(name) is not None
                    target = folder / str(number)
                    _copy(tar, member, target)
                    files[name] = (str(target), member.size)
                # tarfile keeps every header it has read; we keep what we need ourselves.
                tar.members = []  # type: ignore[attr-defined] # documented as the way to forget them
    except _DAMAGE:
        raise _damaged() from None
    return FilesBundle(files, left_out)


def _copy(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = tar.extractfile(member)
    if source is None:
        raise _damaged()
    with target.open("wb") as file:
        left = member.size
        while left:
            data = source.read(min(left, _STREAM))
            if not data:
                raise _damaged()
            file.write(data)
            left -= len(data)
