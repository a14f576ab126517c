"""Rules about a METS document's metadata and file sections: CSIP17–CSIP79, CSIP113 and CSIP114, SIP32–SIP35."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flows.archive.check.document import Document
from flows.archive.check.values import CSIP, MDTYPES, SIP, content_types
from flows.keep.check.values import HEX_DIGITS, METS, XLINK, is_checksum, is_mime, is_size, is_time
from schemas.codes.eark import FIRST_OF, REFERENCE

_STATUS = frozenset({"CURRENT", "SUPERSEDED"})
_OF_SECTION: Final = {
    "dmdSec": ("CSIP18", "CSIP20", "CSIP21"),
    "digiprovMD": ("CSIP33", "CSIP34", "CSIP35"),
    "rightsMD": ("CSIP46", "CSIP47", "CSIP48"),
}
"""Rules about a section's ID, its status, and that it refers to a file."""
_FACTS: Final[tuple[tuple[str, str, Callable[[Any], bool]], ...]] = (
    ("ID", "CSIP67", lambda one: bool(one.get("ID", "").strip())),
    ("MIMETYPE", "CSIP68", lambda one: is_mime(one.get("MIMETYPE"))),
    ("SIZE", "CSIP69", lambda one: is_size(one.get("SIZE"))),
    ("CREATED", "CSIP70", lambda one: is_time(one.get("CREATED"))),
    ("CHECKSUM", "CSIP71", lambda one: is_checksum(one.get("CHECKSUM"), one.get("CHECKSUMTYPE"))),
    ("CHECKSUMTYPE", "CSIP72", lambda one: one.get("CHECKSUMTYPE", "").strip() in HEX_DIGITS),
)
"""What every file must say of itself."""
_USES = ("Documentation", "Schemas", "Representations", "Metadata")
_OPTIONAL: Final = (
    ("OWNERID", "CSIP73"),
    ("ADMID", "CSIP74"),
    ("DMDID", "CSIP75"),
)
_FORMAT: Final = (
    (("FILEFORMATNAME",), "SIP32"),
    (("FILEFORMATVERSION",), "SIP33"),
    (("FORMATREGISTRY", "FILEFORMATREGISTRY"), "SIP34"),
    (("FORMATREGISTRYKEY", "FILEFORMATKEY"), "SIP35"),
)
"""The last two have one name in the profile's text and another in the schema."""


def check_metadata(document: Document, *, descriptive: bool, preservation: bool) -> None:
    """CSIP17 to CSIP57. The flags say which metadata files the package has for this document."""
    root = document.root
    described = document.children(root, "dmdSec")
    if descriptive and not described:
        document.wrong("CSIP17", root)
    for one in described:
        if not is_time(one.get("CREATED")):
            document.wrong("CSIP19", one, "CREATED")
        _section(document, one, "dmdSec")
    administrative = document.children(root, "amdSec")
    if len(administrative) > 1 or (not administrative and (preservation or document.top)):
        document.wrong("CSIP31", administrative[1] if administrative else root)
    for section in administrative:
        for kind, code in (("digiprovMD", "CSIP32"), ("rightsMD", "CSIP45")):
            found = document.children(section, kind)
            if not found:
                document.wrong(code, section)
            for one in found:
                _section(document, one, kind)
        for one in (*document.children(section, "techMD"), *document.children(section, "sourceMD")):
            _claims(document, one)


def _section(document: Document, section: Any, kind: str) -> None:
    """A section's ID, status and reference to a file."""
    identity, status, pointer = _OF_SECTION[kind]
    if not section.get("ID", "").strip():
        document.wrong(identity, section, "ID")
    if section.get("STATUS", "").strip() not in _STATUS:
        document.wrong(status, section, "STATUS")
    references = document.children(section, "mdRef")
    if not references and not document.children(section, "mdWrap"):
        document.wrong(pointer, section)
    for one in references:
        _reference(document, one, FIRST_OF[kind])
    _claims(document, section)


def _claims(document: Document, section: Any) -> None:
    for one in document.children(section, "mdRef"):
        document.claim(one, one, metadata=one.get("MDTYPE", "OTHER"))


