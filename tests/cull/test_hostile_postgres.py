"""A culling on PostgreSQL: a connection that breaks while the server commits, and others who want the same locks."""

from __future__ import annotations

import hashlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import cast

import psycopg
import pytest
from sqlalchemy import make_url

from flows.cull.execute import Executed, execute
from flows.deposit.find import scan
from flows.keep.append import Addition, append
from flows.keep.holds import set_hold
from flows.keep.rewrite import compact
from schemas.ground import Home
from schemas.ids import ItemId, Month
from schemas.neighbours import MediaBytes
from schemas.receipt import Receipt
from schemas.record import MediaRef, Row
from schemas.shelf import medium
from schemas.tables import to_table
from tests.cull.archive import ACCOUNT, AUTHORITY, OFFICER, OLD, YOUNG, Small
from tests.cull.interference import FIRST, fill, order, with_store

_PATIENCE = 20.0
_PICTURE = b"en bild"
_DIGEST = hashlib.sha256(_PICTURE).hexdigest()


class Wire:
    """A line to the server that can be cut: then both ends of every connection are there, and nothing comes through."""

    def __init__(self, socket_file: str) -> None:
        """``socket_file``: the server's socket."""
        self._file = socket_file
        self._ends: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close our side of what is connected now; the server is told nothing of it. New connections go through."""
        ends, self._ends = self._ends, []
        for one in ends:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._file)
                self._ends.append(near)
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()
                threading.Thread(target=self._carry, args=(far, near), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)


class Server:
    """What an administrator sees of the server, and may do."""

    def __init__(self, address: str, database: str) -> None:
        """``database``: the one that is watched."""
        self._connection = psycopg.connect(address, autocommit=True)
        self._address, self._database = address, database

    def wait_for(self, number: int, event: str) -> None:
        """Wait until so many connections wait: for a lock (``Lock``), or for a standby (``SyncRep``)."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            found = self._connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND %s IN (wait_event_type, wait_event)",
                (self._database, event),
            ).fetchone()
            if found is not None and found[0] >= number:
                return
            time.sleep(0.01)
        raise TimeoutError(event)

    @contextmanager
    def nothing_is_confirmed(self) -> Iterator[None]:
        """Commits wait for a standby that there is none of: they are written, and nobody is told or sees them."""
        self._configure("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        probe = threading.Thread(target=self._until_it_waits, daemon=True)
        probe.start()
        try:
            self.wait_for(1, "SyncRep")
            yield
        finally:
            self._configure("ALTER SYSTEM RESET synchronous_standby_names")
            probe.join(_PATIENCE)

    def _configure(self, statement: str) -> None:
        self._connection.execute(statement.encode())
        self._connection.execute("SELECT pg_reload_conf()")

    def _until_it_waits(self) -> None:
        with psycopg.connect(self._address, dbname=self._database, autocommit=True) as connection:
            took = 0.0
            while took < 0.2:
                began = time.monotonic()
                connection.execute("SELECT pg_logical_emit_message(true, 'bevara', 'x')")
                took = time.monotonic() - began

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@pytest.fixture
def wire(postgres_server: str) -> Iterator[Wire]:
    """A line to the server."""
    made = Wire(f"{make_url(postgres_server).query['host']}/.s.PGSQL.{make_url(postgres_server).port or 5432}")
    yield made
    made.close()


@pytest.fixture
def server(postgres_server: str, postgres_url: str) -> Iterator[Server]:
    """The server that this test's archive is on."""
    made = Server(postgres_server, str(make_url(postgres_url).database))
    yield made
    made.close()


def test_a_commit_in_doubt_loses_nothing(unstarted: Small, postgres_url: str, wire: Wire, server: Server) -> None:
    """The line is cut while the server commits a swap: we are told of a failure, the swap is true, its file is there."""
    small = unstarted
    through = make_url(postgres_url).set(host="127.0.0.1", port=wire.port, query={"sslmode": "disable"})
    small.start(database=through.render_as_string(hide_password=False))
    items = fill(small)
    digest = order(small)
    put, over = threading.Event(), threading.Event()

    def break_the_line() -> None:
        assert put.wait(_PATIENCE)
        with server.nothing_is_confirmed():
            over.set()
            server.wait_for(2, "SyncRep")
            wire.cut()
            # Whoever draws conclusions from what the database does not show yet draws them now.
            time.sleep(0.7)

    def putting() -> None:
        put.set()
        assert over.wait(_PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        broken = pool.submit(break_the_line)
        with small.open() as home:
            found = execute(with_store(home, "/2022-05/", putting), digest)
        broken.result()
    assert (found.standing, found.certificate) == ("open", None)
    with small.open() as home:
        with home.ground.state.reading() as books:
            assert set(items[:2]) <= set(books.tombstones.items(digest))
            assert all(home.ground.store.head(file.key) is not None for file in books.manifest.live())
        done = execute(home, digest)
    assert (done.standing, done.culled, done.left) == ("done", 4, {})
    assert small.stored() & set(items) == set(items[4:])


class _LetGoError(Exception):
    """The ledger is let go, and nothing was written."""


def _beside(small: Small, server: Server, digest: str, other: Callable[[Home], object], *, first: bool) -> Executed:
    """Execute while another act runs, both waiting for the ledger when they are let go; ``first``: the other's turn."""
    put, held = threading.Event(), threading.Event()

    def putting() -> None:
        put.set()
        assert held.wait(_PATIENCE)

    def culling() -> Executed:
        with small.open() as home:
            return execute(with_store(home, "/2022-05/", putting), digest)

    def acting() -> None:
        with small.open() as home:
            other(home)

    with ThreadPoolExecutor(2) as pool, small.open() as third:
        done: Future[Executed] = pool.submit(culling)
        assert put.wait(_PATIENCE)
        try:
            with suppress(_LetGoError), third.ground.state.writing() as books:
                books.ledger.append(Receipt(act="ledger.noted", at=small.at, actor="bevara", subjects=("x",)))
                if not first:
                    held.set()
                    server.wait_for(1, "Lock")
                acted = pool.submit(acting)
                server.wait_for(1 if first else 2, "Lock")
                if first:
                    held.set()
                    server.wait_for(2, "Lock")
                raise _LetGoError
        finally:
            held.set()
        acted.result()
        return done.result()


def test_a_hold_and_a_swap_at_once_do_not_lock_each_other(unstarted: Small, postgres_url: str, server: Server) -> None:
    """A hold on words and a swap want the revision and the ledger: the hold is set, the swap judges anew."""
    small = unstarted
    small.start(database=postgres_url)
    items = fill(small)
    digest = order(small)
    found = _beside(
        small, server, digest, lambda home: set_hold(home.ground, "search", "nummer 2", OFFICER), first=True
    )
    assert (found.standing, found.culled, found.kept, found.left) == ("done", 3, 1, {})
    assert small.stored() & set(items[:4]) == {items[1]}


def _with_picture(small: Small, row: Row) -> tuple[Row, Addition]:
    picture = MediaRef(role="picture", origin="bild", media_type="image/png", digest=_DIGEST, size=len(_PICTURE))
    row = replace(row, media=(picture,), batch=f"bild{small.made}")
    found = MediaBytes(file=io.BytesIO(_PICTURE), digest=_DIGEST, size=len(_PICTURE), media_type="image/png")
    return row, Addition(
        batch=row.batch,
        tables={(AUTHORITY, cast("Month", f"{row.published:%Y-%m}")): to_table([row])},
        media={_DIGEST: found},
        references=[(row.item, _DIGEST)],
        act="harvest.batch",
        subject=ACCOUNT,
    )


def _harvest(home: Home, small: Small, addition: Addition) -> None:
    ground = home.ground
    with ground.state.hold_lease(f"account:{ACCOUNT}") as lease:
        append(ground.state, ground.store, lease, addition, chance=ground.chance.fork(addition.batch), at=small.at)


def test_a_harvest_and_a_swap_of_one_picture_do_not_lock_each_other(
    unstarted: Small, postgres_url: str, server: Server
) -> None:
    """A record with a picture is destroyed while one with the same picture comes in: both are done, the picture stays."""
    small = unstarted
    small.start(database=postgres_url)
    old, first = _with_picture(small, small.row(published=FIRST))
    new, second = _with_picture(small, small.row(published=YOUNG))
    with small.open() as home:
        _harvest(home, small, first)
    small.put([small.row("visitor_post", published=OLD, own=False), *(small.row(published=YOUNG) for _ in range(4))])
    digest = order(small)
    found = _beside(small, server, digest, lambda home: _harvest(home, small, second), first=False)
    assert (found.standing, found.culled, found.left) == ("done", 1, {})
    stored: set[ItemId] = small.stored()
    assert new.item in stored
    assert old.item not in stored
    with small.open() as home:
        assert home.ground.store.get(medium(_DIGEST)) == _PICTURE


def test_a_month_written_anew_and_a_swap_do_not_lock_each_other(
    unstarted: Small, postgres_url: str, server: Server
) -> None:
    """Both carry over which files were searched for films, and both want the ledger: both are done."""
    small = unstarted
    small.start(database=postgres_url)
    items = fill(small)
    small.put([small.row(published=YOUNG)])
    with small.open() as home:
        scan(home)
    digest = order(small)

    def written_anew(home: Home) -> int:
        ground = home.ground
        return compact(ground.state, ground.store, chance=ground.chance, clock=ground.clock, limit=1)

    found = _beside(small, server, digest, written_anew, first=False)
    assert (found.standing, found.culled, found.left) == ("done", 4, {})
    assert small.stored() & set(items) == set(items[4:])
