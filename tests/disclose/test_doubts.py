"""Which searches wait for an officer's ground, and which are warned about."""

from __future__ import annotations

from datetime import date

import pytest

from flows.disclose.find.doubts import LARGE, doubts, sensitive
from flows.disclose.find.wanted import Wanted
from schemas.disclosure import SensitiveWords

WORDS = SensitiveWords(
    groups={"religion": ("muslim", "kristen", "jehovas vittne"), "halsa": ("sjuk", "diagnos"), "union": ("fack",)}
)
TODAY = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("wanted", "groups"),
    [
        (Wanted(texts=("muslimer",)), ("religion",)),
        (Wanted(words=("MUSLIM",)), ("religion",)),
        (Wanted(starts=("musl",)), ("religion",)),
        (Wanted(texts=("alla sjukskrivna",)), ("halsa",)),
        (Wanted(texts=("jehovas vittnen",)), ("religion",)),
        (Wanted(texts=("múslim",), fold=True), ("religion",)),
        (Wanted(regexes=("mus(lim|k)",)), ("religion",)),
        (Wanted(regexes=("sjuk|vatten",)), ("halsa",)),
        (Wanted(regexes=(r"\w*diagn[oa]s\w*",)), ("halsa",)),
        (Wanted(texts=("sjukhus", "muslim")), ("religion", "halsa")),
        (Wanted(texts=("sjuk",), authors=("Anna",)), ("halsa",)),
        (Wanted(texts=("muslim",), kinds=("post", "comment")), ("religion",)),
        (Wanted(texts=("muslim",), kinds=("post", "reply")), ()),
        (Wanted(texts=("vatten",)), ()),
        (Wanted(texts=("mus",)), ()),
        (Wanted(texts=("tillfackla",)), ()),
        (Wanted(regexes=(".*",)), ()),
        (Wanted(regexes=(r"\w+",)), ()),
        (Wanted(everything=True), ()),
        (Wanted(accounts=("nyheter",)), ()),
        (Wanted(texts=("vatten",), without=("muslim",)), ()),
    ],
)
def test_sensitive_searches(wanted: Wanted, groups: tuple[str, ...]) -> None:
    """Words that begin as a sensitive one, or are most of one, or an expression that finds one: not our own posts."""
    assert sensitive(wanted, WORDS) == groups


def codes(wanted: Wanted, versions: int = 3, groups: tuple[str, ...] = ()) -> set[str]:
    """Codes of what is told."""
    return {one.code for one in doubts(wanted, versions=versions, groups=groups, today=TODAY)}


def test_doubtful_compilations_are_told() -> None:
    """All that one person wrote over long, very large lists, identity numbers and children are warned about."""
    assert codes(Wanted(texts=("vatten",))) == set()
    assert codes(Wanted(authors=("Anna",))) == {"Q142"}
    assert codes(Wanted(authors=("Anna",), first=date(2026, 1, 1))) == set()
    assert codes(Wanted(everything=True), LARGE) == {"Q143"}
    for number in ("19850712-1234", "850712-1234", "8507121234", "850712+1234", "nr 198507121234!", "٨٥٠٧١٢-١٢٣٤"):
        assert codes(Wanted(texts=(number,))) == {"Q144"}, number
    for number in ("2024-05-01", "0570-816 00", "12345", "123456789012345"):
        assert codes(Wanted(texts=(number,))) == set(), number
    assert codes(Wanted(words=("Skolan",))) == {"Q145"}
    assert codes(Wanted(regexes=("elever?",))) == {"Q145"}
    assert codes(Wanted(texts=("vatten",)), groups=("halsa",)) == {"Q141"}
