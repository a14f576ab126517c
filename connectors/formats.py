"""File formats by PRONOM (Siegfried through pygfried, its signatures inside it: nothing is asked of the network).

Siegfried works on files by path, so what is needed of a stream is laid in a temporary one, mode 0600, that is gone when
the answer is there. Most signatures look at a file's two ends; a wildcard between them would have Siegfried read a film
to its end (10 GB: a minute). So of a file larger than two ``END`` its first and last ``END`` bytes are set together:
four times what DROID looks at unless told otherwise. Formats that say what they are somewhere inside (PDF/A, and the
office formats, which are ZIP or OLE2 files) are laid out whole up to ``WHOLE``. MPEG-4 is known by its *moov* box, which
often comes after the film and may be megabytes long: its beginning is found by going from box to box (ISO/IEC 14496-12)
and laid between the two ends. ``basis`` says when a part was read.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import IO, BinaryIO, Final

import pygfried

from schemas.package import Format

END: Final = 256 * 1024
"""Bytes read at each end of a large file."""

BOXED_END: Final = 16 * 1024
"""The same of a file of boxes (ISO/IEC 14496-12: films, HEIC, AVIF): they say what they are in their first boxes and in
*moov*; what lies between is pictures and sound, and looking through it costs time alone."""

WHOLE: Final = 64 * 1024 * 1024
"""Bytes up to which a file is read whole when its format shows only inside."""

_WHOLE_FOR: Final = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_ENDING = re.compile(r"[A-Za-z0-9]{1,10}")
_UNKNOWN = "UNKNOWN"
_CHUNK = 1024 * 1024
_BOX = 4 * 1024
_MOST_BOXES = 1_000


class PronomFormats:
    """The port ``schemas.neighbours.Formats``. Safe for many threads; Siegfried works on one file at a time."""

    @property
    def tool(self) -> str:
        """``pygfried 2.2.0 (Siegfried 1.11.9, DROID V125, containers 20260119)``: as the library says of itself."""
        return _tool()

    def identify(self, name: str, source: BinaryIO, size: int) -> Format:
        """The format of a file, from its bytes and its name's ending. Total: what is not known says why.

        Args:
            name: only its ending counts, and only when that is plain. source: seekable; left at any position.
            size: bytes. A source that holds fewer is judged by what it holds.
        """
        if size <= 0:
            return Format(basis="empty file (0 bytes)", warning="no match: there are no bytes to identify")
        with tempfile.NamedTemporaryFile(prefix="bevara-", suffix=_ending(name)) as laid:
            part = _lay(source, size, laid.file)
            laid.flush()
            try:
                answer = _scanner().identify(laid.name, detailed=True)
            except pygfried.GoError:
                return Format(warning="the tool could not read the file")
        return _format(answer["files"][0]["matches"], part)


@cache
def _scanner() -> pygfried.Scanner:
    """One scanner in a process; loading its signatures takes a few hundredths of a second."""
    return pygfried.Scanner()


@cache
def _tool() -> str:
    with tempfile.NamedTemporaryFile(prefix="bevara-") as laid:
        answer = _scanner().identify(laid.name, detailed=True)
    details = answer["identifiers"][0]["details"]
    droid = re.search(r"DROID_SignatureFile_(V[0-9]+)", details)
    containers = re.search(r"container-signature-([0-9]+)", details)
    parts = [f"Siegfried {answer['siegfried']}"]
    parts += [f"DROID {droid[1]}"] if droid else [details]
    parts += [f"containers {containers[1]}"] if containers else []
    return f"pygfried {version('pygfried')} ({', '.join(parts)})"


def _ending(name: str) -> str:
    """``.jpg`` of ``Bild (1).JPG``; empty where the ending is not plain, so that no name reaches the file system."""
    ending = name.rpartition(".")[2] if "." in name else ""
    return f".{ending.lower()}" if _ENDING.fullmatch(ending) else ""


def _lay(source: BinaryIO, size: int, laid: IO[bytes]) -> str:
    """Write what is to be looked at; returns what that was, or nothing when it was all."""
    source.seek(0)
    boxed = _copy(source, None, 8)[4:8] == b"ftyp"
    end = BOXED_END if boxed else END
    source.seek(0)
    head = _copy(source, laid, 2 * end if size <= 2 * end else end)
    if size <= 2 * end or len(head) < end:
        return ""
    if size <= WHOLE and head.startswith(_WHOLE_FOR):
        while piece := source.read(_CHUNK):
            laid.write(piece)
        return ""
    box = _moov(source, size) if boxed else 0
    if end <= box < size - end:
        source.seek(box)
        _copy(source, laid, _BOX)
    source.seek(size - end)
    _copy(source, laid, end)
    return f"read: the first and last {end} of {size} bytes, positions as if they were one file"


def _moov(source: BinaryIO, size: int) -> int:
    """Where the film's *moov* box begins; 0 = it has none, or its boxes make no sense."""
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 16 > size:
            break
        source.seek(at)
        header = _copy(source, None, 16)
        if header[4:8] == b"moov":
            return at
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        if length < 8:  # 0 = to the end of the file
            break
        at += length
    return 0


def _copy(source: BinaryIO, laid: IO[bytes] | None, size: int) -> bytes:
    """Copy up to ``size`` bytes and return them; a stream may give less at a time than was asked."""
    pieces: list[bytes] = []
    while size > 0 and (piece := source.read(size)):
        if laid is not None:
            laid.write(piece)
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _format(matches: Sequence[pygfried.Match], part: str) -> Format:
    """One format of what the tool found; several equal ones are named in the warning."""
    if not matches or matches[0]["id"] == _UNKNOWN:
        return Format(basis=part, warning=matches[0]["warning"] if matches else "no match")
    found = matches[0]
    warnings = [found["warning"]] if found["warning"] else []
    if len(matches) > 1:
        warnings.append("equally possible: " + ", ".join(one["id"] for one in matches[1:]))
    return Format(
        puid=found["id"],
        name=found["format"],
        version=found["version"],
        media_type=found["mime"].partition(",")[0].strip() or "application/octet-stream",
        basis="; ".join(one for one in (found["basis"], part) if one),
        warning="; ".join(warnings),
    )
