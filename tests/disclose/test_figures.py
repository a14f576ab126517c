"""The year's figures: made by hand across New Year, Christmas, Easter and Midsummer, and compared number by number."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from flows.disclose.log.figures import as_csv, belongs, counted, decimal, first_answer, rows, share, sheet
from flows.disclose.log.log import Entry
from schemas.request import Request
from tests.disclose.world import AUTHORITY, Desk

MADE = datetime(2027, 2, 1, 9, tzinfo=UTC)
OPENS, CLOSES = time(7, 30), time(16, 0)


def _request(number: int, received: datetime, **more: Any) -> Request:
    values: dict[str, Any] = {
        "kind": "handlingar",
        "standing": "answered",
        "authority": "ks",
        "channel": "e-post",
        "opened": received,
        "changed": received,
        "person": "Ulla",
        "hold": number,
        "outcome": "given",
        **more,
    }
    return Request(number=number, received=received, **values)


def _told(*some: tuple[str, datetime, dict[str, Any]]) -> list[Entry]:
    return [Entry(at=at, until=at, act=act, person="Ulla", evidence=evidence) for act, at, evidence in some]


def _utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


YEAR = [
    # Received at 23.30 UTC on New Year's Eve: 2026 in Sweden. Answered on 2 January (a Friday), the next working day.
    _request(1, _utc(2025, 12, 31, 23, 30)),
    # 23 December at 15.00: office hours until 16.00, then Christmas; answered on Monday 28 at 08.30: two hours in all.
    _request(2, _utc(2026, 12, 23, 14), outcome="partly", channel="telefon"),
    # Maundy Thursday to Tuesday after Easter, half an hour after opening.
    _request(
        3, _utc(2026, 4, 2, 13, 30), outcome="refused", standing="decided", served=date(2026, 4, 9), ruling="upheld"
    ),
    # The day before Midsummer Eve, answered the same afternoon.
    _request(4, _utc(2026, 6, 18, 8), outcome="nothing", fee="paid"),
    # About personal data; a decision two weeks later. Not answered: open. Taken back: withdrawn.
    _request(5, _utc(2026, 9, 1, 8), kind="radering", outcome="unpublish", standing="decided"),
    _request(6, _utc(2026, 10, 1, 8), standing="open", outcome=""),
    _request(7, _utc(2026, 10, 2, 8), standing="closed", outcome="", fee="waived"),
]
TOLD = {
    1: _told(
        ("request.open", _utc(2026, 1, 2, 7), {}),
        ("request.answered", _utc(2026, 1, 2, 9), {"records": 3, "partly": 0, "refused": 0, "portion": 1}),
        ("request.answered", _utc(2026, 1, 5, 9), {"records": 2, "partly": 0, "refused": 0, "portion": 2}),
    ),
    2: _told(
        ("request.answered", _utc(2026, 12, 28, 7, 30), {"records": 4, "partly": 1, "refused": 2, "portion": 1}),
    ),
    3: _told(
        ("request.refused", _utc(2026, 4, 7, 6), {}),
        ("request.decided", _utc(2026, 4, 8, 8), {}),
        ("request.appealed", _utc(2026, 4, 20, 8), {}),
        ("request.late", _utc(2026, 4, 21, 8), {}),
        ("request.decided", _utc(2026, 5, 8, 8), {}),
    ),
    4: _told(
        ("request.fee", _utc(2026, 6, 18, 9), {"amount": "50.00"}),
        ("request.fee", _utc(2026, 6, 18, 10), {"amount": "62.50"}),
        ("request.answered", _utc(2026, 6, 18, 12), {"records": 0, "partly": 0, "refused": 0, "portion": 1}),
    ),
    5: _told(("request.unpublish", _utc(2026, 9, 15, 8), {"outcome": "unpublish"})),
    7: _told(("request.fee", _utc(2026, 10, 2, 9), {"amount": "0.00"}), ("request.withdraw", _utc(2026, 10, 3, 8), {})),
}


def test_a_request_belongs_to_the_local_year_in_which_it_came() -> None:
    """Half past eleven at night in UTC on New Year's Eve is next year in Sweden."""
    late = _utc(2025, 12, 31, 23, 30)
    assert belongs(_request(1, late), 2026)
    assert not belongs(_request(1, late), 2025)
    assert belongs(_request(1, _utc(2025, 12, 31, 22, 30)), 2025)
    assert not belongs(_request(1, late), 2026, "annan")
    assert belongs(_request(1, late), 2026, "ks")


