"""FGS Ärendehantering 1.0: a matter with its records, or records alone, by streaming.

Times in the format's own fields are Swedish civil time (Europe/Stockholm) without zone, to the second, as the format
asks; the same times stand in UTC, exactly, in an own element (*Tidpunkter i UTC*), so that the hour that comes twice in
autumn is told apart. Where a field holds one time and a record has several of the kind, it is the earliest (of
``SistaAnvandandetidpunkt`` the latest).

Where what we know stands, beyond the plain fields:

* ``ArkivobjektID`` is the item's opaque id, ``@Systemidentifierare`` its UUID; every other id is an ``ExtraID``.
* A sender is ``Avsandare`` (a second one an ``Agent``), recipients are ``Mottagare``, others ``Agent`` with their role.
* A reply has the relation ``Ingår i``; that it is a reply, and to what, an own element says too.
* ``Bilaga/@Lank`` is the path from the package's root. ``@Storlek`` cannot hold 2 GiB or more: such a size stands in an
  own element.
* Whatever else has no field stands in ``EgnaElement``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import BinaryIO, Final

from schemas.casefile import Aggregation, Appendix, CaseControl, CaseRecord, DateKind, Disposal, Party, RelationKind
from schemas.xml.case_form import (
    COUNT_LIMIT,
    DATE_WORDS,
    NO_NAME,
    NO_PROVISION,
    PARTY_WORDS,
    RELATION_WORDS,
    Own,
    OwnNames,
    Rest,
    add_owns,
    appendix_owns,
    check_aggregation,
    check_record,
    culled_text,
    local_text,
    outside_owns,
    shown_title,
    utc_text,
    value_owns,
)
from schemas.xml.lines import Lines

NAMESPACE: Final = "http://xml.ra.se/e-arkiv/FGS-ERMS"

_OWN: Final = OwnNames(
    group="EgnaElement",
    description="EgnaElementBeskrivning",
    element="EgetElement",
    name="Namn",
    value="Varde",
    properties="Egenskaper",
    property="Egenskap",
)
_RELATIONS: Final[dict[RelationKind, str]] = {
    "child-of": "Ingår i",
    "part-of": "Ingår i",
    "reference": "Referens",
    "redacted-version-of": "Är maskad version av",
}
_STATUS: Final = {"incoming": "Inkommen", "outgoing": "Expedierad"}
_RESTRICTIONS: Final = {"secrecy": "Sekretess", "personal-data": "Integritet"}

_MONTH: Final = len("2026-01")
"""Of a culled record's time no more than the month is known (D32); the format can say so."""

_First = Callable[[Iterable[datetime]], datetime]


def write_arendehantering(sink: BinaryIO, control: CaseControl, aggregation: Aggregation, *, matter: bool) -> int:
    """Write a matter with its records, or (``matter=False``) its records alone; memory is that of one record.

    Args:
        sink: a binary stream at its position; it is neither closed nor flushed to disk.
        aggregation: its records are read once, in order. Without ``matter`` what is said of it stands in own elements.

    Returns:
        How many records were written.

    Raises:
        RefusedError: an id, number or path that the format cannot hold, a record without ``created``, or a culled one
            with content. What was written by then is to be thrown away.
    """
    check_aggregation(aggregation, control)
    lines = Lines()
    lines.open("Leveransobjekt", {"xmlns": NAMESPACE})
    add_owns(lines, _OWN, _delivery(control, aggregation, matter=matter))
    if matter:
        lines.open("ArkivobjektListaArenden")
        lines.open("ArkivobjektArende", {"Systemidentifierare": aggregation.system_id})
        _matter(lines, aggregation)
    count = 0
    for record in aggregation.records:
        if not count:
            lines.open("ArkivobjektListaHandlingar")
        _record(lines, record)
        count += 1
        sink.write(lines.take())
    if count:
        lines.close("ArkivobjektListaHandlingar")
    if matter:
        lines.close("ArkivobjektArende")
        lines.close("ArkivobjektListaArenden")
    lines.close("Leveransobjekt")
    sink.write(lines.take())
    return count


