"""Legal deposit keeps items from being culled until every film of theirs is settled, and proves the plan's condition."""

from __future__ import annotations

from datetime import datetime

import pytest

from flows.cull.act import propose
from flows.cull.listing import Scope
from flows.keep.films import deposited, kept
from flows.keep.judged import decisions, standing
from flows.plan.act import adopt_plan
from schemas.deposit import CLOSED, FILM_STANDINGS, FilmStanding
from schemas.ids import ItemId
from schemas.plan.evaluate import plain
from tests.cull.archive import APPROVER, AS_OF, OLD
from tests.deposit.decided import decline_all
from tests.deposit.world import CHANNEL, PLAN, File, World, days

PICTURE = File(b"bild", "picture", "image/png")


def decision(world: World, item: ItemId) -> tuple[str, set[str]]:
    """What the plan says of an item now, with the reasons."""
    with world.open() as home:
        base = standing(home.ground, AS_OF)
        (row,) = (
            row
            for table in decisions(home.ground, base, AS_OF)
            for row in plain(table).to_pylist()
            if row["item"] == item
        )
    return row["outcome"], set(row["reasons"])


def keeps(world: World) -> frozenset[ItemId]:
    """What legal deposit keeps."""
    with world.open() as home:
        return kept(home.ground)


def proven(world: World, item: ItemId) -> bool:
    """Whether the condition is proven."""
    with world.open() as home:
        return item in deposited(home.ground)


@pytest.mark.parametrize("where", FILM_STANDINGS)
def test_an_open_film_keeps_its_item(world: World, where: FilmStanding) -> None:
    """Whatever the plan says: not before it is accepted, seen, declined or outside."""
    item, bare = world.film(at=OLD), world.film(None, files=[PICTURE], at=OLD)
    world.scan()
    world.stand(world.film_of(item).id, standing=where)
    assert keeps(world) == (frozenset() if where in CLOSED else {item})
    verdict, reasons = decision(world, item)
    assert (verdict == "cull") is (where in CLOSED)
    assert ("E136" in reasons) is (where not in CLOSED)
    assert decision(world, bare)[0] == "cull"


def test_what_nobody_has_searched_is_kept(world: World) -> None:
    """A film that came in since the last search, or a YouTube post of which only a thumbnail is here."""
    film, tube = world.film(at=OLD), world.film(account=CHANNEL, at=OLD)
    world.film(None, files=[PICTURE], at=OLD)
    world.film(kind="comment", at=OLD)
    assert keeps(world) == {film, tube}
    assert decision(world, film)[0] != "cull"
    with world.open() as home:
        decline_all(home)
    assert keeps(world) == frozenset()
    world.edition(film, File(b"ny"), at=OLD + days(1))
    assert keeps(world) == {film}


def test_what_lies_below_a_film_is_not_kept_by_it(world: World) -> None:
    """A visitor's comment may go though the film above it waits: its own rule says when."""
    item = world.film(at=OLD)
    below = world.row("comment", OLD, parent=item, thread=item)
    reply = world.row("reply", OLD, parent=item, thread=item)
    world.put([below, reply])
    world.scan()
    assert "E136" in decision(world, item)[1]
    assert "E136" not in decision(world, below.item)[1]
    assert decision(world, reply.item)[0] == "cull"


def test_a_culling_lists_what_is_settled_alone(world: World) -> None:
    """An order for the whole archive leaves out the item whose film waits."""
    settled, waits = world.film(b"1", at=OLD), world.film(b"2", at=OLD)
    world.scan()
    world.stand(world.film_of(settled).id, standing="accepted")
    with world.open() as home:
        order = propose(home, AS_OF, Scope()).digest
        with home.ground.state.reading() as books:
            stored = books.orders.get(order)
    assert stored is not None
    assert stored.cull == 1
    assert waits in keeps(world)


def test_a_film_found_after_the_approval_stops_the_culling(world: World) -> None:
    """Entering a film raises the revision: what was judged before is judged again."""
    world.film(b"1", at=OLD)
    with world.open() as home:
        decline_all(home)
        before = standing(home.ground, AS_OF).revision
    world.film(b"2", at=OLD)
    world.scan()
    with world.open() as home:
        assert standing(home.ground, AS_OF).revision > before


@pytest.mark.parametrize("where", FILM_STANDINGS)
def test_the_plans_condition(world: World, where: FilmStanding) -> None:
    """Proven where KB has it, or where it need not be delivered; else not."""
    item = world.film(at=OLD)
    world.scan()
    world.stand(world.film_of(item).id, standing=where)
    assert proven(world, item) is (where in CLOSED)


def test_one_open_film_of_two_proves_nothing(world: World) -> None:
    """Every film of the item has to be settled, and an item without films proves nothing."""
    item, bare = world.film(b"1", files=[File(b"2")], at=OLD), world.film(None, files=[PICTURE], at=OLD)
    world.scan()
    first, second = world.films()
    world.stand(first.id, standing="accepted")
    assert not proven(world, item)
    world.stand(second.id, standing="seen")
    assert proven(world, item)
    assert not proven(world, bare)
    world.edition(item, File(b"3"), at=OLD + days(1))
    assert not proven(world, item)


def test_a_plan_that_asks_for_the_receipt(world: World) -> None:
    """The row's condition e-plikt keeps with its own reason until it is proven."""
    item, bare = world.film(at=OLD), world.film(None, files=[PICTURE], at=OLD)
    (world.root / "villkor.toml").write_text(
        PLAN.format(rule='conditions = ["e-plikt"]').replace('edition = "1"', 'edition = "2"'), encoding="utf-8"
    )
    with world.open() as home:
        adopt_plan(home, world.root / "villkor.toml", APPROVER)
    world.scan()
    assert {"E136", "E144"} <= decision(world, item)[1]
    world.stand(world.film_of(item).id, standing="accepted")
    assert decision(world, item)[0] == "cull"
    assert "E144" in decision(world, bare)[1]


def test_time_is_no_part_of_it(world: World) -> None:
    """A clock that goes back, a row dated long ago: what was not searched is not taken for searched."""
    world.scan()
    world.at = datetime.fromisoformat("2025-03-01T09:00:00+00:00")
    item = world.film(at=OLD)
    assert keeps(world) == {item}
    assert world.scan().films == 1
