"""From an item's rows to a record (*handling*) of the case file. Pure: values in, values out.

The latest version speaks in the record's own fields; earlier versions, changes of visibility, counters and marks stand
as named values, and everything as it was observed stands in the record XML that the record names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from flows.archive.decide import start
from flows.archive.pack.choose import Chosen
from flows.archive.pack.rows import Place
from flows.archive.pack.words import CLOCKS, culled_words, local, mandate_words, mark_words, written
from flows.keep.addresses import addresses
from schemas.calendar import local_day
from schemas.casefile import Appendix, CaseRecord, DateKind, Disposal, Party, Relation, Restriction
from schemas.codes.words import EVIDENCE, ROLES, value
from schemas.hold import Mark
from schemas.ids import ItemId, month_of
from schemas.order import Tombstone
from schemas.package import named
from schemas.plan.model import Plan
from schemas.record import MediaRef, Row

GDPR = "dataskyddsförordningen (EU) 2016/679"
"""Provision of a restriction for personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What every record of a package rests on beside its rows.

    Attributes:
        plan: edition that was judged by. authority: the archive creator's name in documents.
        slug: its name in Bevara. platform: the account's; a record of another says so.
        inside: items and culled items that are in the package.
    """

    plan: Plan | None
    authority: str
    platform: str = ""
    slug: str = ""
    inside: Collection[ItemId] = field(default_factory=frozenset)

    def of(self, authority: str) -> str:
        """An authority as a mark names it, by its name; a mark that names none is the archive creator's."""
        return self.authority if authority in {"", self.slug} else authority


@lru_cache(maxsize=4096)
def system_id(item: ItemId) -> str:
    """The record's UUID, made of the item's opaque id: the same in every package."""
    return str(named("item", item))


def latest_version(rows: Sequence[Row]) -> Row:
    """The newest version; an item whose versions are all missing speaks by its newest row."""
    versions = [row for row in rows if row.row == "version"]
    return max(versions, key=lambda row: row.version) if versions else rows[-1]


def attachments(rows: Sequence[Row]) -> list[MediaRef]:
    """Every attachment of every version and observation, each once, in order; found later counts as found.

    An attachment is told by role and origin: a version may name one that an observation brought later.
    """
    found: dict[tuple[str, str, str | None], MediaRef] = {}
    missing: dict[tuple[str, str], MediaRef] = {}
    for row in rows:
        for one in row.media:
            if one.digest is None:
                missing.setdefault((one.role, one.origin), one)
            else:
                found.setdefault((one.role, one.origin, one.digest), one)
    had = {(role, origin) for role, origin, _ in found}
    return [*found.values(), *(one for place, one in missing.items() if place not in had)]


def case_record(
    item: ItemId,
    rows: Sequence[Row],
    *,
    number: int,
    place: Place,
    chosen: Chosen,
    marks: Sequence[Mark],
    known: Known,
    appendices: Sequence[Appendix],
    document: str,
    missing: Sequence[MediaRef] = (),
) -> CaseRecord:
    """One item as a record.

    Args:
        rows: all of them, oldest observation first. appendices: its files. document: path of the
            record document that holds all that was observed, from the package's root. missing: attachments that are not there.
    """
    latest = latest_version(rows)
    kind = value(latest.kind, "sv")
    return CaseRecord(
        system_id=system_id(item),
        item=item,
        number=number,
        type=kind,
        title=_title(kind, latest.published or place.published, rows[0].observed),
        text=latest.text or "",
        direction="outgoing" if latest.own else "incoming",
        dates=_dates(rows, latest, place),
        parties=_parties(latest, known),
        relations=_relations(place.parent, known),
        restrictions=_restrictions(latest, marks, known),
        disposal=_disposal(chosen, known.plan),
        extra=_extra(latest, place, marks),
        values=(
            ("Handlingsdokument", document),
            *_values(rows, latest, place, known),
            *(_absent(one) for one in missing),
            *_marked(marks, known),
        ),
        appendices=tuple(appendices),
    )


def culled_record(stone: Tombstone, number: int, known: Known) -> CaseRecord:
    """What is left of a culled item as a record: ids, month, day and rule (D32)."""
    kind = value(stone.kind, "sv")
    month = month_of(stone.item)
    return CaseRecord(
        system_id=system_id(stone.item),
        item=stone.item,
        number=number,
        type=kind,
        title=f"{kind.capitalize()} {month} (gallrad)",
        # Nothing but the month is left of its time; whether it came in or went out is not known any more.
        dates=(("created", start(month)),),
        relations=_relations(stone.parent, known),
        disposal=Disposal(
            disposable=True,
            rule=stone.rule,
            edition=stone.edition,
            type=_type(known.plan, stone.rule),
            mandate=mandate_words(known.plan) if known.plan and known.plan.edition == stone.edition else "",
        ),
        extra=(("tråd", stone.thread),),
        values=(("Gallring", culled_words(stone)), ("Tid", "Bara månaden är känd; dagen då den skapades är inte det.")),
        culled=local_day(stone.culled),
    )


def _title(kind: str, published: datetime | None, observed: datetime) -> str:
    if published is None:
        return f"{kind.capitalize()}, odaterad, först iakttagen {local(observed)}"
    return f"{kind.capitalize()} {local(published)}"


