"""The one way to change where a delivery stands, and its films with it: one transaction, the revision locked first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flows.deposit.pack.told import packaged
from flows.deposit.standing import change_film
from flows.keep.derived import remove_retired
from schemas.books import Books
from schemas.deposit import FILM_STANDINGS, DeliveryStanding, Film, FilmStanding, StoredDelivery
from schemas.ground import Ground
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError

IN_IT: Final[frozenset[FilmStanding]] = frozenset({"packaged", "delivering", "delivered"})
"""Standings of a film that waits in the delivery its row names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of a delivery.

    Attributes:
        act, actor, evidence: of its receipt. tries: deliveries begun by it. reference: KB's mark, or None: as it was.
        forget: the built file is no longer needed and goes.
    """

    act: str
    actor: str = "bevara"
    evidence: Mapping[str, Scalar]
    tries: int = 0
    reference: str | None = None
    forget: bool = False


def locked(books: Books, stored: StoredDelivery) -> StoredDelivery:
    """The delivery as it is in this transaction, the revision locked. Raises GuardError when it has moved (G-CHANGED)."""
    books.revision(lock=True)
    now = books.deliveries.get(stored.intent.id)
    if now is None or now.standing != stored.standing:
        raise GuardError("G-CHANGED", "the delivery was changed by another run", "look at 'bevara deposit status'")
    return now


def stand(books: Books, now: StoredDelivery, standing: DeliveryStanding, at: datetime, step: Step) -> StoredDelivery:
    """Change a delivery that is ``locked``, with its receipt; films are the caller's."""
    after = replace(
        now,
        standing=standing,
        changed=now.changed if now.standing == standing else at,
        tries=now.tries + step.tries,
        reference=now.reference if step.reference is None else step.reference,
        key="" if step.forget else now.key,
    )
    books.deliveries.change(after)
    if step.forget and now.key:
        books.copies.retire([now.key])
    books.ledger.append(
        Receipt(
            act=step.act,
            at=at,
            actor=step.actor,
            subjects=(now.intent.id,),
            evidence={"standing": standing, **step.evidence},
        )
    )
    return after


def changed(
    ground: Ground,
    stored: StoredDelivery,
    standing: DeliveryStanding,
    step: Step,
    films: Callable[[Books, StoredDelivery, datetime], None] | None = None,
) -> StoredDelivery:
    """One change in a transaction of its own. ``films`` changes the films first; what it raises undoes all of it.

    Raises:
        GuardError: the delivery, or one of its films, stands elsewhere by now (G-CHANGED).
    """
    at = ground.clock.now()
    with ground.state.writing() as books:
        now = locked(books, stored)
        if films is not None:
            films(books, now, at)
        after = stand(books, now, standing, at, step)
    if step.forget:
        remove_retired(ground.state, ground.store, at, ground.mirrors)
    return after


def films_of(books: Books, delivery: StoredDelivery) -> list[Film]:
    """The delivery's films whose rows name it, in order: one that moved on to another is not among them."""
    found = [books.films.get(film) for film in delivery.intent.films]
    return [one for one in found if one is not None and one.delivery == delivery.intent.id]


def waiting_in(books: Books, delivery: StoredDelivery) -> list[Film]:
    """Films that wait in it."""
    return [one for one in films_of(books, delivery) if one.standing in IN_IT]


def leave(books: Books, delivery: StoredDelivery, at: datetime, actor: str) -> None:
    """The films go back to where they stood before the delivery was built. Raises GuardError (G-CHANGED)."""
    for film in waiting_in(books, delivery):
        seen = packaged(books, film.id, delivery.intent.id) or {}
        change_film(
            books,
            film.id,
            {film.standing},
            moved(_standing(seen.get("before")), at, delivery=str(seen.get("earlier") or "")),
            act="deposit.unpackaged",
            actor=actor,
            evidence={"delivery": delivery.intent.id},
        )


def moved(
    standing: FilmStanding, at: datetime, *, delivery: str | None = None, reference: str | None = None
) -> Callable[[Film], Film]:
    """What changes a film: where it stands since when, and what else is given."""

    def change(film: Film) -> Film:
        return replace(
            film,
            standing=standing,
            changed=at,
            delivery=film.delivery if delivery is None else delivery,
            reference=film.reference if reference is None else reference,
        )

    return change


def _standing(text: object) -> FilmStanding:
    return next((one for one in FILM_STANDINGS if one == text), "decided")
