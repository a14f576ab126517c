"""Diary numbers: from a person, or read back from what a registry wrote. A number that is there is never overwritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from flows.keep.found import existing, refuse_culled
from flows.keep.guard import code_of
from flows.keep.mandates import mandated
from flows.keep.patience import patiently
from flows.keep.read import rows_of_item
from flows.register.act import close_errands
from flows.register.dispatch import lease_of
from schemas.books import Books, LeaseTakenError
from schemas.calendar import local_day
from schemas.diary import diary_number
from schemas.finding import Finding
from schemas.ground import Home
from schemas.hold import Mark
from schemas.ids import ItemId, item_id, month_of
from schemas.neighbours import ReceiverRefusedError, Registry
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError, RefusedError, UnreachableError
from schemas.registration import WAITING, Answer, Registration

BEVARA = "bevara"
"""Who stands in the mark when the registry itself has answered."""

Confirmed = Literal["new", "known"]
"""``new``: the number was entered now. ``known``: it stood there already."""


@dataclass(slots=True, kw_only=True)
class Collected:
    """What was read back.

    Attributes:
        answers: how many answers there were. confirmed: records that got their number now.
        findings: answers that could not be taken in, registries that could not be asked.
    """

    answers: int = 0
    confirmed: list[ItemId] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def confirm(home: Home, item: str, dnr: str, person: str, *, on: date | None = None) -> Confirmed:
    """Enter the diary number that a registrar has given a record: mark *registrerad*, and nothing waits any longer.

    A record that was never sent from here may be confirmed too: somebody has registered it otherwise.

    Args:
        on: the day it was registered; None = today.

    Raises:
        RefusedError: an unknown person or item, an unusable number or day. GuardError: no mandate (G-MANDATE), or
        another number stands there already (G-DNR).
    """
    name = item_id(item)
    at = home.ground.clock.now()
    with home.ground.state.reading() as books:
        mandated(books, person, "diary", at)
    existing(home.ground, [name])
    return _enter(home, name, dnr, person, on, lambda books: mandated(books, person, "diary", at))


def collect(home: Home) -> Collected:
    """Read back what the registries wrote, and take in numbers that persons set by ``bevara mark``.

    An answer is settled when its number stands there; all others stay where they are and are told of.
    """
    found = Collected()
    for name in home.registries:
        try:
            registry = home.registry(name)
            answers = registry.answers()
        except (UnreachableError, OSError):
            found.findings.append(_told("J113", name, (("registry", name),)))
            continue
        except (ReceiverRefusedError, GuardError, RefusedError) as error:
            reason = error.code if isinstance(error, ReceiverRefusedError) else code_of(error)
            found.findings.append(_told("J114", name, (("registry", name), ("reason", reason))))
            continue
        found.answers += len(answers)
        faults = Counter(answer.fault for answer in answers if answer.fault)
        found.findings.extend(_told(code, name, (("items", count),)) for code, count in sorted(faults.items()))
        readable = [answer for answer in answers if not answer.fault]
        strangers = sum(not _tried(home, name, registry, answer, found) for answer in readable)
        if strangers:
            found.findings.append(_told("J116", name, (("items", strangers),)))
    _marked(home, found)
    return found


def _tried(home: Home, name: str, registry: Registry, answer: Answer, found: Collected) -> bool:
    """As ``_take_in``; one answer that fails stops no other."""
    try:
        return _take_in(home, name, registry, answer, found)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told by its kind, and the answer stays
        found.findings.append(_told("J129", name, (("registry", name), ("reason", code_of(error)))))
        return True


def _take_in(home: Home, name: str, registry: Registry, answer: Answer, found: Collected) -> bool:
    """Take in one answer; False when it belongs to nothing that was sent."""
    with home.ground.state.reading() as books:
        way = books.registrations.named(answer.name)
    if way is None:
        return False
    if way.standing == "declined":
        found.findings.append(_told("J119", way.item, (("registry", name),)))
        return True
    try:
        day = date.fromisoformat(answer.on) if answer.on else None
        done = _enter(home, way.item, answer.dnr, BEVARA, day, _anybody, expected=way.message)
    except GuardError:
        parameters = (("registry", name), ("dnr", answer.dnr), ("known", _known_number(home, way.item)))
        found.findings.append(_told("J117", way.item, parameters))
        return True
    except (RefusedError, ValueError):
        found.findings.append(_told("J118", way.item, (("registry", name),)))
        return True
    except LeaseTakenError:
        return True  # it is being sent this very moment; the next look takes the answer in
    if done == "new":
        found.confirmed.append(way.item)
    try:
        registry.settle(answer)
    except (UnreachableError, ReceiverRefusedError, OSError):
        found.findings.append(_told("J113", name, (("registry", name),)))
    return True


def _anybody(_books: Books) -> None:
    """A registry needs no mandate: a registrar decided that the record was sent there."""


def _marked(home: Home, found: Collected) -> None:
    """Records that wait while somebody has set the mark *registrerad* on them since the decision."""
    with home.ground.state.reading() as books:
        ways = {one.item: one for one in books.registrations.all() if one.standing in WAITING}
        marks = [one for one in books.marks.of(sorted(ways)) if one.kind == "registrerad"]
    for mark in marks:
        if mark.at < ways[mark.item].decided:
            continue
        try:
            _enter(home, mark.item, mark.dnr, mark.person, mark.on, _anybody)
        except (GuardError, RefusedError, LeaseTakenError):
            continue
        found.confirmed.append(mark.item)


def _enter(
    home: Home,
    item: ItemId,
    dnr: str,
    person: str,
    on: date | None,
    may: Callable[[Books], object],
    *,
    expected: str = "",
) -> Confirmed:
    ground = home.ground
    at = ground.clock.now()
    number = diary_number(dnr, "DNR")
    day = on or local_day(at)
    if day > local_day(at):
        raise RefusedError("--on", day.isoformat(), "write a day that has been")
    if day.isoformat()[:7] < month_of(item):
        raise RefusedError("--on", day.isoformat(), "write a day after the record was published")
    versions = [row.version for row in rows_of_item(ground.state, ground.store, item)]
    if not versions:
        raise RefusedError("ITEM", item, "not in the archive; look items up with 'bevara search'")
    with patiently(ground.state, lease_of(item)) as lease, ground.state.writing() as books:
        books.revision(lock=True)
        books.leases.check(lease)
        may(books)
        refuse_culled(books, [item])
        way = books.registrations.get(item)
        if expected and (way is None or way.message != expected):
            raise RefusedError("answer", expected, "the record has been decided anew since")
        before = next((one for one in books.marks.of([item]) if one.kind == "registrerad"), None)
        newest = max(versions)
        awaited = _open(way, before)
        if not awaited and before is not None:
            if before.dnr != number:
                raise GuardError(
                    "G-DNR",
                    f"{item} has another diary number already",
                    "if that one is wrong, change it with 'bevara mark ITEM registrerad --dnr'",
                )
            if way is not None and way.standing == "confirmed" and (way.version >= newest or person == BEVARA):
                return "known"
        if awaited or before is None:
            books.marks.add(Mark(item=item, kind="registrerad", person=person, at=at, on=day, dnr=number))
        _follow(books, way, number, person, at, day)
        if way is not None and way.key:
            books.copies.retire([way.key])
        books.registrations.put(_confirmed(way, item, newest, person, at))
        close_errands(books, [item], at)
        evidence = {
            "dnr": number,
            "before": before.dnr if before is not None and before.dnr != number else None,
            "on": day.isoformat(),
            "registry": way.registry if way is not None else "",
            "waited_days": (local_day(at) - local_day(way.decided)).days if way is not None else 0,
        }
        books.ledger.append(Receipt(act="register.confirmed", at=at, actor=person, subjects=(item,), evidence=evidence))
    return "new"


def _follow(books: Books, way: Registration | None, number: str, person: str, at: datetime, day: date) -> None:
    """A decision that is secret with its record is registered with it, or nothing could ever be done with it."""
    record = None if way is None or way.standing not in WAITING else way.record
    kinds = {one.kind for one in books.marks.of([record])} if record is not None else set()
    if record is not None and "sekretess" in kinds and "registrerad" not in kinds:
        books.marks.add(Mark(item=record, kind="registrerad", person=person, at=at, on=day, dnr=number))
        evidence: dict[str, Scalar] = {"kind": "registrerad", "dnr": number, "on": day.isoformat(), "marked": 1}
        books.ledger.append(Receipt(act="mark.add", at=at, actor=person, subjects=(record,), evidence=evidence))


def _open(way: Registration | None, mark: Mark | None) -> bool:
    """A number is awaited: one that was set before the decision belongs to an earlier version."""
    if way is None or way.standing not in WAITING:
        return False
    return mark is None or mark.at < way.decided


def _confirmed(way: Registration | None, item: ItemId, newest: int, person: str, at: datetime) -> Registration:
    if way is not None and way.standing in WAITING:
        return replace(way, standing="confirmed", key="", changed=at)
    if way is not None:
        # Registered otherwise than from here, after it was declined or a new version came.
        return replace(way, standing="confirmed", key="", version=newest, changed=at)
    return Registration(
        item=item,
        standing="confirmed",
        registry="",
        secret=False,
        version=newest,
        decided=at,
        changed=at,
        person=person,
    )


def _known_number(home: Home, item: ItemId) -> str:
    with home.ground.state.reading() as books:
        return next((one.dnr for one in books.marks.of([item]) if one.kind == "registrerad"), "")


def _told(code: str, subject: str, parameters: tuple[tuple[str, str | int], ...]) -> Finding:
    return Finding(code=code, severity="warning", subject=subject, parameters=parameters)
