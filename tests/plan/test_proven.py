"""A set of ids asked in slices is a set."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas.plan.proven import Proven

IDS = st.text("0123ab-", max_size=4)


@given(st.lists(IDS), st.lists(IDS))
def test_it_answers_as_a_set_does(members: list[str], asked: list[str]) -> None:
    """Membership of one and of many, and the number, are those of a plain set of the same ids."""
    proven, plain = Proven(members), set(members)
    assert len(proven) == len(plain)
    assert [one in proven for one in asked] == [one in plain for one in asked]
    assert proven.among(pa.array(asked, pa.string())).to_pylist() == [one in plain for one in asked]


def test_it_takes_a_column_as_it_is() -> None:
    """A column of ids with repeats is taken like a list."""
    assert len(Proven(pa.array(["b", "a", "b"], pa.string()))) == 2
