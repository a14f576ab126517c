"""What is masked in one record is found where it stands open in another, however it is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as given_that
from hypothesis import strategies as st

from flows.disclose.assess.leaks import Leak, Sought, leak_findings, leaks, masked_files, masked_strings
from flows.disclose.assess.provisions import labels_in
from schemas.request import Mask
from tests.disclose.rowmaker import (
    CODE,
    OTHER,
    PROVISIONS,
    field,
    file,
    given,
    of_word,
    partly,
    version,
)

NAME = "Åsa Öberg"


def _open(text: str = "", **changes: Any) -> list[str]:
    """Places of another record where the name stands open."""
    row = version(OTHER, text=text, author="Bo", author_native=None, **changes)
    one = partly(item=OTHER, verdict="give")
    found = list(leaks([given([row], one)], {NAME}, {"1" * 64}, labels_in(PROVISIONS)))
    assert all(each.item == OTHER for each in found)
    return [each.where for each in found]


@pytest.mark.parametrize(
    "text",
    [
        "Hej åsa öberg!",
        "ÅSA\nÖBERG",
        "Åsa Öbergs hus",
        "xÅsa Öbergx",
        "A\u030asa O\u0308berg",
        "Å\u200bsa Ö\u200dberg",
        "Å s a Ö b e r g",
        "Å.s.a Ö.b.e.r.g",
        "Ås a Öb erg",
        "#ÅsaÖberg",
        "https://x.test/%C3%85sa%20%C3%96berg",
        "[maskat: Åsa Öberg]",
    ],
)
def test_words_are_found_however_they_are_written(text: str) -> None:
    """Case, composition, unseen characters, strewn-in spaces, inside words, encoded, dressed up as a label."""
    assert _open(text) == ["text"]


def test_every_place_is_looked_at() -> None:
    """Text, author, address, links, alt texts, and files by their digest."""
    media = (file("a", "1" * 64, alt=NAME), file("b", "2" * 64))
    where = _open(
        "fritt",
        links=("https://x.test/%C3%85sa+%C3%96berg",),
        media=media,
        native="https://t.test/%C3%85sa%20%C3%96berg",
    )
    assert where == ["address", "links:0", "alt:0", "media:0"]


@pytest.mark.parametrize("text", ["Åsa", "Öberg", "Asa Oberg", "Åsa och Öberg", "", "Åsa Ölberg"])
def test_other_words_are_no_leaks(text: str) -> None:
    """Half of it, or words that only look alike."""
    assert _open(text) == []


def test_labels_are_no_leaks() -> None:
    """A label says what it rests on; a masked word may stand in that."""
    rows = [version(text="OSL maskat Åsa")]
    masks = [of_word("text", "OSL maskat Åsa", word) for word in ("OSL", "maskat")]
    one = partly(*masks, field("author"))
    strings = masked_strings(rows, one)
    assert {"OSL", "maskat", NAME} <= strings
    assert not list(leaks([given(rows, one)], strings, shown=labels_in(PROVISIONS)))


def test_short_strings_are_not_looked_for() -> None:
    """Two letters, three digits: they stand everywhere."""
    assert not Sought(["Bo", "12", "123", " ", "å"])
    assert Sought(["123 4"]).found_in("ring 123 4 nu")


@pytest.mark.parametrize(
    "text", ["Liv", "#liv!", "LIVS hus", "L i v", "L.i.v", "https://x.test/@liv", "Hej\u200bLiv, du", "liv_ek"]
)
def test_short_words_are_found_by_themselves(text: str) -> None:
    """Fewer than five letters: a word of its own, however it is written, with the s of a genitive."""
    assert Sought(["Liv"]).found_in(text) == ("Hej" not in text)


def test_short_words_are_no_leaks_inside_others() -> None:
    """Anna in annan, Åsa in åsar, Bo Ek in bo eken; but longer ones, and scripts that write words together, anywhere."""
    for word, text in (
        ("Anna", "en annan"),
        ("Liv", "livet"),
        ("Åsa", "åsar"),
        ("Bo Ek", "bo eken"),
        ("1234", "0712345"),
        ("Pär", "pa\u0308ron"),
    ):
        assert not Sought([word]).found_in(text), word
    assert not Sought(["Anna"]).found_in("anna\u030a")
    assert Sought(["Göte"]).found_in("hos Götes")
    assert not Sought(["Göte"]).found_in("Götene")
    assert Sought(["Göran"]).found_in("görans")
    assert Sought(["山田太"]).found_in("私は山田太郎です")
    assert Sought(["علي"]).found_in("وعليه")
    assert Sought(["👨\u200d👩\u200d👧"]).found_in("hej👨\u200d👩\u200d👧då") == Sought(["👨👩👧"]).found_in("👨👩👧")


def test_what_is_masked_is_known_with_the_author_in_every_form() -> None:
    """A masked author's name, id and handle; spans; long texts; nothing of what is given."""
    rows = [version(text="Ring 070-123 45 67 i dag, annars blir det kallt", links=("https://x.test/a",))]
    one = partly(of_word("text", rows[0].text or "", "070-123 45 67"), field("author"), field("links:0"))
    assert masked_strings(rows, one) == {
        "070-123 45 67",
        NAME,
        "https://test/@asaoberg",
        "@asaoberg",
        "/asaoberg",
        "https://x.test/a",
    }
    assert masked_strings(rows, partly(verdict="refuse", provision=CODE)) == {rows[0].text}
    assert masked_strings(rows, partly(field("text"))) == {rows[0].text}
    assert masked_strings([version(text="Tack!")], partly(field("text"))) == frozenset()
    assert masked_strings(rows, partly(verdict="give")) == frozenset()


def test_files_are_known_by_their_digest() -> None:
    """Masked and removed ones, and all of a refused record."""
    rows = [version(media=(file("a", "1" * 64), file("b", "2" * 64), file("c")))]
    one = partly(Mask(sort="file", where="media:1", provision=CODE))
    assert masked_files(rows, one) == {"2" * 64}
    assert masked_files(rows, partly(verdict="refuse", provision=CODE)) == {"1" * 64, "2" * 64}
    assert masked_files(rows, partly(verdict="give")) == frozenset()


def test_findings_say_where_and_never_what() -> None:
    """Ids and places alone."""
    (finding,) = leak_findings([Leak(item=OTHER, version=2, where="text", code="Q161")])
    assert (finding.subject, dict(finding.parameters)) == (OTHER, {"version": 2, "where": "text"})


@given_that(st.text(min_size=3, max_size=12), st.text(max_size=20), st.text(max_size=20))
def test_what_stands_there_as_it_is_is_always_found(word: str, before: str, after: str) -> None:
    """Whatever the word and what stands around it, apart by spaces."""
    sought = Sought([word])
    assert not sought or sought.found_in(f"{before} {word} {after}")
