"""The official schemas of the archives' formats, ready to validate with; a test that asks is skipped where they are not.

They are not ours to copy, so they lie outside of the project: in the folder that ``BEVARA_SCHEMAS_DIR`` names, else in
``shared/standards`` beside the project. Nothing is ever fetched: the imports of one schema from another are answered
with the files in the folder.

The attributes with which CSIP, SIP and FGS extend METS are checked only when their own schemas are loaded too (METS
lets any attribute pass). Therefore METS schemas are loaded through a wrapper that imports all of them.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast

import pytest
from lxml import etree
from lxml import isoschematron as iso  # type: ignore[attr-defined]  # the stubs leave it out

Official = Literal["mets-eark", "mets-fgs12", "erms-2.1", "erms-3.0", "arendehantering", "premis", "mets-kb", "mods-kb"]
"""``mets-eark``: METS 1.12 with the extensions of CSIP and SIP. ``mets-fgs12``: CSPackageMETS with its extension.
``erms-2.1``, ``erms-3.0``: CITS ERMS. ``arendehantering``: FGS Ärendehantering 1.0. ``premis``: PREMIS 3.0.
``mets-kb``: KB's METS for FGS-PUBL, with its MODS and PREMIS for what is wrapped in it. ``mods-kb``: KB's MODS for XML
Schema 1.0."""

_METS: Final = "http://www.loc.gov/METS/"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_IMPORTED: Final[dict[Official, tuple[tuple[str, str], ...]]] = {
    "mets-eark": (
        (_XLINK, "eark/xlink.xsd"),
        (_METS, "eark/mets.xsd"),
        ("https://DILCIS.eu/XML/METS/CSIPExtensionMETS", "eark/DILCISExtensionMETS.xsd"),
        ("https://DILCIS.eu/XML/METS/SIPExtensionMETS", "eark/DILCISExtensionSIPMETS.xsd"),
    ),
    "mets-fgs12": (
        (_XLINK, "fgs-paket/xlink.xsd"),
        (_METS, "fgs-paket/CSPackageMETS.xsd"),
        ("ExtensionMETS", "fgs-paket/CSPackageExtensionMETS.xsd"),
    ),
    "erms-2.1": (("https://DILCIS.eu/XML/ERMS", "fgs-erms/ERMS.xsd"),),
    "erms-3.0": (("https://DILCIS.eu/XML/ERMS", "fgs-erms/ERMS_v3.xsd"),),
    "arendehantering": (("http://xml.ra.se/e-arkiv/FGS-ERMS", "fgs-erms/Arendehantering.xsd"),),
    "premis": (("http://www.loc.gov/premis/v3", "premis/premis-v3-0.xsd"),),
    "mets-kb": (
        (_XLINK, "fgs-publ/xlink.xsd"),
        (_METS, "fgs-publ/eARD_Paket_FGS-PUBL_mets.xsd"),
        ("http://www.loc.gov/mods/v3", "fgs-publ/MODS_enligt_FGS-PUBL_xml1_0.xsd"),
        ("http://www.loc.gov/premis/v3", "premis/premis-v3-0.xsd"),
    ),
    "mods-kb": (("http://www.loc.gov/mods/v3", "fgs-publ/MODS_enligt_FGS-PUBL_xml1_0.xsd"),),
}
_SCHEMATRON: Final = {"2.1": "fgs-erms/erms.sch", "3.0": "fgs-erms/erms_v3.sch"}


def standards() -> Path:
    """The folder of official schemas. Skips the test that asks where there is none."""
    named = os.environ.get("BEVARA_SCHEMAS_DIR")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "standards"
    if not (folder / "eark" / "mets.xsd").is_file():
        pytest.skip("the official schemas are not on this machine: name their folder in BEVARA_SCHEMAS_DIR")
    return folder.resolve()


def schema(name: Official) -> etree.XMLSchema:
    """An official schema with everything it imports, loaded once per process."""
    return _schema(name, standards())


def schematron(version: Literal["2.1", "3.0"]) -> Any:
    """The Schematron of CITS ERMS (lxml's ``isoschematron.Schematron`` with its report kept).

    Its rules declare XSLT 2 but use XPath 1.0 alone; the declaration is dropped in memory, so that lxml runs them.
    """
    return _rules(version, standards())


def faults(name: Official, document: bytes) -> list[str]:
    """What the official schema has to say against the document, with lines; empty = valid."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    official = schema(name)
    official.validate(etree.fromstring(document, parser))
    return [f"line {entry.line}: {entry.message}" for entry in cast("Any", official.error_log)]


def rule_faults(version: Literal["2.1", "3.0"], document: bytes) -> list[str]:
    """What the Schematron of CITS ERMS has to say against the document; empty = nothing."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    rules = schematron(version)
    rules.validate(etree.fromstring(document, parser))
    failed = rules.validation_report.iterfind(".//{http://purl.oclc.org/dsdl/svrl}failed-assert")
    return [" ".join("".join(one.itertext()).split()) for one in failed]


class _Here(etree.Resolver):
    """Answers every import with the file of that name in the folder of the schema that asks; never with the network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resolve(self: Any, system_url: str, public_id: str, context: Any = None) -> Any:
        """The file, or nothing at all."""
        found = self.folder / system_url.rpartition("/")[2]
        return self.resolve_filename(str(found), context) if found.is_file() else self.resolve_empty(context)


@cache
def _schema(name: Official, folder: Path) -> etree.XMLSchema:
    files = [(namespace, folder / path) for namespace, path in _IMPORTED[name]]
    imports = "".join(f'<xs:import namespace="{space}" schemaLocation="{path.as_uri()}"/>' for space, path in files)
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Here(files[0][1].parent))
    wrapper = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(wrapper, parser, base_url=f"{folder.as_uri()}/"))


@cache
def _rules(version: Literal["2.1", "3.0"], folder: Path) -> Any:
    tree = etree.parse(folder / _SCHEMATRON[version], etree.XMLParser(no_network=True))
    del tree.getroot().attrib["queryBinding"]
    return iso.Schematron(tree, store_report=True)
