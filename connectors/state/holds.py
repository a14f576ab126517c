"""Holds (*gallringsstopp*): set and lifted by named persons, never removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from connectors.state.revision import raise_revision
from connectors.state.tables import HOLD
from connectors.state.transaction import Transaction
from schemas.hold import HOLD_SCOPES, Hold, HoldScope
from schemas.ids import ItemId
from schemas.refusal import RefusedError


def _hold(row: Any) -> Hold:
    return Hold(
        number=row.number,
        scope=row.scope,
        subject=row.subject,
        set_by=row.set_by,
        set_at=row.set_at,
        record=None if row.record is None else ItemId(row.record),
        lifted_by=row.lifted_by,
        lifted_at=row.lifted_at,
    )


class Holds:
    """Holds (port ``HoldBook``). Every change raises the revision."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def set(self, scope: HoldScope, subject: str, person: str, at: datetime, *, record: ItemId | None = None) -> Hold:
        """Set a hold; it gets the next running number."""
        if scope not in HOLD_SCOPES:
            raise RefusedError("hold.scope", scope, f"use one of {', '.join(HOLD_SCOPES)}")
        raise_revision(self._transaction)
        connection = self._transaction.connection
        number = (connection.scalar(select(func.max(HOLD.c.number))) or 0) + 1
        row = {"number": number, "scope": scope, "subject": subject, "set_by": person, "set_at": at, "record": record}
        connection.execute(insert(HOLD), row)
        return self._read(number)

    def lift(self, number: int, person: str, at: datetime) -> Hold:
        """Lift a hold. Raises RefusedError when there is none in force with that number."""
        raise_revision(self._transaction)
        change = update(HOLD).where(HOLD.c.number == number, HOLD.c.lifted_at.is_(None))
        if self._transaction.connection.execute(change.values(lifted_by=person, lifted_at=at)).rowcount == 0:
            raise RefusedError("hold", number, "give the number of a hold in force")
        return self._read(number)

    def change(self, number: int, record: ItemId | None) -> Hold:
        """Give a hold another record; None = its words are lost, and it binds everything. Raises RefusedError when there is none in force with that number."""
        raise_revision(self._transaction)
        change = update(HOLD).where(HOLD.c.number == number, HOLD.c.lifted_at.is_(None)).values(record=record)
        if self._transaction.connection.execute(change).rowcount == 0:
            raise RefusedError("hold", number, "give the number of a hold in force")
        return self._read(number)

    def in_force(self) -> Sequence[Hold]:
        """Holds in force, by number."""
        query = select(HOLD).where(HOLD.c.lifted_at.is_(None)).order_by(HOLD.c.number)
        return [_hold(row) for row in self._transaction.connection.execute(query)]

    def all(self) -> Sequence[Hold]:
        """All holds ever set, by number."""
        return [_hold(row) for row in self._transaction.connection.execute(select(HOLD).order_by(HOLD.c.number))]

    def _read(self, number: int) -> Hold:
        return _hold(self._transaction.connection.execute(select(HOLD).where(HOLD.c.number == number)).one())
