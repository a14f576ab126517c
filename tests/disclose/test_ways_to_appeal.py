"""An appeal always has a way: after the request was taken back or closed, once more, and about personal data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.disclose.intake.opening import Opening, open_request
from flows.disclose.nightly import request_findings
from schemas.disclosure import DisclosureSettings
from schemas.refusal import GuardError, RefusedError
from tests.cull.interference import OddState, with_state
from tests.disclose.deciding import FIRST, WHY, decided, noon, template
from tests.disclose.test_opening import culled
from tests.disclose.world import COLLEAGUE, DELEGATE, OFFICER, Desk


@pytest.fixture(scope="module")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk with one request, decided on 15 January 2026, and old records beside it."""

    def prepare(desk: Desk) -> int:
        desk.publish("Vattnet stängs av", at=datetime(2022, 5, 3, 10, tzinfo=UTC))
        return decided(desk)

    return template(tmp_path_factory, prepare)


def _closed(desk: Desk) -> None:
    """The first request, closed the day after its last day of appeal."""
    desk.at = noon("2026-02-07")
    desk.request("served", str(FIRST), "--on", "2026-01-16")
    desk.request("close", str(FIRST))


def test_a_late_appeal_that_comes_after_closing_is_turned_away(desk: Desk) -> None:
    """The request is open again with its hold from that moment; only the new decision's time ends it once more."""
    _closed(desk)
    before = desk.hold_of(FIRST)
    assert len(culled(desk)) == 1
    desk.at = noon("2026-02-10")
    done = desk.request("appeal", str(FIRST), "--on", "2026-02-09")
    assert (done["standing"], done["in_time"]) == ("appealed", False)
    row = desk.kept(FIRST)
    assert (row.closed, row.hold) == (None, before.number + 1)
    with desk.open() as home, home.ground.state.reading() as books:
        assert [(one.number, one.record) for one in books.holds.in_force()] == [(row.hold, before.record)]
    assert culled(desk) == set()
    assert f"gallringsstopp {row.hold} sattes på nytt" in desk.say("request", "log", str(FIRST))
    desk.request("late", str(FIRST), "--reason", "Det kom in för sent.", person=DELEGATE)
    assert "G-APPEAL" in desk.refused("close", str(FIRST))
    desk.at = noon("2026-03-10")
    desk.request("served", str(FIRST), "--on", "2026-02-12")
    desk.request("close", str(FIRST))
    assert len(culled(desk)) == 1


def test_an_appeal_in_time_that_is_found_after_closing_is_handed_over(desk: Desk) -> None:
    """It lay in a letter box: what is recorded is the day on which it came in."""
    _closed(desk)
    desk.at = noon("2026-02-10")
    assert desk.request("appeal", str(FIRST), "--on", "2026-02-06")["in_time"] is True
    desk.request("forward", str(FIRST))
    assert "G-APPEAL" in desk.refused("close", str(FIRST))


def test_what_was_closed_without_a_decision_is_asked_for_anew(desk: Desk) -> None:
    """There is nothing to appeal; the remedy is one that works."""
    number = desk.ask("Något")
    desk.request("withdraw", str(number))
    desk.request("close", str(number))
    assert "new request" in desk.refused("appeal", str(number), "--on", "2026-01-15")


def test_who_took_the_request_back_may_appeal_the_decision_all_the_same(desk: Desk) -> None:
    """The decision stands: its day of receipt may be corrected, and an appeal is taken."""
    desk.at = noon("2026-01-20")
    desk.request("served", str(FIRST), "--on", "2026-01-16")
    desk.request("reopen", str(FIRST), "--reason", "Prövas på nytt.", person=DELEGATE)
    desk.request("withdraw", str(FIRST))
    assert desk.request("served", str(FIRST), "--on", "2026-01-19")["standing"] == "withdrawn"
    assert desk.request("appeal", str(FIRST), "--on", "2026-01-20")["standing"] == "appealed"
    desk.at = noon("2026-06-01")
    assert "G-APPEAL" in desk.refused("close", str(FIRST))


def test_an_appeal_taken_back_ends_nothing_before_the_time_has_run(desk: Desk) -> None:
    """Not without a day of receipt, not when that is corrected to a later one; and who took it back may appeal anew."""
    desk.at = noon("2026-01-30")
    desk.request("appeal", str(FIRST), "--on", "2026-01-30")
    desk.request("ruling", str(FIRST), "withdrawn", "--final", "2026-01-30")
    assert "day on which the person got it" in desk.refused("close", str(FIRST))
    desk.request("served", str(FIRST), "--on", "2026-01-29")
    assert "2026-02-19" in desk.refused("close", str(FIRST))
    done = desk.request("appeal", str(FIRST), "--on", "2026-01-30")
    assert (done["standing"], done["ruling"], done["final"]) == ("appealed", "", None)
    desk.request("ruling", str(FIRST), "withdrawn", "--final", "2026-02-19")
    desk.at = noon("2026-02-20")
    desk.request("close", str(FIRST))


