"""Reports that are taken in stand for their account and month; nothing is changed or replaced in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from flows.keep.own import own_file, read_own
from flows.oversee.costs.act import fetch_report
from flows.oversee.costs.papers import put_paper
from schemas.adverts import AdvertLine
from schemas.duties import Duties
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.neighbours import Adverts, PlatformError
from schemas.refusal import GuardError
from tests.cull.archive import OFFICER
from tests.oversee.costs import reports
from tests.oversee.costs.bench import COLLEAGUE, MONTH, PAGE, Bench


def test_a_report_becomes_an_item_with_its_file(bench: Bench) -> None:
    """The item holds the lines and the very file; the receipt holds counts alone."""
    told = bench.take(reports.META_SV)
    assert (told["outcome"], told["lines"], told["sum"], told["unknown"]) == ("new", 3, "3750.75", [])
    with bench.open() as home:
        row = read_own(home.ground, told["item"])
        assert row is not None
        assert (row.kind, row.authority) == ("statistics", "arvika-ks")
        assert own_file(home.ground, row, "rapport.csv") == reports.META_SV.encode()
    (receipt,) = [one for one in bench.ledger() if one["act"] == "costs.import"]
    assert receipt["subjects"] == [PAGE, told["item"]]
    assert receipt["evidence"] == {"period": MONTH, "source": "import", "lines": 3, "apart": 0}


def test_the_same_report_again_changes_nothing(bench: Bench) -> None:
    """Taken in twice it is one report, one item, and no new receipt."""
    first = bench.take(reports.META_EN)
    before = bench.ledger()
    again = bench.take(reports.META_EN)
    assert (again["outcome"], again["item"]) == ("same", first["item"])
    assert bench.ledger() == before


def test_another_report_replaces_it_by_a_named_person(bench: Bench) -> None:
    """Without a person it is refused; with one, the receipt says what it replaces."""
    first = bench.take(reports.META_EN)
    assert "--as" in bench.refused_command(reports.META_SV, code=2)
    second = bench.take(reports.META_SV, "--as", COLLEAGUE)
    assert (second["outcome"], second["replaces"]) == ("replaced", first["item"])
    (paper,) = bench.papers("adverts")
    assert (paper.item, paper.subject, paper.period) == (second["item"], PAGE, MONTH)
    (receipt,) = [one for one in bench.ledger() if one["act"] == "costs.replace"]
    assert (receipt["actor"], receipt["evidence"]["replaces"]) == (COLLEAGUE, first["item"])


def test_one_report_is_taken_in_for_one_account(bench: Bench) -> None:
    """The very same file for another account is refused, and so is an advertisement account that two files name."""
    bench.take(reports.META_EN)
    path = str(bench.file(reports.META_EN, "b.csv"))
    told = bench.failing("oversee", "costs", "import", path, "--account", "nyheter", "--month", MONTH, code=2)
    assert PAGE in told
    for name, number in ((PAGE, "act_1"), ("nyheter", "1")):
        bench.account(name, duties=Duties(advert_account=number))
    assert "advert_account" in bench.failing("oversee", "costs", "fetch", "--month", MONTH, code=2)


def test_a_report_that_somebody_else_took_in_meanwhile_is_not_overwritten(bench: Bench) -> None:
    """What stands is another than what was read before: nothing is replaced."""
    bench.take(reports.META_EN)
    (paper,) = bench.papers("adverts")
    with bench.open() as home, home.ground.state.writing() as books, pytest.raises(GuardError, match="G-MEANWHILE"):
        put_paper(books, paper, None)


def test_a_report_that_is_there_no_longer_stops_the_sheet(bench: Bench) -> None:
    """A sheet without one of its reports would lack money: it is refused, until the report is taken in again."""
    bench.take(reports.META_EN)
    (paper,) = bench.papers("adverts")
    with bench.open() as home, home.ground.state.writing() as books:
        books.duties.put_paper(replace(paper, item=ItemId("202501-aaaaaaaaaaaaaaaa")))
    assert "G-COSTS" in bench.refused_sheet(code=4)
    assert bench.take(reports.META_EN, "--as", COLLEAGUE)["outcome"] == "replaced"
    assert bench.sheet()["total"]["net"] == "2238.00"


def test_who_has_no_mandate_is_refused(bench: Bench) -> None:
    """An officer without the mandate replaces nothing."""
    bench.take(reports.META_EN)
    assert "G-MANDATE" in bench.refused_command(reports.META_SV, "--as", OFFICER, code=4)


def test_a_refused_report_leaves_nothing(bench: Bench) -> None:
    """What cannot be read is not taken in, nor is a month that has not begun or an account that nobody knows."""
    before = bench.ledger()
    for arguments in (
        ["--month", "2026-02"],
        ["--month", "2025-13"],
        ["--account", "ingen"],
        ["--mapping", "finns-ej"],
    ):
        bench.refused_command(reports.META_EN, *arguments, code=2)
    bench.refused_command("Kampanj;Belopp\nA;1\n", code=2)
    assert bench.ledger() == before


def test_names_and_amounts_stay_out_of_ledger_and_database(bench: Bench) -> None:
    """Campaigns and amounts stand in the item; neither receipts nor the state database hold them."""
    bench.take(reports.META_SV)
    bench.sheet()
    database = b"".join(one.read_bytes() for one in (bench.root / "hem" / "state").iterdir())
    for word in ("Öppet hus", "gymnasiet", "1250.50", "3750.75", "70080090"):
        assert word.encode() not in database
        assert word not in json.dumps(bench.ledger(), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Told:
    """A platform's answers about a month."""

    lines: tuple[AdvertLine, ...]
    fails: str = ""

    def month(self, month: str) -> Iterator[AdvertLine]:
        """The lines, and then the failure if there is one."""
        yield from self.lines
        if self.fails:
            raise PlatformError(self.fails)

    def close(self) -> None:
        """Nothing is open."""


