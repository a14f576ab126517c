"""A hold's record can be exchanged while the hold is in force, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.state import Database
from schemas.ids import ItemId
from schemas.refusal import RefusedError

AT = datetime(2026, 1, 2, tzinfo=UTC)
ONE, TWO = ItemId("202601-aaaaaaaaaaaaaaaa"), ItemId("202601-aaaaaaaaaaaaaaab")


def test_a_hold_gets_another_record(state: Database) -> None:
    """The rest of the hold stays, the revision is raised, and a lifted or unknown hold is refused."""
    with state.writing() as books:
        hold = books.holds.set("search", "", "Eva", AT, record=ONE)
        before = books.revision()
        changed = books.holds.change(hold.number, TWO)
        assert books.revision() > before
    assert (changed.number, changed.set_by, changed.set_at, changed.record) == (hold.number, "Eva", AT, TWO)
    with state.reading() as books:
        assert books.holds.in_force() == [changed]
    with state.writing() as books:
        books.holds.lift(hold.number, "Eva", AT)
    for number in (hold.number, 99):
        with pytest.raises(RefusedError), state.writing() as books:
            books.holds.change(number, ONE)
