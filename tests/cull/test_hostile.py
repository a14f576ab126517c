"""Somebody forges the list, the orders or the database, or takes a place away: nothing goes that nobody approved."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.home import open_home
from flows.cull.act import propose
from flows.cull.approval import withdraw
from flows.cull.execute import execute
from flows.cull.listing import Scope
from flows.keep.holds import set_hold
from flows.keep.rewrite import compact
from flows.keep.second import sync
from flows.oversee.marks import mark_items
from schemas.ids import ItemId
from schemas.refusal import GuardError
from schemas.shelf import proposal
from tests.cull.archive import APPROVER, AS_OF, OFFICER, YOUNG, Small, plan_text
from tests.cull.interference import (
    FIRST,
    add_place,
    copy_store,
    fill,
    order,
    rows_left,
    with_stubborn_mirrors,
)

Change = Callable[[pa.Table], pa.Table]


def _set(name: str, *values: object) -> Change:
    """Set a column to a value, or its first rows to the values where there are several."""

    def change(table: pa.Table) -> pa.Table:
        old = table[name].to_pylist()
        new = [values[0]] * len(old) if len(values) == 1 else [*values, *old[len(values) :]]
        field = table.schema.field(name)
        return table.set_column(table.column_names.index(name), field, pa.array(new, field.type))

    return change


FORGERIES: dict[str, Change] = {
    "thread": _set("thread", "202001-aaaaaaaaaaaaaaaa"),
    "parent": _set("parent", "202001-aaaaaaaaaaaaaaaa"),
    "published": _set("published", datetime(2001, 1, 1, tzinfo=UTC)),
    "kind": _set("kind", "comment"),
    "authority": _set("authority", "annan-namnd", "arvika-ks"),
    "path": _set("authority", "../../../tmp/x", "arvika-ks"),
    "account": _set("account", "annat"),
    "versions": _set("versions", 7),
    "rule": _set("rule", "kommentar"),
    "row": lambda table: table.slice(1),
    "twice": lambda table: pa.concat_tables([table, table.slice(0, 1)]),
}


def _database(small: Small, statement: str, *values: object) -> None:
    """Change the home's database by hand."""
    with closing(sqlite3.connect(small.root / "hem" / "state" / "bevara.db")) as connection, connection:
        connection.execute(statement, values)


def _refused(small: Small, digest: str, code: str) -> None:
    """Executing is refused, and everything is still stored."""
    before = small.stored()
    with small.open() as home, pytest.raises(GuardError, match=code):
        execute(home, digest)
    assert small.stored() == before


def _all_of_a_type(small: Small) -> str:
    """A signed proposal under which all of the account and of its type would go."""
    small.put([small.row(published=FIRST) for _ in range(4)])
    return small.propose()


def test_an_altered_list_is_neither_approved_nor_executed(small: Small) -> None:
    """Whatever is altered in the frozen list, a word or a row, it is no longer the list that was signed."""
    items = fill(small)
    digest = small.propose()
    file = small.root / "hem" / "store" / proposal(digest)
    genuine = file.read_bytes()
    file.chmod(0o600)
    table = pq.read_table(file, partitioning=None)
    for change in FORGERIES.values():
        pq.write_table(change(table), file)
        with pytest.raises(GuardError, match="G-LIST"):
            small.approve(digest)
    file.write_bytes(genuine)
    small.approve(digest)
    small.later(minutes=1)
    for change in FORGERIES.values():
        pq.write_table(change(table), file)
        with small.open() as home, pytest.raises(GuardError, match="G-LIST"):
            execute(home, digest)
    assert small.stored() >= set(items)
    file.write_bytes(genuine)
    with small.open() as home:
        assert (execute(home, digest).standing, small.stored() & set(items[:4])) == ("done", set())


