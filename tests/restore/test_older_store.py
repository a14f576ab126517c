"""A store that is older than the database brings nothing back: what was removed is removed once more."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from flows.keep.rewrite import compact
from flows.keep.second import sync
from flows.restore.act import restore
from schemas.refusal import GuardError
from tests.canary.scan import Scan
from tests.restore.world import World


def _found(world: World, folder: Path) -> frozenset[str]:
    scan = Scan(list(world.marks.carriers))
    scan.folder("plats", folder)
    return scan.found & world.of(*world.old)


def test_a_store_put_back_beside_a_newer_database_is_cleared(world: World) -> None:
    """With a level database restore finds by itself what an older store and mirror brought back, once."""
    mirror, older = world.small.root / "spegel", world.small.root / "aldre"
    mirror.mkdir()
    world.protect('[[mirror]]\nname = "spegel"\npath = "../spegel"\n')
    with world.small.open() as home:
        sync(home.ground)
    shutil.copytree(world.home / "store" / "holdings", older / "holdings")
    assert world.cull().standing == "done"
    for place in (world.home / "store", mirror):
        shutil.copytree(older, place, dirs_exist_ok=True)
    assert _found(world, mirror)
    with world.restoring() as home:
        done = restore(home)
        assert (done.needed, done.items, done.tombstones) == (True, 0, 0)
        assert done.again > 0
        assert [one.code for one in done.findings] == ["K207"]
        assert not restore(home).needed
    assert not _found(world, world.home)
    assert not _found(world, mirror)
    assert world.of(*world.young) <= world.scan()


def test_a_file_that_was_compacted_before_the_backup_does_not_come_back(world: World) -> None:
    """A store whose backup is older than the database's brings back files of before a compaction: they are removed."""
    with world.small.open() as home:
        sync(home.ground)
    older = world.small.root / "aldre"
    shutil.copytree(world.home / "store", older)
    with world.small.open() as home:
        ground = home.ground
        assert compact(ground.state, ground.store, chance=ground.chance, clock=ground.clock, limit=1) > 0
        sync(ground)
    world.back_up()
    assert world.cull().standing == "done"
    world.put_back()
    shutil.copytree(older, world.home / "store", dirs_exist_ok=True)
    with world.restoring() as home:
        done = restore(home)
        assert "K207" in [one.code for one in done.findings]
        assert done.items == 4
    assert not _found(world, world.home)


def test_strange_objects_with_culled_items_keep_the_archive_shut(world: World) -> None:
    """An object that no register knows and no link names is never removed: restore refuses to finish while it is there."""
    with world.small.open() as home:
        sync(home.ground)
    world.back_up()
    mirror = world.small.root / "spegel"
    mirror.mkdir()
    assert world.cull().standing == "done"
    store = world.home / "store"
    (held, *_) = sorted((world.backup / "store").glob("holdings/*/2022-05/*.parquet"))
    folder = held.parent.relative_to(world.backup / "store")
    rows, record = store / folder / f"{'0' * 64}.parquet", store / "archive" / "x" / f"{'0' * 64}.xml"
    other = store / folder / f"{'1' * 64}.parquet"
    (young, *_) = sorted(store.glob("holdings/*/2025-11/*.parquet"))
    for level in (True, False):
        if not level:
            world.put_back()
        for file, data in (
            (rows, held.read_bytes()),
            (record, f'<item id="{world.old[0]}"/>'.encode()),
            (rows, b"cannot be read"),
        ):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            with world.restoring() as home, pytest.raises(GuardError, match=r"G-RESTORE: 1 objects.*by hand"):
                restore(home)
            assert file.read_bytes() == data
            file.unlink()
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(young.read_bytes())  # unknown too, but with nothing culled: verify tells of it
        with world.restoring() as home:
            assert restore(home).needed != level
        assert other.exists()
        other.unlink()
    # A mirror's is told; it may be locked there, and does not shut the archive.
    world.protect('[[mirror]]\nname = "spegel"\npath = "../spegel"\n')
    (mirror / folder).mkdir(parents=True)
    shutil.copy(held, mirror / folder / rows.name)
    with world.restoring() as home:
        done = restore(home)
        told = [(one.code, one.severity, dict(one.parameters)) for one in done.findings]
        assert told == [("K208", "error", {"place": "folder:spegel", "found": 1})]
        assert not done.clean
        assert restore(replace(home, ground=replace(home.ground, mirrors=()))).needed is False
