"""Packages by FGS Paketstruktur 1.2 that break one rule each: name → (how, the code it must give)."""

from __future__ import annotations

from typing import Final

from lxml import etree

from tests.archive.check.breaking import (
    FILE,
    HEADER_AT,
    Break,
    both,
    bytes_of,
    dropped,
    given,
    gone,
    raw,
    said,
    without,
    written,
)
from tests.archive.check.building import EXT, XLINK, M

_A: Final = "//m:agent[@ROLE='ARCHIVIST'][@TYPE='ORGANIZATION']"
_S: Final = "//m:agent[@ROLE='ARCHIVIST'][@TYPE='OTHER']"
_C: Final = "//m:agent[@ROLE='CREATOR']"

FGS12: Final[dict[str, tuple[Break, str]]] = {
    "no OBJID": (without("/m:mets", "OBJID"), "FGS-OBJID"),
    "no TYPE": (without("/m:mets", "TYPE"), "FGS-TYPE"),
    "TYPE of FGS 2.0": (given("/m:mets", "TYPE", "Datasets"), "FGS-TYPE"),
    "no PROFILE": (without("/m:mets", "PROFILE"), "FGS-PROFILE"),
    "no label": (without("/m:mets", "LABEL"), "FGS-LABEL"),
    "no header": (gone(HEADER_AT), "FGS-HEADER"),
    "no CREATEDATE": (without(HEADER_AT, "CREATEDATE"), "FGS-CREATEDATE"),
    "unknown RECORDSTATUS": (given(HEADER_AT, "RECORDSTATUS", "OLD"), "FGS-RECORDSTATUS"),
    "no OAISSTATUS": (without(HEADER_AT, f"{EXT}OAISSTATUS"), "FGS-OAISSTATUS"),
    "unknown OAISSTATUS": (given(HEADER_AT, f"{EXT}OAISSTATUS", "PIP"), "FGS-OAISSTATUS"),
    "two agents": (gone(_C), "FGS-AGENTS"),
    "agent of no role": (given(_C, "ROLE", "SENDER"), "FGS-AGENT-WORDS"),
    "agent without name": (said(f"{_C}/m:name", ""), "FGS-AGENT-NAME"),
    "no archive creator": (given(_A, "ROLE", "EDITOR"), "FGS-CREATOR"),
    "archive creator without code": (gone(f"{_A}/m:note"), "FGS-CREATOR-NOTE"),
    "archive creator's code without prefix": (said(f"{_A}/m:note", "212000-0001"), "FGS-CREATOR-NOTE"),
    "no source system": (given(_S, "ROLE", "EDITOR"), "FGS-SYSTEM"),
    "source system without version": (said(f"{_S}/m:note", " "), "FGS-SYSTEM-NOTE"),
    "no submitter": (given(_C, "ROLE", "EDITOR"), "FGS-SUBMITTER"),
    "submitter without code": (gone(f"{_C}/m:note"), "FGS-SUBMITTER-NOTE"),
    "no altRecordID": (gone("//m:altRecordID"), "FGS-ALTRECORDID"),
    "altRecordID of no type": (given("//m:altRecordID", "TYPE", "DNR"), "FGS-ALTRECORDID"),
    "no agreement": (given("//m:altRecordID", "TYPE", "REFERENCECODE"), "FGS-AGREEMENT"),
    "agreement without day": (said("//m:altRecordID", "RA 13-2011/5329"), "FGS-AGREEMENT-FORM"),
    "unknown APPRAISAL": (given("/m:mets", f"{EXT}APPRAISAL", "Ja"), "FGS-EXTENSION"),
    "STARTDATE with a time": (given("/m:mets", f"{EXT}STARTDATE", "2026-01-01T00:00:00"), "FGS-EXTENSION"),
    "unknown ACCESSRESTRICT": (given("/m:mets", f"{EXT}ACCESSRESTRICT", "OSL"), "FGS-EXTENSION"),
    "unknown format registry": (given(FILE, f"{EXT}FORMATREGISTRY", "DROID"), "FGS-EXTENSION"),
    "no files": (gone("//m:fileSec"), "FGS-FILES"),
    "file without ID": (without(FILE, "ID"), "FGS-FILE-ID"),
    "file without MIMETYPE": (without(FILE, "MIMETYPE"), "FGS-FILE-MIMETYPE"),
    "file without SIZE": (without(FILE, "SIZE"), "FGS-FILE-SIZE"),
    "file without CREATED": (without(FILE, "CREATED"), "FGS-FILE-CREATED"),
    "file without checksum": (both(without(FILE, "CHECKSUM"), without(FILE, "CHECKSUMTYPE")), "FGS-FILE-CHECKSUM"),
    "file with a short checksum": (given(FILE, "CHECKSUM", "beef"), "FGS-FILE-CHECKSUM-FORM"),
    "file with an unknown checksum": (given(FILE, "CHECKSUMTYPE", "CRC32"), "FGS-FILE-CHECKSUM-FORM"),
    "file without place": (gone(f"{FILE}/m:FLocat"), "FGS-FILE-FLOCAT"),
    "place without LOCTYPE": (without(f"{FILE}/m:FLocat", "LOCTYPE"), "FGS-FILE-LOCTYPE"),
    "place without href": (without(f"{FILE}/m:FLocat", f"{XLINK}href"), "FGS-FILE-HREF"),
    "name with å": (
        both(
            given("//m:file[2]/m:FLocat", f"{XLINK}href", "file:///content/rep1/båt.txt"),
            dropped("content/rep1/bild.txt"),
            bytes_of("content/rep1/båt.txt", b"Bild"),
        ),
        "FGS-FILE-NAME",
    ),
    "metadata file without type": (
        lambda built: built.find("//m:metsHdr").addnext(
            etree.fromstring(
                f'<amdSec xmlns="{M[1:-1]}" xmlns:xlink="{XLINK[1:-1]}"><digiprovMD ID="d">'
                '<mdRef LOCTYPE="URL" xlink:href="file:///metadata/premis.xml"/></digiprovMD></amdSec>'
            )
        ),
        "FGS-MDREF",
    ),
    "no structMap": (gone("//m:structMap"), "FGS-STRUCTMAP"),
    "no content": (dropped("content/"), "FGS-CONTENT"),
    "file missing": (dropped("content/rep1/bild.txt"), "BV-FILE-MISSING"),
    "file unlisted": (bytes_of("content/x.txt", b""), "BV-FILE-UNLISTED"),
    "file changed": (bytes_of("content/rep1/bild.txt", b"bild"), "BV-DIGEST"),
    "file longer": (bytes_of("content/rep1/bild.txt", b"bildbild"), "BV-SIZE"),
    "METS against its schema": (given(FILE, "ADMID", "1 2"), "BV-XSD-METS"),
    "extension against its schema": (given(HEADER_AT, f"{EXT}AGREEMENTFORM", "GÅVA"), "BV-XSD-METS"),
    "case file against its schema": (
        written(
            "content/rep1/arende.xml",
            b'<Leveransobjekt xmlns="http://xml.ra.se/e-arkiv/FGS-ERMS"><X/></Leveransobjekt>',
        ),
        "BV-XSD-ARENDE",
    ),
    "case file's appendix not there": (
        lambda built: built.write(
            "content/rep1/arende.xml", built.files["content/rep1/arende.xml"].replace(b"bild.txt", b"bild.png")
        ),
        "BV-APPENDIX",
    ),
    "METS that breaks off": (raw("sip.xml", b"<mets"), "BV-XML-FORM"),
}
