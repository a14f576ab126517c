"""What copies cost: every example of the tariffs that are known, and the acts of asking, paying and waiving."""

from __future__ import annotations

from decimal import Decimal

import pytest

from flows.disclose.answer.fee import MOST_UNITS, amount, kronor
from schemas.disclosure import Tariff
from schemas.payload import fields_of
from schemas.refusal import RefusedError
from tests.disclose.world import OFFICER, Desk


def tariff(free: int, base_units: int, base: int, step: int, *, electronic: bool = True, vat: int = 0) -> Tariff:
    """A tariff by page."""
    return Tariff(
        name="prov",
        unit="sida",
        free=free,
        base_units=base_units,
        base=Decimal(base),
        step=Decimal(step),
        electronic="same" if electronic else "free",
        vat=Decimal(vat),
    )


ARVIKA = tariff(9, 10, 50, 2)
HARRYDA = tariff(39, 40, 110, 2, electronic=False)
HARJEDALEN = tariff(19, 20, 70, 2, electronic=False)
HUDIKSVALL = tariff(9, 10, 55, 2)
VASTERAS = tariff(20, 20, 0, 4, electronic=False)


@pytest.mark.parametrize(
    ("one", "units", "kronor"),
    [
        (ARVIKA, 0, 0),
        (ARVIKA, 1, 0),
        (ARVIKA, 9, 0),
        (ARVIKA, 10, 50),
        (ARVIKA, 11, 52),
        (ARVIKA, 100, 230),
        (HARRYDA, 39, 0),
        (HARRYDA, 40, 110),
        (HARRYDA, 41, 112),
        (HARJEDALEN, 19, 0),
        (HARJEDALEN, 20, 70),
        (HARJEDALEN, 30, 90),
        (HUDIKSVALL, 9, 0),
        (HUDIKSVALL, 10, 55),
        (HUDIKSVALL, 12, 59),
        (VASTERAS, 20, 0),
        (VASTERAS, 21, 4),
        (VASTERAS, 30, 40),
    ],
)
def test_paper_costs_what_the_tariff_says(one: Tariff, units: int, kronor: int) -> None:
    """The examples of the municipalities' decisions, at each border and one beyond."""
    assert amount(one, units, electronic=False) == Decimal(kronor)


def test_electronic_copies_cost_the_same_or_nothing() -> None:
    """Arvika charges the same; Härjedalen nothing."""
    assert amount(ARVIKA, 10, electronic=True) == Decimal(50)
    assert amount(HARJEDALEN, 1_000, electronic=True) == Decimal(0)


def test_vat_comes_on_top_to_the_ore() -> None:
    """25 per cent of 52 is 13; odd rates are rounded to the öre."""
    assert amount(tariff(9, 10, 50, 2, vat=25), 11, electronic=False) == Decimal("65.00")
    assert amount(tariff(0, 1, 1, 1, vat=6), 1, electronic=False) == Decimal("1.06")


@pytest.mark.parametrize("units", [-1, MOST_UNITS + 1])
def test_senseless_numbers_are_refused(units: int) -> None:
    """Below nothing, or beyond all sense."""
    with pytest.raises(RefusedError, match="units"):
        amount(ARVIKA, units, electronic=False)


def test_sums_are_written_as_letters_write_them() -> None:
    """Whole kronor without decimals, one krona in the singular."""
    assert [kronor(Decimal(one)) for one in ("1", "52.00", "62.5")] == ["1 krona", "52 kronor", "62,50 kronor"]


def assessed(desk: Desk) -> int:
    """A request with a list in which everything is given."""
    desk.sample()
    number = desk.ask()
    desk.find(number, "--everything")
    desk.assess(number, "give")
    return number


def test_a_fee_that_is_asked_first_stops_the_answer_until_it_is_paid(desk: Desk) -> None:
    """G-FEE before it is paid; then the answer goes out, and nothing of it can be asked again."""
    number = assessed(desk)
    told = desk.request("fee", str(number), "--units", "11", "--ask-first")
    assert (told["amount"], told["fee"]) == ("52.00", "asked")
    letter = desk.newest(told["letter"])
    assert "52 kronor" in (letter.text or "")
    out = desk.root / "svar"
    assert "G-FEE" in desk.refused("answer", str(number), "--out", str(out))
    assert not out.exists()
    desk.request("paid", str(number))
    desk.request("paid", str(number))
    assert desk.kept(number).fee == "paid"
    assert "G-FEE" in desk.refused("fee", str(number), "--units", "11")
    assert "G-FEE" in desk.refused("fee", str(number), "--waive", "Nej")
    desk.answer(number, "--out", str(out))
    assert [one for one in desk.acts(number) if one in {"request.fee", "request.paid"}] == [
        "request.fee",
        "request.paid",
    ]


def test_a_fee_that_is_not_asked_first_stops_nothing(desk: Desk) -> None:
    """The letter is written, and the answer may go out."""
    number = assessed(desk)
    assert desk.request("fee", str(number), "--units", "10")["fee"] == ""
    desk.answer(number, "--out", str(desk.root / "svar"))


def test_units_are_proposed_as_pages_of_what_would_go_out(desk: Desk) -> None:
    """Without a number the documents are counted; so few pages cost nothing, and no letter is written."""
    number = assessed(desk)
    told = desk.request("fee", str(number))
    assert told["units"] >= 1
    assert (told["amount"], told["letter"]) == ("0.00", None)
    assert desk.answer(number, "--out", str(desk.root / "svar"))["pages"] == told["units"]


def test_a_waived_fee_has_its_reason_in_an_item_alone(desk: Desk) -> None:
    """The reason stands in a decision below the request, not in the ledger; the answer goes out."""
    number = assessed(desk)
    desk.request("fee", str(number), "--units", "30", "--ask-first")
    desk.request("fee", str(number), "--waive", "Journalist vid tidningen")
    assert desk.kept(number).fee == "waived"
    (receipt,) = [one for one in desk.receipts(f"request:{number}") if one["act"] == "request.waived"]
    assert "tidningen" not in str(receipt)
    row = desk.newest(receipt["evidence"]["item"])
    assert fields_of(row.payload)["waived"] == "Journalist vid tidningen"
    assert row.thread == desk.kept(number).record
    desk.answer(number, "--out", str(desk.root / "svar"))


def test_nothing_is_paid_that_was_not_asked(desk: Desk) -> None:
    """G-FEE, and a stranger has no say."""
    number = assessed(desk)
    assert "G-FEE" in desk.refused("paid", str(number))
    assert "registered" in desk.refused("paid", str(number), person="Okänd", code=2)
    assert desk.kept(number).person == OFFICER
