"""How a package describes itself: name, label, agents, period, restrictions, what is to be culled, what happened to it.

Pure: from the intent, the profile, the plan and counts; nothing here says what a record is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from uuid import UUID

from flows.archive.decide import first_day, over, start
from flows.archive.pack.choose import Selection
from flows.archive.pack.words import counted, written
from flows.keep.own import ACCOUNT
from flows.keep.renditions import platform_name
from schemas.account import Account
from schemas.calendar import add_months
from schemas.casefile import Aggregation, CaseControl
from schemas.delivery import Intent, Profile
from schemas.ground import Organisation
from schemas.ids import Month, month_of_day
from schemas.package import Agent, Event, Package, Representation, in_package, named, plain_name

SOFTWARE = "Bevara"
_NAME_LENGTH = 90
"""Characters of a package's name: with the container's ending ``plain_name`` leaves it whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a package holds, in numbers.

    Attributes:
        records: live ones. culled: those that are culled. files: attachments.
        visitors: records by others than the archive creator. secret: records with a secrecy mark.
        provisions: of the secrecy marks, each once. unknown: attachments whose format is not known.
    """

    records: int
    culled: int
    files: int
    visitors: int = 0
    secret: int = 0
    provisions: tuple[str, ...] = ()
    unknown: int = 0


def software_version() -> str:
    """Version of Bevara."""
    return version("bevara")


def package_name(intent: Intent, profile: Profile) -> str:
    """Name of the package's folder (OBJID), as the profile names packages, of plain characters."""
    values = {
        "id": intent.id,
        "account": intent.account,
        "first": intent.first,
        "last": intent.last,
        "number": str(intent.number),
    }
    wanted = profile.naming.format_map(values)
    if len(wanted) <= _NAME_LENGTH:
        return plain_name(wanted)
    # A name that is cut must still be no other package's.
    return f"{plain_name(wanted[: _NAME_LENGTH - len(values['number']) - 1])}-{intent.number}"


def agents_of(profile: Profile, organisation: Organisation, intent: Intent) -> tuple[Agent, ...]:
    """The profile's agents; the archive creator is the home's own where the profile names none."""
    if any(one.role == "archival-creator" for one in profile.agents):
        return profile.agents
    ours = Agent(role="archival-creator", name=organisation.authority(intent.authority), code=organisation.code)
    return (ours, *profile.agents)


def last_day(month: Month) -> date:
    """Last civil day of a month."""
    return add_months(first_day(month), 1) - timedelta(days=1)


def described(
    *,
    intent: Intent,
    profile: Profile,
    organisation: Organisation,
    account: Account | None,
    selection: Selection,
    counts: Counts,
    representations: Sequence[Representation],
    tool: str,
) -> Package:
    """The package without its documentation and schemas."""
    authority = organisation.authority(intent.authority)
    restriction = _restriction(counts, own=intent.account == ACCOUNT)
    disposal = _disposal(selection, counts)
    return Package(
        id=UUID(intent.id),
        name=package_name(intent, profile),
        label=f"{authority}: {_subject(intent, account)} {_period(intent)}",
        made=intent.made,
        software=software_version(),
        status=intent.status,
        replaces=intent.replaces if intent.status in {"REPLACEMENT", "SUPPLEMENT"} else "",
        agents=agents_of(profile, organisation, intent),
        agreement=profile.agreement,
        previous_agreement=profile.previous_agreement,
        reference_code=profile.reference_code,
        previous_reference_code=profile.previous_reference_code,
        first=first_day(intent.first),
        last=last_day(intent.last),
        archive_name=profile.archive_name,
        restricted=bool(restriction),
        restriction=restriction,
        disposable=bool(disposal),
        disposal=disposal,
        information_class=information_class(selection),
        representations=tuple(representations),
        events=_events(intent, profile, counts, representations, tool),
    )


def _subject(intent: Intent, account: Account | None) -> str:
    """What the package is about, before its period."""
    if intent.account == ACCOUNT:
        return "Bevaras egna handlingar från"
    shown = intent.account if account is None else f"{account.handle} ({platform_name(account.platform)})"
    return f"kontot {shown}, publicerat"


def control_of(intent: Intent, package: Package, authority: str) -> CaseControl:
    """What the case file says of itself."""
    return CaseControl(
        id=str(named("case", intent.id)),
        made=intent.made,
        agency=authority,
        agency_code=creator_code(package.agents),
        software=SOFTWARE,
        version=package.software,
    )


def creator_code(agents: Sequence[Agent]) -> str:
    """Identity code of the archive creator, or empty."""
    return next((one.code for one in agents if one.role == "archival-creator"), "")


