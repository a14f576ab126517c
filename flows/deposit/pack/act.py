"""Package films for KB: the intent is stored first, then the delivery is built from it; a night goes on with it.

What is decided (which films, RECORDSTATUS, the delivery's id) is decided before the intent is stored; after that nothing
but the intent says what the delivery holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Final, Literal

from flows.deposit.guards import refuse_secret
from flows.deposit.pack.build import Built, build
from flows.deposit.pack.change import Step, changed
from flows.deposit.pack.content import DELIVERABLE, LATER, deliverable
from flows.deposit.pack.deliver import deliver
from flows.deposit.pack.receipts import Read, read_receipts
from flows.deposit.pack.status import WAITING, age, deliveries, known
from flows.deposit.pack.told import accepted_in, handed_in
from flows.deposit.settled import settings_digest
from flows.deposit.standing import film_in
from flows.keep.mandates import mandated
from flows.keep.patience import patiently
from flows.keep.spool import lease_name
from schemas.books import Books, LeaseTakenError
from schemas.calendar import local_day
from schemas.deposit import DeliveryIntent, Film, StoredDelivery
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.package import RecordStatus
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError, UnreachableError

MOST: Final = 50
"""Films in one delivery: what goes wrong with one of them holds up the others."""
LONG: Final = 30
"""Days after which a delivery that is not answered is told of every night."""
LEASE: Final = "delivery-number"
"""Lease of whoever stores an intent: running numbers are given out one at a time."""
ASKED: Final[tuple[RecordStatus, ...]] = ("NEW", "SUPPLEMENT", "REPLACEMENT", "VERSION", "TEST")
"""RECORDSTATUS that a person may ask for."""
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def package(home: Home, films: Sequence[str], person: str, status: RecordStatus | Literal[""] = "") -> Built:
    """Store the intent of a delivery and build it. An equal one that is planned already is built instead.

    Args:
        films: numbers or ids, one package each, in this order.
        status: RECORDSTATUS; empty = NEW, VERSION for films that replace one that KB has, TEST where the settings say so.

    Raises:
        RefusedError: film, person or status, or settings that a delivery cannot do without.
        GuardError: no mandate (G-MANDATE); a film that is not decided (G-DECIDED), goes another way (G-WAY), is in another
            delivery (G-PACKAGED), is marked with secrecy (G-SECRET), or was never delivered though it is to be added to
            (G-EARLIER).
        LeaseTakenError: another run is building it, or harvests one of the films' accounts.
    """
    return take_up(home, plan(home, films, person, status).id)


def take_up(home: Home, delivery: str) -> Built:
    """Build a planned delivery, now or once more; one that can never be built as planned ends here. Raises as ``build``."""
    built = build(home, delivery)
    if not built.ends:
        return built
    ground = home.ground
    named = built.delivery.intent.id
    with ground.state.hold_lease(lease_name(named)):
        stored = known(ground, named)
        if stored.standing == "planned":
            step = Step(act="deposit.delivery.withdrawn", evidence={"films": len(stored.intent.films)})
            changed(ground, stored, "withdrawn", step)
    return replace(built, delivery=known(ground, named))


def plan(home: Home, films: Sequence[str], person: str, status: RecordStatus | Literal[""] = "") -> DeliveryIntent:
    """Store the intent of a delivery, or find the equal one that is planned; nothing is built. Raises as ``package``."""
    ground = home.ground
    if not home.deposit.agreement:
        raise RefusedError(
            "deposit.agreement", "", "write the submission agreement that KB has assigned; every package names it"
        )
    leases = _leases(ground, films)
    with ExitStack() as held:
        # A harvest that runs has looked at what it has not written yet: that would be in a rebuild, and not in it.
        for lease in leases:
            held.enter_context(patiently(ground.state, lease))
        with ground.state.writing() as books:
            return _stored(home, books, films, person, status)


def _leases(ground: Ground, films: Sequence[str]) -> list[str]:
    """Leases of whoever writes what the delivery reads, and of the running number, in one order for everybody."""
    names = {LEASE}
    with ground.state.reading() as books:
        for film in _named(books, films):
            names.add(f"own:{film.authority}")
            names.update(f"account:{one.account}" for one in books.films.members(film.id))
    return sorted(names)


def _named(books: Books, films: Sequence[str]) -> list[Film]:
    """The films, each once, in order. Raises RefusedError."""
    found = list({one.id: one for one in (film_in(books, text) for text in films)}.values())
    if not found:
        raise RefusedError("FILM", "", "name at least one film")
    if len(found) > MOST:
        raise RefusedError("FILM", f"{len(found)} films", f"name at most {MOST} films for one delivery")
    others = [one.number for one in found if one.authority != found[0].authority]
    if others:
        raise RefusedError("FILM", str(others[0]), "name films of one authority; make a delivery for each authority")
    return found


def _stored(
    home: Home, books: Books, names: Sequence[str], person: str, asked: RecordStatus | Literal[""]
) -> DeliveryIntent:
    """Store the intent with the next number, or find the equal one that is planned."""
    now = home.ground.clock.now()
    books.revision(lock=True)
    mandated(books, person, "deposit", now)
    films = _named(books, names)
    wished = DeliveryIntent(
        id="",
        number=0,
        films=tuple(one.id for one in films),
        authority=films[0].authority,
        status=_status(home, books, films, asked),
        settings=settings_digest(home.deposit, home.organisation),
        software=version("bevara"),
        made=now.replace(microsecond=0),
        through=now,
        person=person,
    )
    planned = [one.intent for one in books.deliveries.all() if one.standing == "planned"]
    for other in planned:
        if _equal(other, wished):
            return other
    for film in films:
        _refuse(books, film, wished, planned)
    number = books.deliveries.number()
    intent = replace(wished, number=number, id=_delivery_id(home, local_day(now).isoformat(), number))
    books.deliveries.plan(intent)
    books.ledger.append(
        Receipt(
            act="deposit.delivery.planned",
            at=intent.made,
            actor=person,
            subjects=(intent.id, *intent.films),
            evidence={
                "number": number,
                "films": len(films),
                "authority": intent.authority,
                "status": intent.status,
                "settings": intent.settings,
            },
        )
    )
    return intent


def _delivery_id(home: Home, day: str, number: int) -> str:
    """The external delivery id: it names the ``.tar`` at KB's, so it is plain and never used twice."""
    found = f"{home.deposit.prefix}-{day}-{number:05d}"
    if not _ID.fullmatch(found):
        raise RefusedError("deposit.prefix", home.deposit.prefix, "write letters A-Z, digits, '.', '_' and '-' alone")
    return found


