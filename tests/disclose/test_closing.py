"""A request is closed by an officer, and never while a decision may still be appealed; only then its hold is lifted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest

from flows.disclose.closing import close, may_close, why_not, withdraw
from flows.disclose.intake.opening import Opening, open_request
from flows.disclose.standing import change_request
from schemas.books import Books
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import GuardError
from schemas.request import REQUEST_STANDINGS, Request, RequestStanding
from schemas.workdays import appeal_last_day
from tests.cull.interference import OddState, with_state
from tests.disclose.test_opening import culled
from tests.disclose.world import COLLEAGUE, OFFICER, Desk

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ITEM = ItemId("202603-aaaaaaaaaaaaaaaa")
TODAY = date(2026, 6, 1)


def _request(standing: RequestStanding, **changes: Any) -> Request:
    values: dict[str, Any] = {
        "number": 1,
        "kind": "handlingar",
        "standing": standing,
        "authority": "ks",
        "channel": "brev",
        "received": AT,
        "opened": AT,
        "changed": AT,
        "person": "A",
        "hold": 1,
    }
    return Request(**{**values, **changes})


DECIDED: dict[str, Any] = {"decision": ITEM, "decided": AT}
CASES: list[tuple[Request, str | None]] = [
    (_request("open"), "Q111"),
    (_request("open", **DECIDED, served=date(2026, 1, 2), ruling="remitted", final=date(2026, 5, 1)), "Q111"),
    (_request("answered"), None),
    (_request("refused"), None),
    (_request("withdrawn"), None),
    (_request("closed"), "Q116"),
    (_request("decided", **DECIDED), "Q112"),
    (_request("decided", **DECIDED, served=date(2026, 5, 10)), "Q113"),
    (_request("decided", **DECIDED, served=date(2026, 5, 8)), None),
    (_request("decided", **DECIDED, served=date(2026, 5, 11)), "Q113"),
    (_request("appealed", **DECIDED, appealed=date(2026, 3, 20)), "Q114"),
    (_request("appealed", **DECIDED, served=date(2026, 3, 10), appealed=date(2026, 3, 20), ruling="upheld"), "Q114"),
    (_request("appealed", **DECIDED, appealed=date(2026, 3, 20), ruling="upheld", final=date(2026, 6, 2)), "Q115"),
    (_request("appealed", **DECIDED, appealed=date(2026, 3, 20), ruling="upheld", final=TODAY), None),
    (_request("answered", **DECIDED, appealed=date(2026, 3, 20), ruling="changed"), "Q114"),
    (_request("answered", **DECIDED, appealed=date(2026, 3, 20), ruling="changed", final=TODAY), None),
    (_request("appealed", **DECIDED, appealed=date(2026, 3, 20), ruling="withdrawn"), "Q114"),
    (_request("appealed", **DECIDED, appealed=date(2026, 3, 20), ruling="withdrawn", final=date(2026, 6, 2)), "Q115"),
    (_request("appealed", **DECIDED, appealed=date(2026, 3, 20), ruling="withdrawn", final=TODAY), "Q112"),
    (
        _request(
            "appealed",
            **DECIDED,
            appealed=date(2026, 3, 20),
            ruling="withdrawn",
            final=TODAY,
            served=date(2026, 5, 11),
        ),
        "Q113",
    ),
    (_request("answered", **DECIDED), "Q112"),
    (_request("answered", **DECIDED, served=date(2026, 5, 20)), "Q113"),
    (_request("withdrawn", **DECIDED, served=date(2026, 5, 20)), "Q113"),
    (_request("decided", **DECIDED, appealed=date(2026, 5, 1), ruling="late"), "Q112"),
    (_request("appealed", **DECIDED, served=date(2026, 5, 20), appealed=date(2026, 5, 1), ruling="late"), "Q113"),
    (_request("decided", **DECIDED, served=date(2026, 4, 20), appealed=date(2026, 4, 1), ruling="late"), None),
]


@pytest.mark.parametrize(("request_", "code"), CASES, ids=[f"{number}" for number in range(len(CASES))])
def test_what_keeps_it_from_being_closed(request_: Request, code: str | None) -> None:
    """Open, no day of receipt, time that runs, an appeal that is not finally decided; else nothing."""
    assert may_close(request_, TODAY) == code
    assert bool(why_not(request_, TODAY)) == (code is not None)
    assert "…" not in why_not(request_, TODAY, "sv")


def test_every_standing_is_tried() -> None:
    """The table leaves none out."""
    assert {one.standing for one, _ in CASES} == set(REQUEST_STANDINGS) == set(get_args(RequestStanding))


@pytest.mark.parametrize("served", [date(2025, 12, 3), date(2025, 12, 11), date(2026, 3, 13), date(2026, 5, 29)])
def test_it_is_closed_the_day_after_the_last_one(served: date) -> None:
    """Not on the last day, which a holiday or a Saturday moves; on the next day it is."""
    request = _request("decided", **DECIDED, served=served)
    last = appeal_last_day(served)
    assert last >= served + timedelta(weeks=3)
    for day in range((last - served).days + 1):
        assert may_close(request, served + timedelta(days=day)) == "Q113"
    assert may_close(request, last + timedelta(days=1)) is None


def test_without_a_day_of_receipt_it_never_ends() -> None:
    """A hundred years later the clock has not begun."""
    assert may_close(_request("decided", **DECIDED), date(2126, 1, 1)) == "Q112"


def _opened(home: Home) -> Request:
    return open_request(home, Opening(wording="Allt"), OFFICER)


def _stands(home: Home, number: int, standing: RequestStanding, **changes: Any) -> None:
    """As another act leaves it."""

    def changed(now: Request) -> Request:
        return replace(now, standing=standing, **changes)

    with home.ground.state.writing() as books:
        change_request(books, number, set(REQUEST_STANDINGS), changed, act="request.proved", actor=OFFICER)


def test_closing_lifts_the_hold_and_writes_the_log(desk: Desk) -> None:
    """One transaction: standing, hold, log item and receipts; what was held is then culled again, also the thread's rest."""
    sample = desk.sample()
    number = desk.ask()
    assert culled(desk) == set()
    desk.request("withdraw", str(number))
    assert culled(desk) == set()
    desk.refused("withdraw", str(number))
    desk.later(hours=1)
    desk.request("close", str(number))
    row = desk.kept(number)
    assert (row.standing, row.hold, row.closed) == ("closed", None, desk.at)
    assert culled(desk) == {sample["old"], sample["below_old"]}
    assert row.record is not None
    log = desk.below(row.record)[-1]
    assert log.kind == "request_log"
    lines = (log.text or "").splitlines()
    assert lines[0] == "Logg för begäran 1, avslutad efter att ha varit återtagen."
    assert len(lines) == 1 + 4
    assert all(OFFICER in line for line in lines[1:])
    assert "Allt om vattnet" not in (log.text or "")
    assert desk.acts(number)[-2:] == ["request.withdraw", "request.close"]
    with desk.open() as home, home.ground.state.reading() as books:
        assert not books.holds.in_force()


