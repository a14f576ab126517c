"""From the day of receipt to the court's ruling: every day and every step, in time and late, across holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.disclose.refuse.appeal_clock import appeal_waits, in_time, last_day, time_is_over
from flows.disclose.refuse.forward import forward
from flows.keep.own import own_file, read_own
from schemas.ids import ItemId
from schemas.refusal import GuardError
from tests.disclose.deciding import FIRST, WHY, appealed, asked, beyond, decided, meanwhile, noon, template
from tests.disclose.test_letters import REQUEST
from tests.disclose.world import COLLEAGUE, DELEGATE, OFFICER, Desk

DECIDED = replace(
    REQUEST, standing="decided", decision=ItemId("202601-aaaaaaaaaaaaaaaa"), decided=datetime(2026, 1, 15, tzinfo=UTC)
)


@pytest.fixture(scope="module")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk with one decided request."""
    return template(tmp_path_factory, decided)


def _appealed(desk: Desk, *, served: str = "2026-01-16", came: str = "2026-01-30") -> int:
    """The first request, whose decision was received and appealed on these days."""
    desk.at = noon(came)
    if served:
        desk.request("served", str(FIRST), "--on", served)
    desk.request("appeal", str(FIRST), "--on", came)
    return FIRST


def _text(desk: Desk, item: str) -> str:
    with desk.open() as home:
        row = read_own(home.ground, ItemId(item))
    assert row is not None
    return row.text or ""


def _letter(desk: Desk, number: int) -> str:
    """The text of the newest letter."""
    found = [one["evidence"]["item"] for one in desk.receipts(f"request:{number}") if one["act"] == "request.letter"]
    return _text(desk, found[-1])


def test_the_clock_starts_with_a_recorded_day_and_never_without() -> None:
    """Without a day of receipt there is no last day, no appeal is late, and the time is never over (FL 44-45 §§)."""
    assert last_day(DECIDED) is None
    assert in_time(DECIDED, date(2036, 1, 1))
    assert not time_is_over(DECIDED, date(2036, 1, 1))
    known = replace(DECIDED, served=date(2026, 1, 16))
    assert last_day(known) == date(2026, 2, 6)
    assert in_time(known, date(2026, 2, 6))
    assert not in_time(known, date(2026, 2, 7))
    assert not time_is_over(known, date(2026, 2, 6))
    assert time_is_over(known, date(2026, 2, 7))
    assert last_day(replace(known, decision=None)) is None


def test_an_appeal_waits_until_it_is_ruled_on() -> None:
    """A ruling of a court or of ours ends the waiting."""
    came = replace(DECIDED, appealed=date(2026, 1, 30))
    assert appeal_waits(came)
    assert not appeal_waits(DECIDED)
    assert not appeal_waits(replace(came, ruling="late"))


def test_the_day_of_receipt_gives_the_last_day_across_holidays(desk: Desk) -> None:
    """Easter and Midsummer: what the command says is the next working day."""
    desk.at = noon("2026-06-01")
    for received, last in (("2026-03-13", "2026-04-07"), ("2026-05-29", "2026-06-22"), ("2026-05-15", "2026-06-05")):
        assert desk.request("served", str(FIRST), "--on", received)["last_day"] == last


def test_the_last_day_over_christmas_and_epiphany(desk: Desk) -> None:
    """Received a Tuesday before Christmas: not Epiphany but the day after it."""
    desk.at = noon("2026-12-14")
    number = decided(desk, on="2026-12-15")
    desk.at = noon("2026-12-17")
    assert desk.request("served", str(number), "--on", "2026-12-16")["last_day"] == "2027-01-07"


def test_a_day_of_receipt_is_corrected_with_both_in_the_ledger(desk: Desk) -> None:
    """Before the decision and in the future are refused; the same day again adds nothing; a correction keeps the first."""
    number = FIRST
    desk.at = noon("2026-01-22")
    desk.refused("served", str(number), "--on", "2026-01-14", code=2)
    desk.refused("served", str(number), "--on", "2026-01-23", code=2)
    desk.request("served", str(number), "--on", "2026-01-19")
    desk.request("served", str(number), "--on", "2026-01-19", person=COLLEAGUE)
    desk.request("served", str(number), "--on", "2026-01-20")
    days = [one["evidence"] for one in desk.receipts(f"request:{number}") if one["act"] == "request.served"]
    assert [(one["before"], one["served"]) for one in days] == [(None, "2026-01-19"), ("2026-01-19", "2026-01-20")]
    assert desk.kept(number).served == date(2026, 1, 20)


