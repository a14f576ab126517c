"""Which members are the same film."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.deposit.group import Piece, alike, group, title_key

AT = datetime(2026, 1, 12, 10, tzinfo=UTC)


def piece(member: str, account: str = "a", **changes: object) -> Piece:
    """A member; of one minute, with a title."""
    values: dict[str, object] = {
        "role": "video",
        "digests": frozenset(),
        "duration": 60_000,
        "title": "sasorterardu",
        "available": AT,
        **changes,
    }
    return Piece(member=member, account=account, **values)  # type: ignore[arg-type] # a test's few values


def groups(*pieces: Piece) -> set[frozenset[str]]:
    """Members by group."""
    return {frozenset(one.member for one in some) for some in group(pieces)}


SAME = {frozenset({"1", "2"})}
APART = {frozenset({"1"}), frozenset({"2"})}


def test_the_same_bytes_are_the_same_film() -> None:
    """Whatever they are called, on one account too, years apart."""
    other = piece("2", digests=frozenset({"x"}), title="annat", duration=None, available=AT + timedelta(days=900))
    assert groups(piece("1", digests=frozenset({"x"})), other) == SAME


def test_the_same_title_and_length_on_two_accounts() -> None:
    """Recoded by the platform: half a second's difference is allowed."""
    assert groups(piece("1"), piece("2", "b", duration=60_500)) == SAME


@pytest.mark.parametrize(
    "changes",
    [
        {"duration": 60_501},
        {"duration": None},
        {"title": "annat"},
        {"title": ""},
        {"role": "audio"},
        {"available": AT + timedelta(days=14, seconds=1)},
        {"account": "a"},
    ],
)
def test_what_is_no_likeness(changes: dict[str, object]) -> None:
    """One thing that differs keeps them apart; what is not known is not alike."""
    one, other = piece("1", title=""), piece("2", "b", title="")
    if "title" not in changes or changes["title"]:
        one, other = piece("1"), piece("2", "b")
    assert groups(one, replace(other, **changes)) == APART  # type: ignore[arg-type] # a test's few values


def test_never_two_of_one_account_by_likeness() -> None:
    """Two films of one account and one of another: the nearest pair belongs together, the third stays apart."""
    far = piece("2", available=AT + timedelta(days=3))
    assert groups(piece("1"), far, piece("3", "b", available=AT + timedelta(days=2))) == {
        frozenset({"2", "3"}),
        frozenset({"1"}),
    }


def test_titles_differ_in_case_spaces_and_signs() -> None:
    """What people see as the same title is."""
    assert title_key("Så SORTERAR du! 🗑") == title_key(" så sorterar-du") == "såsorterardu"
    assert title_key("🗑 …") == ""


def test_a_held_film_stays_whole_and_gains() -> None:
    """What a person has put together is one, though nothing speaks for it; new ones join it by bytes or likeness."""
    held = [
        piece("1", film="F", held=True, digests=frozenset({"x"})),
        piece("2", title="annat", film="F", held=True),
    ]
    assert groups(*held, piece("3", digests=frozenset({"x"})), piece("4", "b")) == {frozenset({"1", "2", "3", "4"})}


def test_two_held_films_are_never_put_together() -> None:
    """A person parted them; what is new goes with the one that was available first."""
    one = piece("1", film="F", held=True, digests=frozenset({"x"}), available=AT + timedelta(days=1))
    two = piece("2", film="G", held=True, digests=frozenset({"x"}))
    assert groups(one, two, piece("3", digests=frozenset({"x"}))) == {frozenset({"1"}), frozenset({"2", "3"})}
    assert groups(one, replace(two, account="b")) == APART


def test_a_chain_of_bytes_is_one_film() -> None:
    """The stream here, the original there, both on a third place."""
    pieces = [piece("1", digests=frozenset({"x"})), piece("2", digests=frozenset({"x", "y"}))]
    assert groups(*pieces, piece("3", digests=frozenset({"y"}), title="")) == {frozenset({"1", "2", "3"})}


PIECES = st.lists(
    st.builds(
        piece,
        st.uuids().map(str),
        st.sampled_from("abc"),
        digests=st.frozensets(st.sampled_from("xyz"), max_size=1),
        duration=st.sampled_from([None, 1000, 1400, 1900]),
        title=st.sampled_from(["", "t", "u"]),
        available=st.integers(0, 40).map(lambda day: AT + timedelta(days=day)),
    ),
    max_size=14,
    unique_by=lambda one: one.member,
)


@given(PIECES, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(pieces: list[Piece], random: Random) -> None:
    """Whatever order they come in, the films are the same."""
    mixed = list(pieces)
    random.shuffle(mixed)
    assert group(pieces) == group(mixed)


@given(PIECES)
def test_every_member_has_one_film_and_likeness_keeps_its_rule(pieces: list[Piece]) -> None:
    """Nobody is lost or counted twice; two of one account are one film by bytes alone."""
    found = group(pieces)
    assert sorted(one.member for some in found for one in some) == sorted(one.member for one in pieces)
    for some in found:
        for one in some:
            for other in some:
                assert not (alike(one, other) and one.account == other.account)
        assert len({one.account for one in some}) == len(some) or any(one.digests for one in some)
    holders = {digest: some for some in found for one in some for digest in one.digests}
    for some in found:
        assert all(holders[digest] == some for one in some for digest in one.digests)
