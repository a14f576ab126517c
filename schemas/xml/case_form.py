"""What ERMS and FGS Ärendehantering have in common: checks, Swedish words, times, and elements of our own.

Both formats leave room for elements of the sender's own, built alike: a name, a value, properties. Whatever a record
holds that has no field of its own in a format goes there, under a Swedish name, so that nothing is dropped.

A text that is longer than ``PIECE`` characters stands in its field up to there; the rest follows in own elements with
the field's name and ``del`` (2 av 3 …). Put together in order they are the text. The limit is ours, not the formats':
a parser with libxml2's defaults refuses a text of 10 MB, and one character may become twelve bytes when it is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from schemas.calendar import ZONE
from schemas.casefile import Aggregation, CaseControl, CaseRecord, DateKind, Disposal, RelationKind
from schemas.ids import utc
from schemas.refusal import RefusedError
from schemas.xml.lines import Lines

PIECE: Final = 64 * 1024
"""Characters of a text in one element or attribute."""

NAME_LIMIT: Final = 200
"""Characters of an own element's name; a longer name stands whole among its properties."""

COUNT_LIMIT: Final = 2**31 - 1
"""Largest running number, and largest size of a file in FGS Ärendehantering (``xs:int``)."""

DATE_WORDS: Final[dict[DateKind, str]] = {
    "created": "Skapad",
    "originated": "Upprättad",
    "captured": "Insamlad",
    "modified": "Ändrad",
    "deleted": "Borttagen från plattformen",
    "received": "Inkommen",
    "sent": "Expedierad",
}
PARTY_WORDS: Final = {
    "creator": "Upphovsperson",
    "sender": "Avsändare",
    "recipient": "Mottagare",
    "archiver": "Arkiverande",
}
RELATION_WORDS: Final[dict[RelationKind, str]] = {
    "child-of": "Svar på",
    "part-of": "Ingår i",
    "reference": "Hänvisar till",
    "redacted-version-of": "Maskad version av",
}
NO_PROVISION: Final = "Lagrum är inte angivet"
NO_NAME: Final = "Namn är inte känt"
PREFIXES: Final = frozenset({"VAT", "DUNS", "ORG", "HSA", "Local", "URI"})
"""Prefixes of an identity code (FGS Paketstruktur)."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ITEM = re.compile(r"[0-9]{6}-[a-z2-7]{16}")
_PATH = re.compile(r"(?!\.\.?(?:/|$))[A-Za-z0-9._-]+(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._-]+)*")
_ZONE_SINCE = 1900
"""Earlier, local time differed from UTC by seconds too, which ``xs:dateTime`` cannot say."""

_CONTENT = ("text", "parties", "restrictions", "appendices")

Property = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """An element of our own: Swedish name, value, properties as (name, value)."""

    name: str
    value: str
    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNames:
    """How a format calls the parts of own elements: group, its description, element, value, properties, property."""

    group: str
    description: str
    element: str
    name: str
    value: str
    properties: str
    property: str


def check_record(record: CaseRecord) -> None:
    """Refuse a record that no format can say truthfully.

    Raises:
        RefusedError: no UUID (ERMS199), no ``created`` (ERMS135), a running number beyond ``xs:int``, a path that is not
            plain, or a culled record that still has content or another id than ours (D32).
    """
    where = f"record {record.item or record.number}"
    check_uuid(f"{where}: system_id", record.system_id)
    if not any(kind == "created" for kind, _ in record.dates):
        raise RefusedError(f"{where}: dates", "no created", "give the time of creation (ERMS135)")
    if not 0 <= record.number <= COUNT_LIMIT:
        raise RefusedError(f"{where}: number", record.number, f"use a running number from 0 to {COUNT_LIMIT}")
    for relation in record.relations:
        check_uuid(f"{where}: relation", relation.target)
    for one in record.appendices:
        plain_path(f"{where}: appendix", one.path)
    if record.culled is not None:
        for field in _CONTENT:
            if getattr(record, field):
                raise RefusedError(f"{where}: {field}", "…", "leave only ids and dates of what is culled (D32)")
        for _, value in record.extra:
            if _ITEM.fullmatch(value) is None:
                raise RefusedError(f"{where}: extra", "…", "leave only opaque item ids of what is culled (D32)")


def check_aggregation(aggregation: Aggregation, control: CaseControl) -> None:
    """Refuse an aggregation without UUID (ERMS199) or a document without agency. Raises RefusedError."""
    check_uuid("aggregation: system_id", aggregation.system_id)
    if not control.agency:
        raise RefusedError("control: agency", "", "name the authority that the document comes from")


def check_uuid(field: str, text: str) -> None:
    """Refuse what is no UUID in its usual form. Raises RefusedError."""
    if _UUID.fullmatch(text) is None:
        raise RefusedError(field, "…", "give a UUID such as 8f14e45f-ceea-5672-9a57-6a2f6de2b4c1")


def plain_path(field: str, path: str) -> str:
    """The path, when it is of plain names that stay inside the package. Raises RefusedError."""
    if _PATH.fullmatch(path) is None:
        raise RefusedError(field, "…", "give a path from the package's root, of names that plain_name made")
    return path


def utc_text(moment: datetime, field: str) -> str:
    """``xs:dateTime`` in UTC, ``2026-01-31T12:00:00Z``. Raises RefusedError for a time without zone."""
    return utc(moment, field).isoformat().removesuffix("+00:00") + "Z"


def local_text(moment: datetime, field: str) -> str:
    """Swedish civil time without zone, ``2026-01-31T13:00:00`` (EgetTidDatum). Raises RefusedError without a zone.

    A moment at the very edge of the calendar, which only a false statement can give, is its year.
    """
    given = utc(moment, field)
    try:
        return given.astimezone(ZONE).replace(tzinfo=None).isoformat(timespec="seconds")
    except OverflowError:
        return f"{given.year:04d}"


def day_begins(day: date) -> str:
    """The first second of a civil day in Sweden as ``xs:dateTime``, with its distance to UTC."""
    return _at(day, time.min)


def day_ends(day: date) -> str:
    """The last second of a civil day in Sweden as ``xs:dateTime``, with its distance to UTC."""
    return _at(day, time(23, 59, 59))


def code_parts(code: str) -> tuple[str, str]:
    """Type and number of an identity code: ``ORG:212000-1892`` → ``ORG``, ``212000-1892``; without prefix ``Local``."""
    prefix, colon, rest = code.partition(":")
    return (prefix, rest) if colon and prefix in PREFIXES else ("Local", code)


def culled_text(culled: date, disposal: Disposal | None) -> str:
    """What stands in the place of a culled record's text (D32)."""
    under = ""
    if disposal is not None and disposal.rule:
        under = f" enligt regel {disposal.rule}" + (f" i planen {disposal.edition}" if disposal.edition else "")
    return f"Gallrad {culled.isoformat()}{under}. Innehållet finns inte kvar."