def test_nothing_is_received_or_appealed_where_nothing_is_decided(desk: Desk) -> None:
    """An employee's no has no appeal time: G-SERVED, G-APPEAL with what to do instead."""
    number = asked(desk)
    for _ in range(2):
        assert "G-SERVED" in desk.refused("served", str(number), "--on", "2026-01-15")
        assert "request decide" in desk.refused("appeal", str(number), "--on", "2026-01-15")
        for step in (("late", "--reason", WHY), ("forward",), ("ruling", "upheld")):
            assert "G-APPEAL" in desk.refused(step[0], str(number), *step[1:], person=DELEGATE)
        if desk.kept(number).standing == "open":
            desk.request("refuse", str(number), "--reason", WHY)


def test_an_appeal_is_kept_as_it_came(desk: Desk) -> None:
    """Its words and the paper are an item of the request; the ledger has days and ids. The same day again adds nothing."""
    number = FIRST
    desk.at = noon("2026-01-30")
    text, paper = desk.root / "o.txt", desk.root / "Namn Namnsson.PDF"
    text.write_text("Jag överklagar, hälsar Namn Namnsson", "utf-8")
    paper.write_bytes(b"%PDF-1.7 papper")
    options = ("--on", "2026-01-30", "--text-file", str(text), "--file", str(paper))
    done = desk.request("appeal", str(number), *options)
    assert (done["standing"], done["appealed"], done["in_time"]) == ("appealed", "2026-01-30", True)
    (receipt,) = [one for one in desk.receipts(f"request:{number}") if one["act"] == "request.appealed"]
    with desk.open() as home:
        row = read_own(home.ground, ItemId(receipt["evidence"]["item"]))
        assert row is not None
        assert row.kind == "request_log"
        assert own_file(home.ground, row, "overklagande-inkommet.pdf") == b"%PDF-1.7 papper"
    assert "Namn Namnsson" in (row.text or "")
    assert "Namnsson" not in str(desk.receipts(f"request:{number}")) + str(desk.receipts(row.item))
    before = desk.acts(number)
    desk.request("appeal", str(number), "--on", "2026-01-30")
    assert desk.acts(number) == before
    assert "G-APPEAL" in desk.refused("appeal", str(number), "--on", "2026-01-29")
    text.write_bytes(b"\xff\xfe\x00")
    desk.refused("appeal", str(number), "--on", "2026-01-30", "--text-file", str(text), code=2)


def test_an_appeal_before_the_decision_or_in_the_future_is_refused(desk: Desk) -> None:
    """Days that cannot be are bad input."""
    number = FIRST
    desk.at = noon("2026-01-30")
    for day in ("2026-01-14", "2026-01-31"):
        desk.refused("appeal", str(number), "--on", day, code=2)


def test_an_appeal_on_the_last_day_is_handed_over_with_the_papers(desk: Desk) -> None:
    """The letter says that it is in time, until when, and lists the papers; then the court has it, once."""
    number = _appealed(desk, served="2026-01-16", came="2026-02-06")
    folder = desk.root / "ut"
    done = desk.request("forward", str(number), "--out", str(folder))
    assert done["forwarded"] is not None
    assert done["files"] == ["overlamnande.pdf"]
    text = _letter(desk, number)
    for said in (
        "Till Kammarrätten i Göteborg",
        "kom in till Arvika kommun den 2026-02-06",
        "Sista dagen för att överklaga var den 2026-02-06",
        "1. Begäran, 2026-01-15",
        "Förteckning över de handlingar",
        "Det överklagade beslutet",
        "Överklagande som kom in 2026-02-06",
        "inte har lämnats ut: 3",
    ):
        assert said in text, said
    before = desk.acts(number)
    assert "G-APPEAL" in desk.refused("forward", str(number))
    assert "G-APPEAL" in desk.refused("served", str(number), "--on", "2026-01-17")
    assert desk.acts(number) == before


