"""Orders of a restored archive: done, to be finished, or withdrawn, as the ledger and the tombstones say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any

from flows.keep.links import told_of
from flows.restore.decide import certified, finished
from schemas.books import Books
from schemas.order import GUARDS, Guard, Operation, Order, Signature, SigningAct, Standing, statement
from schemas.receipt import Receipt

_LISTS = ("proposal", "proposal-xml", "proposal-pdf")
_UNFINISHED: frozenset[Standing] = frozenset({"signed", "approved", "quarantined", "open"})
_SIGNED: tuple[tuple[SigningAct, str], ...] = (("propose", "cull.signed"), ("approve", "cull.approved"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of orders.

    Attributes:
        withdrawn: that had destroyed nothing. open: that had, and must be finished and certified.
        unknown: that had, and that the backup does not have: nobody can certify them.
    """

    withdrawn: int = 0
    open: int = 0
    unknown: int = 0


def settle(books: Books, at: datetime) -> Settled:
    """Bring every order to what the ledger, which is whole again, says of it.

    An order that destroyed nothing is withdrawn, because holds set after the backup are not known any longer. One that
    did stays open: what it destroyed must be certified.
    """
    withdrawn = left_open = 0
    culled = books.tombstones.orders()
    orders = {order.digest: order for order in books.orders.all()}
    for order in orders.values():
        if order.standing == "done":
            continue
        told = [body for _, body in told_of(books, order.digest)]
        receipt = next((one for one in told if certified(one)), None)
        if receipt is not None:
            _done(books, order, receipt)
        elif culled.get(order.digest):
            _open(books, order, told)
            left_open += 1
        elif order.standing in _UNFINISHED:
            books.orders.stand(order.digest, "withdrawn")
            books.ledger.append(Receipt(act="cull.withdrawn", at=at, actor="bevara", subjects=(order.digest,)))
            withdrawn += 1
    unknown = sum(
        not any(certified(body) for _, body in told_of(books, digest)) for digest in culled.keys() - orders.keys()
    )
    return Settled(withdrawn=withdrawn, open=left_open, unknown=unknown)


def _done(books: Books, order: Order, receipt: Mapping[str, Any]) -> None:
    books.orders.operate(finished(order.digest, receipt, books.orders.operation(order.digest)))
    books.orders.stand(order.digest, "done")
    # As at the end of an execution: the list names every item, and what remains are tombstones.
    books.copies.retire(
        [copy.key for kind in _LISTS for copy in books.copies.find(kind=kind) if copy.part == order.digest]
    )


def _open(books: Books, order: Order, told: Sequence[Mapping[str, Any]]) -> None:
    """It has begun, under signatures that the backup may be too old for; the ledger has what they were made of."""
    for act, name in _SIGNED:
        said = next((one for one in reversed(told) if one["act"] == name), None)
        have = next((one for one in books.orders.signatures(order.digest) if one.act == act), None)
        if said is None or (have is not None and _digest(have) == said["evidence"].get("statement_sha256")):
            continue
        made = _signature(order, act, said)
        if made is not None:
            books.orders.sign(made)
    begun = next((one for one in reversed(told) if one["act"] == "cull.begun"), None)
    known = books.orders.operation(order.digest)
    if begun is not None:
        until = begun["evidence"].get("until")
        made_of = known or Operation(order=order.digest, begun=_instant(begun["at"]))
        books.orders.operate(
            replace(made_of, begun=_instant(begun["at"]), until=None if until is None else _instant(until))
        )
    books.orders.stand(order.digest, "open")


def _signature(order: Order, act: SigningAct, said: Mapping[str, Any]) -> Signature | None:
    """The signature that a receipt tells of; None when the statement cannot be made from what is known."""
    evidence = said["evidence"]
    expires = evidence.get("expires")
    accepted: tuple[Guard, ...] = tuple(one for one in GUARDS if one in str(evidence.get("accepted") or "").split(","))
    signature = Signature(
        order=order.digest,
        act=act,
        person=said["actor"],
        role=evidence["role"],
        key=evidence["key"],
        at=_instant(said["at"]),
        expires=None if expires is None else _instant(expires),
        accepted=accepted,
        statement="",
        signature=evidence["signature"],
    )
    for guards in _subsets():
        text = statement(
            act,
            order,
            person=signature.person,
            role=signature.role,
            at=signature.at,
            expires=signature.expires,
            accepted=accepted,
            guards=guards,
        )
        made = replace(signature, statement=text)
        if _digest(made) == evidence.get("statement_sha256"):
            return made
    return None


def _subsets() -> Iterator[tuple[Guard, ...]]:
    for size in range(len(GUARDS) + 1):
        yield from combinations(GUARDS, size)


def _digest(signature: Signature) -> str:
    return hashlib.sha256(signature.statement.encode("utf-8")).hexdigest()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
