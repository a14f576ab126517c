"""Keyed hashes of native ids: matching at harvest, suppression after culling."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, select, update

from connectors.state.tables import NATIVE
from connectors.state.transaction import Transaction, chunks
from schemas.ids import ItemId


class Natives:
    """The table ``native`` (port ``NativeBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def find(self, hashes: Sequence[bytes]) -> dict[bytes, ItemId | None]:
        """Entries for those of the hashes that are known; None = suppressed."""
        found: dict[bytes, ItemId | None] = {}
        for some in chunks(hashes):
            rows = self._transaction.connection.execute(select(NATIVE).where(NATIVE.c.hash.in_(some)))
            found.update((key, None if item is None else ItemId(item)) for key, item in rows)
        return found

    def add(self, entries: Sequence[tuple[bytes, ItemId]]) -> None:
        """Enter new ones. A hash that is there already makes the transaction fail."""
        if entries:
            rows = [{"hash": key, "item": item} for key, item in entries]
            self._transaction.connection.execute(insert(NATIVE), rows)

    def suppress(self, items: Sequence[ItemId]) -> int:
        """Clear the item ids (in the swap transaction); returns how many entries were cleared."""
        cleared = 0
        for some in chunks(items):
            # The second condition lets both engines use the partial index.
            change = update(NATIVE).where(NATIVE.c.item.in_(some), NATIVE.c.item.is_not(None)).values(item=None)
            cleared += self._transaction.connection.execute(change).rowcount
        return cleared

    def count(self) -> int:
        """Number of entries, counted by reading the whole table (about a second for five million)."""
        return self._transaction.connection.execute(select(func.count()).select_from(NATIVE)).scalar_one()
