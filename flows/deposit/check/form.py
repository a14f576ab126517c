"""The form of METS and MODS where no schema is at hand: which elements stand where, in which order, with which attributes.

KB's schemas are its own and lie outside of the project; a package that breaks their structure is to be refused without
them all the same. What METS wraps is another's; of MODS the elements may stand in any order, as KB's schema for XML
Schema 1.1 has it.
"""

from __future__ import annotations

from typing import Any, Final

from flows.deposit.check.document import MODS, Document
from flows.keep.check.report import local
from flows.keep.check.values import METS, XLINK

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LINK = tuple(f"{XLINK}{name}" for name in ("type", "href", "role", "arcrole", "title", "show", "actuate"))
_PLACE = ("ID", "LOCTYPE", "OTHERLOCTYPE", *_LINK)
_CORE = _words("MIMETYPE SIZE CREATED CHECKSUM CHECKSUMTYPE")
_METADATA = ("ID", *_words("MDTYPE OTHERMDTYPE MDTYPEVERSION LABEL"), *_CORE)
_SECTION = (_words("mdRef mdWrap"), _words("ID GROUPID ADMID CREATED STATUS"))
_FORM: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "mets": (
        _words("metsHdr dmdSec amdSec fileSec structMap structLink behaviorSec"),
        _words("ID OBJID LABEL TYPE PROFILE"),
    ),
    "metsHdr": (_words("agent altRecordID metsDocumentID"), _words("ID ADMID CREATEDATE LASTMODDATE RECORDSTATUS")),
    "agent": (_words("name note"), _words("ID ROLE OTHERROLE TYPE OTHERTYPE")),
    "name": ((), ()),
    "note": ((), ()),
    "altRecordID": ((), ("ID", "TYPE")),
    "metsDocumentID": ((), ("ID", "TYPE")),
    "dmdSec": _SECTION,
    "amdSec": (_words("techMD rightsMD sourceMD digiprovMD"), ("ID",)),
    "techMD": _SECTION,
    "rightsMD": _SECTION,
    "sourceMD": _SECTION,
    "digiprovMD": _SECTION,
    "mdRef": ((), (*_PLACE, *_METADATA, "XPTR")),
    "mdWrap": (_words("binData xmlData"), _METADATA),
    "binData": ((), ()),
    "xmlData": ((), ()),
    "fileSec": (("fileGrp",), ("ID",)),
    "fileGrp": (_words("fileGrp file"), _words("ID VERSDATE ADMID USE")),
    "file": (
        _words("FLocat FContent stream transformFile file"),
        ("ID", *_CORE, *_words("SEQ OWNERID ADMID DMDID GROUPID USE BEGIN END BETYPE")),
    ),
    "FLocat": ((), (*_PLACE, "USE")),
    "FContent": (_words("binData xmlData"), ("ID", "USE")),
    "stream": ((), _words("ID streamType OWNERID ADMID DMDID BEGIN END BETYPE")),
    "transformFile": (
        (),
        _words("ID TRANSFORMTYPE TRANSFORMALGORITHM TRANSFORMKEY TRANSFORMBEHAVIOR TRANSFORMORDER"),
    ),
    "structMap": (("div",), _words("ID TYPE LABEL")),
    "div": (
        _words("mptr fptr div"),
        (*_words("ID ORDER ORDERLABEL LABEL DMDID ADMID TYPE CONTENTIDS"), f"{XLINK}label"),
    ),
    "mptr": ((), (*_PLACE, "CONTENTIDS")),
    "fptr": (_words("par seq area"), _words("ID FILEID CONTENTIDS")),
}
"""Element of METS → its children in their order, and its attributes. What is not here is not looked into."""
_ONCE: Final = frozenset(_words("metsDocumentID mdRef mdWrap binData xmlData fileSec FContent structLink"))
_UNORDERED: Final = frozenset(_words("dmdSec techMD rightsMD sourceMD digiprovMD"))
_TEXTS: Final = frozenset(_words("name note altRecordID metsDocumentID binData"))

