"""ffmpeg run within bounds, on one file of a known form: no network, no playlist, no other file, nothing of the day."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO, Final

from connectors.masking.recordings_child import NOT_STARTED
from schemas.neighbours import UnmaskableError
from schemas.refusal import UnreachableError

_CHILD: Final = Path(__file__).with_name("recordings_child.py")
_HEAD: Final = 64
_ONLY: Final = {"mov": ("-enable_drefs", "0")}
"""Of forms that can name other files: they are not followed."""
_ATOMS: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})


def form(head: bytes) -> str:
    """The name that ffmpeg has for a file's form, from its first bytes. Forms that name other files (playlists) have none here.

    Args:
        head: at least 64 bytes, or the whole file.

    Raises:
        UnmaskableError: Q181, of no form that recordings are read in.
    """
    if head[4:8] in _ATOMS:
        return "mov"
    if head.startswith(b"RIFF"):
        found = {b"WAVE": "wav", b"AVI ": "avi"}.get(head[8:12])
    elif head[:1] == b"\xff" and len(head) > 1:
        # MPEG audio: eleven bits set, then version and layer; no layer is AAC's own frame.
        found = ("aac" if not head[1] & 0x06 else "mp3") if head[1] & 0xE0 == 0xE0 else None
    else:
        begins = {b"\x1a\x45\xdf\xa3": "matroska", b"ID3": "mp3", b"OggS": "ogg", b"fLaC": "flac"}
        found = next((name for start, name in begins.items() if head.startswith(start)), None)
    if found is None:
        raise UnmaskableError("Q181")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """ffmpeg with its bounds.

    Attributes:
        path: the program. largest: bytes that a file of it may take. seconds: that one run may take, by the clock; of
            processor time it has eight times as much (it runs on several processors).
    """

    path: str
    largest: int
    seconds: int

    def run(self, source: Path, form_name: str, words: Sequence[str]) -> None:
        """Run it on one file. Raises as ``reading``."""
        with self.reading(source, form_name, words) as out:
            out.read()

    @contextmanager
    def reading(self, source: Path, form_name: str, words: Sequence[str]) -> Iterator[IO[bytes]]:
        """Run it on one file, and read what it writes to its standard output.

        Args:
            form_name: of ``form``; no other is tried. words: what it is to do with the one input.

        Raises:
            UnmaskableError: Q181 it did not read the file, Q185 it took too long or wrote too much.
            UnreachableError: it does not start.
        """
        limits = [str(self.largest), str(self.seconds * 8)]
        own = ["-nostdin", "-hide_banner", "-loglevel", "quiet", "-threads", "2"]
        # Only files, and of the one form: what names further ones (playlists, references) is not followed.
        only = ["-protocol_whitelist", "file", "-f", form_name, *_ONLY.get(form_name, ()), "-i", f"file:{source}"]
        command = [sys.executable, "-I", str(_CHILD), *limits, self.path, *own, *only, *words]
        child = subprocess.Popen(  # noqa: S603 - the program that the settings name
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=source.parent
        )
        late = Timer(self.seconds, child.kill)
        late.start()
        try:
            if child.stdout is None:  # it was asked for
                raise UnreachableError("ffmpeg does not start")
            yield child.stdout
            child.wait()
        finally:
            late.cancel()
            child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()
        if child.returncode == NOT_STARTED:
            raise UnreachableError("ffmpeg does not start")
        if child.returncode < 0:
            raise UnmaskableError("Q185")
        if child.returncode:
            raise UnmaskableError("Q181")


def version(path: str) -> str:
    """The program's name and version.

    Raises:
        UnreachableError: it does not start.
    """
    words = [path, "-hide_banner", "-version"]
    try:
        told = subprocess.run(  # noqa: S603 - the program that the settings name
            words, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=30, env={"LC_ALL": "C"}
        )
    except (OSError, subprocess.SubprocessError):
        raise UnreachableError("ffmpeg does not start") from None
    first = told.stdout.decode("utf-8", "replace").split(maxsplit=3)
    return f"ffmpeg {first[2]}" if len(first) > 2 and first[:2] == ["ffmpeg", "version"] else "ffmpeg"
