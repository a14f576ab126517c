"""What an officer writes or hands over, checked before it becomes content of an item of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flows.keep.own import OwnFile
from schemas.refusal import RefusedError

WORDS: Final = 20_000
"""Characters of a text."""
_FILE: Final = 32 * 1024 * 1024
_TYPES: Final = {
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".eml": "message/rfc822",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
}


def checked(text: str, field: str, *, most: int = WORDS) -> str:
    """The text without space around it. Raises RefusedError: it is empty or too long."""
    found = text.strip()
    if not found or len(found) > most:
        raise RefusedError(field, "…" if found else "", f"write a text of 1 to {most} characters")
    return found


def text_of(path: Path, field: str) -> str:
    """The text of a file (UTF-8). Raises RefusedError: not readable as such, or too long."""
    data = _bytes_of(path, field, WORDS * 4)
    try:
        return checked(data.decode("utf-8-sig"), field)
    except UnicodeDecodeError:
        raise RefusedError(field, path.name, "hand over plain text in UTF-8; other files with --file") from None


def paper_of(path: Path, name: str, field: str = "--file") -> OwnFile:
    """A paper that came in, as it is. ``name``: what it is called here, without ending. Raises RefusedError."""
    ending = path.suffix.lower()
    if ending not in _TYPES:
        raise RefusedError(field, path.name, f"hand over one of {', '.join(sorted(_TYPES))}")
    return OwnFile(name=f"{name}{ending}", media_type=_TYPES[ending], data=_bytes_of(path, field, _FILE))


def _bytes_of(path: Path, field: str, most: int) -> bytes:
    try:
        with path.open("rb") as source:
            data = source.read(most + 1)
    except OSError as error:
        raise RefusedError(field, path.name, f"name a readable file ({error.strerror})") from None
    if not data or len(data) > most:
        raise RefusedError(field, path.name, f"the file is empty or has more than {most} bytes")
    return data
