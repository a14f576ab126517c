"""What lies in the watched folder: plain files that are whole, the film that a name names, captions beside their film.

A file is left alone while it may still be written: hidden ones, those that copying programs name so (``.part`` and the
like), and those that were changed within the last minute by the folder's own clock (the home's may be a rehearsal's, and a
share has its server's). A copy that fools all that is found out when it is taken in: its bytes are read twice and must
be the same.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

QUIET: Final = 60.0
"""Seconds since a file was last changed, by the folder's clock."""
CAPTIONS: Final[dict[str, str]] = {"srt": "application/x-subrip", "vtt": "text/vtt"}
"""Endings of caption files and their media types."""
_UNDER_WAY: Final = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".temp", "~")
_BY_HAND = re.compile(r"film[ _-]?0*([1-9][0-9]{0,8})(?![0-9A-Za-zÅÄÖåäö]).*", re.IGNORECASE | re.DOTALL)
_LEADING = re.compile(r"0*([1-9][0-9]{0,8})([_ -]).*", re.DOTALL)
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """A file in the folder. ``changed``: its time of change in nanoseconds; size and time tell whether it is the same."""

    path: Path
    size: int
    changed: int

    @property
    def name(self) -> str:
        """Its name; bytes that are no text stand as lone surrogates."""
        return self.path.name

    @property
    def ending(self) -> str:
        """What follows the last full stop, in small letters."""
        return self.path.suffix.removeprefix(".").lower()

    @property
    def is_caption(self) -> bool:
        """By its name it is a caption file."""
        return self.ending in CAPTIONS

    @property
    def named(self) -> int | None:
        """The number of the film that the name names outright: ``film-12.mp4``."""
        found = _BY_HAND.fullmatch(self.path.stem)
        return int(found[1]) if found else None

    @property
    def leading(self) -> int | None:
        """A number that the name begins with: ``12_sommar.mp4``, ``12 sommar.mp4``. It may be a film's, or a year."""
        found = _LEADING.fullmatch(self.path.stem)
        return int(found[1]) if found else None

    @property
    def loosely(self) -> bool:
        """The number stands there as in any sentence (``12 regler.pdf``): it counts only where the length agrees."""
        found = _LEADING.fullmatch(self.path.stem)
        return found is not None and found[2] != "_"

    def captions_of(self, film: Lying) -> bool:
        """It is a caption file of that one: the same name, perhaps with a language (``sommar.sv.vtt``)."""
        stem, wanted = self.path.stem.casefold(), film.path.stem.casefold()
        return self.is_caption and (
            stem == wanted
            or bool(re.fullmatch(r"\.[a-z]{2,3}(-[a-z]{2})?", stem[len(wanted) :]) and stem.startswith(wanted))
        )

    @property
    def language(self) -> str:
        """The language that a caption file's name ends with, as written, or empty."""
        found = re.fullmatch(r".+[.]([a-z]{2,3})(?:-[a-z]{2})?", self.path.stem.lower(), re.DOTALL)
        return found[1] if found else ""


def look_around(folder: Path, now: float | None = None) -> tuple[list[Lying], int]:
    """Files that lie there, by name, and how many are left alone because they may still be written.

    Folders, links and devices are no files here. ``now``: the folder's time, in seconds; None = it is asked for. Raises
    OSError: the folder cannot be read or written.
    """
    moment = _time_of(folder) if now is None else now
    found: list[Lying] = []
    waiting = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "~")) or not entry.is_file(follow_symlinks=False):
                continue
            if entry.name.lower().endswith(_UNDER_WAY):
                waiting += 1
                continue
            facts = entry.stat(follow_symlinks=False)
            if 0 <= moment - facts.st_mtime < QUIET:
                waiting += 1
                continue
            found.append(_lying(Path(entry.path), facts))
    return sorted(found, key=lambda one: os.fsencode(one.name)), waiting


def _time_of(folder: Path) -> float:
    """What the folder's file system says the time is: a file that is made there now tells."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".bevara-") as file:
        file.write(b"?")
        file.flush()
        return os.fstat(file.fileno()).st_mtime


def lying_at(path: Path) -> Lying:
    """The plain file at that path, or behind the link there. Raises OSError: there is none, or it is something else."""
    path = path.resolve(strict=True) if path.is_symlink() else path
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise OSError("no plain file")
    return _lying(path, facts)


def _lying(path: Path, facts: os.stat_result) -> Lying:
    return Lying(path=path, size=facts.st_size, changed=facts.st_mtime_ns)


@contextmanager
def opened(one: Lying) -> Iterator[BinaryIO]:
    """The file, if it is still the one that was looked at; never a link or a device, never waited for. Raises OSError."""
    descriptor = os.open(one.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or (facts.st_size, facts.st_mtime_ns) != (one.size, one.changed):
            raise ChangedError("the file has changed")
        yield file


def refuse_changed(one: Lying) -> None:
    """Raise ChangedError when something else lies there by now than what was looked at. Raises OSError."""
    facts = one.path.lstat()
    if not stat.S_ISREG(facts.st_mode) or (facts.st_size, facts.st_mtime_ns) != (one.size, one.changed):
        raise ChangedError("the file has changed")


def digest_of(file: BinaryIO) -> str:
    """SHA-256 of the whole file, hexadecimal; read in pieces."""
    file.seek(0)
    hasher = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        hasher.update(chunk)
    return hasher.hexdigest()


class ChangedError(OSError):
    """The file is no longer what it was when it was looked at."""


class Proven(io.RawIOBase):
    """A file as it is read from beginning to end: at the end its bytes must have had that digest.

    So nothing is stored under a name that is not its own, even if somebody writes to the file meanwhile.
    """

    def __init__(self, file: BinaryIO, digest: str) -> None:
        """``digest``: SHA-256, hexadecimal."""
        super().__init__()
        self._file = file
        self._digest = digest
        self._hasher = hashlib.sha256()
        self._whole = True

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is; what is read after a jump elsewhere than to the beginning is not proven."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go there; at the beginning the proof begins anew."""
        at = self._file.seek(offset, whence)
        self._hasher, self._whole = hashlib.sha256(), at == 0
        return at

    def tell(self) -> int:
        """Where it stands."""
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        """Read on. Raises ChangedError at the end of what is not the file that was looked at."""
        view = memoryview(buffer).cast("B")
        if not view:
            return 0
        read = self._file.readinto(view)  # type: ignore[attr-defined] # every binary file has it
        if read:
            self._hasher.update(view[:read])
        elif self._whole and self._hasher.hexdigest() != self._digest:
            raise ChangedError("the file has changed")
        return cast("int", read)
