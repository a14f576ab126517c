"""The sheet for internal debiting: every line once, sums that are exact, units that are never guessed, an invoice compared."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from flows.oversee.costs.act import Stored
from flows.oversee.costs.reconcile import Invoiced, reconcile
from flows.oversee.costs.sheet import UNKNOWN, make_sheet, unit_of
from flows.oversee.costs.sheet_file import proven, sheet_file
from schemas.account import Account
from schemas.adverts import AdvertLine
from schemas.duties import Duties
from schemas.ids import ItemId
from schemas.oversight import OversightSettings, UnitSettings
from schemas.refusal import GuardError
from tests.cull.archive import OFFICER
from tests.oversee.costs import reports
from tests.oversee.costs.bench import COLLEAGUE, MONTH, PAGE, SCHOOL_PAGE, Bench

UNITS = {name: UnitSettings(name=name, cost_centre=centre) for name, centre in (("Skola", "4200"), ("Kultur", "3100"))}


def line(campaign: str = "A", spent: str = "10.00", **changes: Any) -> AdvertLine:
    """A line of December."""
    values: dict[str, Any] = {"first": date(2025, 12, 1), "last": date(2025, 12, 31), **changes}
    return AdvertLine(campaign=campaign, spent=Decimal(spent), **values)


def stored(*lines: AdvertLine, apart: tuple[Any, ...] = ()) -> Stored:
    """A report that stands."""
    item = ItemId("202601-aaaaaaaaaaaaaaaa")
    taken = date(2026, 1, 2)
    return Stored(account=PAGE, month=MONTH, item=item, source="import", taken=taken, lines=lines, apart=apart)


def account(**changes: Any) -> Account:
    """The Page."""
    return Account(name=PAGE, platform="facebook", handle="p", authority="arvika-ks", **changes)


@pytest.mark.parametrize(
    ("campaign", "column", "own", "unit", "source"),
    [
        ("Öppet hus", "skola", "", "Skola", "report"),
        ("Öppet hus", "4200", "Kultur", "Skola", "report"),
        ("Öppet hus", "9999", "Kultur", None, ""),
        ("[Skola] Öppet hus", "", "Kultur", "Skola", "campaign"),
        ("Öppet hus [3100]", "", "", "Kultur", "campaign"),
        ("[Vatten] Öppet hus", "", "Kultur", None, ""),
        ("Skola - Öppet hus", "", "Kultur", "Skola", "campaign"),
        ("Skola | Kultur | Lucia", "", "Kultur", None, ""),
        ("Skolavslutning", "", "Kultur", "Kultur", "account"),
        ("Öppet hus", "", "", None, ""),
        ("Öppet hus", "", "Vatten", None, ""),
    ],
)
def test_the_unit_is_what_is_said_and_never_guessed(
    campaign: str, column: str, own: str, unit: str | None, source: str
) -> None:
    """Column, then tag, then the account's own unit; what is said and not known, or said twice, is unknown."""
    found = unit_of(line(campaign, unit=column), own, UNITS)
    assert (found[0].name if found[0] else None, found[1]) == (unit, source)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["[Skola] A", "Kultur", "[Nej] B", "=1+1"]),
            st.decimals(min_value=-100_000, max_value=1_000_000, places=4),
        ),
        max_size=25,
    ),
    st.sampled_from([None, Decimal(25), Decimal("12.5"), Decimal(0)]),
)
def test_every_sum_is_exact_in_the_sheet_and_in_the_file(lines: list[tuple[str, Decimal]], vat: Decimal | None) -> None:
    """Units, accounts and lines add up to the same to the öre, and so does what is read back from the spreadsheet."""
    report = stored(*(line(name, str(amount)) for name, amount in lines))
    sheet = make_sheet(MONTH, [report], {PAGE: account()}, OversightSettings(units=UNITS, vat=vat), {})
    assert sum((one.net for one in sheet.units.values()), Decimal(0)) == sheet.total.net
    assert sum((one.net for one in sheet.accounts.values()), Decimal(0)) == sheet.total.net
    assert sheet.total.net - sheet.rounding == sum((amount for _, amount in lines), Decimal(0))
    assert (vat is None and bool(lines)) == (sheet.total.vat is None)
    proven(sheet_file(sheet, None), sheet)


