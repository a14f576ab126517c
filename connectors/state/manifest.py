"""Which Parquet files are live. Nothing of their content is kept here, not even a smallest or largest value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from connectors.state.columns import KEY_BYTES, storable
from connectors.state.tables import FILE
from connectors.state.transaction import StateError, Transaction, chunks
from schemas.books import LiveFile
from schemas.ids import Month


def _file(row: Any) -> LiveFile:
    return LiveFile(
        key=row.key,
        authority=row.authority,
        month=Month(row.month),
        rows=row.rows,
        size=row.size,
        batch=row.batch,
        made=row.made,
    )


class Manifest:
    """The manifest (port ``ManifestBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, file: LiveFile) -> None:
        """A file becomes live. A key that is known already makes the transaction fail."""
        row = {
            "key": file.key,
            "authority": file.authority,
            "month": file.month,
            "rows": file.rows,
            "size": file.size,
            "batch": file.batch,
            "made": file.made,
            "state": "live",
        }
        self._transaction.connection.execute(insert(FILE), row)

    def live(self, authority: str | None = None, month: Month | None = None) -> Sequence[LiveFile]:
        """Live files, ordered by authority, month, made, key."""
        query = select(FILE).where(FILE.c.state == "live")
        if authority is not None:
            query = query.where(FILE.c.authority == authority)
        if month is not None:
            query = query.where(FILE.c.month == month)
        query = query.order_by(FILE.c.authority, FILE.c.month, FILE.c.made, FILE.c.key)
        return [_file(row) for row in self._transaction.connection.execute(query)]

    def partitions(self) -> Sequence[tuple[str, Month, int]]:
        """Every (authority, month) with its number of live files, in order."""
        query = select(FILE.c.authority, FILE.c.month, func.count()).where(FILE.c.state == "live")
        query = query.group_by(FILE.c.authority, FILE.c.month).order_by(FILE.c.authority, FILE.c.month)
        rows = self._transaction.connection.execute(query)
        return [(authority, Month(month), count) for authority, month, count in rows]

    def retire(self, keys: Iterable[str]) -> None:
        """Files are live no longer and wait to be removed from the store.

        Raises:
            StateError: one of them is not live (somebody replaced it since it was read); nothing may be committed.
        """
        for some in chunks(keys):
            change = update(FILE).where(FILE.c.key.in_(some), FILE.c.state == "live").values(state="retired")
            changed = self._transaction.connection.execute(change).rowcount
            if changed != len(some):
                raise StateError(
                    f"{len(some) - changed} of {len(some)} files to retire are not live; "
                    "read the partition's live files again"
                )

    def retired(self) -> Sequence[str]:
        """Keys that wait to be removed from the store, in order."""
        query = select(FILE.c.key).where(FILE.c.state == "retired").order_by(FILE.c.key)
        return list(self._transaction.connection.scalars(query))

    def forget(self, keys: Iterable[str]) -> None:
        """Retired files that were observed to be absent. Live ones stay, whatever is said."""
        for some in chunks(keys):
            self._transaction.connection.execute(delete(FILE).where(FILE.c.key.in_(some), FILE.c.state == "retired"))

    def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the keys that are live or retired. A key that could not be stored is simply not known."""
        found: set[str] = set()
        for some in chunks(key for key in keys if storable(key, KEY_BYTES)):
            found.update(self._transaction.connection.scalars(select(FILE.c.key).where(FILE.c.key.in_(some))))
        return frozenset(found)
