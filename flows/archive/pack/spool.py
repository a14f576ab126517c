"""Files of a package that are made for it: written once into the spool folder, measured while they are written."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file of a package, ready to be read.

    Attributes:
        path: from the package's root. size: bytes. sha256: hexadecimal. open: opens the bytes anew, from the beginning.
    """

    path: str
    size: int
    sha256: str
    open: Callable[[], BinaryIO]


class Measured(io.RawIOBase):
    """A sink that writes through to a file and keeps count and digest."""

    def __init__(self, file: BinaryIO) -> None:
        """Take an open file."""
        super().__init__()
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override] # bytes alone are ever written here
        """Write all of it."""
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    @property
    def sha256(self) -> str:
        """Digest of what was written so far, hexadecimal."""
        return self._hash.hexdigest()


class Spool:
    """The folder that generated files lie in until the package is built. What lay there under a name is replaced."""

    def __init__(self, folder: Path) -> None:
        """Take an existing folder."""
        self._folder = folder
        self._number = 0

    @contextmanager
    def writing(self, path: str) -> Iterator[tuple[BinaryIO, list[Source]]]:
        """Write the file at ``path`` of the package; when the block has ended, the list holds its source."""
        self._number += 1
        # Paths of the package never name files here: what is plain there need not be on every file system.
        place = self._folder / f"{self._number:06d}"
        found: list[Source] = []
        with place.open("wb") as file:
            sink = Measured(file)
            yield cast("BinaryIO", sink), found
        found.append(Source(path=path, size=sink.size, sha256=sink.sha256, open=partial(_opened, place)))

    def write(self, path: str, data: bytes) -> Source:
        """Write a file whose bytes are at hand."""
        with self.writing(path) as (sink, found):
            sink.write(data)
        return found[0]


def _opened(place: Path) -> BinaryIO:
    return place.open("rb")