def shown_title(record: CaseRecord) -> str:
    """The record's title; without one, what it is."""
    return record.title or record.type or "Utan rubrik"


class Rest:
    """Collects what did not fit into the fields of one record."""

    __slots__ = ("owns",)

    def __init__(self) -> None:
        """Begin empty."""
        self.owns: list[Own] = []

    def fit(self, name: str, text: str) -> str:
        """At most ``PIECE`` characters of the text; what is left follows in own elements of this name."""
        if len(text) <= PIECE:
            return text
        parts = _cut(text)
        for number, part in enumerate(parts[1:], 2):
            self.owns.append(Own(name=name, value=part, properties=(("del", f"{number} av {len(parts)}"),)))
        return parts[0]


def add_owns(lines: Lines, names: OwnNames, groups: Iterable[tuple[str, Sequence[Own]]]) -> None:
    """Groups of own elements, each with its description; a group without elements is left out."""
    for description, owns in groups:
        if owns:
            lines.open(names.group)
            lines.leaf(names.description, description)
            for own in owns:
                _add_own(lines, names, own)
            lines.close(names.group)


def appendix_owns(record: CaseRecord, *, everything: bool) -> list[Own]:
    """What is known of the record's files and has no attribute: ``everything``, or without what FGS's Bilaga holds."""
    owns: list[Own] = []
    for one in record.appendices:
        known: list[Property] = []
        if everything or one.size > COUNT_LIMIT:
            known.append(("Storlek i byte", str(one.size)))
        if everything:
            known += [("Kontrollsumma", one.sha256), ("Kontrollsummans metod", "SHA-256"), ("Mimetyp", one.media_type)]
        known += [
            ("Filformat enligt PRONOM", one.puid),
            ("Filformatets namn", "" if everything else one.format_name),
            ("Ursprungligt namn", one.original_name),
        ]
        kept = tuple(pair for pair in known if pair[1])
        if kept:
            owns.append(Own(name="Bilaga", value=one.path, properties=kept))
    return owns


def outside_owns(record: CaseRecord) -> list[Own]:
    """Relations to records that are not in this package: what it is, the other's UUID."""
    return [
        Own(name="Relation till handling utanför paketet", value=one.target, properties=(("Typ", words),))
        for one in record.relations
        if one.outside
        for words in (RELATION_WORDS[one.kind],)
    ]


def value_owns(record: CaseRecord) -> list[Own]:
    """What the record says in words."""
    return [Own(name=name, value=value) for name, value in record.values]


def _add_own(lines: Lines, names: OwnNames, own: Own) -> None:
    properties = list(own.properties)
    if len(own.name) > NAME_LIMIT:
        properties.append(("hela namnet", own.name))
    parts = _cut(own.value)
    for number, part in enumerate(parts, 1):
        lines.open(names.element, {names.name: own.name[:NAME_LIMIT] or "–"})
        lines.leaf(names.value, part)
        more = [*properties, ("del", f"{number} av {len(parts)}")] if len(parts) > 1 else properties
        if more:
            lines.open(names.properties)
            for name, value in more:
                _add_property(lines, names, name, value)
            lines.close(names.properties)
        lines.close(names.element)


def _add_property(lines: Lines, names: OwnNames, name: str, value: str) -> None:
    for piece in _cut(value):
        lines.open(names.property, {names.name: name})
        lines.leaf(names.value, piece)
        lines.close(names.property)


def _at(day: date, hour: time) -> str:
    zone = ZONE if day.year >= _ZONE_SINCE else None
    return datetime.combine(day, hour, zone).isoformat()


def _cut(text: str) -> list[str]:
    if len(text) <= PIECE:
        return [text]
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
