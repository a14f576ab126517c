"""Hand a built package on, and record what came of it: delivery, receipt, fetching, withdrawal.

Where a package stands changes before anything leaves the house and again when it has been seen to have arrived, each
time in one transaction that takes the revision's lock first. All of it may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from flows.archive.pack.build import known
from flows.archive.pack.renditions import retire_renditions
from flows.archive.pack.status import found_again
from flows.keep.derived import remove_retired
from flows.keep.handed import evidence_of, hand_out, lies_there, out_folder
from flows.keep.mandates import mandated
from flows.keep.spool import lease_name
from schemas.books import Books
from schemas.delivery import REFERENCE, Arrival, PackageStanding, StoredPackage
from schemas.finding import Finding, Severity
from schemas.ground import Ground, Home
from schemas.neighbours import MissingError, ReceiverRefusedError
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError, RefusedError, UnreachableError

Answer = Literal["accepted", "rejected"]
"""What a receiver says of a package."""

_BUILT: Final[frozenset[PackageStanding]] = frozenset({"packaged", "delivering", "delivered"})
_HANDED: Final[frozenset[PackageStanding]] = frozenset({"delivering", "delivered"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What came of a delivery.

    Attributes:
        package: as it stands now. arrival: what was seen at the receiver's, or None.
        findings: why it did not arrive, and what is to be known of the way. unreachable: the receiver did not answer.
    """

    package: StoredPackage
    arrival: Arrival | None = None
    findings: tuple[Finding, ...] = ()
    unreachable: bool = False


def deliver(home: Home, package: str) -> Delivered:
    """Deliver a built package to its profile's receiver; one that lies there already is only looked at.

    Args:
        package: its id or number.

    Raises:
        GuardError: it is answered, withdrawn or not built (G-DELIVER), or its profile has no receiver (G-RECEIVER).
        LeaseTakenError: another run is at it. RefusedError: no such package or profile.
    """
    ground = home.ground
    named = known(ground, package).intent.id
    with ground.state.hold_lease(lease_name(named)):
        stored = known(ground, named)
        _deliverable(stored)
        profile, _ = home.profile(stored.intent.profile)
        if profile.receiver is None:
            raise GuardError(
                "G-RECEIVER",
                f"the profile {profile.name} has no receiver",
                f"fetch it with 'bevara archive fetch {stored.intent.number} --out FOLDER', or give the profile a [receiver]",
            )
        receiver = home.receiver(profile.receiver)
        warning = str(getattr(receiver, "warning", ""))
        told = (_finding(warning, named, "warning"),) if warning else ()
        before = _changed(ground, stored, "delivering", "archive.delivering", {"place": receiver.place}, tries=1)
        try:
            _lies_there(ground, before)
            arrival = receiver.deliver(before.name, lambda: ground.store.open(before.key), before.size, before.sha256)
        except (MissingError, RefusedError):  # gone, or its bytes are others: the receiver compares them
            return Delivered(package=before, findings=(*told, _finding("A210", named)))
        except ReceiverRefusedError as refused:
            return Delivered(package=before, findings=(*told, _finding(refused.code, named)))
        except UnreachableError:
            return Delivered(package=before, findings=(*told, _finding("A212", named)), unreachable=True)
        if arrival.size != before.size or arrival.sha256 not in {"", before.sha256}:
            return Delivered(package=before, arrival=arrival, findings=(*told, _finding("A211", named)))
        after = _changed(ground, before, "delivered", "archive.delivered", evidence_of(arrival))
    return Delivered(package=after, arrival=arrival, findings=told)


def _deliverable(stored: StoredPackage) -> None:
    if stored.standing == "planned":
        raise GuardError(
            "G-DELIVER", "the package is not built yet", f"run 'bevara archive build {stored.intent.number}' first"
        )
    if stored.standing not in _BUILT:
        raise GuardError(
            "G-DELIVER", f"the package is {stored.standing}", "what is answered or withdrawn is not delivered again"
        )


def _lies_there(ground: Ground, stored: StoredPackage) -> None:
    """Raise MissingError unless the built file lies in the store, of the size it had, and is not to be removed."""
    with ground.state.reading() as books:
        key = found_again(books, stored).key
    lies_there(ground, key, stored.size)


def _finding(code: str, package: str, severity: Severity = "error") -> Finding:
    return Finding(code=code, severity=severity, subject=package)


def _changed(
    ground: Ground,
    stored: StoredPackage,
    standing: PackageStanding,
    act: str,
    evidence: dict[str, Scalar],
    *,
    actor: str = "bevara",
    tries: int = 0,
    reference: str | None = None,
    forget: bool = False,
    allowed: Callable[[Books], None] | None = None,
) -> StoredPackage:
    """One change of where a package stands, with its receipt.

    Args:
        tries: deliveries begun by this. forget: the built file is no longer needed and goes.
        allowed: asked first in the transaction; raises when the change may not be made.

    Raises:
        GuardError: the package stands elsewhere by now (G-CHANGED).
    """
    at = ground.clock.now()
    with ground.state.writing() as books:
        if allowed is not None:
            allowed(books)
        books.revision(lock=True)
        now = books.packages.get(stored.intent.id)
        if now is None or now.standing != stored.standing:
            raise GuardError("G-CHANGED", "the package was changed by another run", "look at 'bevara archive status'")
        after = replace(
            now,
            standing=standing,
            changed=now.changed if now.standing == standing else at,
            tries=now.tries + tries,
            reference=now.reference if reference is None else reference,
            key="" if forget else now.key,
        )
        books.packages.change(after)
        if forget and now.key:
            books.copies.retire([now.key])
        if standing == "withdrawn":
            retire_renditions(books, now.intent)
        books.ledger.append(
            Receipt(
                act=act, at=at, actor=actor, subjects=(stored.intent.id,), evidence={"standing": standing, **evidence}
            )
        )
    if forget:
        remove_retired(ground.state, ground.store, at, ground.mirrors)
    return after


