"""Preservation metadata: PREMIS 3.0, written by streaming.

Objects: the package (intellectual entity), its representations, and every file that is handed in, with digest, size,
format and how surely it is known. Events: what happened, linked to the files it happened to (or to the package).
Agents: Bevara, the archive creator (*arkivbildare*), and whoever else did something.

Every identifier is a UUIDv5 of what it names, so that a rebuild gives the same document and the same thing has the same
identifier in each PREMIS file of a package. Relationship and event types are the Library of Congress' words where it
has one (``packaging`` and ``supplements`` are ours). Texts for a reader are Swedish.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final
from uuid import UUID

from schemas.ids import rfc3339, utc
from schemas.package import Agent, Entry, Event, Format, Package, named
from schemas.text import for_xml
from schemas.xml.indented import Indented, document
from schemas.xml.package_files import check_facts, check_path
from schemas.xml.package_info import identity_code

NAMESPACE: Final = "http://www.loc.gov/premis/v3"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_TYPE: Final = "xsi:type"
_LOCATION: Final = "http://www.loc.gov/standards/premis/premis.xsd"
"""Official address of the schema: the way from a PREMIS file to the package's own copy differs from file to file."""

SOFTWARE: Final = "Bevara"
_REPLACED: Final = {"REPLACEMENT": ("replacement", "replaces"), "VERSION": ("replacement", "replaces")}
_ADDED_TO: Final = ("reference", "supplements")
_UNKNOWN: Final = "Formatet kunde inte bestämmas."


def object_id(package: Package, path: str) -> UUID:
    """Identifier of a file, by its path from the package's root."""
    return named("premis", "object", str(package.id), path)


def representation_id(package: Package, name: str) -> UUID:
    """Identifier of a representation."""
    return named("premis", "representation", str(package.id), name)


def event_ids(package: Package, events: Sequence[Event]) -> list[UUID]:
    """Identifiers of events, in their order. The same event has the same one beside other events, too."""
    seen: dict[tuple[str, ...], int] = {}
    ids = []
    for event in events:
        about = hashlib.sha256("\n".join(event.paths).encode("utf-8", "surrogatepass")).hexdigest()
        key = (event.kind, _at(event), *map(for_xml, (event.detail, event.outcome, event.agent)), about)
        seen[key] = seen.get(key, 0) + 1
        ids.append(named("premis", "event", str(package.id), *key, str(seen[key])))
    return ids


def write_premis(
    sink: BinaryIO, package: Package, objects: Iterable[tuple[str, Entry]], events: Sequence[Event]
) -> None:
    """Write a whole document; memory does not grow with the number of objects.

    Args:
        sink: a binary stream at its position; neither closed nor flushed to disk.
        objects: files: (path from the package's root, file), read once, in the order they are to stand.
        events: what happened. An event without paths is about the package.

    Raises:
        RefusedError: a path that leads astray, a digest that is no SHA-256, a time without zone. What was written by
            then is to be thrown away.
    """
    ids = event_ids(package, events)
    happened: dict[str, list[UUID]] = {}
    for number, (found, event) in enumerate(zip(ids, events, strict=True), 1):
        for path in event.paths:
            check_path(f"PREMIS, event {number}", path)
        for path in event.paths or ("",):
            happened.setdefault(path, []).append(found)
    homes = [
        (f"{folder}/{one.name}/", representation_id(package, one.name))
        for one in package.representations
        for folder in ("representations", "content")
    ]
    attributes = {"version": "3.0", "xsi:schemaLocation": f"{NAMESPACE} {_LOCATION}"}
    with document(sink, "premis", {"": NAMESPACE, "xsi": _XSI}, attributes) as xml:
        _package(xml, package, happened.get("", []))
        for one in package.representations:
            _representation(xml, package, one.name)
        for number, (path, entry) in enumerate(objects, 1):
            place = f"PREMIS, file {number}"
            check_path(place, path)
            check_facts(place, entry)
            home = next((found for prefix, found in homes if path.startswith(prefix)), package.id)
            _file(xml, package, path, entry, home, happened.get(path, []))
        for found, event in zip(ids, events, strict=True):
            _event(xml, package, found, event)
        _agents(xml, package, events)


def _at(event: Event) -> str:
    return rfc3339(utc(event.at, "event: at"))


def _identifier(xml: Indented, what: str, kind: str, value: str) -> None:
    """An identifier of ``what`` (``object``, ``linkingEvent`` …): its type and its value."""
    with xml.holding(f"{what}Identifier"):
        xml.leaf(f"{what}IdentifierType", kind)
        xml.leaf(f"{what}IdentifierValue", value)


def _relation(xml: Indented, kind: str, sub: str, identifier: str, value: str) -> None:
    with xml.holding("relationship"):
        xml.leaf("relationshipType", kind)
        xml.leaf("relationshipSubType", sub)
        _identifier(xml, "relatedObject", identifier, value)


