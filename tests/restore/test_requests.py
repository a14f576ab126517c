"""Requests that a restored backup does not know: the ledger of the second place keeps what they are about from being culled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from flows.disclose.closing import close, withdraw
from flows.disclose.intake.amending import amend
from flows.disclose.intake.holding import cover
from flows.disclose.intake.opening import Opening, open_request
from flows.disclose.log.log import log_lines
from flows.disclose.refuse.decide import decide
from flows.keep.second import sync
from flows.oversee.persons import add_person
from flows.restore.act import restore
from schemas.covered import Predicate
from schemas.ground import Home
from schemas.hold import Hold
from schemas.refusal import GuardError
from schemas.request import Request
from tests.cull.archive import ACCOUNT, OFFICER
from tests.disclose.test_opening import going
from tests.restore.world import World


def _after_the_backup(
    world: World, *acts: Callable[[Home], object], before: Callable[[Home], object] | None = None
) -> None:
    """Acts on the archive; then the backup from before them is put back."""
    with world.small.open() as home:
        if before is not None:
            before(home)
        sync(home.ground)
    world.back_up()
    for act in acts:
        world.small.at += timedelta(hours=1)
        with world.small.open() as home:
            act(home)
    with world.small.open() as home:
        sync(home.ground)
    world.put_back()


def _restored(world: World) -> list[str]:
    with world.restoring() as home:
        return [one.code for one in restore(home).findings]


def _stands(home: Home, number: int = 1) -> tuple[Request, list[Hold]]:
    with home.ground.state.reading() as books:
        row = books.requests.get(number)
        assert row is not None
        return row, [one for one in books.holds.in_force() if one.number == row.hold]


def _due(world: World) -> int:
    with world.small.open() as home:
        return len(going(home))


def _ask(home: Home) -> Request:
    return open_request(home, Opening(wording="Allt", accounts=(ACCOUNT,)), OFFICER)


def test_a_request_after_the_backup_is_held_again(world: World) -> None:
    """It keeps its number and binds everything, nothing of it is culled, and an officer completes it."""
    _after_the_backup(world, _ask)
    assert "K213" in _restored(world)
    with world.small.open() as home:
        row, holds = _stands(home)
        assert (row.standing, row.record, row.kind) == ("open", None, "handlingar")
        assert [one.record for one in holds] == [None]
    assert _due(world) == 0
    with world.small.open() as home:
        assert amend(home.ground, 1, "Allt", OFFICER, accounts=(ACCOUNT,)).record is not None
        assert any("säkerhetskopia" in line for line in log_lines(home.ground, _stands(home)[0]))
        assert open_request(home, Opening(wording="Mer"), OFFICER).number == 2
    assert _due(world) == 0


def test_a_request_that_was_closed_since_keeps_its_number(world: World) -> None:
    """It binds nothing, and the next request does not get its receipts."""
    _after_the_backup(
        world, _ask, lambda home: withdraw(home.ground, 1, OFFICER), lambda home: close(home.ground, 1, OFFICER, "Logg")
    )
    assert "K213" not in _restored(world)
    with world.small.open() as home:
        assert (_stands(home)[0].standing, _stands(home)[1]) == ("closed", [])
        assert open_request(home, Opening(wording="Mer"), OFFICER).number == 2


def test_a_hold_that_was_widened_since_binds_everything(world: World) -> None:
    """What it was widened to is lost: the narrow words of before do not count."""
    item = world.old[0]

    def narrow(home: Home) -> None:
        _ask(home)
        cover(home.ground, 1, Predicate(items=(item,)), OFFICER)

    _after_the_backup(world, lambda home: cover(home.ground, 1, Predicate(accounts=(ACCOUNT,)), OFFICER), before=narrow)
    assert "K213" in _restored(world)
    assert _due(world) == 0
    with world.small.open() as home:
        cover(home.ground, 1, Predicate(accounts=(ACCOUNT,)), OFFICER)
        assert _stands(home)[1][0].record is not None


def test_a_request_that_was_decided_since_stands_open(world: World) -> None:
    """Nobody closes it by what it was before the decision; restoring twice changes nothing more."""
    with world.small.open() as home:
        add_person(
            home.ground, "Disa Delegat", "handläggare", body="KS", decided=world.small.at.date(), paragraph="§ 1"
        )
    file = world.home / "bevara.toml"
    file.write_text(file.read_text("utf-8") + '\n[disclosure]\noffice = ["Kommunen"]\n', "utf-8")
    _after_the_backup(world, lambda home: decide(home, 1, "Skäl", "Disa Delegat", ("OSL 21:1",)), before=_ask)
    assert "K213" in _restored(world)
    with world.small.open() as home:
        assert (_stands(home)[0].standing, len(_stands(home)[1])) == ("open", 1)
        with pytest.raises(GuardError, match="G-APPEAL"):
            close(home.ground, 1, OFFICER, "Logg")
