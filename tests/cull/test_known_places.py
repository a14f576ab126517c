"""Nothing is called destroyed while a place that holds copies is away, or is not looked into any longer."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.cull.act import propose
from flows.cull.approval import approve
from flows.cull.execute import execute
from flows.cull.listing import Scope
from flows.keep.known_places import refuse_unknown_places, retire_place
from schemas.ids import ItemId
from schemas.refusal import GuardError
from tests.cull.archive import APPROVER, AS_OF, PROPOSER, Small

MIRROR = '\n[[mirror]]\nname = "spegel"\npath = "../spegel"\n'


@pytest.fixture
def mirrored(small: Small) -> tuple[Small, list[ItemId], str]:
    """An archive whose mirror is filled, two items of which are culled by an approved order."""
    (small.root / "spegel").mkdir()
    with (small.root / "hem" / "bevara.toml").open("a", encoding="utf-8") as stream:
        stream.write(MIRROR)
    old, young = datetime(2022, 3, 1, 9, tzinfo=UTC), datetime(2025, 11, 3, 9, tzinfo=UTC)
    items = small.put([small.row(published=old), small.row(published=old)])
    small.put([small.row(published=young) for _ in range(3)])
    digest = small.propose()
    small.approve(digest)
    small.later(minutes=1)
    shutil.copytree(small.root / "hem" / "store", small.root / "spegel", dirs_exist_ok=True)
    return small, items, digest


def left(folder: Path, items: list[ItemId]) -> bool:
    """Whether any file of rows below a folder holds one of the items."""
    files = [file for file in folder.rglob("*.parquet") if "holdings" in file.parts]
    return any(
        set(items) & set(pq.ParquetFile(file).read(["item"])["item"].to_pylist()) for file in files if file.exists()
    )


def test_an_empty_mount_point_leaves_the_operation_open(mirrored: tuple[Small, list[ItemId], str]) -> None:
    """The mirror's disk is not mounted: nothing is called absent there; mounted again, the copies go."""
    small, items, digest = mirrored
    mount, disk = small.root / "spegel", small.root / "disk"
    mount.rename(disk)
    mount.mkdir()
    with small.open() as home:
        away = execute(home, digest)
    assert away.standing == "open"
    assert [one.verified_absent for one in away.places if one.place == "folder:spegel"] == [0]
    assert left(disk, items)
    mount.rmdir()
    disk.rename(mount)
    with small.open() as home:
        assert execute(home, digest).standing == "done"
    assert not left(mount, items)
    assert not left(small.root / "hem", items)


def test_a_mirror_taken_out_of_the_settings_stops_culling(mirrored: tuple[Small, list[ItemId], str]) -> None:
    """Whatever is due is kept, approved or not, until somebody answers for the place that is named no longer."""
    small, items, digest = mirrored
    settings = small.root / "hem" / "bevara.toml"
    settings.write_text(settings.read_text("utf-8").replace(MIRROR, ""), "utf-8")
    with small.open() as home:
        with pytest.raises(GuardError, match=r"G-PLACE.*folder:spegel"):
            refuse_unknown_places(home.ground)
        with pytest.raises(GuardError, match="G-STALE"):
            approve(home, digest, small.hand("Agda Ansvarig"))
        found = propose(home, AS_OF, Scope())
        assert (found.order.cull, [one.code for one in found.draft.exceptions]) == (0, ["C16"])
        with pytest.raises(GuardError, match="G-NOTHING"):
            propose(home, AS_OF, Scope(), hand=small.hand(PROPOSER))
        retire_place(home.ground, "folder:spegel", APPROVER)
        refuse_unknown_places(home.ground)
        assert propose(home, AS_OF, Scope()).order.cull == 2
    assert small.stored() >= set(items)
