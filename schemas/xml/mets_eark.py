"""The METS documents of an E-ARK package (FGS Paketstruktur 2.0 = E-ARK CSIP 2.1.0 and E-ARK SIP 2.1.0).

There is one at the package's root and one in each representation. The root's is small on purpose: it lists
documentation, schemas, metadata and the representations' METS documents; content is listed in the representations' own
(CSIP105, CSIPSTR12). Comments name the requirements as the specifications number them.

Of ``Package`` these fields have no place in METS and stand elsewhere: ``events`` and ``replaces`` in PREMIS;
``archive_name``, ``restricted``, ``restriction``, ``disposable``, ``disposal``, ``information_class``, ``first`` and
``last`` in additionalPackageInfo. Of ``Entry``: ``item``, and the basis and warning of its format, in PREMIS.

A file that was described stands with its description as ``xlink:title``; its former name as ``OWNERID``.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.ids import rfc3339, utc
from schemas.package import Entry, Format, Package, Representation, in_package
from schemas.refusal import RefusedError
from schemas.xml.indented import Indented, document
from schemas.xml.mets_eark_form import (
    NAMESPACES,
    PROFILE,
    TYPE,
    XML_FORMAT,
    MetsSettings,
    check_content_type,
    in_package_id,
)
from schemas.xml.mets_eark_header import root_attributes, write_header
from schemas.xml.package_files import check_facts, check_name, href, in_order, media_type

__all__ = [
    "PROFILE",
    "ROOT_LIMIT",
    "ROOT_NAME",
    "TYPE",
    "XML_FORMAT",
    "MetsFile",
    "MetsSettings",
    "write_representation",
    "write_root",
]

ROOT_NAME: Final = "METS.xml"
"""Name of the METS document in the package's root and in each representation (CSIPSTR4, CSIPSTR12)."""

ROOT_LIMIT: Final = 32 * 1024
"""Bytes that the root METS stays under: a validator that archives use fails by chance on larger ones."""

_DESCRIPTIVE: Final = "metadata/descriptive/"


