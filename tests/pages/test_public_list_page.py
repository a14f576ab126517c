"""The public list of accounts in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.oversee.accounts.public_list import public_list
from tests.oversee.letters.setting import ACCOUNTS, NOW, ORGANISATION, account, settings
from tests.pages.looking import accessible, kept_picture, narrow, plain
from tests.servers.chromium import Browser

LONG = "Enheten för samhällsutvecklingsstrategiochtillväxtfrågorutanmellanslag"


@pytest.fixture
def konton(tmp_path: Path) -> Path:
    """The list, with a unit whose name is one very long word."""
    file = tmp_path / "konton.html"
    accounts = (*ACCOUNTS, account("tillvaxt", "linkedin", LONG))
    file.write_bytes(public_list(accounts, settings(), ORGANISATION, NOW))
    return file


def test_axe_finds_nothing_in_the_list(browser: Browser, konton: Path) -> None:
    """WCAG 2.1 A and AA hold, wide and narrow, in light and dark."""
    accessible(browser, konton)


def test_the_list_fits_a_narrow_screen(browser: Browser, konton: Path) -> None:
    """At 320 pixels nothing scrolls sideways and nothing is cut."""
    narrow(browser, konton)


def test_the_list_is_whole_without_scripts(browser: Browser, konton: Path) -> None:
    """It shows every account without scripts, and asks for nothing from anywhere."""
    shown = plain(browser, konton)
    assert all(one.duties.address in konton.read_text("utf-8") for one in ACCOUNTS)
    assert LONG in shown


def test_the_way_past_the_head_shows_when_it_has_focus(browser: Browser, konton: Path) -> None:
    """Who moves by keyboard sees the link to the list first."""
    with browser.page() as page:
        page.look().open(konton)
        page.value("document.querySelector('a[href^=\"#\"]').focus()")
        box = page.value("JSON.stringify(document.activeElement.getBoundingClientRect())")
        assert '"left":-' not in box


def test_the_list_can_be_looked_at(browser: Browser, konton: Path) -> None:
    """Light, dark, narrow and on paper, it is a picture."""
    with browser.page() as page:
        for name, width, dark, media in (
            ("konton", 1024, False, ""),
            ("konton-morkt", 1024, True, ""),
            ("konton-320", 320, False, ""),
            ("konton-papper", 794, False, "print"),
        ):
            page.look(width=width, dark=dark, media=media).open(konton)
            assert kept_picture(page, name).startswith(b"\x89PNG")
