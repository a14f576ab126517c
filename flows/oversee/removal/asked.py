"""What a person asks for when something is to go, looked at before anything is written."""

from __future__ import annotations

import mimetypes
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.keep.own import OwnFile
from schemas.diary import provision as checked_provision
from schemas.refusal import GuardError, RefusedError

_WORDS: Final = 4_000
_PICTURES: Final[Mapping[str, tuple[bytes, bytes]]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n", b"IEND\xae\x42\x60\x82"),
    "image/jpeg": (b"\xff\xd8\xff", b"\xff\xd9"),
    "image/webp": (b"RIFF", b"WEBPVP8"),
    "application/pdf": (b"%PDF-", b"%%EOF"),
}
"""What a screenshot may be, how its bytes begin, and what a whole one has too. Nothing is decoded here."""
_LARGEST: Final = 50 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asks for.

    Attributes:
        item: what is to go, or empty for something that was never harvested: then ``account`` and ``address`` say where
            it stands. clause: the page's rule. why: in the person's words; stands in the record alone. person: who.
        hide: hide it instead of taking it away. screenshot: a file that shows it. emergency: description of what it
            says, where nothing else can be kept; the person answers for it by name.
        locked: suspected child sexual abuse material. police, register: it is to be reported, registered.
        secrecy: provision of a secrecy mark (``OSL 21:1``), or empty.
    """

    clause: str
    why: str
    person: str
    item: str = ""
    account: str = ""
    address: str = ""
    hide: bool = False
    screenshot: Path | None = None
    emergency: str = ""
    locked: bool = False
    police: bool = False
    register: bool = False
    secrecy: str = ""


def checked(asked: Asked) -> Asked:
    """The same, if it can be used. Raises RefusedError; GuardError (G-LOCKED)."""
    for field, text in (("--why", asked.why), ("--emergency", asked.emergency), ("--address", asked.address)):
        if len(text) > _WORDS:
            raise RefusedError(field, "…", f"write at most {_WORDS} characters")
    if asked.emergency and not any(map(str.isalnum, asked.emergency)):
        raise RefusedError("--emergency", "…", "describe in words what it says; you answer for it by name")
    if not asked.why.strip():
        raise RefusedError("--why", "", "say why in a sentence; it stands in the record alone")
    if asked.locked and asked.screenshot is not None:
        raise GuardError("G-LOCKED", "no copy is taken of suspected abuse material", "leave --screenshot out")
    if asked.secrecy:
        checked_provision(asked.secrecy)
    if asked.item and (asked.address or asked.account):
        raise RefusedError("--address", "…", "name an item, or an account and an address")
    return asked


def screenshot(path: Path, limit: int) -> OwnFile:
    """The file, by its bytes a picture or a PDF. Raises RefusedError."""
    most = min(limit, _LARGEST)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise RefusedError("--screenshot", path.name, "name one plain file")
        with path.open("rb") as source:
            data = source.read(most + 1)
    except OSError:
        raise RefusedError("--screenshot", path.name, "name one plain file that can be read") from None
    kind = next((name for name, (begins, has) in _PICTURES.items() if data.startswith(begins) and has in data), None)
    cut = kind == "image/webp" and len(data) < int.from_bytes(data[4:8], "little") + 8
    if kind is None or cut or len(data) > most:
        raise RefusedError("--screenshot", path.name, f"bring a whole PNG, JPEG, WebP or PDF of at most {most} bytes")
    return OwnFile(name=f"skarmbild{mimetypes.guess_extension(kind) or ''}", media_type=kind, data=data)
