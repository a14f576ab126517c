"""The morning letter: one to each responsible unit, with only what needs a hand today. Pure.

It has links, counts and reasons by the policy's clauses; never what a visitor wrote, nor who. What belongs to no unit
with an address goes to the settings' fallback, and is told of; where there is none either, a finding says so, and the
notices stay open.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from flows.oversee.letters.model import Group, Letter, Link, Part, Point
from flows.oversee.letters.numbers import WEEKDAYS, instant_words, whole
from flows.oversee.letters.said import SAID, rank
from schemas.account import Account
from schemas.calendar import MONTH_NAMES
from schemas.codes import sentence
from schemas.finding import Finding
from schemas.ground import Organisation
from schemas.ids import item_id
from schemas.oversight import OversightSettings
from schemas.refusal import RefusedError
from schemas.watch import Certainty, Sign

SHOWN: Final = 5
"""Points that stand in a letter of one kind at one account; the others are a number."""
_CERTAIN: Final[dict[Certainty, str]] = {"sure": "", "likely": ", troligt", "uncertain": ", osäkert"}
_ELSEWHERE: Final = "Övrigt"
_REMOVAL: Final = re.compile(r"removal:([0-9]{1,9})")


class Watched(Protocol):
    """What a letter needs of the watch (``flows.oversee.watch.act.Watched``)."""

    @property
    def signs(self) -> Sequence[Sign]:
        """Open signs, the surest and oldest of each kind."""
        ...

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """(account, code) → how many are open."""
        ...

    @property
    def findings(self) -> Sequence[Finding]:
        """What the watch could not look at."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A morning's letters by unit, and what is to be told of them (W251-W253)."""

    letters: tuple[Letter, ...]
    findings: tuple[Finding, ...] = ()


def letters(
    watched: Watched,
    accounts: Sequence[Account],
    settings: OversightSettings,
    organisation: Organisation,
    day: date,
) -> Post:
    """The letters of a day; none to a unit that has nothing to do.

    Args:
        accounts: all registered ones. day: local civil day; the letters' ids hold it.
    """
    known = {one.name: one for one in accounts}
    parts: dict[str, list[tuple[int, Part]]] = {}
    units: dict[str, str] = {}
    told: list[Finding] = []
    for name, groups in _by_account(watched, known, settings):
        account = known.get(name)
        unit, code = _unit_of(account, settings)
        count = sum(number for number, _ in groups)
        if code and settings.fallback:
            told += [_told(code, name)] if account is not None else []
        elif code:
            told.append(_told("W251", name, count))
            continue
        units[same_unit(unit)] = unit
        parts.setdefault(same_unit(unit), []).append((count, _part(account, tuple(one for _, one in groups))))
    found = [_letter(units[key], parts[key], settings, organisation, day) for key in sorted(parts)]
    return Post(letters=tuple(found), findings=tuple(told))


def _letter(
    unit: str,
    parts: Sequence[tuple[int, Part]],
    settings: OversightSettings,
    organisation: Organisation,
    day: date,
) -> Letter:
    count = sum(number for number, _ in parts)
    to = settings.fallback if not unit else _units(settings)[same_unit(unit)]
    whose = f"som {unit} ansvarar för" if unit else "som inte har någon enhet med e-postadress i Bevara"
    things = "1 sak" if count == 1 else f"{whole(count)} saker"
    pages = "1 konto" if len(parts) == 1 else f"{len(parts)} konton"
    spoken = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]}"
    return Letter(
        id=f"morgon-{day.isoformat()}-{hashlib.sha256(same_unit(unit).encode()).hexdigest()[:16]}",
        unit=unit,
        to=to,
        subject=f"Sociala medier {spoken}: {things} att se till" + (f" ({unit})" if unit else ""),
        count=count,
        lead=(
            f"Hej! Det här behöver en hand i dag på de konton {whose}: {things} på {pages}.",
            "Det viktigaste står först. Bevara föreslår; ni läser, bedömer och gör det som behövs.",
        ),
        parts=tuple(one for _, one in parts),
        foot=(
            "Vad besökare har skrivit står inte i brevet. Läs det på sidan, eller med 'bevara thread HANDLING'.",
            "Stämmer något inte, skriv 'bevara oversee dismiss HANDLING KOD --as NAMN', så kommer det inte igen.",
            f"Hälsningar från Bevara, {organisation.name or 'kommunens arkiv för sociala medier'}",
        ),
    )


