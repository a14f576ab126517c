"""Removals and blocks that a restored backup does not know: what must not be forgotten is entered again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from connectors.storage.locked import LockedStore
from flows.keep.fresh import Fresh
from flows.keep.second import sync
from flows.oversee.persons import change_person
from flows.oversee.pictures.asked import ask
from flows.oversee.pictures.decided import DECIDED
from flows.oversee.removal.act import again, remove, reported, said_done
from flows.oversee.removal.asked import Asked
from flows.oversee.removal.blocking import block
from flows.oversee.removal.unlocking import unlock
from flows.restore.act import restore
from schemas.account import Account
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.receipt import Receipt, Scalar
from schemas.removal import Removal
from tests.cull.archive import OFFICER
from tests.restore.world import World


def _unseen(_: Account, __: ItemId) -> Fresh:
    """Nothing can be asked of the platform of this archive."""
    return Fresh(outcome="failed", code="H101")


def _removed(home: Home, item: ItemId, *, locked: bool = False) -> None:
    remove(home, Asked(item=item, clause="R03", why="x", person=OFFICER, locked=locked), _unseen)
    said_done(home, 1, OFFICER)


def _rows(home: Home) -> list[Removal]:
    with home.ground.state.reading() as books:
        return list(books.duties.removals())


def _after_the_backup(world: World, *acts: object) -> list[str]:
    """Acts after a backup that is then put back and restored; the codes that the restore tells."""
    with world.small.open() as home:
        sync(home.ground)
    world.back_up()
    world.small.at += timedelta(hours=1)
    with world.small.open() as home:
        for act in acts:
            act(home)  # type: ignore[operator]  # each takes the home
        sync(home.ground)
    world.put_back()
    with world.restoring() as home:
        return [one.code for one in restore(home).findings]


def test_what_was_taken_away_is_still_taken_away(world: World) -> None:
    """Row, mark and errand are there again under the same number; the lost words are told of."""
    item = world.young[0]
    assert "W246" in _after_the_backup(world, lambda home: _removed(home, item))
    with world.small.open() as home, home.ground.state.reading() as books:
        (row,) = books.duties.removals()
        assert (row.number, row.item, row.standing, row.clause, row.record) == (1, item, "removed", "R03", None)
        assert {one.kind for one in books.marks.of([item])} == {"borttagen-av-oss"}
        assert [one.subject for one in books.outbox.waiting("register")] == [item]
        assert books.duties.removal_number() == 2


def test_what_was_locked_is_locked_before_anybody_reads_it(world: World) -> None:
    """Its attachment is not read, and its hold stands again."""
    item = world.young[1]
    _after_the_backup(world, lambda home: _removed(home, item, locked=True))
    with world.small.open() as home:
        assert isinstance(home.ground.store, LockedStore)
        with home.ground.state.reading() as books:
            assert books.duties.locked() == (item,)
            assert [one.subject for one in books.holds.in_force()] == [item]
        assert (_rows(home)[0].police, _rows(home)[0].noticed) == (True, "none")


def test_a_lock_that_was_lifted_stays_lifted(world: World) -> None:
    """Locked before the backup and lifted by a decision after it: it is read again, and the hold stands as it stood."""
    item = world.young[1]
    with world.small.open() as home:
        change_person(home.ground, OFFICER, {"body": "KS", "decided": date(2024, 12, 3), "paragraph": "§ 14"})
        _removed(home, item, locked=True)
    assert "W246" in _after_the_backup(world, lambda home: unlock(home, 1, "Polisen: inget brott", OFFICER))
    with world.small.open() as home:
        assert [(one.standing, one.secured) for one in _rows(home)] == [("removed", "unlocked")]
        with home.ground.state.reading() as books:
            assert books.duties.locked() == ()
            assert [one.subject for one in books.holds.in_force()] == [item]


def test_what_was_being_asked_is_unclear(world: World) -> None:
    """Begun after the backup and not done: it stands again for a person to go on with."""
    item = world.young[0]
    asked = Asked(item=item, clause="R01", why="x", person=OFFICER)
    _after_the_backup(world, lambda home: remove(home, asked, _unseen))
    with world.small.open() as home:
        assert [one.standing for one in _rows(home)] == ["by-hand"]
        said_done(home, 1, OFFICER)


def test_what_was_seen_to_since_stays_seen_to(world: World) -> None:
    """Begun before the backup, done and reported after it: the row is as it was at the end, and a second restore adds nothing."""
    item = world.young[0]
    with world.small.open() as home:
        remove(home, Asked(item=item, clause="R03", why="x", person=OFFICER, police=True), _unseen)
    codes = _after_the_backup(world, lambda home: said_done(home, 1, OFFICER), lambda home: reported(home, 1, OFFICER))
    assert "W246" in codes
    with world.small.open() as home:
        (row,) = _rows(home)
        assert (row.standing, row.police, row.record is not None) == ("removed", False, True)
    with world.restoring() as home:
        assert "W246" not in [one.code for one in restore(home).findings]


def test_a_block_stands_again(world: World) -> None:
    """Account, person and day of review, under the decision's id; who was blocked is lost with the decision."""
    whole = {"body": "KS", "decided": date(2024, 12, 3), "paragraph": "§ 14"}
    comment = world.small.row("comment")
    world.small.put([comment])
    with world.small.open() as home:
        change_person(home.ground, OFFICER, whole)
    _after_the_backup(world, lambda home: block(home, comment.item, "x", date(2026, 6, 1), OFFICER))
    with world.small.open() as home, home.ground.state.reading() as books:
        (row,) = books.duties.blocks()
    assert (row.person, row.review, row.standing) == (OFFICER, date(2026, 6, 1), "active")


def test_a_request_about_a_picture_is_not_forgotten(world: World) -> None:
    """Taken in after the backup: it waits again under its number; one that was carried out is gone and marked."""
    waits, goes = world.young[:2]
    with world.small.open() as home:
        change_person(home.ground, OFFICER, {"body": "KS", "decided": date(2024, 12, 3), "paragraph": "§ 14"})

    def carried_out(home: Home) -> None:
        with home.ground.state.writing() as books:
            row = books.duties.removal(2)
            assert row is not None
            at = home.ground.clock.now()
            books.duties.put_removal(replace(row, record=waits, standing="begun"))
            evidence: dict[str, Scalar] = {"number": 2, "decision": waits, "unpublish": True}
            books.ledger.append(
                Receipt(act=DECIDED, at=at, actor=OFFICER, subjects=(row.subject, row.item), evidence=evidence)
            )
        again(home, 2, OFFICER, _unseen)
        said_done(home, 2, OFFICER)

    codes = _after_the_backup(world, lambda home: ask(home, [waits, goes], "x", OFFICER), carried_out)
    assert "W246" in codes
    with world.small.open() as home, home.ground.state.reading() as books:
        rows = {one.item: (one.number, one.kind, one.standing) for one in books.duties.removals()}
        assert rows == {waits: (1, "picture", "begun"), goes: (2, "picture", "closed")}
        assert {one.kind for one in books.marks.of([goes])} == {"borttagen-av-oss"}
        assert books.marks.of([waits]) == []
