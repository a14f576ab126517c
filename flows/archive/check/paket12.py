"""The rules of FGS Paketstruktur 1.2: what its schema enforces, and what its profile asks for beyond it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from flows.archive.check.document import Document
from flows.archive.check.header import PACKAGE_TYPES
from flows.archive.check.values import EXT
from flows.keep.check.values import METS, XLINK, is_checksum, is_mime, is_size, is_time
from schemas.xml import mets_fgs12

PROFILES: Final = ("CommonSpecificationSwedenPackageProfile",)
"""What an address of the profile holds; it was published at several."""
_TYPES: Final[frozenset[str]] = frozenset(mets_fgs12.PACKAGE_TYPES)
_STATUSES = frozenset({"SUPPLEMENT", "REPLACEMENT", "NEW", "TEST", "VERSION", "OTHER"})
_ROLES = frozenset({"CREATOR", "EDITOR", "ARCHIVIST", "PRESERVATION", "DISSEMINATOR", "CUSTODIAN", "IPOWNER", "OTHER"})
_AGENT_TYPES = frozenset({"INDIVIDUAL", "ORGANIZATION", "OTHER"})
_ALT_IDS = frozenset({"SUBMISSIONAGREEMENT", "PREVIOUSSUBMISSIONAGREEMENT", "REFERENCECODE", "PREVIOUSREFERENCECODE"})
_CODE = re.compile(r"(VAT|DUNS|ORG|HSA|Local|URI)\s?:\s?\S.*", re.IGNORECASE | re.DOTALL)
_AGREEMENT = re.compile(r"[^;]+;\s*\d{4}-\d\d-\d\d|[A-Za-z][A-Za-z0-9+.-]+:\S+", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?")
_SUMS = frozenset({"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"})
_PLAIN = re.compile(r"[A-Za-z0-9._/()+,=@!$&'~#%-]*")


def _one_of(*words: str) -> Callable[[str], bool]:
    return frozenset(words).__contains__


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None


_FACTS: Final[dict[str, Callable[[str | None], bool]]] = {
    "ID": lambda text: bool(text and text.strip()),
    "MIMETYPE": is_mime,
    "SIZE": is_size,
    "CREATED": is_time,
}
"""What every file must say of itself."""
_EXTENSION: Final[dict[str, dict[str, Callable[[str], bool]]]] = {
    "mets": {
        "APPRAISAL": _one_of("Yes", "No"),
        "ACCESSRESTRICT": _one_of("Secrecy", "PuL", "Secrecy and PuL", "GDPR"),
        "STARTDATE": _is_date,
        "ENDDATE": _is_date,
    },
    "metsHdr": {"AGREEMENTFORM": _one_of("AGREEMENT", "DEPOSIT", "GIFT", "Not specified")},
    "file": {"FORMATREGISTRY": _one_of("PRONOM", "GDFR", "UDFR", "OTHER")},
}


def is_fgs12(root: Any) -> bool:
    """The document claims to be FGS Paketstruktur 1.2 (or 1.1, 1.0): by its profile, else by the extension's attributes."""
    profile = root.get("PROFILE", "")
    if any(one in profile for one in PROFILES):
        return True
    return not profile.strip() and EXT[1:-1] in root.nsmap.values()


def check_fgs12(document: Document) -> None:
    """All rules about the METS document."""
    root, wrong = document.root, document.wrong
    if not root.get("OBJID", "").strip():
        wrong("FGS-OBJID", root, "OBJID")
    if root.get("TYPE", "").strip() not in _TYPES:
        wrong("FGS-TYPE", root, "TYPE")
    if not any(one in root.get("PROFILE", "") for one in PROFILES):
        wrong("FGS-PROFILE", root, "PROFILE")
    if not root.get("LABEL", "").strip():
        wrong("FGS-LABEL", root, "LABEL")
    _extension(document, root, "mets")
    _header(document)
    _files(document)
    for one in root.iter(f"{METS}mdRef"):
        if not one.get(f"{XLINK}href", "").strip() or not one.get("MDTYPE") or not one.get("LOCTYPE"):
            wrong("FGS-MDREF", one)
        document.claim(one, one, metadata=one.get("MDTYPE", "OTHER"))
    if not document.children(root, "structMap"):
        wrong("FGS-STRUCTMAP", root)


def _extension(document: Document, element: Any, kind: str) -> None:
    for name, good in _EXTENSION[kind].items():
        given = element.get(EXT + name)
        if given is not None and not good(given.strip()):
            document.wrong("FGS-EXTENSION", element, f"ext:{name}")


