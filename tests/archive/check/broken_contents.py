"""E-ARK packages whose files or XML are wrong: name → (how, the code it must give)."""

from __future__ import annotations

from typing import Final

from tests.archive.check.breaking import (
    ARCHIVIST,
    FILE,
    NOTETYPE,
    Break,
    again,
    both,
    bytes_of,
    dropped,
    erms,
    given,
    raw,
    written,
)
from tests.archive.check.building import CSIP, ERMS, UUIDS, XLINK, M

LYING: Final[dict[str, tuple[Break, str]]] = {
    "no METS at the root": (dropped("METS.xml"), "CSIPSTR4"),
    "no metadata folder": (dropped("metadata/"), "CSIPSTR5"),
    "no representations folder": (dropped("representations/"), "CSIPSTR9"),
    "a file loose among the representations": (bytes_of("representations/x.txt", b"x"), "CSIPSTR10"),
    "no data folder": (dropped("representations/rep1/data/"), "CSIPSTR11"),
    "no METS in the representation": (dropped("representations/rep1/METS.xml"), "CSIPSTR12"),
    "no metadata in the representation": (dropped("representations/rep1/metadata/"), "CSIPSTR13"),
    "no schemas folder": (dropped("schemas/"), "CSIPSTR15"),
    "no documentation folder": (dropped("documentation/"), "CSIPSTR16"),
    "folder of another name": (given("/m:mets", "OBJID", "paket-2"), "CSIPSTR2"),
    "folder of another name, by CSIP": (given("/m:mets", "OBJID", "paket-2"), "CSIP1*"),
    "preservation metadata elsewhere": (
        both(
            given("//m:digiprovMD/m:mdRef", f"{XLINK}href", "documentation/las.txt"),
            dropped("metadata/preservation/"),
        ),
        "CSIPSTR6",
    ),
    "descriptive metadata elsewhere": (
        both(
            given("//m:dmdSec/m:mdRef", f"{XLINK}href", "metadata/other/rights.xml"), dropped("metadata/descriptive/")
        ),
        "CSIPSTR7",
    ),
    "file missing": (dropped("documentation/las.txt"), "BV-FILE-MISSING"),
    "file missing in the representation": (dropped("representations/rep1/data/bild.txt"), "BV-FILE-MISSING"),
    "PREMIS missing": (dropped("metadata/preservation/premis.xml"), "BV-FILE-MISSING"),
    "representation's METS missing": (dropped("representations/rep1/METS.xml"), "BV-FILE-MISSING"),
    "file missing, by CSIP": (dropped("documentation/las.txt"), "CSIP79"),
    "descriptive metadata missing, by CSIP": (dropped("metadata/descriptive/"), "CSIP24"),
    "PREMIS missing, by CSIP": (dropped("metadata/preservation/"), "CSIP38"),
    "representation's METS missing, by CSIP": (dropped("representations/rep1/METS.xml"), "CSIP110"),
    "size wrong, by CSIP": (bytes_of("documentation/las.txt", b"Text mer"), "CSIP69"),
    "size of descriptive metadata wrong, by CSIP": (bytes_of("metadata/descriptive/ead.xml", b""), "CSIP27"),
    "size of PREMIS wrong, by CSIP": (bytes_of("metadata/preservation/premis.xml", b"<x/>"), "CSIP41"),
    "checksum wrong, by CSIP": (bytes_of("documentation/las.txt", b"Test"), "CSIP71"),
    "checksum of descriptive metadata wrong, by CSIP": (bytes_of("metadata/descriptive/ead.xml", b"<oad/>"), "CSIP29"),
    "checksum of PREMIS wrong, by CSIP": (bytes_of("metadata/preservation/premis.xml", b"<x/>"), "CSIP43"),
    "representation's METS missing, by its div": (dropped("representations/rep1/METS.xml"), "CSIP107"),
    "PREMIS that nobody lists": (bytes_of("metadata/preservation/more.xml", b"<x/>"), "CSIP32"),
    "descriptive metadata that nobody lists": (bytes_of("metadata/descriptive/more.xml", b"<x/>"), "CSIP17"),
    "file that nobody lists": (bytes_of("documentation/extra.txt", b"x"), "BV-FILE-UNLISTED"),
    "hidden file that nobody lists": (bytes_of("representations/rep1/data/.hidden", b""), "BV-FILE-UNLISTED"),
    "file listed twice": (again("//m:file[@ID='file-doc']"), "BV-FILE-TWICE"),
    "file longer": (bytes_of("documentation/las.txt", b"Text mer"), "BV-SIZE"),
    "file empty": (bytes_of("representations/rep1/data/bild.txt", b""), "BV-SIZE"),
    "file changed": (bytes_of("documentation/las.txt", b"Test"), "BV-DIGEST"),
    "file changed in the representation": (bytes_of("representations/rep1/data/bild.txt", b"Bilt"), "BV-DIGEST"),
    "PREMIS changed": (bytes_of("metadata/preservation/premis.xml", b"<x/>"), "BV-DIGEST"),
    "representation's METS changed": (
        raw("representations/rep1/METS.xml", b"<mets xmlns='http://www.loc.gov/METS/'/>"),
        "BV-DIGEST",
    ),
    "checksum of another file": (given(FILE, "CHECKSUM", "0" * 64), "BV-DIGEST"),
    "weak checksum": (
        both(
            given(FILE, "CHECKSUMTYPE", "MD5"),
            given(FILE, "CHECKSUM", "9dffbf69ffba8bc38bc4e01abf4b1675"),
        ),
        "BV-DIGEST-WEAK",
    ),
    "checksum that nobody computes": (
        both(given(FILE, "CHECKSUMTYPE", "TIGER"), given(FILE, "CHECKSUM", "0" * 48)),
        "BV-DIGEST-KIND",
    ),
    "way out of the package": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "../../etc/passwd"), "BV-HREF-OUTSIDE"),
    "way out, encoded": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "%2e%2e/%2e%2e/x"), "BV-HREF-OUTSIDE"),
    "way from the root of the disk": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "/etc/passwd"), "BV-HREF-OUTSIDE"),
    "address on the web": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "https://example.org/x"), "BV-HREF-EXTERNAL"),
    "backslashes": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "documentation\\las.txt"), "BV-HREF-BACKSLASH"),
    "capitals": (given(f"{FILE}/m:FLocat", f"{XLINK}href", "documentation/LAS.txt"), "BV-HREF-NAME"),
    "ID twice elsewhere": (
        both(given("//m:metsHdr", "ID", "a"), given("//m:metsHdr/m:agent", "ID", "a")),
        "BV-ID-TWICE",
    ),
}