@dataclass(frozen=True, slots=True)
class MetsFile:
    """A METS document that is written: bytes and SHA-256 (hexadecimal)."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """A file group: what it is used for (CSIP64), and its id."""

    use: str
    id: str
    representation: Representation | None = None


def write_root(
    package: Package, representations: Sequence[tuple[Representation, MetsFile]], *, settings: MetsSettings
) -> bytes:
    """The METS document of the package's root.

    Files in ``package.package_info`` are documentation, as in Riksarkivet's application; those that lie in
    ``metadata/descriptive/`` are descriptive metadata instead (CSIP17).

    Args:
        representations: each with its METS document, in the order they are to be listed.

    Raises:
        RefusedError: without documentation, schema or representation (CSIP60, CSIP113, CSIP114), with a file or agent
            that cannot be written, or when the document would not stay under ``ROOT_LIMIT``.
    """
    described = in_order("package info", package.package_info)
    descriptive = [entry for entry in described if entry.path.startswith(_DESCRIPTIVE)]
    documentation = in_order(
        "documentation",
        (*package.documentation, *(entry for entry in described if not entry.path.startswith(_DESCRIPTIVE))),
    )
    schemas = in_order("schemas", package.schemas)
    preservation = in_order("preservation", package.preservation)
    for what, found, code in (
        ("documentation", documentation, "CSIP60"),
        ("schemas", schemas, "CSIP113"),
        ("representations", representations, "CSIP114"),
    ):
        if not found:
            raise RefusedError(f"package: {what}", "none", f"put at least one into the package: {code} demands it")
    check_name("package: name", package.name)

    documents = _Group(use="Documentation", id=in_package_id("grp", package, "documentation"))
    definitions = _Group(use="Schemas", id=in_package_id("grp", package, "schemas"))
    contents = [
        (_representation_group(package, one, "", ""), one, _mets_entry(package, one, file))
        for one, file in representations
    ]
    in_order("representations", (entry for _, _, entry in contents))

    sink = io.BytesIO()
    attributes = root_attributes(
        package,
        settings,
        name=package.name,
        content_type=settings.content_type,
        other_content_type=settings.other_content_type,
        up="",
    )
    with document(sink, "mets", NAMESPACES, attributes) as xml:
        write_header(xml, package)
        dmd = [_descriptive(xml, package, entry) for entry in descriptive]
        adm = _preservation(xml, package, [(entry.path, entry.path, entry) for entry in preservation])
        with xml.holding("fileSec", {"ID": in_package_id("files", package, ROOT_NAME)}):
            for group, entries in ((documents, documentation), (definitions, schemas)):
                with xml.holding("fileGrp", _group_attributes(group)):
                    for entry in entries:
                        _file(xml, package, entry, entry.path, entry.path)
            for group, _, entry in contents:
                with xml.holding("fileGrp", _group_attributes(group)):
                    _file(xml, package, entry, entry.path, entry.path)
        with (
            xml.holding("structMap", _map_attributes(package, ROOT_NAME)),
            xml.holding("div", _div(package, package.name, ROOT_NAME, "package")),
        ):
            _metadata_div(xml, package, ROOT_NAME, adm, dmd)
            for group in (documents, definitions):
                with xml.holding("div", _div(package, group.use, ROOT_NAME, group.use)):
                    xml.empty("fptr", {"FILEID": group.id})  # CSIP116, CSIP118
            _content_div(xml, package, ROOT_NAME, [group for group, _, _ in contents])
            for group, one, entry in contents:  # CSIP105–112
                with xml.holding("div", _div(package, group.use, ROOT_NAME, "representation", one.name)):
                    xml.empty("mptr", {**_locator(entry.path), "xlink:title": group.id})
    written = sink.getvalue()
    if len(written) >= ROOT_LIMIT:
        raise RefusedError(
            "root METS",
            f"{len(written)} bytes",
            f"keep it under {ROOT_LIMIT}: shorten label and descriptions, or put documentation into fewer files",
        )
    return written


def write_representation(
    package: Package, representation: Representation, preservation: Sequence[Entry], *, settings: MetsSettings
) -> bytes:
    """The METS document of a representation; every address in it is from the representation's folder.

    Of the settings only ``profile``, ``type`` and ``other_type`` count here: content type is the representation's.

    Args:
        preservation: its PREMIS files, with paths from the package's root
            (``representations/<name>/metadata/preservation/…``) or from the representation's folder
            (``metadata/…``).

    Raises:
        RefusedError: no files (CSIP66), a content type that the schema does not know, or a file that cannot be written.
    """
    here = f"representations/{representation.name}"
    mets = f"{here}/{ROOT_NAME}"
    where = f"representation {representation.name}"
    group = _representation_group(package, representation, "/data", mets)
    entries = in_order(where, representation.entries)
    if not entries:
        raise RefusedError(where, "no files", "leave out a representation that has none: CSIP66 demands at least one")
    premis = []
    for entry in in_order(f"{where}, preservation", preservation):
        inside = entry.path.removeprefix(f"{here}/")
        if not inside.startswith("metadata/"):
            raise RefusedError(
                f"{where}, preservation", "a path outside of its metadata folder", f"use {here}/metadata/"
            )
        premis.append((inside, f"{here}/{inside}", entry))

    sink = io.BytesIO()
    attributes = root_attributes(
        package,
        settings,
        name=representation.name,
        content_type=representation.content_type,
        other_content_type=representation.other_content_type,
        up="../../",
    )
    with document(sink, "mets", NAMESPACES, attributes) as xml:
        write_header(xml, package)
        adm = _preservation(xml, package, premis)
        with (
            xml.holding("fileSec", {"ID": in_package_id("files", package, mets)}),
            xml.holding("fileGrp", {**_group_attributes(group), **_references("ADMID", adm)}),
        ):
            for entry in entries:
                whole = in_package("eark", representation.name, entry.path)
                _file(xml, package, entry, whole.removeprefix(f"{here}/"), whole, use=entry.role)
        with (
            xml.holding("structMap", _map_attributes(package, mets)),
            xml.holding("div", _div(package, representation.name, mets, "representation")),
        ):
            _metadata_div(xml, package, mets, adm, [])
            _content_div(xml, package, mets, [group])
    return sink.getvalue()


def _representation_group(package: Package, representation: Representation, below: str, mets: str) -> _Group:
    where = f"representation {representation.name}"
    check_name(f"{where}: name", representation.name)
    check_content_type(f"{where}: content_type", representation.content_type, representation.other_content_type)
    return _Group(
        use=f"Representations/{representation.name}{below}",
        id=in_package_id("grp", package, "representation", representation.name, mets),
        representation=representation,
    )


def _mets_entry(package: Package, representation: Representation, file: MetsFile) -> Entry:
    entry = Entry(
        path=f"representations/{representation.name}/{ROOT_NAME}",
        size=file.size,
        sha256=file.sha256,
        created=package.made,
        role="preservation",
        format=XML_FORMAT,
    )
    check_facts(f"representation {representation.name}: METS", entry)
    return entry


def _group_attributes(group: _Group) -> dict[str, str]:
    """CSIP64–65, 62–63."""
    attributes = {"ID": group.id, "USE": group.use}
    if group.representation is not None:
        attributes["csip:CONTENTINFORMATIONTYPE"] = group.representation.content_type
        if group.representation.other_content_type:
            attributes["csip:OTHERCONTENTINFORMATIONTYPE"] = group.representation.other_content_type
    return attributes


def _locator(path: str) -> dict[str, str]:
    return {"LOCTYPE": "URL", "xlink:type": "simple", "xlink:href": href(path)}


def _facts(entry: Entry) -> dict[str, str]:
    return {
        "MIMETYPE": media_type(entry.format),
        "SIZE": str(entry.size),
        "CREATED": rfc3339(utc(entry.created, "file: created")),
        "CHECKSUM": entry.sha256,
        "CHECKSUMTYPE": "SHA-256",
    }


def _file(xml: Indented, package: Package, entry: Entry, path: str, whole: str, *, use: str = "") -> None:
    """One file (CSIP66–79, SIP32–35). ``path``: from the document. ``whole``: from the package's root."""
    attributes = {"ID": in_package_id("file", package, whole), **_facts(entry)}
    if entry.original_name:
        attributes["OWNERID"] = entry.original_name  # CSIP73
    if use:
        attributes["USE"] = use
    with xml.holding("file", {**attributes, **_format(entry.format)}):
        title = {"xlink:title": entry.description} if entry.description else {}
        xml.empty("FLocat", {**_locator(path), **title})