def _reference(document: Document, one: Any, first: int) -> None:
    """The nine attributes of a reference to a metadata file, in the order of their ids."""
    checks = {
        "LOCTYPE": one.get("LOCTYPE") == "URL",
        "type": one.get(f"{XLINK}type") == "simple",
        "href": bool(one.get(f"{XLINK}href", "").strip()),
        "MDTYPE": one.get("MDTYPE", "").strip() in MDTYPES,
        "MIMETYPE": is_mime(one.get("MIMETYPE")),
        "SIZE": is_size(one.get("SIZE")),
        "CREATED": is_time(one.get("CREATED")),
        "CHECKSUM": is_checksum(one.get("CHECKSUM"), one.get("CHECKSUMTYPE")),
        "CHECKSUMTYPE": one.get("CHECKSUMTYPE", "").strip() in HEX_DIGITS,
    }
    for at, name in enumerate(REFERENCE):
        if not checks[name]:
            document.wrong(f"CSIP{first + at}", one, f"xlink:{name}" if name in {"type", "href"} else name)


def check_files(document: Document) -> None:
    """CSIP58 to CSIP79, CSIP113, CSIP114; in a SIP also SIP32 to SIP35."""
    sections = document.children(document.root, "fileSec")
    if len(sections) != 1:
        document.wrong("CSIP58", sections[1] if sections else document.root)
    for section in sections:
        if not section.get("ID", "").strip():
            document.wrong("CSIP59", section, "ID")
        groups = list(section.iter(f"{METS}fileGrp"))
        if document.top:
            uses = [one.get("USE", "").strip() for one in groups]
            for wanted, code in (("Documentation", "CSIP60"), ("Schemas", "CSIP113"), ("Representations", "CSIP114")):
                if not any(one == wanted or one.startswith(f"{wanted}/") for one in uses):
                    document.wrong(code, section)
        for one in groups:
            _group(document, one)


def _group(document: Document, group: Any) -> None:
    use = group.get("USE", "").strip()
    if not _is_use(document, use):
        document.wrong("CSIP64", group, "USE")
    if not group.get("ID", "").strip():
        document.wrong("CSIP65", group, "ID")
    content = group.get(f"{CSIP}CONTENTINFORMATIONTYPE")
    missing = document.top and use.startswith("Representations") and content is None
    if missing or (content is not None and content.strip() not in content_types(document.schemas)):
        document.wrong("CSIP62", group, "csip:CONTENTINFORMATIONTYPE")
    if content == "OTHER" and not group.get(f"{CSIP}OTHERCONTENTINFORMATIONTYPE", "").strip():
        document.wrong("CSIP63", group, "csip:OTHERCONTENTINFORMATIONTYPE")
    if group.get("ADMID") is None:
        document.wrong("CSIP61", group, "ADMID")
    document.references(group, "ADMID")
    files = document.children(group, "file")
    if not files and not document.children(group, "fileGrp"):
        document.wrong("CSIP66", group)
    for one in files:
        _file(document, one)


def _is_use(document: Document, use: str) -> bool:
    """CSIP64: a folder of the package, by a word of the vocabulary; case does not count, for the word has a capital."""
    if not document.top and not use.startswith("Representations/"):
        # A representation may name its own folders.
        return bool(use)
    return use.partition("/")[0] in _USES and use.rstrip("/").lower() in document.folders


def _file(document: Document, one: Any) -> None:
    wrong = document.wrong
    for name, code, good in _FACTS:
        if not good(one):
            wrong(code, one, name)
    for name, code in _OPTIONAL:
        if one.get(name) is None:
            wrong(code, one, name)
        elif name != "OWNERID":
            document.references(one, name)
    if document.sip:
        for names, code in _FORMAT:
            if not any(one.get(SIP + name) for name in names):
                wrong(code, one, f"sip:{names[0]}")
    locators = document.children(one, "FLocat")
    if len(locators) != 1:
        wrong("CSIP76", one)
    _locators(document, one, locators)


def _locators(document: Document, one: Any, locators: list[Any]) -> None:
    """CSIP77 to CSIP79."""
    wrong = document.wrong
    for locator in locators:
        if locator.get("LOCTYPE") != "URL":
            wrong("CSIP77", locator, "LOCTYPE")
        if locator.get(f"{XLINK}type") != "simple":
            wrong("CSIP78", locator, "xlink:type")
        if not locator.get(f"{XLINK}href", "").strip():
            wrong("CSIP79", locator, "xlink:href")
        document.claim(locator, one)