def _equal(one: DeliveryIntent, other: DeliveryIntent) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("films", "authority", "status", "settings"))


def _status(home: Home, books: Books, films: Sequence[Film], asked: RecordStatus | Literal[""]) -> RecordStatus:
    """RECORDSTATUS: what KB is to do with what it has."""
    if home.deposit.test:
        if asked not in {"", "TEST"}:
            raise RefusedError("--status", asked, "leave it out: the settings say that deliveries are trials (test)")
        return "TEST"
    if asked:
        if asked not in ASKED:
            raise RefusedError("--status", asked, f"say one of {', '.join(ASKED)}")
        return asked
    versions = [one for one in films if _replaces_known(books, one)]
    if not versions:
        return "NEW"
    if len(versions) < len(films):
        numbers = ", ".join(str(one.number) for one in versions)
        raise RefusedError("FILM", numbers, "make a delivery of its own for new versions of films that KB has")
    return "VERSION"


def _replaces_known(books: Books, film: Film) -> bool:
    """It is a new version of a film that KB has accepted."""
    before = books.films.get(film.replaces) if film.replaces else None
    return before is not None and (before.standing in {"accepted", "seen"} or bool(accepted_in(books, before.id)))


def _refuse(books: Books, film: Film, wished: DeliveryIntent, planned: Sequence[DeliveryIntent]) -> None:
    """Raise GuardError when the film cannot be in such a delivery."""
    number = film.number
    for other in planned:
        if film.id in other.films:
            raise GuardError(
                "G-PACKAGED",
                f"film {number} is in delivery {other.number}, which is planned",
                f"build it with 'bevara deposit build {other.number}', or withdraw it",
            )
    if film.standing in {"packaged", "delivering", "delivered"}:
        raise GuardError(
            "G-PACKAGED",
            f"film {number} is {film.standing} already",
            f"look at 'bevara deposit show {number}'; withdraw its delivery, or record KB's receipt, first",
        )
    accepted = film.standing in {"accepted", "seen"}
    # What was added to an accepted film may have been rejected: the film itself KB has all the same.
    if wished.status not in LATER and (accepted or (wished.status == "NEW" and accepted_in(books, film.id))):
        raise GuardError(
            "G-PACKAGED",
            f"film {number} is {film.standing}: KB has {'it' if accepted else 'accepted it before'}",
            f"say --status {', --status '.join(sorted(LATER))} to add to it or replace it",
        )
    if film.standing not in DELIVERABLE | {"accepted", "seen"}:
        raise GuardError(
            "G-DECIDED", f"film {number} is {film.standing}", f"decide it first: 'bevara deposit decide {number} yes'"
        )
    if not deliverable(film, wished):
        raise GuardError(
            "G-WAY",
            f"film {number} is to be delivered another way ({film.way or 'none'})",
            f"decide it anew with 'bevara deposit decide {number} yes --way fgs-publ'",
        )
    refuse_secret(books, film)
    if not _has_earlier(books, film, wished.status):
        raise GuardError(
            "G-EARLIER",
            f"KB has nothing of film {number} that a {wished.status} could follow",
            "leave --status out: it is delivered as new",
        )