_ERMS_FILE: Final = "representations/rep1/data/ERMS.xml"
_PREMIS_FILE: Final = "metadata/preservation/premis.xml"

CONTENT: Final[dict[str, tuple[Break, str]]] = {
    "METS that breaks off": (raw("METS.xml", b"<mets xmlns='http://www.loc.gov/METS/'><metsHdr>"), "BV-XML-FORM"),
    "METS that is empty": (raw("METS.xml", b""), "BV-XML-FORM"),
    "METS that is no XML": (raw("METS.xml", b"\x89PNG\r\n\x1a\n" * 99), "BV-XML-FORM"),
    "METS with entities": (
        raw("METS.xml", b"<!DOCTYPE mets [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><mets>&c;</mets>"),
        "BV-XML-DOCTYPE",
    ),
    "METS with entities after a comment": (
        raw("METS.xml", b"<?xml version='1.0'?><!-- <mets> --><!DOCTYPE mets SYSTEM 'file:///etc/passwd'><mets/>"),
        "BV-XML-DOCTYPE",
    ),
    "METS with entities in UTF-16": (
        raw("METS.xml", "<!DOCTYPE mets [<!ENTITY a 'b'>]><mets>&a;</mets>".encode("utf-16")),
        "BV-XML-DOCTYPE",
    ),
    "METS in an odd encoding": (raw("METS.xml", b"<?xml version='1.0' encoding='UTF-7'?><mets/>"), "BV-XML-ENCODING"),
    "METS in UTF-32": (raw("METS.xml", "<mets/>".encode("utf-32")), "BV-XML-ENCODING"),
    "METS that is something else": (raw("METS.xml", b"<html/>"), "BV-METS"),
    "METS without its namespace": (raw("METS.xml", b"<mets OBJID='x'/>"), "BV-METS"),
    "METS nested without end": (raw("METS.xml", b"<a>" * 5_000), "BV-XML-FORM"),
    "representation's METS broken": (raw("representations/rep1/METS.xml", b"<mets"), "BV-XML-FORM"),
    "profile of nobody": (given("/m:mets", "PROFILE", "https://example.org/profile.xml"), "BV-PROFILE"),
    "METS with an unknown element": (
        lambda built: built.find("//m:metsHdr").append(built.find("//m:metsHdr").makeelement(f"{M}ord")),
        "BV-XSD-METS",
    ),
    "METS with an unknown note type": (given(f"{ARCHIVIST}/m:note", NOTETYPE, "KOD"), "BV-XSD-METS"),
    "METS with an unknown content type": (
        given("/m:mets", f"{CSIP}CONTENTINFORMATIONTYPE", "Sociala medier", rep=True),
        "BV-XSD-METS",
    ),
    "ERMS record without id": (erms("<objectId>1</objectId>", ""), "BV-XSD-ERMS"),
    "ERMS with an unknown aggregation": (erms('"caseFile"', '"arende"'), "BV-XSD-ERMS"),
    "ERMS that breaks off": (written(_ERMS_FILE, ERMS[:-20].encode()), "BV-XML-FORM"),
    "ERMS with entities": (
        written(_ERMS_FILE, ERMS.replace("<erms", "<!DOCTYPE erms [<!ENTITY a 'b'>]>\n<erms").encode()),
        "BV-ERMS-MISSING",
    ),
    "ERMS agent that does not say what": (
        erms('<agent agentType="creator"><name>Kommunen', '<agent agentType="other"><name>Kommunen'),
        "BV-SCHEMATRON",
    ),
    "ERMS aggregation of our own that does not say what": (
        erms('"caseFile"', '"own_aggregation_definition"'),
        "BV-SCHEMATRON",
    ),
    "ERMS record without date": (
        erms('<dates><date dateType="created">2026-01-02T00:00:00Z</date></dates>', ""),
        "ERMS135",
    ),
    "ERMS record with another date": (
        erms('dateType="created">2026-01-02', 'dateType="sent">2026-01-02'),
        "ERMS135",
    ),
    "ERMS aggregation without date": (
        erms('<dates><date dateType="created">2026-01-01T00:00:00Z</date></dates>', ""),
        "ERMS204",
    ),
    "ERMS aggregation without UUID": (erms(f'systemIdentifier="{UUIDS[0]}"', 'systemIdentifier="1"'), "ERMS199"),
    "ERMS record without UUID": (erms(f'systemIdentifier="{UUIDS[1]}"', 'systemIdentifier="1"'), "ERMS199"),
    "ERMS appendix that is not there": (erms("data/bild.txt", "data/bild.png"), "BV-APPENDIX"),
    "no ERMS": (written(_ERMS_FILE, b"<x/>"), "BV-ERMS-MISSING"),
    "PREMIS without object": (
        written(_PREMIS_FILE, b'<premis xmlns="http://www.loc.gov/premis/v3" version="3.0"/>'),
        "BV-XSD-PREMIS",
    ),
    "PREMIS that is no XML": (written(_PREMIS_FILE, b"premis"), "BV-XML-FORM"),
    "PREMIS with entities": (written(_PREMIS_FILE, b"<!DOCTYPE premis [<!ENTITY a 'b'>]><premis/>"), "BV-XML-DOCTYPE"),
}
