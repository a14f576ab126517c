"""Long runs of bytes of one sort, found many times as fast as by a regular expression: files are large, marks are few."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

DIGITS_OF_HEX = b"0123456789abcdef"
_ZERO = 2


def runs(data: bytes, wanted: bytes, least: int) -> Iterator[bytes]:
    """Every longest run of wanted bytes that has at least so many."""
    shape = data.translate(_table(wanted))
    at = shape.find(b"\1" * least)
    while at >= 0:
        end = shape.find(b"\0", at)
        end = len(data) if end < 0 else end
        yield data[at:end]
        at = shape.find(b"\1" * least, end)


def wide_runs(data: bytes, wanted: bytes, exactly: int) -> Iterator[bytes]:
    """So many wanted bytes with a zero between each two: text in UTF-16, of either order of bytes."""
    if b"\0" not in data:
        return
    shape = data.translate(_table_with_zero(wanted))
    pattern = (b"\1" + bytes([_ZERO])) * (exactly - 1) + b"\1"
    at = shape.find(pattern)
    while at >= 0:
        yield data[at : at + len(pattern) : 2]
        at = shape.find(pattern, at + 1)


@cache
def _table(wanted: bytes) -> bytes:
    return bytes(int(byte in wanted) for byte in range(256))


@cache
def _table_with_zero(wanted: bytes) -> bytes:
    return bytes(_ZERO if byte == 0 else int(byte in wanted) for byte in range(256))
