"""Leases with fencing numbers, in the database's real time (design, section 3, "Leases").

A lease's row is never removed: its number only grows, so that whoever held it under an older number is refused at
commit. A holder proven dead on this machine is replaced at once, any other when its lease has expired.
"""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import ColumnElement, Integer, literal_column, select, update

from connectors.state.processes import Process, proven_dead, this_process
from connectors.state.tables import LEASE
from connectors.state.transaction import Transaction
from schemas.books import Lease, LeaseLostError, LeaseTakenError

SECONDS = 120.0
"""How long a lease lasts without renewal."""

# The clock of the database, in microseconds since 1970. SQLite's has milliseconds, and the arithmetic on Julian days
# loses some tens of microseconds; leases need neither.
_SQLITE_NOW = "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)"
_POSTGRES_NOW = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"


def database_now(transaction: Transaction) -> ColumnElement[int]:
    """The database's clock when the statement runs, not when the transaction began."""
    return literal_column(_POSTGRES_NOW if transaction.postgres else _SQLITE_NOW, Integer)


def holder_of(row: Any) -> Process:
    """The process that a lease's row names."""
    return Process(host=row.host, boot=row.boot, pid=row.pid, started=row.started)


def lapsed(row: Any, now: int, here: Process) -> bool:
    """Whether a held lease's row may be taken from its holder: expired, or the holder is proven dead."""
    return bool(row.expires <= now) or proven_dead(holder_of(row), here)


def acquire(transaction: Transaction, name: str, seconds: float) -> tuple[Lease, str]:
    """Take a lease; returns it with the random name of this acquisition. Raises LeaseTakenError."""
    here = this_process()
    nobody = {"host": "", "boot": "", "pid": 0, "started": 0, "renewed": 0, "expires": 0}
    transaction.add_missing(LEASE, [{"name": name, "holder": None, "fence": 0, **nobody}])
    connection = transaction.connection
    row = connection.execute(transaction.locking(select(LEASE).where(LEASE.c.name == name))).one()
    now = connection.execute(select(database_now(transaction))).scalar_one()
    if row.holder is not None and not lapsed(row, now, here):
        left = max(1, round((row.expires - now) / 1_000_000))
        raise LeaseTakenError(
            f"{name} is in use by process {row.pid} on {row.host}; "
            f"wait until it is done (if it has died unseen, {left} seconds)"
        )
    holder = secrets.token_hex(8)
    connection.execute(
        update(LEASE)
        .where(LEASE.c.name == name)
        .values(
            holder=holder,
            fence=row.fence + 1,
            host=here.host,
            boot=here.boot,
            pid=here.pid,
            started=here.started,
            renewed=now,
            expires=now + round(seconds * 1_000_000),
        )
    )
    return Lease(name=name, fence=row.fence + 1), holder


def renew(transaction: Transaction, lease: Lease, holder: str, seconds: float) -> bool:
    """Let the lease last from now on; False when it was lost."""
    now = database_now(transaction)
    values = {"renewed": now, "expires": now + round(seconds * 1_000_000)}
    return transaction.connection.execute(_mine(lease, holder).values(values)).rowcount == 1


def release(transaction: Transaction, lease: Lease, holder: str) -> None:
    """Give the lease back; nothing happens when it was lost."""
    transaction.connection.execute(_mine(lease, holder).values(holder=None))


def _mine(lease: Lease, holder: str) -> Any:
    return update(LEASE).where(LEASE.c.name == lease.name, LEASE.c.fence == lease.fence, LEASE.c.holder == holder)


class Leases:
    """Fencing at commit (port ``LeaseBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def check(self, lease: Lease) -> None:
        """Raise LeaseLostError unless the lease is still held under this number; locks the row until commit.

        A lease that expired but that nobody took is still held: its number is current, and with the row locked
        nobody can take it before this transaction is done.
        """
        query = select(LEASE.c.fence, LEASE.c.holder).where(LEASE.c.name == lease.name)
        row = self._transaction.connection.execute(self._transaction.locking(query)).one_or_none()
        if row is None or row.fence != lease.fence or row.holder is None:
            raise LeaseLostError(f"{lease.name} is no longer held under number {lease.fence}; nothing was committed")
