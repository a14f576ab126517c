"""A registrar, the night, somebody who marks and a culling at once, on PostgreSQL: nobody waits for ever, nothing is lost."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from flows.cull.execute import execute
from flows.oversee.marks import mark_items
from flows.register.act import decide_to_register
from flows.register.collect import confirm
from flows.register.nightly import dispatch_all
from schemas.books import LeaseTakenError
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from tests.cull.archive import OFFICER, OLD
from tests.register.world import ASKED, REGISTRAR, World

_EXPECTED = (GuardError, RefusedError, LeaseTakenError)
"""What two who do the same may be told."""


def together(works: Sequence[Callable[[], object]]) -> list[BaseException]:
    """Do all of them at once; what went wrong beyond what is expected."""
    wrong: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except _EXPECTED:
            return
        except BaseException as error:  # noqa: BLE001 - the test tells of it
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
        assert not one.is_alive()
    return wrong


@dataclass
class Crew:
    """What the persons and the night do."""

    world: World
    items: Sequence[ItemId]

    def decide(self, some: Sequence[ItemId]) -> None:
        """A registrar decides, one record after the other."""
        for item in some:
            with self.world.open() as home:
                decide_to_register(home, [item], REGISTRAR, "diariet")
                dispatch_all(home, [item])

    def send(self) -> None:
        """The night, several times."""
        for _ in range(4):
            with self.world.open() as home:
                dispatch_all(home)

    def mark(self) -> None:
        """An officer marks half of them."""
        for item in self.items[:3]:
            with self.world.open() as home:
                mark_items(home.ground, [item], "sekretess", OFFICER, provision="OSL 21:1")

    def cull(self, order: str) -> None:
        """An approved culling."""
        with self.world.open() as home:
            execute(home, order)

    def confirm(self, number: int) -> None:
        """Numbers for all of them."""
        with self.world.open() as home:
            for item in self.items:
                confirm(home, item, f"KS 2026/{number}", REGISTRAR)


def test_everybody_at_once(tmp_path: Path, postgres_url: str) -> None:
    """No deadlock; every record that was decided is in the folder once and has one number."""
    world = World(tmp_path).begin(database=postgres_url)
    world.add([world.row("post", OLD + timedelta(days=at)) for at in range(8)])
    items = world.add([world.row("comment", ASKED, own=False, text="x") for _ in range(6)])
    order = world.propose()
    world.approve(order)
    crew = Crew(world, items)
    works = [partial(crew.decide, items[:3]), partial(crew.decide, items[3:]), partial(crew.cull, order)]
    assert together([*works, crew.send, crew.mark]) == []
    for item in items:  # those whose decision a mark has stopped
        with contextlib.suppress(GuardError):
            crew.decide([item])
    assert together([partial(crew.confirm, 1), partial(crew.confirm, 2), crew.send]) == []
    assert sorted(world.handed()) == sorted(f"bevara-{item}-v1" for item in items)
    for item in items:
        assert world.way(item).standing == "confirmed"
        assert world.acts(item).count("register.confirmed") == 1
