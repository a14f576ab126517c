"""The state database itself: transactions, leases held in the background, opening and closing."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from connectors.state import leases
from connectors.state.allbooks import AllBooks
from connectors.state.engines import FAILED, PATIENCE_SECONDS, make_engine, read_url, snapshot, translated
from connectors.state.scrubbing import scrub_postgres, scrub_sqlite
from connectors.state.transaction import StateError, Transaction
from connectors.state.upgrade import upgrade
from schemas.books import Books, Lease, LeaseTakenError, Scrubbed, State
from schemas.refusal import UnreachableError

_LOG = logging.getLogger(__name__)

_CHECKPOINT_MILLISECONDS = 1_000
"""How long emptying the write-ahead log waits for readers."""

_RENEWALS = 5
"""Renewals per life of a lease: every 24 seconds of 120, so that a few may fail."""


def open_database(url: str, *, lease_seconds: float = leases.SECONDS) -> Database:
    """Open a state database, making or migrating its tables.

    Args:
        url: ``sqlite:///PATH`` (three slashes and a relative path, four and an absolute one) or
            ``postgresql+psycopg://USER:PASSWORD@HOST/DATABASE``.
        lease_seconds: how long a lease lasts without renewal.

    Raises:
        RefusedError: the address cannot be used.
        GuardError: the database is newer than this program.
        UnreachableError: nothing answers at the address.
        StateError: the file is damaged or no database.
    """
    database = Database(url, lease_seconds=lease_seconds)
    try:
        database.upgrade()
    except BaseException:
        database.close()
        raise
    return database


class Database(State):
    """The state database on SQLite or PostgreSQL (port ``State``). Safe to share between threads, and across fork."""

    def __init__(self, url: str, *, lease_seconds: float = leases.SECONDS) -> None:
        self._url = read_url(url)
        self._sqlite = self._url.get_backend_name() == "sqlite"
        self._lease_seconds = lease_seconds
        self._engine = make_engine(self._url)
        self._opened = False
        self._closed = False
        self._begin_process()

    def _begin_process(self) -> None:
        """State that belongs to one process: connections, locks and leases are not inherited by a fork."""
        self._pid = os.getpid()
        self._turn = threading.Lock()
        self._thread = threading.local()
        self._held: set[str] = set()

    def scrub(self) -> Scrubbed:
        """Remove what destroyed rows leave in the database's own files, as far as the engine lets us.

        Not inside a transaction of this thread. Raises StateError, UnreachableError.
        """
        if self._closed or self._pid != os.getpid() or getattr(self._thread, "writing", False):
            raise StateError("the state database cannot be scrubbed inside a transaction or after it was closed")
        try:
            if self._sqlite:
                return scrub_sqlite(Path(str(self._url.database)), self.checkpoint)
            return scrub_postgres(self._engine)
        except SQLAlchemyError as error:
            raise translated(error) from None

    def upgrade(self) -> None:
        """Run the migrations that are missing."""
        try:
            upgrade(self._engine)
        except SQLAlchemyError as error:
            raise translated(error) from None
        self._opened = True

    def writing(self) -> AbstractContextManager[Books]:
        """One transaction; commits when the block ends without exception.

        Raises:
            StateError: a statement failed, a lock was not given in time, or this thread is in a writing
                transaction already. UnreachableError: the connection was lost.
        """
        return self._books(writing=True)

    def reading(self) -> AbstractContextManager[Books]:
        """A consistent view as of its first question; an attempt to change something is a StateError."""
        return self._books(writing=False)

    @contextmanager
    def _books(self, *, writing: bool) -> Iterator[Books]:
        with self._transaction(writing=writing) as transaction:
            yield AllBooks(transaction)

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[Transaction]:
        if self._closed:
            raise StateError("the state database was closed; open it again")
        if self._pid != os.getpid():
            self._engine.dispose(close=False)
            self._begin_process()
        try:
            with self._single_file() if writing else nullcontext(), self._connect(writing=writing) as connection:
                connection.info.pop(FAILED, None)
                with connection.begin():
                    transaction = Transaction(connection, writing)
                    yield transaction
                    if connection.info.get(FAILED):
                        raise StateError("a statement failed earlier in the transaction; nothing was committed")
                    for last in transaction.before_commit:
                        last()
        except SQLAlchemyError as error:
            raise translated(error) from None

    def _connect(self, *, writing: bool) -> Connection:
        connection = self._engine.connect()
        return connection if writing else snapshot(connection)

    @contextmanager
    def _single_file(self) -> Iterator[None]:
        """One writing transaction per thread; on SQLite one per process, in turn instead of by repeated asking."""
        if getattr(self._thread, "writing", False):
            raise StateError("this thread is in a writing transaction already; end it before beginning another")
        if self._sqlite and not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise StateError("another thread did not end its writing transaction in time; run again")
        self._thread.writing = True
        try:
            yield
        finally:
            self._thread.writing = False
            if self._sqlite:
                self._turn.release()

    @contextmanager
    def hold_lease(self, name: str) -> Iterator[Lease]:
        """Acquire a lease, renew it in the background, release it at the end. Not inside ``writing()``.

        Raises:
            LeaseTakenError: somebody alive holds it, also another thread of this process.
        """
        with self._transaction(writing=True) as transaction:
            if name in self._held:
                raise LeaseTakenError(f"{name} is in use by this process; wait until it is done")
            lease, holder = leases.acquire(transaction, name, self._lease_seconds)
        self._held.add(name)
        done = threading.Event()
        renewer = threading.Thread(target=self._renew, args=(lease, holder, done), name=f"lease {name}", daemon=True)
        renewer.start()
        try:
            yield lease
        finally:
            done.set()
            renewer.join()
            self._held.discard(name)
            self._release(lease, holder)

    def _renew(self, lease: Lease, holder: str, done: threading.Event) -> None:
        """Renew until told to stop or the lease is lost; a failure is tried again at the next turn."""
        while not done.wait(self._lease_seconds / _RENEWALS):
            try:
                with self._transaction(writing=True) as transaction:
                    if not leases.renew(transaction, lease, holder, self._lease_seconds):
                        _LOG.warning("the lease %s was lost; its work cannot be committed", lease.name)
                        return
            except (StateError, UnreachableError) as error:
                _LOG.warning("the lease %s was not renewed (%s)", lease.name, type(error).__name__)

    def _release(self, lease: Lease, holder: str) -> None:
        """Give the lease back; if that fails it expires by itself, which must not hide the work's own outcome."""
        try:
            with self._transaction(writing=True) as transaction:
                leases.release(transaction, lease, holder)
        except (StateError, UnreachableError) as error:
            _LOG.warning("the lease %s was not given back (%s)", lease.name, type(error).__name__)

    def checkpoint(self) -> bool:
        """SQLite: move the write-ahead log into the file and empty it; False when other transactions are open.

        Only then are the bytes of removed rows gone from the log too. PostgreSQL: nothing is done.
        """
        if not self._sqlite:
            return True
        try:
            connection = self._engine.raw_connection()
        except SQLAlchemyError as error:
            raise translated(error) from None
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_CHECKPOINT_MILLISECONDS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchall()[0][0]
            cursor.execute(f"PRAGMA busy_timeout={PATIENCE_SECONDS * 1000}")
        finally:
            connection.close()
        return bool(busy == 0)

    def close(self) -> None:
        """Give back connections; SQLite: checkpoint and truncate the write-ahead log. May be repeated."""
        if self._closed:
            return
        self._closed = True
        self._engine.dispose()
        try:
            emptied = not self._opened or self.checkpoint()
        except (StateError, SQLAlchemyError, sqlite3.Error):
            emptied = False  # nothing is lost: the next opening reads the log
        if not emptied:
            _LOG.info("the write-ahead log was not emptied")
        self._engine.dispose()
