"""Values in METS: what is a time, a size, a MIME type, a checksum, a term of a vocabulary."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

METS: Final = "{http://www.loc.gov/METS/}"
XLINK: Final = "{http://www.w3.org/1999/xlink}"
CSIP: Final = "{https://DILCIS.eu/XML/METS/CSIPExtensionMETS}"
SIP: Final = "{https://DILCIS.eu/XML/METS/SIPExtensionMETS}"
EXT: Final = "{ExtensionMETS}"

_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)?")
_SIZE = re.compile(r"\d{1,18}")
_NAME = re.compile(r"[^\W\d][\w.\-·]*")
_MIME = re.compile(
    r"(application|audio|font|haptics|image|message|model|multipart|text|video|example)/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*"
    r"(\s*;.*)?"
)
HEX_DIGITS: Final = {
    "MD5": 32,
    "SHA-1": 40,
    "SHA-256": 64,
    "SHA-384": 96,
    "SHA-512": 128,
    "CRC32": 8,
    "Adler-32": 8,
    "TIGER": 48,
    "WHIRLPOOL": 128,
    "HAVAL": 0,
    "MNP": 0,
}
"""Checksum types of METS 1.12 and the hexadecimal digits of each; 0 = several lengths."""
MDTYPES: Final = frozenset(
    {
        *("MARC", "MODS", "EAD", "DC", "NISOIMG", "LC-AV", "VRA", "TEIHDR", "DDI", "FGDC", "LOM", "PREMIS"),
        *("PREMIS:OBJECT", "PREMIS:AGENT", "PREMIS:RIGHTS", "PREMIS:EVENT", "TEXTMD", "METSRIGHTS"),
        *("ISO 19115:2003 NAP", "EAC-CPF", "LIDO", "OTHER"),
    }
)
"""Metadata types of METS 1.12."""

_CATEGORIES = (
    "Textual works – Print|Textual works – Digital|Textual works – Electronic Serials|"
    "Digital Musical Composition (score-based representations)|Photographs – Print|Photographs – Digital|"
    "Other Graphic Images – Print|Other Graphic Images – Digital|Microforms|"
    "Audio – On Tangible Medium (digital or analog)|Audio – Media-independent (digital)|"
    "Motion Pictures – Digital and Physical Media|Video – File-based and Physical Media|Software|"
    "Software and Video Games|Datasets|Databases|Websites|Web Archives|Collection|Event|Email|Geospatial Data|Image|"
    "Interactive resource|Moving image|Sound|Still image|Text|Physical object|Service|Mixed|Other|OTHER"
)
_CONTENT_TYPES = (
    "ERMS SIARD1 SIARD2 SIARDDK GeoData citcarchival_v1_0 citscarchival_v1_0 citsarchival_v1_0 csarchival_v1_0 "
    "cscarchival_v1_0 citspremis_v1_0 cspremis_v1_0 citserms_v2_1 citserms_v3_0 citsehpj_v1_0 citsehpj_v2_0 "
    "citsehcr_v1_0 citssiard_v1_0 citsgeospatial_v3_0 cits3dpm_v1_0 MIXED OTHER"
)


def is_time(text: str | None) -> bool:
    """An ``xs:dateTime`` that the calendar has."""
    if text is None or not _TIME.fullmatch(text.strip()):
        return False
    try:
        datetime.fromisoformat(text.strip()[:19])
    except ValueError:
        return False
    return True


def is_size(text: str | None) -> bool:
    """A count of bytes."""
    return text is not None and _SIZE.fullmatch(text.strip()) is not None


def is_id(text: str | None) -> bool:
    """An ``xml:id``."""
    return text is not None and _NAME.fullmatch(text.strip()) is not None


def is_mime(text: str | None) -> bool:
    """A MIME type under one of IANA's types."""
    return text is not None and _MIME.fullmatch(text.strip()) is not None


def is_checksum(text: str | None, kind: str | None) -> bool:
    """Hexadecimal digits, as many as the type has."""
    if text is None or not text.strip():
        return False
    digits = HEX_DIGITS.get((kind or "").strip(), 0)
    return re.fullmatch(r"[0-9A-Fa-f]+", text.strip()) is not None and (not digits or len(text.strip()) == digits)


@cache
def categories(folder: Path | None) -> frozenset[str]:
    """Content categories (CSIP2): built in, and those of the vocabulary in the schemas folder."""
    return frozenset(map(plain_dash, _CATEGORIES.split("|"))) | _terms(folder, "CSIPVocabularyContentCategory.xml")


@cache
def content_types(folder: Path | None) -> frozenset[str]:
    """Content information types (CSIP4, CSIP62)."""
    return frozenset(_CONTENT_TYPES.split()) | _terms(folder, "CSIPVocabularyContentInformationType.xml")


def plain_dash(text: str) -> str:
    """A term with hyphens for dashes; the vocabulary's editions differ in them."""
    return text.replace("–", "-").strip()


def _terms(folder: Path | None, name: str) -> frozenset[str]:
    path = (
        None
        if folder is None
        else next((one for one in (folder / "eark" / name, folder / name) if one.is_file()), None)
    )
    if path is None:
        return frozenset()
    try:
        tree = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, OSError):
        return frozenset()
    return frozenset(plain_dash(one.text or "") for one in tree.iter("{*}Term"))