def _has_earlier(books: Books, film: Film, status: RecordStatus) -> bool:
    if status == "SUPPLEMENT":
        return bool(accepted_in(books, film.id))
    if status in {"REPLACEMENT", "VERSION"}:
        return bool(film.replaces) or bool(handed_in(books, film.id)) or film.standing in {"accepted", "seen"}
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a night did: deliveries built, delivered, films that KB answered on, and what is to be known."""

    built: int = 0
    delivered: int = 0
    answered: int = 0
    findings: tuple[Finding, ...] = ()


def night(home: Home) -> Night:
    """Build what is planned, deliver again what was begun, read receipts; what fails becomes a finding and waits.

    Whether a built delivery leaves the house is a person's decision.
    """
    built = delivered = 0
    findings: list[Finding] = []
    for one in deliveries(home.ground):
        done = False
        found: Sequence[Finding] = ()
        if one.standing == "planned":
            done, found = _again(home, one)
            built += done
        elif one.standing == "delivering" and home.deposit.receiver is not None:
            done, found = _once_more(home, one)
            delivered += done
        findings.extend(found)
    try:
        read = read_receipts(home)
    except RefusedError:
        read = Read(findings=(Finding(code="L188", severity="warning", subject="deposit.receipts"),))
    findings.extend(read.findings)
    now = home.ground.clock.now()
    for one in deliveries(home.ground):
        days = age(one, now)
        if one.standing in WAITING and days >= LONG:
            findings.append(_told("L177", one, days=days))
    return Night(built=built, delivered=delivered, answered=read.answered, findings=tuple(findings))


def _again(home: Home, one: StoredDelivery) -> tuple[bool, Sequence[Finding]]:
    try:
        built = take_up(home, one.intent.id)
    except LeaseTakenError:
        return False, [_told("L173", one)]
    except (RefusedError, GuardError):
        return False, [_told("L175", one)]
    except (UnreachableError, OSError):
        return False, [_told("L176", one)]
    return built.done, built.findings


def _once_more(home: Home, one: StoredDelivery) -> tuple[bool, Sequence[Finding]]:
    try:
        built = build(home, one.intent.id)  # once more, where the store has lost its file
        if not built.done:
            return False, built.findings
        found = deliver(home, one.intent.id)
    except LeaseTakenError:
        return False, [_told("L173", one)]
    except (RefusedError, GuardError):
        return False, [_told("L175", one)]
    except (UnreachableError, OSError):
        return False, [_told("L176", one)]
    return found.delivery.standing == "delivered", found.findings


def _told(code: str, one: StoredDelivery, **more: int) -> Finding:
    parameters = tuple(sorted({"number": one.intent.number, **more}.items()))
    return Finding(code=code, severity="warning", subject=one.intent.id, parameters=parameters)
