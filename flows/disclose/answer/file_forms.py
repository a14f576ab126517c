"""Where files of known forms have words beside picture and sound: EXIF, XMP, IPTC, comments, chunks, tags. Pure reading.

Forms: JPEG, PNG, GIF, WebP and other RIFF, TIFF, MP4 and its kin, MP3, FLAC. What a file says of itself may be wrong in
every way: nothing of it is believed further than the bytes go.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

_CHUNK: Final = 1 << 20
_MOST: Final = 4 * 1024 * 1024
"""Bytes of one piece of metadata; what is longer is looked through as any other bytes are."""
_DEEPEST: Final = 8
_TIMES: Final = 4
_IPTC: Final = re.compile(rb"\x1c[\x01-\x09][\x00-\xff]([\x00-\x7f][\x00-\xff])", re.DOTALL)
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_XMP_MORE: Final = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP: Final = b"Photoshop 3.0\0"
_PIXELS: Final = frozenset({b"IDAT", b"fdAT", b"VP8 ", b"VP8L", b"ALPH", b"ANMF", b"data", b"LIST"})
_BOXES: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"udta"})
_IFDS: Final = frozenset({0x8769, 0x8825, 0xA005})
_WORDY: Final = frozenset({1, 2, 7})
"""Types of EXIF values that may be words: bytes, ASCII, undefined."""


def told(source: BinaryIO) -> Iterator[bytes]:
    """Where a file of a known form has words: pieces of bytes, unpacked."""
    reader = _Reader(source)
    head = reader.read(12)
    try:
        if head.startswith(_PNG):
            yield from _png(reader.back(head[8:]))
        elif head.startswith(b"\xff\xd8"):
            yield from _jpeg(reader.back(head[2:]))
        elif head.startswith(b"GIF8"):
            yield from _gif(reader.back(head[6:]))
        elif head.startswith(b"RIFF"):
            yield from _riff(reader)
        elif head.startswith((b"II*\0", b"MM\0*")):
            yield from _exif(head + reader.read(_MOST))
        elif head[4:8] == b"ftyp":
            yield from _boxes(reader.back(head), None, 0)
        elif head.startswith(b"ID3"):
            yield from _id3(reader.back(head[10:]), head)
        elif head.startswith(b"fLaC"):
            yield from _flac(reader.back(head[4:]))
    except (struct.error, IndexError):  # it ends in the middle of something
        return


class _Reader:
    """Reads on in a file that may not be able to seek."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._before = b""

    def back(self, data: bytes) -> _Reader:
        """Put bytes back that were read."""
        self._before = data + self._before
        return self

    def read(self, size: int) -> bytes:
        found, self._before = self._before[:size], self._before[size:]
        while len(found) < size and (more := self._source.read(size - len(found))):
            found += more
        return found

    def skip(self, size: int) -> None:
        while size > 0 and (some := self.read(min(size, _CHUNK))):
            size -= len(some)

    def piece(self, size: int) -> bytes:
        """So many bytes; of more than are looked through at once, nothing."""
        if size <= _MOST:
            return self.read(size)
        self.skip(size)
        return b""


def _png(reader: _Reader) -> Iterator[bytes]:
    while len(head := reader.read(8)) == 8:
        size, name = struct.unpack(">I4s", head)
        if name in _PIXELS:
            reader.skip(size + 4)
            continue
        data = reader.piece(size)
        reader.skip(4)
        if name == b"eXIf":
            yield from _exif(data)
        yield data
        if name in {b"zTXt", b"iTXt", b"iCCP"}:
            yield from _unpacked(data)


def _unpacked(data: bytes) -> Iterator[bytes]:
    for start in (at for at, one in enumerate(data[:400]) if one == 0x78):
        try:
            yield zlib.decompressobj().decompress(data[start:], _MOST)
        except zlib.error:
            continue
        return


def _jpeg(reader: _Reader) -> Iterator[bytes]:
    joined: dict[bytes, bytes] = {}
    while reader.read(1) == b"\xff":
        while (mark := reader.read(1)) == b"\xff":
            pass
        if mark in {b"", b"\xda", b"\xd9"}:
            break
        if b"\xd0" <= mark <= b"\xd8" or mark == b"\x01":
            continue
        data = reader.read(max(0, struct.unpack(">H", reader.read(2))[0] - 2))
        if not (b"\xe0" <= mark <= b"\xef" or mark == b"\xfe"):
            continue
        if data.startswith(b"Exif\0\0"):
            yield from _exif(data[6:])
        # What is too long for one segment goes on in the next.
        for begins, more in ((_XMP_MORE, 75), (_PHOTOSHOP, 14)):
            if data.startswith(begins):
                joined[begins] = joined.get(begins, b"") + data[more:]
                break
        else:
            yield data
    for some in joined.values():
        yield some
        yield from _iptc(some)


