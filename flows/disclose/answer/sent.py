"""An answer that goes out by e-mail: to the contact, which stands in its own item and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from flows.disclose.answer.document import Face
from flows.disclose.answer.package import LETTER, write_zip
from flows.keep.own import read_own
from schemas.ground import Ground, Home
from schemas.neighbours import Message, ReceiverRefusedError
from schemas.payload import fields_of
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.request import Request

_ADDRESS: Final = re.compile(
    # Neither side may be the rest of a longer one: the end of o'brien@… is somebody else's.
    r"(?<![\w.!#$%&'*+/=?^`{|}~@-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250})\.[A-Za-z]{2,24}(?![\w@-]|\.\w)"
)
_TOO_LARGE: Final = "J134"
_BASE64: Final = 4 / 3 * 1.03
"""What a message grows by: base64 with its line breaks."""


def address_of(ground: Ground, request: Request) -> str:
    """The e-mail address that the contact names.

    Raises:
        RefusedError: there is no contact, or it names no address, or several. The text repeats nothing of it.
    """
    row = None if request.contact is None else read_own(ground, request.contact)
    if row is None:
        raise RefusedError(
            "--mail", "", f"nobody has said where to answer: 'bevara request contact {request.number}', or use --out"
        )
    said = fields_of(row.payload).get("contact")
    found = addresses_in(said) if isinstance(said, str) else set()
    if len(found) != 1:
        raise RefusedError(
            "--mail", "…", "the contact does not name exactly one e-mail address; record it anew, or use --out"
        )
    return str(found.pop())


def addresses_in(text: str) -> set[str]:
    """The plain e-mail addresses in a text, each whole; one that is not plain is none."""
    return set(_ADDRESS.findall(text))


def send(home: Home, to: str, folder: Path, face: Face, digest: str) -> str:
    """Send the package: the letter as it is, and everything as one zip. Returns the place's name for receipts.

    Args:
        to: address. folder: of the finished package. digest: of what was decided; a repeat has the same Message-ID.

    Raises:
        GuardError: it is too large for a message, or is not taken (G-MAIL). UnreachableError: no answer.
    """
    name = f"begaran-{face.request}-{face.portion}"
    packed = folder.with_name(f"{folder.name}.zip")
    try:
        write_zip(folder, packed, name, face)
        size = packed.stat().st_size
        mail = home.disclosure().mail
        if mail is not None and size * _BASE64 > mail.limit:
            raise _too_large(face.request)
        message = Message(
            id=f"{name}-{digest[:16]}",
            to=to,
            subject=f"Svar på begäran {face.request}",
            body=_body(face),
            files=(
                (LETTER, "application/pdf", (folder / LETTER).read_bytes()),
                (f"{name}.zip", "application/zip", packed.read_bytes()),
            ),
        )
    finally:
        packed.unlink(missing_ok=True)
    mailing = home.mailing()
    try:
        mailing.send(message)
    except ReceiverRefusedError as error:
        if error.code == _TOO_LARGE:
            raise _too_large(face.request) from None
        raise GuardError(
            "G-MAIL",
            f"the answer on request {face.request} is not taken ({error.code})",
            "check the contact, or use --out",
        ) from None
    except UnreachableError:
        raise
    return mailing.place


def _too_large(number: int) -> GuardError:
    return GuardError(
        "G-MAIL", f"the answer on request {number} is too large for a message", "hand it out as a package, with --out"
    )


def _body(face: Face) -> str:
    by = f"{face.organisation}, {face.authority}" if face.organisation else face.authority
    return (
        f"Hej!\n\nHär är svaret på din begäran nummer {face.request}. Läs brevet ({LETTER}) först. Handlingarna ligger i den "
        "bifogade zip-filen; börja där med las-mig.txt.\n\nVänliga hälsningar\n" + by + "\n"
    )
