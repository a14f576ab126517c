"""``sip.xml`` of a package for KB: FGS-PUBL 1.1 and 1.2, METS with MODS in it (``schemas.xml.fgs_publ_mods``).

KB's schema fixes most of it: three named agents, three identifiers of the delivery, and files with type, size, time,
format and checksum. METS has room for one checksum of a file, SHA-256 here; KB's own examples have MD5. Both stand
therefore, with the name that the file had, as PREMIS beside it (``techMD``), which KB's schema lets be.

``metsDocumentID`` holds a keyed salt: whoever knows the film cannot compute the delivery's digest, so the digest may be
kept when the film is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from schemas.deposit import FileRole, Part, Resource
from schemas.package import UNKNOWN_FORMAT
from schemas.refusal import RefusedError
from schemas.xml.case_form import utc_text
from schemas.xml.fgs_publ_mods import MODS, check_resource, write_mods, write_supplement
from schemas.xml.lines import Lines

SIP: Final = "sip.xml"
"""The metadata file's name, exactly."""
METS: Final = "http://www.loc.gov/METS/"
XLINK: Final = "http://www.w3.org/1999/xlink"
PROFILE: Final = "http://www.kb.se/namespace/mets/fgs/eARD_Paket_FGS-PUBL.xml"
LOCATION: Final = "http://www.kb.se/namespace/mets/fgs/eARD_Paket_FGS-PUBL_mets.xsd"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_PREMIS: Final = "http://www.loc.gov/premis/v3"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]*")
_SALT: Final = re.compile(r"[A-Za-z0-9]{1,128}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MD5: Final = re.compile(r"[0-9a-f]{32}")
_DESCRIPTION: Final = "mods-001"
"""ID of the section that describes the publication."""
_ORDER: Final[dict[FileRole, int]] = {"publication": 0, "supplement": 1, "coverpicture": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who delivers, and by what agreement; the same for every package of a delivery.

    Attributes:
        archivist, archivist_uri: archive creator, and its address at KB (``http://id.kb.se/organisations/SE…``).
        creator, creator_uri: the deliverer, likewise.
        system, software: name of the delivering system, and its version, or empty.
        delivery_type: ``DEPOSIT``: by law; ``AGREEMENT``: otherwise.
        specification, agreement: addresses of delivery specification and submission agreement; KB assigns them.
    """

    archivist: str
    archivist_uri: str
    creator: str
    creator_uri: str
    system: str
    software: str = ""
    delivery_type: Literal["DEPOSIT", "AGREEMENT"] = "DEPOSIT"
    specification: str
    agreement: str


def write_sip(head: Head, resource: Resource, made: datetime, salt: str) -> bytes:
    """``sip.xml`` of one package; the same arguments give the same bytes, in whatever order its files were given.

    Args:
        made: when, with zone: the document's own time. salt: keyed and random, letters and digits alone.

    Raises:
        RefusedError: something that KB asks for is missing, or a file has no plain name of its own. What the resource
            says is never in it.
        ValueError: the salt is none.
    """
    if _SALT.fullmatch(salt) is None:
        raise ValueError("a salt is letters and digits")
    _check_head(head)
    check_resource(resource)
    parts = _parts(resource)
    lines = Lines()
    lines.open("mets", _root(resource))
    _header(lines, head, resource, made, salt)
    told = _descriptions(lines, resource, parts)
    _technical(lines, parts)
    _files(lines, parts)
    _structure(lines, parts, told)
    lines.close("mets")
    return lines.take()


def _check_head(head: Head) -> None:
    for field, remedy in (
        ("archivist", "name the archive creator"),
        ("archivist_uri", "give the archive creator's address, http://id.kb.se/organisations/SE and ten digits"),
        ("creator", "name the deliverer"),
        ("creator_uri", "give the deliverer's address, http://id.kb.se/organisations/SE and ten digits"),
        ("system", "name the delivering system"),
        ("specification", "give the address of the delivery specification"),
        ("agreement", "give the address of the submission agreement that KB has assigned"),
    ):
        if not str(getattr(head, field)).strip():
            raise RefusedError(field, "", remedy)
    if head.delivery_type not in {"DEPOSIT", "AGREEMENT"}:
        raise RefusedError("delivery_type", head.delivery_type, "use DEPOSIT or AGREEMENT")


def _parts(resource: Resource) -> list[tuple[str, Part]]:
    """The files with their ids, publications first, each role in the order of names. Raises RefusedError."""
    if _ID.fullmatch(resource.id) is None:
        raise RefusedError("id", "…", "give the package a UUID")
    adds = resource.status == "SUPPLEMENT"  # to a publication that KB has; its own file need not be there again
    if not any(part.role == "publication" or adds for part in resource.parts):
        raise RefusedError("parts", "", "a package needs the publication's own file")
    taken = {SIP}
    for part in resource.parts:
        if _NAME.fullmatch(part.name) is None or part.name.lower() in taken:
            raise RefusedError("part", "…", "give every file a plain name of its own (plain_name)")
        taken.add(part.name.lower())
        if _SHA256.fullmatch(part.digest) is None or (part.md5 and _MD5.fullmatch(part.md5) is None) or part.size < 0:
            raise RefusedError("part", "…", "give every file's size, SHA-256 and MD5 as they are")
    ordered = sorted(resource.parts, key=lambda part: (_ORDER[part.role], part.name))
    return [(f"fil-{number:03d}", part) for number, part in enumerate(ordered, 1)]


def _root(resource: Resource) -> dict[str, str]:
    return {
        "xmlns": METS,
        "xmlns:mods": MODS,
        "xmlns:xlink": XLINK,
        "xmlns:xsi": _XSI,
        "xsi:schemaLocation": f"{METS} {LOCATION}",
        "OBJID": resource.id,
        "LABEL": resource.title,
        "TYPE": "SIP",
        "PROFILE": PROFILE,
    }


def _header(lines: Lines, head: Head, resource: Resource, made: datetime, salt: str) -> None:
    lines.open("metsHdr", {"CREATEDATE": utc_text(made, "made"), "RECORDSTATUS": resource.status})
    organisation = {"TYPE": "ORGANIZATION"}
    _agent(lines, {"ROLE": "ARCHIVIST"} | organisation, head.archivist, f"URI:{head.archivist_uri}")
    _agent(lines, {"ROLE": "CREATOR"} | organisation, head.creator, f"URI:{head.creator_uri}")
    _agent(lines, {"ROLE": "ARCHIVIST", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"}, head.system, head.software)
    lines.leaf("altRecordID", head.delivery_type, {"TYPE": "DELIVERYTYPE"})
    lines.leaf("altRecordID", head.specification, {"TYPE": "DELIVERYSPECIFICATION"})
    lines.leaf("altRecordID", head.agreement, {"TYPE": "SUBMISSIONAGREEMENT"})
    lines.leaf("metsDocumentID", salt)
    lines.close("metsHdr")


def _agent(lines: Lines, attributes: dict[str, str], name: str, note: str) -> None:
    lines.open("agent", attributes)
    lines.leaf("name", name)
    if note:
        lines.leaf("note", note)
    lines.close("agent")


def _descriptions(lines: Lines, resource: Resource, parts: Iterable[tuple[str, Part]]) -> dict[str, str]:
    """The resource's MODS, and that of every supplement that has a language. File id → id of its section."""
    with _wrapped(lines, "dmdSec", _DESCRIPTION, {"MDTYPE": "MODS"}):
        write_mods(lines, resource)
    told: dict[str, str] = {}
    for name, part in parts:
        if part.role == "supplement" and part.language:
            told[name] = f"mods-{len(told) + 2:03d}"
            with _wrapped(lines, "dmdSec", told[name], {"MDTYPE": "MODS"}):
                write_supplement(lines, part)
    return told


def _technical(lines: Lines, parts: Iterable[tuple[str, Part]]) -> None:
    """What PREMIS says of each file: both checksums, and the name that it had."""
    lines.open("amdSec", {"ID": "amd"})
    for name, part in parts:
        with _wrapped(lines, "techMD", f"tek-{name}", {"MDTYPE": "PREMIS", "MDTYPEVERSION": "3.0"}):
            _premis(lines, part)
    lines.close("amdSec")


def _premis(lines: Lines, part: Part) -> None:
    """In the order of PREMIS 3's schema.

    No whole ``premis:object``: its ``xsi:type`` would break METS for whoever has not PREMIS' schema beside KB's.
    """
    space = {"xmlns:premis": _PREMIS}
    lines.open("premis:objectCharacteristics", space)
    for algorithm, digest in (("MD5", part.md5), ("SHA-256", part.digest)):
        if digest:
            lines.open("premis:fixity")
            lines.leaf("premis:messageDigestAlgorithm", algorithm)
            lines.leaf("premis:messageDigest", digest)
            lines.close("premis:fixity")
    lines.leaf("premis:size", str(part.size))
    lines.open("premis:format")
    lines.open("premis:formatDesignation")
    lines.leaf("premis:formatName", part.format.name or _media_type(part))
    if part.format.version:
        lines.leaf("premis:formatVersion", part.format.version)
    lines.close("premis:formatDesignation")
    if part.format.puid:
        lines.open("premis:formatRegistry")
        lines.leaf("premis:formatRegistryName", "PRONOM")
        lines.leaf("premis:formatRegistryKey", part.format.puid)
        lines.close("premis:formatRegistry")
    lines.close("premis:format")
    lines.close("premis:objectCharacteristics")
    if part.original_name:
        lines.leaf("premis:originalName", part.original_name, space)


@contextmanager
def _wrapped(lines: Lines, section: str, name: str, kind: dict[str, str]) -> Iterator[None]:
    """A section of metadata around what is written in the block."""
    lines.open(section, {"ID": name})
    lines.open("mdWrap", kind)
    lines.open("xmlData")
    yield
    lines.close("xmlData")
    lines.close("mdWrap")
    lines.close(section)


def _files(lines: Lines, parts: Iterable[tuple[str, Part]]) -> None:
    lines.open("fileSec")
    lines.open("fileGrp")
    for name, part in parts:
        attributes = {
            "ID": name,
            "MIMETYPE": _media_type(part),
            "SIZE": str(part.size),
            "CREATED": utc_text(part.created, "created"),
            "CHECKSUM": part.digest,
            "CHECKSUMTYPE": "SHA-256",
            "USE": _use(part),
            "ADMID": f"tek-{name}",
        }
        lines.open("file", attributes)
        lines.empty("FLocat", {"LOCTYPE": "URL", "xlink:type": "simple", "xlink:href": f"file:{part.name}"})
        lines.close("file")
    lines.close("fileGrp")
    lines.close("fileSec")


def _media_type(part: Part) -> str:
    # PRONOM may name several, the best known first.
    return part.format.media_type.partition(",")[0].strip() or UNKNOWN_FORMAT.media_type


def _use(part: Part) -> str:
    """``<name>;<version>;PRONOM:<puid>``; a semicolon in a name would begin another field."""
    words = [part.format.name or _media_type(part), part.format.version]
    found = [" ".join(word.replace(";", ",").split()) for word in words if word.strip()]
    return ";".join([*found, f"PRONOM:{part.format.puid}"] if part.format.puid else found)


def _structure(lines: Lines, parts: Iterable[tuple[str, Part]], told: Mapping[str, str]) -> None:
    """One ``publication`` of all its files; a supplement of its own for each file, so that it may be described.

    A package that only adds to a publication that KB has holds none; what is told of it belongs to the whole then.
    """
    given = list(parts)
    own = [name for name, part in given if part.role == "publication"]
    described = {"DMDID": _DESCRIPTION}
    lines.open("structMap", {"TYPE": "physical"})
    lines.open("div", {"TYPE": "files"} | ({} if own else described))
    if own:
        _division(lines, {"TYPE": "publication"} | described, own)
    for name, part in given:
        if part.role != "publication":
            _division(lines, {"TYPE": part.role} | ({"DMDID": told[name]} if name in told else {}), [name])
    lines.close("div")
    lines.close("structMap")


def _division(lines: Lines, attributes: dict[str, str], files: Iterable[str]) -> None:
    lines.open("div", attributes)
    for name in files:
        lines.empty("fptr", {"FILEID": name})
    lines.close("div")