def _iptc(data: bytes) -> Iterator[bytes]:
    room = _TIMES * len(data)
    for match in _IPTC.finditer(data):
        room -= (size := int.from_bytes(match[1], "big"))
        if room < 0:
            return
        yield data[match.end() : match.end() + size]


def _gif(reader: _Reader) -> Iterator[bytes]:
    reader.skip(_table(reader.read(7)[4]))
    while (one := reader.read(1)) in {b"\x21", b"\x2c"}:
        label = reader.read(1) if one == b"\x21" else b""
        if one == b"\x2c":
            reader.skip(_table(reader.read(9)[8]) + 1)
        words = b""
        while (size := reader.read(1)[0]) > 0:
            some = reader.read(size)
            if label in {b"\xfe", b"\xff", b"\x01"} and len(words) < _MOST:
                words += some
        yield words


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _riff(reader: _Reader) -> Iterator[bytes]:
    while len(head := reader.read(8)) == 8:
        name, size = struct.unpack("<4sI", head)
        whole = size + size % 2
        listed = reader.read(4) if name == b"LIST" and size >= 4 else b""
        if listed == b"INFO":
            yield reader.piece(whole - 4)
        elif name in _PIXELS:
            reader.skip(whole - len(listed))
        else:
            data = reader.piece(whole)
            yield from _exif(data.removeprefix(b"Exif\0\0")) if name == b"EXIF" else ()
            yield data


def _boxes(reader: _Reader, left: int | None, deep: int) -> Iterator[bytes]:
    """Boxes of MP4 and its kin; ``left``: bytes of the box around them."""
    while (left is None or left >= 8) and len(head := reader.read(8)) == 8:
        size, name = struct.unpack(">I4s", head)
        used = 8
        if size == 1:
            size, used = struct.unpack(">Q", reader.read(8))[0], 16
        if size == 0 or size < used:
            return
        if left is not None:
            size = min(size, left)
            left -= size
        rest = size - used
        if name in _BOXES and deep < _DEEPEST:
            yield from _boxes(reader, rest, deep + 1)
        elif name in {b"mdat", b"stbl", b"covr"}:
            reader.skip(rest)
        else:
            yield reader.piece(rest)


def _id3(reader: _Reader, head: bytes) -> Iterator[bytes]:
    left = _synchsafe(head[6:10])
    if head[3] < 3:
        yield reader.piece(left)
        return
    while left >= 10 and (frame := reader.read(10))[0]:
        size = _synchsafe(frame[4:8]) if head[3] > 3 else int.from_bytes(frame[4:8], "big")
        left -= 10 + size
        if frame[:4] in {b"APIC", b"GEOB"}:
            reader.skip(size)
        else:
            yield reader.piece(size)


def _synchsafe(data: bytes) -> int:
    return sum((one & 0x7F) << shift for one, shift in zip(data, (21, 14, 7, 0), strict=False))


def _flac(reader: _Reader) -> Iterator[bytes]:
    last = 0
    while not last:
        head = reader.read(4)
        last, size = head[0] & 0x80, int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == 4:
            yield reader.piece(size)
        else:
            reader.skip(size)


def _exif(data: bytes) -> Iterator[bytes]:
    """The values of EXIF (a small TIFF) that may be words, each by itself."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 8:
        return
    room = _TIMES * len(data)  # values may lie over each other
    waiting, seen = [struct.unpack_from(f"{order}I", data, 4)[0]], set[int]()
    while waiting:
        at = waiting.pop()
        if at in seen or not 0 < at <= len(data) - 2:
            continue
        seen.add(at)
        count = struct.unpack_from(f"{order}H", data, at)[0]
        for place in range(at + 2, min(at + 2 + 12 * count, len(data) - 11), 12):
            tag, sort, size, where = struct.unpack_from(f"{order}HHII", data, place)
            if tag in _IFDS:
                waiting.append(where)
            elif sort in _WORDY:
                start = place + 8 if size <= 4 else where
                room -= min(size, max(0, len(data) - start))
                if room < 0:
                    return
                yield data[start : start + size]
        if at + 6 + 12 * count <= len(data):
            waiting.append(struct.unpack_from(f"{order}I", data, at + 2 + 12 * count)[0])
