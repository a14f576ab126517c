"""Whatever happens in the middle of an execution: nothing goes that a check keeps, nothing is called gone that is left."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import BinaryIO, cast

import pytest

from connectors.storage.folder import FolderStore
from flows.cull.execute import Executed, execute
from flows.keep.holds import lift_hold, set_hold
from flows.keep.recover import recover
from flows.oversee.marks import mark_items
from schemas.books import LiveFile
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.neighbours import ObjectInfo, Remains, Store
from schemas.refusal import GuardError, RefusedError
from tests.cull.archive import OFFICER, OLD, YOUNG, Small, plan_text

FIRST, SECOND = OLD, OLD + timedelta(days=61)


class Meddling:
    """The given store; something happens when a chosen sort of call names a chosen sort of key, the first time."""

    def __init__(self, inner: Store, call: str, part: str, happens: Callable[[], object], *, times: int = 1) -> None:
        """``part``: what the key has in it. ``happens`` may raise."""
        self._inner, self._call, self._part, self._happens, self._times = inner, call, part, happens, times

    def __getattr__(self, name: str) -> object:
        """Everything else is the inner store's."""
        return getattr(self._inner, name)

    def _met(self, call: str, key: str) -> None:
        if call == self._call and self._part in key and self._times:
            self._times -= 1
            self._happens()

    def get(self, key: str) -> bytes:
        """As the inner store."""
        self._met("get", key)
        return self._inner.get(key)

    def put_new(self, key: str, data: bytes | BinaryIO) -> ObjectInfo:
        """As the inner store."""
        self._met("put", key)
        return self._inner.put_new(key, data)

    def destroy(self, key: str) -> Remains:
        """As the inner store."""
        self._met("destroy", key)
        return self._inner.destroy(key)


@pytest.fixture
def approved(small: Small) -> tuple[Small, list[ItemId], str]:
    """Two posts to be culled in each of two months, one kept in each, and an approved order."""
    rows = [small.row(published=month) for month in (FIRST, FIRST, SECOND, SECOND)]
    rows += [small.row("visitor_post", published=month, own=False) for month in (FIRST, SECOND)]
    items = small.put([*rows, *(small.row(published=YOUNG) for _ in range(4))])
    digest = small.propose()
    small.approve(digest)
    small.later(minutes=1)
    return small, items, digest


def _meddled(home: Home, call: str, part: str, happens: Callable[[], object], *, times: int = 1) -> Home:
    store = cast("Store", Meddling(home.ground.store, call, part, happens, times=times))
    return replace(home, ground=replace(home.ground, store=store))


def _run(small: Small, digest: str, call: str, part: str, happens: Callable[[Home], object]) -> Executed:
    with small.open() as home:
        return execute(_meddled(home, call, part, lambda: happens(home)), digest)


def test_a_hold_in_the_middle_keeps_what_is_not_gone(approved: tuple[Small, list[ItemId], str]) -> None:
    """A hold on a record of the second month, set while that month is read: its neighbour goes, it stays."""
    small, items, digest = approved
    found = _run(small, digest, "get", "/2022-07/", lambda home: set_hold(home.ground, "item", items[2], OFFICER))
    assert (found.standing, found.culled, found.kept) == ("done", 3, 1)
    assert small.stored() & set(items[:4]) == {items[2]}


def test_a_hold_by_words_in_the_middle_keeps_too(approved: tuple[Small, list[ItemId], str]) -> None:
    """A hold whose words lie in an archive record alone is found out anew before each month."""
    small, items, digest = approved
    found = _run(small, digest, "get", "/2022-07/", lambda home: set_hold(home.ground, "search", "nummer 4", OFFICER))
    assert (found.culled, found.kept) == (3, 1)
    assert small.stored() & set(items[:4]) == {items[3]}


def test_a_hold_set_and_lifted_in_the_middle_keeps(approved: tuple[Small, list[ItemId], str]) -> None:
    """What a hold bound since the proposal needs a new one, though it was lifted at once."""
    small, items, digest = approved

    def briefly(home: Home) -> None:
        lift_hold(home.ground, set_hold(home.ground, "item", items[2], OFFICER).number, OFFICER)

    found = _run(small, digest, "get", "/2022-07/", briefly)
    assert (found.standing, found.culled, found.kept) == ("done", 3, 1)
    assert items[2] in small.stored()


def test_a_mark_in_the_middle_keeps(approved: tuple[Small, list[ItemId], str]) -> None:
    """A review that keeps, made in the middle, counts."""
    small, items, digest = approved
    found = _run(
        small,
        digest,
        "get",
        "/2022-07/",
        lambda home: mark_items(home.ground, [items[3]], "granskad-bevara", OFFICER),
    )
    assert (found.culled, found.kept) == (3, 1)
    assert items[3] in small.stored()


def test_an_edition_in_the_middle_keeps(approved: tuple[Small, list[ItemId], str]) -> None:
    """A new edition adopted in the middle: what it does not let go stays."""
    small, items, digest = approved
    found = _run(small, digest, "get", "/2022-07/", lambda _: small.adopt(plan_text(edition="2", period="30 år")))
    assert (found.standing, found.culled, found.kept) == ("done", 2, 2)
    assert small.stored() & set(items[:4]) == set(items[2:4])


