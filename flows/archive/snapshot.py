"""Snapshots (*ögonblicksbilder*): how an account looked, as PDF/A-3b, at least twice a year and when the look changes.

An officer's screenshots come first; what follows is made of what was harvested, and says so on its face. A snapshot is
an item of ours (kind ``snapshot``) of the account's authority: the plan preserves it, and it is registered in the
year's collected matter (*samlingsärende*). Its payload names opaque ids and counts; names and texts stand in its PDF.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from flows.archive.look import Look, look_of, profiles_of
from flows.archive.shown import Setting, rendering_of
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile, write_own
from flows.keep.renditions import marked_secret, pictures_of
from flows.keep.snapshots import FILE, KIND, Taken, places_of_kinds, taken_snapshots
from schemas.account import Account
from schemas.books import LeaseTakenError
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.rendering import Image

LEASE: Final = "snapshots"
"""Lease of whoever takes the snapshots that are due."""
MOST_PICTURES: Final = 40
MOST_BYTES: Final = 24 * 1024 * 1024
"""Bytes of one screenshot."""
_BEGINS: Final = ((b"\x89PNG\r\n\x1a\n", "png", "image/png"), (b"\xff\xd8\xff", "jpg", "image/jpeg"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenshot:
    """A picture that an officer took. ``name``: its file's name. ``ending``, ``media_type``: of a PNG or JPEG."""

    name: str
    data: bytes
    ending: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was taken.

    Attributes:
        item: the snapshot's own id. account, authority: whose look it is. day: the local civil day.
        threads, items: threads and items that it shows. pictures: pictures in it, screenshots among them.
        screenshots: given by an officer. version: of the profile, 0 without one. size: bytes of the PDF/A.
        replaced: characters that no font has. collection: diary number of the collected matter, or empty.
        findings: what a person should know.
    """

    item: ItemId
    account: str
    authority: str
    day: date
    threads: int
    items: int
    pictures: int
    screenshots: int
    version: int
    size: int
    replaced: int
    collection: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightTaken:
    """A night's snapshots: how many were due and taken, and what a person should know."""

    due: int = 0
    taken: int = 0
    findings: tuple[Finding, ...] = ()


def read_screenshots(paths: Sequence[Path]) -> tuple[Screenshot, ...]:
    """The files that an officer gives, in order.

    Raises:
        RefusedError: too many, not there, too large, or no PNG or JPEG.
    """
    if len(paths) > MOST_PICTURES:
        raise RefusedError("--picture", f"{len(paths)} files", f"give at most {MOST_PICTURES}")
    return tuple(_screenshot(path) for path in paths)


def take_snapshot(
    home: Home, account: str, *, person: str = "", screenshots: Sequence[Screenshot] = (), reason: str = ""
) -> Snapshot:
    """Take an account's look now and keep it; returns what was taken.

    Safe to stop at any line: nothing of it counts before its one transaction is over.

    Args:
        person: the registered person who takes it; empty = the night, as Bevara.
        reason: code of why it was due, or empty.

    Raises:
        RefusedError: no such account or person, a screenshot that cannot be shown, or nothing at all to show.
        GuardError: the person's role does not hold today (G-MANDATE).
    """
    ground = home.ground
    at = ground.clock.now()
    found = _account(ground, account)
    if person:
        with ground.state.reading() as books:
            mandated(books, person, "mark", at)
    look = look_of(ground, found)
    if not look.items and not screenshots:
        raise RefusedError("ACCOUNT", account, "nothing of it is in the archive; harvest it, or give --picture")
    day = local_day(at)
    collection = home.organisation.collections.get(found.authority, {}).get(day.year, "")
    setting = Setting(
        account=found,
        organisation=home.organisation,
        at=at,
        person=person,
        collection=collection,
        screenshots=tuple(_image(number, one) for number, one in enumerate(screenshots, 1)),
        secret=marked_secret(ground, look.items),
    )
    rendering, pictures = rendering_of(look, setting, pictures_of(ground))
    typeset = home.typesetter.render(rendering)
    _refuse_unshown(setting.screenshots, typeset.unshown)
    shown = [one for one in look.items if one not in setting.secret]
    payload: dict[str, object] = {
        "account": found.name,
        "day": day.isoformat(),
        "profile": None if look.profile is None else look.profile.item,
        "profile_version": 0 if look.profile is None else look.profile.version,
        "items": shown,
        "threads": len(look.threads),
        "pictures": pictures + len(screenshots) - len(typeset.unshown),
        "screenshots": [hashlib.sha256(one.data).hexdigest() for one in screenshots],
        "reason": reason,
        "pdf_sha256": hashlib.sha256(typeset.pdf).hexdigest(),
        **({"collection": collection} if collection else {}),
    }
    item = write_own(
        ground,
        kind=KIND,
        authority=found.authority,
        text=f"Ögonblicksbild av kontot {found.name} den {day.isoformat()}",
        payload=payload,
        at=at,
        act="archive.snapshot",
        actor=person or "bevara",
        evidence={"items": len(shown), "pictures": len(screenshots), "bytes": len(typeset.pdf)},
        files=_files(typeset.pdf, screenshots),
    )
    return Snapshot(
        item=item,
        account=found.name,
        authority=found.authority,
        day=day,
        threads=len(look.threads),
        items=len(shown),
        pictures=pictures + len(screenshots) - len(typeset.unshown),
        screenshots=len(screenshots),
        version=0 if look.profile is None else look.profile.version,
        size=len(typeset.pdf),
        replaced=len(typeset.replaced),
        collection=collection,
        findings=tuple(_told(item, look, len(typeset.unshown), screenshots=bool(screenshots))),
    )