def _delivery(control: CaseControl, aggregation: Aggregation, *, matter: bool) -> list[tuple[str, list[Own]]]:
    owns = [
        Own(name="Dokumentets id", value=control.id),
        Own(name="Framställt (UTC)", value=utc_text(control.made, "control: made")),
        Own(name="Myndighet", value=control.agency),
        Own(name="Myndighetens kod", value=control.agency_code),
        Own(name="System", value=f"{control.software} {control.version}".rstrip()),
    ]
    groups = [("Uppgifter om detta dokument", [own for own in owns if own.value])]
    if not matter:
        owns = [
            Own(name="Systemidentifierare", value=aggregation.system_id),
            Own(name="Beteckning", value=aggregation.object_id),
            Own(name="Rubrik", value=aggregation.title),
            Own(name="Arkivbildare", value=aggregation.authority),
            Own(name="Informationsklass", value=aggregation.information_class),
            *_matter_owns(aggregation),
        ]
        groups.append(("Uppgifter om det sammanhang som handlingarna hör till", [own for own in owns if own.value]))
    return groups


def _matter(lines: Lines, aggregation: Aggregation) -> None:
    lines.leaf("ArkivobjektID", aggregation.object_id)
    if aggregation.information_class:
        lines.leaf("Informationsklass", aggregation.information_class)
    if aggregation.closed is not None:
        lines.leaf("Avslutat", local_text(aggregation.closed, "aggregation: closed"))
    if aggregation.authority:
        lines.open("Agent")
        lines.leaf("Roll", "Arkivbildare")
        lines.leaf("Namn", aggregation.authority)
        lines.close("Agent")
    lines.leaf("Skapad", local_text(aggregation.created, "aggregation: created"))
    lines.leaf("StatusArande", "Öppet" if aggregation.closed is None else "Stängt")
    lines.leaf("Arendemening", aggregation.title)
    add_owns(lines, _OWN, [("Tider för ärendet och för det som det omfattar", _matter_owns(aggregation))])


def _matter_owns(aggregation: Aggregation) -> list[Own]:
    owns = [Own(name="Skapad (UTC)", value=utc_text(aggregation.created, "aggregation: created"))]
    if aggregation.closed is not None:
        owns.append(Own(name="Avslutat (UTC)", value=utc_text(aggregation.closed, "aggregation: closed")))
    if aggregation.first is not None:
        owns.append(Own(name="Omfattar från och med", value=aggregation.first.isoformat()))
    if aggregation.last is not None:
        owns.append(Own(name="Omfattar till och med", value=aggregation.last.isoformat()))
    return owns


def _record(lines: Lines, record: CaseRecord) -> None:
    check_record(record)
    rest = Rest()
    senders, others, recipients = _parties(record)
    lines.open("ArkivobjektHandling", {"Systemidentifierare": record.system_id})
    lines.leaf("ArkivobjektID", rest.fit("Beteckning", record.item or record.system_id))
    for kind, value in record.extra:
        lines.leaf("ExtraID", rest.fit("Annan beteckning", value), {"ExtraIDTyp": rest.fit("Beteckningens typ", kind)})
    if record.type:
        lines.leaf("Handlingstyp", rest.fit("Handlingstyp", record.type))
    _persons(lines, "Avsandare", senders, rest)
    if record.culled is not None:
        lines.leaf("Beskrivning", culled_text(record.culled, record.disposal))
    elif record.text:
        lines.leaf("Beskrivning", rest.fit("Text", record.text))
    _time(lines, "Expedierad", record, "sent", min)
    _disposal(lines, record, rest)
    for party in others:
        lines.open("Agent")
        lines.leaf("Roll", PARTY_WORDS[party.role])
        lines.leaf("Namn", rest.fit("Aktör", party.name or NO_NAME))
        lines.close("Agent")
    _time(lines, "Inkommen", record, "received", min)
    lines.leaf("Lopnummer", str(record.number))
    _persons(lines, "Mottagare", recipients, rest)
    for relation in record.relations:
        lines.leaf("HandlingRelation", relation.target, {"Typ": _RELATIONS[relation.kind]})
    lines.leaf("Rubrik", rest.fit("Rubrik", shown_title(record)))
    _time(lines, "Skapad", record, "created", min)
    _time(lines, "SistaAnvandandetidpunkt", record, "modified", max)
    if record.culled is None:
        lines.leaf("StatusHandling", _STATUS[record.direction])
    _time(lines, "Upprattad", record, "originated", min)
    _restrictions(lines, record, rest)
    for one in record.appendices:
        lines.empty("Bilaga", _appendix(one, rest))
    add_owns(lines, _OWN, _groups(record, rest))
    lines.close("ArkivobjektHandling")


def _parties(record: CaseRecord) -> tuple[list[Party], list[Party], list[Party]]:
    """The sender, the others that the format knows by their role alone, and the recipients."""
    senders = [party for party in record.parties if party.role == "sender"]
    others = [party for party in record.parties if party.role in {"creator", "archiver"}]
    recipients = [party for party in record.parties if party.role == "recipient"]
    return senders[:1], [*senders[1:], *others], recipients