def test_a_guard_that_came_after_the_proposal_stops_too(unstarted: Small) -> None:
    """What would remain of a type at the proposal is marked away before the approval: the approval must name it."""
    small = unstarted
    posts = 'match = { kind = ["post", "reply"] }'
    unmarked = posts.replace(" }", ', marks = { forbidden = ["registrerad"] } }')
    registered = (
        '[[rule]]\nid = "reg"\ntype = "Registrerade inlägg"\naction = "bevara"\nreach = "item"\n'
        'match = { kind = ["post"], marks = { required = ["registrerad"] } }\n\n[[rule]]\nid = "ovrigt"'
    )
    small.start(text=plan_text().replace(posts, unmarked).replace('[[rule]]\nid = "ovrigt"', registered))
    young = [small.row(published=YOUNG) for _ in range(6)]
    small.put([*(small.row(published=FIRST) for _ in range(2)), *young])
    digest = small.propose()
    with small.open() as home:
        with home.ground.state.reading() as books:
            found = books.orders.get(digest)
        assert found is not None
        assert found.guards == ()
        mark_items(home.ground, [row.item for row in young], "registrerad", OFFICER, dnr="KS 2025/1")
    small.later(minutes=1)
    small.approve(digest, accept=())
    small.later(minutes=1)
    _refused(small, digest, "G-REMAIN")


def test_guards_rubbed_out_in_the_database_stop_all_the_same(small: Small) -> None:
    """What stops an order is what was signed, not what a row of the database says of it."""
    digest = _all_of_a_type(small)
    small.approve(digest, accept=())
    small.later(minutes=1)
    _refused(small, digest, "G-SHARE")
    _database(small, "UPDATE cull_order SET guards = '[]'")
    _refused(small, digest, "G-SHARE")


def test_an_execution_entered_by_hand_is_none(small: Small) -> None:
    """An operation written into the database passes neither the guards nor the approval's last day."""
    digest = _all_of_a_type(small)
    small.approve(digest, accept=())
    small.later(days=90)
    _refused(small, digest, "G-EXPIRED")
    _database(
        small,
        "INSERT INTO operation (order_digest, begun, culled, kept) SELECT order_digest, at, 0, 0 FROM signature"
        " WHERE act = 'approve'",
    )
    _database(small, "UPDATE cull_order SET standing = 'open'")
    _refused(small, digest, "G-LEDGER")


def test_a_withdrawn_order_is_not_brought_back_by_hand(small: Small) -> None:
    """The ledger knows of the withdrawal, whatever the order's row says."""
    fill(small)
    digest = order(small)
    with small.open() as home:
        withdraw(home, digest, APPROVER)
    _database(small, "UPDATE cull_order SET standing = 'approved'")
    _refused(small, digest, "G-LEDGER")


def test_a_quarantine_is_not_shortened_by_hand(unstarted: Small) -> None:
    """The ledger knows until when everything is to wait."""
    small = unstarted
    small.start(text=plan_text(settings='quarantine = "30 dagar"'))
    fill(small)
    digest = order(small)
    with small.open() as home:
        assert execute(home, digest).standing == "quarantined"
    _database(small, "UPDATE operation SET until = begun")
    small.later(minutes=1)
    _refused(small, digest, "G-LEDGER")


def test_a_backup_does_not_destroy_while_its_second_place_is_away(small: Small) -> None:
    """A hold set after the backup is known in the second place alone: without it nothing is destroyed."""
    second = add_place(small, "[second]", "andra")
    items = fill(small)
    digest = order(small)
    hem, backup = small.root / "hem", small.root / "kopia"
    with small.open() as home:
        sync(home.ground)
    shutil.copytree(hem, backup)
    with small.open() as home:
        set_hold(home.ground, "item", items[0], OFFICER)
        sync(home.ground)
    shutil.rmtree(hem)
    backup.rename(hem)
    with pytest.raises(GuardError, match="G-RESTORED"), small.open():
        pass
    second.rename(small.root / "borta")
    with open_home(hem, at=small.at, without_second=True) as home:
        found = execute(home, digest)
    assert (found.standing, found.culled, found.certificate) == ("open", 0, None)
    assert set(found.left) == {"second"}
    assert rows_left(hem / "store", items[:4]) == 4


