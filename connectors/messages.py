"""E-mails as bytes: headers that nothing can be smuggled into, the same bytes every time (RFC 5322, MIME).

Texts may hold anything; addresses are plain ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from schemas.refusal import RefusedError

_LINE: Final = 78
_POLICY: Final = policy.SMTP.clone(max_line_length=_LINE)
_ADDRESS: Final = re.compile(
    r"(?=.{3,254}\Z)[A-Za-z0-9_%+'-]+(?:\.[A-Za-z0-9_%+'-]+)*@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*"
)
_LOCAL: Final = 64
_MEDIA_TYPE: Final = re.compile(r"(application|audio|font|image|model|text|video)/([a-z0-9][a-z0-9.+-]{0,79})")
_SUBJECT: Final = 150
"""Characters of a subject that are kept."""


def plain_address(address: str, field: str) -> str:
    """One plain address, ``name@domain``: ASCII, no names beside it, no second one.

    Raises:
        RefusedError: it is not; the address does not stand in the error. ``field``: what it is called there.
    """
    if not _ADDRESS.fullmatch(address) or len(address.partition("@")[0]) > _LOCAL:
        raise RefusedError(field, "…", "write one plain address, name@domain")
    return address


def compose(
    *,
    message_id: str,
    sender: str,
    recipient: str,
    subject: str,
    body: str,
    files: Sequence[tuple[str, str, bytes]] = (),
    at: datetime | None = None,
    boundary: str,
    part: str = "",
    generated: bool = False,
    html: str = "",
) -> bytes:
    """A message as it is sent, less the transport's dots.

    Args:
        message_id: without its brackets. sender, recipient: plain addresses (``plain_address``).
        subject, body: any text. part: kept at the subject's end however long that is.
        files: (plain name, media type, bytes); a media type that is none is ``application/octet-stream``.
        at: when it was written; None = no date, which the mail server adds.
        boundary: ASCII that is the same for the same message; the library's own is random.
        generated: no person wrote it, so that no absence notice comes back.
        html: the body once more as a whole HTML document, which readers that can show instead; empty = none.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(addr_spec=sender)
    message["To"] = Address(addr_spec=recipient)
    message["Message-ID"] = f"<{message_id}>"
    if at is not None:
        message["Date"] = format_datetime(at.replace(microsecond=0))
    if generated:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(lines(body), subtype="plain", charset="utf-8", cte="base64")
    if html:
        message.add_alternative(lines(html), subtype="html", charset="utf-8", cte="base64")
        message.set_boundary(f"{boundary}h")
    for name, media_type, data in files:
        found = _MEDIA_TYPE.fullmatch(media_type)
        kind, subtype = (found[1], found[2]) if found is not None else ("application", "octet-stream")
        message.add_attachment(data, maintype=kind, subtype=subtype, filename=name)
    if files:
        message.set_boundary(boundary)
    return _subject(one_line(subject)[:_SUBJECT] + part) + message.as_bytes()


def one_line(text: str) -> str:
    """Text for a header: no line ends, no controls, nothing that changes the direction of writing."""
    kept = "".join(" " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one for one in text)
    return " ".join("".join(one for one in kept if unicodedata.category(one) not in {"Cf", "Cs", "Co"}).split())


def lines(text: str) -> str:
    """Text for a body: lines end alike, no other controls."""
    found = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return (
        "\n".join(
            "".join("\ufffd" if unicodedata.category(one) in {"Cc", "Cs"} and one != "\t" else one for one in line)
            for line in found
        ).rstrip("\n")
        + "\n"
    )


def _subject(text: str) -> bytes:
    """The header line, or lines. ``EmailMessage`` would decode what only looks encoded, line ends and all."""
    if text.isascii() and "=?" not in text and len(text) < _LINE:
        return f"Subject: {text}\r\n".encode("ascii")
    written = Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {written}\r\n".encode("ascii")
