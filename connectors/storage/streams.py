"""Streams for objects that are read by ranges and written in parts."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO


class Ranges(io.RawIOBase):
    """An object of ``size`` bytes, read by ``read(start, end)``; meant to be wrapped in a BufferedReader."""

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        super().__init__()
        self._read = read
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Position in bytes from the beginning."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position; beyond the end is allowed and reads nothing."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, "a position before the object's beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fetch as much as the buffer holds; returns the number of bytes, 0 at the end."""
        view = memoryview(buffer).cast("B")
        end = min(self._size, self._at + len(view))
        if self._at >= end:
            return 0
        data = self._read(self._at, end)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def exactly(source: BinaryIO, size: int) -> bytes:
    """Read ``size`` bytes, fewer only at the end: a stream may give less at a time than was asked."""
    pieces: list[bytes] = []
    while size and (piece := source.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def parts_of(first: bytes, source: BinaryIO, size: int) -> Iterator[bytes]:
    """Cut what was read already and what follows into parts of one size; only the last is smaller."""
    rest = memoryview(first)
    while len(rest) >= size:
        yield bytes(rest[:size])
        rest = rest[size:]
    part = bytes(rest) + exactly(source, size - len(rest))
    while part:
        yield part
        part = exactly(source, size)