def test_old_files_of_a_compaction_count_as_left(small: Small) -> None:
    """Files retired before the order was made, which a mirror would not let go, hold what it destroys: it stays open."""
    mirror = add_place(small, "[[mirror]]", "spegel")
    items = fill(small)
    small.put([small.row(published=FIRST)])
    digest = order(small)
    copy_store(small, mirror)
    with small.open() as home:
        ground = home.ground
        with ground.state.reading() as books:
            old = frozenset(file.key for file in books.manifest.live() if file.month == "2022-05")
        bad = with_stubborn_mirrors(home, old)
        compact(
            ground.state, ground.store, chance=ground.chance, clock=ground.clock, limit=1, mirrors=bad.ground.mirrors
        )
        found = execute(bad, digest)
        assert (found.standing, found.certificate, found.left["folder:spegel"]) == ("open", None, 2)
        assert rows_left(mirror, items[:4]) == 2
        done = execute(home, digest)
    assert (done.standing, done.culled, done.left) == ("done", 5, {})
    assert rows_left(mirror, items[:4]) == 0


def test_a_reader_of_the_database_keeps_the_order_open(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody's view keeps old pages in the database's log nothing is called done; afterwards they are gone."""
    monkeypatch.setattr("connectors.state.scrubbing._PATIENCE", 0.2)
    fill(small)
    digest = order(small)
    file = small.root / "hem" / "state" / "bevara.db"
    log = file.with_name("bevara.db-wal")
    with small.open() as home, home.ground.state.reading() as books:
        keys = [one.key.encode() for one in books.manifest.live() if one.month in ("2022-05", "2022-07")]
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM native").fetchall()
        with small.open() as home:
            found = execute(home, digest)
        assert all(key in log.read_bytes() for key in keys)
    assert (found.standing, found.certificate, found.left) == ("open", None, {"sqlite": 1})
    with small.open() as home:
        done = execute(home, digest)
        # The lease that is given back last is all that the log has in it.
        assert not any(key in log.read_bytes() for key in keys)
    assert (done.standing, done.culled) == ("done", 4)


def test_an_order_about_the_same_records_falls(small: Small) -> None:
    """Of two approved orders about the same records the second has nothing left to destroy, and gets no certificate."""
    fill(small)
    first, second = small.propose(as_of=date(2026, 1, 9)), small.propose(as_of=AS_OF)
    small.approve(first)
    small.approve(second)
    small.later(minutes=1)
    with small.open() as home:
        assert execute(home, first).culled == 4
    _refused(small, second, "G-UNAPPROVED")


def test_a_certificate_is_never_culled(unstarted: Small) -> None:
    """A plan by which our own records go after a year takes the proposal's record; the certificate stays."""
    small = unstarted
    kept, gone = (
        'action = "bevara"\nreach = "item"',
        'action = "gallra"\nperiod = "1 år"\ntrigger = "published"\nregistration = "no"',
    )
    small.start(text=plan_text().replace(kept, gone))
    small.put([small.row(published=FIRST), *(small.row(published=YOUNG) for _ in range(4))])
    digest = order(small)
    with small.open() as home:
        certificate = execute(home, digest).certificate
        with home.ground.state.reading() as books:
            found = books.orders.get(digest)
    assert found is not None
    assert found.record in small.stored()
    small.later(days=800)
    later = small.propose(as_of=small.at.date())
    small.approve(later)
    small.later(minutes=1)
    with small.open() as home:
        assert execute(home, later).standing == "done"
        with home.ground.state.reading() as books:
            waiting: set[ItemId | str] = {entry.subject for entry in books.outbox.waiting() if entry.kind == "register"}
    assert found.record not in small.stored()
    assert certificate in small.stored() & waiting


def test_drafts_do_not_outlive_what_they_list(small: Small) -> None:
    """No list, signed or not, names a destroyed record once the order is done: of the drafts nothing is left."""
    items = fill(small)
    with small.open() as home:
        drafts = [propose(home, day, Scope()).digest for day in (AS_OF, date(2026, 1, 9))]
    digest = order(small)
    store = small.root / "hem" / "store"
    assert all((store / proposal(draft)).exists() for draft in drafts)
    with small.open() as home:
        assert execute(home, digest).standing == "done"
    assert not any((store / proposal(draft)).exists() for draft in drafts)
    lists = [pq.read_table(file, columns=["item"], partitioning=None) for file in store.rglob("work/**/*.parquet")]
    assert not {item for table in lists for item in table["item"].to_pylist()} & set(items[:4])
