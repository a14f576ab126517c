"""Words in the bytes of a file: where its form keeps words beside picture and sound, and in every run of characters.

What a form says in words (EXIF, XMP, IPTC, comments, PNG's and WebP's chunks, tags of sound and film) is looked through
for all that is sought, in UTF-8, Latin-1 and UTF-16. In all other bytes a few letters may be chance: there, short strings
count only in longer runs of true text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from flows.disclose.answer.file_forms import told
from flows.disclose.assess.leaks import Sought

_CHUNK: Final = 1 << 20
_OVERLAP: Final = 4096
_MOST_WIDE: Final = 256 * 1024
_RUN: Final = re.compile(rb"[\x20-\x7e\x80-\xf4]{5,}")
_TEXT: Final = re.compile(
    rb"(?:[\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}){8,}"
)
"""Well-formed UTF-8: eight such characters in a row are hardly ever chance."""
_SOME: Final = re.compile(rb"[\x20-\x7e\x80-\xff]{3,}")
_WIDE: Final = re.compile(rb"(?:[\x20-\x7e\x80-\xff][\x00\x01]){3,}|(?:[\x00\x01][\x20-\x7e\x80-\xff]){3,}")


def says(source: BinaryIO, again: BinaryIO, sought: Sought, strong: Sought) -> bool:
    """Whether a file says any of what is sought. Never raises for what the bytes are.

    Args:
        source, again: the file, opened twice. strong: those of five letters and more.
    """
    if any(_told_in(some, sought) for some in told(again)):
        return True
    piece = b""
    for piece in _pieces(source):
        if _in_bytes(piece, sought, strong):
            return True
    # The first form of MP3's tags: fields at the very end.
    return piece[-128:].startswith(b"TAG") and _told_in(piece[-125:], sought)


def _told_in(data: bytes, sought: Sought) -> bool:
    for match in _SOME.finditer(data):
        for encoding in ("utf-8", "latin-1"):
            text = match[0].decode(encoding, "replace")
            if sought.found_in(text) or ("&" in text and sought.found_in(html.unescape(text))):
                return True
    if _wide_in(data, sought):
        return True
    # Scripts of other bytes than Latin's: wherever the two bytes of a character begin.
    some = data[:_MOST_WIDE]
    return any(
        sought.found_in(some[at:].decode(encoding, "replace").replace("\0", " "))
        for encoding in ("utf-16-le", "utf-16-be")
        for at in (0, 1)
    )


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    """The bytes in pieces that overlap."""
    before = b""
    while chunk := source.read(_CHUNK):
        yield before + chunk
        before = (before + chunk)[-_OVERLAP:]


def _in_bytes(data: bytes, sought: Sought, strong: Sought) -> bool:
    if any(sought.found_in(match[0].decode("utf-8", "replace")) for match in _TEXT.finditer(data)):
        return True
    for match in _RUN.finditer(data) if strong else ():
        text, other = match[0].decode("utf-8", "replace"), match[0].decode("latin-1")
        if strong.found_in(text) or (other != text and strong.found_in(other)):
            return True
    return _wide_in(data, sought)


def _wide_in(data: bytes, sought: Sought) -> bool:
    return any(
        sought.found_in(match[0].decode(encoding, "replace"))
        for match in _WIDE.finditer(data)
        for encoding in ("utf-16-le", "utf-16-be")
    )