def connected(home: Home, adverts: Adverts | None) -> Home:
    """The home whose platform answers so."""
    return replace(home, adverts=lambda _account: adverts)


LINE = AdvertLine(campaign="A", first=date(2025, 12, 1), last=date(2025, 12, 31), spent=Decimal("10.50"))


def test_what_the_platform_tells_is_taken_in_and_settles(bench: Bench) -> None:
    """A fetched report is stored once, replaced when the platform says otherwise, and kept when it does not answer."""
    with bench.open() as home:
        with home.ground.state.reading() as books:
            account = books.accounts.get(PAGE)
        assert account is not None
        first = fetch_report(connected(home, Told((LINE,))), account, MONTH)
        again = fetch_report(connected(home, Told((LINE,))), account, MONTH)
        failed = fetch_report(connected(home, Told((LINE,), "H118")), account, MONTH)
        later = fetch_report(connected(home, Told((LINE, LINE))), account, MONTH)
        without = fetch_report(connected(home, None), account, "2025-11")
    assert (first.outcome, again.outcome, again.item) == ("new", "same", first.item)
    assert (failed.outcome, failed.item, failed.findings[0].code) == ("failed", first.item, "W219")
    assert (later.outcome, later.replaces, without.outcome) == ("replaced", first.item, "none")
    assert [one.code for one in later.findings] == ["W216"]


def test_what_a_person_imported_is_not_fetched_over(bench: Bench) -> None:
    """A report that was taken in by hand stands."""
    told = bench.take(reports.META_EN)
    with bench.open() as home:
        with home.ground.state.reading() as books:
            account = books.accounts.get(PAGE)
        assert account is not None
        kept = fetch_report(connected(home, Told((LINE,))), account, MONTH)
    assert (kept.outcome, kept.item) == ("kept", told["item"])


def test_fetching_by_the_command_asks_accounts_with_advertisements(bench: Bench) -> None:
    """Without names those with an advertisement account are asked; one without an interface says so."""
    assert bench.costs("fetch", "--month", MONTH)["accounts"] == []
    bench.account("nyheter", duties=Duties(advert_account="act_1"))
    (told,) = bench.costs("fetch", "--month", MONTH)["accounts"]
    assert (told["account"], told["outcome"], told["item"]) == ("nyheter", "none", None)


def test_the_screen_is_swedish(bench: Bench) -> None:
    """What a person reads names sum, item, unknown columns and findings."""
    path = str(bench.file("Kampanj;Belopp (SEK);Stjärntecken\nA;10,00;Våg\nB;-1 000,50;Vädur\n"))
    shown = bench.say("oversee", "costs", "import", path, "--account", PAGE, "--month", MONTH)
    for words in ("sidan 2025-12: inläst.", "-990,50 kr", "Okända kolumner: Stjärntecken", "W211", "har inga dagar"):
        assert words in shown
    assert Path(path).name not in shown
