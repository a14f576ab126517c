"""CITS ERMS 2.1 and 3.0 (= FGS Ärendehantering 2.0): a matter or an account's period with its records, by streaming.

Where what we know stands, beyond the plain fields:

* ``objectId`` is the item's opaque id, ``@systemIdentifier`` its UUID (ERMS199); every other id is an ``extraId``.
* The text of the latest version is ``description``; a culled record says there that it is culled (D32).
* Times are UTC. Civil days are Swedish: their first (or last) second, with the distance to UTC.
* ``disposal`` must hold a date in the schema. Where the plan gives none, it is the day that the statement is of
  (``other_date``, *uppgiftens datum*); ``action_due`` is the first day on which culling is allowed, ``disposal_date``
  the day of a culling.
* Paths of appendices are from the package's root. Size, digest and PRONOM id stand in ``ownElement``, as does whatever
  else the schema has no field for.

The two versions differ in nothing that is written here. Attributes whose words changed between editions of 2.1
(``recordPhysicalOrDigital``) are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, Final, Literal

from schemas.casefile import Aggregation, CaseControl, CaseRecord, Disposal, RelationKind, Restriction
from schemas.refusal import RefusedError
from schemas.xml.case_form import (
    NO_NAME,
    NO_PROVISION,
    Own,
    OwnNames,
    Rest,
    add_owns,
    appendix_owns,
    check_aggregation,
    check_record,
    code_parts,
    culled_text,
    day_begins,
    day_ends,
    outside_owns,
    shown_title,
    utc_text,
    value_owns,
)
from schemas.xml.lines import Lines

NAMESPACE: Final = "https://DILCIS.eu/XML/ERMS"

Version = Literal["2.1", "3.0"]
VERSIONS: Final[tuple[Version, ...]] = ("2.1", "3.0")

_OWN: Final = OwnNames(
    group="ownElement",
    description="ownElementDescription",
    element="ownElement",
    name="name",
    value="value",
    properties="property",
    property="attribute",
)
_RELATIONS: Final[dict[RelationKind, str]] = {
    "child-of": "is_child_of",
    "part-of": "part_of",
    "reference": "reference",
    "redacted-version-of": "is_redacted_version_of",
}
_STATUS: Final = {"incoming": "received", "outgoing": "expedited"}
_RESTRICTIONS: Final = {"secrecy": "confidential", "personal-data": "gdpr"}


def write_erms(sink: BinaryIO, version: Version, control: CaseControl, aggregation: Aggregation) -> int:
    """Write one aggregation with its records; memory is that of one record.

    Args:
        sink: a binary stream at its position; it is neither closed nor flushed to disk.
        version: ``2.1`` or ``3.0`` of CITS ERMS.
        aggregation: its records are read once, in order.

    Returns:
        How many records were written.

    Raises:
        RefusedError: a version, id, number or path that the format cannot hold, a record without ``created`` (ERMS135),
            or a culled one with content. What was written by then is to be thrown away.
    """
    if version not in VERSIONS:
        raise RefusedError("erms", version, "use 2.1 or 3.0")
    check_aggregation(aggregation, control)
    made = utc_text(control.made, "control: made")
    count = 0
    lines = Lines()
    lines.open("erms", {"xmlns": NAMESPACE})
    _control(lines, control, made)
    lines.open("aggregations")
    lines.open("aggregation", {"systemIdentifier": aggregation.system_id, "aggregationType": "caseFile"})
    _about(lines, aggregation)
    for record in aggregation.records:
        _record(lines, record, made)
        count += 1
        sink.write(lines.take())
    for name in ("aggregation", "aggregations", "erms"):
        lines.close(name)
    sink.write(lines.take())
    return count


def _control(lines: Lines, control: CaseControl, made: str) -> None:
    lines.open("control")
    lines.leaf("identification", control.id, {"identificationType": "UUID"})
    lines.open("maintenanceInformation")
    lines.empty("maintenanceStatus", {"value": "new"})
    lines.open("maintenanceAgency")
    if control.agency_code:
        kind, code = code_parts(control.agency_code)
        lines.leaf("agencyCode", code, {"type": kind})
    lines.leaf("agencyName", control.agency)
    lines.close("maintenanceAgency")
    lines.open("maintenanceHistory")
    lines.open("maintenanceEvent")
    lines.empty("eventType", {"value": "created"})
    lines.leaf("eventDateTime", made)
    lines.open("agent", {"agentType": "other", "otherAgentType": "software"})
    lines.leaf("name", f"{control.software} {control.version}".rstrip())
    for name in ("agent", "maintenanceEvent", "maintenanceHistory", "maintenanceInformation", "control"):
        lines.close(name)


def _about(lines: Lines, aggregation: Aggregation) -> None:
    lines.leaf("objectId", aggregation.object_id)
    if aggregation.information_class:
        lines.leaf("informationClass", aggregation.information_class)
    lines.leaf("title", aggregation.title)
    lines.empty("status", {"value": "open" if aggregation.closed is None else "closed"})
    if aggregation.authority:
        lines.open("agents")
        lines.open("agent", {"agentType": "creator"})
        lines.leaf("name", aggregation.authority)
        lines.leaf("role", "Arkivbildare")
        lines.close("agent")
        lines.close("agents")
    lines.open("dates")
    lines.leaf("date", utc_text(aggregation.created, "aggregation: created"), {"dateType": "created"})
    if aggregation.first is not None:
        lines.leaf("date", day_begins(aggregation.first), {"dateType": "start"})
    if aggregation.last is not None:
        lines.leaf("date", day_ends(aggregation.last), {"dateType": "end"})
    if aggregation.closed is not None:
        lines.leaf("date", utc_text(aggregation.closed, "aggregation: closed"), {"dateType": "closed"})
    lines.close("dates")


def _record(lines: Lines, record: CaseRecord, made: str) -> None:
    check_record(record)
    rest = Rest()
    attributes = {"systemIdentifier": record.system_id}
    if record.type:
        attributes["recordType"] = rest.fit("Typ av handling", record.type)
    lines.open("record", attributes)
    lines.leaf("objectId", rest.fit("Objekt-id", record.item or record.system_id))
    for kind, value in record.extra:
        lines.leaf("extraId", rest.fit("Annat id", value), {"extraIdType": rest.fit("Annat ids typ", kind)})
    lines.leaf("title", rest.fit("Rubrik", shown_title(record)))
    if record.culled is None:
        lines.empty("status", {"value": _STATUS[record.direction]})
    lines.leaf("runningNumber", str(record.number))
    for relation in record.relations:
        lines.leaf("relation", relation.target, {"relationType": _RELATIONS[relation.kind]})
    for restriction in record.restrictions:
        _restriction(lines, restriction, rest)
    _disposal(lines, record, made, rest)
    if record.culled is None:
        lines.empty("direction", {"directionDefinition": record.direction})
    _agents(lines, record, rest)
    if record.culled is not None:
        lines.leaf("description", culled_text(record.culled, record.disposal))
    elif record.text:
        lines.leaf("description", rest.fit("Text", record.text))
    _dates(lines, record)
    _more(lines, record, rest)
    lines.close("record")


def _agents(lines: Lines, record: CaseRecord, rest: Rest) -> None:
    if not record.parties:
        return
    lines.open("agents")
    for party in record.parties:
        lines.open("agent", {"agentType": party.role})
        lines.leaf("name", rest.fit("Namn", party.name or NO_NAME))
        if party.code:
            lines.leaf("idNumber", rest.fit("Id", party.code), {"idNumberType": "plattformens id"})
        lines.close("agent")
    lines.close("agents")


def _dates(lines: Lines, record: CaseRecord) -> None:
    lines.open("dates")
    for kind, moment in record.dates:
        lines.leaf("date", utc_text(moment, f"record {record.item}: {kind}"), {"dateType": kind})
    if record.culled is not None:
        lines.leaf("date", day_begins(record.culled), {"dateType": "destroyed"})
    lines.close("dates")


def _restriction(lines: Lines, one: Restriction, rest: Rest) -> None:
    lines.open("restriction", {"restrictionType": _RESTRICTIONS[one.kind]})
    if one.text:
        lines.leaf("explanatoryText", rest.fit("Förklaring till begränsning", one.text))
    lines.leaf("regulation", rest.fit("Lagrum", one.provision or NO_PROVISION))
    if one.since is not None:
        lines.open("dates")
        lines.leaf("date", day_begins(one.since), {"dateType": "start"})
        lines.close("dates")
    lines.close("restriction")


def _disposal(lines: Lines, record: CaseRecord, made: str, rest: Rest) -> None:
    if record.disposal is None and record.culled is None:
        return
    one = record.disposal or Disposal(disposable=True)
    lines.open("disposal", {"disposable": "true" if one.disposable else "false"})
    words = "Gallras" if one.disposable else "Bevaras"
    for name, label, text in (
        ("defaultDisposalScheduleId", "Planens utgåva", one.edition),
        ("disposalScheduleId", "Regel i planen", one.rule),
        ("disposalAction", "", "Gallrad" if record.culled is not None else words),
        ("disposalMandate", "Beslut om gallring eller bevarande", one.mandate),
        ("disposalDescription", "Handlingstyp enligt planen", one.type),
    ):
        if text:
            lines.leaf(name, rest.fit(label, text))
    lines.open("dates")
    if one.due is not None:
        lines.leaf("disposalDate", day_begins(one.due), {"dateType": "action_due"})
    if record.culled is not None:
        lines.leaf("disposalDate", day_begins(record.culled), {"dateType": "disposal_date"})
    if one.due is None and record.culled is None:
        lines.leaf("disposalDate", made, {"dateType": "other_date", "otherDisposalDateType": "uppgiftens datum"})
    lines.close("dates")
    lines.close("disposal")


def _more(lines: Lines, record: CaseRecord, rest: Rest) -> None:
    owns: tuple[tuple[str, Sequence[Own]], ...] = (
        ("Uppgifter om handlingen som ERMS saknar element för", value_owns(record)),
        ("Handlingar som denna handling hör ihop med men som inte finns i paketet", outside_owns(record)),
        ("Uppgifter om bilagornas filer; värdet är sökvägen från paketets rot", appendix_owns(record, everything=True)),
    )
    if not record.appendices and not rest.owns and not any(found for _, found in owns):
        return
    lines.open("additionalInformation")
    for one in record.appendices:
        attributes = {"name": rest.fit("Bilagans namn", one.name), "path": one.path}
        if one.description:
            attributes["description"] = rest.fit("Bilagans beskrivning", one.description)
        file_format = one.format_name or one.media_type
        if file_format:
            attributes["fileFormat"] = rest.fit("Bilagans filformat", file_format)
        lines.empty("appendix", attributes)
    add_owns(lines, _OWN, (*owns, ("Fortsättning på texter som är längre än ett element får vara", rest.owns)))
    lines.close("additionalInformation")