def test_where_to_answer_is_not_among_the_papers(desk: Desk) -> None:
    """The contact is kept apart from what the court is sent, in the list and in the folder."""
    beyond(desk)
    desk.publish("Läckan")
    number = desk.ask("Allt om läckan", "--contact", "hemlig.person@x.example")
    desk.find(number, "--text", "läckan")
    desk.assess(number, "refuse", provision="OSL 21:1")
    desk.request("decide", str(number), "--reason", WHY, person=DELEGATE)
    desk.request("appeal", str(number), "--on", "2026-01-15")
    desk.request("forward", str(number))
    assert "hemlig.person" not in _letter(desk, number)
    folder = desk.root / "papper"
    done = desk.request("papers", str(number), "--out", str(folder))
    assert {"01-handling.txt"} < set(done["files"])
    assert any(name.endswith("-beslut.pdf") for name in done["files"])
    assert all(b"hemlig.person" not in one.read_bytes() for one in folder.iterdir())
    assert "request.papers" in desk.acts(number)


def test_a_late_appeal_is_turned_away_by_a_decision_that_can_be_appealed(desk: Desk) -> None:
    """The day after the last it is late (G-LATE to hand it over); the delegate's decision has an appeal time of its own."""
    number = _appealed(desk, served="2026-01-16", came="2026-02-07")
    assert "2026-02-06" in desk.refused("forward", str(number))
    assert "G-DELEGATION" in desk.refused("late", str(number), "--reason", "För sent.")
    first = desk.kept(number).decision
    done = desk.request("late", str(number), "--reason", "Det kom in en dag för sent.", person=DELEGATE)
    assert (done["standing"], done["ruling"], done["served"]) == ("decided", "late", None)
    assert done["decision"] != first
    text = _text(desk, done["decision"])
    for said in ("avvisa", "Sista dagen var den 2026-02-06", "kom in den 2026-02-07", "Hur du överklagar", DELEGATE):
        assert said in text
    assert "G-APPEAL" in desk.refused("late", str(number), "--reason", "Igen.", person=DELEGATE)
    with desk.open() as home, home.ground.state.reading() as books:
        assert len(books.outbox.waiting("register")) == 2
    desk.at = noon("2026-02-12")
    desk.request("served", str(number), "--on", "2026-02-09")
    done = desk.request("appeal", str(number), "--on", "2026-02-12")
    assert (done["standing"], done["in_time"], done["ruling"]) == ("appealed", True, "")
    assert desk.request("forward", str(number))["forwarded"] is not None


def test_a_late_appeal_goes_on_when_the_lateness_was_our_fault(desk: Desk) -> None:
    """With the reason that the law knows it is handed over after all, and the letter says so (FL 45 §)."""
    number = _appealed(desk, served="2026-01-16", came="2026-02-09")
    desk.request("forward", str(number), "--excused", "wrong-instruction")
    assert "inte har lämnat en korrekt underrättelse" in _letter(desk, number)


def test_without_a_day_of_receipt_an_appeal_is_in_time(desk: Desk) -> None:
    """However late it comes it is not turned away; the court is told why it counts as in time."""
    number = _appealed(desk, served="", came="2026-05-04")
    assert "G-LATE" in desk.refused("late", str(number), "--reason", WHY, person=DELEGATE)
    desk.request("forward", str(number))
    assert "inte känt vilken dag" in _letter(desk, number)


def test_a_decision_that_we_change_ourselves(desk: Desk) -> None:
    """Before the court has it a delegate opens it again, and the appeal is not forgotten; afterwards it is refused."""
    number = _appealed(desk)
    assert "G-DELEGATION" in desk.refused("reopen", str(number), "--reason", "Vi ändrar oss.")
    done = desk.request("reopen", str(number), "--reason", "Vi ändrar oss.", person=DELEGATE)
    assert (done["standing"], done["appealed"]) == ("open", "2026-01-30")
    assert "G-CHANGED" in desk.refused("reopen", str(number), "--reason", "Igen.", person=DELEGATE)
    assert "G-APPEAL" in desk.refused("decide", str(number), "--reason", WHY, person=DELEGATE)
    desk.request("forward", str(number))
    assert desk.kept(number).standing == "open"
    assert "changed" not in str(desk.receipts(f"request:{number}")[-1]["evidence"])
    other = appealed(desk)
    desk.request("forward", str(other))
    assert "39 §" in desk.refused("reopen", str(other), "--reason", "För sent.", person=DELEGATE)


def test_an_employees_answer_is_opened_again_without_a_delegate(desk: Desk) -> None:
    """Where no decision stands any officer may assess anew."""
    number = asked(desk)
    desk.request("refuse", str(number), "--reason", WHY)
    assert desk.request("reopen", str(number), "--reason", "Nya uppgifter.", person=COLLEAGUE)["standing"] == "open"


