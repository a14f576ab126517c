"""One record as it stands in an answer: what is given of it, its number there, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemas.request import Given, GivenFile

FOLDER: Final = "bilagor"
"""Folder of the attachments in a package."""
_ENDINGS: Final[Mapping[str, str]] = {
    "application/json": "json",
    "application/pdf": "pdf",
    "application/ttml+xml": "ttml",
    "application/x-subrip": "srt",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/webp": "webp",
    "text/csv": "csv",
    "text/plain": "txt",
    "text/srt": "srt",
    "text/vtt": "vtt",
    "video/mp4": "mp4",
    "video/mpeg": "mpg",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOut:
    """A file that goes out.

    Attributes:
        given: as which attachment. name: in the package, ``bilagor/0001-1.jpg``. path: where its bytes lie now.
        size: bytes. sha256: of these bytes, hexadecimal.
    """

    given: GivenFile
    name: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the list in an answer.

    Attributes:
        number: its place in the portion, from 1. given: what is given of it, with its files as they came out.
        files: those that go out, in order; one of ``given.files`` that is not among them does not.
    """

    number: int
    given: Given
    files: tuple[FileOut, ...] = ()

    def file(self, number: int) -> FileOut | None:
        """The file that goes out for an attachment."""
        return next((one for one in self.files if one.given.number == number), None)


def file_name(entry: int, number: int, media_type: str) -> str:
    """What an attachment is called in a package: numbers alone, never what it was called.

    Args:
        entry: the record's number from 1. number: the attachment's place from 0. media_type: of the bytes.
    """
    return f"{FOLDER}/{entry:04d}-{number + 1}.{ending(media_type)}"


def ending(media_type: str) -> str:
    """The ending for a media type; ``bin`` for one that is not known, so that nothing can be run by a click."""
    return _ENDINGS.get(media_type.partition(";")[0].strip().casefold(), "bin")


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands in the place of what is not given, by the table of provisions (code → citation)."""

    citations: Mapping[str, str]

    def citation(self, code: str) -> str:
        """The provision as letters write it; its code where the table has none."""
        return self.citations.get(code, code)

    def listed(self, codes: tuple[str, ...]) -> str:
        """Several provisions in one line."""
        return ", ".join(self.citation(one) for one in codes)

    def file(self, provision: str) -> str:
        """In the place of a whole attachment."""
        return f"[bilaga lämnas inte ut: {self.citation(provision)}]" if provision else "[bilaga lämnas inte ut]"

    def record(self, codes: tuple[str, ...]) -> str:
        """In the place of a whole record."""
        return f"[handlingen lämnas inte ut: {self.listed(codes)}]" if codes else "[handlingen lämnas inte ut]"