def _format(found: Format) -> dict[str, str]:
    """SIP32–35, under the names of the schema (the profile's text has two of them otherwise)."""
    attributes = {}
    if found.name:
        attributes["sip:FILEFORMATNAME"] = found.name
    if found.version:
        attributes["sip:FILEFORMATVERSION"] = found.version
    if found.puid:
        attributes["sip:FORMATREGISTRY"] = "PRONOM"
        attributes["sip:FORMATREGISTRYKEY"] = found.puid
    return attributes


def _descriptive(xml: Indented, package: Package, entry: Entry) -> str:
    """CSIP17–30. Gives back the section's id."""
    found = in_package_id("dmd", package, entry.path)
    made = rfc3339(utc(entry.created, "package info: created"))
    with xml.holding("dmdSec", {"ID": found, "CREATED": made, "STATUS": "CURRENT"}):
        kind = {"MDTYPE": "OTHER", "OTHERMDTYPE": "SNAadditionalPackageInfo"}
        xml.empty("mdRef", {**_locator(entry.path), **kind, **_facts(entry)})
    return found


def _preservation(xml: Indented, package: Package, files: Sequence[tuple[str, str, Entry]]) -> list[str]:
    """CSIP31–44: one ``digiprovMD`` for each PREMIS file (address, path from the package's root, file). Their ids."""
    ids = []
    if files:
        with xml.holding("amdSec"):
            for path, whole, entry in files:
                ids.append(in_package_id("digiprov", package, whole))
                made = rfc3339(utc(entry.created, "preservation: created"))
                with xml.holding("digiprovMD", {"ID": ids[-1], "CREATED": made, "STATUS": "CURRENT"}):
                    kind = {"MDTYPE": "PREMIS", "MDTYPEVERSION": "3.0"}
                    facts = {**_facts(entry), "MIMETYPE": XML_FORMAT.media_type}
                    xml.empty("mdRef", {**_locator(path), **kind, **facts})
    return ids


def _map_attributes(package: Package, mets: str) -> dict[str, str]:
    """CSIP80–83."""
    return {"TYPE": "PHYSICAL", "LABEL": "CSIP", "ID": in_package_id("map", package, mets)}


def _div(package: Package, label: str, *parts: str) -> dict[str, str]:
    return {"ID": in_package_id("div", package, *parts), "LABEL": label}


def _metadata_div(xml: Indented, package: Package, mets: str, adm: list[str], dmd: list[str]) -> None:
    """CSIP88–92."""
    references = {**_references("ADMID", adm), **_references("DMDID", dmd)}
    xml.empty("div", {**_div(package, "Metadata", mets, "metadata"), **references})


def _content_div(xml: Indented, package: Package, mets: str, groups: Sequence[_Group]) -> None:
    """CSIP101–104 and 119: all content in one division, also where each representation has its own beside it."""
    with xml.holding("div", _div(package, "Representations", mets, "content")):
        for group in groups:
            xml.empty("fptr", {"FILEID": group.id})


def _references(name: str, ids: list[str]) -> dict[str, str]:
    return {name: " ".join(ids)} if ids else {}
