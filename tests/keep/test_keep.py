"""Append, rewrite, derived files and recovery: whole or not at all, wherever they are stopped."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest

from connectors.chance import SeededChance
from connectors.clock import FixedClock
from connectors.state import Database
from connectors.storage.folder import FolderStore
from flows.keep.append import Addition, append
from flows.keep.derived import remove_retired, write_derived
from flows.keep.read import partitions, rows_of_item
from flows.keep.recover import recover
from flows.keep.rewrite import compact, rewrite
from schemas.books import Copy, LeaseLostError, RevisionChangedError, State
from schemas.ground import Ground
from schemas.ids import ItemId, Month, native_hash, new_item_id
from schemas.neighbours import MediaBytes, Store
from schemas.receipt import Receipt
from schemas.record import MediaRef, Row
from schemas.shelf import medium
from schemas.tables import HOLDINGS, to_table
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

AT = datetime(2024, 3, 1, 12, tzinfo=UTC)
MONTH = Month("2024-03")
KEY = b"k" * 32
DIGEST = "0" * 60 + "beef"


def item(number: int) -> ItemId:
    """A fixed item id in the test's month."""
    return new_item_id(MONTH, number.to_bytes(10, "big"))


def row(number: int, *, media: tuple[MediaRef, ...] = ()) -> Row:
    """A version of item ``number``."""
    return Row(
        row="version",
        item=item(number),
        authority="ks",
        platform="sample",
        account="kommun",
        kind="post",
        own=True,
        native=f"n{number}",
        author="Kommunen",
        author_native="k",
        parent=None,
        thread=item(number),
        parent_native=None,
        thread_native=None,
        published=AT,
        clock="stated",
        stated=AT,
        platform_time=AT,
        edited=None,
        observed=AT,
        version=1,
        state="seen",
        complete=None,
        evidence=None,
        text=f"inlägg {number}",
        language="sv",
        links=(),
        visibility=None,
        media=media,
        counts=(),
        identity=str(number),
        payload="{}",
        batch="b",
    )


@pytest.fixture
def ground(sqlite_state: Database, tmp_path: Path) -> Ground:
    """A folder store and a SQLite state."""
    (tmp_path / "store").mkdir()
    return Ground(
        state=sqlite_state,
        store=FolderStore(tmp_path / "store", "test"),
        clock=FixedClock(AT),
        chance=SeededChance("test"),
    )


def addition(*numbers: int, media: bool = False) -> Addition:
    """An addition of new items, each referring to one attachment when asked for."""
    refs = (MediaRef(role="picture", origin="o", digest=DIGEST, size=4),) if media else ()
    rows = [row(number, media=refs) for number in numbers]
    found = (
        {DIGEST: MediaBytes(file=io.BytesIO(b"bild"), digest=DIGEST, size=4, media_type="image/png")} if media else {}
    )
    return Addition(
        batch="b",
        tables={("ks", MONTH): to_table(rows)},
        natives=[(native_hash(KEY, "ks", "sample", f"n{number}"), item(number)) for number in numbers],
        media=found,
        references=[(one.item, DIGEST) for one in rows] if media else [],
        act="harvest.batch",
        subject="kommun",
    )


def add(ground: Ground, what: Addition) -> None:
    """One append under the account's lease."""
    with ground.state.hold_lease("account:kommun") as lease:
        append(ground.state, ground.store, lease, what, chance=ground.chance, at=AT)


def stored(ground: Ground) -> list[str]:
    """Item ids of all live rows."""
    return [
        name for _, _, table in partitions(ground.state, ground.store, ["item"]) for name in table["item"].to_pylist()
    ]


def objects(ground: Ground) -> set[str]:
    """Keys of all objects in the store."""
    return {info.key for info in ground.store.list("")}


def known(ground: Ground) -> set[str]:
    """Keys that the state says are there."""
    with ground.state.reading() as books:
        keys = {file.key for file in books.manifest.live()} | {copy.key for copy in books.copies.find()}
        if books.media.size(DIGEST) is not None:
            keys.add(medium(DIGEST))
    return keys


