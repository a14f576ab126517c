"""Bring a database to this program's tables when it is opened; several openers do not collide."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine

from connectors.state.engines import snapshot
from schemas.refusal import GuardError

NEWEST = "0006"
"""The newest migration. A test proves that it is the head of ``migrations/versions``."""

MIGRATIONS = Path(__file__).parent / "migrations"

_LOCK = 0x6265_7661_7261_02
"""Number of the advisory lock under which a PostgreSQL database is changed."""


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, in one transaction that only one opener has at a time.

    Raises:
        GuardError: the database is newer than this program, or does not store UTF-8.
    """
    with snapshot(engine.connect()) as connection, connection.begin():
        if _version(connection) == NEWEST:
            return
    with engine.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            _require_utf8(connection)
        _migrate(connection)


def _version(connection: Connection) -> str | None:
    """The database's migration, or None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _require_utf8(connection: Connection) -> None:
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise GuardError("G-STATE-ENCODING", f"the state database stores {encoding}", "create it with ENCODING 'UTF8'")


def _migrate(connection: Connection) -> None:
    # Imported here: a database that is up to date, the usual case, is opened without loading Alembic.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    version = _version(connection)
    if version is not None and version not in {
        one.revision for one in ScriptDirectory.from_config(config).walk_revisions()
    }:
        raise GuardError(
            "G-STATE-VERSION",
            f"the state database is of version {version}, which this program (up to {NEWEST}) does not know",
            "install the newer version of Bevara that wrote it",
        )
    command.upgrade(config, "head")
