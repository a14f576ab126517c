"""Contract of what the state database takes: exact instants, any text that both engines can store, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from connectors.state import Database
from schemas.books import Books
from schemas.hold import Mark
from schemas.ids import ItemId
from schemas.person import Person
from schemas.receipt import Receipt
from schemas.refusal import RefusedError
from tests.contracts.state_samples import AT, COPY, COVERAGE, FILE, NOTE, ONE, PLAN


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=timezone(timedelta(hours=2))),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_instants_are_exact(state: Database, moment: datetime) -> None:
    """Every microsecond of every year comes back, in UTC."""
    with state.writing() as books:
        books.persons.add(Person(name="Åsa", role="arkivarie", added=moment))
    with state.reading() as books:
        person = books.persons.get("Åsa")
    assert person is not None
    assert person.added == moment
    assert person.added.tzinfo is UTC


def test_a_time_without_zone_is_refused(state: Database) -> None:
    """A naive time is refused by its field's name."""
    with pytest.raises(RefusedError, match=r"person\.added"), state.writing() as books:
        books.persons.add(Person(name="Åsa", role="arkivarie", added=AT.replace(tzinfo=None)))


REFUSED: dict[str, Callable[[Books, str], object]] = {
    "setting.value": lambda books, bad: books.set_setting("x", bad),
    "person.name": lambda books, bad: books.persons.add(Person(name=bad, role="x", added=AT)),
    "file.key": lambda books, bad: books.manifest.add(replace(FILE, key=bad)),
    "native.item": lambda books, bad: books.natives.add([(b"1" * 32, ItemId(bad))]),
    "copy.items": lambda books, bad: books.copies.add(replace(COPY, items=(ItemId(bad),))),
    "media_wanted.item": lambda books, bad: books.media.want("x", [ItemId(bad)]),
    "capture_note.subject": lambda books, bad: books.notes.capture([replace(NOTE, subject=bad)]),
    "coverage.horizon": lambda books, bad: books.notes.cover(replace(COVERAGE, horizon=bad)),
    "mark.dnr": lambda books, bad: books.marks.add(Mark(item=ONE, kind="ringa", person="x", at=AT, dnr=bad)),
    "hold.subject": lambda books, bad: books.holds.set("item", bad, "x", AT),
    "plan.text": lambda books, bad: books.plans.adopt(replace(PLAN, text=bad)),
    "receipt.subjects": lambda books, bad: books.ledger.append(Receipt(act="x", at=AT, actor="x", subjects=("s", bad))),
}


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "ö" * 9_000_000], ids=["nul", "surrogate", "long"])
def test_what_one_engine_cannot_store_is_refused_by_both(state: Database, bad: str) -> None:
    """The refusal names table and column, does not repeat the text, and nothing is stored."""
    for field, attempt in REFUSED.items():
        with pytest.raises(RefusedError) as caught, state.writing() as books:
            attempt(books, bad)
        assert caught.value.field == field
        assert len(str(caught.value)) < 200
    with state.reading() as books:
        assert books.ledger.head()[0] == 0
        assert books.natives.count() == 0


@pytest.mark.parametrize(
    "text",
    ["", "'; DROP TABLE setting; --", "\x01\x1f\x7f\r\n\t", "\u202eabc\u2066", "👩‍👩‍👧 %s %(x)s :x", "å" * 500_000],
)
def test_hostile_text_comes_back_unchanged(state: Database, text: str) -> None:
    """Quotes, control characters, direction marks, placeholders and half a million letters are just text."""
    with state.writing() as books:
        books.set_setting("x", text)
        books.plans.adopt(replace(PLAN, text=text))
        books.ledger.append(Receipt(act="test", at=AT, actor="Åsa", evidence={"text": text[:100_000]}))
    with state.reading() as books:
        assert books.setting("x") == text
        assert books.plans.adopted()[0].text == text
        assert (
            books.ledger.after(0)[0].body
            == Receipt(act="test", at=AT, actor="Åsa", evidence={"text": text[:100_000]}).body()
        )
