"""The morning letter as values, text and HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import html

from flows.oversee.letters.model import Letter
from flows.oversee.letters.render import as_html, as_text
from flows.oversee.letters.said import SAID
from flows.oversee.letters.writing import SHOWN, letters
from schemas.codes import texts
from schemas.finding import Finding
from schemas.oversight import UnitSettings
from tests.oversee.letters.setting import (
    ACCOUNTS,
    DAY,
    OFFICE,
    ORGANISATION,
    SCHOOL,
    Seen,
    account,
    item,
    seen,
    settings,
    sign,
    usual,
)


def _by_unit(watched: Seen, **more: object) -> dict[str, Letter]:
    return {one.unit: one for one in letters(watched, ACCOUNTS, settings(**more), ORGANISATION, DAY).letters}


def test_each_unit_gets_its_own_accounts_alone() -> None:
    """One letter for each unit with an address; the rest goes to the fallback, and is told of."""
    post = letters(usual(), ACCOUNTS, settings(), ORGANISATION, DAY)
    found = {one.unit: (one.to, [part.heading for part in one.parts], one.count) for one in post.letters}
    assert found == {
        "": ("kontaktcenter@alvsjobro.example", ["badhuset (facebook)", "utan-enhet (bluesky)"], 2),
        SCHOOL: ("skola@alvsjobro.example", ["skolans-bilder (instagram)"], 2),
        OFFICE: ("info@alvsjobro.example", ["kommunens-sida (facebook)", "kommunens-kanal (youtube)"], 9),
    }
    assert [(one.code, one.subject) for one in post.findings] == [("W253", "badhuset"), ("W252", "utan-enhet")]


def test_without_any_address_nothing_is_lost_in_silence() -> None:
    """What has neither a unit's address nor a fallback stands in no letter, and W251 says how many and of which account."""
    post = letters(usual(), ACCOUNTS, settings(fallback="", units={}), ORGANISATION, DAY)
    assert post.letters == ()
    told = {one.subject: one.count for one in post.findings if one.code == "W251"}
    assert told == {
        "kommunens-sida": 8,
        "kommunens-kanal": 1,
        "skolans-bilder": 2,
        "badhuset": 1,
        "utan-enhet": 1,
    }


def test_nothing_to_do_is_no_letter() -> None:
    """A morning without signs has no letters and nothing to tell."""
    post = letters(seen(), ACCOUNTS, settings(), ORGANISATION, DAY)
    assert (post.letters, post.findings) == ((), ())


def test_what_the_watch_could_not_look_at_is_told() -> None:
    """A finding of the watch about an account stands in its unit's letter; what is only information does not."""
    missed = Finding(code="W136", severity="warning", subject="skolans-bilder")
    info = Finding(code="W136", severity="info", subject="kommunens-sida")
    found = _by_unit(seen(findings=(missed, info)))
    assert list(found) == [SCHOOL]
    assert "som inte kunde kontrolleras" in as_text(found[SCHOOL])


def test_a_flood_stays_readable() -> None:
    """Ten thousand comments in a night are one number and the first few; the letter stays short."""
    first = tuple(sign("W111", number) for number in range(50))
    flood = Seen(signs=first, counts={("kommunens-sida", "W111"): 10_000})
    (letter,) = _by_unit(flood).values()
    text = as_text(letter)
    assert "10\u00a0000 inlägg kan vara kränkande" in text
    assert f"och {10_000 - SHOWN:,} till".replace(",", "") in text.replace("\u00a0", "")
    assert len(text) < 3_000


def test_what_is_urgent_stands_first() -> None:
    """What may be against the law stands before a late question, and that before a film without captions."""
    some = seen(sign("W131", 1), sign("W101", 2), sign("W111", 3), sign("W114", 4, clause="P20"))
    (letter,) = _by_unit(some).values()
    codes = [note for group in letter.parts[0].groups for note in group.notes if note.startswith("Kod")]
    assert codes == ["Kod: W111", "Kod: W114", "Kod: W101", "Kod: W131"]


def _statements(text: str) -> list[str]:
    kept = (line.strip().removeprefix("* ").removeprefix("- ") for line in text.splitlines())
    return [one for one in kept if one and set(one) != {"-"}]


def _shown(page: str) -> Iterator[str]:
    for one in html.document_fromstring(page).iter("h1", "h2", "h3", "p", "span", "a"):
        if one.tag == "a":
            yield f"{one.text}: {one.get('href')}"
        elif one.text:
            yield one.text


@pytest.mark.parametrize("links", ["https://bevara.alvsjobro.example/handling/", ""])
def test_text_and_html_say_the_same(links: str) -> None:
    """Statement by statement and link by link, in the same order."""
    for letter in _by_unit(usual(), links=links).values():
        assert _statements(as_text(letter)) == list(_shown(as_html(letter)))


def test_links_lead_to_the_item_where_somebody_knows_it() -> None:
    """With ``links`` an item is reached by its opaque id; without, the account's page stands once and the id alone."""
    with_links = as_text(_by_unit(usual())[OFFICE])
    assert f"https://bevara.alvsjobro.example/handling/{item(0)}" in with_links
    without = as_text(_by_unit(usual(), links="")[OFFICE])
    assert "Öppna handlingen" not in without
    assert f"Handling {item(0)}" in without
    assert without.count("https://sida.example/kommunens-sida") == 1


@pytest.mark.parametrize("links", ["javascript:alert(1)//", "data:text/html,", "//annan.example/"])
def test_links_that_are_no_web_addresses_are_left_out(links: str) -> None:
    """Only http and https become links."""
    assert "href" not in as_html(_by_unit(usual(), links=links)[OFFICE]).replace('href="https://sida.example', "")


SECRET = "Åsa Öberg bor på Ågatan 5"


def test_no_word_of_a_visitor_gets_in() -> None:
    """Whatever parameters and subjects of items hold, a letter shows ids, counts and days alone."""
    bad = seen(
        sign("W111", 1, parameters=(("text", SECRET), ("name", SECRET))),
        sign("W151", 2, subject=SECRET),
        sign("W999", 3, subject=SECRET, parameters=(("text", SECRET),)),
    )
    for letter in _by_unit(bad).values():
        assert "Öberg" not in as_text(letter) + as_html(letter) + letter.subject


def test_odd_names_of_units_and_accounts_are_data() -> None:
    """Markup, controls and turned writing in a unit's name change nothing in the page."""
    odd = '<script>x</script>\u202e"\x00\n--'
    accounts = (replace(account("sidan", "facebook", odd)),)
    found = settings(units={odd: UnitSettings(name=odd, email="a@b.example")})
    (letter,) = letters(seen(sign("W101", 1, "sidan")), accounts, found, ORGANISATION, DAY).letters
    page = as_html(letter)
    assert "<script" not in page
    assert "\u202e" not in page + as_text(letter)
    assert "\x00" not in page + as_text(letter)


def test_the_id_is_the_units_and_the_days() -> None:
    """The same unit has the same id all day whatever is to be done, and another one the day after; no name is in it."""
    morning, later = _by_unit(usual())[OFFICE], _by_unit(seen(sign("W101", 1)))[OFFICE]
    assert morning.id == later.id
    assert morning.id.startswith("morgon-2026-03-03-")
    assert len({one.id for one in _by_unit(usual()).values()}) == 3
    assert OFFICE.casefold() not in morning.id


def test_every_sign_of_the_watch_has_words() -> None:
    """Each code of the watch has words of the letter's own."""
    for number in range(101, 156):
        code = f"W{number}"
        if code in texts():
            assert code in SAID, code
