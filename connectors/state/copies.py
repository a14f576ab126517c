"""The register of derived files, so that culling finds every one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select, update

from connectors.state.columns import KEY_BYTES, storable
from connectors.state.tables import COPY, COPY_ITEM
from connectors.state.transaction import StateError, Transaction, chunks
from schemas.books import Copy
from schemas.ids import ItemId


class Copies:
    """Derived files (port ``CopyBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, copy: Copy) -> None:
        """Register a derived file. The same key again replaces what was said about it.

        Raises:
            StateError: a file of that key waits to be removed; it would take the new one with it.
        """
        connection = self._transaction.connection
        state = connection.scalar(self._transaction.locking(select(COPY.c.state).where(COPY.c.key == copy.key)))
        if state == "retired":
            raise StateError("a copy of that key waits to be removed; finish the removal first")
        row = {
            "key": copy.key,
            "kind": copy.kind,
            "authority": copy.authority,
            "month": copy.month,
            "account": copy.account,
            "part": copy.part,
            "through": copy.through,
            "made": copy.made,
            "state": "live",
        }
        self._transaction.put(COPY, [row])
        if state is not None:
            connection.execute(delete(COPY_ITEM).where(COPY_ITEM.c.copy_key == copy.key))
        items = [{"copy_key": copy.key, "item": item} for item in dict.fromkeys(copy.items)]
        if items:
            connection.execute(insert(COPY_ITEM), items)

    def find(
        self,
        *,
        kind: str | None = None,
        authority: str | None = None,
        month: str | None = None,
        item: ItemId | None = None,
    ) -> Sequence[Copy]:
        """Live derived files that meet every condition given, ordered by key; ``item`` means named by its id."""
        query = select(COPY).where(COPY.c.state == "live")
        if kind is not None:
            query = query.where(COPY.c.kind == kind)
        if authority is not None:
            query = query.where(COPY.c.authority == authority)
        if month is not None:
            query = query.where(COPY.c.month == month)
        if item is not None:
            query = query.where(COPY.c.key.in_(select(COPY_ITEM.c.copy_key).where(COPY_ITEM.c.item == item)))
        rows = self._transaction.connection.execute(query.order_by(COPY.c.key)).all()
        items = self._items([row.key for row in rows])
        return [
            Copy(
                key=row.key,
                kind=row.kind,
                authority=row.authority,
                month=row.month,
                account=row.account,
                part=row.part,
                items=tuple(items.get(row.key, ())),
                through=row.through,
                made=row.made,
            )
            for row in rows
        ]

    def _items(self, keys: Sequence[str]) -> dict[str, list[ItemId]]:
        items: dict[str, list[ItemId]] = defaultdict(list)
        for some in chunks(keys):
            query = select(COPY_ITEM).where(COPY_ITEM.c.copy_key.in_(some)).order_by(COPY_ITEM.c.item)
            for key, item in self._transaction.connection.execute(query):
                items[key].append(ItemId(item))
        return items

    def naming(self, items: Sequence[ItemId]) -> Sequence[str]:
        """Keys of live derived files that name at least one of the items, in order."""
        found: set[str] = set()
        for some in chunks(items):
            query = select(COPY.c.key).join(COPY_ITEM, COPY_ITEM.c.copy_key == COPY.c.key)
            query = query.where(self._transaction.among(COPY_ITEM.c.item, some), COPY.c.state == "live").distinct()
            found.update(self._transaction.connection.scalars(query))
        return sorted(found)

    def retire(self, keys: Iterable[str]) -> None:
        """Copies are valid no longer and wait to be removed from the store. Repeating it is harmless."""
        for some in chunks(keys):
            change = update(COPY).where(COPY.c.key.in_(some)).values(state="retired")
            self._transaction.connection.execute(change)

    def retired(self) -> Sequence[str]:
        """Keys that wait to be removed, in order."""
        query = select(COPY.c.key).where(COPY.c.state == "retired").order_by(COPY.c.key)
        return list(self._transaction.connection.scalars(query))

    def forget(self, keys: Iterable[str]) -> None:
        """Retired copies that were observed to be absent. Live ones stay, whatever is said."""
        for some in chunks(keys):
            self._transaction.connection.execute(delete(COPY).where(COPY.c.key.in_(some), COPY.c.state == "retired"))

    def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the keys that are registered, retired ones too. A key that could not be stored is not known."""
        found: set[str] = set()
        for some in chunks(key for key in keys if storable(key, KEY_BYTES)):
            found.update(self._transaction.connection.scalars(select(COPY.c.key).where(COPY.c.key.in_(some))))
        return frozenset(found)
