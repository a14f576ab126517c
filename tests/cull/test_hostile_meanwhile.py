"""Others write while something is destroyed: nothing slips in between, nothing comes back, and nothing stands still."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest

from connectors.state import StateError
from flows.cull.execute import execute, resume
from flows.keep.append import Addition, TakenInError, append
from flows.keep.holds import set_hold
from flows.keep.rewrite import compact
from schemas.books import LeaseLostError
from schemas.ground import Home
from schemas.ids import Month
from schemas.receipt import Receipt
from schemas.shelf import holding
from schemas.tables import sort, to_parquet, to_table
from tests.cull.archive import ACCOUNT, AUTHORITY, OFFICER, Small
from tests.cull.interference import (
    FIRST,
    SECRET,
    OddState,
    at_swap,
    fill,
    now_secret,
    order,
    rows_left,
    thread_of_two_months,
    with_state,
    with_store,
)

MAY, JULY = Month("2022-05"), Month("2022-07")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers are waited for a shorter time."""
    monkeypatch.setattr("flows.cull.places._PAUSE", 0.05)
    monkeypatch.setattr("flows.keep.patience._PAUSE", 0.01)


def _hold_secret(home: Home) -> None:
    set_hold(home.ground, "search", SECRET, OFFICER)


def test_a_held_version_between_two_months_reaches_the_second(small: Small) -> None:
    """When the first month is done, the post above a reply of the second becomes held: the reply stays."""
    root, other, reply = thread_of_two_months(small, _hold_secret)
    digest = order(small)

    def harvest() -> None:
        assert other.item not in small.stored()
        small.put([now_secret(small, root)], new=False)

    with small.open() as home:
        odd = OddState(home.ground.state, at_end=at_swap(MAY, lambda: harvest))
        found = execute(with_state(home, odd), digest)
    assert (found.standing, found.culled, found.kept) == ("done", 1, 1)
    assert {root.item, reply.item} <= small.stored()


def test_the_number_of_a_link_rolled_back_is_anybodys(small: Small) -> None:
    """A swap is rolled back, and a harvest gets its link's number while the next month is judged: judged anew."""
    root, other, reply = thread_of_two_months(small, _hold_secret)
    digest = order(small)

    def refused() -> None:
        raise StateError("deadlock with a harvest on an attachment (40P01)")

    with small.open() as home:
        odd = OddState(home.ground.state, at_end=at_swap(MAY, refused))
        harvest_wins = partial(small.put, [now_secret(small, root)], new=False)
        found = execute(with_store(with_state(home, odd), f"/{JULY}/", harvest_wins), digest)
        assert (found.standing, found.left) == ("open", {"R-UNEXPECTED-StateError": 1})
        assert {other.item, reply.item} <= small.stored()
        done = execute(home, digest)
    assert (done.standing, done.culled, done.kept) == ("done", 1, 1)
    assert reply.item in small.stored()


def test_a_ledger_that_grows_all_the_time_stops_nothing(small: Small) -> None:
    """Upkeep that writes its receipts without a pause changes no judgement: the order is finished."""
    items = fill(small)
    digest = order(small)
    stop, started = threading.Event(), threading.Event()

    def write() -> None:
        with small.open() as other:
            while not stop.wait(0.02):
                with other.ground.state.writing() as books:
                    books.ledger.append(
                        Receipt(act="archive.document", at=small.at, actor="bevara", subjects=("x",), evidence={})
                    )
                started.set()

    beside = threading.Thread(target=write)
    beside.start()
    try:
        assert started.wait(10)
        with small.open() as home:
            done = execute(home, digest)
    finally:
        stop.set()
        beside.join()
    assert (done.standing, done.culled, done.left) == ("done", 4, {})
    assert not small.stored() & set(items[:4])


def test_what_a_harvest_has_put_and_not_registered_keeps_the_order_open(small: Small) -> None:
    """A writer's file may hold anything: nothing is called gone beside it; when the writer is gone, so is its file."""
    items = fill(small)
    digest = order(small)
    row = replace(now_secret(small, small.row(published=FIRST)), item=items[0], thread=items[0])
    data = to_parquet(sort(to_table([row])), salt=b"x" * 32, batch="b", source="harvest")
    key = holding(AUTHORITY, MAY, hashlib.sha256(data).hexdigest())
    with small.open() as writer, small.open() as home:
        ground = writer.ground
        with ground.state.hold_lease(f"account:{ACCOUNT}") as lease:
            with ground.state.writing() as books:
                books.intents.open(key, lease, small.at)
            ground.store.put_new(key, data)
            found = execute(home, digest)
            assert (found.standing, found.certificate, found.left) == ("open", None, {"folder:hem": 1})
        done = execute(home, digest)
    assert (done.standing, done.culled, done.left) == ("done", 4, {})
    assert rows_left(small.root / "hem" / "store", items[:4]) == 0


