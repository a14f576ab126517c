"""What is remembered of signs, and what a person's word does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.oversee.persons import add_person
from flows.oversee.watch.act import watch
from flows.oversee.watch.saying import say
from schemas.books import LeaseTakenError
from schemas.ids import ItemId
from schemas.order import Tombstone
from schemas.refusal import GuardError, RefusedError
from tests.oversee.watch.world import ACCOUNT, OFFICER, TUESDAY, Page
from tests.servers.postgres import NewDatabase

FRIDAY = datetime(2026, 1, 30, 14, tzinfo=UTC)
"""15 o'clock in Sweden."""
ABUSE = "Du är en jävla idiot och borde skämmas, din äckliga kommunpolitiker"
SECRET = "HEMLIGTMARKORD"


def codes(page: Page, item: str) -> list[str]:
    """Open codes of an item."""
    return [one.code for one in page.signs() if one.subject == item]


def test_dismissed_until_the_item_changes(page: Page) -> None:
    """What a person has dismissed comes back with a newer version alone, and the reason lies in an item of ours."""
    post = page.publish("Fullmäktige sammanträder.", at=FRIDAY)
    item = page.publish(ABUSE, kind="comment", at=FRIDAY, below=post)
    assert "W111" in codes(page, item)
    with page.open() as home:
        say(home, item, "W111", "dismissed", OFFICER, why=f"{SECRET} skämt mellan vänner")
    assert "W111" not in codes(page, item)
    notice = page.notice(item, "W111")
    assert notice is not None
    assert (notice.standing, notice.person) == ("dismissed", OFFICER)
    with page.open() as home, home.ground.state.reading() as books:
        bodies = "\n".join(link.body for link in books.ledger.after(0))
    assert '"act":"watch.dismiss"' in bodies
    assert SECRET not in bodies
    page.later(hours=1)
    page.edit(item, ABUSE + "!!")
    assert "W111" in codes(page, item)


def test_a_dismissed_question_does_not_come_back_late(page: Page) -> None:
    """Dismissed while it was in time, it is not told of when the time is over."""
    asked = page.question(FRIDAY)
    page.at = FRIDAY + timedelta(hours=1)
    page.look()
    with page.open() as home:
        say(home, asked, "W102", "done", OFFICER)
    page.at = TUESDAY
    assert page.signs("W101", "W102") == []


def test_what_nobody_may_say(page: Page) -> None:
    """Nothing open, an unknown person, a sign that its own act ends: each is refused, and nothing is entered."""
    asked = page.question(FRIDAY)
    page.look()
    with page.open() as home:
        for subject, code in ((asked, "W111"), ("202601-zzzzzzzzzzzzzzzz", "W101"), (ACCOUNT, "W141"), (asked, "W153")):
            with pytest.raises(RefusedError):
                say(home, subject, code, "dismissed", OFFICER)
        with pytest.raises(RefusedError):
            say(home, asked, "W101", "dismissed", "Ingen Alls")
    notice = page.notice(asked, "W101")
    assert notice is not None
    assert notice.standing == "open"


def test_no_mandate(page: Page) -> None:
    """A person whose role has ended may dismiss nothing."""
    asked = page.question(FRIDAY)
    page.look()
    with page.open() as home:
        add_person(home.ground, "Ulf Slutat", "handläggare", valid_to=datetime(2025, 12, 31, tzinfo=UTC).date())
        with pytest.raises(GuardError):
            say(home, asked, "W101", "dismissed", "Ulf Slutat", why="nej")
        before = len(page.stored())
    assert before == len(page.stored())


def test_culled_items_are_forgotten(page: Page) -> None:
    """A notice about what has been culled goes with the next watch, whatever was said of it."""
    asked = page.question(FRIDAY)
    page.look()
    with page.open() as home, home.ground.state.writing() as books:
        notice = books.duties.notice(asked, "W101")
        assert notice is not None
        gone = ItemId("202512-zzzzzzzzzzzzzzzz")
        books.duties.note([replace(notice, subject=gone), replace(notice, subject=gone, code="W111", standing="done")])
        tombstone = Tombstone(
            item=gone, parent=None, thread=gone, kind="comment", rule="r", edition="1", order="o" * 64, culled=TUESDAY,
            salt=b"x" * 32,
        )  # fmt: skip
        books.tombstones.add([tombstone])
    page.look()
    assert page.notice(gone, "W101") is None
    assert page.notice(gone, "W111") is None
    assert page.notice(asked, "W101") == notice


def test_two_at_once(page: Page) -> None:
    """While one watch is at work another is told to wait, and so is whoever dismisses something."""
    asked = page.question(FRIDAY)
    page.look()
    with page.open() as home, home.ground.state.hold_lease("watch"), page.open() as other:
        with pytest.raises(LeaseTakenError):
            watch(other)
        with pytest.raises(LeaseTakenError):
            say(other, asked, "W101", "dismissed", OFFICER)


def test_nothing_of_visitors_in_the_state(page: Page) -> None:
    """Neither words nor names of visitors come into the state database or the ledger by a watch."""
    page.question(FRIDAY, f"När öppnar {SECRET} på lördag?", author=f"Person {SECRET}")
    assert page.signs("W101")
    state = b"".join(path.read_bytes() for path in (page.root / "hem" / "state").iterdir())
    assert SECRET.encode() not in state


def test_on_postgresql(new_postgres: NewDatabase, postgres_template: str, tmp_path: Path) -> None:
    """The same with the state in PostgreSQL: told, dismissed, told again when it has changed, and over when it is gone."""
    page = Page(tmp_path / "allt").begin(new_postgres(postgres_template))
    post = page.publish("Fullmäktige sammanträder.", at=FRIDAY)
    items = page.many([f"{ABUSE} {number}" for number in range(30)], below=post)
    assert "W111" in codes(page, items[3])
    with page.open() as home:
        say(home, items[3], "W111", "dismissed", OFFICER, why="Skämt")
    assert "W111" not in codes(page, items[3])
    page.edit(items[3], f"{ABUSE}!")
    assert "W111" in codes(page, items[3])
    page.sighted(items[4], "gone", "removed-by-author")
    assert codes(page, items[4]) == []
