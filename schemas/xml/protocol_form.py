"""The protocol documents' parts that writer and reader share: names, what they say about themselves, plain values."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

NAMESPACE: Final = "urn:bevara:protocol:1"
SCHEMA_VERSION: Final = "1"
SCHEMA_FILE: Final = Path(__file__).with_name("gallringsprotokoll.xsd")
"""The schema, which also describes every field in English and Swedish."""

DRAFT: Final = "draft"
CERTIFICATE: Final = "certificate"

_TREE = (
    "A leaf is the SHA-256 of 32 random bytes (the salt) followed by the record's opaque id in ASCII. The leaves stand "
    "in ascending order. Two neighbours of a level make a node of the next, SHA-256 of the byte 01, the left and the "
    "right; an odd last one goes up unchanged; the last that remains is the root."
)
_TREE_SV = (
    "Ett löv är SHA-256 av 32 slumpbyte (saltet) följda av handlingens id i ASCII. Löven står i stigande ordning. Två "
    "grannar på en nivå ger en nod på nästa, SHA-256 av byten 01, den vänstra och den högra; en udda sista förs upp "
    "oförändrad; den som blir kvar sist är roten."
)
_ESCAPE = (
    " Characters that XML forbids stand as U+27E6, U+ and the code point in hexadecimal, U+27E7. Described in "
    "gallringsprotokoll.xsd, namespace urn:bevara:protocol:1."
)
_ESCAPE_SV = (
    " Tecken som XML förbjuder står som U+27E6, U+ och teckenkoden i hexadecimal form, U+27E7. Beskrivs i "
    "gallringsprotokoll.xsd, namnrymd urn:bevara:protocol:1."
)
ABOUT: Final = {
    DRAFT: (
        (
            "en",
            "Draft protocol of a culling, made by the archive system Bevara: what a frozen list proposes to destroy "
            "and why. Nothing has been destroyed. Times are UTC." + _ESCAPE,
        ),
        (
            "sv",
            "Utkast till gallringsprotokoll från arkivsystemet Bevara: vad en fastställd lista föreslår för gallring "
            "och varför. Inget har gallrats. Tider är UTC." + _ESCAPE_SV,
        ),
    ),
    CERTIFICATE: (
        (
            "en",
            "Certificate of a culling, made by the archive system Bevara: what was destroyed, under which decision, "
            "by whom, where, and what was seen of it. Times are UTC. " + _TREE + _ESCAPE,
        ),
        (
            "sv",
            "Gallringsprotokoll från arkivsystemet Bevara: vad som gallrades, med stöd av vilket beslut, av vilka, på "
            "vilka platser och vad som iakttogs. Tider är UTC. " + _TREE_SV + _ESCAPE_SV,
        ),
    ),
}
"""What every document says about itself: language and text."""


def tag(name: str) -> str:
    """The element's name with its namespace, as lxml writes it."""
    return f"{{{NAMESPACE}}}{name}"


def written_day(day: date) -> str:
    """A civil day as the document writes it."""
    return day.isoformat()


def written_truth(value: bool) -> str:  # noqa: FBT001 - it is the value itself that is written
    """A truth value as the document writes it."""
    return "true" if value else "false"
