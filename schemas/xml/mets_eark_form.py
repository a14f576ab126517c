"""How E-ARK METS documents are spelled: names, ids, addresses of schemas, and what a delivery profile decides.

Sources: METS 1.12; E-ARK CSIP 2.1.0 and E-ARK SIP 2.1.0 (profiles ``E-ARK-CSIP-v2-1-0.xml``, ``E-ARK-SIP-v2-1-0.xml``)
with their extension schemas ``DILCISExtensionMETS.xsd`` and ``DILCISExtensionSIPMETS.xsd``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.package import Format, Package, named
from schemas.refusal import RefusedError
from schemas.xml.package_files import href

METS: Final = "http://www.loc.gov/METS/"
XLINK: Final = "http://www.w3.org/1999/xlink"
CSIP: Final = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
SIP: Final = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
NAMESPACES: Final[dict[str, str]] = {"": METS, "xlink": XLINK, "csip": CSIP, "sip": SIP, "xsi": XSI}

PROFILE: Final = "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"
"""SIP2 of E-ARK SIP 2.1.0. One known validator asks for another address, therefore it is a setting."""

TYPE: Final = "Datasets"
"""Term of the vocabulary of content categories (CSIP2) that Riksarkivet's own example uses."""

CONTENT_TYPES: Final = frozenset(
    {
        *("ERMS", "SIARD1", "SIARD2", "SIARDDK", "GeoData", "citcarchival_v1_0", "citsarchival_v1_0"),
        *("csarchival_v1_0", "citspremis_v1_0", "cspremis_v1_0", "citserms_v2_1", "citserms_v3_0", "citsehpj_v1_0"),
        *("citsehpj_v2_0", "citsehcr_v1_0", "citssiard_v1_0", "citsgeospatial_v3_0", "cits3dpm_v1_0"),
        *("MIXED", "OTHER"),
    }
)
"""Content information types (CSIP4, CSIP62) that the extension schema accepts."""

CASE_TYPES: Final = {"2.1": "citserms_v2_1", "3.0": "citserms_v3_0"}
"""Content information type (CSIP4) of a case file, by version of CITS ERMS."""

XML_FORMAT: Final = Format(
    puid="fmt/101", name="Extensible Markup Language", version="1.0", media_type="application/xml"
)
"""What our own METS documents are (PRONOM)."""

LOCATIONS: Final = (
    (METS, "mets.xsd", "http://www.loc.gov/standards/mets/mets.xsd"),
    (XLINK, "xlink.xsd", "http://www.loc.gov/standards/xlink/xlink.xsd"),
    (CSIP, "DILCISExtensionMETS.xsd", "https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd"),
    (SIP, "DILCISExtensionSIPMETS.xsd", "https://earksip.dilcis.eu/schema/DILCISExtensionSIPMETS.xsd"),
)
"""Namespace, file name and official address of the schemas a METS document names."""

_OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetsSettings:
    """What a delivery profile decides about the METS documents of a package.

    Attributes:
        profile: METS PROFILE (SIP2). type: content category (CSIP2). other_type: with ``Other``, which (CSIP3).
        content_type: content information type of the package (CSIP4), or empty; a representation has its own.
        other_content_type: with ``OTHER``, which (CSIP5).

    Raises:
        RefusedError: an empty value that the specification demands, or a content type its schema does not know.
    """

    profile: str = PROFILE
    type: str = TYPE
    other_type: str = ""
    content_type: str = ""
    other_content_type: str = ""

    def __post_init__(self) -> None:
        for field, value in (("profile", self.profile), ("type", self.type)):
            if not value.strip():
                raise RefusedError(f"METS {field}", value, "write a value: CSIP6 and CSIP2 demand one")
        if (self.type.lower() == _OTHER) != bool(self.other_type.strip()):
            raise RefusedError(
                "METS other_type", self.other_type, "write what the content is, with the type Other and with no other"
            )
        if self.content_type or self.other_content_type:
            check_content_type("METS content_type", self.content_type, self.other_content_type)


def check_content_type(field: str, content_type: str, other: str) -> None:
    """Refuse a content information type that the extension schema does not know, or ``OTHER`` that does not say what.

    CSIP4 and CSIP5 of a METS document, CSIP62 and CSIP63 of a file group.
    """
    if content_type not in CONTENT_TYPES:
        raise RefusedError(field, content_type, f"write one of {', '.join(sorted(CONTENT_TYPES))}")
    if (content_type == "OTHER") != bool(other.strip()):
        raise RefusedError(f"{field}, other", other, "say which specification, with OTHER and with no other")


def in_package_id(kind: str, package: Package, *parts: str) -> str:
    """An ``xml:id`` (CSIP67 and others): unique in the package and not only in its document; the same in a rebuild."""
    return f"{kind}-{named('mets', kind, str(package.id), *parts)}"


def schema_locations(package: Package, up: str) -> str:
    """``xsi:schemaLocation``: the schemas that lie in the package, else their official addresses.

    ``up``: the way from the document's folder to the package's root (empty, or ``../../``).
    """
    inside = {entry.path.rpartition("/")[2]: entry.path for entry in package.schemas}
    return " ".join(
        f"{namespace} {up + href(inside[name]) if name in inside else official}"
        for namespace, name, official in LOCATIONS
    )
