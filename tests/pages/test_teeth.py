"""The browser's checks find what is wrong: pages that break them are told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages.looking import accessible, narrow, plain
from tests.servers.chromium import Browser


def _page(folder: Path, body: str, head: str = "<title>x</title>") -> Path:
    file = folder / "sida.html"
    file.write_text(
        f"<!DOCTYPE html><html lang='sv'><head>{head}</head><body><main>{body}</main></body></html>", "utf-8"
    )
    return file


@pytest.mark.parametrize(
    "body",
    [
        "<p style='color:#aaa;background:#fff'>ljusgrått</p>",
        "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>",
        "<table><tr><td>1</td></tr></table><a href='#x'></a>",
        "<svg role='img' viewBox='0 0 1 1'></svg>",
    ],
)
def test_axe_finds_what_is_wrong(browser: Browser, tmp_path: Path, body: str) -> None:
    """Weak contrast, a picture without words, an empty link and a nameless chart are found."""
    with pytest.raises(AssertionError):
        accessible(browser, _page(tmp_path, body))


@pytest.mark.parametrize(
    "body",
    [
        "<p style='width:500px'>brett</p>",
        "<p style='width:90px;overflow:hidden;white-space:nowrap'>en rad som inte får plats i sin ruta alls</p>",
    ],
)
def test_what_is_too_wide_or_cut_is_found(browser: Browser, tmp_path: Path, body: str) -> None:
    """A line wider than the window, and one that is cut off in its box, are found at 320 pixels."""
    with pytest.raises(AssertionError):
        narrow(browser, _page(tmp_path, body))


@pytest.mark.parametrize(
    "body",
    [
        "<script>document.querySelector('main').append('mer')</script>",
        "<img alt='x' src='https://bild.example/x.png'>",
    ],
)
def test_what_needs_scripts_or_others_is_found(browser: Browser, tmp_path: Path, body: str) -> None:
    """A page that a script fills, and one that fetches a picture from elsewhere, are found."""
    with pytest.raises(AssertionError):
        plain(browser, _page(tmp_path, body))
