"""What films, sound recordings and documents are when they are played: MediaInfo, by pymediainfo.

MediaInfo goes to the places in a file that tell: of a film of 20 GB whose index (*moov*) lies at the end it reads some
hundred kilobytes. What it is handed is bounded all the same (``MOST``), since a file that is made for it can have it read
everything. It runs in a process of its own (``connectors.playing_child``), one for each file, some sixty milliseconds:
it is a large program in C++ that is handed anybody's bytes. Measured with 24,000 files of twelve forms in which a few
bytes were changed (MediaInfo 24.12): none crashed it, but 3 of 4,000 MP4 and 12 of 2,000 Flash files kept it busy for
more than twenty seconds, and some took more than a gigabyte. Playlists and manifests had it fetch the addresses in them
and open files of the machine. Such a file is not readable here, and nothing else happens.

A document is looked at here: of a PDF it is enough to know that it is one, that it has its end, and whether it is
encrypted.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import selectors
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

from schemas.deposit import Playing
from schemas.refusal import UnreachableError

MOST: Final = 256 * 1024 * 1024
"""Bytes that are read of one file at most. The index of a film of ten hours has about 40 MB."""
WAIT: Final = 30
"""Seconds without a word from the process, after which it is ended."""

_CHILD: Final = Path(__file__).with_name("playing_child.py")
_LINE: Final = 256 * 1024
_LARGEST: Final = 16 * 1024 * 1024
_LONGEST: Final = 31 * 24 * 3600 * 1000
_WIDEST: Final = 100_000
_END: Final = 64 * 1024
_PDF_HEAD: Final = 1024
_WRITTEN: Final = (b"<", b"#", b"<\x00", b"\x00<")
"""What playlists and manifests begin with, after white space and byte order marks: they name films and are none."""
_PDF_LOCKED: Final = re.compile(rb"/Encrypt\s*(?:<<|[0-9]{1,10}\s+[0-9]{1,5}\s+R)")
_ASK: Final = re.compile(rb"R ([0-9]{1,20}) ([0-9]{1,8})")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_LOCKED_CODECS: Final = frozenset({"encv", "enca", "enct", "encs", "drms", "drmi", "drmt", "p608"})
"""Sample entries of protected tracks: ISO/IEC 23001-7 (cenc), and what a well-known shop used for its own."""


class MediaInfoFacts:
    """The port ``schemas.neighbours.MediaFacts``. Safe for many threads."""

    @property
    def tool(self) -> str:
        """The tool with its version."""
        return _tool()

    def look(self, name: str, source: BinaryIO, size: int) -> Playing:
        """What a file is; never raises for what is in it. A file that makes the tool crash or spin is not readable.

        Args:
            name: not used: the bytes tell. source: seekable, at any position; left at any position. What reading it
                raises is passed on. size: bytes; a source that holds fewer is judged by what it holds.

        Raises:
            UnreachableError: the tool itself does not start.
        """
        del name
        if size <= 0:
            return Playing(readable=False)
        head = _piece(source, 0, min(size, _END))
        if b"%PDF-" in head[:_PDF_HEAD]:
            return _document(head, _piece(source, max(0, size - _END), min(size, _END)))
        if (
            head.removeprefix(b"\xef\xbb\xbf")
            .removeprefix(b"\xff\xfe")
            .removeprefix(b"\xfe\xff")
            .lstrip()
            .startswith(_WRITTEN)
        ):
            return Playing(readable=False)
        return _playing(_tracks(source, size))


def _document(head: bytes, end: bytes) -> Playing:
    """A PDF (ISO 32000-2, 7.5): it says where its index stands in its last bytes; its trailer names an encryption."""
    return Playing(readable=b"startxref" in end, protected=any(_PDF_LOCKED.search(one) for one in (head, end)))


# -- the process


def _tracks(source: BinaryIO, size: int) -> list[dict[str, str]]:
    """What MediaInfo tells of the file's tracks; nothing where it found none, broke down or took too long."""
    words = [sys.executable, "-I", "-X", "utf8", str(_CHILD), str(size)]
    with subprocess.Popen(  # noqa: S603 - our own program, handed a number
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/"
    ) as child:
        try:
            return _served(child, source, size)
        finally:
            child.kill()
            # It may have ended with bytes unread: closing the pipe is no failure then.
            with contextlib.suppress(BrokenPipeError):
                (child.stdin or io.BytesIO()).close()