def _dates(rows: Sequence[Row], latest: Row, place: Place) -> tuple[tuple[DateKind, datetime], ...]:
    captured = min(row.observed for row in rows)
    published = latest.published or place.published
    dates: list[tuple[DateKind, datetime]] = [("created", published or captured)]
    if published is not None:
        dates += [("originated", published), ("sent", published)] if latest.own else [("received", published)]
    dates.append(("captured", captured))
    if latest.edited is not None:
        dates.append(("modified", latest.edited))
    elif latest.version > 1:
        dates.append(("modified", latest.observed))
    visible = _visibility(rows)
    if visible and visible[-1].state == "gone":
        dates.append(("deleted", visible[-1].observed))
    return tuple((kind, moment.astimezone(UTC)) for kind, moment in dates)


def _visibility(rows: Sequence[Row]) -> list[Row]:
    """Versions and sightings, the later look last."""
    seen = [row for row in rows if row.row != "observation"]
    return sorted(seen, key=lambda row: (row.observed, row.version, row.row == "sighting"))


def _parties(latest: Row, known: Known) -> tuple[Party, ...]:
    shown = latest.author or ""
    sender = (Party(role="sender", name=shown, code=latest.author_native or ""),) if shown else ()
    if latest.own:
        return (Party(role="creator", name=known.authority), *sender)
    return (*sender, Party(role="recipient", name=known.authority))


def _relations(parent: ItemId | None, known: Known) -> tuple[Relation, ...]:
    if parent is None:
        return ()
    return (Relation(kind="child-of", target=system_id(parent), outside=parent not in known.inside),)


def _restrictions(latest: Row, marks: Sequence[Mark], known: Known) -> tuple[Restriction, ...]:
    found = [
        Restriction(
            kind="secrecy",
            provision=mark.provision or "OSL",
            text=f"Sekretessmarkering av {known.of(mark.authority)}",
            since=mark.on or local_day(mark.at),
        )
        for mark in marks
        if mark.kind == "sekretess"
    ]
    if not latest.own or latest.kind == "message":
        found.append(
            Restriction(kind="personal-data", provision=GDPR, text="Innehåller personuppgifter om en enskild.")
        )
    return tuple(found)


def _disposal(chosen: Chosen, plan: Plan | None) -> Disposal:
    return Disposal(
        disposable=not chosen.kept,
        rule=chosen.rule or "",
        edition="" if plan is None else plan.edition,
        type=_type(plan, chosen.rule),
        mandate=mandate_words(plan),
        due=chosen.due,
    )


def _type(plan: Plan | None, rule: str | None) -> str:
    row = None if plan is None or rule is None else plan.rule(rule)
    return "" if row is None else row.type


def _extra(latest: Row, place: Place, marks: Sequence[Mark]) -> tuple[tuple[str, str], ...]:
    found = [("plattformens id", latest.native)]
    found += [("adress", one) for one in addresses(latest)]
    found.append(("tråd", place.thread))
    found += [("diarienummer", one.dnr) for one in marks if one.kind == "registrerad" and one.dnr]
    found += [("ärende", one.dnr) for one in marks if one.kind == "i-arende" and one.dnr]
    return tuple(dict.fromkeys(found))


def _values(rows: Sequence[Row], latest: Row, place: Place, known: Known) -> list[tuple[str, str]]:
    return [*_told(latest, place, known), *_counts(rows), *_seen(rows), *_versions(rows, latest)]


def _told(latest: Row, place: Place, known: Known) -> Iterator[tuple[str, str]]:
    """What the latest version says beside its text."""
    if latest.platform != known.platform:
        yield "Plattform", latest.platform
    yield "Publiceringstidens källa", CLOCKS[latest.clock]
    for name, moment in (
        ("Avsändarens tidsuppgift", latest.stated),
        ("Plattformens tidsuppgift", latest.platform_time),
    ):
        if moment is not None and moment != latest.published:
            yield name, written(moment)
    if latest.author is None:
        yield "Avsändare", "visas inte av plattformen"
    if place.parent is None and latest.parent_native is not None:
        yield "Svarar på (plattformens id)", latest.parent_native
    if latest.language:
        yield "Språk", latest.language
    if latest.visibility:
        yield "Vem som kunde se den", latest.visibility
    for link in latest.links:
        yield "Länk", link


def _versions(rows: Sequence[Row], latest: Row) -> Iterator[tuple[str, str]]:
    """How many versions there are, if several, and the text of the earlier ones."""
    versions = [row for row in rows if row.row == "version"]
    if len(versions) > 1:
        yield "Antal lydelser", str(len(versions))
    for row in versions:
        if row is not latest:
            yield f"Lydelse {row.version}, iakttagen {written(row.observed)}", row.text or ""


def _counts(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The latest value of every counter, and when it was read."""
    latest: dict[str, tuple[int, datetime]] = {}
    for row in sorted(rows, key=lambda row: row.observed):
        latest.update({name: (number, row.observed) for name, number in row.counts})
    return [(f"Räknare {name}", f"{number} ({written(at)})") for name, (number, at) in sorted(latest.items())]


def _seen(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Every change of visibility, and what it rests on."""
    found = []
    for row in _visibility(rows):
        if row.row == "sighting" or row.state != "seen":
            basis = f", {EVIDENCE.get(row.evidence, row.evidence)}" if row.evidence else ""
            found.append((f"Synlighet {written(row.observed)}", f"{value(row.state, 'sv')}{basis}"))
    return found


def _absent(one: MediaRef) -> tuple[str, str]:
    what = "kunde inte hämtas" if one.digest is None else f"saknas i arkivet (SHA-256 {one.digest})"
    return f"Bilaga saknas: {ROLES[one.role]}", f"{one.origin} {what}"


def _marked(marks: Sequence[Mark], known: Known) -> list[tuple[str, str]]:
    return [("Märkning", mark_words(mark, known.of(mark.authority))) for mark in marks]
