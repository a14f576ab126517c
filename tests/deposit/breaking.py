"""Ways to break a package for KB, each against one rule: name → (how, the code it must give, the place)."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

from lxml import etree

M: Final = "{http://www.loc.gov/METS/}"
MODS: Final = "{http://www.loc.gov/mods/v3}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"
NS: Final = {"m": M[1:-1], "o": MODS[1:-1], "x": XLINK[1:-1]}

Break = Callable[[Any], None]
Fault = tuple[Break, str, str]


def one(root: Any, path: str) -> Any:
    """The first element at an XPath."""
    found = root.xpath(path, namespaces=NS)
    assert found, path
    return found[0]


def without(path: str, *attributes: str) -> Break:
    """Take attributes away."""

    def act(root: Any) -> None:
        for attribute in attributes:
            one(root, path).attrib.pop(attribute)

    return act


def given(path: str, attribute: str, value: str) -> Break:
    """Give an attribute another value."""
    return lambda root: one(root, path).set(attribute, value)


def gone(path: str) -> Break:
    """Take an element away."""

    def act(root: Any) -> None:
        element = one(root, path)
        element.getparent().remove(element)

    return act


def said(path: str, text: str) -> Break:
    """Give an element another text."""

    def act(root: Any) -> None:
        one(root, path).text = text

    return act


def again(path: str) -> Break:
    """Put an element there twice."""

    def act(root: Any) -> None:
        element = one(root, path)
        element.addnext(deepcopy(element))

    return act


def added(path: str, name: str, **attributes: str) -> Break:
    """Put an element into another, last."""

    def act(root: Any) -> None:
        etree.SubElement(one(root, path), name, attributes)

    return act


def nested(path: str, *names: str, text: str) -> Break:
    """Put an element into another, last, and others into each other in it; the innermost has a text."""

    def act(root: Any) -> None:
        element = one(root, path)
        for name in names:
            element = etree.SubElement(element, name)
        element.text = text

    return act


def emptied(path: str) -> Break:
    """Take everything out of an element."""

    def act(root: Any) -> None:
        del one(root, path)[:]

    return act


HEADER: Final = "m:metsHdr"
ARCHIVIST: Final = "//m:agent[@ROLE='ARCHIVIST'][@TYPE='ORGANIZATION']"
CREATOR: Final = "//m:agent[@ROLE='CREATOR']"
SOFTWARE: Final = "//m:agent[@OTHERTYPE]"
THE_MODS: Final = "//o:mods"
FILE: Final = "//m:file[m:FLocat/@x:href='file:film.mp4']"
MAP: Final = "m:structMap"
PUBLICATION: Final = "//m:div[@TYPE='publication']"

ROOT_FAULTS: Final[dict[str, Fault]] = {
    "no id": (without(".", "OBJID"), "KB-OBJID", "mets/@OBJID"),
    "empty id": (given(".", "OBJID", " "), "KB-OBJID", "mets/@OBJID"),
    "no type": (without(".", "TYPE"), "KB-TYPE", "mets/@TYPE"),
    "false type": (given(".", "TYPE", "sip"), "KB-TYPE", "mets/@TYPE"),
    "an AIP": (given(".", "TYPE", "AIP"), "KB-TYPE-SIP*", "mets/@TYPE"),
    "no profile": (without(".", "PROFILE"), "KB-PROFILE", "mets/@PROFILE"),
    "another profile": (given(".", "PROFILE", "https://earksip.dilcis.eu/x.xml"), "KB-PROFILE", "mets/@PROFILE"),
    "no header": (gone(HEADER), "KB-HEADER", "mets"),
    "two headers": (again(HEADER), "KB-HEADER", "metsHdr"),
    "no time": (without(HEADER, "CREATEDATE"), "KB-CREATEDATE", "metsHdr/@CREATEDATE"),
    "no such day": (given(HEADER, "CREATEDATE", "2026-02-30T10:00:00Z"), "KB-CREATEDATE", "metsHdr/@CREATEDATE"),
    "a day alone": (given(HEADER, "CREATEDATE", "2026-02-20"), "KB-CREATEDATE", "metsHdr/@CREATEDATE"),
    "false status": (given(HEADER, "RECORDSTATUS", "DELETE"), "KB-RECORDSTATUS", "metsHdr/@RECORDSTATUS"),
}
AGENT_FAULTS: Final[dict[str, Fault]] = {
    "no archivist": (gone(ARCHIVIST), "KB-ARCHIVIST", "metsHdr"),
    "two agents": (gone(ARCHIVIST), "KB-AGENTS", "metsHdr"),
    "no creator": (gone(CREATOR), "KB-CREATOR", "metsHdr"),
    "no software": (gone(SOFTWARE), "KB-SOFTWARE", "metsHdr"),
    "no role": (without(CREATOR, "ROLE"), "KB-AGENT-ROLE", "agent/@ROLE"),
    "false role": (given(CREATOR, "ROLE", "DELIVERER"), "KB-AGENT-ROLE", "agent/@ROLE"),
    "creator is an editor": (given(CREATOR, "ROLE", "EDITOR"), "KB-CREATOR", "metsHdr"),
    "no agent type": (without(CREATOR, "TYPE"), "KB-AGENT-TYPE", "agent/@TYPE"),
    "spelled with S": (given(CREATOR, "TYPE", "ORGANISATION"), "KB-AGENT-TYPE", "agent/@TYPE"),
    "archivist is a person": (given(ARCHIVIST, "TYPE", "INDIVIDUAL"), "KB-ARCHIVIST", "metsHdr"),
    "no othertype": (without(SOFTWARE, "OTHERTYPE"), "KB-SOFTWARE", "metsHdr"),
    "false othertype": (given(SOFTWARE, "OTHERTYPE", "SYSTEM"), "KB-AGENT-OTHERTYPE", "agent/@OTHERTYPE"),
    "no name": (gone(f"{CREATOR}/m:name"), "KB-AGENT-NAME", "metsHdr/agent"),
    "empty name": (said(f"{SOFTWARE}/m:name", " \n"), "KB-AGENT-NAME", "metsHdr/agent"),
    "two names": (again(f"{ARCHIVIST}/m:name"), "KB-AGENT-NAME", "metsHdr/agent"),
    "no address of the archivist": (gone(f"{ARCHIVIST}/m:note"), "KB-AGENT-URI*", "metsHdr/agent"),
    "false address of the creator": (said(f"{CREATOR}/m:note", "URI:SE212"), "KB-AGENT-URI*", "metsHdr/agent"),
    "organisation number with hyphen": (
        said(f"{CREATOR}/m:note", "URI:http://id.kb.se/organisations/SE212000-0001"),
        "KB-AGENT-URI*",
        "metsHdr/agent",
    ),
}


def _alt(kind: str) -> str:
    return f"//m:altRecordID[@TYPE='{kind}']"


RECORD_FAULTS: Final[dict[str, Fault]] = {
    "two ids": (gone(_alt("DELIVERYTYPE")), "KB-ALTRECORDIDS", "metsHdr"),
    "no delivery type": (gone(_alt("DELIVERYTYPE")), "KB-DELIVERYTYPE", "metsHdr"),
    "false delivery type": (said(_alt("DELIVERYTYPE"), "PLIKT"), "KB-DELIVERYTYPE", "altRecordID"),
    "two delivery types": (again(_alt("DELIVERYTYPE")), "KB-DELIVERYTYPE", "altRecordID"),
    "untyped delivery type": (without(_alt("DELIVERYTYPE"), "TYPE"), "KB-DELIVERYTYPE", "metsHdr"),
    "false id type": (given(_alt("DELIVERYTYPE"), "TYPE", "DELIVERY"), "KB-ALTRECORDID-TYPE", "altRecordID/@TYPE"),
    "no specification": (gone(_alt("DELIVERYSPECIFICATION")), "KB-DELIVERYSPECIFICATION", "metsHdr"),
    "empty specification": (said(_alt("DELIVERYSPECIFICATION"), ""), "KB-DELIVERYSPECIFICATION", "altRecordID"),
    "specification is no address": (said(_alt("DELIVERYSPECIFICATION"), "v1"), "KB-ALTRECORDID-URI*", "altRecordID"),
    "no agreement": (gone(_alt("SUBMISSIONAGREEMENT")), "KB-SUBMISSIONAGREEMENT", "metsHdr"),
    "empty agreement": (said(_alt("SUBMISSIONAGREEMENT"), " "), "KB-SUBMISSIONAGREEMENT", "altRecordID"),
    "agreement is no address": (said(_alt("SUBMISSIONAGREEMENT"), "avtal 7"), "KB-ALTRECORDID-URI*", "altRecordID"),
}


def _all_dmd(root: Any) -> None:
    for element in root.findall(f"{M}dmdSec"):
        root.remove(element)


MODS_FAULTS: Final[dict[str, Fault]] = {
    "no description": (_all_dmd, "KB-DMDSEC", "mets"),
    "description without id": (without("m:dmdSec", "ID"), "KB-DMDSEC-ID", "dmdSec/@ID"),
    "description is empty": (gone("m:dmdSec/m:mdWrap"), "KB-MDWRAP", "dmdSec"),
    "no xmlData": (gone("m:dmdSec/m:mdWrap/m:xmlData"), "KB-MDWRAP", "mdWrap"),
    "nothing in xmlData": (gone(THE_MODS), "KB-MDWRAP", "mdWrap"),
    "no publication": (gone(THE_MODS), "KB-MODS", "dmdSec"),
    "no MDTYPE": (without("m:dmdSec/m:mdWrap", "MDTYPE"), "KB-MDTYPE", "mdWrap/@MDTYPE"),
    "false MDTYPE": (given("m:dmdSec/m:mdWrap", "MDTYPE", "DC"), "KB-MDTYPE", "mdWrap/@MDTYPE"),
    "two publications": (again(THE_MODS), "KB-MODS-MANY*", "xmlData/mods"),
    "empty identifier": (said(f"{THE_MODS}/o:identifier", ""), "R101", "mods/identifier"),
    "no location": (gone(f"{THE_MODS}/o:location"), "R102", "mods"),
    "no scheme": (said("//o:url", "www.kommun.example/film"), "R102", "location/url"),
    "another scheme": (said("//o:url", "file:///film.mp4"), "R102", "location/url"),
    "address with blanks": (said("//o:url", "https://a.example/a b"), "R102", "location/url"),
    "too short an address": (said("//o:url", "http://a"), "R102", "location/url"),
    "empty address": (said("//o:url", ""), "R102", "location/url"),
    "no primary address": (without("//o:url", "usage"), "KB-URL-PRIMARY*", "url/@usage"),
    "false usage": (given("//o:url", "usage", "main"), "KB-URL-WORDS", "url/@usage"),
    "no date": (gone("//o:dateIssued"), "KB-DATEISSUED", "mods"),
    "no originInfo": (gone("//o:originInfo"), "KB-DATEISSUED", "mods"),
    "two dates": (again("//o:dateIssued"), "KB-DATEISSUED", "originInfo"),
    "no encoding": (without("//o:dateIssued", "encoding"), "KB-DATEISSUED-ENCODING", "dateIssued/@encoding"),
    "another encoding": (given("//o:dateIssued", "encoding", "iso8601"), "KB-DATEISSUED-ENCODING", "dateIssued"),
    "empty date": (said("//o:dateIssued", ""), "KB-DATEISSUED-FORM", "dateIssued"),
    "a Swedish date": (said("//o:dateIssued", "22 november 2026"), "KB-DATEISSUED-FORM", "dateIssued"),
    "no such date": (said("//o:dateIssued", "2026-02-29"), "KB-DATEISSUED-FORM", "dateIssued"),
    "time without zone": (said("//o:dateIssued", "2026-02-28T10:00:00"), "KB-DATEISSUED-FORM", "dateIssued"),
    "no titleInfo": (gone(f"{THE_MODS}/o:titleInfo"), "KB-TITLE", "mods"),
    "no title": (gone(f"{THE_MODS}/o:titleInfo/o:title"), "KB-TITLE", "mods"),
    "empty title": (said(f"{THE_MODS}/o:titleInfo/o:title", " "), "KB-TITLE", "titleInfo/title"),
    "no access": (gone("//o:accessCondition[not(@type)]"), "R107", "mods"),
    "false access": (said("//o:accessCondition", "free"), "R107", "accessCondition"),
    "Capital access": (said("//o:accessCondition", "Gratis"), "R107", "accessCondition"),
    "false access type": (given("//o:accessCondition[@type]", "type", "licence"), "R108", "accessCondition/@type"),
    "false relation": (given("//o:relatedItem", "type", "parent"), "KB-RELATED", "relatedItem/@type"),
    "relation to nothing": (added(THE_MODS, f"{MODS}relatedItem"), "KB-RELATED-EMPTY*", "relatedItem"),
    "false type of resource": (said("//o:typeOfResource", "film"), "KB-TYPEOFRESOURCE", "typeOfResource"),
    "false media type": (
        nested(THE_MODS, f"{MODS}physicalDescription", f"{MODS}internetMediaType", text="mp4"),
        "KB-MEDIATYPE",
        "internetMediaType",
    ),
    "two-letter language": (said("//o:languageTerm", "sv"), "KB-LANGUAGE*", "languageTerm"),
    "no languageTerm": (gone("//o:languageTerm"), "KB-LANGUAGE-TERM", "mods/language"),
    "false authority": (given("//o:languageTerm", "authority", "iso639-1"), "KB-LANGUAGE-AUTHORITY", "@authority"),
}


def _no_identifiers(root: Any) -> None:
    mods = one(root, THE_MODS)
    for element in mods.findall(f"{MODS}identifier"):
        mods.remove(element)


MODS_FAULTS["no identifier"] = (_no_identifiers, "R101", "mods")

FILE_FAULTS: Final[dict[str, Fault]] = {
    "no files": (gone("m:fileSec"), "KB-FILES", "mets"),
    "no file in the group": (emptied("//m:fileGrp"), "KB-FILES", "fileSec"),
    "an element of another sort": (added(FILE, "{urn:x}a"), "KB-ELEMENT", "file/a"),
    "sections in another order": (
        lambda root: root.insert(1, one(root, "m:fileSec")),
        "KB-ELEMENT",
        "mets/dmdSec",
    ),
    "two file sections": (again("m:fileSec"), "KB-ELEMENT", "mets/fileSec"),
    "an attribute of another sort": (given(FILE, "FORMAT", "mp4"), "KB-ATTRIBUTE", "file[@ID='fil-001']/@FORMAT"),
    "an attribute of METS in MODS": (given("//o:title", "OBJID", "1"), "KB-ATTRIBUTE", "title/@OBJID"),
    "loose text": (said("m:fileSec", "film"), "KB-TEXT", "mets/fileSec"),
    "loose text in MODS": (said("//o:location", "film"), "KB-TEXT", "mods/location"),
    "an element in a title": (nested("//o:title", "{urn:x}b", text="x"), "KB-ELEMENT", "title/b"),
    "no file id": (without(FILE, "ID"), "KB-FILE-ID", "file/@ID"),
    "file id is no name": (given(FILE, "ID", "1 fil"), "KB-ID", "file"),
    "file id twice": (again(FILE), "BV-ID-TWICE", "file"),
    "no media type": (without(FILE, "MIMETYPE"), "KB-FILE-MIMETYPE", "file[@ID='fil-001']/@MIMETYPE"),
    "false media type of a file": (given(FILE, "MIMETYPE", "mp4"), "KB-FILE-MIMETYPE", "@MIMETYPE"),
    "no size": (without(FILE, "SIZE"), "KB-FILE-SIZE", "@SIZE"),
    "negative size": (given(FILE, "SIZE", "-4"), "KB-FILE-SIZE", "@SIZE"),
    "another size": (given(FILE, "SIZE", "5"), "BV-SIZE", "→ film.mp4"),
    "size 0": (given(FILE, "SIZE", "0"), "KB-FILE-EMPTY*", "@SIZE"),
    "no creation time": (without(FILE, "CREATED"), "KB-FILE-CREATED", "@CREATED"),
    "false creation time": (given(FILE, "CREATED", "i går"), "KB-FILE-CREATED", "@CREATED"),
    "no use": (without(FILE, "USE"), "KB-FILE-USE", "@USE"),
    "empty use": (given(FILE, "USE", ""), "KB-FILE-USE", "@USE"),
    "no PRONOM": (given(FILE, "USE", "MPEG-4 Media File"), "KB-FILE-PRONOM*", "@USE"),
    "false PRONOM": (given(FILE, "USE", "MPEG-4;PRONOM:199"), "KB-FILE-PRONOM*", "@USE"),
    "checksum without type": (without(FILE, "CHECKSUMTYPE"), "KB-FILE-CHECKSUMTYPE", "@CHECKSUMTYPE"),
    "false checksum type": (given(FILE, "CHECKSUMTYPE", "sha256"), "KB-FILE-CHECKSUMTYPE", "@CHECKSUMTYPE"),
    "type without checksum": (without(FILE, "CHECKSUM"), "KB-FILE-CHECKSUM-FORM", "@CHECKSUM"),
    "too short a checksum": (given(FILE, "CHECKSUM", "abc"), "KB-FILE-CHECKSUM-FORM", "@CHECKSUM"),
    "checksum of another type": (given(FILE, "CHECKSUMTYPE", "MD5"), "KB-FILE-CHECKSUM-FORM", "@CHECKSUM"),
    "another checksum": (given(FILE, "CHECKSUM", "0" * 64), "BV-DIGEST", "→ film.mp4"),
    "no checksum at all": (without(FILE, "CHECKSUM", "CHECKSUMTYPE"), "KB-FILE-CHECKSUM*", "@CHECKSUM"),
    "no FLocat": (gone(f"{FILE}/m:FLocat"), "KB-FLOCAT", "file"),
    "two FLocat": (again(f"{FILE}/m:FLocat"), "KB-FLOCAT", "file"),
    "no LOCTYPE": (without(f"{FILE}/m:FLocat", "LOCTYPE"), "KB-LOCTYPE", "FLocat/@LOCTYPE"),
    "false LOCTYPE": (given(f"{FILE}/m:FLocat", "LOCTYPE", "FILE"), "KB-LOCTYPE", "FLocat/@LOCTYPE"),
    "false xlink:type": (given(f"{FILE}/m:FLocat", f"{XLINK}type", "locator"), "KB-XLINK-TYPE", "FLocat"),
    "no href": (without(f"{FILE}/m:FLocat", f"{XLINK}href"), "KB-HREF", "FLocat/@xlink:href"),
    "href is file: alone": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "file:"), "KB-HREF", "@xlink:href"),
    "href without file:": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "film.mp4"), "KB-HREF-FILE", "@xlink:href"),
    "href of the web": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "https://a/x"), "KB-HREF-FILE", "@xlink:href"),
    "href to nothing": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "file:x.mp4"), "BV-FILE-MISSING", "→ x.mp4"),
    "a file nobody lists": (gone(FILE), "BV-FILE-UNLISTED", "film.mp4"),
    "out of the package": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "file:../../x"), "BV-HREF-OUTSIDE", "@xlink:href"),
    "out, encoded": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "file:%2e%2e/x"), "BV-HREF-OUTSIDE", "@xlink:href"),
    "absolute": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "file:/etc/passwd"), "BV-HREF-OUTSIDE", "@xlink:href"),
    "another host": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "file://h/film.mp4"), "BV-HREF-OUTSIDE", "@xlink:href"),
    "backslashes": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "file:a\\b"), "BV-HREF-BACKSLASH*", "@xlink:href"),
    "name that is not plain": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "file:å.mp4"), "KB-FILE-NAME*", "FLocat"),
    "transform without order": (
        added(FILE, f"{M}transformFile", TRANSFORMTYPE="decompression", TRANSFORMALGORITHM="gzip"),
        "KB-TRANSFORM",
        "transformFile",
    ),
    "encrypted": (
        added(FILE, f"{M}transformFile", TRANSFORMTYPE="decryption", TRANSFORMALGORITHM="AES", TRANSFORMORDER="1"),
        "KB-ENCRYPTED*",
        "transformFile",
    ),
    "reference to no section": (given(FILE, "ADMID", "inget"), "BV-REFERENCE", "file[@ID='fil-001']/@ADMID"),
}


def _captions_in_publication(root: Any) -> None:
    one(root, PUBLICATION).append(one(root, "//m:div[@TYPE='supplement']/m:fptr"))
    one(root, PUBLICATION).getparent().remove(one(root, "//m:div[@TYPE='supplement']"))


MAP_FAULTS: Final[dict[str, Fault]] = {
    "no map": (gone(MAP), "KB-STRUCTMAP", "mets"),
    "no map type": (without(MAP, "TYPE"), "KB-STRUCTMAP-TYPE", "structMap/@TYPE"),
    "logical map": (given(MAP, "TYPE", "logical"), "KB-STRUCTMAP-TYPE", "structMap/@TYPE"),
    "no div": (gone(f"{MAP}/m:div"), "KB-DIV-FILES", "structMap"),
    "two divs": (again(f"{MAP}/m:div"), "KB-DIV-FILES", "structMap/div"),
    "untyped div": (without(f"{MAP}/m:div", "TYPE"), "KB-DIV-FILES", "structMap/div/@TYPE"),
    "no publication in the map": (gone(PUBLICATION), "KB-DIV-PUBLICATION", "structMap/div"),
    "false part": (given(PUBLICATION, "TYPE", "film"), "KB-DIV-PUBLICATION", "structMap/div"),
    "a part of another name": (given("//m:div[@TYPE='coverpicture']", "TYPE", "omslag"), "KB-DIV-TYPE*", "div/@TYPE"),
    "publication without files": (gone(f"{PUBLICATION}/m:fptr"), "KB-DIV-EMPTY", "div/div"),
    "no FILEID": (without(f"{PUBLICATION}/m:fptr", "FILEID"), "KB-FPTR", "fptr/@FILEID"),
    "pointer to nothing": (given(f"{PUBLICATION}/m:fptr", "FILEID", "fil-999"), "KB-FPTR", "fptr/@FILEID"),
    "pointer to a section": (given(f"{PUBLICATION}/m:fptr", "FILEID", "mods-001"), "KB-FPTR", "fptr/@FILEID"),
    "pointer twice": (again(f"{PUBLICATION}/m:fptr"), "KB-FPTR-TWICE*", "fptr/@FILEID"),
    "a file in no part": (gone("//m:div[@TYPE='supplement']"), "KB-FILE-ORPHAN", "file[@ID='fil-002']"),
    "captions as publication": (_captions_in_publication, "KB-CAPTIONS-PLACE*", "fptr/@FILEID"),
    "captions without language": (without("//m:div[@TYPE='supplement']", "DMDID"), "KB-CAPTIONS-LANGUAGE?", "@DMDID"),
    "part described by nothing": (given(PUBLICATION, "DMDID", "mods-009"), "BV-REFERENCE", "div/@DMDID"),
    "no name of the package": (without(".", "LABEL"), "KB-LABEL?", "mets/@LABEL"),
    "no host": (gone("//o:relatedItem[@type='host']"), "KB-HOST?", "mods"),
    "a test": (given(HEADER, "RECORDSTATUS", "TEST"), "KB-TEST?", "metsHdr/@RECORDSTATUS"),
}
FAULTS: Final[dict[str, Fault]] = {
    **ROOT_FAULTS,
    **AGENT_FAULTS,
    **RECORD_FAULTS,
    **MODS_FAULTS,
    **FILE_FAULTS,
    **MAP_FAULTS,
}
"""A ``*`` after the code: a warning; a ``?``: it is only told."""
