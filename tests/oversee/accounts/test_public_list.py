"""The public list: what stands in it, hostile values in it, and its shape as a page that everybody can use."""

from __future__ import annotations

import csv
import io
import itertools
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import etree

from flows.oversee.accounts.listed import link_of, listed
from flows.oversee.accounts.public_list import COLUMNS, list_csv, list_json, public_list
from schemas.account import Account, account_from
from schemas.ground import Organisation
from schemas.oversight import OversightSettings
from tests.oversee.accounts.site import perfect

AT = datetime(2026, 1, 15, 9, tzinfo=UTC)
DAY = date(2026, 1, 15)
SETTINGS = OversightSettings()
MUNICIPALITY = Organisation(name="Älvsjöbro kommun")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe\u202c",
    "حساب البلدية",
    '=HYPERLINK("http://evil")',
    "\ud800&amp;\u2028]]>",
    "</style></title>",
)


def account(name: str = "nyheter", handle: str = "Nyheter", **changes: Any) -> Account:
    """An account with a name on the platform."""
    return account_from({**perfect(**changes), "name": name, "handle": handle}, "konto.toml")


def test_what_stands_there() -> None:
    """Name, platform, address, unit, routine, contact and day stand there; names of administrators never do."""
    lines = listed([account()], SETTINGS, DAY)
    files = (public_list([account()], SETTINGS, MUNICIPALITY, AT), list_json(lines, MUNICIPALITY, AT), list_csv(lines))
    for data in files:
        text = data.decode("utf-8-sig")
        for word in (
            "Nyheter",
            "Mastodon",
            "facebook.com/alvsjobro",
            "Kommunikation",
            "rutin",
            "kommun@alvsjobro.test",
            "2024-01-02",
        ):
            assert word in text
        assert not any(word in text for word in ("Kim Ek", "Robin", "Alex"))


def test_closed_are_left_out() -> None:
    """A closed account is not listed from its day; one that closes later is."""
    some = [
        account("a", closed="2026-01-15"),
        account("b", closed="2026-01-16"),
        account("c", "Personlig", ownership="tjansteperson", owner="Kim Ek"),
    ]
    assert [one.account for one in listed(some, SETTINGS, DAY)] == ["b", "c"]
    page = public_list(some, SETTINGS, MUNICIPALITY, AT).decode()
    assert "Tjänstepersoners konton" in page
    assert "Kim Ek" not in page


@pytest.mark.parametrize("handle", HOSTILE)
def test_hostile_names(handle: str) -> None:
    """Markup, controls and odd characters of a name are text: the page has the very elements that it has without them."""
    values = {**perfect(), "unit": handle, "handle": handle.replace("\u2028", " ")}
    odd = account_from(values, "konto.toml")
    page = _read(public_list([odd], SETTINGS, MUNICIPALITY, AT))
    plain = _read(public_list([account()], SETTINGS, MUNICIPALITY, AT))
    assert [one.tag for one in page.iter()] == [one.tag for one in plain.iter()]
    assert not {"\u202e", "\u202c"} & set(_text(page))
    assert json.loads(list_json(listed([odd], SETTINGS, DAY), MUNICIPALITY, AT))["accounts"][0]["account"] == "nyheter"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", " =", "＝"])
def test_formulas(sign: str) -> None:
    """A cell that a spreadsheet would work out is text, and the file opens in a Swedish spreadsheet as it is."""
    data = list_csv(listed([account(handle=f'{sign}1+1; "citat"')], SETTINGS, DAY))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == [heading for heading, _ in COLUMNS]
    assert rows[1][0].startswith("'")
    assert rows[1][0].endswith('1+1; "citat"')


def test_page_for_everybody() -> None:
    """Language, title, view port, one main, headings in order, a way past the head, links with names, and no scripts."""
    some = [account("a", address="https://a.test/1"), account("b", "Biblioteket", address="https://a.test/2")]
    page = _read(public_list(some, SETTINGS, MUNICIPALITY, AT))
    assert page.get("lang") == "sv"
    assert page.findtext("head/title")
    port = [one.get("content") for one in page.iter("meta") if one.get("name") == "viewport"]
    assert port == ["width=device-width, initial-scale=1"]
    (main,) = page.iter("main")
    assert len(list(page.iter("h1"))) == 1
    levels = [int(str(one.tag)[1]) for one in page.iter("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    body = page.find("body")
    assert body is not None
    assert body[0].get("href") == f"#{main.get('id')}"
    assert not list(page.iter("script", "iframe", "img", "link"))
    assert not [name for one in page.iter() for name in one.attrib if str(name).startswith("on")]
    named: dict[str, str | None] = {}
    for link in page.iter("a"):
        words = " ".join(_text(link).split())
        assert words
        assert named.setdefault(words, link.get("href")) == link.get("href"), "two links of one name lead one way"


def test_nothing_to_list() -> None:
    """No account at all is a page that says so."""
    assert "Det finns inga konton" in public_list([], SETTINGS, Organisation(), AT).decode()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("kommun@alvsjobro.test", "mailto:kommun@alvsjobro.test"),
        ("https://a.test/x?y=1", "https://a.test/x?y=1"),
        ("arvika.se/felanmalan", "https://arvika.se/felanmalan"),
        ("Ring växeln", ""),
        ("javascript:alert(1)", ""),
        ("JAVASCRIPT://a.test/%0aalert(1)", ""),
        ("data:text/html,x", ""),
    ],
)
def test_links(text: str, target: str) -> None:
    """Only web and mail addresses become links."""
    assert link_of(text) == target


def _read(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.HTMLParser(encoding="utf-8"))


def _text(one: etree._Element) -> str:
    return "".join(str(part) for part in one.itertext())