def _served(child: subprocess.Popen[bytes], source: BinaryIO, size: int) -> list[dict[str, str]]:
    if child.stdin is None or child.stdout is None:
        return []
    left, line = MOST, _line(child.stdout)
    if not line:
        # It asks for the first bytes before it has seen any: whatever ails it, the file does not.
        raise UnreachableError("MediaInfo does not start")
    while line:
        if line.startswith(b"A "):
            return _answer(line[2:])
        asked = _ASK.fullmatch(line)
        if asked is None:
            break
        at, count = int(asked[1]), min(int(asked[2]), left, _LARGEST)
        data = _piece(source, at, count) if at < size else b""
        left -= len(data)
        late = threading.Timer(WAIT, child.kill)  # it asked and does not read
        late.start()
        try:
            child.stdin.write(len(data).to_bytes(8, "big") + data)
            child.stdin.flush()
        except BrokenPipeError:
            break
        finally:
            late.cancel()
        line = _line(child.stdout)
    return []


def _line(stream: IO[bytes]) -> bytes:
    """The next line without its end; empty when the process ended, said too much, or nothing for too long."""
    end = time.monotonic() + WAIT
    found = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(stream, selectors.EVENT_READ)
        while len(found) <= _LINE and waiting.select(max(0.0, end - time.monotonic())):
            piece = stream.read1(_LINE) if isinstance(stream, io.BufferedReader) else b""
            found += piece
            if not piece:
                break
            if found.endswith(b"\n"):
                return bytes(found[:-1])
    return b""


def _answer(written: bytes) -> list[dict[str, str]]:
    try:
        found: Any = json.loads(written)
    except (ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _piece(source: BinaryIO, at: int, count: int) -> bytes:
    """Up to ``count`` bytes from there; a stream may give less at a time than was asked."""
    if count <= 0:
        return b""
    source.seek(at)
    pieces: list[bytes] = []
    while count > 0 and (piece := source.read(count)):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


@cache
def _tool() -> str:
    words = [sys.executable, "-I", "-X", "utf8", str(_CHILD)]
    told = subprocess.run(  # noqa: S603 - our own program
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", timeout=WAIT, check=True
    )
    return told.stdout.strip()


# -- what the tracks come to


def _playing(tracks: list[dict[str, str]]) -> Playing:
    pictures = [one for one in tracks if one.get("@type") == "Video"]
    sounds = [one for one in tracks if one.get("@type") == "Audio"]
    if not pictures and not sounds:
        return Playing(readable=False)
    whole = [one for one in tracks if one.get("@type") == "General"]
    # Sound is padded differently by every encoder, so that a picture's length is what two copies have in common.
    duration = next((found for one in (*pictures[:1], *whole, *sounds) if (found := _duration(one))), None)
    width, height = _shown(pictures[0]) if pictures else (None, None)
    words = [one for one in tracks if one.get("@type") == "Text"]
    return Playing(
        readable=True,
        duration=duration,
        width=width,
        height=height,
        picture=bool(pictures),
        sound=bool(sounds),
        captions=tuple(dict.fromkeys(_language(one) for one in words)),
        protected=any(_locked(one) for one in tracks),
        whole=not any(_cut_off(one) for one in whole),
    )


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if found == found and abs(found) < 1e12 else None  # noqa: PLR0124 - NaN is not itself


def _duration(track: dict[str, str]) -> int | None:
    """Milliseconds; a length that no film has is none."""
    seconds = _number(track.get("Duration", ""))
    found = round(seconds * 1000) if seconds is not None else 0
    return found if 0 < found <= _LONGEST else None


def _shown(track: dict[str, str]) -> tuple[int | None, int | None]:
    """Width and height as shown: a picture on its side is turned."""
    sides = [_number(track.get(name, "")) for name in ("Width", "Height")]
    width, height = (int(one) if one is not None and 0 < one <= _WIDEST else None for one in sides)
    turned = round(_number(track.get("Rotation", "")) or 0) % 180 == 90
    return (height, width) if turned else (width, height)


def _language(track: dict[str, str]) -> str:
    """As the track says it, or ``und``."""
    found = track.get("Language", "")
    return found if _LANGUAGE.fullmatch(found) else "und"


def _cut_off(track: dict[str, str]) -> bool:
    """It claims a length and ends before its own form says it does.

    Told of MP4, QuickTime, Matroska and WebM alone. What was recorded straight into a file claims no length and is whole.
    """
    return track.get("IsTruncated") == "Yes" and _duration(track) is not None


def _locked(track: dict[str, str]) -> bool:
    codecs = {one.strip()[:4] for one in track.get("CodecID", "").split("/")}
    return bool(track.get("Encryption")) or not codecs.isdisjoint(_LOCKED_CODECS)
