"""Values in METS: what is a time, a size, an ID, a MIME type, a checksum."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

METS: Final = "{http://www.loc.gov/METS/}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"

_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)?")
_SIZE = re.compile(r"\d{1,18}")
_NAME = re.compile(r"[^\W\d][\w.\-·]*")
_MIME = re.compile(
    r"(application|audio|font|haptics|image|message|model|multipart|text|video|example)/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*"
    r"(\s*;.*)?"
)
HEX_DIGITS: Final = {
    "MD5": 32,
    "SHA-1": 40,
    "SHA-256": 64,
    "SHA-384": 96,
    "SHA-512": 128,
    "CRC32": 8,
    "Adler-32": 8,
    "TIGER": 48,
    "WHIRLPOOL": 128,
    "HAVAL": 0,
    "MNP": 0,
}
"""Checksum types of METS 1.12 and the hexadecimal digits of each; 0 = several lengths."""


def is_time(text: str | None) -> bool:
    """An ``xs:dateTime`` that the calendar has."""
    if text is None or not _TIME.fullmatch(text.strip()):
        return False
    try:
        datetime.fromisoformat(text.strip()[:19])
    except ValueError:
        return False
    return True


def is_size(text: str | None) -> bool:
    """A count of bytes."""
    return text is not None and _SIZE.fullmatch(text.strip()) is not None


def is_id(text: str | None) -> bool:
    """An ``xml:id``."""
    return text is not None and _NAME.fullmatch(text.strip()) is not None


def is_mime(text: str | None) -> bool:
    """A MIME type under one of IANA's types."""
    return text is not None and _MIME.fullmatch(text.strip()) is not None


def is_checksum(text: str | None, kind: str | None) -> bool:
    """Hexadecimal digits, as many as the type has."""
    if text is None or not text.strip():
        return False
    digits = HEX_DIGITS.get((kind or "").strip(), 0)
    return re.fullmatch(r"[0-9A-Fa-f]+", text.strip()) is not None and (not digits or len(text.strip()) == digits)
