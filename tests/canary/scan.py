"""Find marks in bytes of every form: plain, wide, Parquet, Arrow, zip, gzip, PDF, base64, hexadecimal.

A mark is 16 hexadecimal digits that occur nowhere else. A scan knows all marks and says where each was found; what it
cannot take apart it reads as plain bytes. It is built to find too much: streams that no index names any longer, zip
entries without a directory, dictionary values that no row refers to.
"""

from __future__ import annotations

import base64
import bz2
import lzma
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import ipc

from tests.canary.runs import DIGITS_OF_HEX, runs, wide_runs

DIGITS = 16
"""Hexadecimal digits of a mark."""

_DEPTH, _WRITTEN = 4, 3
"""How deep is unpacked, and down to which depth base64 and hexadecimal are read: bytes of noise look like them."""

_STREAM = re.compile(rb"stream\r?\n")
_MAPPED = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4,})>")
_LITERAL = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]{4,}>", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b""}
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_SAFE = bytes.maketrans(b"-_", b"+/")
_DEFLATED, _STORED = 8, 0


class Scan:
    """Looks for marks; ``places`` says under which names each was found."""

    def __init__(self, marks: Iterable[str]) -> None:
        """Know the marks: their hexadecimal digits."""
        self._marks = {mark.encode("ascii") for mark in marks}
        self.places: defaultdict[str, set[str]] = defaultdict(set)
        self.read = 0

    @property
    def found(self) -> frozenset[str]:
        """Marks found so far."""
        return frozenset(self.places)

    def data(self, place: str, data: bytes) -> None:
        """Look through bytes and everything packed into them."""
        self.read += len(data)
        self._look(place, place.encode("utf-8", "surrogateescape"))
        for form, plain in forms(data):
            self._look(place + form, plain)

    def folder(self, place: str, folder: Path) -> int:
        """Look through every file below a folder, names included; returns how many files there were."""
        files = 0
        for path in sorted(folder.rglob("*")):
            name = f"{place}/{path.relative_to(folder)}"
            if path.is_symlink() or not path.is_file():
                said = f"{name} {path.readlink()}" if path.is_symlink() else name
                self._look(name, said.encode("utf-8", "surrogateescape"))
                continue
            with suppress(FileNotFoundError):  # a database removes its own files now and then
                self.data(name, path.read_bytes())
                files += 1
        return files

    def _look(self, place: str, data: bytes) -> None:
        for run in runs(data, DIGITS_OF_HEX, DIGITS):
            for at in range(len(run) - DIGITS + 1):
                self._note(place, run[at : at + DIGITS])
        for word in wide_runs(data, DIGITS_OF_HEX, DIGITS):
            self._note(place, word)

    def _note(self, place: str, word: bytes) -> None:
        if word in self._marks:
            self.places[word.decode("ascii")].add(place)


_WHOLE: tuple[tuple[bytes, str, Callable[[bytes], bytes]], ...] = (
    (b"BZh", "bz2", bz2.decompress),
    (b"\xfd7zXZ\0", "xz", lzma.decompress),
    (b"\x28\xb5\x2f\xfd", "zstd", lambda data: bytes(pa.CompressedInputStream(pa.BufferReader(data), "zstd").read())),
)


def forms(data: bytes, depth: int = _DEPTH) -> Iterator[tuple[str, bytes]]:
    """The bytes themselves and everything packed into them, each with the way it was found."""
    yield "", data
    if depth == 0 or len(data) < DIGITS:
        return
    for name, plain in _unpacked(data, written=depth >= _WRITTEN):
        for inner, one in forms(plain, depth - 1):
            yield f"!{name}{inner}", one


def _unpacked(data: bytes, *, written: bool) -> Iterator[tuple[str, bytes]]:
    if data[:4] == b"PAR1":
        yield from _parquet(data)
        return
    if data[:6] == b"ARROW1":
        with suppress(pa.ArrowException):
            yield from _tabled(ipc.open_file(pa.BufferReader(data)).read_all())
    if b"PK\x03\x04" in data:
        yield from _zip(data)
    if b"\x1f\x8b\x08" in data:
        yield from _deflated(data, b"\x1f\x8b\x08", 31, "gzip")
    if data[:5] == b"%PDF-":
        yield from _pdf(data)
    for magic, name, unpack in _WHOLE:
        if data.startswith(magic):
            with suppress(OSError, ValueError, lzma.LZMAError, pa.ArrowException):
                yield name, unpack(data)
    if data[:2] in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"):
        yield from _deflated(data[: 64 << 20], data[:2], 15, "zlib", once=True)
    if written:
        yield from _texts(data)