def _header(document: Document) -> None:
    wrong = document.wrong
    headers = document.children(document.root, "metsHdr")
    if len(headers) != 1:
        wrong("FGS-HEADER", document.root)
        if not headers:
            return
    header = headers[0]
    if not is_time(header.get("CREATEDATE")):
        wrong("FGS-CREATEDATE", header, "CREATEDATE")
    if header.get("RECORDSTATUS") is not None and header.get("RECORDSTATUS").strip() not in _STATUSES:
        wrong("FGS-RECORDSTATUS", header, "RECORDSTATUS")
    if header.get(f"{EXT}OAISSTATUS", "").strip() not in PACKAGE_TYPES:
        wrong("FGS-OAISSTATUS", header, "ext:OAISSTATUS")
    _extension(document, header, "metsHdr")
    _agents(document, header)
    _other_ids(document, header)


def _agents(document: Document, header: Any) -> None:
    agents = document.children(header, "agent")
    if len(agents) < 3:
        document.wrong("FGS-AGENTS", header)
    for one in agents:
        if one.get("ROLE", "").strip() not in _ROLES or one.get("TYPE", "").strip() not in _AGENT_TYPES:
            document.wrong("FGS-AGENT-WORDS", one)
        if not _name(one):
            document.wrong("FGS-AGENT-NAME", one)
    for code, role, kind, note, good in (
        ("FGS-CREATOR", "ARCHIVIST", ("ORGANIZATION", ""), "FGS-CREATOR-NOTE", _CODE.fullmatch),
        ("FGS-SYSTEM", "ARCHIVIST", ("OTHER", "SOFTWARE"), "FGS-SYSTEM-NOTE", bool),
        ("FGS-SUBMITTER", "CREATOR", ("ORGANIZATION", ""), "FGS-SUBMITTER-NOTE", _CODE.fullmatch),
    ):
        found = [
            one
            for one in agents
            if one.get("ROLE") == role and one.get("TYPE") == kind[0] and one.get("OTHERTYPE", "").strip() == kind[1]
        ]
        if not found:
            document.wrong(code, header)
        elif not any(good(text) for one in found for text in _notes(one)):
            document.wrong(note, found[0])


def _other_ids(document: Document, header: Any) -> None:
    given = document.children(header, "altRecordID")
    known = [one for one in given if one.get("TYPE", "").strip() in _ALT_IDS]
    if not known or len(known) < len(given):
        document.wrong("FGS-ALTRECORDID", header)
    agreements = [(one.text or "").strip() for one in known if one.get("TYPE").strip() == "SUBMISSIONAGREEMENT"]
    if not any(agreements):
        document.wrong("FGS-AGREEMENT", header)
    elif not any(_AGREEMENT.fullmatch(one) for one in agreements):
        document.wrong("FGS-AGREEMENT-FORM", header)


def _files(document: Document) -> None:
    files = [one for section in document.children(document.root, "fileSec") for one in section.iter(f"{METS}file")]
    if not files:
        document.wrong("FGS-FILES", document.root)
    for one in files:
        _file(document, one)


def _file(document: Document, one: Any) -> None:
    wrong = document.wrong
    for name, good in _FACTS.items():
        if not good(one.get(name)):
            wrong(f"FGS-FILE-{name}", one, name)
    kind = one.get("CHECKSUMTYPE", "").strip()
    if one.get("CHECKSUM") is None and not kind:
        wrong("FGS-FILE-CHECKSUM", one, "CHECKSUM")
    elif kind not in _SUMS or not is_checksum(one.get("CHECKSUM"), kind):
        wrong("FGS-FILE-CHECKSUM-FORM", one, "CHECKSUM")
    _extension(document, one, "file")
    document.references(one, "ADMID")
    document.references(one, "DMDID")
    locators = document.children(one, "FLocat")
    if len(locators) != 1:
        wrong("FGS-FILE-FLOCAT", one)
    _locators(document, one, locators)


def _locators(document: Document, one: Any, locators: list[Any]) -> None:
    wrong = document.wrong
    for locator in locators:
        if not locator.get("LOCTYPE", "").strip():
            wrong("FGS-FILE-LOCTYPE", locator, "LOCTYPE")
        if not locator.get(f"{XLINK}href", "").strip():
            wrong("FGS-FILE-HREF", locator, "xlink:href")
        found = document.claim(locator, one)
        if found is not None and not _PLAIN.fullmatch(found.path):
            wrong("FGS-FILE-NAME", locator, "xlink:href")


def _name(agent: Any) -> str:
    return str(agent.findtext(f"{METS}name") or "").strip()


def _notes(agent: Any) -> list[str]:
    return [str(one.text or "").strip() for one in agent.findall(f"{METS}note")]