def receipt(home: Home, package: str, answer: Answer, reference: str, person: str) -> StoredPackage:
    """Record the receiver's answer. The same answer again changes nothing.

    ``accepted`` ends the package's way: its built file goes, unless the profile keeps it. ``rejected`` frees its items
    for another package (``--replaces``); the file stays until that one is built.

    Args:
        reference: the receiver's own mark on its answer, a number or code without spaces; it stands in the ledger for
            ever, so it names nobody.

    Raises:
        GuardError: another answer is recorded, or the package was never handed over (G-RECEIPT); no mandate.
        RefusedError: no such package or person, or an unusable reference.
    """
    ground = home.ground
    if not REFERENCE.fullmatch(reference):
        raise RefusedError(
            "--reference",
            reference,
            "give the receipt's number or code, such as EA 2026/17: at most 100 characters and three parts",
        )
    named = known(ground, package).intent.id
    with ground.state.hold_lease(lease_name(named)):
        stored = known(ground, named)
        if stored.standing == answer and stored.reference == reference:
            with ground.state.reading() as books:
                mandated(books, person, "package", ground.clock.now())
            return stored
        if stored.standing in {"accepted", "rejected"}:
            raise GuardError(
                "G-RECEIPT",
                f"the package is recorded as {stored.standing} under another receipt or with the other answer",
                "ask the receiver which one holds; a package that was accepted after all is packaged anew with --replaces",
            )
        if stored.standing not in _HANDED:
            raise GuardError(
                "G-RECEIPT", f"the package is {stored.standing}: nobody was handed it", "deliver or fetch it first"
            )
        return _changed(
            ground,
            stored,
            answer,
            "archive.receipt",
            {"reference": reference, "items": stored.items, "sha256": stored.sha256},
            actor=person,
            reference=reference,
            forget=answer == "accepted" and not _keeps(home, stored),
            allowed=lambda books: _may(books, person, ground),
        )


def _keeps(home: Home, stored: StoredPackage) -> bool:
    """Whether the built file stays. A profile that can be read no longer stops no receipt: then it stays."""
    try:
        return home.profile(stored.intent.profile)[0].keep
    except RefusedError:
        return True


def _may(books: Books, person: str, ground: Ground) -> None:
    mandated(books, person, "package", ground.clock.now())


def withdraw(home: Home, package: str, person: str) -> StoredPackage:
    """Take back a package that nobody was handed; its built file goes and its items are free. Repeating is harmless.

    Raises:
        GuardError: it may have arrived, or is answered (G-WITHDRAW); no mandate. RefusedError: no such one.
    """
    ground = home.ground
    named = known(ground, package).intent.id
    with ground.state.hold_lease(lease_name(named)):
        stored = known(ground, named)
        if stored.standing == "withdrawn":
            return stored
        if stored.standing not in {"planned", "packaged"}:
            raise GuardError(
                "G-WITHDRAW",
                f"the package is {stored.standing}: it may have arrived",
                "record the receiver's answer with 'bevara archive receipt'",
            )
        return _changed(
            ground,
            stored,
            "withdrawn",
            "archive.withdrawn",
            {},
            actor=person,
            forget=True,
            allowed=lambda books: _may(books, person, ground),
        )


def fetch(home: Home, package: str, folder: Path) -> tuple[StoredPackage, Path]:
    """Copy a built package into a folder, beside first and then named in one step; returns it and the file.

    Of a profile without receiver this is the delivery: the package counts as being delivered until its receipt is
    recorded. A file of the same bytes that lies there already is left.

    Raises:
        GuardError: it is not built, or its file is gone (G-FETCH). RefusedError: no such package or folder, or another
            file of that name lies there.
    """
    ground = home.ground
    out_folder(folder)
    named = known(ground, package).intent.id
    with ground.state.hold_lease(lease_name(named)):
        stored = known(ground, named)
        if not stored.key:
            raise GuardError(
                "G-FETCH", f"the package is {stored.standing} and has no built file here", "build it, or make another"
            )
        profile, _ = home.profile(stored.intent.profile)  # before anything leaves the house
        target = folder / stored.name
        hand_out(ground, stored.key, stored.sha256, target, remedy="make another with --replaces")
        by_hand = profile.receiver is None and stored.standing == "packaged"
        standing: PackageStanding = "delivering" if by_hand else stored.standing
        seen: dict[str, Scalar] = {"size": stored.size, "sha256": stored.sha256}
        return _changed(ground, stored, standing, "archive.fetched", seen, tries=int(by_hand)), target