def stopped(ground: Ground, point: int | None) -> tuple[Ground, Counter]:
    """The same ground, stopping at a point."""
    counter = Counter(point)
    # The wrappers hand everything else through; mypy cannot see that through __getattr__.
    store = cast("Store", StoppingStore(ground.store, counter))
    state: State = StoppingState(ground.state, counter)
    return Ground(state=state, store=store, clock=ground.clock, chance=SeededChance("test")), counter


def test_rows_come_back(ground: Ground) -> None:
    """What is appended can be read back, row by row."""
    add(ground, addition(1, 2))
    assert sorted(stored(ground)) == sorted([item(1), item(2)])
    assert [one.text for one in rows_of_item(ground.state, ground.store, item(2))] == ["inlägg 2"]


def test_append_is_whole_wherever_it_is_stopped(ground: Ground) -> None:
    """Stopped before or after any write and recovered, an append is there wholly or not at all, and nothing is left."""
    point = 0
    while True:
        point += 1
        stopping, counter = stopped(ground, point)
        numbers = (point * 2, point * 2 + 1)
        before = set(stored(ground))
        try:
            add(stopping, addition(*numbers, media=True))
        except StoppedError:
            pass
        recover(ground.state, ground.store, AT)
        after = set(stored(ground))
        assert after - before in (set(), {item(numbers[0]), item(numbers[1])})
        assert objects(ground) == known(ground)
        with ground.state.reading() as books:
            found = books.natives.find([native_hash(KEY, "ks", "sample", f"n{number}") for number in numbers])
            assert books.intents.dead() == []
        assert bool(found) == bool(after - before)
        if counter.points < point:
            break
    assert point > 8


def test_compaction_changes_no_row_wherever_it_is_stopped(ground: Ground) -> None:
    """Stopped before or after any write and recovered, compaction has changed no row and left no file behind."""
    point = 0
    while True:
        point += 1
        for number in range(3):
            add(ground, addition(point * 10 + number))
        before = sorted(stored(ground))
        stopping, counter = stopped(ground, point)
        try:
            compact(stopping.state, stopping.store, chance=SeededChance(str(point)), clock=ground.clock, limit=2)
        except StoppedError:
            pass
        recover(ground.state, ground.store, AT)
        assert sorted(stored(ground)) == before
        assert objects(ground) == known(ground)
        if counter.points < point:
            break
    compact(ground.state, ground.store, chance=SeededChance("end"), clock=ground.clock, limit=1)
    assert sorted(stored(ground)) == before
    assert len(known(ground)) == 1


def test_rewrite_drops_what_it_is_told(ground: Ground) -> None:
    """A rewrite leaves out the rows of the named items and keeps every other row as it was."""
    add(ground, addition(1, 2, 3))
    keep = {number: rows_of_item(ground.state, ground.store, item(number)) for number in (1, 3)}
    with ground.state.hold_lease("partition:ks/2024-03") as lease:
        done = rewrite(
            ground.state,
            ground.store,
            lease,
            "ks",
            MONTH,
            drop=pa.array([item(2)], pa.string()),
            act="test.rewrite",
            chance=ground.chance,
            clock=ground.clock,
        )
    assert (done.rows_before, done.rows_after) == (3, 2)
    assert {number: rows_of_item(ground.state, ground.store, item(number)) for number in (1, 3)} == keep
    assert rows_of_item(ground.state, ground.store, item(2)) == []
    assert objects(ground) == known(ground)


def test_swap_fails_when_the_judgement_is_stale(ground: Ground) -> None:
    """A swap judged under an older revision fails and leaves the old file live."""
    add(ground, addition(1, 2))
    with ground.state.reading() as books:
        revision = books.revision()
    with ground.state.writing() as books:
        books.holds.set("authority", "ks", "någon", AT)
    with ground.state.hold_lease("partition:ks/2024-03") as lease, pytest.raises(RevisionChangedError):
        rewrite(
            ground.state,
            ground.store,
            lease,
            "ks",
            MONTH,
            drop=pa.array([item(2)], pa.string()),
            act="test.rewrite",
            chance=ground.chance,
            clock=ground.clock,
            revision=revision,
        )
    assert sorted(stored(ground)) == [item(1), item(2)]


