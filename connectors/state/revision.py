"""The one number that every change of a mark, a hold or a plan raises."""

from __future__ import annotations

from sqlalchemy import select, update

from connectors.state.tables import REVISION
from connectors.state.transaction import Transaction


def raise_revision(transaction: Transaction) -> None:
    """Raise it by one. Until commit, nobody else can raise or lock it: call it before reading what is changed."""
    transaction.connection.execute(update(REVISION).values(value=REVISION.c.value + 1))


def current_revision(transaction: Transaction, *, lock: bool) -> int:
    """The number; ``lock`` keeps it from changing until commit."""
    query = select(REVISION.c.value)
    if lock:
        query = transaction.locking(query)
    return int(transaction.connection.execute(query).scalar_one())