def test_a_file_that_says_something_else_is_not_handed_over() -> None:
    """A spreadsheet of another sheet is found out."""
    sheets = [
        make_sheet(MONTH, [stored(line(spent=spent))], {PAGE: account()}, OversightSettings(), {})
        for spent in ("10.00", "10.01")
    ]
    with pytest.raises(GuardError, match="G-SHEET"):
        proven(sheet_file(sheets[0], None), sheets[1])


def test_an_invoice_with_lines_names_what_differs() -> None:
    """Campaigns that stand in one alone, or with another amount, explain the difference."""
    sheet = make_sheet(MONTH, [stored(line("A"), line("B"), line("C"))], {PAGE: account()}, OversightSettings(), {})
    lines = (line("A"), line("B", "12.00"), line("D", "7.00"))
    compared = reconcile(sheet, Invoiced(total=Decimal("29.00"), lines=lines))
    assert compared.difference == Decimal("-1.00")
    assert [(one.cause, one.campaign, one.amount) for one in compared.reasons] == [
        ("other-amount", "B", Decimal("2.00")),
        ("surplus", "C", Decimal("-10.00")),
        ("missing", "D", Decimal("7.00")),
    ]


@pytest.mark.parametrize(
    ("total", "causes"),
    [
        ("20.01", []),
        ("20.02", ["unexplained"]),
        ("20.00", ["rounding"]),
        ("25.01", ["vat"]),
        ("28.01", ["month"]),
    ],
)
def test_what_explains_a_difference_alone_is_told(total: str, causes: list[str]) -> None:
    """Rounding, VAT and lines of another month are named where they fit to the öre; otherwise it is unexplained."""
    apart = (("month", line("M", "8.00", first=date(2025, 11, 30))),)
    report = stored(line("A", "10.006"), line("B", "10.0"), apart=apart)
    sheet = make_sheet(MONTH, [report], {PAGE: account()}, OversightSettings(vat=Decimal(25)), {})
    compared = reconcile(sheet, Invoiced(total=Decimal(total)))
    assert [one.cause for one in compared.reasons] == causes
    assert compared.equal == (not causes)


def test_a_campaign_in_two_accounts_reports_is_told() -> None:
    """The same campaign, by its id or else its name, with the same amount in two reports may have been taken in twice."""
    report = stored(line(campaign_id="7"), line("B", campaign_id="8"))
    other = replace(stored(line(campaign_id="7"), line("B", "11.00", campaign_id="8")), account=SCHOOL_PAGE)
    sheet = make_sheet(MONTH, [report, other], {PAGE: account()}, OversightSettings(), {})
    assert [(one.code, one.count) for one in sheet.findings if one.code == "W216"] == [("W216", 1)]
    saved_anew = replace(stored(line("Jobba  HOS oss")), account=SCHOOL_PAGE)
    sheet = make_sheet(MONTH, [stored(line("Jobba hos oss")), saved_anew], {PAGE: account()}, OversightSettings(), {})
    assert [(one.code, one.count) for one in sheet.findings if one.code == "W216"] == [("W216", 1)]


def test_a_report_of_half_a_month_is_told(bench: Bench) -> None:
    """One taken in before its month was over lacks days: the sheet says so until it is taken in after, changed or not."""
    after, bench.at = bench.at, datetime(2025, 12, 15, 12, tzinfo=UTC)
    first = bench.take(reports.META_EN)
    bench.at = after
    assert "W220" in [one["code"] for one in bench.sheet()["findings"]]
    again = bench.take(reports.META_EN)
    assert (again["outcome"], again["item"]) == ("same", first["item"])
    assert "W220" not in [one["code"] for one in bench.sheet()["findings"]]
    count = len(bench.ledger())
    bench.take(reports.META_EN)
    assert len(bench.ledger()) == count, "once more is nothing new"


