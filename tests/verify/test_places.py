"""Verification of what was culled, of mirrors and of the second place."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from connectors.storage.folder import FolderStore
from flows.keep.second import sync
from flows.verify.act import verify
from flows.verify.decide import VerifyReport
from schemas.ground import Ground
from schemas.order import Order, Tombstone
from tests.cull.archive import NOW, Small
from tests.restore.world import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Three items to cull and one to keep; a second place beside the home."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    made = World(Small(tmp_path / "allt"))
    made.small.start()
    made.protect()
    made.fill(3, 1)
    return made


def _verify(ground: Ground, *, deep: bool = False) -> VerifyReport:
    return verify(ground.state, ground.store, deep=deep, mirrors=ground.mirrors, second=ground.second)


def _found(report: VerifyReport) -> dict[str, dict[str, str | int]]:
    return {one.code: dict(one.parameters) for one in report.findings}


def test_a_store_put_back_alone_is_found(world: World) -> None:
    """Culled items in files that come back beside a newer database are an error, file by file."""
    shutil.copytree(world.home / "store", world.small.root / "gamla")
    world.cull()
    shutil.copytree(world.small.root / "gamla", world.home / "store", dirs_exist_ok=True)
    with world.small.open() as home:
        report = _verify(home.ground)
    culled = [one for one in report.findings if one.code == "V122"]
    assert culled
    assert all(one.severity == "error" and one.subject.startswith("holdings/") for one in culled)


def test_a_culled_item_in_a_live_file_is_found(world: World) -> None:
    """An item with a tombstone whose rows are live is an error; without tombstones nothing is said."""
    with world.small.open() as home:
        ground = home.ground
        assert "V122" not in _found(_verify(ground))
        item = world.young[0]
        with ground.state.writing() as books:
            books.tombstones.add(
                [
                    Tombstone(
                        item=item,
                        parent=None,
                        thread=item,
                        kind="post",
                        rule="inlagg",
                        edition="1",
                        order="0" * 64,
                        culled=NOW,
                        salt=b"s" * 32,
                    )
                ]
            )
        report = _verify(ground)
    assert _found(report)["V122"] == {"found": 1}
    assert not report.clean


def test_a_culling_under_way_is_told(world: World) -> None:
    """An order whose execution has begun is told, and is no fault."""
    order = Order(
        digest="0" * 64,
        as_of=date(2026, 1, 1),
        made=NOW,
        edition="1",
        plan_digest=None,
        revision=1,
        cull=1,
        keep=0,
        ask=0,
        standing="open",
    )
    with world.small.open() as home:
        with home.ground.state.writing() as books:
            books.orders.add(order)
        report = _verify(home.ground)
    assert _found(report)["V123"] == {"found": 1}
    assert report.clean


def test_what_the_second_place_lacks_is_told(world: World) -> None:
    """Links that are not there yet are told; after a copying nothing is; without a second place that is told."""
    with world.small.open() as home:
        ground = home.ground
        found = _found(_verify(ground))
        assert "V124" in found
        assert "V120" not in found
        sync(ground)
        assert {"V120", "V124", "V126"}.isdisjoint(_found(_verify(ground)))
        assert "V120" in _found(_verify(replace(ground, second=None)))


def test_an_altered_second_place_is_found(world: World) -> None:
    """A segment in the second place that is not the ledger's is an error of the deep verification."""
    with world.small.open() as home:
        ground = home.ground
        sync(ground)
        assert "V125" not in _found(_verify(ground, deep=True))
        segment = next((world.second / "ledger").iterdir())
        data = segment.read_bytes()
        segment.write_bytes(data.replace(b'"actor', b'"actoR', 1))
        assert _found(_verify(ground, deep=True))["V125"] == {"seq": 1}


def test_strangers_in_mirrors_are_told(world: World) -> None:
    """A mirror is compared with the registers; one that cannot be read is told."""
    mirror = world.small.root / "spegel"
    shutil.copytree(world.home / "store", mirror)
    with world.small.open() as home:
        ground = replace(home.ground, mirrors=(FolderStore(mirror, "spegel"),))
        assert {"V127", "V128"}.isdisjoint(_found(_verify(ground)))
        (mirror / "archive").mkdir(exist_ok=True)
        (mirror / "archive" / "okand.xml").write_bytes(b"x")
        assert _found(_verify(ground))["V127"] == {"found": 1}
        shutil.rmtree(mirror)
        assert _found(_verify(ground))["V128"] == {"reason": "UnreachableError"}
