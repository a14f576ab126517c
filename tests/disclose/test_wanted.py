"""What is the same to a search, and that the quick way of looking finds exactly what the slow one does."""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.disclose.find.matching import Matcher
from flows.disclose.find.matching import Sort as Way
from flows.disclose.find.spelling import INVISIBLE, SPACES, key, plain, unmarked
from flows.disclose.find.wanted import Wanted, check
from schemas.refusal import RefusedError

TRICKY = (
    "aAåÅäÄöÖéÉeEiIıİsSſßẞkK\u212a\u212b\u030a\u0308\u0301\u0307 \n\t\u00a0\u2003\u00ad\u200b\u200d\u202e\ufe0f_.-1²½ªøØæÆłœ"
    "😀❤👩💻🇸🇪👍🏽ﬁﬀǅñ\u0345ΣσςЙйאשׁ\u05bcسنᚠ한각\u1100\u1161ｱ①"
)
TEXTS = st.text(alphabet=st.one_of(st.sampled_from(TRICKY), st.characters(codec="utf-8")), max_size=24)
WORDS = st.text(alphabet=st.one_of(st.sampled_from(TRICKY), st.characters(codec="utf-8")), min_size=1, max_size=4)


def one(matcher: Matcher, text: str) -> bool:
    """Whether one text is found."""
    found: list[bool] = matcher.hits(pa.array([text], pa.string())).to_pylist()
    return found == [True]


def slow(way: Way, text: str, word: str, *, fold: bool) -> bool:
    """The definition, word by word: no regular expression, no column."""
    keyed, wanted = key(text, fold=fold), key(word, fold=fold)
    wanted = wanted if way == "part" else wanted.strip()

    def of_word(at: int) -> bool:
        if not 0 <= at < len(keyed):
            return False
        letter = keyed[at]
        return letter == "_" or (unicodedata.category(letter)[0] in "LNM" and not "\ufe00" <= letter <= "\ufe0f")

    for at in range(len(keyed) - len(wanted) + 1):
        begins, ends = not of_word(at - 1), not of_word(at + len(wanted))
        if keyed[at : at + len(wanted)] == wanted and (way == "part" or begins) and (way != "word" or ends):
            return True
    return False


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(TEXTS, max_size=8), words=st.lists(WORDS, min_size=1, max_size=3), fold=st.booleans())
def test_quick_and_slow_agree(texts: list[str], words: list[str], *, fold: bool) -> None:
    """For any texts and words, each way of looking gives what the definition says, null texts being no hits."""
    words = [word.strip() for word in words if key(word, fold=fold).strip() and word.strip()] or ["å"]
    texts = [*texts, *(f"x {word} y" for word in words), *(word.upper() for word in words)]
    ways: tuple[Way, ...] = ("part", "word", "start")
    for way in ways:
        found = Matcher([(way, word) for word in words], fold=fold).hits(pa.array([*texts, None], pa.string()))
        expected = [any(slow(way, text, word, fold=fold) for word in words) for text in texts]
        assert found.to_pylist() == [*expected, False]


@pytest.mark.parametrize("fold", [False, True])
def test_plain_characters_stand_for_themselves(*, fold: bool) -> None:
    """A plain character's key is one character, and nothing that is plain joins with what stands before it."""
    known = re.compile(
        f"[{re.sub(r'x{([0-9a-f]+)}', lambda match: f'U{int(match[1], 16):08x}', plain(fold=fold).known)}]"
    )
    chars = [chr(number) for number in range(0x20000) if known.match(chr(number))]
    assert len(chars) > 3000
    assert {"å", "Ö", "é", "–", "”", "😀", "\u200d", "\ufe0f"} <= set(chars)
    assert not {"ß", "\u0308", "\u00ad", "\u202e", "\u212b"} & set(chars)
    text = "".join(char for char in chars if not char.isspace())
    for spelled in (text, text[::-1]):
        assert key(spelled, fold=fold) == "".join(key(char, fold=fold) for char in spelled)
    seconds = {
        unicodedata.decomposition(chr(number)).split()[-1]
        for number in range(0x110000)
        if len(unicodedata.decomposition(chr(number)).split()) == 2
        and "<" not in unicodedata.decomposition(chr(number))
    }
    assert not {chr(int(second, 16)) for second in seconds} & set(chars)


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("älv", "A\u0308LVEN", True),
        ("a\u0308lv", "Älven", True),
        ("älv", "alven", False),
        ("strasse", "Hauptstraße", True),
        ("STRASSE", "straße", True),
        ("straße", "STRASSE", True),
        ("istanbul", "İSTANBUL", True),
        ("İstanbul", "istanbul", True),
        ("kelvin", "\u212aelvin", True),
        ("ångström", "\u212bngström", True),
        ("👩‍💻", "jobbar 👩‍💻 hemma", True),
        ("👩💻", "jobbar 👩‍💻 hemma", False),
        ("❤️", "❤", False),
        ("❤", "❤️", True),
        ("snöröjning", "snö\u00adröj\u200bning", True),
        ("dold", "do\u202eld", True),
        ("till kommunen", "till\n kommunen", True),
        ("till kommunen", "till\u00a0kommunen", True),
        ("שלום", "אמר שלום לכולם", True),
        (".*", "allt", False),
        ("100 % <b>", "minst 100 % <b>nu</b>", True),
    ],
)
def test_what_is_the_same(word: str, text: str, *, found: bool) -> None:
    """Spellings, case, spaces and invisible characters do not count; letters, joiners and selectors do."""
    assert one(Matcher([("part", word)]), text) is found


