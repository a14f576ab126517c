"""The morning letter's HTML in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.oversee.letters.render import as_html
from flows.oversee.letters.writing import letters
from tests.oversee.letters.setting import ACCOUNTS, DAY, ORGANISATION, settings, usual
from tests.pages.looking import accessible, kept_picture, narrow, plain
from tests.servers.chromium import Browser


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """The information unit's letter of a usual morning."""
    found = {one.unit: one for one in letters(usual(), ACCOUNTS, settings(), ORGANISATION, DAY).letters}
    file = tmp_path / "brev.html"
    file.write_text(as_html(found["Informationsenheten"]), encoding="utf-8")
    return file


def test_axe_finds_nothing_in_the_letter(browser: Browser, letter: Path) -> None:
    """WCAG 2.1 A and AA hold, wide and narrow, in light and dark."""
    accessible(browser, letter)


def test_the_letter_fits_a_narrow_screen(browser: Browser, letter: Path) -> None:
    """At 320 pixels nothing scrolls sideways and nothing is cut."""
    narrow(browser, letter)


def test_the_letter_is_whole_without_scripts(browser: Browser, letter: Path) -> None:
    """It shows the same without scripts, and asks for nothing from anywhere."""
    assert "7 inlägg kan vara kränkande" in plain(browser, letter)


def test_the_letter_can_be_looked_at(browser: Browser, letter: Path) -> None:
    """Light, dark and narrow, it is a picture of some height."""
    with browser.page() as page:
        for name, width, dark in (("brev", 1024, False), ("brev-morkt", 1024, True), ("brev-320", 320, False)):
            page.look(width=width, dark=dark).open(letter)
            assert kept_picture(page, name).startswith(b"\x89PNG")