def test_a_harvest_that_comes_too_late_brings_nothing_back(small: Small) -> None:
    """A harvest looked a record up before it was destroyed and writes it afterwards: refused, and its file is gone."""
    items = fill(small)
    digest = order(small)
    late = replace(now_secret(small, small.row(published=FIRST)), item=items[0], thread=items[0])
    addition = Addition(batch="sen", tables={(AUTHORITY, MAY): to_table([late])}, act="harvest.batch", subject=ACCOUNT)

    def culled() -> None:
        with small.open() as other:
            assert execute(other, digest).standing == "done"

    with small.open() as home:
        ground = with_store(home, f"/{MAY}/", culled).ground
        with ground.state.hold_lease(f"account:{ACCOUNT}") as lease, pytest.raises(TakenInError):
            append(ground.state, ground.store, lease, addition, chance=ground.chance.fork("sen"), at=small.at)
    assert rows_left(small.root / "hem" / "store", items[:4]) == 0


def test_a_compaction_that_comes_too_late_brings_nothing_back(small: Small) -> None:
    """A compactor stands still until its lease has passed on and a culling is done: what it then writes is taken away."""
    items = fill(small)
    small.put([small.row(published=FIRST)])
    digest = order(small)

    def culled() -> None:
        database = small.root / "hem" / "state" / "bevara.db"
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("UPDATE lease SET expires = 0 WHERE name LIKE ?", (f"partition:%{MAY}",))
        with small.open() as other:
            found = execute(other, digest)
        assert (found.standing, found.culled, found.left) == ("done", 5, {})

    with small.open() as home:
        ground = with_store(home, f"/{MAY}/", culled).ground
        with pytest.raises(LeaseLostError):
            compact(ground.state, ground.store, chance=ground.chance, clock=ground.clock, limit=1)
    assert rows_left(small.root / "hem" / "store", items[:4]) == 0


def test_retired_files_that_another_run_removes_keep_the_order_open(small: Small) -> None:
    """While a run that stands still has the right to remove, nothing is removed here and nothing is called gone."""
    items = fill(small)
    digest = order(small)
    with small.open() as home:
        with home.ground.state.hold_lease("removal"):
            found = execute(home, digest)
            assert (found.standing, found.certificate) == ("open", None)
            assert found.left["retired"] >= 2
            assert rows_left(small.root / "hem" / "store", items[:4]) == 4
        done = execute(home, digest)
    assert (done.standing, done.culled, done.left) == ("done", 4, {})
    assert rows_left(small.root / "hem" / "store", items[:4]) == 0


def test_a_month_that_somebody_works_on_waits(small: Small) -> None:
    """A partition whose lease is taken is left for the next run, and nothing of the order is counted until then."""
    items = fill(small)
    digest = order(small)
    with small.open() as home, small.open() as other:
        with other.ground.state.hold_lease(f"partition:{AUTHORITY}/{JULY}"):
            found = execute(home, digest)
        assert (found.standing, found.culled, found.kept) == ("open", 0, 0)
        assert found.left == {"R-LEASE-TAKEN": 1}
        assert {items[2], items[3]} <= small.stored()
        assert execute(home, digest).standing == "done"


def test_a_database_that_refuses_stops_neither_order_nor_night(small: Small) -> None:
    """Whatever the database refuses is told as a code: by the order, and by the night that takes it up again."""
    items = fill(small)
    digest = order(small)

    def refuse(name: str) -> None:
        if name.startswith("partition:"):
            raise StateError("deadlock")

    with small.open() as home:
        bad = with_state(home, OddState(home.ground.state, at_lease=refuse))
        first = execute(bad, digest)
        assert (first.standing, first.left) == ("open", {"R-UNEXPECTED-StateError": 2})
        assert set(items[:4]) <= small.stored()
        (again,) = resume(bad)
        assert (again.standing, again.left) == ("open", {"R-UNEXPECTED-StateError": 2})
        (done,) = resume(home)
    assert (done.standing, done.culled) == ("done", 4)


def test_a_night_goes_on_after_an_order_that_fails_as_a_whole(small: Small) -> None:
    """A failure before any partition is told as a code too; the order stays as it is."""
    fill(small)
    digest = order(small)

    def refuse(name: str) -> None:
        if name == "cull" or name.startswith("partition:"):
            raise StateError("deadlock")

    with small.open() as home:
        state = home.ground.state
        with state.hold_lease(f"partition:{AUTHORITY}/{MAY}"):
            assert execute(home, digest).standing == "open"
        (found,) = resume(with_state(home, OddState(state, at_lease=refuse)))
        assert (found.standing, found.left) == ("open", {"R-UNEXPECTED-StateError": 1})
        (done,) = resume(home)
    assert (done.standing, done.culled) == ("done", 4)
