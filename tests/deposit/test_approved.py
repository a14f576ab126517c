"""What happens to a film between the approval of a culling and its execution keeps the film's item."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from flows.cull.execute import execute
from flows.deposit.decide import decide
from schemas.ids import ItemId
from schemas.refusal import GuardError
from tests.cull.archive import OLD, YOUNG
from tests.deposit.decided import decline_all
from tests.deposit.world import COMMUNICATOR, File, World, days


def _found_later(world: World, item: ItemId) -> None:
    world.found_later(item, File(b"ny film", origin="import/ny.mp4"))


def _found_and_searched(world: World, item: ItemId) -> None:
    world.found_later(item, File(b"ny film", origin="import/ny.mp4"))
    world.scan()


def _decided(world: World, item: ItemId) -> None:
    with world.open() as home:
        decide(home, [str(world.film_of(item).number)], True, "Den ska lämnas", COMMUNICATOR)


@pytest.mark.parametrize("happens", [_found_later, _found_and_searched, _decided])
def test_an_approved_culling_leaves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, happens: Callable[[World, ItemId], None]
) -> None:
    """A file brought by an import, searched or not, and a new decision: the order is stale, or the item is left out."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    world = World(tmp_path / "allt").begin()
    items = [world.film(f"{number}".encode(), at=OLD + days(number)) for number in range(3)]
    world.put([world.row(published=YOUNG) for _ in range(6)])
    with world.open() as home:
        decline_all(home)
    digest = world.propose()
    world.approve(digest)
    world.instant(world.at + timedelta(minutes=1))
    happens(world, items[0])
    with world.open() as home:
        stale = None
        try:
            done = execute(home, digest)
        except GuardError as error:
            stale = error.code
    assert stale == "G-STALE" or done.kept == 1
    assert items[0] in world.stored()