def _by_account(
    watched: Watched, known: Mapping[str, Account], settings: OversightSettings
) -> Iterator[tuple[str, list[tuple[int, Group]]]]:
    """Account by account, in the register's order: its groups with how many things each tells of, the urgent first."""
    signs: dict[str, dict[str, list[Sign]]] = {}
    for one in watched.signs:
        signs.setdefault(one.account, {}).setdefault(one.code, []).append(one)
    failed: dict[str, list[Finding]] = {}
    for finding in watched.findings:
        if finding.severity != "info":
            failed.setdefault(finding.subject, []).append(finding)
    every = {*signs, *failed, *(account for account, _ in watched.counts)}
    for name in sorted(every, key=lambda one: (list(known).index(one) if one in known else len(known), one)):
        codes = {*signs.get(name, {}), *(code for account, code in watched.counts if account == name)}
        groups = []
        for code in sorted(
            codes, key=lambda one: rank(one, unlawful=_unlawful(signs.get(name, {}).get(one, ()), settings))
        ):
            some = signs.get(name, {}).get(code, [])
            count = max(watched.counts.get((name, code), 0), len(some))
            if count:
                groups.append((count, _group(code, some, count, known, settings)))
        if name in failed:
            groups.append((len(failed[name]), _unseen(failed[name])))
        if groups:
            yield name, groups


def _group(
    code: str, signs: Sequence[Sign], count: int, known: Mapping[str, Account], settings: OversightSettings
) -> Group:
    said = SAID.get(code)
    heading = f"{whole(count)} " + (
        ("sak att se till" if count == 1 else "saker att se till")
        if said is None
        else (said.one if count == 1 else said.several)
    )
    notes = [said.hint.format(hours=settings.answer_hours)] if said is not None else []
    notes.append(f"Kod: {code}")
    for clause in dict.fromkeys(one.clause for one in signs):
        title = settings.clauses[clause].title if clause in settings.clauses else ""
        if clause:
            notes.append(f"Policyn, {clause}" + (f": {title}" if title else ""))
    points = [_point(one, known, settings) for one in signs[:SHOWN]]
    if count > len(points):
        points.append(Point(text=f"och {whole(count - len(points))} till"))
    return Group(heading=heading, notes=tuple(notes), points=tuple(points), urgent=_unlawful(signs, settings))


def _point(sign: Sign, known: Mapping[str, Account], settings: OversightSettings) -> Point:
    """An item by its opaque id and time alone; an account of ours by its sentence."""
    since = f", sedan {instant_words(sign.since)}" if sign.since is not None else ""
    try:
        item = item_id(sign.subject, "subject")
    except RefusedError:
        numbered = _REMOVAL.fullmatch(sign.subject)
        if numbered is not None:
            return Point(text=f"Borttagning {numbered[1]}{since}")
        said = sentence(sign.code, "sv", dict(sign.parameters)) if sign.subject in known else _ELSEWHERE
        return Point(text=f"{said}{since}" if sign.code in SAID else said)
    link = Link(words="Öppna handlingen", address=f"{settings.links}{item}") if _web(settings.links) else None
    return Point(text=f"Handling {item}{since}{_CERTAIN[sign.certainty]}", link=link)


def _unseen(findings: Sequence[Finding]) -> Group:
    points = [Point(text=sentence(one.code, "sv", dict(one.parameters))) for one in findings[:SHOWN]]
    if len(findings) > SHOWN:
        points.append(Point(text=f"och {whole(len(findings) - SHOWN)} till"))
    return Group(heading=f"{whole(len(findings))} som inte kunde kontrolleras i dag", points=tuple(points))


def _part(account: Account | None, groups: tuple[Group, ...]) -> Part:
    if account is None:
        return Part(heading=_ELSEWHERE, groups=groups)
    page = account.duties.address
    return Part(
        heading=f"{account.name} ({account.platform})",
        link=Link(words="Kontots sida", address=page) if _web(page) else None,
        groups=groups,
    )


def _unit_of(account: Account | None, settings: OversightSettings) -> tuple[str, str]:
    """The unit that the account's letter goes to, or empty with the code that says why it does not."""
    if account is None or not account.unit.strip():
        return "", "W252"
    return (account.unit, "") if _units(settings).get(same_unit(account.unit)) else ("", "W253")


def _units(settings: OversightSettings) -> dict[str, str]:
    return {same_unit(name): one.email.strip() for name, one in settings.units.items() if "@" in one.email}


def same_unit(name: str) -> str:
    """A unit's name as it is compared: case and spaces do not count."""
    return " ".join(name.casefold().split())


def _web(address: str) -> bool:
    return address.startswith(("https://", "http://"))


def _unlawful(signs: Iterable[Sign], settings: OversightSettings) -> bool:
    return any(one.clause in settings.clauses and settings.clauses[one.clause].unlawful for one in signs)


def _told(code: str, account: str, count: int = 1) -> Finding:
    return Finding(
        code=code,
        severity="warning",
        subject=account or "oversight",
        count=count,
        parameters=(("account", account or _ELSEWHERE), ("count", count)),
    )
