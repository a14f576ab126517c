"""What an officer is told when a request comes: what it saves from being culled, and what the platform will not show for long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.cull.execute import execute
from flows.disclose.intake.holding import cover
from flows.disclose.intake.opening import Opening, open_request
from flows.disclose.intake.warn import Warned, warned
from schemas.covered import Predicate
from schemas.request import Request
from tests.cull.archive import AS_OF
from tests.cull.interference import OddState, with_state
from tests.disclose.world import ACCOUNT, OFFICER, PAGE, Desk

OLD = datetime(2022, 5, 3, 10, tzinfo=UTC)


def _told(desk: Desk, narrowed: Predicate | None = None, accounts: tuple[str, ...] = ()) -> Warned:
    """What is told of a new request, narrowed so."""
    with desk.open() as home:
        request = open_request(home, Opening(wording="x", accounts=accounts), OFFICER)
        if narrowed is not None:
            request = cover(home.ground, request.number, narrowed, OFFICER)
        return warned(home, request)


NARROWED = [
    (None, 3),
    (Predicate(accounts=(PAGE,)), 1),
    (Predicate(authors=("Åsa",)), 1),
    (Predicate(texts=("VATT",)), 2),
    (Predicate(kinds=("comment",), accounts=(PAGE,)), 0),
    (Predicate(first=OLD.date(), last=OLD.date()), 3),
    (Predicate(first=datetime(2025, 1, 1, tzinfo=UTC).date()), 0),
]


@pytest.mark.parametrize(("narrowed", "items"), NARROWED, ids=[f"{number}" for number in range(len(NARROWED))])
def test_what_would_go_is_counted_as_if_there_were_no_holds(desk: Desk, narrowed: Predicate | None, items: int) -> None:
    """Those that the request is about: by account, author, text, kind and day; other requests' holds do not count."""
    desk.ask()
    post = desk.publish("Vattnet är avstängt", at=OLD)
    desk.publish("Hos mig också", kind="comment", author="Åsa", at=OLD, below=post)
    desk.publish("Vattentornet", account=PAGE, at=OLD)
    desk.publish("Nytt om vatten")
    told = _told(desk, narrowed)
    assert (told.now, told.soon, told.failed) == (items, 0, "")


def test_what_stands_on_a_signed_list_is_told(desk: Desk) -> None:
    """On a proposal, an approval; not on a draft, not what has gone already, and each record once."""
    for _ in range(2):
        desk.publish("Gammalt", at=OLD)
    desk.publish("Gammalt på sidan", account=PAGE, at=OLD)
    for account in (ACCOUNT, PAGE):
        desk.publish("Nytt", account=account)
    assert _told(desk).listed == 0
    _close_all(desk)
    digest = desk.propose(as_of=AS_OF)
    assert _told(desk).listed == 3
    assert _told(desk, accounts=(PAGE,)).listed == 1
    _close_all(desk)
    desk.later(days=1)
    digest = desk.propose(as_of=AS_OF + timedelta(days=2))
    desk.approve(digest)
    assert _told(desk, accounts=(ACCOUNT,)).listed == 2
    _close_all(desk)
    desk.later(days=1)
    digest = desk.propose(as_of=AS_OF + timedelta(days=4))
    desk.approve(digest)
    desk.later(minutes=1)
    with desk.open() as home:
        assert execute(home, digest).culled == 3
    assert _told(desk).listed == 0


def _close_all(desk: Desk) -> None:
    for one in desk.command("request", "list")["requests"]:
        desk.request("withdraw", str(one["request"]))
        desk.request("close", str(one["request"]))


def test_what_the_platform_shows_for_a_day_is_told(desk: Desk) -> None:
    """A story of less than a day, hidden or shown, across a change of months; not an older one, nor one that is gone."""
    desk.at = datetime(2026, 2, 1, 0, 30, tzinfo=UTC)
    desk.publish("Nyss", kind="story", at=desk.at - timedelta(minutes=10))
    desk.publish("I går kväll", kind="story", at=desk.at - timedelta(hours=23))
    gone = desk.publish("Borta", kind="story", at=desk.at - timedelta(hours=2))
    desk.gone(gone)
    desk.publish("Gammal", kind="story", at=desk.at - timedelta(hours=25))
    desk.publish("Ett inlägg", at=desk.at - timedelta(hours=1))
    assert _told(desk).leaving == 2
    assert _told(desk, accounts=(PAGE,)).leaving == 0


def test_without_a_plan_nothing_is_due(desk: Desk) -> None:
    """An archive whose plan is not in force keeps all; nothing is told, and nothing has failed."""
    desk.publish("Gammalt", at=OLD)
    desk.at = datetime(2024, 6, 1, tzinfo=UTC)
    told = _told(desk)
    assert (told.now, told.failed) == (0, "")


def test_a_hold_that_cannot_be_read_is_about_everything(desk: Desk) -> None:
    """Then everything that is due is told of, rather than nothing."""
    desk.publish("Gammalt", at=OLD)
    with desk.open() as home:
        request = open_request(home, Opening(wording="x", accounts=(PAGE,)), OFFICER)
        assert warned(home, request).now == 0
        assert warned(home, replace(request, hold=999)).now == 1


def test_a_database_that_fails_is_told_by_a_code(desk: Desk) -> None:
    """Nothing is raised: the officer gets a finding, and the request stands."""
    desk.publish("Gammalt", at=OLD)

    class Broken(OddState):
        def reading(self) -> object:
            raise OSError("no")

    with desk.open() as home:
        request: Request = open_request(home, Opening(wording="x"), OFFICER)
        told = warned(with_state(home, Broken(home.ground.state)), request)
    assert told.failed == "R-STORAGE"
    assert [one.code for one in told.findings(request)] == ["Q105"]


def test_warn_tells_again_and_writes_the_letter(desk: Desk) -> None:
    """Later, as it is then; without a person when nothing is written."""
    desk.publish("Gammalt", at=OLD)
    number = desk.ask()
    assert desk.command("request", "warn", str(number))["warned"]["now"] == 1
    desk.say("request", "warn", str(number), "--letter", codes={2})
    (letter,) = desk.request("warn", str(number), "--letter")["letters"]
    assert desk.newest(letter).kind == "letter"
    desk.say("request", "hold", str(number), "--account", PAGE, "--as", OFFICER)
    assert desk.request("warn", str(number), "--letter")["letters"] == []
