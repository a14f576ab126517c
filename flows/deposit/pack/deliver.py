"""Hand a built delivery on: bring it to KB's, fetch it by hand, or withdraw it while nobody was handed anything.

Where a delivery and its films stand changes before anything leaves the house and again when it has been seen to have
arrived, each time in one transaction that takes the revision's lock first. All of it may be repeated; what was seen at
KB's is not sent again, since KB may have taken it out of the folder meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from flows.deposit.guards import refuse_secret, refuse_secret_content
from flows.deposit.pack.change import Step, changed, films_of, leave, moved
from flows.deposit.pack.status import found_again, known
from flows.deposit.standing import change_film
from flows.keep.handed import evidence_of, hand_out, lies_there, out_folder
from flows.keep.mandates import mandated
from flows.keep.spool import lease_name
from schemas.books import Books
from schemas.delivery import Arrival
from schemas.deposit import DeliveryStanding, FilmStanding, StoredDelivery
from schemas.finding import Finding, Severity
from schemas.ground import Ground, Home
from schemas.neighbours import MissingError, ReceiverRefusedError
from schemas.refusal import GuardError, RefusedError, UnreachableError

_BEFORE: Final[frozenset[FilmStanding]] = frozenset({"packaged", "delivering"})
_REMEDY: Final = "withdraw the delivery, or record its receipt, and make another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What came of a delivery.

    Attributes:
        delivery: as it stands now. arrival: what was seen at the receiver's, or None.
        findings: why it did not arrive, and what is to be known of the way. unreachable: the receiver did not answer.
    """

    delivery: StoredDelivery
    arrival: Arrival | None = None
    findings: tuple[Finding, ...] = ()
    unreachable: bool = False


def deliver(home: Home, delivery: str) -> Delivered:
    """Bring a built delivery to the settings' receiver. One that was seen there already is left as it is (L170).

    A ``TEST`` counts for nothing: its films stay ``delivering``, so that their three months go on.

    Args:
        delivery: its id or number.

    Raises:
        GuardError: it is answered, withdrawn or not built (G-DELIVER), the settings have no receiver (G-RECEIVER), or a
            film of it stands elsewhere by now (G-CHANGED) or is marked with secrecy (G-SECRET).
        LeaseTakenError: another run is at it. RefusedError: no such delivery.
    """
    ground = home.ground
    named = known(ground, delivery).intent.id
    with ground.state.hold_lease(lease_name(named)):
        stored = known(ground, named)
        if stored.standing == "delivered":
            return Delivered(delivery=stored, findings=(_finding("L170", stored, "info"),))
        _deliverable(stored)
        if home.deposit.receiver is None:
            raise GuardError(
                "G-RECEIVER",
                "the settings have no receiver for deliveries",
                f"fetch it with 'bevara deposit fetch {stored.intent.number} --out FOLDER', or set [deposit.receiver]",
            )
        receiver = home.receiver(home.deposit.receiver)
        warning = str(getattr(receiver, "warning", ""))
        told = (_finding(warning, stored, "warning"),) if warning else ()
        step = Step(act="deposit.delivery.delivering", evidence={"place": receiver.place}, tries=1)
        before = changed(ground, stored, "delivering", step, _begin)
        try:
            _lies_there(ground, before)
            arrival = receiver.deliver(before.name, lambda: ground.store.open(before.key), before.size, before.sha256)
        except (MissingError, RefusedError):  # gone, or its bytes are others: the receiver compares them
            return Delivered(delivery=before, findings=(*told, _finding("L179", before)))
        except ReceiverRefusedError as refused:
            return Delivered(delivery=before, findings=(*told, _finding(refused.code, before)))
        except UnreachableError:
            return Delivered(delivery=before, findings=(*told, _finding("L172", before)), unreachable=True)
        if arrival.size != before.size or arrival.sha256 not in {"", before.sha256}:
            return Delivered(delivery=before, arrival=arrival, findings=(*told, _finding("L171", before)))
        step = Step(act="deposit.delivery.delivered", evidence=evidence_of(arrival))
        after = changed(ground, before, "delivered", step, _arrived)
    return Delivered(delivery=after, arrival=arrival, findings=told)


def _deliverable(stored: StoredDelivery) -> None:
    if stored.standing == "planned":
        raise GuardError(
            "G-DELIVER", "the delivery is not built yet", f"run 'bevara deposit build {stored.intent.number}' first"
        )
    if stored.standing not in {"packaged", "delivering"}:
        raise GuardError(
            "G-DELIVER", f"the delivery is {stored.standing}", "what is answered or withdrawn is not delivered again"
        )


