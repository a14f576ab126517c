"""Keyed hashes of native ids: matching at harvest, suppression after culling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from connectors.state.tables import NATIVE
from connectors.state.transaction import Transaction, chunks
from schemas.books import Suppressed
from schemas.ids import ItemId


class Natives:
    """The table ``native`` (port ``NativeBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def find(self, hashes: Sequence[bytes]) -> dict[bytes, ItemId | None]:
        """Entries for those of the hashes that are known; None = suppressed."""
        found: dict[bytes, ItemId | None] = {}
        for some in chunks(hashes):
            query = select(NATIVE.c.hash, NATIVE.c.item).where(NATIVE.c.hash.in_(some))
            rows = self._transaction.connection.execute(query)
            found.update((key, None if item is None else ItemId(item)) for key, item in rows)
        return found

    def add(self, entries: Sequence[tuple[bytes, ItemId]]) -> None:
        """Enter new ones. A hash that is there already makes the transaction fail."""
        if entries:
            rows = [{"hash": key, "item": item} for key, item in entries]
            self._transaction.connection.execute(insert(NATIVE), rows)

    def suppress(self, items: Sequence[ItemId], order: str, at: datetime) -> int:
        """Clear the item ids (in the swap transaction), note the order; returns how many entries were cleared."""
        cleared = 0
        for some in chunks(items):
            # The second condition lets both engines use the partial index.
            change = update(NATIVE).where(self._transaction.among(NATIVE.c.item, some), NATIVE.c.item.is_not(None))
            change = change.values(item=None, order_digest=order, culled=at)
            cleared += self._transaction.connection.execute(change).rowcount
        return cleared

    def named(self, items: Sequence[ItemId]) -> frozenset[ItemId]:
        """Those of the items that an entry still names."""
        found: set[ItemId] = set()
        for some in chunks(items):
            query = (
                select(NATIVE.c.item)
                .where(self._transaction.among(NATIVE.c.item, some), NATIVE.c.item.is_not(None))
                .distinct()
            )
            found.update(ItemId(item) for item in self._transaction.connection.scalars(query))
        return frozenset(found)

    def suppressed(self, order: str | None = None) -> Iterator[Suppressed]:
        """Entries of what was destroyed, by hash; of one order or of all. Read them before the transaction ends."""
        query = select(NATIVE).where(NATIVE.c.order_digest.is_not(None)).order_by(NATIVE.c.hash)
        if order is not None:
            query = query.where(NATIVE.c.order_digest == order)
        for row in self._transaction.stream(query):
            yield Suppressed(hash=bytes(row.hash), order=row.order_digest, culled=row.culled)

    def enter_suppressed(self, entries: Sequence[Suppressed]) -> int:
        """Suppress these hashes whatever they stood for (after a restore); returns how many were not before."""
        found = self.find([one.hash for one in entries])
        new = [one for one in entries if found.get(one.hash, one) is not None]
        rows = [{"hash": one.hash, "item": None, "order_digest": one.order, "culled": one.culled} for one in new]
        self._transaction.put(NATIVE, rows)
        return len(new)

    def forget_suppressed(self, before: datetime) -> int:
        """Remove entries of what was destroyed before that instant (their own retention has run out)."""
        old = delete(NATIVE).where(NATIVE.c.item.is_(None), NATIVE.c.culled < before)
        return self._transaction.connection.execute(old).rowcount

    def count(self) -> int:
        """Number of entries, counted by reading the whole table (about a second for five million)."""
        return self._transaction.connection.execute(select(func.count()).select_from(NATIVE)).scalar_one()
