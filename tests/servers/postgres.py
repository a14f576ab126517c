"""A real PostgreSQL from the package ``pgserver``, as root or as a user, and a fresh database whenever one is asked."""

from __future__ import annotations

import itertools
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import make_url

NewDatabase = Callable[[str], str]
"""Makes a database from the template database named; returns its address for SQLAlchemy."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a running server, as psycopg takes it; skipped where it cannot be started."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it remarks on a missing XDG_RUNTIME_DIR and then makes do
            from pgserver.postgres_server import get_server  # noqa: PLC0415 - a machine without it only skips

            server = get_server(Path(tempfile.mkdtemp(prefix="bevara-pg-")), cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting, the reason is told
        pytest.skip(f"PostgreSQL (pgserver) cannot start here: {type(error).__name__}: {error}")
    address = str(server.get_uri())
    with psycopg.connect(address, autocommit=True) as connection:
        # Nothing here has to outlive the power; waiting for the disk would be most of the time.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield address
    # At once, without writing everything back first: the folder is removed next.
    process = psutil.Process(server.get_pid())
    process.send_signal(signal.SIGQUIT)
    psutil.wait_procs([process], timeout=10)
    server.cleanup()


@pytest.fixture(scope="session")
def new_postgres(postgres_server: str) -> NewDatabase:
    """Function that makes one more database on the server."""
    numbers = itertools.count(1)

    def make(template: str = "template1") -> str:
        name = f"bevara_{next(numbers)}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        url = make_url(postgres_server).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    return make


@pytest.fixture
def postgres_url(new_postgres: NewDatabase) -> str:
    """Address of a fresh, empty database, ``postgresql+psycopg://``."""
    return new_postgres("template1")
