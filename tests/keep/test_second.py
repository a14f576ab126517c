"""The second place: what is copied there, when, and that nothing can be confused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from connectors.chance import SeededChance
from connectors.clock import FixedClock
from connectors.protection import read_head, refuse_restored
from connectors.state import Database
from connectors.storage.folder import FolderStore
from connectors.storage.s3 import S3Store
from flows.keep.second import LEASE, Synced, sync
from flows.verify.act import export_ledger
from schemas.books import Books, LeaseTakenError, Suppressed
from schemas.ground import Ground
from schemas.ids import ItemId, Month, new_item_id
from schemas.neighbours import Store
from schemas.order import Tombstone
from schemas.receipt import GENESIS, Link, Receipt, link
from schemas.refusal import GuardError
from schemas.second import (
    Identity,
    Listed,
    culled_key,
    lists,
    newest,
    read_entry,
    read_identity,
    read_link,
    relation,
    written,
)
from schemas.segments import gaps, second_span
from schemas.shelf import SECOND_CULLED, SECOND_LEDGER, second_culled
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ORDER = hashlib.sha256(b"order").hexdigest()


@pytest.fixture(params=["folder", "s3"])
def second(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty second place of both kinds."""
    if request.param == "folder":
        (tmp_path / "second").mkdir()
        return FolderStore(tmp_path / "second", "second")
    make_bucket: Callable[..., str] = request.getfixturevalue("make_bucket")
    make_store: Callable[..., S3Store] = request.getfixturevalue("make_s3_store")
    return make_store(make_bucket(versioned=True), "andra")


@pytest.fixture
def folder(tmp_path: Path) -> Store:
    """An empty second place in a folder."""
    (tmp_path / "andra").mkdir()
    return FolderStore(tmp_path / "andra", "second")


def _ground(state: Database, tmp_path: Path, second: Store | None) -> Ground:
    (tmp_path / "store").mkdir(exist_ok=True)
    with state.writing() as books:
        books.set_setting("key_check", "k")
    return Ground(
        state=state,
        store=FolderStore(tmp_path / "store", "test"),
        clock=FixedClock(AT),
        chance=SeededChance("test"),
        second=second,
    )


def _happens(ground: Ground, count: int = 1, act: str = "harvest.batch") -> None:
    with ground.state.writing() as books:
        for number in range(count):
            books.ledger.append(Receipt(act=act, at=AT, actor="Åsa", evidence={"n": number}))


def _cull(ground: Ground, *numbers: int) -> None:
    items = [new_item_id(Month("2024-03"), number.to_bytes(10, "big")) for number in numbers]
    with ground.state.writing() as books:
        books.natives.add([(hashlib.sha256(one.encode()).digest(), one) for one in items])
        books.natives.suppress(items, ORDER, AT)
        books.tombstones.add([_tombstone(one) for one in items])
        books.ledger.append(Receipt(act="cull.swapped", at=AT, actor="bevara", subjects=(ORDER,)))


def _tombstone(item: ItemId) -> Tombstone:
    return Tombstone(
        item=item,
        parent=None,
        thread=item,
        kind="post",
        rule="inlagg",
        edition="1",
        order=ORDER,
        culled=AT,
        salt=hashlib.sha256(item.encode()).digest(),
    )


def _keys(second: Store) -> list[str]:
    return [info.key for info in second.list("")]


def _acts(ground: Ground) -> list[str]:
    with ground.state.reading() as books:
        return [json.loads(one.body)["act"] for one in books.ledger.after(0)]


def _whole(ground: Ground, second: Store) -> bool:
    """Every link up to the second place's last lies there as it is, and every tombstone."""
    spans = [one for info in second.list(SECOND_LEDGER) if (one := second_span(info.key)) is not None]
    head = read_head(second)
    if head is None or gaps(spans, head.seq):
        return False
    lines = [line for info in second.list(SECOND_LEDGER) for line in second.get(info.key).splitlines()]
    with ground.state.reading() as books:
        links = books.ledger.after(0, head.seq)
        orders = books.tombstones.orders()
    there = newest(info.key for info in second.list(SECOND_CULLED))
    counts = {order: one.tombstones for order, one in there.items()}
    return [read_link(line) for line in lines] == list(links) and counts == orders


def test_what_is_new_is_copied_and_nothing_twice(state: Database, tmp_path: Path, second: Store) -> None:
    """Links, tombstones and suppression go to the second place; with nothing new nothing is written."""
    ground = _ground(state, tmp_path, second)
    _happens(ground, 3)
    _cull(ground, 1, 2)
    done = sync(ground)
    # Three, the culling's, and the one that speaks for the list.
    assert done == Synced(place=second.place, links=5, through=5, orders=1)
    assert _whole(ground, second)
    entries = [read_entry(line) for info in second.list(SECOND_CULLED) for line in second.get(info.key).splitlines()]
    assert {one.item for one in entries if isinstance(one, Tombstone)} == {
        new_item_id(Month("2024-03"), number.to_bytes(10, "big")) for number in (1, 2)
    }
    assert sum(isinstance(one, Suppressed) for one in entries) == 2
    before = _keys(second)
    assert sync(ground) == Synced(place=second.place, links=0, through=5, orders=0)
    assert _keys(second) == before
    assert _acts(ground).count("second.synced") == 1
    _cull(ground, 3)
    assert sync(ground).orders == 1
    assert _whole(ground, second)
    refuse_restored(state, second)


