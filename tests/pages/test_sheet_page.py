"""The month sheet in a browser."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from flows.oversee.letters.counting import Numbers
from flows.oversee.letters.sheet_page import sheet_page
from schemas.finding import Finding
from schemas.ids import Month
from tests.oversee.letters.setting import NOW, OFFICE, POOL, SCHOOL, settings
from tests.pages.looking import accessible, kept_picture, narrow, plain
from tests.servers.chromium import Browser

UNITS = {
    POOL: Numbers(questions=3, waiting=1, late=2, pictures=14, pictures_bare=9, asks=2),
    SCHOOL: Numbers(films=4, films_bare=4, due=12_345, open={"W131": 4}),
    OFFICE: Numbers(
        questions=120,
        answered=117,
        in_time=101,
        late=16,
        waiting=3,
        answers=(timedelta(hours=1, minutes=20), timedelta(hours=4), timedelta(hours=30)),
        removals={"R01": 3, "R08": 11, "": 1},
        films=7,
        films_bare=1,
        pictures=60,
        pictures_bare=2,
        due=240,
        open={"W101": 1, "W155": 2, "W161": 3},
    ),
    "Enheten-för-samhällsutvecklingsstrategiochtillväxtfrågorutanmellanslag": Numbers(questions=1, late=1),
}
ACCOUNTS = {
    "kommunens-sida": Numbers(nights=31, whole=29, partly=1),
    "badhuset": Numbers(nights=31, whole=31),
    "skolans-bilder": Numbers(nights=31),
}
FINDINGS = (Finding(code="W258", severity="info", subject="sheet"),)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A month of three units, one of them with a very long name."""
    file = tmp_path / "manadsblad.html"
    file.write_bytes(sheet_page(UNITS, ACCOUNTS, Month("2026-02"), settings(), "Älvsjöbro kommun", NOW, FINDINGS))
    return file


def test_axe_finds_nothing_in_the_sheet(browser: Browser, sheet: Path) -> None:
    """WCAG 2.1 A and AA hold, wide and narrow, in light and dark."""
    accessible(browser, sheet)


def test_the_sheet_fits_a_narrow_screen(browser: Browser, sheet: Path) -> None:
    """At 320 pixels nothing scrolls sideways and nothing is cut."""
    narrow(browser, sheet)


def test_the_sheet_is_whole_without_scripts(browser: Browser, sheet: Path) -> None:
    """It shows the same without scripts, asks for nothing from anywhere, and writes numbers as Swedish does."""
    shown = plain(browser, sheet)
    assert "12\u00a0345" in shown
    assert "Mediantiden till svar var 4\u00a0tim" in shown


def test_an_empty_month_is_a_sheet_too(browser: Browser, tmp_path: Path) -> None:
    """A month in which nothing happened has no charts, says so, and is accessible."""
    file = tmp_path / "tomt.html"
    file.write_bytes(sheet_page({}, {}, Month("2026-02"), settings(), "", NOW))
    accessible(browser, file)
    assert "Inga frågor från besökare" in plain(browser, file)
    assert b"<svg" not in file.read_bytes()


def test_the_sheet_can_be_looked_at(browser: Browser, sheet: Path) -> None:
    """Light, dark, narrow and on paper, it is a picture."""
    with browser.page() as page:
        for name, width, dark, media in (
            ("blad", 1024, False, ""),
            ("blad-morkt", 1024, True, ""),
            ("blad-320", 320, False, ""),
            ("blad-papper", 794, True, "print"),
        ):
            page.look(width=width, dark=dark, media=media).open(sheet)
            assert kept_picture(page, name).startswith(b"\x89PNG")