def test_lost_lease_registers_nothing(ground: Ground) -> None:
    """An append whose lease was released is refused, and its objects are taken away."""
    with ground.state.hold_lease("account:kommun") as lease:
        pass
    with pytest.raises(LeaseLostError):
        append(ground.state, ground.store, lease, addition(1), chance=ground.chance, at=AT)
    assert stored(ground) == []
    assert objects(ground) == set()


def test_attachment_is_stored_once(ground: Ground) -> None:
    """Two items with the same attachment share one object and have a reference each."""
    add(ground, addition(1, media=True))
    add(ground, addition(2, media=True))
    assert [key for key in objects(ground) if key.startswith("media/")] == [medium(DIGEST)]
    with ground.state.writing() as books:
        assert books.media.unrefer([item(1)]) == ()
        assert books.media.unrefer([item(2)]) == (DIGEST,)


def test_vanished_attachment_is_put_again(ground: Ground) -> None:
    """An attachment that was removed between being put and being referred to is put again before the commit."""
    what = addition(1, media=True)

    class Taking(StoppingStore):
        def head(self, key: str) -> object:
            if key.startswith("media/"):
                ground.store.destroy(key)
            return ground.store.head(key)

    taking = cast("Store", Taking(ground.store, Counter()))
    with ground.state.hold_lease("account:kommun") as lease:
        append(ground.state, taking, lease, what, chance=ground.chance, at=AT)
    assert medium(DIGEST) in objects(ground)


def test_unknown_object_is_never_swept(ground: Ground) -> None:
    """Recovery leaves an object alone that no intent names."""
    ground.store.put_new("holdings/ks/2024-03/" + "f" * 64 + ".parquet", b"?")
    recover(ground.state, ground.store, AT)
    assert len(objects(ground)) == 1


def test_derived_file_is_registered_or_gone(ground: Ground) -> None:
    """A derived file stopped at any write is, after recovery, either registered or not there."""
    for point in range(1, 8):
        stopping, _ = stopped(ground, point)
        copy = Copy(key=f"work/proposals/{point}.parquet", kind="proposal", made=AT)
        receipt = Receipt(act="test", at=AT, actor="bevara")
        try:
            with stopping.state.hold_lease("proposals") as lease:
                write_derived(stopping.state, stopping.store, lease, copy, b"lista", receipt)
        except StoppedError:
            pass
        recover(ground.state, ground.store, AT)
        assert objects(ground) == known(ground)


def test_retired_copy_is_observed_absent(ground: Ground) -> None:
    """A retired copy is removed from the store, and forgotten only then."""
    with ground.state.hold_lease("proposals") as lease:
        copy = Copy(key="work/proposals/x.parquet", kind="proposal", made=AT)
        write_derived(ground.state, ground.store, lease, copy, b"lista", None)
    with ground.state.writing() as books:
        books.copies.retire(["work/proposals/x.parquet"])
    assert remove_retired(ground.state, ground.store, AT, ()).removed == 1
    assert objects(ground) == set()
    with ground.state.reading() as books:
        assert books.copies.retired() == []


def test_no_content_in_a_footer(ground: Ground) -> None:
    """A file's footer has statistics of times alone: no text, name or id of an item stands in it."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only here

    add(ground, addition(1))
    key = next(iter(objects(ground)))
    with ground.store.open(key) as stream:
        metadata = pq.ParquetFile(stream).metadata
        group = metadata.row_group(0)
        named = {
            group.column(number).path_in_schema
            for number in range(metadata.num_columns)
            if group.column(number).statistics is not None
        }
    assert named <= {"published", "observed"}
    assert set(HOLDINGS.names) >= named
