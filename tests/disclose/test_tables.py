"""The tables that come with Bevara, and a municipality's own beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.diary import provision as as_marked
from schemas.disclosure import SensitiveWords
from schemas.disclosure_read import (
    TESTS,
    built_in,
    citation,
    read_provisions,
    read_sensitive,
    read_tariffs,
)
from schemas.refusal import RefusedError

PROVISIONS = read_provisions(built_in("provisions"), "provisions.toml")
TARIFFS = read_tariffs(built_in("tariffs"), "tariffs.toml")
WORDS = read_sensitive(built_in("sensitive"), "sensitive.toml")


def test_every_provision_has_a_well_formed_code_and_a_citation_made_of_it() -> None:
    """Codes are law, chapter and section; what letters write follows from them; marks take the same codes."""
    assert len(PROVISIONS) > 20
    for code, one in PROVISIONS.items():
        assert one.code == code
        assert one.citation == citation(code)
        assert re.fullmatch(r"\d+ kap\. \d+( [a-z])? § OSL", one.citation)
        assert as_marked(code) == code
        assert one.test in TESTS
        assert one.title[0].isupper()
        assert not one.title.endswith(".")


@pytest.mark.parametrize(
    ("code", "test"),
    [
        ("OSL 21:1", "kvalificerat"),
        ("OSL 21:3", "kvalificerat"),
        ("OSL 21:7", "rakt"),
        ("OSL 23:1", "omvant"),
        ("OSL 25:1", "omvant"),
        ("OSL 26:1", "omvant"),
        ("OSL 18:1", "rakt"),
        ("OSL 18:8", "rakt"),
        ("OSL 18:13", "rakt"),
        ("OSL 35:1", "omvant"),
        ("OSL 39:2", "rakt"),
    ],
)
def test_the_provisions_that_a_municipal_page_meets_are_there_with_their_damage_test(code: str, test: str) -> None:
    """Those that the retention rules name (§ 1.2) stand in the table."""
    assert PROVISIONS[code].test == test


def test_provisions_stand_in_the_order_of_the_law() -> None:
    """By chapter, section and letter, whatever order a file has, a municipality's own among them."""
    text = '[[provision]]\ncode = "OSL 21:3 a"\ntitle = "Skyddad folkbokföring"\ntest = "omvant"\n'
    mixed = list(read_provisions(text, "egna.toml", PROVISIONS))
    assert mixed.index("OSL 21:3 a") == mixed.index("OSL 21:3") + 1
    assert mixed[0] == "OSL 15:1"
    assert citation("OSL 21:3 a") == "21 kap. 3 a § OSL"


def test_an_own_provision_replaces_the_one_of_the_same_code_alone() -> None:
    """The others stay as they came."""
    text = '[[provision]]\ncode = "OSL 21:1"\ntitle = "Vår egen rubrik"\ntest = "rakt"\nnote = "Fråga juristen."\n'
    found = read_provisions(text, "egna.toml", PROVISIONS)
    assert (found["OSL 21:1"].title, found["OSL 21:1"].note) == ("Vår egen rubrik", "Fråga juristen.")
    assert {code: one for code, one in found.items() if code != "OSL 21:1"} == {
        code: one for code, one in PROVISIONS.items() if code != "OSL 21:1"
    }


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[[provision]]\ntitle = 'x'\ntest = 'rakt'\n", "provision[1].code"),
        ("[[provision]]\ncode = 'OSL 21'\ntitle = 'x'\ntest = 'rakt'\n", "provision[1].code"),
        ("[[provision]]\ncode = 'osl 21:1'\ntitle = 'x'\ntest = 'rakt'\n", "provision[1].code"),
        ("[[provision]]\ncode = 'OSL 21:1'\ntest = 'rakt'\n", "provision[1].title"),
        ("[[provision]]\ncode = 'OSL 21:1'\ntitle = 'x'\ntest = 'starkt'\n", "provision[1].test"),
        ("[[provision]]\ncode = 'OSL 21:1'\ntitle = 'x'\ntest = 'rakt'\nextra = 1\n", "provision[1].extra"),
        ("[[provision]]\ncode = 'OSL 21:1'\ntitle = \"x\\u202e\"\ntest = 'rakt'\n", "provision[1].title"),
        ("[provision]\ncode = 'OSL 21:1'\n", "provision"),
        ("provision = 3\n", "provision"),
        ("rules = []\n", "rules"),
        ("[[provision]\n", "egna.toml"),
        (2 * "[[provision]]\ncode = 'OSL 21:1'\ntitle = 'x'\ntest = 'rakt'\n", "provision[2].code"),
    ],
)
def test_a_bad_table_of_provisions_is_refused_with_its_place(text: str, field: str) -> None:
    """File, row, key and remedy are named."""
    with pytest.raises(RefusedError) as caught:
        read_provisions(text, "egna.toml")
    assert caught.value.field.startswith("egna.toml")
    assert caught.value.field.endswith(field)
    assert caught.value.remedy


