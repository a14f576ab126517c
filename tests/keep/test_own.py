"""What Bevara itself makes: an item like any other, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import cast

import pytest

from flows.archive.nightly import run_archive
from flows.keep.own import OwnFile, own_file, read_own, write_own
from flows.keep.recover import recover
from flows.verify.act import verify
from schemas.books import Books, LeaseTakenError
from schemas.ground import Ground
from schemas.ids import ItemId, month_of
from schemas.neighbours import MissingError, Store
from schemas.shelf import medium
from tests.archive.conftest import new_world, world
from tests.archive.world import AUTHORITY, World, item, row
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

__all__ = ["new_world", "world"]
FILES = (
    OwnFile(name="protokoll.xml", media_type="application/xml", data=b"<x/>"),
    OwnFile(name="protokoll.pdf", media_type="application/pdf", data=b"%PDF"),
)


def write(
    ground: Ground, *, files: tuple[OwnFile, ...] = FILES, also: Callable[[Books, ItemId], None] | None = None
) -> ItemId:
    """A certificate with two files."""
    return write_own(
        ground,
        kind="certificate",
        authority=AUTHORITY,
        text="Gallringsprotokoll åäö",
        payload={"order": "1", "leaves": [1, 2]},
        at=ground.clock.now(),
        act="test.own",
        evidence={"leaves": 2},
        files=files,
        also=also,
    )


def test_an_item_of_ours_is_read_back_with_its_files(world: World) -> None:
    """Its row says what it is; its files are the bytes that were given; the receipt names it by its id."""
    ground = world.ground()
    noted: list[ItemId] = []

    def note(books: Books, one: ItemId) -> None:
        noted.append(one)
        books.set_setting("certificate", one)

    name = write(ground, also=note)
    found = read_own(ground, name)
    assert found is not None
    assert (found.platform, found.account, found.own, found.author) == ("bevara", "bevara", True, "Bevara")
    assert (found.kind, found.native, found.thread) == ("certificate", f"bevara:certificate:{name}", name)
    assert found.published == world.clock.now()
    assert month_of(name) == "2024-11"
    assert json.loads(found.payload or "") == {"order": "1", "leaves": [1, 2]}
    assert [(one.role, one.origin, one.alt, one.size) for one in found.media] == [
        ("document", "protokoll.xml", None, 4),
        ("document", "protokoll.pdf", None, 4),
    ]
    assert [own_file(ground, found, file.name) for file in FILES] == [file.data for file in FILES]
    with world.state.reading() as books:
        assert noted == [books.setting("certificate")] == [name]
        (link,) = [link for link in books.ledger.about(name) if '"test.own"' in link.body]
        assert len(books.media.of([name])) == 2
    assert json.loads(link.body)["evidence"]["leaves"] == 2


def test_a_person_stands_in_the_payload(world: World) -> None:
    """On whose behalf it was made is content of the item."""
    ground = world.ground()
    name = write_own(
        ground,
        kind="decision",
        authority=AUTHORITY,
        text="x",
        payload={"a": 1},
        at=world.clock.now(),
        act="test.own",
        actor="Eva Ek",
    )
    found = read_own(ground, name)
    assert found is not None
    assert json.loads(found.payload or "") == {"a": 1, "by": "Eva Ek"}


def test_an_item_about_another_lies_in_its_thread(world: World) -> None:
    """Parent and thread are those of what it is about."""
    below = row(2, "2024-11-12T00:00+00:00", parent=item(1), thread=item(1))
    name = write_own(
        world.ground(),
        kind="decision",
        authority=AUTHORITY,
        text="x",
        payload={},
        at=world.clock.now(),
        act="test.own",
        about=below,
    )
    found = read_own(world.ground(), name)
    assert found is not None
    assert (found.parent, found.thread) == (item(2), item(1))


def test_what_is_not_there_or_not_ours_is_not_read(world: World) -> None:
    """No such item, an item of a platform, a file of another name, a file whose bytes have changed."""
    ground = world.ground()
    world.put([row(1, "2024-11-12T00:00+00:00")])
    assert read_own(ground, item(1)) is None
    assert read_own(ground, item(9)) is None
    found = read_own(ground, write(ground))
    assert found is not None
    with pytest.raises(MissingError):
        own_file(ground, found, "annat.pdf")
    digest = found.media[0].digest
    assert digest is not None
    world.store.destroy(medium(digest))
    world.store.put_new(medium(digest), b"<y/>")
    with pytest.raises(MissingError):
        own_file(ground, found, "protokoll.xml")


def test_two_files_of_one_name_are_refused(world: World) -> None:
    """They could not be told apart."""
    with pytest.raises(ValueError, match="different names"):
        write(world.ground(), files=(FILES[0], FILES[0]))


def test_a_lease_that_is_not_given_back_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller learns it; nothing is written."""
    monkeypatch.setattr("flows.keep.patience._PAUSE", 0.001)
    with world.state.hold_lease(f"own:{AUTHORITY}"), pytest.raises(LeaseTakenError):
        write(world.ground())
    assert write(world.ground())


def test_items_of_ours_are_archived_and_verified(world: World) -> None:
    """They get a record document of their own after the month, and a deep verification finds nothing odd."""
    name = write(world.ground())
    world.clock.set("2024-12-01T02:00Z")
    run_archive(world.ground())
    assert ("2024-11", "bevara", "main") in world.parts()
    assert [one.item for one in world.content()["2024-11", "bevara", "main"]] == [name]
    report = verify(world.state, world.store, deep=True)
    assert [one.code for one in report.findings if one.severity == "error"] == []


def test_stopped_at_any_write_it_is_whole_or_not_there(new_world: Callable[..., World]) -> None:
    """Stopped and recovered: with what was to be noted in the same transaction, or no trace in the store."""
    points, point = 1, 0
    while point < points:
        point += 1
        one = new_world(f"stopped{point}")
        counter = Counter(point if point > 1 else None)
        ground = one.ground(
            state=StoppingState(one.state, counter), store=cast("Store", StoppingStore(one.store, counter))
        )
        note = lambda books, name: books.set_setting("certificate", name)  # noqa: E731 - one line, used here alone
        if point == 1:
            write(ground, also=note)
            points = counter.points
        else:
            with pytest.raises(StoppedError):
                write(ground, also=note)
            recover(one.state, one.store, one.clock.now())
        with one.state.reading() as books:
            noted = books.setting("certificate")
        objects = [info.key for info in one.store.list("")]
        if noted is None:
            assert objects == [], point
        else:
            found = read_own(one.ground(), ItemId(noted))
            assert found is not None
            assert [own_file(one.ground(), found, file.name) for file in FILES] == [file.data for file in FILES]
    assert points >= 8
