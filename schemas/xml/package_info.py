"""Riksarkivet's additionalPackageInfo: what Swedish archives ask of a package and METS has no field for.

Mandatory for deliveries to Riksarkivet, useful to every archive: name of the archive, culling, secrecy, the days that
the content covers. Elements and their order as in Riksarkivet's own example for its application of FGS Paketstruktur
2.0 (its schema, ``SNAadditionalPackageInfo.xsd``, is had from Riksarkivet and not known to us).

Left out, by name: ``securityClassification`` (nothing of a social medium is classified by the Security Protection Act
here) and ``files`` (what is known of each file stands in METS and PREMIS).
"""

from __future__ import annotations

import io
from typing import Final

from schemas.ids import rfc3339, utc
from schemas.package import Agent, AgentRole, Package
from schemas.refusal import RefusedError
from schemas.xml.indented import Indented, document

NAMESPACE: Final = "http://xml.ra.se/e-arkiv/implementation-IP/version10/SNAadditionalPackageInfo"
FILE_NAME: Final = "additionalPackageInfo.xml"
CODE_TYPES: Final = ("VAT", "DUNS", "ORG", "HSA", "Local", "URI")
"""Prefixes of an identity code; any other is ``OTHER``."""

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA: Final = "SNAadditionalPackageInfo.xsd"
_USE: Final = "Innehållet kan omfatta personuppgifter och upphovsrättsligt skyddade verk av andra än arkivbildaren."


def write_package_info(package: Package) -> bytes:
    """The document. Its creator is who delivers (*levererande organisation*), else the archive creator.

    ``restricted`` counts for access (secrecy) and use (personal data, copyright) alike. Nothing is said to be
    publishable: a person decides that, and whoever receives it.

    Raises:
        RefusedError: neither a submitter nor an archive creator, or a period whose end comes before its beginning.
    """
    creator = _creator(package)
    if package.first is not None and package.last is not None and package.last < package.first:
        raise RefusedError("package: last", package.last.isoformat(), "let the period end after it begins")
    attributes = {}
    inside = next((one.path for one in package.schemas if one.path.rpartition("/")[2] == _SCHEMA), None)
    if inside is not None:
        attributes["xsi:schemaLocation"] = f"{NAMESPACE} ../{inside}"
    sink = io.BytesIO()
    with document(sink, "additionalPackageInfo", {"": NAMESPACE, "xsi": _XSI}, attributes) as xml:
        with xml.holding("control"):
            xml.leaf("identification", str(package.id), {"type": "UUID"})
            xml.leaf("status", package.status)
            xml.leaf("creationDate", rfc3339(utc(package.made, "package: made")))
            with xml.holding("creator"):
                xml.leaf("creatorName", creator.name)
                if creator.code:
                    kind, value = identity_code(creator.code)
                    xml.leaf("creatorCode", value, {"type": kind})
                xml.leaf("creatorDesc", f"Paketet är gjort med Bevara {package.software}.")
        with xml.holding("package", {"id": package.name}):
            _optional(xml, "archiveName", package.archive_name)
            _flagged(xml, "disposal", "disposable", package.disposable, package.disposal)
            _flagged(xml, "accessRestrict", "restricted", package.restricted, package.restriction)
            _flagged(xml, "useRestrict", "restricted", package.restricted, _USE if package.restricted else "")
            _optional(xml, "startDate", "" if package.first is None else package.first.isoformat())
            _optional(xml, "endDate", "" if package.last is None else package.last.isoformat())
            _optional(xml, "informationClass", package.information_class)
            xml.empty("audience", {"publishable": "false"})
    return sink.getvalue()


def identity_code(code: str) -> tuple[str, str]:
    """Type and value of an identity code: ``ORG:212000-1892`` is ``ORG`` and the number."""
    prefix, colon, value = code.partition(":")
    for known in CODE_TYPES:
        if colon and value and prefix.lower() == known.lower():
            return known, value
    return "OTHER", code


def _creator(package: Package) -> Agent:
    wanted: tuple[AgentRole, ...] = ("submitter", "archival-creator")
    for role in wanted:
        for agent in package.agents:
            if agent.role == role:
                return agent
    raise RefusedError("agents: submitter", "none", "name who delivers (levererande organisation) in the profile")


def _optional(xml: Indented, name: str, value: str) -> None:
    if value:
        xml.leaf(name, value)


def _flagged(xml: Indented, name: str, attribute: str, flag: bool, words: str) -> None:  # noqa: FBT001  # a field's value
    attributes = {attribute: "true" if flag else "false"}
    if not words:
        xml.empty(name, attributes)
        return
    with xml.holding(name, attributes):
        xml.leaf(f"{name}Desc", words)
