"""Entries in the register of processing: complete or lacking by name, changed or not, the same file every time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.keep.own import read_own
from schemas.duties import Duties, Processing
from schemas.ids import ItemId
from tests.cull.archive import OFFICER
from tests.disclose.setting import PLAN
from tests.oversee.costs.bench import COLLEAGUE, PAGE, SCHOOL_PAGE, Bench, whole_duties


def art30(bench: Bench, *names: str) -> tuple[Any, Any]:
    """What the command answers, and what it wrote in ``art30.json``."""
    out = bench.root / "ut"
    told = bench.command("oversee", "art30", *names, "--out", str(out), "--as", COLLEAGUE)
    return told, json.loads((out / "art30.json").read_text("utf-8"))


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    """The spreadsheet's cells by sheet."""
    return {one.title: [[cell.value for cell in row] for row in one.iter_rows()] for one in load_workbook(path)}


@pytest.fixture
def page(bench: Bench) -> Bench:
    """The archive with a Page whose register file lacks nothing."""
    bench.account(PAGE, duties=whole_duties(), unit="Informationsenheten")
    return bench


def test_a_whole_register_file_gives_a_whole_entry(page: Bench) -> None:
    """Every point of article 30.1 is there, the periods as the plan's rows, and nothing is lacking."""
    told, whole = art30(page, PAGE)
    (short,), (entry,) = told["accounts"], whole["accounts"]
    assert (short["lacks"], short["findings"], short["new"]) == ([], [], True)
    fields = {one["key"]: one["values"] for one in entry["fields"]}
    assert fields["controller"] == ["Arvika kommunstyrelse"]
    assert fields["contact"][0] == "Arvika kommun"
    assert fields["third_country"] == ["USA"]
    assert fields["subjects"] == ["besökare", "personal"]
    assert fields["administrators"] == ["1"]
    assert fields["started"] == ["2019-09-02, Kommunchefen"]
    assert {one["article"] for one in entry["fields"]} >= {"30.1 a", "30.1 b", "30.1 c", "30.1 d", "30.1 f", "6.1"}
    assert [one["rule"] for one in entry["periods"]] == ["inlagg", "ovrigt"]
    assert (whole["format"], whole["municipality"]) == ("bevara-art30-1", "Arvika kommun")
    with page.open() as home:
        row = read_own(home.ground, entry["item"])
    assert row is not None
    assert (row.kind, row.authority) == ("account_list", "arvika-ks")


def test_the_spreadsheet_has_three_sheets_that_can_be_read(page: Bench) -> None:
    """Entry, periods and changes, with headings, in Swedish, wide enough to be read."""
    art30(page, PAGE)
    path = page.root / "ut" / f"art30-{PAGE}.xlsx"
    found = sheets(path)
    assert list(found) == ["Registerpost", "Gallring och bevarande", "Ändringar"]
    assert found["Registerpost"][0] == ["Artikel", "Uppgift", "Innehåll", "Att göra"]
    assert ["6.1", "Rättslig grund", "Uppgift av allmänt intresse (artikel 6.1 e)", None] in found["Registerpost"]
    assert found["Gallring och bevarande"][1][:5] == [
        "inlagg",
        "Inlägg och kommentarer",
        *found["Gallring och bevarande"][1][2:3],
        "Gallras",
        "2 år",
    ]
    assert found["Ändringar"][1][0].startswith("Första posten")
    book = load_workbook(path)
    assert all(one.freeze_panes == "A2" for one in book.worksheets)
    assert book["Registerpost"].column_dimensions["C"].width > 30


def test_what_lacks_is_said_and_never_invented(bench: Bench) -> None:
    """An account file without duties gives an entry that names each thing that lacks, and where it is written."""
    bench.settings("")
    told, whole = art30(bench, PAGE)
    (short,) = told["accounts"]
    lacks = set(short["lacks"])
    assert {
        "officer",
        "joint",
        "purpose",
        "basis",
        "subjects",
        "data",
        "recipients",
        "third_country",
        "security",
    } <= lacks
    assert "transfer" not in lacks
    fields = {one["key"]: one for one in whole["accounts"][0]["fields"]}
    assert fields["controller"]["values"] == ["Arvika kommunstyrelse", "Arvika kommun, organisationsnummer 212000-1892"]
    assert all(not one["values"] for one in fields.values() if one["lacks"])
    assert {one["code"] for one in short["findings"]} == {"W201"}
    assert len(short["findings"]) == len(lacks)
    rows = sheets(bench.root / "ut" / f"art30-{PAGE}.xlsx")["Registerpost"]
    assert ["6.1", "Rättslig grund", "SAKNAS", "Skrivs i kontofilen: [duties.processing] basis."] in rows


@pytest.mark.parametrize(("said", "lacks"), [("nej", False), ("Nej", False), ("USA", True)])
def test_a_transfer_needs_its_ground(bench: Bench, said: str, lacks: bool) -> None:  # noqa: FBT001 - a table's column
    """A third country without a ground is lacking; no third country is not."""
    bench.account(PAGE, duties=Duties(processing=Processing(third_country=said)))
    told, _ = art30(bench, PAGE)
    assert ("transfer" in told["accounts"][0]["lacks"]) == lacks


def test_the_same_again_changes_nothing(page: Bench) -> None:
    """Days later, with nothing changed, the same item stands, the files are the same bytes and there is no receipt."""
    told, _ = art30(page, PAGE)
    out = page.root / "ut"
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    before = page.ledger()
    page.later(days=9)
    again, _ = art30(page, PAGE)
    assert (again["accounts"][0]["new"], again["accounts"][0]["item"]) == (False, told["accounts"][0]["item"])
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    assert page.ledger() == before


