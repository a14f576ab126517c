"""What is asked of every page of ours, with a browser."""

from __future__ import annotations

import os
from pathlib import Path

from tests.servers.axe import violations
from tests.servers.chromium import Browser, Page

NARROW = 320
"""CSS pixels: a page of 1280 at 400 % (WCAG 2.1, 1.4.10)."""
_CUT = """[...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const scrolls = ['auto', 'scroll'].includes(style.overflowX);
  if (box.width === 0 || box.right <= 0) return false;
  return box.right > window.innerWidth + 1 || (!scrolls && style.display !== 'inline' && one.scrollWidth > one.clientWidth + 1
    && !(one instanceof SVGElement));
}).map(one => one.tagName + '.' + one.className + ': ' + one.textContent.slice(0, 60))"""
_SEEN = "document.body.innerText"


def accessible(browser: Browser, file: Path) -> None:
    """axe-core finds nothing at WCAG 2.1 A and AA: wide and narrow, light and dark."""
    with browser.page() as page:
        for width in (1024, NARROW):
            for dark in (False, True):
                page.look(width=width, dark=dark).open(file)
                assert violations(page) == [], f"{width} px, {'dark' if dark else 'light'}"


def narrow(browser: Browser, file: Path) -> None:
    """At 320 pixels nothing scrolls sideways and nothing is cut."""
    with browser.page() as page:
        page.look(width=NARROW).open(file)
        assert page.value("document.scrollingElement.scrollWidth") <= NARROW
        assert page.value(_CUT) == []


def plain(browser: Browser, file: Path) -> str:
    """Without scripts it shows the same as with them, has none, and asks for nothing from anywhere; returns what it shows."""
    with browser.page() as page:
        seen = page.look().open(file).value(_SEEN)
        assert page.asked == [file.as_uri()]
        assert page.look(scripts=False).open(file).value(_SEEN) == seen
        assert page.value("document.querySelectorAll('script, iframe, object, embed').length") == 0
        text: str = seen
        return text


def kept_picture(page: Page, name: str) -> bytes:
    """The page as a picture; written to the folder ``BEVARA_PICTURES`` names, for a person to look at."""
    data = page.picture()
    folder = os.environ.get("BEVARA_PICTURES")
    if folder:
        (Path(folder) / f"{name}.png").write_bytes(data)
    return data
