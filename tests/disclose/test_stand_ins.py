"""One person has one stand-in throughout a request."""

from __future__ import annotations

from flows.disclose.assess.stand_ins import stand_ins
from tests.disclose.rowmaker import version

ASA = version(platform="mastodon")
BO = version(platform="mastodon", author="Bo Ek", author_native="https://test/@boek")
NAMELESS = version(platform="mastodon", author=None, author_native=None)


def _writer(row: object) -> tuple[str, str | None, str | None]:
    return row.platform, row.author_native, row.author  # type: ignore[attr-defined] # a row


def test_numbers_follow_the_list_and_hold_for_one_id() -> None:
    """First met, first numbered; another name under the same id is the same person."""
    renamed = version(platform="mastodon", author="Åsa Ö.")
    people = stand_ins(map(_writer, (BO, ASA, renamed, BO)))
    assert [people(row) for row in (ASA, renamed, BO)] == ["Person 2", "Person 2", "Person 1"]


def test_a_name_in_a_text_is_its_writers() -> None:
    """However it is written: case, sign, handle."""
    people = stand_ins(map(_writer, (BO, ASA)))
    assert {people(BO, words) for words in ("Åsa Öberg", "åsa  öberg", "@asaoberg", "ÅsaÖberg")} == {"Person 2"}


def test_who_only_is_spoken_of_comes_after_the_writers() -> None:
    """In the order in which they were masked; the same name is the same one."""
    people = stand_ins(map(_writer, (ASA,)), ["Eva Lind", "Kalle", "EVA LIND"])
    assert [people(ASA, words) for words in ("Kalle", "eva lind")] == ["Person 3", "Person 2"]
    assert people(ASA, "Någon annan") == ""


def test_a_name_that_several_have_is_nobodys() -> None:
    """Two accounts called the same: the name by itself does not say which."""
    other = version(platform="mastodon", author_native="https://other.test/@asa2")
    people = stand_ins(map(_writer, (ASA, other)), ["Åsa Öberg"])
    assert (people(ASA), people(other), people(BO, "Åsa Öberg")) == ("Person 1", "Person 2", "Person 3")


def test_without_an_id_the_name_counts() -> None:
    """Some platforms give no ids; and some items have no author at all."""
    first, again = (version(author=name, author_native=None) for name in ("Pia Ek", "pia ek"))
    people = stand_ins(map(_writer, (NAMELESS, first, again)))
    assert (people(first), people(again), people(NAMELESS)) == ("Person 1", "Person 1", "")


def test_the_same_id_on_two_platforms_is_two_persons() -> None:
    """Numbers are given out by each platform for itself."""
    rows = [version(platform=name, author_native="17") for name in ("x", "facebook")]
    people = stand_ins(map(_writer, rows))
    assert [people(row) for row in rows] == ["Person 1", "Person 2"]
