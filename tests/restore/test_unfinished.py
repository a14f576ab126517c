"""An order that had destroyed something when the home was lost is finished and certified, and destroys nothing more."""

from __future__ import annotations

import json
from pathlib import Path

from flows.cull.execute import execute
from flows.cull.export import find_certificate
from flows.keep.second import restored_since, sync
from flows.restore.act import restore
from schemas.shelf import proposal
from schemas.xml.protocol import read_certificate
from tests.cull.archive import APPROVER, PROPOSER
from tests.restore.world import World

MIRROR = '[[mirror]]\nname = "spegel"\npath = "../spegel"\n'


def _half_done(world: World, *, backed_up: str) -> tuple[str, Path]:
    """An order that is open because a mirror was away, a backup of before, and the home lost."""
    mirror = world.small.root / "spegel"
    mirror.mkdir()
    world.protect(MIRROR)
    if backed_up == "before the proposal":
        world.back_up()
    digest = world.small.propose()
    if backed_up == "before the approval":
        world.back_up()
    world.small.approve(digest)
    world.small.later(minutes=1)
    away = mirror.with_name("borta")
    mirror.rename(away)
    with world.small.open() as home:
        assert execute(home, digest).standing == "open"
        sync(home.ground)
    away.rename(mirror)
    world.put_back()
    return digest, mirror


def test_what_was_destroyed_is_certified_after_the_restore(world: World) -> None:
    """The order is open with the execution and the approval that the ledger tells of, and executing it certifies it."""
    digest, _ = _half_done(world, backed_up="before the approval")
    with world.restoring() as home:
        done = restore(home)
        told = {one.code: dict(one.parameters) for one in done.findings}
        assert (done.items, done.open, done.withdrawn, told["K210"]) == (4, 1, 0, {"found": 1})
        with home.ground.state.reading() as books:
            order, operation = books.orders.get(digest), books.orders.operation(digest)
            signatures = books.orders.signatures(digest)
            begun = next(
                value for link in books.ledger.about(digest) if (value := json.loads(link.body))["act"] == "cull.begun"
            )
            assert restored_since(books, digest)
            assert not restored_since(books, "0" * 64)
    assert order is not None
    assert operation is not None
    assert order.standing == "open"
    assert (operation.begun, operation.until) == (world.small.at, None)
    assert begun["at"].startswith(world.small.at.strftime("%Y-%m-%dT%H:%M:%S"))
    assert [(one.act, one.person) for one in signatures] == [("propose", PROPOSER), ("approve", APPROVER)]
    with world.small.open() as home:
        finished = execute(home, digest)
    assert (finished.standing, finished.culled, finished.left) == ("done", 4, {})
    assert finished.certificate is not None


def test_it_is_certified_from_its_tombstones_when_the_list_is_gone(world: World) -> None:
    """A store without the frozen list: what went is certified all the same, and nothing more goes."""
    digest, _ = _half_done(world, backed_up="before the approval")
    with world.restoring() as home:
        restore(home)
    with world.small.open() as home:
        home.ground.store.destroy(proposal(digest))
        done = execute(home, digest)
        certificate = read_certificate(find_certificate(home, digest))
        with home.ground.state.reading() as books:
            stones = books.tombstones.count(digest)
    assert (done.standing, done.culled) == ("done", stones)
    assert sum(one.items for one in certificate.totals) == len(certificate.leaves) == stones


def test_an_order_that_the_backup_does_not_know_is_told(world: World) -> None:
    """Nobody can certify an order that the backup does not have: its items are gone, and a person is told so."""
    digest, _ = _half_done(world, backed_up="before the proposal")
    with world.restoring() as home:
        done = restore(home)
        told = {one.code: (one.severity, dict(one.parameters)) for one in done.findings}
        with home.ground.state.reading() as books:
            assert books.orders.get(digest) is None
            assert books.tombstones.count(digest) == 4
    assert told["K211"] == ("error", {"found": 1})
    assert world.scan() & world.of(*world.old) == frozenset()


def test_an_order_that_destroyed_nothing_is_withdrawn_in_the_ledger_too(world: World) -> None:
    """An approved order of the backup is withdrawn with a receipt, so that no row alone can bring it back."""
    digest = world.small.propose()
    world.small.approve(digest)
    with world.small.open() as home:
        sync(home.ground)
    world.back_up()
    world.small.put([world.small.row()])
    with world.small.open() as home:
        sync(home.ground)
    world.put_back()
    with world.restoring() as home:
        assert restore(home).withdrawn == 1
        with home.ground.state.reading() as books:
            acts = [json.loads(link.body)["act"] for link in books.ledger.about(digest)]
    assert acts[-1] == "cull.withdrawn"