def test_an_open_request_is_not_closed(desk: Desk) -> None:
    """Refused with the reason, and nothing has changed."""
    number = desk.ask()
    assert "G-APPEAL" in desk.refused("close", str(number))
    assert desk.kept(number).standing == "open"
    assert desk.kept(number).hold is not None


@pytest.mark.parametrize("standing", ["answered", "refused"])
def test_an_employees_no_has_no_clock(desk: Desk, standing: RequestStanding) -> None:
    """It does not end by itself, however old; an officer closes it."""
    number = desk.ask()
    with desk.open() as home:
        _stands(home, number, standing)
    desk.later(days=1000)
    assert desk.kept(number).hold is not None
    desk.request("close", str(number))
    assert desk.kept(number).standing == "closed"


def test_a_decision_waits_for_its_last_day(desk: Desk) -> None:
    """Refused without a day of receipt and up to the last day; show says until when; closed the day after."""
    number = desk.ask()
    with desk.open() as home:
        _stands(home, number, "decided", decision=ITEM, decided=desk.at)
    assert "day on which the person got it" in desk.refused("close", str(number))
    with desk.open() as home:
        _stands(home, number, "decided", served=date(2026, 1, 15))
    desk.at = datetime(2026, 2, 5, 22, tzinfo=UTC)
    assert "2026-02-05" in desk.refused("close", str(number))
    assert desk.command("request", "show", str(number))["request"]["last_day"] == "2026-02-05"
    desk.at = datetime(2026, 2, 5, 23, 30, tzinfo=UTC)  # half past midnight in Sweden
    desk.request("close", str(number))


