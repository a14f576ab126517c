"""Where a signer's key comes from: two persons are two only if neither of them stands behind the other's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flows.keep.links import told_of
from schemas.books import Books
from schemas.ground import Home
from schemas.neighbours import Signer
from schemas.order import Order
from schemas.person import key_statement
from schemas.refusal import GuardError

LOST_WAITS = timedelta(hours=24)
"""So long after its receipt a key approves nothing that was registered because the one before it was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredKey:
    """A person's unlocked key, which is registered, and the home whose ledger tells how it was."""

    home: Home
    person: str
    signer: Signer

    @property
    def public(self) -> str:
        """The public key, 64 hexadecimal digits."""
        return self.signer.public

    def sign(self, data: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""
        return self.signer.sign(data)

    def refuse_new(self, order: Order, at: datetime) -> None:
        """Refuse a key that may not approve the order. Raises GuardError (G-NEWKEY); see ``refuse_new_key``."""
        with self.home.ground.state.reading() as books:
            refuse_new_key(books, self.home.keyring.genuine, self.person, self.public, order, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How a key came to be a person's.

    Attributes:
        persons: whose signatures it rests on, back to a key that nobody signed for.
        seq: number of that key's link. at: its time. lost: it replaced one that was lost.
    """

    persons: frozenset[str]
    seq: int
    at: datetime
    lost: bool


def origin(books: Books, verified: Callable[[str, bytes, bytes], bool], person: str, key: str) -> Origin | None:
    """Follow the receipts of a key back; None when one is missing or its signature is not genuine."""
    persons: set[str] = set()
    seen: set[str] = set()
    while key not in seen:
        seen.add(key)
        found = key_receipt(books, person, key)
        if found is None:
            return None
        seq, body = found
        told, at = body["evidence"], datetime.fromisoformat(body["at"])
        by = told.get("countersigned")
        if by is None:
            return Origin(persons=frozenset(persons), seq=seq, at=at, lost=bool(told.get("lost")))
        if not _signed(verified, person, told, at):
            return None
        persons.add(by)
        person, key = by, told["countersigned_key"]
    return None


def key_receipt(books: Books, person: str, key: str) -> tuple[int, Mapping[str, Any]] | None:
    """The receipt that the key is the person's, with its link's number: a row of the database alone proves nothing."""
    for seq, body in told_of(books, person):
        if body["act"] == "person.key" and body["evidence"].get("key") == key:
            return seq, body
    return None


def _signed(verified: Callable[[str, bytes, bytes], bool], person: str, told: Mapping[str, Any], at: datetime) -> bool:
    said = key_statement(person, told["key"], by=told["countersigned"], at=at)
    try:
        signature = bytes.fromhex(told["signature"])
        return verified(told["countersigned_key"], said.encode("utf-8"), signature)
    except (KeyError, TypeError, ValueError):
        return False


def refuse_new_key(
    books: Books, verified: Callable[[str, bytes, bytes], bool], person: str, key: str, order: Order, at: datetime
) -> None:
    """Refuse an approver's key that the proposer, or nobody, stands behind.

    Refused are: a key without a genuine receipt; one that rests on a key registered for a lost one, without anybody's
    signature, after the proposal was signed (told by the ledger's order, not by a clock) or within ``LOST_WAITS``;
    and keys of proposer and approver of which one rests on the other person's signature. A new person's first key may
    approve: refusing it would keep out nobody who could as well have registered before proposing.

    Raises:
        GuardError: G-NEWKEY.
    """
    found = origin(books, verified, person, key)
    if found is None:
        raise _refused("the ledger does not tell how the approver's key was registered", _REGISTER)
    if found.lost and at - found.at < LOST_WAITS:
        raise _refused("the approver's key was registered less than 24 hours ago for one that was lost", _LATER)
    signed = [seq for seq, body in told_of(books, order.digest) if body["act"] == "cull.signed"]
    if not signed or (found.lost and found.seq > signed[-1]):
        raise _refused("the approver's key was registered for a lost one after the proposal was signed", _PROPOSE)
    for proposal in (one for one in books.orders.signatures(order.digest) if one.act == "propose"):
        other = origin(books, verified, proposal.person, proposal.key)
        if other is None or person in other.persons or proposal.person in found.persons:
            raise _refused("one of the two has signed for the other's key", _OTHERS)


_PROPOSE = "make a new proposal with 'bevara cull propose', now that both persons are registered"
_REGISTER = "register a new key with 'bevara person key NAME' and make a new proposal"
_LATER = "wait until then, or let another person with the mandate approve"
_OTHERS = "let another person propose or approve"


def _refused(text: str, remedy: str) -> GuardError:
    return GuardError("G-NEWKEY", text, remedy)