def test_the_ledger_speaks_for_every_list(sqlite_state: Database, tmp_path: Path, folder: Store) -> None:
    """The SHA-256 of a list is in a link that is copied with it; a list that is another is written anew."""
    ground = _ground(sqlite_state, tmp_path, folder)
    _happens(ground)
    _cull(ground, 1, 2)
    sync(ground)
    key = second_culled(ORDER, 2, 2)
    links = [read_link(line) for info in folder.list(SECOND_LEDGER) for line in folder.get(info.key).splitlines()]
    evidence = next(value["evidence"] for one in links if (value := json.loads(one.body))["act"] == "second.listed")
    assert evidence["sha256"] == hashlib.sha256(folder.get(key)).hexdigest() == folder.checksum(key)
    assert (evidence["order"], evidence["tombstones"], evidence["suppressed"]) == (ORDER, 2, 2)
    # A list under the name that the next one will have, from a history that was lost or by another hand.
    later = second_culled(ORDER, 3, 3)
    folder.put_new(later, b"not ours\n")
    sync(ground)
    assert folder.get(key)
    _cull(ground, 3)
    sync(ground)
    assert [info.key for info in folder.list(SECOND_CULLED)] == [later]
    assert len(folder.get(later).splitlines()) == 6


def test_what_is_culled_meanwhile_is_never_half_told(sqlite_state: Database, tmp_path: Path, folder: Store) -> None:
    """A culling between the reading of lists and their receipt makes both be read anew: lists and links agree."""
    ground = _ground(sqlite_state, tmp_path, folder)
    _happens(ground)
    _cull(ground, 1)
    turns = iter(range(2, 5))

    class Busy(StoppingState):
        @contextmanager
        def writing(self) -> Iterator[Books]:
            number = next(turns, None)
            if number is not None:
                _cull(ground, number)
            with super().writing() as books:
                yield books

    sync(replace(ground, state=Busy(ground.state, Counter())))
    links = [read_link(line) for info in folder.list(SECOND_LEDGER) for line in folder.get(info.key).splitlines()]
    (listed,) = [one for info in folder.list(SECOND_CULLED) if (one := culled_key(info.key)) is not None]
    assert sum(json.loads(one.body)["act"] == "cull.swapped" for one in links) == listed.tombstones == 4


def test_an_archive_at_rest_gets_no_segments(sqlite_state: Database, tmp_path: Path, folder: Store) -> None:
    """Exports and copyings, night after night, do not give each other reasons: an archive at rest stays as it is."""
    ground = _ground(sqlite_state, tmp_path, folder)
    _happens(ground)
    for _ in range(3):
        export_ledger(ground.state, ground.store, ground.clock)
        sync(ground)
    before = (_keys(folder), _acts(ground))
    for _ in range(3):
        export_ledger(ground.state, ground.store, ground.clock)
        sync(ground)
    assert (_keys(folder), _acts(ground)) == before


def test_forgotten_suppression_goes_there_too(sqlite_state: Database, tmp_path: Path, folder: Store) -> None:
    """When suppression entries are forgotten by the plan, the second place's list is replaced by one without them."""
    ground = _ground(sqlite_state, tmp_path, folder)
    _happens(ground)
    _cull(ground, 1, 2)
    sync(ground)
    with ground.state.writing() as books:
        assert books.natives.forget_suppressed(AT + timedelta(days=1)) == 2
        books.ledger.append(Receipt(act="cull.suppression-forgotten", at=AT, actor="bevara"))
    sync(ground)
    lists = [info.key for info in folder.list(SECOND_CULLED)]
    assert lists == [second_culled(ORDER, 2, 0)]
    assert b"suppressed" not in folder.get(lists[0])
    assert _whole(ground, folder)


def test_without_a_second_place_nothing_happens(sqlite_state: Database, tmp_path: Path) -> None:
    """A home without a second place, and one without anything to tell, copy nothing."""
    assert sync(_ground(sqlite_state, tmp_path, None)) == Synced()


def test_copying_is_finished_wherever_it_was_stopped(sqlite_state: Database, tmp_path: Path, folder: Store) -> None:
    """Stopped at any write and run again, the second place is whole and the archive is not refused."""
    ground = _ground(sqlite_state, tmp_path, folder)
    point = 0
    while True:
        point += 1
        _happens(ground, 2)
        _cull(ground, point)
        counter = Counter(point)
        stopping = replace(
            ground, state=StoppingState(ground.state, counter), second=cast("Store", StoppingStore(folder, counter))
        )
        try:
            sync(stopping)
        except StoppedError:
            pass
        refuse_restored(ground.state, folder)
        sync(ground)
        assert _whole(ground, folder)
        if counter.points < point:
            break
    assert point > 6