def test_a_new_decision_about_personal_data_does_not_forget_an_appeal(desk: Desk) -> None:
    """As for records: it is handed over, or taken back, before anything is decided anew."""
    number = desk.ask("Radera mig", "--kind", "radering", "--contact", "a@x.example")
    no = ("unpublish", str(number), "no", "--reason", WHY)
    desk.request(*no, person=DELEGATE)
    desk.request("appeal", str(number), "--on", "2026-01-15")
    desk.request("reopen", str(number), "--reason", "Prövas på nytt.", person=DELEGATE)
    assert "G-APPEAL" in desk.refused(*no, person=DELEGATE)
    assert desk.kept(number).appealed is not None
    desk.request("forward", str(number), person=COLLEAGUE)


def test_the_night_reminds_of_an_appeal_also_where_the_request_is_open_again(desk: Desk) -> None:
    """It is to be handed over at once (FL 46 §), and what was decided waits for its day of receipt."""
    desk.request("reopen", str(FIRST), "--reason", "Prövas på nytt.", person=DELEGATE)
    row, later = desk.kept(FIRST), desk.at + timedelta(days=8)
    what = [dict(one.parameters).get("what") for one in request_findings(row, later, DisclosureSettings())]
    assert any("fick det skriftliga beslutet" in str(one) for one in what)
    desk.request("appeal", str(FIRST), "--on", "2026-01-15")
    what = [dict(one.parameters).get("what") for one in request_findings(desk.kept(FIRST), later, DisclosureSettings())]
    assert "överlämna överklagandet till domstolen" in what


@pytest.mark.parametrize("received", ["0001-01-01T00:00:00+05:00", "0001-01-01T00:00:00Z", "1026-01-15T08:00:00Z"])
def test_a_slip_in_the_year_is_not_entered(desk: Desk, received: str) -> None:
    """Neither a crash nor a request that is a thousand years late."""
    desk.refused("open", "--text", "Allt", "--received", received, code=2)
    with desk.open() as home, pytest.raises(RefusedError):
        open_request(home, Opening(wording="Allt", received=datetime(2016, 1, 1, tzinfo=UTC)), OFFICER)


def test_a_stopped_opening_says_that_the_contact_is_to_be_noted(desk: Desk) -> None:
    """What was given with it is lost, and never in what is said of it."""

    def refuse(name: str) -> None:
        if name.startswith("own:"):
            raise OSError("no")

    with desk.open() as home:
        odd = with_state(home, OddState(home.ground.state, at_lease=refuse))
        with pytest.raises(GuardError) as refused:
            open_request(odd, Opening(wording="Allt", contact="hemlig@x.example", kind="radering"), OFFICER)
    assert "request contact 2" in str(refused.value)
    assert "hemlig" not in str(refused.value)
    desk.request("amend", "2", "--text", "Allt")
    assert any("request contact 2" in one for one in desk.command("request", "show", "2")["request"]["next"])


def test_from_no_to_ruling_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    """Refused, decided, received, appealed, handed over, upheld and closed, with the hold in force until the end."""
    monkeypatch.setenv("BEVARA_KEYS", str(tmp_path / "nycklar"))
    desk = Desk(tmp_path / "allt").begin(database=postgres_url)
    desk.publish("Läckan på torget")
    number = desk.ask("Allt om läckan", "--contact", "a@x.example")
    desk.find(number, "--text", "läcka")
    desk.assess(number, "refuse", provision="OSL 21:1")
    desk.request("refuse", str(number), "--reason", WHY)
    desk.request("decide", str(number), "--reason", WHY, person=DELEGATE)
    desk.at = noon("2026-01-30")
    desk.request("served", str(number), "--on", "2026-01-16")
    desk.request("appeal", str(number), "--on", "2026-01-30")
    desk.request("forward", str(number))
    assert desk.request("ruling", str(number), "upheld", "--final", "2026-02-20")["standing"] == "appealed"
    assert "G-APPEAL" in desk.refused("close", str(number))
    desk.at = noon("2026-02-20")
    desk.request("close", str(number))
    assert desk.hold_of(number).lifted_at == desk.at
    assert "G-APPEAL" in desk.refused("appeal", str(number), "--on", "2026-02-20")
