"""What removed rows leave in the database's own files: found before scrubbing, and not after."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from connectors.state import Database, StateError
from schemas.books import Copy
from schemas.ids import ItemId
from tests.servers.state import OpenState

AT = datetime(2026, 1, 1, tzinfo=UTC)
DIGESTS = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(300)]
ITEMS = [
    ItemId(
        "202401-" + "a" * 13 + "bcdefghijk"[number // 100] + "bcdefghijk"[number // 10 % 10] + "bcdefghijk"[number % 10]
    )
    for number in range(300)
]


def _fill(state: Database) -> None:
    with state.writing() as books:
        books.media.refer(list(zip(ITEMS, DIGESTS, strict=True)), dict.fromkeys(DIGESTS, 7))
        for digest in DIGESTS[:10]:
            books.copies.add(Copy(key=f"archive/ks/{digest}.xml", kind="record-xml", items=(ITEMS[0],), made=AT))


def _forget(state: Database) -> None:
    with state.writing() as books:
        books.media.unrefer(ITEMS)
        books.media.forget(DIGESTS)
        keys = [f"archive/ks/{digest}.xml" for digest in DIGESTS[:10]]
        books.copies.retire(keys)
        books.copies.forget(keys)


def _found(data: bytes) -> int:
    return sum(digest.encode() in data for digest in DIGESTS)


def test_sqlite_keeps_nothing_of_removed_rows(sqlite_state: Database, tmp_path: Path) -> None:
    """Digests of removed attachments stand in SQLite's files before scrubbing and nowhere after."""

    def bytes_of_files() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(tmp_path.glob("state.db*")))

    _fill(sqlite_state)
    _forget(sqlite_state)
    assert _found(bytes_of_files()) == len(DIGESTS)
    done = sqlite_state.scrub()
    assert (done.place, done.emptied, done.remark) == ("sqlite", True, "")
    assert _found(bytes_of_files()) == 0
    assert (tmp_path / "state.db-wal").stat().st_size == 0


def test_sqlite_says_when_somebody_reads(
    sqlite_state: Database, open_state: OpenState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody holds an older view the log cannot be emptied, which is said; afterwards it can."""
    monkeypatch.setattr("connectors.state.scrubbing._PATIENCE", 0.2)
    _fill(sqlite_state)
    other = open_state("sqlite")
    with other.reading() as books:
        books.media.size(DIGESTS[0])
        _forget(sqlite_state)
        assert (sqlite_state.scrub().emptied, sqlite_state.scrub().remark) == (False, "K171")
    assert sqlite_state.scrub().emptied


def test_postgres_rewrites_its_tables(open_state: OpenState, postgres_url: str, postgres_server: str) -> None:
    """Digests stand in PostgreSQL's table files before scrubbing and not after; its log is said to be its own."""
    del postgres_url
    state = open_state("postgres")

    def bytes_of_tables() -> bytes:
        with psycopg.connect(_address(state), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            folder = Path(str(connection.execute("SHOW data_directory").fetchone()[0]))  # type: ignore[index] # one row
            oid = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
        assert oid is not None
        return b"".join(path.read_bytes() for path in sorted((folder / "base" / str(oid[0])).iterdir()))

    _fill(state)
    _forget(state)
    assert _found(bytes_of_tables()) == len(DIGESTS)
    done = state.scrub()
    assert (done.place, done.emptied, done.remark) == ("postgresql", True, "K172")
    assert _found(bytes_of_tables()) == 0


def test_postgres_says_when_somebody_needs_the_rows(open_state: OpenState) -> None:
    """While somebody's older view needs the removed rows they are kept, which is said; afterwards they go."""
    state = open_state("postgres")
    _fill(state)
    other = open_state("postgres")
    with other.reading() as books:
        books.ledger.head()
        _forget(state)
        assert (state.scrub().emptied, state.scrub().remark) == (False, "K174")
    assert state.scrub().emptied


def test_scrubbing_is_no_part_of_a_transaction(state: Database) -> None:
    """Inside a writing transaction scrubbing is refused: it could not see what that transaction removes."""
    with pytest.raises(StateError), state.writing():
        state.scrub()


def _address(state: Database) -> str:
    url = make_url(state._url)
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
