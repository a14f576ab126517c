"""Items are taken out of record documents: what stays is the same, what goes is gone, and archiving copes with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest

from connectors.chance import SeededChance
from connectors.state import open_database
from flows.keep import documents
from flows.keep.documents import DamagedError, Replaced, without
from flows.keep.recover import recover
from flows.keep.rewrite import rewrite
from schemas.books import Books, Copy
from schemas.ids import ItemId, Month
from schemas.neighbours import Store
from schemas.refusal import RefusedError
from schemas.xml.record import Examined, examine, read_header
from tests.archive.world import SetClock, World, item, numbers, row
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

NIGHT = "2024-12-01T02:00Z"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An archive with five items of two accounts, in a main document each."""
    state = open_database(f"sqlite:///{tmp_path / 'state.db'}")
    world = World(root=tmp_path, state=state, clock=SetClock("2024-11-20T02:00+00:00"))
    world.account("arvika")
    world.account("biblioteket")
    world.put(
        [
            row(1, "2024-11-10T20:00Z"),
            row(2, "2024-11-10T20:00Z", text='<item id="202411-aaaaaaaaaaaaaaaa"', parent=item(1), thread=item(1)),
            row(2, "2024-11-14T20:00Z", row="sighting", state="hidden"),
            row(2, "2024-11-15T20:00Z", row="observation", text=None, payload=None, counts=(("likes", 3),)),
            row(3, "2024-11-11T20:00Z", text="x" * 300_000),
            row(4, "2024-11-10T20:00Z", account="biblioteket"),
        ]
    )
    world.run(NIGHT)
    yield world
    state.close()


def take_out(world: World, *items: ItemId, ground: object = None, seed: str = "cull") -> Replaced:
    """Replacements for the partition, written under its lease; nothing is registered."""
    with world.state.hold_lease("partition:ks/2024-11") as lease:
        return without(
            ground or world.ground(),  # type: ignore[arg-type] # a ground with stopping ports
            lease,
            world.copies(),
            frozenset(items),
            at=world.clock.now(),
            chance=SeededChance(f"{seed}{lease.fence}"),
        )


def cull(world: World, *items: ItemId) -> Replaced:
    """The same, then the swap as a culling makes it: rows and documents in one transaction."""
    with world.state.hold_lease("partition:ks/2024-11") as lease:
        chance = SeededChance(f"swap{lease.fence}")
        found = without(world.ground(), lease, world.copies(), frozenset(items), at=world.clock.now(), chance=chance)

        def also(books: Books) -> None:
            for copy in found.new:
                books.copies.add(copy)
            books.intents.close([copy.key for copy in found.new])
            books.copies.retire(found.old)

        rewrite(
            world.state,
            world.store,
            lease,
            "ks",
            Month("2024-11"),
            drop=pa.array(list(items), pa.string()),
            act="cull.swap",
            chance=chance,
            clock=world.clock,
            also=also,
        )
    return found


def test_what_stays_is_the_same_and_what_goes_is_gone(world: World) -> None:
    """Every row of the items is left out of the one document that holds them; all others are equal, header too."""
    before = world.content()
    (old, other) = world.copies()
    with world.store.open(old.key) as source:
        header = read_header(source)
    found = take_out(world, item(2), item(99))
    assert found.old == (old.key,)
    (new,) = found.new
    assert world.copies() == [old, other]
    assert world.rows(new) == [one for one in before["2024-11", "arvika", "main"] if one.item != item(2)]
    assert (found.dropped.items, found.dropped.versions, found.dropped.sightings, found.dropped.observations) == (
        1,
        1,
        1,
        1,
    )
    with world.store.open(new.key) as source:
        now = read_header(source)
    assert (now.edition, now.platform, now.part) == (header.edition, header.platform, header.part)
    assert now.salt != header.salt
    assert new.through is not None
    assert new.through.isoformat() == "2024-11-11T20:00:00+00:00"


def test_nothing_is_left_of_a_document_whose_items_all_go(world: World) -> None:
    """There is no document without items: the old one is named with no replacement."""
    (_, other) = world.copies()
    found = take_out(world, item(4))
    assert dict(found.copies) == {other.key: None}
    assert found.dropped.versions == 1
    assert len(world.objects()) == 2


def test_nothing_is_written_when_no_document_holds_an_item(world: World) -> None:
    """An id that stands in a text, or as a parent or thread of others alone, is in no document."""
    found = take_out(world, ItemId("202411-aaaaaaaaaaaaaaaa"), item(7))
    assert (found.old, found.new, found.dropped.rows) == ((), (), 0)
    assert take_out(world).old == ()
    assert len(world.objects()) == 2


