"""What removed rows leave in the database's own files, and how far each engine lets us take it away."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from connectors.state.engines import PATIENCE_SECONDS
from connectors.state.tables import (
    COPY,
    COPY_ITEM,
    FILE,
    INTENT,
    MARK,
    MEDIA,
    MEDIA_REF,
    MEDIA_WANTED,
    NATIVE,
    OPERATION_KEY,
)
from schemas.books import Scrubbed

LOSING = (NATIVE, MEDIA_REF, MEDIA_WANTED, MEDIA, COPY_ITEM, COPY, MARK, FILE, INTENT, OPERATION_KEY)
"""Tables that a culling takes rows from."""

_PATIENCE = 30.0
"""Seconds that emptying SQLite's log waits for readers, and that PostgreSQL waits for each table."""

_PAUSE = 0.05
_LEFT_BEHIND = ("-journal", "-mj")
"""Endings of files that SQLite makes for a while beside the database; with a write-ahead log it makes none."""


def scrub_sqlite(path: Path, checkpoint: Callable[[], bool]) -> Scrubbed:
    """Empty the write-ahead log, with patience for readers.

    ``secure_delete`` has overwritten the removed rows with zeros in the file's pages; their old bytes are left in the
    log alone, which a checkpoint moves into the file and cuts to nothing. What somebody writes right after that is
    new, so the checkpoint's own answer counts, and the file is looked at besides.
    """
    until = time.monotonic() + _PATIENCE
    while not (emptied := checkpoint()) and time.monotonic() < until:
        time.sleep(_PAUSE)
    if not emptied:
        return Scrubbed(place="sqlite", emptied=False, remark="K171")
    beside = [one for one in path.parent.iterdir() if one.name.startswith(path.name)]
    odd = any(one.name.removeprefix(path.name).startswith(_LEFT_BEHIND) for one in beside)
    return Scrubbed(place="sqlite", emptied=not odd, remark="K175" if odd else "")


def scrub_postgres(engine: Engine) -> Scrubbed:
    """Rewrite the tables that lost rows, so that only living rows are in their files, and end the log's segment.

    The server's write-ahead log, its archive and its replicas are the server's: segments are reused without being
    overwritten, and nothing can be observed of them from here (K172). They hold opaque ids, keyed hashes, object keys
    and digests, never content.
    """
    remark = "K172"
    emptied = True
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        dead = _Dead(connection)
        connection.execute(text(f"SET lock_timeout = '{int(_PATIENCE)}s'"))
        try:
            for table in LOSING:
                try:
                    connection.execute(text(f'VACUUM (FULL, VERBOSE) "{table.name}"'))
                except SQLAlchemyError:
                    emptied, remark = False, "K173"
            if emptied and dead.found:
                emptied, remark = False, "K174"
            for statement in ("CHECKPOINT", "SELECT pg_switch_wal()"):
                # A role without the right goes on without; K172 is true either way.
                with suppress(SQLAlchemyError):
                    connection.execute(text(statement))
        finally:
            dead.stop()
            connection.execute(text(f"SET lock_timeout = '{PATIENCE_SECONDS}s'"))
    return Scrubbed(place="postgresql", emptied=emptied, remark=remark)


class _Dead:
    """Counts removed rows that the server says it had to keep for somebody's older view."""

    def __init__(self, connection: Connection) -> None:
        self.found = 0
        # SQLAlchemy types the driver's own connection as anything.
        self._driver = cast("Any", connection.connection.driver_connection)
        self._driver.add_notice_handler(self._heard)

    def _heard(self, notice: psycopg.errors.Diagnostic) -> None:
        number = re.match(r"\d+", notice.message_detail or "")
        self.found += int(number[0]) if number else 0

    def stop(self) -> None:
        """Listen no longer."""
        self._driver.remove_notice_handler(self._heard)
