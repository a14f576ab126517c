"""Films with their members, and deliveries to KB.

An open film keeps its items from being culled, so every change here raises the revision, as marks do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from connectors.state.accounts import Settings
from connectors.state.revision import raise_revision
from connectors.state.tables import DELIVERY, FILM, FILM_MEMBER
from connectors.state.transaction import Transaction, chunks
from schemas.deposit import CLOSED, DeliveryIntent, Film, FilmStanding, Member, StoredDelivery
from schemas.ids import ItemId, item_id, rfc3339
from schemas.refusal import RefusedError

_FILM = [one.name for one in fields(Film)]
_MEMBER = [one.name for one in fields(Member)]
_TIMES = ("made", "through")
_NUMBERED = "film.numbered"
"""Setting: the highest running number that a forgotten film could have had."""


class Films:
    """Films and their members (port ``FilmBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._settings = Settings(transaction)

    def number(self) -> int:
        """The running number that the next film gets: none is given twice, though its film was forgotten."""
        highest = self._transaction.connection.scalar(select(func.coalesce(func.max(FILM.c.number), 0)))
        return max(int(highest or 0), int(self._settings.get(_NUMBERED) or 0)) + 1

    def put(self, film: Film) -> None:
        """Enter or replace a film. Raises RefusedError when its number is another film's."""
        raise_revision(self._transaction)
        holder = self._transaction.connection.scalar(select(FILM.c.id).where(FILM.c.number == film.number))
        if holder not in {None, film.id}:
            raise RefusedError("film number", str(film.number), "run again; another film has taken it")
        self._transaction.put(FILM, [{name: getattr(film, name) for name in _FILM}])

    def get(self, film: str) -> Film | None:
        """One film by its id."""
        row = self._transaction.connection.execute(select(FILM).where(FILM.c.id == film)).first()
        return None if row is None else _film(row)

    def numbered(self, number: int) -> Film | None:
        """One film by its number."""
        row = self._transaction.connection.execute(select(FILM).where(FILM.c.number == number)).first()
        return None if row is None else _film(row)

    def all(self, standing: FilmStanding | None = None) -> Sequence[Film]:
        """Films by number; of one standing or of all."""
        query = select(FILM).order_by(FILM.c.number)
        if standing is not None:
            query = query.where(FILM.c.standing == standing)
        return [_film(row) for row in self._transaction.connection.execute(query).all()]

    def forget(self, film: str) -> None:
        """Take away a film that has no members left (joined to another). Raises RefusedError: it has some."""
        raise_revision(self._transaction)
        connection = self._transaction.connection
        if connection.scalar(select(FILM_MEMBER.c.id).where(FILM_MEMBER.c.film == film).limit(1)) is not None:
            raise RefusedError("film", film, "it is published somewhere still; join it to another film first")
        self._settings.put(_NUMBERED, str(self.number() - 1))
        connection.execute(delete(FILM).where(FILM.c.id == film))

    def enter(self, members: Iterable[Member]) -> None:
        """Enter or replace members; their films are there already."""
        raise_revision(self._transaction)
        rows = [{name: getattr(one, name) for name in _MEMBER} for one in members]
        for row in rows:
            item_id(row["item"])
        self._transaction.put(FILM_MEMBER, rows)

    def members(self, film: str | None = None) -> Sequence[Member]:
        """Members by availability and id; of one film or of all."""
        query = select(FILM_MEMBER).order_by(FILM_MEMBER.c.available, FILM_MEMBER.c.id)
        if film is not None:
            query = query.where(FILM_MEMBER.c.film == film)
        return [_member(row) for row in self._transaction.connection.execute(query).all()]

    def known(self, members: Sequence[str]) -> Mapping[str, Member]:
        """Those of the member ids that are entered."""
        found: dict[str, Member] = {}
        for some in chunks(members):
            query = select(FILM_MEMBER).where(self._transaction.among(FILM_MEMBER.c.id, some))
            found.update({row.id: _member(row) for row in self._transaction.connection.execute(query).all()})
        return found

    def of_items(self, items: Sequence[ItemId]) -> Sequence[Member]:
        """Members at these items, by item and id."""
        found: list[Member] = []
        for some in chunks(items):
            query = select(FILM_MEMBER).where(self._transaction.among(FILM_MEMBER.c.item, some))
            found.extend(_member(row) for row in self._transaction.connection.execute(query).all())
        return sorted(found, key=lambda one: (one.item, one.id))

    def waiting(self) -> frozenset[ItemId]:
        """Items of films that are not closed (``schemas.deposit.CLOSED``)."""
        query = select(FILM_MEMBER.c.item).join(FILM, FILM.c.id == FILM_MEMBER.c.film)
        query = query.where(FILM.c.standing.not_in(sorted(CLOSED)))
        return frozenset(ItemId(item) for item in self._transaction.connection.scalars(query))


class Deliveries:
    """Deliveries to KB (port ``DeliveryBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def number(self) -> int:
        """The running number that the next delivery gets."""
        highest = self._transaction.connection.scalar(select(func.coalesce(func.max(DELIVERY.c.number), 0)))
        return int(highest or 0) + 1

    def plan(self, intent: DeliveryIntent) -> StoredDelivery:
        """Store an intent; the delivery stands as ``planned``. Raises RefusedError when its id or number is taken."""
        delivery = StoredDelivery(intent=intent, standing="planned", changed=intent.made)
        connection = self._transaction.connection
        if connection.scalar(select(DELIVERY.c.id).where(DELIVERY.c.number == intent.number)) is not None:
            raise RefusedError("delivery number", str(intent.number), "run again; another delivery has taken it")
        row = {"id": intent.id, "number": intent.number, "intent": _spelled(intent), **_said(delivery)}
        if not self._transaction.add_one(DELIVERY, row):
            raise RefusedError("delivery", intent.id, "a delivery of that id is there already")
        return delivery

    def get(self, delivery: str) -> StoredDelivery | None:
        """One delivery by its id."""
        row = self._transaction.connection.execute(select(DELIVERY).where(DELIVERY.c.id == delivery)).first()
        return None if row is None else _delivery(row)

    def all(self) -> Sequence[StoredDelivery]:
        """All deliveries by number."""
        rows = self._transaction.connection.execute(select(DELIVERY).order_by(DELIVERY.c.number)).all()
        return [_delivery(row) for row in rows]

    def change(self, delivery: StoredDelivery) -> None:
        """Replace what is said of a delivery; its intent stays as it was. Raises RefusedError: no such one."""
        raise_revision(self._transaction)
        change = update(DELIVERY).where(DELIVERY.c.id == delivery.intent.id).values(**_said(delivery))
        if self._transaction.connection.execute(change).rowcount != 1:
            raise RefusedError("delivery", delivery.intent.id, "name a delivery that 'bevara deposit status' lists")


def _film(row: Any) -> Film:
    values = {name: getattr(row, name) for name in _FILM}
    values["record"] = None if values["record"] is None else ItemId(values["record"])
    return Film(**values)


def _member(row: Any) -> Member:
    values = {name: getattr(row, name) for name in _MEMBER}
    values["item"] = ItemId(values["item"])
    return Member(**values)


def _said(delivery: StoredDelivery) -> dict[str, Any]:
    return {one.name: getattr(delivery, one.name) for one in fields(delivery) if one.name != "intent"}


def _spelled(intent: DeliveryIntent) -> str:
    values = {**asdict(intent), **{name: rfc3339(getattr(intent, name)) for name in _TIMES}}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _read(text: str) -> DeliveryIntent:
    values: dict[str, Any] = json.loads(text)
    values.update({name: datetime.fromisoformat(values[name]) for name in _TIMES})
    values["films"] = tuple(values["films"])
    return DeliveryIntent(**values)


def _delivery(row: Any) -> StoredDelivery:
    values = {name: getattr(row, name) for name in _STORED}
    return StoredDelivery(intent=_read(row.intent), **values)


_STORED = [one.name for one in fields(StoredDelivery) if one.name != "intent"]
