"""The official schemas in the folder that the settings name: loaded once in a process, with nothing fetched.

METS lets any attribute of another namespace pass unless that namespace's schema is loaded too, therefore METS is
loaded through a wrapper that imports its extensions. ERMS' Schematron declares XSLT 2, which lxml has not; its tests
are XPath 1.0 about an element and what lies in it, so they are run as XPath, record by record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from lxml import etree

_METS = "http://www.loc.gov/METS/"
_MODS = "http://www.loc.gov/mods/v3"
_XLINK = "http://www.w3.org/1999/xlink"
ERMS: Final = "https://DILCIS.eu/XML/ERMS"
ARENDE: Final = "http://xml.ra.se/e-arkiv/FGS-ERMS"
PREMIS: Final = "http://www.loc.gov/premis/v3"

FILES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "eark": (
        (_XLINK, "eark/xlink.xsd"),
        (_METS, "eark/mets.xsd"),
        ("https://DILCIS.eu/XML/METS/CSIPExtensionMETS", "eark/DILCISExtensionMETS.xsd"),
        ("https://DILCIS.eu/XML/METS/SIPExtensionMETS", "eark/DILCISExtensionSIPMETS.xsd"),
    ),
    "fgs12": (
        (_XLINK, "fgs-paket/xlink.xsd"),
        (_METS, "fgs-paket/CSPackageMETS.xsd"),
        ("ExtensionMETS", "fgs-paket/CSPackageExtensionMETS.xsd"),
    ),
    "kb-mets": ((_XLINK, "fgs-publ/xlink.xsd"), (_METS, "fgs-publ/eARD_Paket_FGS-PUBL_mets.xsd")),
    "kb-mods": ((_MODS, "fgs-publ/MODS_enligt_FGS-PUBL_xml1_0.xsd"),),
    "erms-2.1": ((ERMS, "fgs-erms/ERMS.xsd"),),
    "erms-3.0": ((ERMS, "fgs-erms/ERMS_v3.xsd"),),
    "arende": ((ARENDE, "fgs-erms/Arendehantering.xsd"),),
    "premis": ((PREMIS, "premis/premis-v3-0.xsd"),),
}
"""Name of a schema → namespaces and files it is made of."""
_RULES: Final = {"erms-2.1": "fgs-erms/erms.sch", "erms-3.0": "fgs-erms/erms_v3.sch"}
_SCH = "{http://purl.oclc.org/dsdl/schematron}"
_STEP = re.compile(r"[\w:*.-]+(\[.*\])?", re.DOTALL)


class NoSchemaError(LookupError):
    """An official schema is not there, or cannot be loaded. ``name``: its file."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@dataclass(frozen=True, slots=True)
class Rule:
    """One assertion: finds the elements it is about, says which of them fail, and in which words.

    Attributes:
        failing: elements at or below the context element that break it. earlier: contexts of rules before it in its
            pattern, which take precedence. text: the rule's own words.
    """

    failing: Any
    earlier: tuple[Any, ...]
    text: str

    def broken(self, element: Any) -> list[Any]:
        """Elements at or below ``element`` that break the rule."""
        found = self.failing(element)
        return [one for one in found if not any(context(one) for context in self.earlier)]


@dataclass(frozen=True, slots=True)
class Schematron:
    """The rules that belong to an ERMS schema.

    Attributes:
        suspects: elements at or below the context element that may break some rule; nearly always none.
        rules: each of them. left: contexts of rules that cannot be tried here.
    """

    suspects: Any
    rules: tuple[Rule, ...]
    left: tuple[str, ...]

    def broken(self, element: Any) -> list[tuple[Rule, Any]]:
        """Rules that are broken at or below ``element``, and where."""
        if not self.suspects(element):
            return []
        return [(rule, one) for rule in self.rules for one in rule.broken(element)]


@cache
def schema(name: str, folder: Path | None) -> Any:
    """An official schema. Raises NoSchemaError."""
    found = [(space, _file(folder, path)) for space, path in FILES[name]]
    imports = "".join(f'<xs:import namespace="{space}" schemaLocation="{path.as_uri()}"/>' for space, path in found)
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_Here(found[0][1].parent))
    wrapper = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    try:
        return etree.XMLSchema(etree.fromstring(wrapper, parser, base_url=found[0][1].parent.as_uri() + "/"))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError):
        raise NoSchemaError(FILES[name][-1][1]) from None


@cache
def schematron(name: str, folder: Path | None) -> Schematron:
    """The Schematron that belongs to an ERMS schema. Raises NoSchemaError."""
    path = _file(folder, _RULES[name])
    try:
        tree = etree.parse(str(path), etree.XMLParser(no_network=True, resolve_entities=False))
    except etree.XMLSyntaxError:
        raise NoSchemaError(_RULES[name]) from None
    spaces = {one.get("prefix", ""): one.get("uri", "") for one in tree.iter(f"{_SCH}ns")}
    made: list[Rule] = []
    left: list[str] = []
    for pattern in tree.iter(f"{_SCH}pattern"):
        contexts: list[Any] = []
        for rule in pattern.iter(f"{_SCH}rule"):
            context = rule.get("context", "")
            try:
                made.extend(_rules(rule, context, tuple(contexts), spaces))
                contexts.append(etree.XPath(f"boolean(self::{context})", namespaces=spaces))
            except (etree.XPathSyntaxError, ValueError):
                left.append(context)
    together = " | ".join(rule.failing.path for rule in made) or "self::node()[false()]"
    return Schematron(etree.XPath(together, namespaces=spaces), tuple(made), tuple(left))


def _rules(rule: Any, context: str, earlier: tuple[Any, ...], spaces: dict[str, str]) -> list[Rule]:
    if not _STEP.fullmatch(context):
        raise ValueError(context)
    made = []
    for one in rule:
        if one.tag not in {f"{_SCH}assert", f"{_SCH}report"}:
            continue
        test = one.get("test", "")
        wrong = f"not({test})" if one.tag.endswith("assert") else f"({test})"
        failing = etree.XPath(f"descendant-or-self::{context}[{wrong}]", namespaces=spaces)
        made.append(Rule(failing, earlier, " ".join("".join(one.itertext()).split())))
    return made


def _file(folder: Path | None, path: str) -> Path:
    if folder is not None:
        for one in (folder / path, folder / path.rpartition("/")[2]):
            if one.is_file():
                return one.resolve()
    raise NoSchemaError(path)


class _Here(etree.Resolver):
    """Answers every import with the file of that name in the folder of the schema that asks; never with the network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resolve(self: Any, system_url: str, _public_id: str, context: Any = None) -> Any:
        """The file, or nothing at all."""
        found = self.folder / system_url.rpartition("/")[2]
        return self.resolve_filename(str(found), context) if found.is_file() else self.resolve_empty(context)
