"""An information package before anybody has written it down: what is in it, who stands behind it, what happened to it.

One model, several writers (FGS 2.0 = E-ARK SIP 2.1.0, FGS Paketstruktur 1.2, and the legal deposit's form): a writer
turns a ``Package`` into its own METS and folders, and decides nothing about what the package holds. Nothing here reads
a clock: a package's id and time come from the stored intent, so that a rebuild gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, get_args

Role = Literal["original", "record", "rendition", "case", "documentation", "schema", "preservation", "package-info"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""What a file is to the package. ``original``: an attachment as received. ``record``: record XML of ours, with the raw
payload. ``rendition``: PDF/A. ``case``: ERMS or Ärendehantering XML. ``documentation``: text for a reader.
``schema``: XSD or Schematron. ``preservation``: PREMIS. ``package-info``: Riksarkivet's additionalPackageInfo."""

NAMESPACE: Final = uuid.UUID("6f0f3f1e-3a5b-5d0e-9a57-6a2f6de2b4c1")
"""Namespace of every UUIDv5 that Bevara makes."""

_KEPT = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_LENGTH = 100
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A file's format, as identified (PRONOM), and how surely.

    Attributes:
        puid: PRONOM id such as ``fmt/43``; empty = not known.
        name, version: the registry's words; empty = not known.
        media_type: the registry's MIME type, or ``application/octet-stream``.
        basis: what it rests on (``byte match at 0, 3``, ``extension match jpg``). warning: the tool's, or empty.
    """

    puid: str = ""
    name: str = ""
    version: str = ""
    media_type: str = "application/octet-stream"
    basis: str = ""
    warning: str = ""


UNKNOWN_FORMAT: Final = Format()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of a package.

    Attributes:
        path: in a representation: relative to its data folder (``in_package`` says where that is); else from the
            package's root. ``/``-separated, of names that ``plain_name`` makes.
        size: bytes. sha256: of the file's bytes, hexadecimal. created: UTC.
        role: what it is to the package. format: as identified.
        original_name: the name it had, å ä ö and all; empty = it never had another.
        item: opaque id of the item it belongs to, or empty.
        description: Swedish, for a reader; empty = nothing to say.
    """

    path: str
    size: int
    sha256: str
    created: datetime
    role: Role
    format: Format = UNKNOWN_FORMAT
    original_name: str = ""
    item: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """One representation: its folder's name, what sort of content it is, and its files in the order of their paths.

    ``content_type``: a term of the CSIP vocabulary (``citserms_v2_1``, ``citserms_v3_0``, ``OTHER`` …); with ``OTHER``,
    ``other_content_type`` says what.
    """

    name: str
    content_type: str
    other_content_type: str = ""
    entries: tuple[Entry, ...] = ()


