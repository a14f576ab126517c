"""What remains of culled items, and what waits to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from connectors.state.columns import EPOCH, MICROSECOND, NAME_BYTES, require_storable, storable
from connectors.state.tables import OUTBOX, TOMBSTONE
from connectors.state.transaction import Transaction, chunks
from schemas.ids import ItemId, item_id
from schemas.order import Errand, Tombstone


def _tombstone(row: Any) -> Tombstone:
    return Tombstone(
        item=ItemId(row.item),
        parent=None if row.parent is None else ItemId(row.parent),
        thread=ItemId(row.thread),
        kind=row.kind,
        rule=row.rule,
        edition=row.edition,
        order=row.order_digest,
        culled=row.culled,
        salt=bytes(row.salt),
    )


def _values(one: Tombstone) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    at = (one.culled - EPOCH) // MICROSECOND
    return one.item, one.parent, one.thread, one.kind, one.rule, one.edition, one.order, at, one.salt


class Tombstones:
    """Tombstones (port ``TombstoneBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, tombstones: Sequence[Tombstone]) -> None:
        """Enter tombstones; one that is there already stays as it was (its salt is in a certificate)."""
        names = {name for one in tombstones for name in (one.kind, one.rule, one.edition, one.order)}
        for name in names:
            require_storable("tombstone", name, NAME_BYTES)
        for one in tombstones:
            item_id(one.item)
        self._transaction.add_many(TOMBSTONE, [_values(one) for one in tombstones])

    def of(self, items: Sequence[ItemId]) -> Sequence[Tombstone]:
        """Tombstones of these items, by item."""
        found: list[Tombstone] = []
        for some in chunks(sorted(items)):
            query = select(TOMBSTONE).where(self._transaction.among(TOMBSTONE.c.item, some)).order_by(TOMBSTONE.c.item)
            found.extend(_tombstone(row) for row in self._transaction.connection.execute(query))
        return found

    def known(self, items: Sequence[ItemId]) -> frozenset[ItemId]:
        """Those of the items that were culled."""
        found: set[ItemId] = set()
        for some in chunks(item for item in items if storable(item, NAME_BYTES)):
            query = select(TOMBSTONE.c.item).where(self._transaction.among(TOMBSTONE.c.item, some))
            found.update(ItemId(item) for item in self._transaction.connection.scalars(query))
        return frozenset(found)

    def below(self, thread: ItemId) -> Sequence[Tombstone]:
        """Tombstones of a thread, by item."""
        query = select(TOMBSTONE).where(TOMBSTONE.c.thread == thread).order_by(TOMBSTONE.c.item)
        return [_tombstone(row) for row in self._transaction.connection.execute(query)]

    def all(self, order: str | None = None) -> Iterator[Tombstone]:
        """Tombstones by item; of one order or of all. Read them before the transaction ends."""
        query = select(TOMBSTONE).order_by(TOMBSTONE.c.item)
        if order is not None:
            query = query.where(TOMBSTONE.c.order_digest == order)
        for row in self._transaction.stream(query):
            yield _tombstone(row)

    def items(self, order: str) -> Sequence[ItemId]:
        """Ids of an order's culled items, in order."""
        query = select(TOMBSTONE.c.item).where(TOMBSTONE.c.order_digest == order).order_by(TOMBSTONE.c.item)
        return [ItemId(item) for item in self._transaction.connection.scalars(query)]

    def salts(self, order: str) -> Sequence[tuple[ItemId, bytes]]:
        """Ids of an order's culled items with their salts, in order."""
        query = select(TOMBSTONE.c.item, TOMBSTONE.c.salt).where(TOMBSTONE.c.order_digest == order)
        rows = self._transaction.connection.execute(query.order_by(TOMBSTONE.c.item))
        return [(ItemId(item), bytes(salt)) for item, salt in rows]

    def count(self, order: str | None = None) -> int:
        """How many."""
        query = select(func.count()).select_from(TOMBSTONE)
        if order is not None:
            query = query.where(TOMBSTONE.c.order_digest == order)
        return self._transaction.connection.execute(query).scalar_one()

    def orders(self) -> Mapping[str, int]:
        """Orders that tombstones name, with how many, by order."""
        name = TOMBSTONE.c.order_digest
        query = select(name, func.count()).group_by(name).order_by(name)
        return {row[0]: int(row[1]) for row in self._transaction.connection.execute(query)}


class Outbox:
    """Errands that wait (port ``OutboxBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, kind: str, subject: str, at: datetime) -> Errand:
        """Enter an errand; one of that kind about that subject which still waits is returned instead."""
        for errand in self.waiting(kind):
            if errand.subject == subject:
                return errand
        connection = self._transaction.connection
        number = (connection.scalar(select(func.max(OUTBOX.c.number))) or 0) + 1
        connection.execute(insert(OUTBOX), {"number": number, "kind": kind, "subject": subject, "made": at})
        return Errand(number=number, kind=kind, subject=subject, made=at)

    def waiting(self, kind: str | None = None) -> Sequence[Errand]:
        """Errands that wait, oldest first."""
        query = select(OUTBOX).where(OUTBOX.c.done.is_(None)).order_by(OUTBOX.c.number)
        if kind is not None:
            query = query.where(OUTBOX.c.kind == kind)
        return [
            Errand(number=row.number, kind=row.kind, subject=row.subject, made=row.made, done=row.done)
            for row in self._transaction.connection.execute(query)
        ]

    def close(self, number: int, at: datetime) -> None:
        """An errand is done."""
        change = update(OUTBOX).where(OUTBOX.c.number == number, OUTBOX.c.done.is_(None)).values(done=at)
        self._transaction.connection.execute(change)
