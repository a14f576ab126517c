"""Signatures under an order: made by a person with the mandate, and verified against the registered keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.cull.key_origin import RegisteredKey, key_receipt
from flows.keep.links import told_of
from schemas.books import Books
from schemas.ground import Home
from schemas.ids import rfc3339
from schemas.neighbours import Keyring
from schemas.order import Guard, Operation, Order, Signature, SigningAct, stated_guards, statement
from schemas.person import MANDATES, Person
from schemas.refusal import GuardError


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who signs: the registered person and where the key and its passphrase are found (None = the usual place)."""

    person: str
    key_file: Path | None = None
    passphrase_file: Path | None = None


def unlock(home: Home, hand: Hand) -> RegisteredKey:
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
    return RegisteredKey(home=home, person=hand.person, signer=signer)


def sign(
    signer: RegisteredKey,
    act: SigningAct,
    order: Order,
    person: Person,
    at: datetime,
    *,
    expires: datetime | None = None,
    accepted: tuple[Guard, ...] = (),
    guards: tuple[Guard, ...] = (),
) -> Signature:
    """Sign the statement about an order. Raises GuardError when the key may not approve it (G-NEWKEY)."""
    if act == "approve":
        signer.refuse_new(order, at)
    said = statement(
        act,
        order,
        person=person.name,
        role=person.role,
        at=at,
        expires=expires,
        accepted=accepted,
        guards=guards,
    )
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
        one.act,
        order,
        person=one.person,
        role=one.role,
        at=one.at,
        expires=one.expires,
        accepted=one.accepted,
        guards=stated_guards(one),
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
        and key_receipt(books, one.person, one.key) is not None
        and verified(one.key, said.encode("utf-8"), signature)
    )


def ledger_agrees(books: Books, order: Order, signatures: Sequence[Signature], operation: Operation | None) -> bool:
    """Whether the ledger tells the same of an approved order as the database's rows do.

    Its last signing is the approval that we have, nothing was withdrawn after it, and an execution that the rows say
    was begun was begun after it, at the same time and with the same quarantine.
    """
    told = told_of(books, order.digest)
    signings = [one for one in told if one[1]["act"] in ("cull.signed", "cull.approved", "cull.withdrawn")]
    approval = next((one for one in signatures if one.act == "approve"), None)
    if approval is None or not signings or signings[-1][1]["act"] != "cull.approved":
        return False
    signed, body = signings[-1]
    if body["evidence"].get("statement_sha256") != hashlib.sha256(approval.statement.encode("utf-8")).hexdigest():
        return False
    begun = [one for one in told if one[1]["act"] == "cull.begun" and one[0] > signed]
    if operation is None or not begun:
        return operation is None and not begun
    until = None if operation.until is None else rfc3339(operation.until)
    last = begun[-1][1]
    return bool(last["at"] == rfc3339(operation.begun) and last["evidence"].get("until") == until)