def test_who_has_no_mandate_closes_nothing(desk: Desk) -> None:
    """An unknown person neither withdraws nor closes."""
    number = desk.ask()
    desk.refused("withdraw", str(number), person="Okänd", code=2)
    desk.request("withdraw", str(number))
    desk.refused("close", str(number), person="Okänd", code=2)
    assert desk.kept(number).standing == "withdrawn"


def test_a_withdrawn_request_has_its_letter(desk: Desk) -> None:
    """When it is wanted; it stays in the thread."""
    number = desk.ask()
    answer = desk.request("withdraw", str(number), "--letter")
    (letter,) = answer["letters"]
    assert desk.newest(letter).kind == "letter"


def test_what_waits_for_a_word_is_not_withdrawn(desk: Desk) -> None:
    """A decision that stands beside an answer needs its day of receipt first; with it, the time runs on."""
    number = desk.ask()
    with desk.open() as home:
        _stands(home, number, "answered", decision=ITEM, decided=desk.at)
        with pytest.raises(GuardError) as refused:
            withdraw(home.ground, number, OFFICER)
        assert refused.value.code == "G-APPEAL"
        _stands(home, number, "answered", served=date(2026, 1, 14))
    desk.request("withdraw", str(number))
    desk.refused("close", str(number))
    desk.later(days=30)
    desk.request("close", str(number))


def test_two_officers_do_not_close_over_each_other(desk: Desk) -> None:
    """Something that another officer did while the log was written stops the closing; the hold stays."""
    number = desk.ask()
    desk.request("withdraw", str(number))
    with desk.open() as home, desk.open() as other:
        done: list[int] = []

        def meanwhile(name: str) -> None:
            if name.startswith("own:") and not done:
                done.append(1)
                _stands(other, number, "decided", decision=ITEM, decided=desk.at)

        odd = with_state(home, OddState(home.ground.state, at_lease=meanwhile))
        with pytest.raises(GuardError) as refused:
            close(odd.ground, number, COLLEAGUE, "Logg")
        assert refused.value.code == "G-CHANGED"
        with home.ground.state.reading() as books:
            assert len(books.holds.in_force()) == 1


def test_a_closing_that_is_stopped_leaves_all_or_nothing(desk: Desk) -> None:
    """A commit that fails: the request is not closed, its hold is in force, and it is closed the next time."""
    number = desk.ask()
    desk.request("withdraw", str(number))

    def fail(books: Books) -> None:
        found = books.requests.get(number)
        if found is not None and found.standing == "closed":
            raise OSError("no")

    with desk.open() as home:
        odd = with_state(home, OddState(home.ground.state, at_end=fail))
        with pytest.raises(OSError, match="no"):
            close(odd.ground, number, OFFICER, "Logg")
        with home.ground.state.reading() as books:
            assert [one.number for one in books.holds.in_force()] == [desk.kept(number).hold]
    desk.request("close", str(number))
