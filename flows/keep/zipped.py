"""The headers of a zip whose files are stored as they are (APPNOTE 6.3.10, sections 4.3 and 4.4): zip64 where needed."""

from __future__ import annotations

import struct
from datetime import datetime

_LIMIT = 0xFFFFFFFF
_MANY = 0xFFFF
_STORED = 0
_UNIX = 3
_PLAIN, _WITH_ZIP64 = 20, 45
"""Version of the format needed to read an entry."""
_FIRST_YEAR = 1980


class Directory:
    """Headers one after the other, then the central directory."""

    def __init__(self, made: datetime, mode: int) -> None:
        """``made``: time of every file, in UTC; zip keeps even seconds from 1980 on. ``mode``: Unix rights."""
        if made.year < _FIRST_YEAR:
            made = made.replace(year=_FIRST_YEAR, month=1, day=1, hour=0, minute=0, second=0)
        self._date = (made.year - _FIRST_YEAR) << 9 | made.month << 5 | made.day
        self._time = made.hour << 11 | made.minute << 5 | made.second // 2
        self._rights = (0o100000 | mode) << 16
        self._at = 0
        self._count = 0
        self._central: list[bytes] = []

    def begin(self, name: str, size: int, crc: int) -> bytes:
        """The header before a file's bytes; so many bytes with that CRC-32 must follow."""
        path = name.encode("ascii")
        big = size >= _LIMIT
        extra = struct.pack("<HHQQ", 1, 16, size, size) if big else b""
        shown = _LIMIT if big else size
        version = _WITH_ZIP64 if big else _PLAIN
        common = struct.pack("<HHHHIIIHH", 0, _STORED, self._time, self._date, crc, shown, shown, len(path), len(extra))
        head = b"PK\x03\x04" + struct.pack("<H", version) + common + path + extra
        self._enter(path, size, crc)
        self._at += len(head) + size
        return head

    def _enter(self, path: bytes, size: int, crc: int) -> None:
        """The file's entry in the central directory; sizes and place beyond 4 GiB stand in its zip64 field."""
        beyond: list[int] = []
        if size >= _LIMIT:
            beyond += [size, size]
        if self._at >= _LIMIT:
            beyond.append(self._at)
        extra = struct.pack(f"<HH{len(beyond)}Q", 1, 8 * len(beyond), *beyond) if beyond else b""
        shown, place = min(size, _LIMIT), min(self._at, _LIMIT)
        version = _WITH_ZIP64 if beyond else _PLAIN
        self._central.append(
            b"PK\x01\x02"
            + struct.pack("<BBHHHHH", version, _UNIX, version, 0, _STORED, self._time, self._date)
            + struct.pack("<IIIHHHHHII", crc, shown, shown, len(path), len(extra), 0, 0, 0, self._rights, place)
            + path
            + extra
        )
        self._count += 1

    def end(self) -> bytes:
        """The central directory and the records that end the zip."""
        central = b"".join(self._central)
        start, size, count = self._at, len(central), self._count
        last = b""
        if start >= _LIMIT or size >= _LIMIT or count >= _MANY:
            last = b"PK\x06\x06" + struct.pack(
                "<QBBHIIQQQQ", 44, _WITH_ZIP64, _UNIX, _WITH_ZIP64, 0, 0, count, count, size, start
            )
            last += b"PK\x06\x07" + struct.pack("<IQI", 0, start + size, 1)
        few = min(count, _MANY)
        return (
            central
            + last
            + b"PK\x05\x06"
            + struct.pack("<HHHHIIH", 0, 0, few, few, min(size, _LIMIT), min(start, _LIMIT), 0)
        )
