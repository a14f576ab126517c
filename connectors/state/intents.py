"""Objects about to be written, and which of them will never be registered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from connectors.state.columns import KEY_BYTES, storable
from connectors.state.leases import database_now, holder_of, lapsed
from connectors.state.processes import proven_dead, this_process
from connectors.state.tables import INTENT, LEASE
from connectors.state.transaction import Transaction, chunks
from schemas.books import Intent, Lease


class Intents:
    """Intents (port ``IntentBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def open(self, key: str, lease: Lease, at: datetime) -> None:
        """Write an intent down (before the object). Repeating it is harmless.

        Two holders may have intents on one key (the same picture in two accounts); it is dead when all of them are.
        """
        row = {"key": key, "lease": lease.name, "fence": lease.fence, "made": at}
        self._transaction.add_missing(INTENT, [row])

    def close(self, keys: Iterable[str]) -> None:
        """Forget all intents on the keys (in the transaction that registers the objects)."""
        for some in chunks(keys):
            self._transaction.connection.execute(delete(INTENT).where(INTENT.c.key.in_(some)))

    def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of the keys that somebody, alive or dead, has said will be written."""
        found: set[str] = set()
        for some in chunks(key for key in keys if storable(key, KEY_BYTES)):
            found.update(self._transaction.connection.scalars(select(INTENT.c.key).where(INTENT.c.key.in_(some))))
        return frozenset(found)

    def dead(self) -> Sequence[Intent]:
        """Intents, by key, on objects that nobody alive is about to register.

        Their lease has another number by now, is held by nobody, or its holder is proven dead; in a writing
        transaction also: the lease has expired. There, lapsed leases are taken from their holders as well, so that
        one who was only slow cannot register an object that recovery is about to remove. A reading transaction
        cannot do that and therefore does not tell of expired ones: recovery should ask while writing.
        """
        lapsed_names = self._lapsed()
        if self._transaction.writing:
            self._take(lapsed_names)
            lapsed_names = set()
        query = select(INTENT, LEASE.c.fence.label("current"), LEASE.c.holder)
        query = query.select_from(INTENT.outerjoin(LEASE, INTENT.c.lease == LEASE.c.name))
        live: set[str] = set()
        dead: list[Intent] = []
        for row in self._transaction.connection.execute(query.order_by(INTENT.c.key, INTENT.c.made)):
            if row.holder is not None and row.current == row.fence and row.lease not in lapsed_names:
                live.add(row.key)
            else:
                dead.append(Intent(key=row.key, lease=row.lease, fence=row.fence, made=row.made))
        return [intent for intent in dead if intent.key not in live]

    def _lapsed(self, names: Sequence[str] | None = None) -> set[str]:
        """Held leases with open intents (of those named) whose holders will not come back.

        With ``names`` the rows are locked. One that is locked already belongs to a holder at work: it is passed over.
        """
        query = select(LEASE).where(LEASE.c.holder.is_not(None))
        if names is None:
            query = query.where(LEASE.c.name.in_(select(INTENT.c.lease)))
        else:
            query = self._transaction.locking(query.where(LEASE.c.name.in_(names)), skip_locked=True)
        rows = self._transaction.connection.execute(query).all()
        if not rows:
            return set()
        here = this_process()
        if not self._transaction.writing:
            return {row.name for row in rows if proven_dead(holder_of(row), here)}
        now = self._transaction.connection.execute(select(database_now(self._transaction))).scalar_one()
        return {row.name for row in rows if lapsed(row, now, here)}

    def _take(self, names: set[str]) -> None:
        for some in chunks(sorted(names)):
            locked = self._lapsed(some)
            self._transaction.connection.execute(update(LEASE).where(LEASE.c.name.in_(locked)).values(holder=None))