def test_the_command_writes_sheet_item_and_answer(bench: Bench) -> None:
    """Units pay by column, tag and account; VAT comes from the settings; the file is read back; the same again is the same."""
    bench.take(reports.META_SV)
    told = bench.sheet("--invoice", "3 750,75", codes=(3,))
    assert [(one["unit"], one["cost_centre"], one["net"], one["vat"], one["gross"]) for one in told["units"]] == [
        ("Informationsenheten", "1100", "1500.50", "375.13", "1875.63"),
        ("Kultur & fritid", "", "999.75", "249.94", "1249.69"),
        ("Skola", "4200", "1250.50", "312.63", "1563.13"),
    ]
    assert told["total"] == {"net": "3750.75", "vat": "937.70", "gross": "4688.45", "lines": 3}
    assert (told["invoice"]["equal"], told["invoice"]["difference"]) == (True, "0.00")
    assert {one["code"] for one in told["findings"]} == {"W214", "W217"}
    out = bench.root / "ut" / "underlag.xlsx"
    first = out.read_bytes()
    book = load_workbook(out)
    assert book.sheetnames == ["Debitering", "Rader", "Konton", "Avstämning", "Att se över"]
    top = [cell.value for cell in book["Debitering"][1]]
    assert top == ["Enhet", "Kostnadsställe", "Netto (kr)", "Moms (kr)", "Brutto (kr)", "Rader"]
    assert [cell.value for cell in book["Debitering"][5]][:4] == ["Summa 2025-12", None, 3750.75, 937.7]
    assert book["Debitering"]["C2"].number_format == "#,##0.00"
    bench.later(days=3)
    again = bench.sheet("--invoice", "3750,75")
    assert (again["new"], again["item"], out.read_bytes()) == (False, told["item"], first)
    (receipt,) = [one for one in bench.ledger() if one["act"] == "costs.sheet"]
    assert (receipt["actor"], receipt["evidence"]["agrees"], receipt["evidence"]["units"]) == (COLLEAGUE, True, 3)


def test_an_invoice_that_differs_ends_with_three_and_says_why(bench: Bench) -> None:
    """The difference is told to the öre, with what may explain it."""
    bench.take("Kampanj;Enhet;Belopp (SEK)\nA;Skola;10,00\n")
    bench.account("nyheter", duties=Duties(advert_account="act_1"))
    told = bench.sheet("--invoice", "17,00", codes=(3,))
    assert [one["cause"] for one in told["invoice"]["reasons"]] == ["accounts", "unexplained"]
    assert {"W215", "W218"} <= {one["code"] for one in told["findings"]}
    invoice = str(bench.file("Kampanj;Belopp (SEK)\nA;10,00\nB;7,00\nSumma;17,00\n", "faktura.csv"))
    told = bench.sheet("--invoice-file", invoice, codes=(3,))
    assert told["invoice"]["reasons"][0]["sv"] == "Kampanjen ”B” finns på fakturan men inte i underlaget: 7,00 kr."


def test_a_whole_month_without_findings_ends_with_zero(bench: Bench) -> None:
    """Known units with cost centres and an invoice that agrees: nothing wants a look."""
    bench.take("Kampanj;Enhet;Belopp (SEK)\nA;Skola;10,00\nB;1100;0,50\n")
    assert bench.sheet("--invoice", "10,50", codes=(0,))["findings"] == []


def test_the_unknown_unit_has_a_row_of_its_own(bench: Bench) -> None:
    """What no unit is known for stands last, by name, and is told."""
    bench.take(reports.EXCEL_SV)
    told = bench.sheet(codes=(3,))
    assert [one["unit"] for one in told["units"]] == ["Informationsenheten", "Skola", UNKNOWN]
    assert told["units"][1]["vat"] == "308.63"
    assert "W213" in {one["code"] for one in told["findings"]}


