"""The program that looks into one film: MediaInfo in a process of its own, started by ``connectors.playing``.

MediaInfo reads some hundred formats in C++, and what it is handed was made by anybody. So it runs apart: when it
crashes or spins, one answer is missing and nothing else. Before it sees a byte, the process gives up what it does not
need: from then on it opens no file, connection or program (a playlist or a QuickTime reference file names others, and
MediaInfo would follow it), writes no file, leaves no core dump, and has a bound of memory and of processor time.

It asks for bytes on its standard output (``R <offset> <count>``) and is handed them on its standard input (eight bytes of
length, then the bytes; fewer than asked for at the end of the file). Its last line is the answer: ``A <JSON>``, a list of
tracks, each with a few named values and nothing of what the film says.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any, BinaryIO, Final

import pymediainfo

MEMORY: Final = 1024 * 1024 * 1024
"""Bytes of address space."""
SECONDS: Final = 10
"""Of processor time. A film of twenty hours, 20 GB large, needs a fifth of one."""
CHUNK: Final = 64 * 1024
"""Bytes asked for at a time."""
_TRACKS: Final = 200
_CUT: Final = "IsTruncated"
_BODIES: Final = frozenset({"mdat", "moov", "moof", "_0x8538067_"})
"""Elements that hold a film's pictures and its index (MP4; Matroska's Segment), as MediaInfo names those that the file
is too short for. Of others, such as bytes that some program hung on at the end, nothing is missing in the film."""
_VALUES: Final = (
    "@type",
    "Format",
    "Duration",
    "Width",
    "Height",
    "Rotation",
    "Language",
    "CodecID",
    "Encryption",
    _CUT,
)


class Asked(io.RawIOBase):
    """The film, as whoever started the process hands it over piece by piece.

    Args:
        size: bytes of the film.
    """

    def __init__(self, size: int, out: BinaryIO, back: BinaryIO) -> None:
        self._size = size
        self._out = out
        self._back = back
        self._at = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go there; MediaInfo may name any place, in the film or not."""
        self._at = offset if whence == io.SEEK_SET else self._size + offset
        return self._at

    def tell(self) -> int:
        """Where it stands."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Ask for the next piece; empty at the end, and when no more is handed out."""
        count = min(CHUNK if size < 0 else size, self._size - self._at)
        if self._at < 0 or count <= 0:
            return b""
        self._out.write(b"R %d %d\n" % (self._at, count))
        self._out.flush()
        length = int.from_bytes(self._back.read(8), "big")
        data = self._back.read(length)
        self._at += len(data)
        return data


def main() -> None:
    """Look into one film of ``argv[1]`` bytes; without it, say which tool this is."""
    out, back = sys.stdout.buffer, sys.stdin.buffer
    nothing = _parse(io.BytesIO())  # what is loaded on demand is loaded before no file can be opened any more
    if len(sys.argv) < 2:
        sys.stdout.write(f"MediaInfo {nothing['creatingLibrary']['version']} (pymediainfo {pymediainfo.__version__})\n")
        return
    _give_up()
    found = _parse(Asked(int(sys.argv[1]), out, back))
    out.write(b"A %s\n" % json.dumps(_told(found)).encode("ascii"))
    out.flush()


def _parse(source: BinaryIO | io.RawIOBase) -> Any:
    try:
        return json.loads(pymediainfo.MediaInfo.parse(source, output="JSON", full=False, buffer_size=CHUNK))
    except (ValueError, RecursionError):  # its JSON is none where names inside the film are hostile
        return None


def _give_up() -> None:
    bounds = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),  # what is open stays open: the two pipes
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
    )
    for bound, value in bounds:
        # Whoever started us may have bounded us more narrowly already.
        most = resource.getrlimit(bound)[1]
        least = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(bound, (least, least))


def _told(found: Any) -> list[dict[str, str]]:
    media = found.get("media") if isinstance(found, dict) else None
    tracks = media.get("track") if isinstance(media, dict) else None
    return [
        {name: value[:100] for name in _VALUES if isinstance(value := _value(one, name), str)}
        for one in (tracks if isinstance(tracks, list) else [])[:_TRACKS]
        if isinstance(one, dict)
    ]


def _value(track: dict[str, Any], name: str) -> Any:
    if name != _CUT:
        return track.get(name)
    beside = track.get("extra")
    faults = beside.get("ConformanceErrors") if isinstance(beside, dict) else None
    named = [one for one in (faults if isinstance(faults, list) else []) if isinstance(one, dict)]
    return "Yes" if beside and beside.get(_CUT) == "Yes" and any(_BODIES & one.keys() for one in named) else None


if __name__ == "__main__":
    main()
