"""What a routine must say: the table built in, a municipality's own, and texts of many spellings."""

from __future__ import annotations

import pytest

from schemas.refusal import RefusedError
from schemas.routine_page import Requirement, built_in, lacking, read_routine, same_address, titled

WORDS = {"unit": "Kultur & fritid", "contact": "kommun@a.test", "privacy": "arvika.se/dataskydd"}
EVERYTHING = {"purpose", "rules", "unit", "contact", "record", "privacy"}


def lacks(text: str, *links: str, words: dict[str, str] = WORDS) -> set[str]:
    """Names of what the text does not say by the table built in."""
    return {one.name for one in lacking(text, links, built_in().values(), words)}


def test_built_in() -> None:
    """The table has what the policy asks for, and an empty page lacks all of it."""
    assert set(built_in()) == EVERYTHING
    assert lacks("") == EVERYTHING
    assert [titled(one, WORDS) for one in built_in().values()][-1].endswith("(arvika.se/dataskydd)")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ALLMÄN HANDLING", "record"),
        ("blir allmän hand-\u00adling enligt lag", "record"),
        ("blir all- männa handlingar", "record"),
        ("allma\u0308n\u00a0handling", "record"),
        ("Kultur & Fritid ansvarar för innehållet", "unit"),
        ("Ansvarig: Kultur- och fritid. Ansvarar för sidan gör vi", "unit"),
        ("Regler: var snäll", "rules"),
        ("skriv till kommun@a.test", "contact"),
        ("se www.arvika.se/dataskydd", "privacy"),
    ],
)
def test_spellings(text: str, name: str) -> None:
    """Case, hyphens, hyphenation, spaces and the characters' encoding make no difference."""
    if text.startswith("se www"):
        text = text.replace("www.", "")
    assert lacks(text) == EVERYTHING - {name}


@pytest.mark.parametrize("text", ["Trafikregler", "ett ovanligt allmänt handlingssätt", "fritid", "Kultur & fritid"])
def test_not_said(text: str) -> None:
    """A phrase in the middle of a word, or the unit's name alone, says nothing."""
    assert lacks(text) == EVERYTHING


def test_links() -> None:
    """A link says it too, however it is written; one to another page does not."""
    assert "privacy" not in lacks("", "http://www.Arvika.se/Dataskydd/?utm=x#top")
    assert "privacy" in lacks("", "https://arvika.se/dataskydd-for-barn", "https://arvika.se.evil.test/dataskydd")
    assert "contact" not in lacks("", "mailto:Kommun@A.test?subject=hej")


def test_nothing_known() -> None:
    """Placeholders that nothing stands for are no phrases: an empty one would be found everywhere."""
    none = dict.fromkeys(WORDS, "")
    assert lacks("hej", "https://a.test/", words=none) == EVERYTHING


def test_own_table() -> None:
    """A section of the same name is replaced, another one is added."""
    own = '[rules]\ntitle = "regler"\nphrases = ["husregler"]\n[opening]\ntitle = "öppettider"\nphrases = ["öppet"]\n'
    table = read_routine(own, "min.toml", built_in())
    assert set(table) == {*EVERYTHING, "opening"}
    assert table["rules"] == Requirement(name="rules", title="regler", phrases=("husregler",))


@pytest.mark.parametrize(
    "text",
    [
        "x = ",
        "x = " + "[" * 5000,
        'rules = "text"',
        "[rules]\n",
        '[rules]\ntitle = "x"\n',
        '[rules]\ntitle = "x"\nphrases = "hej hej"\n',
        '[rules]\ntitle = "x"\nphrases = ["ab"]\n',
        '[rules]\ntitle = "x"\nphrases = [7]\n',
        '[rules]\ntitle = "x"\nphrases = ["{okänt} ord"]\n',
        '[rules]\ntitle = "x"\nfraser = ["hej hej"]\n',
        '["Å"]\ntitle = "x"\nphrases = ["hej hej"]\n',
    ],
)
def test_refused_tables(text: str) -> None:
    """A table that cannot be meant is refused with file and place."""
    with pytest.raises(RefusedError) as refused:
        read_routine(text, "min.toml")
    assert "min.toml" in refused.value.field


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.facebook.com/Arvika/", "http://m.facebook.com/arvika?ref=x"),
        ("arvika.se", "https://arvika.se/"),
        ("mailto:A@b.se", "a@b.se"),
    ],
)
def test_same_address(one: str, other: str) -> None:
    """Ways of writing one address are the same."""
    assert same_address(one) == same_address(other) != ""


def test_other_address() -> None:
    """Addresses that lead elsewhere differ, and what is none is empty."""
    assert same_address("https://facebook.com/arvika") != same_address("https://facebook.com/arvikakommun")
    first, second = ("https://facebook.com/profile.php?id=1", "https://facebook.com/profile.php?id=2")
    assert same_address(first) != same_address(second)
    assert [same_address(text) for text in ("", "https://", "http://[::1", "http://a:b:c/")] == [""] * 4
