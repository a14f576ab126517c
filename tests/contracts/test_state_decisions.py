"""Contract of marks, holds, plans and the revision they raise."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from connectors.state import Database
from schemas.books import Books
from schemas.hold import Mark
from schemas.refusal import RefusedError
from tests.contracts.state_samples import AT, ONE, PLAN, TWO


def test_marks(state: Database) -> None:
    """One mark per item and kind, replaced by the next one, gone when removed."""
    mark = Mark(item=ONE, kind="inaktuell", person="Åsa", at=AT, on=date(2026, 2, 28))
    other = Mark(item=TWO, kind="i-arende", person="Bo", at=AT, dnr="KS 2026/1", provision="OSL 21:1")
    with state.writing() as books:
        books.marks.add(other)
        books.marks.add(mark)
        books.marks.add(replace(mark, person="Bo"))
    with state.reading() as books:
        assert list(books.marks.of([TWO, ONE])) == [replace(mark, person="Bo"), other]
        assert list(books.marks.of([])) == []
        assert list(books.marks.all()) == [replace(mark, person="Bo"), other]
    with state.writing() as books:
        assert books.marks.remove(ONE, "inaktuell")
        assert not books.marks.remove(ONE, "inaktuell")
        assert list(books.marks.all()) == [other]


def test_holds(state: Database) -> None:
    """Holds are numbered, lifted once and never removed."""
    with state.writing() as books:
        first = books.holds.set("item", ONE, "Åsa", AT)
        second = books.holds.set("account", "kommunen", "Bo", AT)
    assert (first.number, second.number, first.lifted_at) == (1, 2, None)
    with state.writing() as books:
        lifted = books.holds.lift(1, "Bo", AT)
        assert (lifted.lifted_by, lifted.lifted_at, lifted.set_by) == ("Bo", AT, "Åsa")
    for number in (1, 3):
        with pytest.raises(RefusedError, match="hold"), state.writing() as books:
            books.holds.lift(number, "Bo", AT)
    with state.reading() as books:
        assert list(books.holds.in_force()) == [second]
        assert list(books.holds.all()) == [lifted, second]


def test_plans(state: Database) -> None:
    """Editions stay in order of adoption; a name cannot come to mean another text."""
    second = replace(PLAN, edition="2026-2", text="# other", digest="f" * 64)
    with state.writing() as books:
        books.plans.adopt(PLAN)
        books.plans.adopt(PLAN)
        books.plans.adopt(second)
    with pytest.raises(RefusedError, match="edition"), state.writing() as books:
        books.plans.adopt(replace(PLAN, text="# changed"))
    with state.writing() as books:
        assert list(books.plans.adopted()) == [PLAN, second]
        books.plans.adopt(PLAN)
        assert books.plans.adopted()[-1] == PLAN


CHANGES: dict[str, Callable[[Books], object]] = {
    "mark": lambda books: books.marks.add(Mark(item=TWO, kind="ringa", person="Åsa", at=AT)),
    "unmark": lambda books: books.marks.remove(ONE, "ringa"),
    "hold": lambda books: books.holds.set("item", ONE, "Åsa", AT),
    "lift": lambda books: books.holds.lift(1, "Åsa", AT),
    "plan": lambda books: books.plans.adopt(PLAN),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_raises_the_revision(state: Database, change: str) -> None:
    """Marks, holds and plans each raise it in their own transaction."""
    with state.writing() as books:
        books.marks.add(Mark(item=ONE, kind="ringa", person="Åsa", at=AT))
        books.holds.set("item", ONE, "Åsa", AT)
        before = books.revision()
    with state.writing() as books:
        CHANGES[change](books)
    with state.reading() as books:
        assert books.revision() == before + 1


def test_a_locked_revision_does_not_change(state: Database) -> None:
    """Somebody who sets a hold waits until the transaction that locked the revision is over."""
    order: list[str] = []

    def hold() -> None:
        with state.writing() as books:
            books.holds.set("item", ONE, "Åsa", AT)
            order.append("hold")

    with state.writing() as books:
        revision = books.revision(lock=True)
        other = threading.Thread(target=hold)
        other.start()
        time.sleep(0.3)
        assert books.revision() == revision
        order.append("swap")
    other.join(10)
    assert order == ["swap", "hold"]
