"""Packages for an e-archive, which items are in them, and registrations.

What waits for a receipt or a diary number may not be culled, so every change here raises the revision, as marks do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from connectors.state.revision import raise_revision
from connectors.state.tables import PACKAGE, PACKAGE_ITEM, REGISTRATION
from connectors.state.transaction import Transaction, chunks
from schemas.delivery import OPEN, Intent, StoredPackage
from schemas.ids import ItemId, Month, item_id, rfc3339
from schemas.refusal import RefusedError
from schemas.registration import WAITING, Registration, RegistrationStanding

_TIMES = ("made", "through")


def _spelled(intent: Intent) -> str:
    values = {**asdict(intent), **{name: rfc3339(getattr(intent, name)) for name in _TIMES}}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _read(text: str) -> Intent:
    values: dict[str, Any] = json.loads(text)
    values.update({name: datetime.fromisoformat(values[name]) for name in _TIMES})
    values.update(rules=tuple(values["rules"]), first=Month(values["first"]), last=Month(values["last"]))
    return Intent(**values)


def _package(row: Any) -> StoredPackage:
    return StoredPackage(
        intent=_read(row.intent),
        standing=row.standing,
        key=row.key,
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        items=row.items,
        changed=row.changed,
        tries=row.tries,
        reference=row.reference,
    )


class Packages:
    """Packages and their items (port ``PackageBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def number(self) -> int:
        """The running number that the next package gets."""
        return int(self._transaction.connection.scalar(select(func.coalesce(func.max(PACKAGE.c.number), 0))) or 0) + 1

    def plan(self, intent: Intent) -> StoredPackage:
        """Store an intent; the package stands as ``planned``. Raises RefusedError when its id or number is taken."""
        package = StoredPackage(intent=intent, standing="planned", changed=intent.made)
        connection = self._transaction.connection
        if connection.scalar(select(PACKAGE.c.id).where(PACKAGE.c.number == intent.number)) is not None:
            raise RefusedError("package number", str(intent.number), "run again; another package has taken it")
        row = {"id": intent.id, "number": intent.number, "intent": _spelled(intent), **_said(package)}
        if not self._transaction.add_one(PACKAGE, row):
            raise RefusedError("package", intent.id, "a package of that id is there already")
        return package

    def get(self, package: str) -> StoredPackage | None:
        """One package by its id."""
        row = self._transaction.connection.execute(select(PACKAGE).where(PACKAGE.c.id == package)).first()
        return None if row is None else _package(row)

    def all(self) -> Sequence[StoredPackage]:
        """All packages by number."""
        return [
            _package(row)
            for row in self._transaction.connection.execute(select(PACKAGE).order_by(PACKAGE.c.number)).all()
        ]

    def change(self, package: StoredPackage) -> None:
        """Replace what is said of a package; its intent stays as it was stored. Raises RefusedError: no such one."""
        raise_revision(self._transaction)
        change = update(PACKAGE).where(PACKAGE.c.id == package.intent.id).values(**_said(package))
        if self._transaction.connection.execute(change).rowcount != 1:
            raise RefusedError("package", package.intent.id, "name a package that 'bevara archive status' lists")

    def hold(self, package: str, items: Iterable[ItemId]) -> None:
        """Enter which items a package holds; repeats are harmless."""
        raise_revision(self._transaction)
        for some in chunks(items):
            self._transaction.add_many(PACKAGE_ITEM, [(package, item_id(item)) for item in some])

    def items(self, package: str) -> Sequence[ItemId]:
        """The items of a package, in order."""
        query = select(PACKAGE_ITEM.c.item).where(PACKAGE_ITEM.c.package == package).order_by(PACKAGE_ITEM.c.item)
        return [ItemId(item) for item in self._transaction.connection.scalars(query)]

    def waiting(self) -> frozenset[ItemId]:
        """Items of packages that wait for a receipt (``schemas.delivery.OPEN``)."""
        query = select(PACKAGE_ITEM.c.item).join(PACKAGE, PACKAGE.c.id == PACKAGE_ITEM.c.package)
        query = query.where(PACKAGE.c.standing.in_(sorted(OPEN)))
        return frozenset(ItemId(item) for item in self._transaction.connection.scalars(query))

    def holding(self, item: ItemId) -> Sequence[StoredPackage]:
        """Packages that hold the item, by number."""
        query = select(PACKAGE).join(PACKAGE_ITEM, PACKAGE.c.id == PACKAGE_ITEM.c.package)
        query = query.where(PACKAGE_ITEM.c.item == item).order_by(PACKAGE.c.number)
        return [_package(row) for row in self._transaction.connection.execute(query).all()]


def _said(package: StoredPackage) -> dict[str, Any]:
    return {one.name: getattr(package, one.name) for one in fields(package) if one.name != "intent"}


class Registrations:
    """Items on their way into the register (port ``RegistrationBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, registration: Registration) -> None:
        """Enter or replace an item's registration."""
        raise_revision(self._transaction)
        item_id(registration.item)
        self._transaction.put(REGISTRATION, [{one.name: getattr(registration, one.name) for one in _FIELDS}])

    def get(self, item: ItemId) -> Registration | None:
        """One item's registration."""
        row = self._transaction.connection.execute(select(REGISTRATION).where(REGISTRATION.c.item == item)).first()
        return None if row is None else _registration(row)

    def named(self, message: str) -> Registration | None:
        """The registration whose parcel has that name."""
        if not message:
            return None
        query = select(REGISTRATION).where(REGISTRATION.c.message == message)
        row = self._transaction.connection.execute(query).first()
        return None if row is None else _registration(row)

    def all(self, standing: RegistrationStanding | None = None) -> Sequence[Registration]:
        """Registrations, oldest decision first; of one standing or of all."""
        query = select(REGISTRATION).order_by(REGISTRATION.c.decided, REGISTRATION.c.item)
        if standing is not None:
            query = query.where(REGISTRATION.c.standing == standing)
        return [_registration(row) for row in self._transaction.connection.execute(query).all()]

    def waiting(self) -> frozenset[ItemId]:
        """Items that wait for their diary number (``schemas.registration.WAITING``)."""
        query = select(REGISTRATION.c.item).where(REGISTRATION.c.standing.in_(sorted(WAITING)))
        return frozenset(ItemId(item) for item in self._transaction.connection.scalars(query))


_FIELDS = fields(Registration)


def _registration(row: Any) -> Registration:
    values = {one.name: getattr(row, one.name) for one in _FIELDS}
    values["item"] = ItemId(values["item"])
    values["record"] = None if values["record"] is None else ItemId(values["record"])
    return Registration(**values)
