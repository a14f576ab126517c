"""The tables of words: reading, changing, refusing."""

from __future__ import annotations

import pytest

from schemas.refusal import RefusedError
from schemas.watch_words import CODES, built_in_words, read_words

BASE = built_in_words()


def test_the_groups_built_in_are_whole() -> None:
    """Every code that words are signs of has a group, or a rule of its own with the groups that it needs."""
    coded = {group.code for group in BASE.groups.values() if group.code}
    assert coded <= set(CODES)
    assert coded >= {"W105", "W106", "W111", "W112", "W113", "W114", "W118", "W119", "W120", "W124"}
    for name in ("partier", "partihandelser", "politik", "halsa-sociala", "fornamn", "listade-sidor", "egna-nummer"):
        assert BASE.words(name)


def test_a_file_adds_takes_away_and_turns_off() -> None:
    """Only what the file names is changed, and what it is laid on stays as it was."""
    words = read_words(
        '[group.reklam]\nadd = ["PYRAMIDSPEL"]\nremove = ["rabattkod"]\n[group.hot]\noff = true', "f.toml", BASE
    )
    assert "pyramidspel" in words.words("reklam")
    assert "rabattkod" not in words.words("reklam")
    assert words.words("hot") == ()
    assert "rabattkod" in BASE.words("reklam")
    assert words.words("personangrepp") == BASE.words("personangrepp")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("nej", "f.toml"),
        ("[grupp.hot]\nadd = []", "f.toml.grupp"),
        ("group = 1", "f.toml: group"),
        ("[group]\nhot = 1", "f.toml: group.hot"),
        ("[group.hot]\nwords = []", "f.toml: group.hot.words"),
        ("[group.hot]\nadd = 'x'", "f.toml: group.hot.add"),
        ("[group.hot]\nadd = ['']", "f.toml: group.hot.add"),
        ("[group.hot]\nadd = ['ab']", "f.toml: group.hot.add"),
        ("[group.hot]\nadd = ['(a+)+']", "f.toml: group.hot.add"),
        ("[group.hot]\nadd = ['… slå']", "f.toml: group.hot.add"),
        ("[group.hot]\nremove = ['finns-ej']", "f.toml: group.hot.remove"),
        ("[group.hot]\noff = 1", "f.toml: group.hot.off"),
        ("[group.hott]\nadd = ['abc']", "f.toml: group.hott"),
        ("[group.ny]\nwords = ['abc']\ncode = 'W999'", "f.toml: group.ny.code"),
        ("[group.ny]\nwords = ['abc']\ncode = 'W121'", "f.toml: group.ny.code"),
        ("[group.ny]\nwords = ['abc']\ncertainty = 'kanske'", "f.toml: group.ny.certainty"),
        ("[group.ny]\ncode = 'W119'", "f.toml: group.ny.words"),
        ("[group.listade-sidor]\nadd = ['https://x.se/']", "f.toml: group.listade-sidor.add"),
        ("[group.egna-nummer]\nadd = ['växeln']", "f.toml: group.egna-nummer.add"),
        ("[group.'Å']\nwords = ['abc']", "f.toml: group.Å"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(text: str, place: str) -> None:
    """File, group and key are named."""
    with pytest.raises(RefusedError) as refused:
        read_words(text, "f.toml", BASE)
    assert refused.value.field == place
    assert refused.value.remedy