def test_the_year_is_counted_as_by_hand() -> None:
    """Every figure, worked out on paper."""
    found = counted(YEAR, TOLD, 2026, "", MADE, OPENS, CLOSES)
    assert (found.received, found.answered, found.open, found.withdrawn, found.closed) == (7, 5, 1, 1, 1)
    assert found.kinds == {"handlingar": 6, "radering": 1}
    assert found.channels == {"e-post": 6, "telefon": 1}
    assert found.outcomes == {"given": 1, "partly": 1, "refused": 1, "nothing": 1, "unpublish": 1}
    # 1 → 2 January: next working day. 23 → 28 December: next working day. 2 → 7 April: next working day. Same day: one.
    assert (found.same_day, found.next_workday) == (1, 4)
    # Days 1, 5, 5, 0, 14; working days 1, 1, 1, 0, 10.
    assert (found.days, found.workdays) == (5.0, 1.0)
    # Hours: 2.5 (2 January 07.30–10), 2.0, 1.0 (15.30–16 and 07.30–08), 4.0 (10–14), 85.0 (ten days and none over).
    assert found.office == 2.5
    assert (found.decisions, found.served, found.appeals, found.late) == (3, 1, 1, 1)
    assert found.rulings == {"upheld": 1}
    assert (found.portions, found.versions, found.partly, found.refused) == (4, 9, 1, 2)
    assert (found.asked, found.paid, found.waived, found.amount) == (1, 1, 1, Decimal("62.50"))


def test_the_first_answer_stops_the_clock() -> None:
    """The first portion, or an employee's no, whatever was decided later; a letter or a list is no answer."""
    assert first_answer(TOLD[1]) == _utc(2026, 1, 2, 9)
    assert first_answer(TOLD[3]) == _utc(2026, 4, 7, 6)
    assert first_answer(TOLD[7]) is None
    assert first_answer([]) is None


def test_a_year_without_requests_has_no_medians() -> None:
    """Nothing is divided by nothing, and the sheet is whole all the same."""
    found = counted([], {}, 2031, "ks", MADE, OPENS, CLOSES)
    assert (found.received, found.days, found.workdays, found.office) == (0, None, None, None)
    assert ("Tid till första svar", "samma dag", "0") in set(rows(found))
    assert ("Tid till första svar", "median, arbetsdagar", "–") in set(rows(found))


def test_the_sheet_and_the_csv_say_the_same() -> None:
    """Every line of the figures stands in both; numbers are written in Swedish."""
    found = counted(YEAR, TOLD, 2026, "", MADE, OPENS, CLOSES)
    lines = as_csv(found).decode("utf-8-sig").splitlines()
    assert lines[0] == "ar;grupp;uppgift;varde"
    assert lines[1:] == [f"2026;{';'.join(one)}" for one in rows(found)]
    shown = [(one.heading, *pair) for one in sheet(found, "Arvika kommun").sections for pair in one.fields]
    assert shown == list(rows(found))
    assert "2026;Avgifter;summa, kronor;62,50" in lines
    assert "2026;Tid till första svar;samma dag;1 av 5 (20 %)" in lines
    assert (share(3, 4), decimal(2.5), decimal(5.0)) == ("3 av 4 (75 %)", "2,5", "5")


def test_the_figures_of_a_real_home(desk: Desk) -> None:
    """``request figures``: from rows and ledger, by year and authority, as JSON, PDF/A and CSV."""
    desk.ask("Ett", "--channel", "besok")
    desk.later(hours=2)
    desk.ask("Två")
    found = desk.command("request", "figures", "--year", "2026")
    assert (found["received"], found["open"], found["answered"]) == (2, 2, 0)
    assert found["channels"] == {"besok": 1, "e-post": 1}
    assert desk.command("request", "figures", "--year", "2025")["received"] == 0
    assert desk.command("request", "figures", "--year", "2026", "--authority", AUTHORITY)["received"] == 2
    assert desk.command("request", "figures", "--year", "2026", "--authority", "barn-utbildning")["received"] == 0
    pdf, csv = desk.root / "siffror.pdf", desk.root / "siffror.csv"
    assert desk.command("request", "figures", "--year", "2026", "--out", str(pdf))["out"] == str(pdf)
    desk.say("request", "figures", "--year", "2026", "--out", str(csv))
    assert pdf.read_bytes().startswith(b"%PDF")
    assert csv.read_bytes().startswith(b"\xef\xbb\xbf")
    text = desk.say("request", "figures", "--year", "2026")
    assert "inkomna under året" in text
    for wrong in (("--year", "26"), ("--year", "2026", "--authority", "malmo"), ("--year", "2026", "--out", str(pdf))):
        desk.say("request", "figures", *wrong, codes=(2,))


@pytest.mark.parametrize("value", ["x", None, 5, "NaN-ish"])
def test_a_strange_amount_does_not_stop_the_figures(value: Any) -> None:
    """Receipts of another edition are counted as far as they can be read."""
    some = {1: _told(("request.fee", MADE, {"amount": value}))}
    found = counted([_request(1, _utc(2026, 3, 1, 9))], some, 2026, "", MADE, OPENS, CLOSES)
    assert found.amount in {Decimal(0), Decimal(5)}
