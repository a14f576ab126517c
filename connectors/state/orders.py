"""Frozen lists of cullings, the signatures under them, and their execution."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from connectors.state.tables import OPERATION, OPERATION_KEY, ORDER, SIGNATURE
from connectors.state.transaction import Transaction, chunks
from schemas.ids import ItemId
from schemas.order import STANDINGS, Operation, Order, Signature, Standing
from schemas.refusal import RefusedError


def _order(row: Any) -> Order:
    scope = json.loads(row.scope)
    return Order(
        digest=row.digest,
        as_of=row.as_of,
        made=row.made,
        edition=row.edition,
        plan_digest=row.plan_digest,
        revision=row.revision,
        accounts=tuple(scope["accounts"]),
        types=tuple(scope["types"]),
        authorities=tuple(scope["authorities"]),
        cull=row.cull,
        keep=row.keep,
        ask=row.ask,
        guards=tuple(json.loads(row.guards)),
        standing=row.standing,
        record=None if row.record is None else ItemId(row.record),
    )


def _signature(row: Any) -> Signature:
    return Signature(
        order=row.order_digest,
        act=row.act,
        person=row.person,
        role=row.role,
        key=row.key,
        at=row.at,
        expires=row.expires,
        accepted=tuple(json.loads(row.accepted)),
        statement=row.statement,
        signature=row.signature,
    )


class Orders:
    """Orders (port ``OrderBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, order: Order) -> bool:
        """Enter an order; False when it is there already (it stays as it was)."""
        number = (self._transaction.connection.scalar(select(func.max(ORDER.c.number))) or 0) + 1
        scope = {"accounts": order.accounts, "types": order.types, "authorities": order.authorities}
        row = {
            "digest": order.digest,
            "number": number,
            "as_of": order.as_of,
            "made": order.made,
            "edition": order.edition,
            "plan_digest": order.plan_digest,
            "revision": order.revision,
            "scope": json.dumps(scope),
            "cull": order.cull,
            "keep": order.keep,
            "ask": order.ask,
            "guards": json.dumps(order.guards),
            "standing": order.standing,
            "record": order.record,
        }
        return self._transaction.add_one(ORDER, row)

    def get(self, digest: str) -> Order | None:
        """One order; in a writing transaction its row is locked until commit."""
        query = self._transaction.locking(select(ORDER).where(ORDER.c.digest == digest))
        row = self._transaction.connection.execute(query).one_or_none()
        return None if row is None else _order(row)

    def all(self) -> Sequence[Order]:
        """All orders, oldest first."""
        return [_order(row) for row in self._transaction.connection.execute(select(ORDER).order_by(ORDER.c.number))]

    def renew(self, order: Order) -> None:
        """The same list was made again: time, revision and guards are the new ones."""
        values = {"made": order.made, "revision": order.revision, "guards": json.dumps(order.guards)}
        self._transaction.connection.execute(update(ORDER).where(ORDER.c.digest == order.digest).values(values))

    def stand(self, digest: str, standing: Standing) -> None:
        """Change where an order stands. Raises RefusedError when there is no such order."""
        if standing not in STANDINGS:
            raise RefusedError("order.standing", standing, f"use one of {', '.join(STANDINGS)}")
        change = update(ORDER).where(ORDER.c.digest == digest).values(standing=standing)
        if self._transaction.connection.execute(change).rowcount == 0:
            raise RefusedError("order", digest, "name an order that 'bevara cull list' shows")

    def record(self, digest: str, item: ItemId) -> None:
        """Note the archive item that holds the signed proposal."""
        self._transaction.connection.execute(update(ORDER).where(ORDER.c.digest == digest).values(record=item))

    def sign(self, signature: Signature) -> None:
        """Enter a signature; an earlier one for the same act is replaced, and a new proposal ends an approval."""
        if signature.act == "propose":
            approval = delete(SIGNATURE).where(
                SIGNATURE.c.order_digest == signature.order, SIGNATURE.c.act == "approve"
            )
            self._transaction.connection.execute(approval)
        row = {
            "order_digest": signature.order,
            "act": signature.act,
            "person": signature.person,
            "role": signature.role,
            "key": signature.key,
            "at": signature.at,
            "expires": signature.expires,
            "accepted": json.dumps(signature.accepted),
            "statement": signature.statement,
            "signature": signature.signature,
        }
        self._transaction.put(SIGNATURE, [row])

    def signatures(self, digest: str) -> Sequence[Signature]:
        """The proposal's signature, then the approval's."""
        query = select(SIGNATURE).where(SIGNATURE.c.order_digest == digest).order_by(SIGNATURE.c.act.desc())
        return [_signature(row) for row in self._transaction.connection.execute(query)]

    def operate(self, operation: Operation) -> None:
        """Enter or change an execution."""
        row = {
            "order_digest": operation.order,
            "begun": operation.begun,
            "until": operation.until,
            "finished": operation.finished,
            "culled": operation.culled,
            "kept": operation.kept,
            "certificate": operation.certificate,
        }
        self._transaction.put(OPERATION, [row])

    def operation(self, digest: str) -> Operation | None:
        """An order's execution."""
        query = select(OPERATION).where(OPERATION.c.order_digest == digest)
        row = self._transaction.connection.execute(query).one_or_none()
        if row is None:
            return None
        return Operation(
            order=row.order_digest,
            begun=row.begun,
            until=row.until,
            finished=row.finished,
            culled=row.culled,
            kept=row.kept,
            certificate=None if row.certificate is None else ItemId(row.certificate),
        )

    def note_keys(self, digest: str, keys: Iterable[str]) -> None:
        """Object keys that go with this order; repeats are harmless."""
        for some in chunks(keys):
            self._transaction.add_missing(OPERATION_KEY, [{"order_digest": digest, "key": key} for key in some])

    def keys(self, digest: str) -> Sequence[str]:
        """Object keys that go with this order, in order."""
        query = select(OPERATION_KEY.c.key).where(OPERATION_KEY.c.order_digest == digest).order_by(OPERATION_KEY.c.key)
        return list(self._transaction.connection.scalars(query))

    def drop_keys(self, digest: str, *, prefix: str = "") -> None:
        """Forget those that begin so: their absence has been observed."""
        gone = delete(OPERATION_KEY).where(OPERATION_KEY.c.order_digest == digest)
        if prefix:
            gone = gone.where(OPERATION_KEY.c.key.startswith(prefix, autoescape=True))
        self._transaction.connection.execute(gone)
