"""The record document's parts that writer and reader share: names, header, counts, limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from schemas.ids import Month, month, slug, utc
from schemas.refusal import RefusedError

NAMESPACE: Final = "urn:bevara:record:1"
SCHEMA_VERSION: Final = "1"
SCHEMA_FILE: Final = Path(__file__).with_name("record.xsd")
"""The schema, which also describes every field in English and Swedish."""

PIECE: Final = 64 * 1024
"""Characters of a text or payload in one element; longer ones are cut. libxml2's validation of one text takes time
that grows with the square of its length as soon as it holds many escapes."""

STRING_LIMIT: Final = 4 * 1024 * 1024
"""Characters of any other string. Escaped at its worst (12 bytes for one character) it stays under
``guarded.SPAN_LIMIT``."""

CODE_LIMIT: Final = 1000
"""Characters of a string in an attribute, as written."""

KIND: Final = "record-xml"
"""Kind of copy under which record documents are registered."""

MAIN: Final = "main"

_PART = re.compile(r"main|supplement-[0-9]{4}-(0[1-9]|1[0-2])")
_SALT = re.compile(r"[0-9a-f]{64}")

_ENGLISH = (
    "Record document of the archive system Bevara: items from one social media account, published in one month, with "
    "every version and observation. Times are UTC. A missing element means not known, an empty one an empty text. "
    "Characters that XML forbids stand as U+27E6, U+ and the code point in hexadecimal, U+27E7. Attachments are named "
    "by their SHA-256. Described in record.xsd, namespace urn:bevara:record:1."
)
_SWEDISH = (
    "Handlingsdokument från arkivsystemet Bevara: handlingar från ett konto i sociala medier, publicerade under en "
    "månad, med varje version och iakttagelse. Tider är UTC. Ett element som saknas betyder okänt, ett tomt att "
    "texten var tom. Tecken som XML förbjuder står som U+27E6, U+ och teckenkoden i hexadecimal form, U+27E7. Bilagor "
    "är namngivna efter sin SHA-256. Beskrivs i record.xsd, namnrymd urn:bevara:record:1."
)
ABOUT: Final = (("en", _ENGLISH), ("sv", _SWEDISH))
"""What every document says about itself: language and text."""


def tag(name: str) -> str:
    """The element's name with its namespace, as lxml writes it."""
    return f"{{{NAMESPACE}}}{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a document covers and when it was made.

    Attributes:
        authority, account, month: the partition and account; every row agrees with the first two.
        platform: the account's platform (items say their own: ``bevara`` for what Bevara made).
        part: ``main`` or ``supplement-YYYY-MM``.
        made: when, UTC.
        edition: edition of the plan in force, or None when none was adopted.
        salt: 32 random bytes in hexadecimal.
    """

    authority: str
    account: str
    platform: str
    month: Month
    part: str
    made: datetime
    edition: str | None
    salt: str

    def __post_init__(self) -> None:
        """Refuse what the schema would refuse."""
        slug(self.authority, "authority")
        slug(self.account, "account")
        slug(self.platform, "platform")
        month(self.month)
        utc(self.made, "made")
        if not _PART.fullmatch(self.part):
            raise RefusedError("part", self.part, "write main or supplement-YYYY-MM")
        if not _SALT.fullmatch(self.salt):
            raise RefusedError("salt", self.salt, "give 32 random bytes as 64 hexadecimal digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What stands in a document. An item whose rows stand apart counts each time."""

    items: int = 0
    versions: int = 0
    sightings: int = 0
    observations: int = 0

    @property
    def rows(self) -> int:
        """Rows of all three kinds."""
        return self.versions + self.sightings + self.observations


def written_instant(moment: datetime, field: str) -> str:
    """A time as the document writes it. Refuses one without zone."""
    return utc(moment, field).isoformat().removesuffix("+00:00") + "Z"


def read_instant(written: str) -> datetime:
    """The time that ``written_instant`` wrote. Raises ValueError."""
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment.astimezone(UTC)