def test_a_version_in_the_middle_keeps(approved: tuple[Small, list[ItemId], str]) -> None:
    """A later version that is stored in the middle restarts the period, or at least was never approved."""
    small, items, digest = approved
    edited = replace(
        small.row(published=SECOND), item=items[2], thread=items[2], version=2, observed=small.at, edited=small.at
    )
    found = _run(small, digest, "get", "/2022-07/", lambda _: small.put([edited], new=False))
    assert found.culled == 3
    assert items[2] in small.stored()


def test_a_file_damaged_in_the_middle_leaves_the_order_open(approved: tuple[Small, list[ItemId], str]) -> None:
    """A file that cannot be read at all stays and is told, here and in the last look; mended, the order is finished."""
    small, items, digest = approved
    with small.open() as home:
        key = next(file.key for file in _live(home, items[2:4]))
    path = small.root / "hem" / "store" / key
    whole = path.read_bytes()
    path.chmod(0o600)
    found = _run(small, digest, "get", "/2022-07/", lambda _: path.write_bytes(whole[:-200] + b"\0" * 200))
    assert (found.standing, found.certificate, found.culled) == ("open", None, 0)
    assert found.left["damaged"] == 1
    path.write_bytes(whole)
    with small.open() as home:
        done = execute(home, digest)
    assert (done.standing, done.culled, done.left) == ("done", 4, {})


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_a_store_that_fails_once_leaves_the_order_open(approved: tuple[Small, list[ItemId], str], error: int) -> None:
    """A full disk while a month is rewritten: that month waits whole, the other goes; the next run finishes."""
    small, items, digest = approved

    def full(_: Home) -> None:
        raise OSError(error, "no")

    found = _run(small, digest, "put", "/2022-05/", full)
    assert (found.standing, found.certificate, found.culled) == ("open", None, 0)
    assert found.left["store"] == 1
    assert small.stored() >= {items[0], items[1]}
    with small.open() as home:
        recover(home.ground.state, home.ground.store, small.at)
        done = execute(home, digest)
    assert (done.standing, done.culled, done.left) == ("done", 4, {})
    assert not small.stored() & set(items[:4])


def test_an_object_that_cannot_be_removed_leaves_the_order_open(approved: tuple[Small, list[ItemId], str]) -> None:
    """While one old file lies there the order is not called done, and says where something is left."""
    small, items, digest = approved

    def refuse() -> None:
        raise OSError(errno.EACCES, "no")

    with small.open() as home:
        found = execute(_meddled(home, "destroy", "/2022-05/", refuse, times=9), digest)
    assert (found.standing, found.certificate) == ("open", None)
    assert found.left
    with small.open() as home:
        done = execute(home, digest)
    assert (done.standing, done.culled) == ("done", 4)
    assert not small.stored() & set(items[:4])


def test_a_mirror_that_is_away_is_finished_later(approved: tuple[Small, list[ItemId], str]) -> None:
    """Destroyed in the store, left in a mirror out of reach: open until it is back and nothing is left there."""
    small, items, digest = approved
    mirror, away = small.root / "spegel", small.root / "borta"
    with small.open() as home:
        shutil.copytree(small.root / "hem" / "store", away)
        keys = [file.key for file in _live(home, items[:4])]
        store = FolderStore(mirror, "spegel")
        mirrored = replace(home, ground=replace(home.ground, mirrors=(store,)))
        found = execute(mirrored, digest)
        assert (found.standing, found.certificate) == ("open", None)
        assert all((away / key).exists() for key in keys)
        away.rename(mirror)
        done = execute(mirrored, digest)
    assert (done.standing, done.culled, done.left) == ("done", 4, {})
    assert not any((mirror / key).exists() for key in keys)
    assert {one.place for one in done.places} >= {store.place}


def _live(home: Home, items: list[ItemId]) -> list[LiveFile]:
    months = {f"{item[:4]}-{item[4:6]}" for item in items}
    with home.ground.state.reading() as books:
        return [file for file in books.manifest.live() if file.month in months]


def test_two_executions_at_once_are_one(approved: tuple[Small, list[ItemId], str]) -> None:
    """While one culling is executed another is refused; nothing is done twice."""
    small, items, digest = approved

    def again(_: Home) -> None:
        with small.open() as other, pytest.raises(GuardError, match="G-LEASE"):
            execute(other, digest)

    found = _run(small, digest, "get", "/2022-07/", again)
    assert (found.standing, found.culled) == ("done", 4)
    assert not small.stored() & set(items[:4])


def test_what_is_destroyed_is_not_marked_or_held(approved: tuple[Small, list[ItemId], str]) -> None:
    """Nobody can say anything about a record that is gone."""
    small, items, digest = approved
    with small.open() as home:
        execute(home, digest)
        with pytest.raises(RefusedError):
            mark_items(home.ground, items[:1], "ringa", OFFICER)
        with pytest.raises(RefusedError):
            set_hold(home.ground, "item", items[0], OFFICER)