def test_two_copyings_are_kept_apart(sqlite_state: Database, tmp_path: Path, folder: Store) -> None:
    """While one run copies, another is told so."""
    ground = _ground(sqlite_state, tmp_path, folder)
    _happens(ground)
    with ground.state.hold_lease(LEASE), pytest.raises(LeaseTakenError):
        sync(ground)


def test_another_homes_place_is_not_written_to(sqlite_state: Database, tmp_path: Path, folder: Store) -> None:
    """A second place of another home is refused, and nothing is written there."""
    ground = _ground(sqlite_state, tmp_path, folder)
    _happens(ground)
    folder.put_new("identity.json", Identity(check="annan", first="0" * 64).text())
    before = _keys(folder)
    with pytest.raises(GuardError, match="G-SECOND"):
        sync(ground)
    assert _keys(folder) == before


def test_an_older_archive_is_not_copied_over_a_newer(sqlite_state: Database, tmp_path: Path, folder: Store) -> None:
    """A run that passed the guard over does not mix an older or other history into the second place."""
    ground = _ground(sqlite_state, tmp_path, folder)
    _happens(ground, 2)
    sync(ground)
    last = read_head(folder)
    assert last is not None
    for extra in (5, 0):
        body = json.dumps({"act": "harvest.batch", "n": extra})
        made = Link(seq=last.seq + 1 + extra, body=body, previous=last.hash, hash=link(last.hash, body))
        line = {"seq": made.seq, "body": made.body, "prev": made.previous.hex(), "hash": made.hash.hex()}
        key = f"ledger/{made.seq:012d}-{made.seq:012d}.jsonl"
        folder.put_new(key, json.dumps(line).encode() + b"\n")
        _happens(ground, 2)
        before = _keys(folder)
        with pytest.raises(GuardError, match="G-RESTORED"):
            sync(ground)
        assert _keys(folder) == before
        folder.destroy(key)


def test_links_are_continued_as_they_were(state: Database) -> None:
    """Links that follow are added with their subjects; one that does not follow is refused, and nothing is added."""
    with state.writing() as books:
        first = books.ledger.append(Receipt(act="a", at=AT, actor="bevara", subjects=("konto",)))
    body = Receipt(act="b", at=AT, actor="bevara", subjects=("konto", "annat")).body()
    second = Link(seq=2, body=body, previous=first.hash, hash=link(first.hash, body))
    for wrong in (
        replace(second, seq=3),
        replace(second, previous=GENESIS),
        replace(second, hash=GENESIS),
        replace(second, body=body.replace("annat", "andra")),
    ):
        with pytest.raises(GuardError, match="G-FORK"), state.writing() as books:
            books.ledger.continue_with([second, wrong])
    with state.writing() as books:
        books.ledger.continue_with([second])
        third = books.ledger.append(Receipt(act="c", at=AT, actor="bevara"))
    assert (third.seq, third.previous) == (3, second.hash)
    with state.reading() as books:
        assert list(books.ledger.after(0)) == [first, second, third]
        assert list(books.ledger.about("annat")) == [second]


def test_relations_of_heads() -> None:
    """Level, older and apart, as numbers and hashes say."""
    known = Link(seq=3, body="", previous=GENESIS, hash=b"h" * 32)
    assert relation(0, None, None) == "level"
    assert relation(3, known, b"h" * 32) == "level"
    assert relation(7, known, b"h" * 32) == "level"
    assert relation(2, known, None) == "older"
    assert relation(3, known, b"x" * 32) == "apart"


def test_what_is_written_can_be_read() -> None:
    """Every entry comes back as it was; what is none is refused."""
    item = new_item_id(Month("2024-03"), b"0123456789")
    for entry in (
        _tombstone(item),
        replace(_tombstone(item), parent=item),
        Suppressed(hash=b"h" * 32, order=ORDER, culled=AT),
    ):
        assert read_entry(written(entry)) == entry
    for bad in ("{}", "[]", "x", '{"entry":"tombstone"}', written(_tombstone(item)).replace(item, "namn")):
        with pytest.raises(ValueError, match=r".*"):
            read_entry(bad)
    identity = Identity(check="k", first="ab")
    assert read_identity(identity.text()) == identity
    for data in (b"{}", b"[]", b"", b'{"check":1,"first":"a"}'):
        with pytest.raises(ValueError, match=r".*"):
            read_identity(data)
    listed = Listed(order=ORDER, tombstones=7, suppressed=9)
    assert culled_key(second_culled(ORDER, 7, 9)) == listed
    shorter, longer = replace(listed, suppressed=8), replace(listed, tombstones=8)
    assert lists(second_culled(one.order, one.tombstones, one.suppressed) for one in (listed, longer, shorter)) == {
        ORDER: [longer, shorter, listed]
    }
    assert culled_key("culled/x.jsonl") is None
