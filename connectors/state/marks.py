"""Marks: what named persons have said about single items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select

from connectors.state.revision import raise_revision
from connectors.state.tables import MARK
from connectors.state.transaction import Transaction, chunks
from schemas.hold import Mark, MarkKind
from schemas.ids import ItemId


def _mark(row: Any) -> Mark:
    return Mark(
        item=ItemId(row.item),
        kind=row.kind,
        person=row.person,
        at=row.at,
        on=row.on_day,
        dnr=row.dnr,
        provision=row.provision,
        authority=row.authority,
    )


class Marks:
    """Marks (port ``MarkBook``). Every change raises the revision."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, mark: Mark) -> None:
        """Add a mark; the same kind on the same item is replaced."""
        raise_revision(self._transaction)
        row = {
            "item": mark.item,
            "kind": mark.kind,
            "person": mark.person,
            "at": mark.at,
            "on_day": mark.on,
            "dnr": mark.dnr,
            "provision": mark.provision,
            "authority": mark.authority,
        }
        self._transaction.put(MARK, [row])

    def remove(self, item: ItemId, kind: MarkKind) -> bool:
        """Take a mark away; False when there was none (the revision then stays as it was)."""
        change = delete(MARK).where(MARK.c.item == item, MARK.c.kind == kind)
        if self._transaction.connection.execute(change).rowcount == 0:
            return False
        raise_revision(self._transaction)
        return True

    def of(self, items: Sequence[ItemId]) -> Sequence[Mark]:
        """Marks on these items, by item and kind."""
        found: list[Mark] = []
        for some in chunks(sorted(items)):
            query = select(MARK).where(self._transaction.among(MARK.c.item, some)).order_by(MARK.c.item, MARK.c.kind)
            found.extend(_mark(row) for row in self._transaction.connection.execute(query))
        return found

    def forget(self, items: Sequence[ItemId]) -> int:
        """Marks of destroyed items go with them (in the swap transaction); the revision stays as it was."""
        gone = 0
        for some in chunks(items):
            gone += self._transaction.connection.execute(
                delete(MARK).where(self._transaction.among(MARK.c.item, some))
            ).rowcount
        return gone

    def all(self) -> Iterator[Mark]:
        """All marks, by item and kind; read them before the transaction ends."""
        for row in self._transaction.stream(select(MARK).order_by(MARK.c.item, MARK.c.kind)):
            yield _mark(row)