@pytest.mark.parametrize(("how", "standing"), [("upheld", "appealed"), ("changed", "open"), ("remitted", "open")])
def test_a_ruling_of_the_court(desk: Desk, how: str, standing: str) -> None:
    """Upheld stays until it is final; changed and remitted open the request again. The hold stays in force throughout."""
    number = _appealed(desk)
    assert "G-APPEAL" in desk.refused("ruling", str(number), how)
    desk.request("forward", str(number))
    desk.at = noon("2026-03-02")
    paper = desk.root / "dom.pdf"
    paper.write_bytes(b"%PDF-1.7 dom")
    done = desk.request("ruling", str(number), how, "--on", "2026-02-27", "--file", str(paper))
    assert (done["standing"], done["ruling"], done["final"]) == (standing, how, None)
    done = desk.request("ruling", str(number), how, "--final", "2026-03-24")
    assert (done["standing"], done["final"]) == (standing, "2026-03-24")
    before = desk.acts(number)
    desk.request("ruling", str(number), how, "--final", "2026-03-24")
    assert desk.acts(number) == before
    assert desk.hold_of(number).lifted_at is None


def test_rulings_and_days_that_cannot_be(desk: Desk) -> None:
    """Before it was handed over, in the future, final before the ruling or years later; another ruling once it is opened."""
    number = _appealed(desk)
    desk.request("forward", str(number))
    desk.at = noon("2026-03-02")
    wrong: list[tuple[str, ...]] = [
        ("--on", "2026-01-29"),
        ("--on", "2026-03-03"),
        ("--on", "2026-02-27", "--final", "2026-02-26"),
        ("--final", "2029-01-01"),
    ]
    for days in wrong:
        desk.refused("ruling", str(number), "upheld", *days, code=2)
    desk.request("ruling", str(number), "upheld", "--on", "2026-02-27")
    done = desk.request("ruling", str(number), "changed", "--on", "2026-03-02")
    assert done["standing"] == "open"
    assert "G-APPEAL" in desk.refused("ruling", str(number), "upheld")


def test_an_appeal_that_is_taken_back(desk: Desk) -> None:
    """It needs no court; it is not final before the time to appeal has run."""
    number = _appealed(desk, served="2026-01-16", came="2026-01-30")
    desk.refused("ruling", str(number), "withdrawn", "--final", "2026-02-05", code=2)
    done = desk.request("ruling", str(number), "withdrawn", "--final", "2026-02-06")
    assert (done["standing"], done["ruling"], done["final"]) == ("appealed", "withdrawn", "2026-02-06")


def test_after_a_changed_ruling_a_new_decision_starts_anew(desk: Desk) -> None:
    """A remitted request is decided again: no day of receipt, no appeal and no ruling of before stands any longer."""
    number = _appealed(desk)
    desk.request("forward", str(number))
    desk.request("ruling", str(number), "remitted")
    desk.request("decide", str(number), "--reason", WHY, person=DELEGATE)
    after = desk.kept(number)
    assert (after.standing, after.served, after.appealed, after.forwarded) == ("decided", None, None, None)
    assert (after.ruling, after.final) == ("", None)


def test_a_colleague_who_changes_the_day_stops_the_handing_over(desk: Desk) -> None:
    """What the letter says of the last day would be wrong: nothing is written (G-CHANGED)."""
    number = _appealed(desk)

    def corrects() -> None:
        desk.request("served", str(number), "--on", "2026-01-19", person=COLLEAGUE)

    with meanwhile(desk, corrects) as home, pytest.raises(GuardError, match="G-CHANGED"):
        forward(home, number, OFFICER)
    assert desk.kept(number).forwarded is None
    assert "request.letter" not in desk.acts(number)


def test_every_receipt_has_ids_days_and_codes_alone(desk: Desk) -> None:
    """Across the whole way no value of a receipt is a sentence."""
    number = _appealed(desk)
    desk.request("forward", str(number))
    desk.request("ruling", str(number), "changed", "--final", "2026-02-20")
    for receipt in desk.receipts(f"request:{number}"):
        values: dict[str, Any] = receipt["evidence"]
        assert all(
            len(str(value).split()) <= 2 or set("0123456789abcdef") >= set(str(value)) for value in values.values()
        )