def test_the_sponsored_post_is_found_by_id_and_by_address(bench: Bench) -> None:
    """An id of the platform, a part of it and an address lead to the same item; what is not there is told."""
    native = "100200300_700800901"
    item = bench.publish("Öppet hus", account=PAGE, native=native)
    linked = bench.publish(
        "Lucia", account=PAGE, native="100200300_5", payload={"permalink_url": "https://facebook.com/x/5/"}
    )
    adverts = (
        native,
        "700800901",
        "https://m.facebook.com/100200300/posts/700800901?x=1",
        "https://www.facebook.com/x/5",
        "9",
    )
    rows = "".join(f"K{number};{one};1,00\n" for number, one in enumerate(adverts))
    bench.take("Kampanj;Inläggs-id;Belopp (SEK)\n" + rows)
    told = bench.sheet()
    assert [one["item"] for one in told["campaigns"]] == [item, item, item, linked, None]
    (lost,) = [one for one in told["findings"] if one["code"] == "W217"]
    assert lost["sv"] == "1 sponsrat inlägg hittades inte i arkivet."


def test_no_cell_is_a_formula_whatever_the_report_holds(bench: Bench) -> None:
    """Names that begin as formulas or errors do are text, marked so that they are not read again."""
    bench.take(reports.INJECTED)
    bench.sheet()
    book = load_workbook(bench.root / "ut" / "underlag.xlsx")
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    told = [cell for cell in cells if cell.value == '=HYPERLINK("http://x";"y")']
    assert told
    assert all(cell.quotePrefix for cell in told)
    with zipfile.ZipFile(bench.root / "ut" / "underlag.xlsx") as archive:
        assert all(b"<f>" not in archive.read(name) for name in archive.namelist())
        assert {one.date_time for one in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}


def test_accounts_of_several_archive_creators_need_one_to_keep_the_sheet(bench: Bench) -> None:
    """With two authorities in one month the person says whose document the sheet is."""
    text = "Kampanj;Enhet;Belopp (SEK)\nA;Skola;10,00\n"
    bench.take(text)
    bench.take(text.replace("A;", "B;"), account=SCHOOL_PAGE)
    bench.refused_sheet(code=2)
    told = bench.sheet("--authority", "arvika-ks")
    assert [one["account"] for one in told["accounts"]] == [PAGE, SCHOOL_PAGE]


def test_the_sheet_is_refused_without_mandate_reports_or_folder(bench: Bench) -> None:
    """Nothing is written then."""
    before = bench.ledger()
    bench.refused_sheet(code=2)
    bench.take("Kampanj;Enhet;Belopp (SEK)\nA;Skola;10,00\n")
    assert "G-MANDATE" in bench.refused_sheet(person=OFFICER, code=4)
    assert [one["act"] for one in bench.ledger()[len(before) :]] == ["costs.written", "costs.import"]


def test_a_replaced_report_makes_another_sheet(bench: Bench) -> None:
    """The sheet that stood is replaced, and the receipt names it."""
    bench.take("Kampanj;Enhet;Belopp (SEK)\nA;Skola;10,00\n")
    first = bench.sheet()
    bench.take("Kampanj;Enhet;Belopp (SEK)\nA;Skola;11,00\n", "--as", COLLEAGUE)
    second = bench.sheet()
    assert (second["new"], second["total"]["net"]) == (True, "11.00")
    (paper,) = bench.papers("cost-sheet")
    assert paper.item == second["item"]
    assert json.dumps(bench.ledger()).count(f'"replaces": "{first["item"]}"') == 1


def test_the_screen_shows_units_and_verdict(bench: Bench) -> None:
    """A person reads units, sums with comma and the verdict on the invoice."""
    bench.take("Kampanj;Enhet;Belopp (SEK)\nA;Skola;1 010,00\n")
    out = str(bench.root / "ut" / "b.xlsx")
    arguments = ("--month", MONTH, "--out", out, "--as", COLLEAGUE, "--invoice", "1010")
    shown = bench.say("oversee", "costs", "sheet", *arguments)
    assert "1\u00a0010,00" in shown
    assert "stämmer på öret" in shown
    assert load_workbook(io.BytesIO((bench.root / "ut" / "b.xlsx").read_bytes())).sheetnames
