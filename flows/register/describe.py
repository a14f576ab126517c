"""A record in the words of a register: the fields of OSL 5:2, its attachments, and as *handling* for FGS Ärendehantering.

Pure: rows and marks in, values out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.keep.addresses import addresses
from flows.keep.renditions import PLATFORMS
from schemas.calendar import ZONE, local_day
from schemas.casefile import Appendix, CaseRecord, DateKind, Direction, Party, Relation, Restriction
from schemas.codes.words import value
from schemas.ground import Organisation
from schemas.hold import Mark
from schemas.ids import ItemId
from schemas.package import named, plain_name
from schemas.payload import fields_of
from schemas.record import MediaRef, Row

COLLECTED: Final = frozenset({"snapshot", "account_list", "page_rules", "statistics"})
"""Kinds of ours that go into the year's collected matter (*samlingsärende*) of their authority."""

OURS: Final = "bevara"
_GDPR: Final = "Dataskyddsförordningen (EU) 2016/679"
_ENDINGS: Final = {
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The fields that a register shows of a record (OSL 5:2), and what stands beside them.

    Attributes:
        item, authority, kind: of the record. platform, account: where it stood.
        direction: incoming (somebody else's) or outgoing (ours, *upprättad*).
        at: when it was received or made, UTC. sender, recipient: as shown; empty = none.
        subject: briefly what it is about. matter: diary number of the matter that it belongs to, or empty.
        wording: which version it is and since which day, where there are several; else empty.
        earlier: diary number that an earlier version has, or empty.
    """

    item: ItemId
    authority: str
    kind: str
    platform: str
    account: str
    direction: Direction
    at: datetime
    sender: str
    recipient: str
    subject: str
    matter: str
    wording: str = ""
    earlier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An attachment that the record names: file name in the parcel, reference, and a Swedish line about it."""

    name: str
    reference: MediaRef
    about: str


def describe(
    rows: Sequence[Row],
    organisation: Organisation,
    *,
    subject: str = "",
    matter: str = "",
    marked: str = "",
    earlier: str = "",
) -> Described:
    """The register's fields of a record.

    Args:
        rows: all of its rows, oldest observation first. subject, matter: what the registrar said, or empty.
        marked: diary number of its mark *i-arende*, or empty. earlier: that of its mark *registrerad*, or empty.
    """
    newest = newest_version(rows)
    at = newest.published or rows[0].observed
    authority = organisation.authority(newest.authority)
    shown = newest.author or ""
    year = local_day(at).year
    collected = organisation.collections.get(newest.authority, {}).get(year, "") if newest.kind in COLLECTED else ""
    return Described(
        item=newest.item,
        authority=newest.authority,
        kind=newest.kind,
        platform=newest.platform,
        account=newest.account,
        direction="outgoing" if newest.own else "incoming",
        at=at,
        sender=authority if newest.own else shown,
        recipient="" if newest.own else authority,
        subject=subject or usual_subject(newest),
        matter=matter or marked or collected,
        wording=_wording(newest),
        earlier=earlier,
    )


def _wording(row: Row) -> str:
    if row.version == 1:
        return ""
    changed = "iakttagen" if row.edited is None else "ändrad"
    return f"{row.version}, {changed} {local_day(row.edited or row.observed).isoformat()}"


def usual_subject(row: Row) -> str:
    """What is said of a record when the registrar said nothing: what it is and where it stood, not what it says."""
    kind = value(row.kind, "sv").capitalize()
    if row.kind == "snapshot" and (account := _account_shown(row)):
        return f"{kind} av kontot {account}"
    return f"{kind} av Bevara" if row.platform == OURS else f"{kind} på {_platform(row)}, kontot {row.account}"


def _account_shown(row: Row) -> str:
    """The account whose look a snapshot of ours shows."""
    account = fields_of(row.payload).get("account")
    return account if isinstance(account, str) else ""


def _platform(row: Row) -> str:
    return PLATFORMS.get(row.platform, row.platform)


def newest_version(rows: Sequence[Row]) -> Row:
    """The newest version among the rows of one item. Raises ValueError when there is none."""
    versions = [row for row in rows if row.row == "version"]
    if not versions:
        raise ValueError("an item without versions")
    return max(versions, key=lambda row: (row.version, row.observed))


def attachments(rows: Sequence[Row]) -> tuple[list[Found], int]:
    """Every attachment of every version, once each, and how many have no bytes in the archive.

    Attachments stand on versions, and on observations where they were found later.
    """
    kept: dict[str, MediaRef] = {}
    origins: set[tuple[str, str]] = set()
    lacking: set[tuple[str, str]] = set()
    for row in rows:
        for one in row.media:
            if one.digest is None:
                lacking.add((one.role, one.origin))
            else:
                origins.add((one.role, one.origin))
                kept.setdefault(one.digest, one)
    taken: set[str] = set()
    found: list[Found] = []
    ours = rows[0].platform == OURS
    for number, one in enumerate(kept.values(), 1):
        # A platform's own name of an attachment may hold an id; ours are plain words.
        name = plain_name(one.origin if ours else f"bilaga-{number:02}{_ending(one)}", taken=taken)
        taken.add(name)
        found.append(Found(name=name, reference=one, about=_about(one)))
    return found, len(lacking - origins)


def _ending(one: MediaRef) -> str:
    return _ENDINGS.get(one.media_type.partition(";")[0].strip().lower(), "")


def _about(one: MediaRef) -> str:
    words = {"caption": "undertext", "thumbnail": "miniatyr"}
    about = words.get(one.role) or value(one.role, "sv")
    return f"{about}, i original"


def case_record(
    rows: Sequence[Row],
    described: Described,
    mark: Mark | None,
    appendices: Sequence[Appendix],
    *,
    lacking: int,
    marker: str = "",
) -> CaseRecord:
    """The record as *handling*: everything its latest version says, with what came before told in words.

    Args:
        mark: its secrecy mark, or None. marker: name of the authority that made it. lacking: attachments without bytes.
    """
    newest = newest_version(rows)
    dates: list[tuple[DateKind, datetime]] = [("created", described.at)]
    dates.append(("received" if described.direction == "incoming" else "originated", described.at))
    if described.direction == "outgoing" and newest.platform != OURS:
        dates.append(("sent", described.at))
    dates.append(("captured", rows[0].observed))
    if newest.edited is not None:
        dates.append(("modified", newest.edited))
    parties = (
        [Party(role="creator", name=newest.author or "", code=newest.author_native or "")] if newest.author else []
    )
    if described.sender:
        parties.append(Party(role="sender", name=described.sender))
    if described.recipient:
        parties.append(Party(role="recipient", name=described.recipient))
    parent = newest.parent
    relations = (Relation(kind="child-of", target=record_id(parent), outside=True),) if parent else ()
    return CaseRecord(
        system_id=record_id(newest.item),
        item=newest.item,
        number=1,
        type=value(newest.kind, "sv"),
        title=described.subject,
        text=newest.text or "",
        direction=described.direction,
        dates=tuple(dates),
        parties=tuple(parties),
        relations=relations,
        restrictions=_restrictions(mark, marker, incoming=described.direction == "incoming"),
        extra=tuple((name, said) for name, said in _extra(newest, described) if said),
        values=tuple(_values(rows, newest, lacking)),
        appendices=tuple(appendices),
    )


def record_id(item: ItemId) -> str:
    """The system id of a record in a case file, made of its opaque id."""
    return str(named("item", item))


def _restrictions(mark: Mark | None, marker: str, *, incoming: bool) -> tuple[Restriction, ...]:
    found = []
    if mark is not None:
        found.append(
            Restriction(
                kind="secrecy",
                provision=mark.provision,
                text=f"Sekretessmarkering (OSL 5 kap. 5 §). Myndighet: {marker or mark.authority}",
                since=mark.on or local_day(mark.at),
            )
        )
    if incoming:
        found.append(Restriction(kind="personal-data", provision=_GDPR, text="Innehåller uppgifter om den som skrev."))
    return tuple(found)


def _extra(row: Row, described: Described) -> Sequence[tuple[str, str]]:
    native = [("Plattformens id", row.native)] if row.platform != OURS else []
    address = [("Adress", one) for one in addresses(row)[:1]]
    earlier = ("En tidigare lydelses diarienummer", described.earlier)
    return [
        *native,
        *address,
        ("Ärende", described.matter),
        earlier,
        ("Konto", row.account),
        ("Plattform", _platform(row)),
    ]


def _values(rows: Sequence[Row], newest: Row, lacking: int) -> Sequence[tuple[str, str]]:
    seen = [row for row in rows if row.row != "observation"][-1]
    found = [("Lydelse", str(newest.version)), ("Synlighet när den senast iakttogs", value(seen.state, "sv"))]
    if newest.visibility:
        found.append(("Synlig för", newest.visibility))
    if newest.language:
        found.append(("Språk", newest.language))
    found.extend(("Länk", one) for one in newest.links)
    earlier = sorted((row for row in rows if row.row == "version" and row.version < newest.version), key=_numbered)
    for row in earlier:
        at = f"{row.observed.astimezone(ZONE):%Y-%m-%d %H.%M}"
        found.append((f"Tidigare lydelse {row.version} (iakttagen {at})", row.text or ""))
    counts = [row for row in rows if row.counts]
    if counts:
        found.extend((f"Räknare {name}", str(number)) for name, number in counts[-1].counts)
    if lacking:
        found.append(("Bilagor som inte finns i arkivet", str(lacking)))
    return found


def _numbered(row: Row) -> int:
    return row.version


def secret_mark(marks: Collection[Mark], item: ItemId) -> Mark | None:
    """The secrecy mark of an item, or None."""
    return next((one for one in marks if one.item == item and one.kind == "sekretess"), None)
