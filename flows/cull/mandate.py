"""Signatures under an order: made by a person with the mandate, and verified against the registered keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.books import Books
from schemas.ground import Home
from schemas.neighbours import Keyring, Signer
from schemas.order import Guard, Order, Signature, SigningAct, statement
from schemas.person import MANDATES, Person
from schemas.refusal import GuardError


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who signs: the registered person and where the key and its passphrase are found (None = the usual place)."""

    person: str
    key_file: Path | None = None
    passphrase_file: Path | None = None


def unlock(home: Home, hand: Hand) -> Signer:
    """The person's key, which must be the one registered now. Raises GuardError (G-FOREIGNKEY), RefusedError."""
    with home.ground.state.reading() as books:
        known = {one.key for one in books.persons.keys(hand.person) if one.ended is None}
    if not known:
        raise GuardError(
            "G-NOKEY", "the person has no key registered", "give the person one with 'bevara person key NAME'"
        )
    signer = home.keyring.unlock(hand.person, hand.key_file, hand.passphrase_file)
    if signer.public not in known:
        raise GuardError(
            "G-FOREIGNKEY",
            "the key in the file is not the one registered for the person",
            "use the right key file, or register the new key with 'bevara person key NAME'",
        )
    return signer


def sign(
    signer: Signer,
    act: SigningAct,
    order: Order,
    person: Person,
    at: datetime,
    *,
    expires: datetime | None = None,
    accepted: tuple[Guard, ...] = (),
) -> Signature:
    """Sign the statement about an order."""
    said = statement(act, order, person=person.name, role=person.role, at=at, expires=expires, accepted=accepted)
    return Signature(
        order=order.digest,
        act=act,
        person=person.name,
        role=person.role,
        key=signer.public,
        at=at,
        expires=expires,
        accepted=accepted,
        statement=said,
        signature=signer.sign(said.encode("utf-8")).hex(),
    )


def genuine(books: Books, keyring: Keyring, order: Order, signatures: Sequence[Signature]) -> bool:
    """Whether every signature is about this order, says what its fields say, and was made with the person's key."""
    return bool(signatures) and all(_genuine(books, keyring.genuine, order, one) for one in signatures)


def _genuine(books: Books, verified: Callable[[str, bytes, bytes], bool], order: Order, one: Signature) -> bool:
    said = statement(
        one.act, order, person=one.person, role=one.role, at=one.at, expires=one.expires, accepted=one.accepted
    )
    own = [key for key in books.persons.keys(one.person) if key.key == one.key]
    in_time = any(key.added <= one.at and (key.ended is None or one.at <= key.ended) for key in own)
    try:
        signature = bytes.fromhex(one.signature)
    except ValueError:
        return False
    return (
        one.order == order.digest
        and one.statement == said
        and one.role in MANDATES[one.act]
        and in_time
        and verified(one.key, said.encode("utf-8"), signature)
    )
