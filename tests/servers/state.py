"""State databases for tests: on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import make_url

from connectors.state import Database, open_database
from tests.servers.postgres import NewDatabase

KINDS = ("sqlite", "postgres")


class OpenState(Protocol):
    """Opens this test's database of a kind; asked again, the same database once more."""

    def __call__(self, kind: str, *, lease_seconds: float = 120.0) -> Database:
        """Open it; it is closed when the test ends."""
        ...


@pytest.fixture(scope="session")
def postgres_template(new_postgres: NewDatabase) -> str:
    """Name of a database that has the tables already, so that copies of it are quick."""
    url = new_postgres("template1")
    open_database(url).close()
    return str(make_url(url).database)


@pytest.fixture
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Function from a kind (``sqlite``, ``postgres``) to the address of this test's database of that kind."""
    made: dict[str, str] = {}

    def url(kind: str) -> str:
        if kind not in made:
            if kind == "sqlite":
                made[kind] = f"sqlite:///{tmp_path / 'state.db'}"
            else:
                template: str = request.getfixturevalue("postgres_template")
                new: NewDatabase = request.getfixturevalue("new_postgres")
                made[kind] = new(template)
        return made[kind]

    return url


@pytest.fixture
def open_state(state_url: Callable[[str], str]) -> Iterator[OpenState]:
    """Factory of open state databases."""
    opened: list[Database] = []

    def open_one(kind: str, *, lease_seconds: float = 120.0) -> Database:
        database = open_database(state_url(kind), lease_seconds=lease_seconds)
        opened.append(database)
        return database

    yield open_one
    for database in opened:
        database.close()


@pytest.fixture(params=KINDS)
def state_kind(request: pytest.FixtureRequest) -> str:
    """Both engines, one after the other."""
    parameter: Any = request.param
    return str(parameter)


@pytest.fixture
def state(open_state: OpenState, state_kind: str) -> Database:
    """An empty state database, on both engines."""
    return open_state(state_kind)


@pytest.fixture
def sqlite_state(open_state: OpenState) -> Database:
    """An empty state database on SQLite, for tests of other parts."""
    return open_state("sqlite")
