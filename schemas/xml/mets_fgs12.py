"""The METS of FGS Paketstruktur 1.2 (RAFGS1V1.2): who stands behind a package, and every file in it.

``content/`` and the other folders are named from the package's root (``file:///content/…``), as tools for the format
do. A PREMIS file is referred to as metadata (``mdRef``); every other file is listed in ``fileSec``, one group for each
representation and kind. What the format's attributes cannot say (the words of a restriction or of a disposal, which
package this one replaces) stands as a comment, metadata of type ``COMMENT``.

The schema asks for any three agents; the profile asks for three named ones: *arkivbildare*, *källsystem* and
*levererande organisation*, each with a note (identity code, or version).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from schemas.delivery import Access
from schemas.package import UNKNOWN_FORMAT, Agent, AgentRole, Entry, Package, in_package
from schemas.refusal import RefusedError
from schemas.xml.case_form import plain_path, utc_text
from schemas.xml.lines import Lines

PROFILE: Final = "http://xml.ra.se/e-arkiv/METS/CommonSpecificationSwedenPackageProfile.xml"
METS: Final = "http://www.loc.gov/METS/"
EXTENSION: Final = "ExtensionMETS"
XLINK: Final = "http://www.w3.org/1999/xlink"
COMMENT: Final = "urn:bevara:comment:1"
"""Namespace of the comments."""

PackageType = Literal[
    "ERMS",
    "Personnel",
    "Medical record",
    "Economics",
    "Databases",
    "Webpages",
    "GIS",
    "No specification",
    "AIC",
    "Publication",
    "Archival information",
    "Unstructured",
    "Single records",
]
PACKAGE_TYPES: Final[tuple[PackageType, ...]] = get_args(PackageType)

Agreement = Literal["AGREEMENT", "DEPOSIT", "GIFT", "Not specified"]

_AGENTS: Final[dict[AgentRole, dict[str, str]]] = {
    "archival-creator": {"ROLE": "ARCHIVIST", "TYPE": "ORGANIZATION"},
    "source-system": {"ROLE": "ARCHIVIST", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"},
    "submitter": {"ROLE": "CREATOR", "TYPE": "ORGANIZATION"},
    "contact": {"ROLE": "CREATOR", "TYPE": "INDIVIDUAL"},
    "owner": {"ROLE": "IPOWNER", "TYPE": "ORGANIZATION"},
    "consultant": {"ROLE": "EDITOR", "TYPE": "ORGANIZATION"},
    "preservation": {"ROLE": "PRESERVATION", "TYPE": "ORGANIZATION"},
}
_SOFTWARE: Final = {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"}
_NEEDED: Final[tuple[tuple[AgentRole, str], ...]] = (
    ("archival-creator", "name the archive creator with its identity code, such as ORG:212000-1892"),
    ("source-system", "name the source system with its version"),
    ("submitter", "name the submitting organisation with its identity code, such as ORG:212000-1892"),
)
_SECRECY = re.compile(r"sekretess|\bOSL\b", re.IGNORECASE)
_GROUPS: Final = ("Documentation", "Schemas", "PackageInfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fgs12Settings:
    """What the delivery profile says of the METS itself.

    Attributes:
        profile: METS PROFILE. type: METS TYPE, a word of ``PACKAGE_TYPES``.
        mets_name: the METS file's own name (``sip.xml`` or ``mets.xml``).
        mets_location, extension_location: where the two schemas are, for ``xsi:schemaLocation``.
        content_type: which specification the content follows; empty = left out.
        system_type: what sort of system it comes from; empty = left out.
        agreement: form of the agreement with the archive.
        access: the word for a restricted package; None = ``Secrecy`` when the restriction's words name secrecy
            (*sekretess* or OSL), else ``GDPR``.
        session, number: delivery session and the package's number in it; empty = left out.
    """

    profile: str = PROFILE
    type: str = "ERMS"
    mets_name: str = "sip.xml"
    mets_location: str = "http://xml.ra.se/e-arkiv/METS/CSPackageMETS.xsd"
    extension_location: str = "http://xml.ra.se/e-arkiv/METS/CSPackageExtensionMETS.xsd"
    content_type: str = "FGS Ärendehantering 1.0"
    system_type: str = ""
    agreement: Agreement = "AGREEMENT"
    access: Access | None = None
    session: str = ""
    number: str = ""


def write_mets(package: Package, settings: Fgs12Settings) -> bytes:
    """The METS of a package; the same package gives the same bytes, in whatever order its files were given.

    Raises:
        RefusedError: an agent, the agreement, the profile or the type is missing or unknown, a path leaves the package,
            or two files have one path (case does not count).
    """
    _check(package, settings)
    metadata = sorted(package.preservation, key=_path)
    groups = _groups(package)
    _check_paths(settings, metadata, groups)
    lines = Lines()
    lines.open("mets", _root(package, settings))
    _header(lines, package, settings)
    _administrative(lines, package, metadata)
    _files(lines, groups)
    _structure(lines, package, len(metadata), groups)
    lines.close("mets")
    return lines.take()


def _check(package: Package, settings: Fgs12Settings) -> None:
    if settings.type not in PACKAGE_TYPES:
        raise RefusedError("type", settings.type, f"use one of {', '.join(PACKAGE_TYPES)}")
    if not settings.profile:
        raise RefusedError("profile", "", f"give the address of the METS profile, usually {PROFILE}")
    if not package.agreement:
        raise RefusedError("agreement", "", "give the submission agreement as reference;date or as a URI")
    for role, remedy in _NEEDED:
        found = [agent for agent in _agents(package) if agent.role == role]
        if not any(agent.name and _notes(agent) for agent in found):
            raise RefusedError(f"agent: {role}", "missing" if not found else "without note", remedy)


def _groups(package: Package) -> list[tuple[str, list[tuple[str, Entry]]]]:
    """Groups of files, each with its name and (path from the package's root, file), in the order of the paths."""
    groups = [
        (one.name, [(in_package("fgs12", one.name, entry.path), entry) for entry in one.entries])
        for one in package.representations
    ]
    rest = (package.documentation, package.schemas, package.package_info)
    groups += [(name, [(entry.path, entry) for entry in found]) for name, found in zip(_GROUPS, rest, strict=True)]
    return [(name, sorted(found, key=lambda one: one[0])) for name, found in groups if found]


def _check_paths(
    settings: Fgs12Settings, metadata: list[Entry], groups: list[tuple[str, list[tuple[str, Entry]]]]
) -> None:
    seen = {plain_path("mets_name", settings.mets_name).lower()}
    listed = [path for _, found in groups for path, _ in found]
    for path in [*(entry.path for entry in metadata), *listed]:
        lowered = plain_path("path", path).lower()
        if lowered in seen:
            raise RefusedError("path", path, "give every file of the package a path of its own")
        seen.add(lowered)


def _root(package: Package, settings: Fgs12Settings) -> dict[str, str]:
    found = {
        "xmlns": METS,
        "xmlns:xlink": XLINK,
        "xmlns:ext": EXTENSION,
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:schemaLocation": f"{METS} {settings.mets_location} {EXTENSION} {settings.extension_location}",
        "OBJID": f"UUID:{package.id}",
        "LABEL": package.label,
        "TYPE": settings.type,
        "PROFILE": settings.profile,
        "ext:CONTENTTYPESPECIFICATION": settings.content_type,
        "ext:SYSTEMTYPE": settings.system_type,
        "ext:DATASUBMISSIONSESSION": settings.session,
        "ext:PACKAGENUMBER": settings.number,
        "ext:ARCHIVALNAME": package.archive_name,
        "ext:APPRAISAL": "Yes" if package.disposable else "No",
        "ext:ACCESSRESTRICT": _access(package, settings),
        "ext:STARTDATE": package.first.isoformat() if package.first is not None else "",
        "ext:ENDDATE": package.last.isoformat() if package.last is not None else "",
        "ext:INFORMATIONCLASS": package.information_class,
    }
    return _said(found)


def _access(package: Package, settings: Fgs12Settings) -> str:
    if not package.restricted:
        return ""
    if settings.access is not None:
        return settings.access
    return "Secrecy" if _SECRECY.search(package.restriction) else "GDPR"


def _header(lines: Lines, package: Package, settings: Fgs12Settings) -> None:
    attributes = {
        "CREATEDATE": utc_text(package.made, "made"),
        "RECORDSTATUS": package.status,
        "ext:OAISSTATUS": "SIP",
        "ext:AGREEMENTFORM": settings.agreement,
    }
    lines.open("metsHdr", attributes)
    for agent in _agents(package):
        _agent(lines, _AGENTS[agent.role], agent.name, _notes(agent))
    _agent(lines, _SOFTWARE, "Bevara", (package.software,))
    for kind, value in (
        ("SUBMISSIONAGREEMENT", package.agreement),
        ("PREVIOUSSUBMISSIONAGREEMENT", package.previous_agreement),
        ("REFERENCECODE", package.reference_code),
        ("PREVIOUSREFERENCECODE", package.previous_reference_code),
    ):
        if value:
            lines.leaf("altRecordID", value, {"TYPE": kind})
    lines.leaf("metsDocumentID", settings.mets_name)
    lines.close("metsHdr")


def _agents(package: Package) -> tuple[Agent, ...]:
    """The profile's agents; Bevara is the source system unless another is named."""
    if any(agent.role == "source-system" for agent in package.agents):
        return package.agents
    return (*package.agents, Agent(role="source-system", name="Bevara", notes=(package.software,)))


def _notes(agent: Agent) -> tuple[str, ...]:
    return tuple(note for note in (agent.code, *agent.notes) if note)


def _agent(lines: Lines, attributes: dict[str, str], name: str, notes: Iterable[str]) -> None:
    lines.open("agent", attributes)
    lines.leaf("name", name)
    for note in notes:
        lines.leaf("note", note)
    lines.close("agent")


def _administrative(lines: Lines, package: Package, metadata: list[Entry]) -> None:
    comments = [
        ("rightsMD", "atkomst", "Åtkomst", package.restriction),
        ("rightsMD", "gallring", "Gallring", package.disposal),
        ("sourceMD", "ersatter", "Paket som detta ersätter eller kompletterar", package.replaces),
    ]
    found = [comment for comment in comments if comment[3]]
    if not found and not metadata:
        return
    lines.open("amdSec", {"ID": "amd"})
    for section, name, label, text in found:
        lines.open(section, {"ID": f"amd-{name}"})
        lines.open("mdWrap", {"MDTYPE": "OTHER", "OTHERMDTYPE": "COMMENT", "LABEL": label})
        lines.open("xmlData")
        lines.leaf("bv:comment", text, {"xmlns:bv": COMMENT})
        lines.close("xmlData")
        lines.close("mdWrap")
        lines.close(section)
    for number, entry in enumerate(metadata, 1):
        lines.open("digiprovMD", {"ID": f"premis-{number}"})
        attributes = {"LOCTYPE": "URL", "xlink:type": "simple", "xlink:href": f"file:///{entry.path}"}
        lines.empty("mdRef", attributes | {"MDTYPE": "PREMIS", "MDTYPEVERSION": "3.0"} | _core(entry))
        lines.close("digiprovMD")
    lines.close("amdSec")


def _files(lines: Lines, groups: list[tuple[str, list[tuple[str, Entry]]]]) -> None:
    if not groups:
        return
    number = 0
    lines.open("fileSec")
    for name, found in groups:
        lines.open("fileGrp", {"USE": name})
        for path, entry in found:
            number += 1
            lines.open("file", {"ID": _file_id(number)} | _core(entry) | _said(_described(entry)))
            lines.empty("FLocat", {"LOCTYPE": "URL", "xlink:type": "simple", "xlink:href": f"file:///{path}"})
            lines.close("file")
        lines.close("fileGrp")
    lines.close("fileSec")


def _core(entry: Entry) -> dict[str, str]:
    media_type = entry.format.media_type.partition(",")[0].strip()  # PRONOM may name several, the best known first
    return {
        "MIMETYPE": media_type or UNKNOWN_FORMAT.media_type,
        "SIZE": str(entry.size),
        "CREATED": utc_text(entry.created, "created"),
        "CHECKSUM": entry.sha256,
        "CHECKSUMTYPE": "SHA-256",
    }


def _described(entry: Entry) -> dict[str, str]:
    return {
        "USE": entry.role,
        "GROUPID": entry.item,
        "ext:ORIGINALFILENAME": entry.original_name,
        "ext:FILEFORMATNAME": entry.format.name,
        "ext:FILEFORMATVERSION": entry.format.version,
        "ext:FORMATREGISTRY": "PRONOM" if entry.format.puid else "",
        "ext:FORMATREGISTRYKEY": entry.format.puid,
    }


def _structure(
    lines: Lines, package: Package, metadata: int, groups: list[tuple[str, list[tuple[str, Entry]]]]
) -> None:
    number = 0
    lines.open("structMap", {"TYPE": "physical", "LABEL": "Paketets filer"})
    lines.open("div", {"TYPE": "package", "LABEL": package.label})
    if metadata:
        refs = " ".join(f"premis-{one}" for one in range(1, metadata + 1))
        lines.empty("div", {"TYPE": "metadata", "LABEL": "Metadata", "ADMID": refs})
    for name, found in groups:
        plain: list[str] = []
        told: list[tuple[str, str]] = []
        for _, entry in found:
            number += 1
            if entry.description:
                told.append((_file_id(number), entry.description))
            else:
                plain.append(_file_id(number))
        lines.open("div", {"TYPE": "group", "LABEL": name})
        for one in plain:
            lines.empty("fptr", {"FILEID": one})
        for one, description in told:
            lines.open("div", {"TYPE": "file", "LABEL": description})
            lines.empty("fptr", {"FILEID": one})
            lines.close("div")
        lines.close("div")
    lines.close("div")
    lines.close("structMap")


def _file_id(number: int) -> str:
    return f"fil-{number:06d}"


def _path(entry: Entry) -> str:
    return entry.path


def _said(attributes: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value}
