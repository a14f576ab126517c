"""Terms of the vocabularies that E-ARK names, and the namespaces of its extensions."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from lxml import etree

CSIP: Final = "{https://DILCIS.eu/XML/METS/CSIPExtensionMETS}"
SIP: Final = "{https://DILCIS.eu/XML/METS/SIPExtensionMETS}"
EXT: Final = "{ExtensionMETS}"

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
