"""The METS documents of the package in ``tests.xml.packages``, written, and asked."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any, cast

from lxml import etree

from schemas.package import Package, Representation
from schemas.xml.mets_eark import MetsFile, MetsSettings, write_representation, write_root
from tests.xml.mets_musts import NS
from tests.xml.packages import ORIGINAL, PACKAGE, entry

SETTINGS = MetsSettings(content_type="citserms_v2_1")
PREMIS = {
    one.name: (entry(f"representations/{one.name}/metadata/preservation/premis.xml", "preservation"),)
    for one in PACKAGE.representations
}
DESCRIBED = replace(PACKAGE, package_info=(entry("metadata/descriptive/additionalPackageInfo.xml", "package-info"),))
"""The same package with descriptive metadata, so that CSIP17–30 can be seen."""


def root(package: Package = PACKAGE, chosen: MetsSettings = SETTINGS) -> bytes:
    """The package's METS, with those of its representations written before."""
    files = []
    for one in package.representations:
        data = write_representation(package, one, PREMIS.get(one.name, ()), settings=chosen)
        files.append((one, MetsFile(len(data), sha256(data).hexdigest())))
    return write_root(package, files, settings=chosen)


def inner(representation: Representation = ORIGINAL, package: Package = PACKAGE) -> bytes:
    """A representation's METS."""
    return write_representation(package, representation, PREMIS.get(representation.name, ()), settings=SETTINGS)


def ask(data: bytes, xpath: str, **variables: str) -> Any:
    """What an XPath finds."""
    return etree.fromstring(data).xpath(xpath, namespaces=NS, **cast("Any", variables))