def _persons(lines: Lines, name: str, parties: list[Party], rest: Rest) -> None:
    for party in parties:
        lines.open(name)
        lines.leaf("Namn", rest.fit(PARTY_WORDS[party.role], party.name or NO_NAME))
        lines.close(name)


def _restrictions(lines: Lines, record: CaseRecord, rest: Rest) -> None:
    for one in record.restrictions:
        lines.open("Restriktion", {"Typ": _RESTRICTIONS[one.kind]})
        if one.text:
            lines.leaf("ForklarandeText", rest.fit("Förklaring till begränsning", one.text))
        lines.leaf("Lagrum", rest.fit("Lagrum", one.provision or NO_PROVISION))
        lines.close("Restriktion")


def _time(lines: Lines, name: str, record: CaseRecord, kind: DateKind, choose: _First) -> None:
    moments = [moment for found, moment in record.dates if found == kind]
    if moments:
        text = local_text(choose(moments), f"record {record.item}: {kind}")
        lines.leaf(name, text if record.culled is None else text[:_MONTH])


def _disposal(lines: Lines, record: CaseRecord, rest: Rest) -> None:
    if record.disposal is None and record.culled is None:
        return
    one = record.disposal or Disposal(disposable=True)
    lines.open("Gallring", {"Gallras": "true" if one.disposable else "false"})
    if one.mandate:
        lines.leaf("GallringsForklaring", rest.fit("Beslut om gallring eller bevarande", one.mandate))
    if one.due is not None:
        lines.leaf("GallringsPeriodSlut", one.due.isoformat())
    lines.close("Gallring")


def _appendix(one: Appendix, rest: Rest) -> dict[str, str]:
    attributes = {"Namn": rest.fit("Bilagans namn", one.name)}
    if one.description:
        attributes["Beskrivning"] = rest.fit("Bilagans beskrivning", one.description)
    attributes["Lank"] = one.path
    if one.size <= COUNT_LIMIT:
        attributes["Storlek"] = str(one.size)
    if one.media_type:
        attributes["Mimetyp"] = rest.fit("Bilagans mimetyp", one.media_type)
    if one.sha256:
        attributes["Checksumma"] = one.sha256
        attributes["ChecksummaMetod"] = "SHA-256"
    return attributes


def _groups(record: CaseRecord, rest: Rest) -> tuple[tuple[str, Sequence[Own]], ...]:
    return (
        ("Uppgifter om handlingen som formatet saknar element för", value_owns(record)),
        ("Tidpunkter i UTC; i övriga element är tiden svensk lokal tid", _times(record)),
        ("Aktörernas id på plattformen", _codes(record)),
        ("Handlingar som denna handling är ett svar på", _replies(record)),
        ("Handlingar som denna handling hör ihop med men som inte finns i paketet", outside_owns(record)),
        ("När begränsningar började gälla", _since(record)),
        ("Gallring eller bevarande enligt planen", _planned(record)),
        (
            "Uppgifter om bilagornas filer; värdet är sökvägen från paketets rot",
            appendix_owns(record, everything=False),
        ),
        ("Fortsättning på texter som är längre än ett element får vara", rest.owns),
    )


def _times(record: CaseRecord) -> list[Own]:
    if record.culled is not None:
        return []
    return [
        Own(name=DATE_WORDS[kind], value=utc_text(moment, f"record {record.item}: {kind}"))
        for kind, moment in record.dates
    ]


def _codes(record: CaseRecord) -> list[Own]:
    return [
        Own(name=PARTY_WORDS[party.role], value=party.name, properties=(("Id", party.code),))
        for party in record.parties
        if party.code
    ]


def _replies(record: CaseRecord) -> list[Own]:
    return [Own(name=RELATION_WORDS[one.kind], value=one.target) for one in record.relations if one.kind == "child-of"]


def _since(record: CaseRecord) -> list[Own]:
    return [
        Own(name="Gäller från och med", value=one.since.isoformat(), properties=(("Lagrum", one.provision),))
        for one in record.restrictions
        if one.since is not None
    ]


def _planned(record: CaseRecord) -> list[Own]:
    owns: list[Own] = []
    if record.disposal is not None:
        said = (
            ("Handlingstyp enligt planen", record.disposal.type),
            ("Regel i planen", record.disposal.rule),
            ("Planens utgåva", record.disposal.edition),
        )
        owns = [Own(name=name, value=value) for name, value in said if value]
    if record.culled is not None:
        owns.append(Own(name="Gallrad", value=record.culled.isoformat()))
    return owns