AgentRole = Literal["archival-creator", "submitter", "contact", "preservation", "source-system", "owner", "consultant"]
"""Parts that agents play. ``archival-creator``: *arkivbildare*. ``submitter``: *levererande organisation*.
``contact``: *kontaktperson*. ``preservation``: *mottagare*. ``source-system``: *källsystem*. ``owner``:
*informationsägare*. ``consultant``: *konsult*. The packaging software is no agent of a profile: it is Bevara."""
AGENT_ROLES: Final[tuple[AgentRole, ...]] = get_args(AgentRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Who stands behind a package.

    Attributes:
        role: which part. name: name.
        code: identity code with its prefix, ``ORG:212000-1892``, ``URI:…``, or empty.
        notes: further notes: telephone, e-mail, a version of a system.
    """

    role: AgentRole
    name: str
    code: str = ""
    notes: tuple[str, ...] = ()


EventType = Literal[
    "capture", "message digest calculation", "format identification", "redaction", "packaging", "validation"
]
"""PREMIS 3 event types, from the Library of Congress' vocabulary (*redaction* is our own word there)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to the package or to some of its files.

    Attributes:
        kind: PREMIS event type. at: UTC. detail: English or Swedish, without personal data.
        outcome: ``success`` or another word. paths: entries it was about (``representations/<name>/…`` from the
            package's root); empty = the package as a whole.
        agent: name of the software or organisation that did it.
    """

    kind: EventType
    at: datetime
    detail: str = ""
    outcome: str = "success"
    paths: tuple[str, ...] = ()
    agent: str = "Bevara"


RecordStatus = Literal["NEW", "SUPPLEMENT", "REPLACEMENT", "TEST", "VERSION", "OTHER"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Everything a writer needs to know.

    Attributes:
        id: UUID of the package. name: name of the package's folder (OBJID), ASCII.
        label: what it is, Swedish, for people.
        made: when, UTC; every time in the package that is not an observation's own is this.
        software: version of Bevara.
        status: whether it is new or replaces another. replaces: id of the package it replaces or adds to, or empty.
        agents: in the profile's order.
        agreement: submission agreement, ``reference;date`` or a URI. previous_agreement, reference_code,
            previous_reference_code: further archival ids; empty = none.
        first, last: civil days that the content covers, both included; None = not known.
        archive_name: name of the archive (*arkivets namn*), or empty.
        restricted, restriction: whether secrecy or personal data restrict access, and the words.
        disposable, disposal: whether something in it is to be culled later, and the words (D32).
        information_class: *informationsklass* by plan or KLASSA, or empty.
        representations: content. documentation, schemas, preservation, package_info: files outside of them, with paths
            from the package's root (``documentation/…``, ``schemas/…``, ``metadata/preservation/…``).
        events: what happened, for PREMIS.
    """

    id: uuid.UUID
    name: str
    label: str
    made: datetime
    software: str
    status: RecordStatus = "NEW"
    replaces: str = ""
    agents: tuple[Agent, ...] = ()
    agreement: str = ""
    previous_agreement: str = ""
    reference_code: str = ""
    previous_reference_code: str = ""
    first: date | None = None
    last: date | None = None
    archive_name: str = ""
    restricted: bool = True
    restriction: str = ""
    disposable: bool = False
    disposal: str = ""
    information_class: str = ""
    representations: tuple[Representation, ...] = ()
    documentation: tuple[Entry, ...] = ()
    schemas: tuple[Entry, ...] = ()
    preservation: tuple[Entry, ...] = ()
    package_info: tuple[Entry, ...] = ()
    events: tuple[Event, ...] = ()


def in_package(form: str, representation: str, path: str) -> str:
    """Where a representation's file lies, from the package's root: CSIPSTR11 for ``eark``, ``content/`` for ``fgs12``."""
    if form == "eark":
        return f"representations/{representation}/data/{path}"
    return f"content/{representation}/{path}"


def named(*parts: str) -> uuid.UUID:
    """The UUIDv5 of these names: the same names give the same id, in every rebuild."""
    return uuid.uuid5(NAMESPACE, "\x1f".join(parts))


def plain_name(name: str, *, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """A file name of A–Z, a–z, 0–9, ``.``, ``_`` and ``-`` that says what the original did, and is not taken.

    Folders are cut off, å ä ö become a and o, everything else that is not plain becomes ``-``; a name that Windows
    reserves, that is empty or that begins with a dot gets a letter first. A name that is taken (case does not count)
    gets the beginning of the original's digest before its ending, so that it is the same in every rebuild.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    folded = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode("ascii")
    plain = _KEPT.sub("-", folded).strip("-. ") or "fil"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = plain, "", ""
    stem = (stem or "fil")[: _NAME_LENGTH - len(ending) - 1]
    if stem.partition(".")[0].lower() in _RESERVED or not stem[0].isalnum():
        stem = f"fil-{stem}"
    found = f"{stem}{dot}{ending}"
    lowered = {one.lower() for one in taken}
    if found.lower() not in lowered:
        return found
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    for length in range(8, len(digest) + 1, 8):
        found = f"{stem[: _NAME_LENGTH - len(ending) - length - 2]}-{digest[:length]}{dot}{ending}"
        if found.lower() not in lowered:
            return found
    number = 2
    while f"{stem}-{number}{dot}{ending}".lower() in lowered:
        number += 1
    return f"{stem}-{number}{dot}{ending}"