def aggregation_of(
    intent: Intent, organisation: Organisation, account: Account | None, selection: Selection
) -> Aggregation:
    """The account's records of the period as an aggregation, without its records."""
    authority = organisation.authority(intent.authority)
    shown = f"{account.handle} på {platform_name(account.platform)}" if account is not None else intent.account
    title = f"Inlägg, svar och kommentarer i kontot {shown}, publicerade"
    if intent.account == ACCOUNT:
        title = "Vad Bevara har gjort av och om kontona (ögonblicksbilder, protokoll, beslut),"
    begun, end = start(intent.first), start(month_of_day(add_months(first_day(intent.last), 1)))
    return Aggregation(
        system_id=str(named("aggregation", intent.authority, intent.account, intent.first, intent.last)),
        object_id=_object_id(intent, organisation),
        title=f"{title} {_period(intent)}",
        created=begun,
        closed=end - timedelta(seconds=1) if over(intent.last, intent.made) else None,
        authority=authority,
        first=first_day(intent.first),
        last=last_day(intent.last),
        information_class=information_class(selection),
    )


def _object_id(intent: Intent, organisation: Organisation) -> str:
    """Diary number of the year's collected matter where the package lies in one year that has one."""
    if intent.first[:4] == intent.last[:4]:
        dnr = organisation.collections.get(intent.authority, {}).get(int(intent.first[:4]))
        if dnr:
            return dnr
    return f"{intent.account}/{intent.first}--{intent.last}"


def information_class(selection: Selection) -> str:
    """Class of the plan's rows that were used, when it is one and the same."""
    plan = selection.plan
    rules = {one.rule for one in selection.items.values() if one.rule is not None}
    found = {rule.klassa for name in rules if plan is not None and (rule := plan.rule(name)) is not None}
    return found.pop() if len(found) == 1 else ""


def _period(intent: Intent) -> str:
    return intent.first if intent.first == intent.last else f"{intent.first} till {intent.last}"


def _restriction(counts: Counts, *, own: bool) -> str:
    parts = []
    if own:  # nobody marks them one by one, and a decision may tell of what it is about
        parts.append("Handlingarna kan innehålla personuppgifter och uppgifter om sekretessmarkerade handlingar.")
    if counts.secret:
        provisions = ", ".join(counts.provisions)
        parts.append(
            f"{counted(counts.secret, 'handling är sekretessmarkerad', 'handlingar är sekretessmarkerade')}"
            f"{f' ({provisions})' if provisions else ''}."
        )
    if counts.visitors:
        parts.append(
            f"{counted(counts.visitors, 'handling kommer', 'handlingar kommer')} från enskilda och innehåller "
            "personuppgifter (dataskyddsförordningen (EU) 2016/679)."
        )
    return " ".join(parts)


def _disposal(selection: Selection, counts: Counts) -> str:
    """D32: that the package holds what is to be culled later, or was culled before."""
    later = [one for one in selection.items.values() if not one.kept]
    dues = [one.due for one in later if one.due is not None]
    parts = []
    if later:
        earliest = f", tidigast {min(dues).isoformat()}" if dues else ""
        parts.append(f"{counted(len(later), 'handling', 'handlingar')} i paketet ska gallras enligt planen{earliest}.")
    if counts.culled:
        parts.append(
            f"{counted(counts.culled, 'handling har', 'handlingar har')} gallrats före överlämnandet; om "
            f"{'den' if counts.culled == 1 else 'dem'} finns bara id, slag, månad och dag för gallringen."
        )
    return " ".join(parts)


def _events(
    intent: Intent, profile: Profile, counts: Counts, representations: Sequence[Representation], tool: str
) -> tuple[Event, ...]:
    paths = {
        role: tuple(
            in_package(profile.form, one.name, entry.path)
            for one in representations
            for entry in one.entries
            if entry.role == role
        )
        for role in ("original", "record", "rendition", "case")
    }
    made = intent.made
    found = [
        Event(
            kind="capture",
            at=intent.through,
            detail=f"Insamling av kontot {intent.account}: {counted(counts.records, 'handling', 'handlingar')}, "
            f"iakttagna till och med {written(intent.through)}. Se documentation/insamling.txt.",
            paths=(*paths["original"], *paths["record"]),
        )
    ]
    if paths["original"]:
        found.append(
            Event(
                kind="format identification",
                at=made,
                detail=f"{counted(counts.files, 'bilaga', 'bilagor')}, varav {counts.unknown} utan känt format.",
                outcome="success" if not counts.unknown else "partial",
                paths=paths["original"],
                agent=tool,
            )
        )
    everything = tuple(path for role in ("original", "record", "rendition", "case") for path in paths[role])
    found.append(Event(kind="message digest calculation", at=made, detail="SHA-256", paths=everything))
    found.append(Event(kind="packaging", at=made, detail=f"Paket nr {intent.number}, {profile.form}"))
    return tuple(found)
