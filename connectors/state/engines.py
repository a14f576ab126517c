"""How each engine is opened: what is durable, what is overwritten when removed, how a transaction begins."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from connectors.state.transaction import StateError
from schemas.refusal import RefusedError, UnreachableError

PATIENCE_SECONDS = 120
"""How long a statement waits for somebody else's lock before it fails."""

WRITING = "bevara_writing"
"""Execution option of a connection: whether its transaction may change anything."""

FAILED = "bevara_failed"
"""Mark on a connection: a statement failed, so that the transaction may not be committed."""

_REMEDY = "write sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE"
_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32000",
    "PRAGMA wal_autocheckpoint=32768",
)
"""On every connection. ``secure_delete`` overwrites removed rows with zeros; temporary results stay off the disk. The
log is copied into the database at 128 MiB, not at 4: a culling touches pages all over it in every transaction."""


def read_url(text: str) -> URL:
    """Read the address of a state database; passwords are never repeated in a refusal.

    Raises:
        RefusedError: not an address, another engine, or SQLite without a file in an existing folder.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise RefusedError("state", "an address that cannot be read", _REMEDY) from None
    if url.drivername in ("postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise RefusedError("state", url.drivername, _REMEDY)
    if not url.database or url.database == ":memory:" or url.query:
        raise RefusedError("state", url.render_as_string(hide_password=True), _REMEDY)
    if not Path(url.database).parent.is_dir():
        raise RefusedError("state", url.database, "make the folder first (bevara init does)")
    return url


def make_engine(url: URL) -> Engine:
    """An engine whose transactions behave the same on both; nothing is connected yet."""
    engine = _sqlite_engine(url) if url.get_backend_name() == "sqlite" else _postgres_engine(url)
    event.listen(engine, "handle_error", _remember_failure)
    return engine


def translated(error: SQLAlchemyError) -> StateError | UnreachableError:
    """The error without any value of any row; those may stand in the engine's own words."""
    if not isinstance(error, DBAPIError):
        return StateError(f"the state database could not be used ({type(error).__name__}); nothing was committed")
    code = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or (error.statement is None and code is None):
        return UnreachableError("the state database could not be reached; look at its address and that it runs")
    verb = " ".join((error.statement or "").split()[:3])
    if code == "SQLITE_FULL":
        remedy = "free some space on its disk and run again"
    elif code in ("SQLITE_BUSY", "55P03"):
        remedy = "another process holds it; wait until that is done and run again"
    elif code in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
        remedy = "the file is damaged or no state database; restore it from a backup"
    else:
        remedy = "nothing of the transaction was committed"
    return StateError(f"the state database refused ({type(error.orig).__name__} {code} at {verb or 'open'}); {remedy}")


def _remember_failure(context: ExceptionContext) -> None:
    """Let SQLite behave as PostgreSQL does: after a failed statement the transaction can only be undone."""
    if context.connection is not None and not context.is_disconnect and not context.connection.invalidated:
        context.connection.info[FAILED] = True


def _sqlite_engine(url: URL) -> Engine:
    """SQLite with transactions begun by us: the driver's own habit begins them too late and never for reading."""
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=8,
        max_overflow=56,
        connect_args={"isolation_level": None, "timeout": PATIENCE_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        _write_ahead(connection)
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING, True)
        connection.exec_driver_sql(f"PRAGMA query_only={0 if writing else 1}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. Of several first openers all but one are told "locked" at once: they ask again."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _postgres_engine(url: URL) -> Engine:
    """PostgreSQL: read committed for writing (with explicit locks); a reading transaction asks for a snapshot."""
    engine = create_engine(
        url,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=56,
        connect_args={"application_name": "bevara", "connect_timeout": 10, "client_encoding": "utf8"},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = '{PATIENCE_SECONDS}s'")
        connection.execute("SET synchronous_commit = on")
        connection.commit()

    return engine


def snapshot(connection: Connection) -> Connection:
    """The connection, set to read one consistent view and to change nothing."""
    if connection.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return connection.execution_options(**{WRITING: False})