def due_snapshots(home: Home, at: datetime) -> list[tuple[Account, str]]:
    """Accounts whose look is to be taken, with the code of why: A301 never taken, A302 a day has passed, A303 changed.

    An account of which the archive has nothing to show is not due.
    """
    ground = home.ground
    with ground.state.reading() as books:
        accounts = books.accounts.all()
    places = places_of_kinds(ground, ("profile", KIND))
    latest = {one.account: one for one in taken_snapshots(ground, places[KIND])}
    profiles = profiles_of(ground, places["profile"])
    found = []
    for account in accounts:
        reason = reason_of(latest.get(account.name), profiles.get(account.name), home.snapshot_days, local_day(at))
        # What is hidden, gone or private is in the archive, and shows nothing.
        if reason and look_of(ground, account).items:
            found.append((account, reason))
    return found


def reason_of(last: Taken | None, profile: tuple[ItemId, int] | None, days: Sequence[str], today: date) -> str:
    """Why a snapshot is due today, as a code; empty = it is not. Pure.

    Args:
        last: the account's newest snapshot. profile: item and version of its newest profile. days: ``MM-DD``.
    """
    if last is None:
        return "A301"
    if profile is not None and (last.profile != profile[0] or last.version < profile[1]):
        return "A303"
    taken = local_day(last.at)
    if any(taken < passed for passed in (_latest(day, today) for day in days)):
        return "A302"
    return ""


def take_due(home: Home) -> NightTaken:
    """Take every snapshot that is due now; one that fails stops no other. One run does at a time."""
    ground = home.ground
    try:
        with ground.state.hold_lease(LEASE):
            due = due_snapshots(home, ground.clock.now())
            findings: list[Finding] = []
            taken = 0
            for account, reason in due:
                try:
                    findings.extend(take_snapshot(home, account.name, reason=reason).findings)
                    taken += 1
                except (UnreachableError, GuardError):
                    raise
                except Exception as error:  # noqa: BLE001 - one account's fault is told and stops no other
                    findings.append(_failed(account, error))
            return NightTaken(due=len(due), taken=taken, findings=tuple(findings))
    except LeaseTakenError:
        return NightTaken(findings=(Finding(code="A306", severity="info", subject=LEASE),))


def _failed(account: Account, error: Exception) -> Finding:
    parameters = (("error", type(error).__name__),)
    return Finding(code="A305", severity="error", subject=account.name, parameters=parameters)


def _told(item: ItemId, look: Look, unshown: int, *, screenshots: bool) -> list[Finding]:
    found = []
    if unshown:
        found.append(Finding(code="A304", severity="warning", subject=item, parameters=(("pictures", unshown),)))
    if look.profile is None and not screenshots:
        found.append(Finding(code="A307", severity="warning", subject=item))
    return found


def _latest(day: str, today: date) -> date:
    """The latest such day of a year that has come; 29 February is 28 February in years without it."""
    month, of = int(day[:2]), int(day[3:])
    for year in (today.year, today.year - 1):
        try:
            passed = date(year, month, of)
        except ValueError:
            passed = date(year, month, 28)
        if passed <= today:
            break
    return passed


def _account(ground: Ground, name: str) -> Account:
    with ground.state.reading() as books:
        found = books.accounts.get(name)
    if found is None:
        raise RefusedError("ACCOUNT", name, "name a registered account; 'bevara account list' lists them")
    return found


def _screenshot(path: Path) -> Screenshot:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise RefusedError("--picture", path.name, f"give a file that can be read ({error.strerror})") from None
    if len(data) > MOST_BYTES:
        raise RefusedError("--picture", path.name, f"give a picture of at most {MOST_BYTES} bytes")
    for beginning, ending, media_type in _BEGINS:
        if data.startswith(beginning):
            return Screenshot(name=path.name, data=data, ending=ending, media_type=media_type)
    raise RefusedError("--picture", path.name, "give a PNG or JPEG file")


def _image(number: int, one: Screenshot) -> Image:
    return Image(name=f"Skärmbild {number}: {one.name}", data=one.data)


def _refuse_unshown(images: Sequence[Image], unshown: Sequence[str]) -> None:
    for one in images:
        if one.name in unshown:
            raise RefusedError("--picture", one.name, "give a PNG or JPEG that can be opened, of at most 40 megapixels")


def _files(pdf: bytes, screenshots: Sequence[Screenshot]) -> list[OwnFile]:
    given = [
        OwnFile(name=f"skarmbild-{number:02d}.{one.ending}", media_type=one.media_type, data=one.data)
        for number, one in enumerate(screenshots, 1)
    ]
    return [OwnFile(name=FILE, media_type="application/pdf", data=pdf), *given]
