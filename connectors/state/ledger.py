"""The hash-chained ledger: one link after the other, whoever writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, insert, select, text

from connectors.state.columns import KEY_BYTES, TEXT_BYTES, require_storable
from connectors.state.tables import LEDGER, LEDGER_SUBJECT
from connectors.state.transaction import Transaction
from schemas.books import LedgerBook
from schemas.receipt import GENESIS, Link, Receipt, link
from schemas.refusal import GuardError

_LOCK = 0x6265_7661_7261_01
"""Number of the advisory lock that lets one writer at a time extend the chain (PostgreSQL)."""


def _link(row: Any) -> Link:
    return Link(seq=row.seq, body=row.body, previous=bytes(row.previous), hash=bytes(row.hash))


class Ledger(LedgerBook):
    """The ledger (port ``LedgerBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._own_head: tuple[int, bytes] | None = None

    def append(self, receipt: Receipt) -> Link:
        """Add a link. From here to commit other writers wait, so append last in a transaction."""
        seq, previous = self._locked_head()
        for subject in receipt.subjects:
            require_storable("receipt.subjects", subject, KEY_BYTES)
        body = receipt.body()
        require_storable("receipt", body, TEXT_BYTES)
        digest = link(previous, body)
        made = Link(seq=seq + 1, body=body, previous=previous, hash=digest)
        self._add(made, receipt.subjects)
        return made

    def continue_with(self, links: Sequence[Link]) -> None:
        """Add links that this ledger had before it was restored, exactly as they were.

        Raises:
            GuardError: one of them does not follow the link before it (``G-FORK``); nothing may be committed.
        """
        for one in links:
            seq, previous = self._locked_head()
            if (one.seq, one.previous) != (seq + 1, previous) or one.hash != link(previous, one.body):
                raise GuardError(
                    "G-FORK",
                    f"link {one.seq} does not follow the ledger's link {seq}",
                    "compare the ledger with its exported segments; a person decides which one is true",
                )
            self._add(one, json.loads(one.body).get("subjects", ()))

    def _locked_head(self) -> tuple[int, bytes]:
        """The head, which stays the head until we add to it."""
        if self._own_head is None:
            if self._transaction.postgres:
                self._transaction.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            self._own_head = self.head()
        return self._own_head

    def _add(self, made: Link, about: Sequence[str]) -> None:
        self._transaction.connection.execute(
            insert(LEDGER), {"seq": made.seq, "body": made.body, "previous": made.previous, "hash": made.hash}
        )
        subjects = [{"subject": subject, "seq": made.seq} for subject in dict.fromkeys(about)]
        if subjects:
            self._transaction.connection.execute(insert(LEDGER_SUBJECT), subjects)
        self._own_head = (made.seq, made.hash)

    def head(self) -> tuple[int, bytes]:
        """Number and hash of the last link; (0, 32 zero bytes) when empty."""
        query = select(LEDGER.c.seq, LEDGER.c.hash).order_by(LEDGER.c.seq.desc()).limit(1)
        row = self._transaction.connection.execute(query).one_or_none()
        return (0, GENESIS) if row is None else (row.seq, bytes(row.hash))

    def after(self, seq: int, limit: int = 10_000) -> Sequence[Link]:
        """Links with higher numbers, in order."""
        return self._links(select(LEDGER).where(LEDGER.c.seq > seq), limit)

    def about(self, subject: str, limit: int = 1_000) -> Sequence[Link]:
        """Links that name the subject, in order."""
        query = select(LEDGER).join(LEDGER_SUBJECT, LEDGER_SUBJECT.c.seq == LEDGER.c.seq)
        return self._links(query.where(LEDGER_SUBJECT.c.subject == subject), limit)

    def _links(self, query: Select[Any], limit: int) -> Sequence[Link]:
        rows = self._transaction.connection.execute(query.order_by(LEDGER.c.seq).limit(limit))
        return [_link(row) for row in rows]
