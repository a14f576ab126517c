"""Accounts, what is remembered of them between nights, registered persons, and small facts about the home."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import select

from connectors.state.tables import ACCOUNT, ACCOUNT_MEMORY, SETTING
from connectors.state.transaction import Transaction
from schemas.account import Account, Cadence
from schemas.duties import duties_from


def _spec(account: Account) -> str:
    return json.dumps({**asdict(account), "duties": account.duties.as_json()}, sort_keys=True)


def _account(spec: str) -> Account:
    values = json.loads(spec)
    values["administrators"] = tuple(values["administrators"])
    values["harvest"] = Cadence(**values.get("harvest", {}))
    values["options"] = tuple((name, value) for name, value in values.get("options", []))
    values["duties"] = duties_from(values.get("duties", {}))
    return Account(**values)


class Accounts:
    """The account register (port ``AccountBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, account: Account) -> None:
        """Add or replace an account; what is remembered of it stays."""
        self._transaction.put(ACCOUNT, [{"name": account.name, "spec": _spec(account)}])

    def get(self, name: str) -> Account | None:
        """One account."""
        spec = self._transaction.connection.scalar(select(ACCOUNT.c.spec).where(ACCOUNT.c.name == name))
        return None if spec is None else _account(spec)

    def all(self) -> Sequence[Account]:
        """All accounts by name."""
        specs = self._transaction.connection.scalars(select(ACCOUNT.c.spec).order_by(ACCOUNT.c.name))
        return [_account(spec) for spec in specs]

    def memory(self, name: str) -> Mapping[str, str]:
        """What harvest remembers of an account, by name of the fact."""
        query = select(ACCOUNT_MEMORY.c.name, ACCOUNT_MEMORY.c.value).where(ACCOUNT_MEMORY.c.account == name)
        rows = self._transaction.connection.execute(query.order_by(ACCOUNT_MEMORY.c.name))
        return {row.name: row.value for row in rows}

    def remember(self, name: str, values: Mapping[str, str]) -> None:
        """Set some of it; the rest stays. The account must be registered."""
        rows = [{"account": name, "name": fact, "value": value} for fact, value in values.items()]
        self._transaction.put(ACCOUNT_MEMORY, rows)


class Settings:
    """Small facts about the home."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, name: str) -> str | None:
        """The fact, or None."""
        return self._transaction.connection.scalar(select(SETTING.c.value).where(SETTING.c.name == name))

    def put(self, name: str, value: str) -> None:
        """Set or replace it."""
        self._transaction.put(SETTING, [{"name": name, "value": value}])
