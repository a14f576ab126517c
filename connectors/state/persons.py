"""Registered persons and their public keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from connectors.state.tables import PERSON, PERSON_KEY
from connectors.state.transaction import Transaction
from schemas.person import Person, PersonKey
from schemas.refusal import RefusedError


def _person(row: Any) -> Person:
    return Person(
        name=row.name,
        role=row.role,
        added=row.added,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        body=row.body,
        decided=row.decided,
        paragraph=row.paragraph,
    )


def _values(person: Person) -> dict[str, Any]:
    return {
        "role": person.role,
        "valid_from": person.valid_from,
        "valid_to": person.valid_to,
        "body": person.body,
        "decided": person.decided,
        "paragraph": person.paragraph,
    }


class Persons:
    """Registered persons (port ``PersonBook``)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, person: Person) -> None:
        """Register a person. Raises RefusedError when the name is taken."""
        row = {"name": person.name, "added": person.added, **_values(person)}
        if not self._transaction.add_one(PERSON, row):
            raise RefusedError("person", person.name, "choose a name that is not registered yet")

    def change(self, person: Person) -> None:
        """Change role, validity or delegation; the day of registration stays. Raises RefusedError."""
        change = update(PERSON).where(PERSON.c.name == person.name).values(**_values(person))
        if self._transaction.connection.execute(change).rowcount == 0:
            raise RefusedError("person", person.name, "name a registered person")

    def get(self, name: str) -> Person | None:
        """One person."""
        row = self._transaction.connection.execute(select(PERSON).where(PERSON.c.name == name)).one_or_none()
        return None if row is None else _person(row)

    def all(self) -> Sequence[Person]:
        """All persons by name."""
        return [_person(row) for row in self._transaction.connection.execute(select(PERSON).order_by(PERSON.c.name))]

    def add_key(self, key: PersonKey) -> None:
        """Give a person a key; the one before it ends. Raises RefusedError when somebody has that key already."""
        connection = self._transaction.connection
        if connection.scalar(select(PERSON_KEY.c.person).where(PERSON_KEY.c.key == key.key)) is not None:
            raise RefusedError("key", key.key, "it belongs to a registered person already; make a new key")
        before = update(PERSON_KEY).where(PERSON_KEY.c.person == key.person, PERSON_KEY.c.ended.is_(None))
        connection.execute(before.values(ended=key.added))
        row = {"key": key.key, "person": key.person, "added": key.added, "ended": key.ended}
        connection.execute(insert(PERSON_KEY), row)

    def keys(self, person: str | None = None) -> Sequence[PersonKey]:
        """Keys of one person or of all, oldest first; those that have ended too."""
        query = select(PERSON_KEY).order_by(PERSON_KEY.c.added, PERSON_KEY.c.key)
        if person is not None:
            query = query.where(PERSON_KEY.c.person == person)
        rows = self._transaction.connection.execute(query)
        return [PersonKey(person=row.person, key=row.key, added=row.added, ended=row.ended) for row in rows]
