"""What is decided of a removal: pure functions over every combination of answers."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from flows.keep.fresh import Fresh, Outcome
from flows.oversee.removal.decide import Copies, Way, choose, secured_by, verdict
from schemas.neighbours import MODERATION_ACTS, Lookup, Moderated

WAYS: tuple[Way, ...] = get_args(Way)


def test_no_copy_no_description_nothing_is_secured() -> None:
    """Over every combination: secured exactly if there is a whole version, a screenshot or a description."""
    looks = [None, *(Fresh(outcome=one) for one in get_args(Outcome))]
    for fresh, version, lacking, shot, said in product(looks, (0, 2), (0, 1), (False, True), (False, True)):
        how = secured_by(Copies(fresh=fresh, version=version, lacking=lacking, screenshot=shot, described=said))
        whole = bool(version) and not lacking
        assert bool(how) == (whole or shot or said)
        assert (how == "fresh") == (whole and fresh is not None and fresh.outcome == "fresh")
        assert (how == "emergency") == (said and not whole and not shot)


def test_gone_and_hidden_are_only_what_was_seen() -> None:
    """Whatever the platform says: removed only where the look found nothing, hidden only where it saw that."""
    for way, said, outcome, hidden in product(
        WAYS, ("done", "already", "refused", "unclear"), ("found", "not_found", "unclear"), (False, True)
    ):
        look = Lookup(native="1", outcome=outcome, hidden=hidden)
        found = verdict(way, Moderated(outcome=said), look)  # type: ignore[arg-type]  # one of the four words
        assert (found.standing == "removed") == (outcome == "not_found")
        assert (found.standing == "hidden") == (outcome == "found" and hidden and way == "hide")
        if outcome == "unclear":
            assert found.standing == "unclear"
        if found.standing == "by-hand":
            assert said == "refused"


@pytest.mark.parametrize(
    ("may", "wanted", "chosen"),
    [
        (frozenset(MODERATION_ACTS), "remove", "remove"),
        (frozenset({"hide"}), "remove", "hide"),
        (frozenset({"remove"}), "hide", None),
        (frozenset({"notify", "block"}), "remove", None),
    ],
)
def test_hiding_stands_in_for_removing_and_never_the_other_way(
    may: frozenset[str], wanted: Way, chosen: Way | None
) -> None:
    """Less than what is wanted may be done at once; more is never done."""
    assert choose(may, wanted) == chosen  # type: ignore[arg-type]  # acts by name
