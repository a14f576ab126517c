"""A lock is lifted: the police, or a closer look, have said that it is not what it was suspected to be.

Only a decision by delegation does it, with its reason. The hold stays until somebody lifts that too, and nobody is told by it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from flows.keep.delegation import delegated_for, delegation_words
from flows.keep.own import revision_first, write_own
from flows.oversee.removal.rows import known, lease_of
from flows.oversee.removal.told import Told
from schemas.books import Books
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError
from schemas.removal import Noticed, Removal
from schemas.text import visible

_WORDS: Final = 4_000


def unlock(home: Home, number: int, why: str, person: str) -> Told:
    """Lift the lock that this removal and others of the same item have on it.

    What is gone stays gone. What was not taken away yet begins anew: then a copy is secured first, as for everything else.

    Raises:
        RefusedError: no such removal, none that locks, or no reason. GuardError: no mandate (G-MANDATE), no delegation
            (G-DELEGATION). LeaseTakenError: somebody else is at it.
    """
    if not why.strip() or len(why) > _WORDS:
        raise RefusedError("--why", "…", f"say why in 1 to {_WORDS} characters; it stands in the decision alone")
    at = home.ground.clock.now()
    with home.ground.state.reading() as books:
        who = delegated_for(books, person, "moderate", at)
    with home.ground.state.hold_lease(lease_of(known(home.ground, number).item)) as lease:
        removal = known(home.ground, number)
        if removal.secured != "locked":
            raise RefusedError("NUMBER", number, "this removal locks nothing")

        def enter(books: Books, record: ItemId) -> None:
            books.leases.check(lease)
            delegated_for(books, person, "moderate", at)
            rows = [one for one in books.duties.removals(removal.item) if one.secured == "locked"]
            if not rows:
                raise GuardError("G-CHANGED", "somebody else has lifted the lock meanwhile", "look at it again")
            books.media.want(removal.account, [removal.item])
            for one in rows:
                _lift(books, one, record, person, at)

        write_own(
            home.ground,
            kind="decision",
            authority=removal.authority,
            text=(
                f"Beslut att häva låset på {removal.item}. Skäl: {visible(why)}\n"
                f"Beslutat av {person} med stöd av delegation: {delegation_words(who)}."
            ),
            payload={"unlock": {"item": removal.item, "number": number, "why": visible(why)}},
            at=at,
            act="removal.record",
            actor=person,
            first=revision_first,
            also=enter,
        )
    told = Told(known(home.ground, number), by=person)
    told.find("W250", "info")
    return told


def _lift(books: Books, before: Removal, record: ItemId, person: str, at: datetime) -> None:
    after = replace(before, secured="unlocked", changed=at)
    if before.unfinished:
        noticed: Noticed = "" if before.noticed == "none" else before.noticed  # the lock alone kept it from its writer
        after = replace(after, standing="begun", secured="", noticed=noticed)
    books.duties.put_removal(after)
    evidence = {"number": after.number, "standing": after.standing, "secured": after.secured, "record": record}
    subjects = (after.subject, after.item)
    books.ledger.append(Receipt(act="removal.unlocked", at=at, actor=person, subjects=subjects, evidence=evidence))
