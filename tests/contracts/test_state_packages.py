"""Packages and registrations in the state database, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.state import Database
from schemas.delivery import OPEN, PACKAGE_STANDINGS, Intent, StoredPackage
from schemas.ids import ItemId, Month
from schemas.refusal import RefusedError
from schemas.registration import REGISTRATION_STANDINGS, WAITING, Registration
from tests.servers.state import KINDS, OpenState

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE, TWO, THREE = (ItemId(f"20251{number}-aaaaaaaaaaaaaaaa") for number in range(3))


@pytest.fixture(params=KINDS)
def state(request: pytest.FixtureRequest, open_state: OpenState) -> Database:
    """An empty database of each kind."""
    return open_state(request.param)


def _intent(number: int = 1, name: str = "a") -> Intent:
    return Intent(
        id=f"00000000-0000-5000-8000-00000000000{name}",
        number=number,
        profile="e-arkiv",
        profile_digest="0" * 64,
        account="sidan",
        authority="kommunstyrelsen",
        first=Month("2025-01"),
        last=Month("2025-12"),
        rules=("inlagg", "film"),
        as_of="2026-03-01",
        edition="2025:1",
        made=AT,
        through=AT,
        person="Åsa Öberg",
    )


def _registration(item: ItemId = ONE) -> Registration:
    return Registration(
        item=item,
        standing="decided",
        registry="diariet",
        secret=True,
        version=2,
        message=f"bevara-{item}-v2",
        decided=AT,
        changed=AT,
        person="Rut Registrator",
    )


def test_an_intent_comes_back_as_it_was_stored(state: Database) -> None:
    """A planned package holds its intent unchanged, whatever is said of the package later."""
    with state.writing() as books:
        assert books.packages.number() == 1
        planned = books.packages.plan(_intent())
        books.packages.change(replace(planned, standing="packaged", key="work/packages/x/y.tar", size=5, items=2))
    with state.reading() as books:
        found = books.packages.get(_intent().id)
        assert found is not None
        assert found.intent == _intent()
        assert (found.standing, found.size, found.items) == ("packaged", 5, 2)
        assert books.packages.number() == 2
        assert books.packages.get("nobody") is None


@pytest.mark.parametrize("other", [_intent(1, "b"), _intent(2, "a")])
def test_a_number_or_id_is_given_once(state: Database, other: Intent) -> None:
    """A second package under the same number or the same id is refused, and the first stays."""
    with state.writing() as books:
        books.packages.plan(_intent())
    with pytest.raises(RefusedError), state.writing() as books:
        books.packages.plan(other)
    with state.reading() as books:
        assert [one.intent for one in books.packages.all()] == [_intent()]


def test_what_is_said_of_no_package_is_refused(state: Database) -> None:
    """Nothing is entered for a package that was never planned."""
    with pytest.raises(RefusedError), state.writing() as books:
        books.packages.change(StoredPackage(intent=_intent(), standing="packaged", changed=AT))


@pytest.mark.parametrize("standing", PACKAGE_STANDINGS)
def test_items_wait_exactly_while_a_package_is_open(state: Database, standing: str) -> None:
    """Items of a package wait for its receipt in the open standings and in no other."""
    with state.writing() as books:
        planned = books.packages.plan(_intent())
        books.packages.hold(planned.intent.id, [TWO, ONE, TWO])
        books.packages.change(replace(planned, standing=standing))  # type: ignore[arg-type] # each of the literals
    with state.reading() as books:
        assert books.packages.waiting() == (frozenset({ONE, TWO}) if standing in OPEN else frozenset())
        assert list(books.packages.items(_intent().id)) == [ONE, TWO]
        assert [one.intent.number for one in books.packages.holding(ONE)] == [1]
        assert not books.packages.holding(THREE)


def test_an_item_in_two_packages_is_told_once(state: Database) -> None:
    """An item that waits in two packages is in both of them and waits once."""
    with state.writing() as books:
        for intent in (_intent(1, "a"), _intent(2, "b")):
            planned = books.packages.plan(intent)
            books.packages.hold(intent.id, [ONE])
            books.packages.change(replace(planned, standing="delivered"))
    with state.reading() as books:
        assert books.packages.waiting() == frozenset({ONE})
        assert [one.intent.number for one in books.packages.holding(ONE)] == [1, 2]


def test_every_change_raises_the_revision(state: Database) -> None:
    """Whatever was judged before a package or a registration changed is judged again."""
    seen: list[int] = []

    def look() -> None:
        with state.reading() as books:
            seen.append(books.revision())

    with state.writing() as books:
        planned = books.packages.plan(_intent())
    look()
    with state.writing() as books:
        books.packages.hold(planned.intent.id, [ONE])
    look()
    with state.writing() as books:
        books.packages.change(replace(planned, standing="delivered"))
    look()
    with state.writing() as books:
        books.registrations.put(_registration())
    look()
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("standing", REGISTRATION_STANDINGS)
def test_a_registration_waits_until_it_is_answered(state: Database, standing: str) -> None:
    """An item waits for its diary number in the waiting standings and in no other."""
    one = replace(_registration(), standing=standing, record=TWO)  # type: ignore[arg-type] # each of the literals
    with state.writing() as books:
        books.registrations.put(one)
    with state.reading() as books:
        assert books.registrations.waiting() == (frozenset({ONE}) if standing in WAITING else frozenset())
        assert books.registrations.get(ONE) == one
        assert books.registrations.named(one.message) == one
        assert list(books.registrations.all(one.standing)) == [one]


def test_registrations_come_in_order_and_are_replaced(state: Database) -> None:
    """Registrations are listed by when they were decided; the same item again replaces what was said."""
    later = replace(_registration(TWO), decided=AT + timedelta(days=1))
    with state.writing() as books:
        books.registrations.put(later)
        books.registrations.put(_registration(THREE))
        books.registrations.put(replace(_registration(THREE), standing="confirmed", tries=2))
    with state.reading() as books:
        assert [(one.item, one.standing) for one in books.registrations.all()] == [
            (THREE, "confirmed"),
            (TWO, "decided"),
        ]
        assert [one.item for one in books.registrations.all("decided")] == [TWO]
        assert books.registrations.get(ONE) is None
        assert books.registrations.named("") is None
