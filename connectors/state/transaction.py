"""One open transaction, and the few statements whose spelling differs between SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Table, Text, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

_T = TypeVar("_T")

CHUNK = 5_000
"""Values per IN list: far below SQLite's 32,766 and PostgreSQL's 65,535 variables."""

STREAMED = 1_000
"""Rows fetched at a time where a book answers with an iterator."""


class StateError(RuntimeError):
    """The state database refused or failed; the transaction is undone. The text holds no values."""


@dataclass(slots=True)
class Transaction:
    """An open transaction.

    Attributes:
        connection: where statements go.
        writing: False in ``State.reading()``.
        before_commit: what books still do when the caller's block has ended without exception.
    """

    connection: Connection
    writing: bool
    before_commit: list[Callable[[], None]] = field(default_factory=list)

    @property
    def postgres(self) -> bool:
        """Whether row locks must be asked for; SQLite lets in one writer at a time."""
        return self.connection.dialect.name == "postgresql"

    def locking(self, query: Select[Any], *, skip_locked: bool = False) -> Select[Any]:
        """The query, taking its rows' locks until the transaction ends (where there are row locks)."""
        if self.postgres and self.writing:
            return query.with_for_update(skip_locked=skip_locked)
        return query

    def among(self, column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
        """Whether a text column has one of the values: one parameter however many there are, so as fast as it gets."""
        if self.postgres:
            return column == func.any(bindparam(None, list(values), type_=postgresql.ARRAY(Text)))
        listed = func.json_each(bindparam(None, json.dumps(list(values)), type_=Text)).table_valued("value")
        return column.in_(select(listed.c.value))

    def add_missing(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows whose primary key is not there yet."""
        if rows:
            self.connection.execute(self._insert(table).on_conflict_do_nothing(), rows)

    def add_many(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows whose primary key is not there yet: values in the columns' order, as the engine stores them.

        The types' own checks are passed by; it is for values of our own making.
        """
        if not rows:
            return
        names = ", ".join(column.name for column in table.columns)
        marks = ", ".join(["%s" if self.postgres else "?"] * len(table.columns))
        insert = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 - our own names
        self.connection.exec_driver_sql(insert, list(rows))

    def add_one(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert a row; False when its primary key is there already."""
        # A row on its own, not in a list, and counted on demand: only then does every driver tell.
        counted = {"preserve_rowcount": True}
        insert = self._insert(table).on_conflict_do_nothing()
        return self.connection.execute(insert, row, execution_options=counted).rowcount == 1

    def put(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, replacing those with the same primary key."""
        if not rows:
            return
        keys = [column.name for column in table.primary_key]
        new = self._insert(table)
        changed = {name: new.excluded[name] for name in rows[0] if name not in keys}
        self.connection.execute(new.on_conflict_do_update(index_elements=keys, set_=changed), rows)

    def _insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        return postgresql.insert(table) if self.postgres else sqlite.insert(table)

    def stream(self, query: Select[Any]) -> Iterator[Any]:
        """Rows fetched a thousand at a time; read them before the transaction ends."""
        yield from self.connection.execute(query, execution_options={"yield_per": STREAMED})


def chunks(values: Iterable[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """The values without repeats, in their order, in lists of at most ``size``."""
    unique = list(dict.fromkeys(values))
    for start in range(0, len(unique), size):
        yield unique[start : start + size]