def _package(xml: Indented, package: Package, events: Sequence[UUID]) -> None:
    with xml.holding("object", {_TYPE: "intellectualEntity"}):
        _identifier(xml, "object", "UUID", str(package.id))
        _identifier(xml, "object", "OBJID", package.name)
        if package.replaces:
            _relation(xml, *_REPLACED.get(package.status, _ADDED_TO), "UUID", package.replaces)
        for found in events:
            _identifier(xml, "linkingEvent", "UUID", str(found))


def _representation(xml: Indented, package: Package, name: str) -> None:
    with xml.holding("object", {_TYPE: "representation"}):
        _identifier(xml, "object", "UUID", str(representation_id(package, name)))
        xml.leaf("originalName", name)
        _relation(xml, "structural", "is part of", "UUID", str(package.id))


def _file(xml: Indented, package: Package, path: str, entry: Entry, home: UUID, events: Sequence[UUID]) -> None:
    with xml.holding("object", {_TYPE: "file"}):
        _identifier(xml, "object", "UUID", str(object_id(package, path)))
        with xml.holding("objectCharacteristics"):
            with xml.holding("fixity"):
                xml.leaf("messageDigestAlgorithm", "SHA-256")
                xml.leaf("messageDigest", entry.sha256)
                xml.leaf("messageDigestOriginator", SOFTWARE)
            xml.leaf("size", str(entry.size))
            _format(xml, entry.format)
        if entry.original_name:
            xml.leaf("originalName", entry.original_name)
        with xml.holding("storage"), xml.holding("contentLocation"):
            xml.leaf("contentLocationType", "filepath")
            xml.leaf("contentLocationValue", path)
        _relation(xml, "structural", "is part of", "UUID", str(home))
        if entry.item:
            _relation(xml, "logical", "is part of", "Bevara item", entry.item)
        for found in events:
            _identifier(xml, "linkingEvent", "UUID", str(found))


def _format(xml: Indented, found: Format) -> None:
    """The format by name and version, its PRONOM key, and as notes what that rests on."""
    with xml.holding("format"):
        with xml.holding("formatDesignation"):
            xml.leaf("formatName", found.name or found.media_type)
            if found.version:
                xml.leaf("formatVersion", found.version)
        if found.puid:
            with xml.holding("formatRegistry"):
                xml.leaf("formatRegistryName", "PRONOM")
                xml.leaf("formatRegistryKey", found.puid)
        else:
            xml.leaf("formatNote", _UNKNOWN)
        for word, value in (("Medietyp", found.media_type), ("Grund", found.basis), ("Varning", found.warning)):
            if value:
                xml.leaf("formatNote", f"{word}: {value}")


def _event(xml: Indented, package: Package, found: UUID, event: Event) -> None:
    with xml.holding("event"):
        _identifier(xml, "event", "UUID", str(found))
        xml.leaf("eventType", event.kind)
        xml.leaf("eventDateTime", _at(event))
        if event.detail:
            with xml.holding("eventDetailInformation"):
                xml.leaf("eventDetail", event.detail)
        if event.outcome:
            with xml.holding("eventOutcomeInformation"):
                xml.leaf("eventOutcome", event.outcome)
        organisation = _known(package, event.agent)
        with xml.holding("linkingAgentIdentifier"):
            xml.leaf("linkingAgentIdentifierType", "UUID")
            xml.leaf("linkingAgentIdentifierValue", str(_agent_id(package, event.agent)))
            xml.leaf("linkingAgentRole", "executing program" if organisation is None else "implementer")
        for value in (object_id(package, path) for path in event.paths) if event.paths else (package.id,):
            _identifier(xml, "linkingObject", "UUID", str(value))


def _known(package: Package, name: str) -> Agent | None:
    """The organisation of this name that stands behind the package; None: the name is of a program."""
    if name == SOFTWARE:
        return None
    return next((agent for agent in package.agents if agent.name == name and agent.role != "source-system"), None)


def _agent_id(package: Package, name: str) -> UUID:
    return named("premis", "agent", for_xml(name), package.software if name == SOFTWARE else "")


def _agents(xml: Indented, package: Package, events: Sequence[Event]) -> None:
    creators = (agent.name for agent in package.agents if agent.role == "archival-creator")
    for name in dict.fromkeys((SOFTWARE, *creators, *(event.agent for event in events))):
        organisation = _known(package, name)
        with xml.holding("agent"):
            _identifier(xml, "agent", "UUID", str(_agent_id(package, name)))
            if organisation is not None and organisation.code:
                _identifier(xml, "agent", *identity_code(organisation.code))
            xml.leaf("agentName", name)
            if organisation is None:
                xml.leaf("agentType", "software")
            else:
                xml.leaf("agentType", "person" if organisation.role == "contact" else "organization")
            if name == SOFTWARE:
                xml.leaf("agentVersion", package.software)
