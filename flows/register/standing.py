"""Where registrations stand: what waits for a number and for how long, what is late, and one record's whole way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.keep.links import told_of
from flows.keep.own import read_own
from flows.register.decide import Candidate, candidate
from flows.register.facts import gather
from schemas.calendar import local_day
from schemas.codes.words import value
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.hold import Mark
from schemas.ids import ItemId, item_id, rfc3339
from schemas.payload import read as read_payload
from schemas.refusal import RefusedError
from schemas.registration import REGISTRATION_STANDINGS, WAITING, Registration

WORDS = {
    "decided": "ska skickas",
    "sending": "kan ha kommit fram",
    "sent": "väntar på diarienummer",
    "confirmed": "registrerad",
    "declined": "registreras inte",
}
"""Standings in Swedish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One record that waits for its number: civil days since the decision, and whether that is too long.

    ``secret``: it is marked so, perhaps only since it was sent.
    """

    way: Registration
    days: int
    secret: bool
    late: bool

    def as_json(self) -> dict[str, Any]:
        """One line of ``register status --json``."""
        return {**way_json(self.way), "secret": self.secret, "days": self.days, "late": self.late}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Everything about one record's registration.

    Attributes:
        item: it. way: where it stands, or None. open: what a registrar is to decide about it, or None.
        marks: of the kinds that matter here. words: the decision's own payload, or None when it cannot be read.
        acts: (act, instant, actor) of the receipts about it, oldest first.
    """

    item: ItemId
    way: Registration | None
    open: Candidate | None
    marks: tuple[Mark, ...]
    words: dict[str, Any] | None
    acts: tuple[tuple[str, str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """The answer of ``register show --json``; it holds the words of the decision."""
        return {
            "item": self.item,
            "registration": None if self.way is None else way_json(self.way),
            "candidate": None if self.open is None else self.open.as_json(),
            "marks": [
                {
                    "kind": one.kind,
                    "dnr": one.dnr,
                    "provision": one.provision,
                    "on": None if one.on is None else one.on.isoformat(),
                    "by": one.person,
                }
                for one in self.marks
            ],
            "decision": self.words,
            "acts": [{"act": act, "at": at, "by": by} for act, at, by in self.acts],
        }


def way_json(way: Registration) -> dict[str, Any]:
    """A registration as it is printed."""
    return {
        "item": way.item,
        "standing": way.standing,
        "registry": way.registry,
        "secret": way.secret,
        "version": way.version,
        "name": way.message,
        "decided": rfc3339(way.decided),
        "changed": rfc3339(way.changed),
        "by": way.person,
        "tries": way.tries,
        "repeats": way.repeats,
        "parts": way.parts,
    }


def waiting(home: Home) -> list[Waiting]:
    """What waits for a number, secret ones first, then the oldest first."""
    today = local_day(home.ground.clock.now())
    with home.ground.state.reading() as books:
        ways = [one for one in books.registrations.all() if one.standing in WAITING]
        marks = books.marks.of([one.item for one in ways])
    secret = {one.item for one in marks if one.kind == "sekretess"} | {one.item for one in ways if one.secret}
    found = []
    for way in ways:
        days = max(0, (today - local_day(way.decided)).days)
        urgent = way.item in secret
        found.append(Waiting(way=way, days=days, secret=urgent, late=urgent or days > home.reminder_days))
    return sorted(found, key=lambda one: (not one.secret, one.way.decided, one.way.item))


def counts(home: Home) -> dict[str, int]:
    """How many registrations stand where."""
    with home.ground.state.reading() as books:
        ways = books.registrations.all()
    return {standing: sum(one.standing == standing for one in ways) for standing in REGISTRATION_STANDINGS}


def reminders(home: Home) -> list[Finding]:
    """What has waited too long (J111); secret ones at once (J112), and those that were sent openly before (J130)."""
    return [
        Finding(
            code=code,
            severity="warning",
            subject=one.way.item,
            parameters=(("days", one.days), ("registry", one.way.registry)),
        )
        for one in waiting(home)
        if one.late
        for code in _codes(one)
    ]


def _codes(one: Waiting) -> Sequence[str]:
    if not one.secret:
        return ("J111",)
    shown = one.way.standing == "sent" and not one.way.secret
    return ("J112", "J130") if shown else ("J112",)


def undecided(found: Sequence[Candidate]) -> list[Finding]:
    """What waits for a registrar's decision: how many (J120), and the secret ones that must not wait (J121)."""
    findings = []
    urgent = [one for one in found if one.urgent]
    if found:
        findings.append(Finding(code="J120", severity="info", subject="register", parameters=(("items", len(found)),)))
    if urgent:
        since = local_day(min(one.since for one in urgent)).isoformat()
        parameters = (("items", len(urgent)), ("since", since))
        findings.append(Finding(code="J121", severity="warning", subject="register", parameters=parameters))
    return findings


def tell(ground: Ground, item: str) -> Told:
    """Everything about one record's registration. Raises RefusedError: nothing is known of it."""
    name = item_id(item)
    facts = next((one for one in gather(ground, [name]) if one.item == name), None)
    with ground.state.reading() as books:
        way = books.registrations.get(name)
        marks = tuple(one for one in books.marks.of([name]) if one.kind in {"sekretess", "i-arende", "registrerad"})
        told = [body for _, body in told_of(books, name) if str(body["act"]).startswith("register.")]
    if facts is None and way is None:
        raise RefusedError("ITEM", item, "name an item that is or was in the archive; 'bevara search' lists them")
    record = read_own(ground, way.record) if way is not None and way.record is not None else None
    words = None
    if record is not None and record.payload is not None:
        words = read_payload(record.payload.encode("utf-8")).get("registration")
    return Told(
        item=name,
        way=way,
        open=None if facts is None else candidate(facts),
        marks=marks,
        words=words,
        acts=tuple((body["act"], body["at"], body["actor"]) for body in told),
    )


def line(way: Registration) -> str:
    """A registration in one line, Swedish."""
    secret = "  SEKRETESS" if way.secret else ""
    repeats = f"  {way.repeats} upprepade" if way.repeats else ""
    return f"{way.item}  {WORDS[way.standing]}  {way.registry or '–'}{secret}{repeats}"


def candidate_lines(one: Candidate) -> list[str]:
    """A candidate in a few lines, Swedish; nothing of what it says."""
    urgent = "  I DAG" if one.urgent else ""
    head = f"{one.item}  {value(one.kind, 'sv')}, {one.account}, {day_of(one.since)}{urgent}"
    return [head, *(f"    {reason.code} {reason.as_json()['text']}" for reason in one.reasons)]


def day_of(at: datetime) -> str:
    """The civil day of an instant."""
    return local_day(at).isoformat()