_GROUP = frozenset(
    _words(
        "abstract accessCondition classification extension genre identifier language location name note originInfo part "
        "physicalDescription recordInfo relatedItem subject tableOfContents targetAudience titleInfo typeOfResource"
    )
)
_TITLE = frozenset(_words("title subTitle partNumber partName nonSort"))
_MODS_FORM: Final[dict[str, frozenset[str]]] = {
    "mods": _GROUP,
    "relatedItem": _GROUP,
    "language": frozenset(_words("languageTerm scriptTerm")),
    "location": frozenset(_words("physicalLocation shelfLocator url holdingSimple holdingExternal")),
    "originInfo": frozenset(
        _words(
            "place publisher dateIssued dateCreated dateCaptured dateValid dateModified copyrightDate dateOther edition "
            "issuance frequency"
        )
    ),
    "titleInfo": _TITLE,
    "name": frozenset(_words("namePart displayForm affiliation role description etal")),
    "role": frozenset(("roleTerm",)),
    "place": frozenset(("placeTerm",)),
    "physicalDescription": frozenset(
        _words("form reformattingQuality internetMediaType extent digitalOrigin note"),
    ),
}
"""Element of MODS that holds others alone → which."""
_MODS_TEXTS: Final = frozenset(
    _words(
        "abstract note classification genre identifier languageTerm scriptTerm url namePart displayForm affiliation roleTerm "
        "publisher dateIssued dateCreated dateCaptured dateValid dateModified dateOther edition issuance frequency title "
        "subTitle partNumber partName nonSort typeOfResource targetAudience tableOfContents topic internetMediaType "
        "digitalOrigin reformattingQuality placeTerm physicalLocation shelfLocator"
    )
)
"""Elements of MODS that hold text alone."""

_MODS_ATTRIBUTES: Final = frozenset(
    _words(
        "ID type displayLabel altRepGroup lang script transliteration authority authorityURI valueURI usage version "
        "encoding qualifier point keyDate supplied objectPart typeURI invalid shareable altFormat contentType edition "
        "generator dateLastAccessed note access nameTitleGroup eventType order level unit collection manuscript otherType "
        "{http://www.w3.org/XML/1998/namespace}lang"
    )
    + _LINK
)
"""Attributes that some element of MODS may have."""


def check_form(document: Document) -> None:
    """Tell what stands where it may not."""
    waiting = [document.root]
    while waiting:
        element = waiting.pop()
        waiting += _mets(document, element)
    for element in document.root.iterfind(f"{METS}dmdSec/{METS}mdWrap/{METS}xmlData//{MODS}*"):
        _mods(document, element)


def _mets(document: Document, element: Any) -> list[Any]:
    """One element of METS. Returns its children that are to be looked at."""
    name = local(element)
    order, attributes = _FORM[name]
    for attribute in element.attrib:
        if attribute not in attributes and not str(attribute).startswith(_XSI):
            document.wrong("KB-ATTRIBUTE", element, _plain(str(attribute)))
    if name not in _TEXTS and _has_text(element):
        document.wrong("KB-TEXT", element)
    if name == "xmlData":
        return []
    last = 0
    seen = set()
    going_on = []
    for child in element.iterchildren("*"):
        kind = local(child)
        if child.tag != f"{METS}{kind}" or kind not in order or (kind in _ONCE and kind in seen):
            document.wrong("KB-ELEMENT", child)
            continue
        seen.add(kind)
        if order.index(kind) < last and name not in _UNORDERED:
            document.wrong("KB-ELEMENT", child)
        last = max(last, order.index(kind))
        if kind in _FORM:
            going_on.append(child)
    return going_on


def _mods(document: Document, element: Any) -> None:
    name = local(element)
    for attribute in element.attrib:
        if attribute not in _MODS_ATTRIBUTES and not str(attribute).startswith(_XSI):
            document.wrong("KB-ATTRIBUTE", element, _plain(str(attribute)))
    if name in _MODS_TEXTS and len(element.findall("*")):
        document.wrong("KB-ELEMENT", element.find("*"))
    may_hold = _MODS_FORM.get(name)
    parent = element.getparent()
    if may_hold is None or (parent is not None and local(parent) == "subject"):
        return
    for child in element.iterchildren("*"):
        if child.tag != f"{MODS}{local(child)}" or local(child) not in may_hold:
            document.wrong("KB-ELEMENT", child)
    if _has_text(element):
        document.wrong("KB-TEXT", element)


def _has_text(element: Any) -> bool:
    """Text beside its children."""
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _plain(attribute: str) -> str:
    """An attribute's name without its namespace."""
    return attribute.rpartition("}")[2]