def _begin(books: Books, now: StoredDelivery, at: datetime) -> None:
    """The films' part of a delivery that begins: all of them wait in it, or nothing leaves the house."""
    films = films_of(books, now)
    if now.standing == "packaged" and [one.id for one in films if one.standing == "packaged"] != list(now.intent.films):
        raise GuardError("G-CHANGED", "a film of the delivery is no longer in it", "withdraw the delivery")
    refuse_secret_content(books, now.key, now.intent.authority)
    for film in films:
        refuse_secret(books, film)
        if film.standing == "packaged":
            change_film(
                books,
                film.id,
                {"packaged"},
                moved("delivering", at, reference=""),
                act="deposit.delivering",
                actor="bevara",
                evidence={"delivery": now.intent.id},
            )


def _arrived(books: Books, now: StoredDelivery, at: datetime) -> None:
    """The films' part of a delivery that was seen at KB's."""
    if now.intent.status == "TEST":
        return
    for film in films_of(books, now):
        if film.standing in _BEFORE:
            change_film(
                books,
                film.id,
                _BEFORE,
                moved("delivered", at),
                act="deposit.delivered",
                actor="bevara",
                evidence={"delivery": now.intent.id},
            )


def _lies_there(ground: Ground, stored: StoredDelivery) -> None:
    """Raise MissingError unless the built file lies in the store, of the size it had, and is not to be removed."""
    with ground.state.reading() as books:
        key = found_again(books, stored).key
    lies_there(ground, key, stored.size)


def _finding(code: str, stored: StoredDelivery, severity: Severity = "error") -> Finding:
    return Finding(
        code=code,
        severity=severity,
        subject=stored.intent.id,
        parameters=(("number", stored.intent.number),),
    )


def fetch(home: Home, delivery: str, folder: Path) -> tuple[StoredDelivery, Path]:
    """Copy a built delivery into a folder, beside first and then named in one step; returns it and the file.

    Where the settings have no receiver this is the delivery: it counts as begun until its receipt is recorded. A file of
    the same bytes that lies there already is left.

    Raises:
        GuardError: it is not built, or its file is gone (G-FETCH), a film of it stands elsewhere by now (G-CHANGED) or is
            marked with secrecy (G-SECRET).
        RefusedError: no such delivery or folder, or another file of that name lies there.
    """
    ground = home.ground
    out_folder(folder)
    named = known(ground, delivery).intent.id
    with ground.state.hold_lease(lease_name(named)):
        stored = known(ground, named)
        if not stored.key:
            raise GuardError(
                "G-FETCH", f"the delivery is {stored.standing} and has no built file here", "build it, or make another"
            )
        with ground.state.reading() as books:
            for film in films_of(books, stored):
                refuse_secret(books, film)  # before anything leaves the house
            refuse_secret_content(books, stored.key, stored.intent.authority)
        target = folder / stored.name
        hand_out(ground, stored.key, stored.sha256, target, remedy=_REMEDY)
        by_hand = home.deposit.receiver is None and stored.standing == "packaged"
        standing: DeliveryStanding = "delivering" if by_hand else stored.standing
        step = Step(
            act="deposit.delivery.fetched",
            evidence={"size": stored.size, "sha256": stored.sha256},
            tries=int(by_hand),
        )
        return changed(ground, stored, standing, step, _begin if by_hand else None), target


def withdraw(home: Home, delivery: str, person: str) -> StoredDelivery:
    """Take back a delivery that nobody was handed: its file goes, its films stand where they stood. Repeating is harmless.

    Raises:
        GuardError: it may have arrived, or is answered (G-WITHDRAW); no mandate. RefusedError: no such delivery or person.
    """
    ground = home.ground
    named = known(ground, delivery).intent.id
    with ground.state.hold_lease(lease_name(named)):
        stored = known(ground, named)
        if stored.standing == "withdrawn":
            return stored
        if stored.standing not in {"planned", "packaged"}:
            raise GuardError(
                "G-WITHDRAW",
                f"the delivery is {stored.standing}: it may have arrived",
                "record KB's answer with 'bevara deposit receipt'",
            )

        def films(books: Books, now: StoredDelivery, at: datetime) -> None:
            mandated(books, person, "deposit", at)
            leave(books, now, at, person)

        step = Step(
            act="deposit.delivery.withdrawn",
            actor=person,
            evidence={"films": len(stored.intent.films)},
            forget=True,
        )
        return changed(ground, stored, "withdrawn", step, films)