@pytest.mark.parametrize("chunk", [65, 1000, 1 << 20])
def test_an_item_is_found_wherever_a_chunk_ends(world: World, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    """Reading in pieces of any size finds every item once."""
    monkeypatch.setattr(documents, "_CHUNK", chunk)
    for number in (1, 2, 3):
        assert len(take_out(world, item(number), seed=f"cull{number}").old) == 1


def test_a_document_that_cannot_be_read_is_refused_without_content(world: World) -> None:
    """Cut off, altered or missing: the caller must keep the items; also when the damaged place is elsewhere."""
    (old, _) = world.copies()
    path = world.root / "store" / old.key
    whole = path.read_bytes()
    path.chmod(0o600)
    for bad in (whole[:-200], whole.replace(b"xxxx", b"yyyy", 1), whole.replace(b'<item id="', b'<item  id="', 1)):
        path.write_bytes(bad)
        with pytest.raises(RefusedError) as refused:
            take_out(world, item(1))
        assert (refused.value.field, refused.value.value) == (old.key, "DIGEST")
    path.unlink()
    with pytest.raises(RefusedError) as refused:
        take_out(world, item(1))
    assert refused.value.value == "MISSING"


def test_a_document_registered_for_another_partition_is_refused(world: World) -> None:
    """A register that does not fit the document is no ground to write another."""
    (old, _) = world.copies()
    with world.state.hold_lease("partition:ks/2024-11") as lease, pytest.raises(RefusedError, match="HEADER"):
        without(
            world.ground(),
            lease,
            [
                Copy(
                    key=old.key, kind=old.kind, authority="ks", month="2024-11", account="x", part="main", made=old.made
                )
            ],
            frozenset([item(1)]),
            at=world.clock.now(),
            chance=SeededChance("x"),
        )


def test_a_replacement_that_is_not_what_was_written_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in the store decides; recovery takes the object away."""

    def bent(source: object) -> Examined:
        found = examine(source)  # type: ignore[arg-type] # the stream the act opened
        found.sha256 = "0" * 64
        return found

    monkeypatch.setattr(documents, "examine", bent)
    before = world.objects()
    with pytest.raises(DamagedError):
        take_out(world, item(1))
    assert len(world.objects()) == 3
    recover(world.state, world.store, world.clock.now())
    assert world.objects() == before


def test_stopped_at_any_write_nothing_is_left_after_recovery(world: World) -> None:
    """Before the swap the old documents are the true ones, and whatever was written is taken away again."""
    before, copies = world.objects(), world.copies()
    counter = Counter()
    points = 0
    while True:
        counter = Counter(points + 1)
        ground = world.ground(
            state=StoppingState(world.state, counter),
            store=cast("Store", StoppingStore(world.store, counter)),
        )
        try:
            take_out(world, item(1), ground=ground)
            break
        except StoppedError:
            points += 1
        recover(world.state, world.store, world.clock.now())
        assert (world.objects(), world.copies()) == (before, copies)
    assert points == 4
    recover(world.state, world.store, world.clock.now())
    assert world.objects() == before


def test_archiving_adds_nothing_to_what_culling_replaced(world: World) -> None:
    """After the swap the next nights, months and the closing merge neither rewrite nor miss anything."""
    cull(world, item(2), item(4))
    assert world.parts() == [("2024-11", "arvika", "main")]
    for night in ("2024-12-02T02:00Z", "2025-01-01T02:00Z", "2025-02-01T02:00Z", "2026-12-01T02:00Z"):
        report = world.run(night)
        assert (report.documents, report.findings) == ((), ())
    assert numbers(world.content()["2024-11", "arvika", "main"]) == [1, 3]
    world.token = "plan-2"
    report = world.run("2027-01-01T02:00Z")
    assert (report.looked, report.documents, report.findings) == (1, (), ())


def test_supplements_whose_main_document_went_are_merged_once(world: World) -> None:
    """When the main document has nothing left, the closing merge makes one of the supplements and then rests."""
    at = "2024-12-10T02:00Z"
    world.put([row(5, at), row(1, at, row="sighting")], at)
    world.run("2025-01-01T02:00Z")
    assert world.parts("arvika") == [("2024-11", "arvika", "main"), ("2024-11", "arvika", "supplement-2024-12")]
    found = cull(world, item(1), item(2), item(3))
    assert len(found.old) == 2
    assert world.parts("arvika") == [("2024-11", "arvika", "supplement-2024-12")]
    assert world.run("2025-02-02T02:00Z").findings == ()
    world.run("2026-12-01T02:00Z")
    assert world.parts("arvika") == [("2024-11", "arvika", "main")]
    assert numbers(world.content()["2024-11", "arvika", "main"]) == [5]
    assert world.run("2026-12-02T02:00Z").looked == 0


def test_a_month_of_which_nothing_is_left_is_forgotten(world: World) -> None:
    """Neither rows nor documents: the partition is not looked at again, and no error is made of it."""
    cull(world, *(item(number) for number in range(1, 5)))
    assert world.parts() == []
    world.token = "plan-2"
    for night in ("2024-12-02T02:00Z", "2025-01-01T02:00Z", "2026-12-01T02:00Z"):
        report = world.run(night)
        assert (report.looked, report.documents, report.findings) == (0, (), ())
    assert world.objects() == []
