"""Contract of opening, migrating and closing a state database."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from connectors.state import Database, StateError, open_database
from connectors.state.tables import METADATA
from connectors.state.upgrade import MIGRATIONS, NEWEST
from schemas.hold import Mark
from schemas.ids import ItemId
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError, UnreachableError
from tests.servers.state import OpenState

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, state_kind: str, tmp_path: Path) -> str:
    """Address of a database without tables, on both engines."""
    if state_kind == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("postgres_url"))


def test_migrations_make_the_tables_of_the_code(empty_url: str) -> None:
    """Migrating an empty database and declaring the tables come to the same, down to the index."""
    open_database(empty_url).close()
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        with create_engine("sqlite://").connect() as memory:
            METADATA.create_all(memory)
            for table in METADATA.tables:
                keys = (inspect(each).get_pk_constraint(table)["constrained_columns"] for each in (connection, memory))
                assert len({tuple(key) for key in keys}) == 1
    engine.dispose()


def _spaced(name: str, sql: str) -> tuple[str, str]:
    """Name and definition with single spaces: a column added later stands on the line before it."""
    return name, " ".join(sql.split())


def test_tables_are_declared_as_they_were_migrated(state: Database, state_kind: str) -> None:
    """The stored definitions on SQLite (row ids, checks, cascades) are those the declarations give."""
    if state_kind != "sqlite":
        return
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version' ORDER BY name"
    with state._transaction(writing=False) as transaction:
        migrated = [_spaced(*row) for row in transaction.connection.exec_driver_sql(query)]
    with create_engine("sqlite://").connect() as memory:
        METADATA.create_all(memory)
        declared = [_spaced(*row) for row in memory.exec_driver_sql(query)]
    assert migrated == declared


def test_the_newest_migration_is_named() -> None:
    """The code's idea of the newest migration is the one that lies in the folder."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


def test_opening_again_keeps_everything(open_state: OpenState, state_kind: str) -> None:
    """A database that was closed is as it was when it is opened again."""
    first = open_state(state_kind)
    with first.writing() as books:
        books.set_setting("x", "y")
        books.ledger.append(Receipt(act="test", at=AT, actor="bevara"))
    first.close()
    first.close()
    with pytest.raises(StateError, match="closed"), first.reading():
        pass
    with open_state(state_kind).reading() as books:
        assert books.setting("x") == "y"
        assert books.ledger.head()[0] == 1


def test_many_openers_of_an_empty_database(empty_url: str) -> None:
    """Processes that open a new database at the same time all succeed."""
    command = [sys.executable, "-m", "tests.contracts.state_worker", "open", empty_url]
    openers = [subprocess.Popen(command) for _ in range(3)]
    assert [opener.wait(60) for opener in openers] == [0, 0, 0]
    state = open_database(empty_url)
    with state.reading() as books:
        assert books.revision() == 0
    state.close()


def test_a_newer_database_is_refused(open_state: OpenState, state_url: Callable[[str], str], state_kind: str) -> None:
    """A database of a later version is left alone, with a message that says what to do."""
    open_state(state_kind).close()
    engine = create_engine(state_url(state_kind))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(GuardError, match=r"9999.*install the newer version"):
        open_state(state_kind)
    engine = create_engine(state_url(state_kind))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"
    engine.dispose()


def test_a_fork_has_connections_of_its_own(state: Database) -> None:
    """Parent and child of a fork both go on using the database."""
    with state.writing() as books:
        books.set_setting("parent", "1")
    child = os.fork()
    if child == 0:
        try:
            with state.writing() as books:
                books.set_setting("child", "1")
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    with state.writing() as books:
        assert books.setting("child") == "1"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "state"),
        ("not an address", "state"),
        ("mysql://user:hemligt@host/db", "mysql"),
        ("sqlite://", "sqlite"),
        ("sqlite:///:memory:", "sqlite"),
        ("sqlite:////no/such/folder/state.db", "make the folder"),
    ],
)
def test_addresses_that_cannot_be_used(url: str, told: str) -> None:
    """Each is refused with a remedy and without its password."""
    with pytest.raises(RefusedError, match=told) as caught:
        open_database(url)
    assert "hemligt" not in str(caught.value)


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    """Nobody at the address is an unreachable neighbour; the password is not told."""
    with pytest.raises(UnreachableError) as caught:
        open_database(f"postgresql+psycopg://user:hemligt@/db?host={tmp_path}")
    assert "hemligt" not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A damaged file is refused and left as it is."""
    path = tmp_path / "state.db"
    path.write_bytes(b"this is not a database" * 500)
    with pytest.raises(StateError, match="damaged"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes() == b"this is not a database" * 500


def test_sqlite_is_durable_and_strict(sqlite_state: Database) -> None:
    """Every connection has the settings that the proof of destruction and of durability rest on."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "temp_store": 2}
    with sqlite_state.writing(), sqlite_state._transaction(writing=False) as transaction:
        for name, value in wanted.items():
            assert transaction.connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value


def test_removed_bytes_are_gone_from_the_files(sqlite_state: Database, tmp_path: Path) -> None:
    """After close, what was replaced or removed is in no file beside the database, and the log is empty."""
    item = ItemId("202601-bortbortbortbort")
    with sqlite_state.writing() as books:
        books.set_setting("first", "MARKBORTTAGEN" * 100)
        books.marks.add(Mark(item=item, kind="ringa", person="MARKBORTTAGEN", at=AT))
        books.natives.add([(b"h" * 32, item)])
        for number in range(200):
            books.set_setting(f"kept-{number}", "MARKBEHALLEN")
    with sqlite_state.writing() as books:
        books.set_setting("first", "")
        books.marks.remove(item, "ringa")
        books.natives.suppress([item], "o" * 64, AT)
    sqlite_state.close()
    found = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"MARKBEHALLEN" in found
    assert b"MARKBORTTAGEN" not in found
    assert b"bortbortbortbort" not in found
    assert [path.name for path in tmp_path.iterdir()] == ["state.db"]


def test_checkpoint_while_running(sqlite_state: Database, tmp_path: Path) -> None:
    """The log can be emptied without closing, unless somebody is still reading from it."""
    with sqlite_state.writing() as books:
        books.set_setting("x", "first")
    with sqlite_state.reading() as books:
        assert books.setting("x") == "first"
        with sqlite_state.writing() as other:
            other.set_setting("x", "second")
        assert not sqlite_state.checkpoint()
    assert sqlite_state.checkpoint()
    assert (tmp_path / "state.db-wal").stat().st_size == 0


def test_a_copied_file_is_a_whole_database(sqlite_state: Database, tmp_path: Path) -> None:
    """After close one file holds everything, and the database itself finds nothing wrong with it."""
    with sqlite_state.writing() as books:
        books.set_setting("x", "y")
    sqlite_state.close()
    shutil.copy(tmp_path / "state.db", tmp_path / "copy.db")
    connection = sqlite3.connect(tmp_path / "copy.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("SELECT value FROM setting").fetchall() == [("y",)]
    connection.close()