def test_what_changed_is_told_field_by_field_and_row_by_row(page: Bench) -> None:
    """A changed field and a changed row of the plan stand with before and now; the receipt has counts alone."""
    first, _ = art30(page, PAGE)
    processing = replace(whole_duties().processing, basis="Myndighetsutövning", updated=date(2026, 1, 14))
    page.account(PAGE, duties=whole_duties(processing=processing))
    page.later(days=1)
    page.adopt(PLAN.format(edition="2").replace("2 år", "3 år"))
    told, whole = art30(page, PAGE)
    changes = {one["field"]: (one["old"], one["new"]) for one in whole["accounts"][0]["changes"]}
    assert changes["basis"] == ("Uppgift av allmänt intresse (artikel 6.1 e)", "Myndighetsutövning")
    assert changes["plan"][1].startswith("utgåva 2, Kommunstyrelsen")
    assert "3 år" in changes["periods.inlagg"][1]
    assert "updated" not in changes
    assert whole["accounts"][0]["previous"] == first["accounts"][0]["item"]
    (finding,) = told["accounts"][0]["findings"]
    assert finding["code"] == "W206"
    rows = sheets(page.root / "ut" / f"art30-{PAGE}.xlsx")["Ändringar"]
    assert ["Rättslig grund", "Uppgift av allmänt intresse (artikel 6.1 e)", "Myndighetsutövning"] in rows
    receipt = [one for one in page.ledger() if one["act"] == "art30.entry"][-1]
    assert receipt["evidence"]["changes"] == len(changes)
    assert "Myndighetsutövning" not in json.dumps(page.ledger(), ensure_ascii=False)


def test_an_entry_that_was_culled_is_nothing_to_compare_with(page: Bench) -> None:
    """When the item before is there no longer, the entry is the first one again."""
    art30(page, PAGE)
    (paper,) = page.papers("art30")
    with page.open() as home, home.ground.state.writing() as books:
        books.duties.put_paper(replace(paper, item=ItemId("202501-aaaaaaaaaaaaaaaa")))
    told, whole = art30(page, PAGE)
    assert (told["accounts"][0]["new"], whole["accounts"][0]["previous"]) == (True, None)


def test_noting_that_the_register_was_looked_over_is_no_change(page: Bench) -> None:
    """The number and the day of the municipality's own register do not make another entry."""
    art30(page, PAGE)
    processing = replace(whole_duties().processing, reference="DP-18", updated=date(2026, 3, 1))
    page.account(PAGE, duties=whole_duties(processing=processing))
    told, whole = art30(page, PAGE)
    assert told["accounts"][0]["new"] is False
    fields = {one["key"]: one["values"] for one in whole["accounts"][0]["fields"]}
    assert fields["reference"] == ["DP-18"]


def test_no_cell_is_a_formula(page: Bench) -> None:
    """What begins as a formula stays text."""
    page.account(
        PAGE, duties=whole_duties(processing=replace(whole_duties().processing, joint='=HYPERLINK("http://x")'))
    )
    art30(page, PAGE)
    book = load_workbook(page.root / "ut" / f"art30-{PAGE}.xlsx")
    cells = [cell for one in book.worksheets for row in one.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert any(cell.value == '=HYPERLINK("http://x")' and cell.quotePrefix for cell in cells)


def test_long_lists_fit(page: Bench) -> None:
    """Texts as long as the register takes are cut into cells, and nothing of them is lost."""
    processing = replace(whole_duties().processing, data=tuple(str(one) + "x" * 3990 for one in range(100)))
    page.account(PAGE, duties=whole_duties(processing=processing))
    art30(page, PAGE)
    rows = sheets(page.root / "ut" / f"art30-{PAGE}.xlsx")["Registerpost"]
    assert sum(row[1] == "Kategorier av personuppgifter" for row in rows) == 100


def test_all_accounts_are_written_without_names(page: Bench) -> None:
    """Every registered account gets its file; one whose authority has no plan is told."""
    told, whole = art30(page)
    assert len(told["files"]) == 5
    assert sorted(one["account"] for one in whole["accounts"]) == ["kanalen", "nyheter", PAGE, SCHOOL_PAGE]


def test_it_is_refused_without_mandate_account_or_folder(page: Bench) -> None:
    """Then nothing is written."""
    out = str(page.root / "ut")
    before = page.ledger()
    assert "G-MANDATE" in page.failing("oversee", "art30", PAGE, "--out", out, "--as", OFFICER, code=4)
    page.failing("oversee", "art30", "ingen", "--out", out, "--as", COLLEAGUE, code=2)
    page.failing("oversee", "art30", PAGE, "--out", str(page.root / "nej"), "--as", COLLEAGUE, code=2)
    assert page.ledger() == before
    assert not list((page.root / "ut").iterdir())


def test_the_screen_is_swedish(page: Bench) -> None:
    """A person reads what is changed and what lacks."""
    shown = page.say("oversee", "art30", PAGE, "nyheter", "--out", str(page.root / "ut"), "--as", COLLEAGUE, codes=(3,))
    assert "sidan: ändrad 2026-01-15, 2 rader i planen" in shown
    assert "Uppgiften ”Rättslig grund” (artikel 6.1) saknas i kontots registerpost." in shown