def _parquet(data: bytes) -> Iterator[tuple[str, bytes]]:
    file = pq.ParquetFile(pa.BufferReader(data))
    metadata = file.metadata.metadata or {}
    yield "footer", b"\n".join(part for pair in metadata.items() for part in pair)
    yield from _tabled(file.read())
    # A dictionary may hold values that no row refers to any longer.
    flat = [field.name for field in file.schema_arrow if not pa.types.is_nested(field.type)]
    again = pq.ParquetFile(pa.BufferReader(data), read_dictionary=flat).read(columns=flat)
    for name in flat:
        for chunk in again[name].chunks:
            if pa.types.is_dictionary(chunk.type):
                yield f"dictionary {name}", _joined(chunk.dictionary)


def _tabled(table: pa.Table) -> Iterator[tuple[str, bytes]]:
    for name in table.column_names:
        for chunk in table[name].chunks:
            for leaf in _leaves(chunk):
                yield f"column {name}", _joined(leaf)


def _leaves(array: Any) -> Iterator[Any]:
    kind = array.type
    if pa.types.is_dictionary(kind):
        yield from _leaves(array.dictionary_decode())
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind):
        yield from _leaves(pc.list_flatten(array))
    elif pa.types.is_struct(kind):
        for part in array.flatten():
            yield from _leaves(part)
    else:
        yield array


def _joined(array: Any) -> bytes:
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        return "\n".join(value for value in array.to_pylist() if value is not None).encode("utf-8", "surrogatepass")
    if pa.types.is_binary(array.type) or pa.types.is_large_binary(array.type):
        return b"\n".join(value for value in array.to_pylist() if value is not None)
    return b""


def _zip(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every local entry, listed in the directory or not."""
    at = data.find(b"PK\x03\x04")
    while at >= 0:
        head = data[at : at + 30]
        if len(head) == 30:
            method = int.from_bytes(head[8:10], "little")
            size = int.from_bytes(head[18:22], "little")
            start = at + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
            if method == _DEFLATED:
                with suppress(zlib.error):
                    yield "zip", zlib.decompressobj(-15).decompress(data[start:])
            elif method == _STORED and size:
                yield "zip", data[start : start + size]
        at = data.find(b"PK\x03\x04", at + 4)


def _deflated(data: bytes, magic: bytes, window: int, name: str, *, once: bool = False) -> Iterator[tuple[str, bytes]]:
    at = data.find(magic)
    while at >= 0:
        with suppress(zlib.error):
            yield name, zlib.decompressobj(window).decompress(data[at:])
        at = -1 if once else data.find(magic, at + 1)


def _pdf(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every stream, and its text where a font says which glyph is which character."""
    streams = []
    for found in _STREAM.finditer(data):
        with suppress(zlib.error):
            streams.append(zlib.decompressobj().decompress(data[found.end() :]))
    for plain in streams:
        yield "pdf stream", plain
    for known in [_characters(plain) for plain in streams if b"begincmap" in plain]:
        for plain in streams:
            glyphs = b"".join(_glyphs(found[0]) for found in _LITERAL.finditer(plain))
            shown = "".join(known.get(glyphs[at : at + 2], "") for at in range(0, len(glyphs), 2))
            yield "pdf text", shown.encode("utf-8", "surrogatepass")


def _characters(plain: bytes) -> dict[bytes, str]:
    known = {}
    for found in _MAPPED.finditer(plain):
        with suppress(UnicodeDecodeError):
            known[bytes.fromhex(found[1].decode())] = bytes.fromhex(found[2].decode()).decode("utf-16-be")
    return known


def _glyphs(written: bytes) -> bytes:
    if written.startswith(b"<"):
        digits = written[1:-1].translate(None, b" \t\r\n")
        return bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
    return _ESCAPED.sub(lambda found: _plain(found[1]), written[1:-1])


def _plain(escape: bytes) -> bytes:
    return bytes([int(escape, 8) & 255]) if escape.isdigit() else _ESCAPES.get(escape, escape)


def _texts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Base64 and hexadecimal runs: a run may begin in the middle of another word, so all four offsets count."""
    for text in {data, data.replace(b"\r", b"").replace(b"\n", b"")}:  # mail breaks its lines
        found = [run.translate(_SAFE) for run in runs(text, _BASE64, 24)]
        for offset in range(4) if found else ():
            yield f"base64+{offset}", b"\n".join(_base64(run[offset:]) for run in found)
    found = [
        bytes.fromhex(run[: len(run) // 2 * 2].decode("ascii")) for run in runs(data, DIGITS_OF_HEX + b"ABCDEF", 64)
    ]
    if found:
        yield "hex", b"\n".join(found)


def _base64(run: bytes) -> bytes:
    return base64.b64decode(run[: len(run) // 4 * 4])