def test_the_tariffs_are_those_that_are_known_and_no_more() -> None:
    """Values of the municipalities' decisions (retention rules, § 6); Arvika's is the one that holds."""
    known = {
        "arvika": ("sida", 9, 10, 50, 2, "same"),
        "helsingborg": ("sida", 9, 10, 50, 2, "free"),
        "harryda": ("sida", 39, 40, 110, 2, "free"),
        "harryda-elektroniskt": ("handling", 9, 10, 50, 2, "same"),
        "harjedalen": ("sida", 19, 20, 70, 2, "free"),
        "hudiksvall": ("sida", 9, 10, 55, 2, "free"),
        "hudiksvall-elektroniskt": ("handling", 9, 10, 55, 2, "same"),
        "ornskoldsvik": ("sida", 9, 10, 50, 2, "free"),
        "vasteras": ("sida", 20, 20, 0, 4, "free"),
        "vanersborg": ("sida", 9, 10, 50, 2, "free"),
    }
    found = {
        name: (one.unit, one.free, one.base_units, int(one.base), int(one.step), one.electronic)
        for name, one in TARIFFS.items()
    }
    assert found == known
    assert TARIFFS["arvika"].exempt == ("massmedier",)
    assert all(one.name.startswith("Exempel: ") for name, one in TARIFFS.items() if name != "arvika")


def test_an_own_tariff_may_have_ore_and_vat_written_exactly() -> None:
    """Amounts are texts or whole numbers, so that nothing is rounded on the way in."""
    text = '[tariff.egen]\ntitle = "KF 2026"\nfree = 0\nbase_units = 0\nbase = 0\nstep = "2.50"\nvat = 25\n'
    one = read_tariffs(text, "taxa.toml")["egen"]
    assert (one.step, one.vat, one.unit) == (Decimal("2.50"), Decimal(25), "sida")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("step = 2.5", "step"),
        ("step = -1", "step"),
        ("step = '2,50'", "step"),
        ("step = '2.501'", "step"),
        ("step = 'NaN'", "step"),
        ("free = 11", "base_units"),
        ("free = true", "free"),
        ("unit = 'ark'", "unit"),
        ("electronic = 'ja'", "electronic"),
        ("vat = 101", "vat"),
        ("exempt = 'alla'", "exempt"),
        ("title = ''", "title"),
        ("porto = 10", "porto"),
    ],
)
def test_a_bad_tariff_is_refused_with_its_place(line: str, key: str) -> None:
    """Also what TOML would have rounded: a fee is what the assembly wrote."""
    lines = {"title": "'x'", "free": "9", "base_units": "10", "base": "50", "step": "2"}
    name, _, value = line.partition(" = ")
    text = "[tariff.egen]\n" + "\n".join(f"{one} = {said}" for one, said in {**lines, name: value}.items())
    with pytest.raises(RefusedError) as caught:
        read_tariffs(text, "taxa.toml")
    assert caught.value.field == f"taxa.toml: tariff.egen.{key}"


def test_the_sensitive_words_cover_every_group_of_the_law() -> None:
    """GDPR 9.1 names them; crime (GDPR 10) is a group of its own."""
    assert set(WORDS.groups) == {
        "ras-etniskt-ursprung",
        "politisk-asikt",
        "religion-overtygelse",
        "fackforening",
        "genetik-biometri",
        "halsa",
        "sexualliv-laggning",
        "brott",
    }
    every = [word for words in WORDS.groups.values() for word in words]
    assert len(every) == len(set(every))
    assert all(word == word.casefold() and len(word) > 2 and " " not in word for word in every)


@pytest.mark.parametrize(
    "word",
    [
        "vatten",
        "vägarbete",
        "skola",
        "sjukhuset",
        "sektionen",
        "sektor",
        "badhus",
        "romersk",
        "moderna",
        "valet",
        "taxa",
    ],
)
def test_everyday_words_of_a_municipality_are_not_taken_for_sensitive(word: str) -> None:
    """A question at every search would teach officers to answer it without reading."""
    assert not [start for words in WORDS.groups.values() for start in words if word.startswith(start)]


def test_an_own_group_of_words_replaces_the_one_of_its_name() -> None:
    """And a new one is added; the words are folded and stand once."""
    text = '[groups]\nbrott = ["Stöld", "stöld"]\nlokalt = ["Kvarteret"]\n'
    found = read_sensitive(text, "ord.toml", WORDS)
    assert found.groups["brott"] == ("stöld",)
    assert found.groups["lokalt"] == ("kvarteret",)
    assert found.groups["halsa"] == WORDS.groups["halsa"]
    assert read_sensitive("", "ord.toml").groups == SensitiveWords().groups


@pytest.mark.parametrize("words", ['["ab"]', '["två ord"]', "[3]", '"sjuk"', '["12345"]', '["x\\u0000yz"]'])
def test_a_bad_word_is_refused(words: str) -> None:
    """Too short, no word, or no list."""
    with pytest.raises(RefusedError, match=r"ord\.toml: groups\.egna"):
        read_sensitive(f"[groups]\negna = {words}\n", "ord.toml")


def _refused(read: Callable[[str, str], object], text: str) -> str:
    """The field that is refused; empty when the text is read."""
    try:
        read(text, "fil.toml")
    except RefusedError as error:
        return error.field
    return ""


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    """The loaders are total: what is no table is refused in one way, with the file's name."""
    for read in (read_provisions, read_tariffs, read_sensitive):
        field = _refused(read, text)
        assert not field or field.startswith("fil.toml")