def test_words_and_beginnings() -> None:
    """A whole word ends where no letter, number or mark follows, whatever the letter; a beginning goes on."""
    for text, word, begins in (
        ("en snö!", True, True),
        ("❤️snö", True, True),
        ("snöar", False, True),
        ("nysnö", False, False),
        ("snö\u0301", False, True),
        ("åsnö snö", True, True),
    ):
        assert one(Matcher([("word", "SNÖ")]), text) is word, text
        assert one(Matcher([("start", "SNÖ")]), text) is begins, text


def test_folding_is_the_officers_choice() -> None:
    """With marks folded å is a, é is e and ø is o, in text and pattern alike; without, each is a letter of its own."""
    for word, text in (
        ("alv", "ÄLV"),
        ("ÄLV", "alv"),
        ("kafe", "KAFÉ"),
        ("o", "Ø"),
        ("aeroe", "Ærøe"),
        ("e", "e\u0301"),
    ):
        assert one(Matcher([("part", word)], fold=True), text)
        assert not one(Matcher([("part", word)]), text)
    assert one(Matcher([], [r"^k[åa]f[é]$"], fold=True), "KAFE")
    assert not one(Matcher([], [r"^kaf[e]$"]), "kafé")


@pytest.mark.parametrize(
    ("regex", "text", "found"),
    [
        (r"sn[öo]r\w+ning", "SNÖRÖJNING", True),
        (r"^\w+$", "åäö", True),
        (r"\W", "åäö", False),
        (r"[\w]{3}", "åäö", True),
        (r"vatten\s+läcka", "vatten\u00a0\nläcka", True),
        (r"^å", "A\u030aret", True),
        (r"kr(a|å)ka|fågel", "Fågeln", True),
        (r"\d{3}", "12", False),
        (r"a\.b", "axb", False),
        (r"[]a]x", "]x", True),
        (r"\pL\x{e5}", "xå", True),
    ],
)
def test_expressions_are_unicode(regex: str, text: str, *, found: bool) -> None:
    """Letters, numbers and spaces of an expression are those of every script; case and spelling do not count."""
    assert one(Matcher([], [regex]), text) is found


@pytest.mark.parametrize(
    ("regex", "place"),
    [
        ("a(b", "character 1"),
        ("snö[", "character 4"),
        ("((a{500}){500}){500}", "repetition"),
        (r"\bår\b", "character 1"),
        (r"x[[:alpha:]]", "character 3"),
        (r"[\W]", "character 2"),
        (r"\Qa\E", "character 1"),
        ("a(?=b)", "RE2"),
        (r"(a)\1", "RE2"),
        ("x" * 1001, "1000"),
        ("(" * 500 + "a{9}" + "){9}" * 500, "number 1"),
    ],
)
def test_expressions_that_cannot_be_used_are_refused(regex: str, place: str) -> None:
    """What is no expression, is too large, or would miss words is refused with the place and without its words."""
    with pytest.raises(RefusedError) as refused:
        Matcher([], [regex])
    assert place in f"{refused.value}"
    assert refused.value.value.startswith("number 1")


def test_expressions_cannot_explode() -> None:
    """What costs other engines years costs time in proportion to the text."""
    began = time.process_time()
    assert not one(Matcher([], [r"(a+)+$", r"(a|a)*b", r"(.*)*x"]), "a" * 200_000 + "!")
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(), "find"),
        (Wanted(everything=True, texts=("snö",)), "--everything"),
        (Wanted(texts=("",)), "--text"),
        (Wanted(words=(" \u200b ",)), "--word"),
        (Wanted(starts=("x" * 1001,)), "--start"),
        (Wanted(texts=("x",) * 501), "--text"),
        (Wanted(texts=("snö",), without=("\u00ad",)), "--not"),
        (Wanted(regexes=("a", "(")), "--regex"),
        (Wanted(accounts=("nyhetr",)), "--account"),
        (Wanted(kinds=("inlägg",)), "--kind"),
        (Wanted(authors=("",)), "--author"),
        (Wanted(first=date(2024, 2, 1), last=date(2024, 1, 1)), "--to"),
        (Wanted(texts=("snö",), dated=True), "--dated"),
    ],
)
def test_what_cannot_be_meant_is_refused(wanted: Wanted, field: str) -> None:
    """Nothing said, too much said, unknown names and empty words are refused by the option's name."""
    with pytest.raises(RefusedError) as refused:
        check(wanted, ["nyheter"])
    assert refused.value.field == field


def test_what_can_be_meant_is_taken() -> None:
    """Words, filters, items or everything each say enough; a search is kept as plain JSON values."""
    wanted = Wanted(texts=("snö",), first=date(2024, 1, 1), accounts=("nyheter", "bevara"))
    for some in (wanted, Wanted(everything=True), Wanted(kinds=("post",)), replace(wanted, dated=True)):
        check(some, ["nyheter"])
    values: dict[str, Any] = wanted.as_json()
    assert (values["texts"], values["first"], values["last"], values["own"]) == (["snö"], "2024-01-01", None, True)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_a_key_is_its_own_key(text: str) -> None:
    """Taking the key twice changes nothing, so that what is written in a search may be a key already."""
    for fold in (False, True):
        assert key(key(text, fold=fold), fold=fold) == key(text, fold=fold)
    assert INVISIBLE.search(key(text)) is None
    assert SPACES.sub(" ", key(text)) == key(text)
    assert unmarked(unmarked(text)) == unmarked(text)
