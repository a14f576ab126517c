"""Films, their members and deliveries in the state database, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.state import Database
from schemas.deposit import CLOSED, FILM_STANDINGS, DeliveryIntent, Film, Member
from schemas.ids import ItemId
from schemas.refusal import RefusedError
from tests.servers.state import KINDS, OpenState

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE, TWO, THREE = (ItemId(f"20251{number}-aaaaaaaaaaaaaaaa") for number in range(3))


@pytest.fixture(params=KINDS)
def state(request: pytest.FixtureRequest, open_state: OpenState) -> Database:
    """An empty database of each kind."""
    return open_state(request.param)


def _film(number: int = 1) -> Film:
    return Film(
        id=f"{number:032x}",
        number=number,
        standing="candidate",
        authority="kommunstyrelsen",
        available=AT,
        changed=AT,
    )


def _member(number: int = 1, film: int = 1, item: ItemId = ONE) -> Member:
    return Member(
        id=f"{number:032x}",
        item=item,
        film=f"{film:032x}",
        role="video",
        account="sidan",
        available=AT + timedelta(days=number),
        found=AT,
        version=1,
        duration=20 * 1024**3,
    )


def _intent(number: int = 1, name: str = "a") -> DeliveryIntent:
    return DeliveryIntent(
        id=f"bevara-{name}",
        number=number,
        films=(_film(2).id, _film(1).id),
        authority="kommunstyrelsen",
        made=AT,
        through=AT + timedelta(microseconds=7),
        person="Åsa Öberg",
    )


def test_films_and_members_come_back_as_they_were_entered(state: Database) -> None:
    """A film is found by id and number, its members by film, item and id, earliest first."""
    second = replace(_film(2), standing="declined", decided=AT, person="Åsa Öberg", record=THREE, way="feed")
    later, earlier = _member(2, 1, TWO), _member(1, 1)
    with state.writing() as books:
        books.films.put(_film())
        books.films.put(second)
        books.films.enter([later, earlier, _member(3, 2, TWO)])
    with state.reading() as books:
        assert list(books.films.all()) == [_film(), second]
        assert list(books.films.all("declined")) == [second]
        assert books.films.get(second.id) == books.films.numbered(2) == second
        assert books.films.get("nobody") is None
        assert list(books.films.members(_film().id)) == [earlier, later]
        assert [one.id for one in books.films.of_items([TWO])] == [later.id, _member(3).id]
        assert books.films.known([later.id, "nobody"]) == {later.id: later}
        assert books.films.number() == 3


@pytest.mark.parametrize("standing", FILM_STANDINGS)
def test_a_film_keeps_its_items_until_it_is_closed(state: Database, standing: str) -> None:
    """Items of a film wait in every standing but the closed ones; one open film of an item is enough."""
    with state.writing() as books:
        books.films.put(replace(_film(), standing=standing))  # type: ignore[arg-type] # each of the literals
        books.films.put(replace(_film(2), standing="accepted"))
        books.films.enter([_member(1, 1, ONE), _member(2, 2, ONE), _member(3, 2, TWO)])
    with state.reading() as books:
        assert books.films.waiting() == (frozenset() if standing in CLOSED else frozenset({ONE}))


def test_a_number_is_never_given_twice(state: Database) -> None:
    """The number of a film that was joined to another, or of another film, is not given again."""
    with state.writing() as books:
        books.films.put(_film())
        books.films.put(_film(2))
        with pytest.raises(RefusedError):
            books.films.put(replace(_film(3), number=2))
        books.films.forget(_film(2).id)
        assert books.films.number() == 3
    with state.writing() as books:
        assert books.films.number() == 3


def test_a_film_with_members_is_not_forgotten(state: Database) -> None:
    """A film that is published somewhere stays; when its last member has left it may go."""
    with state.writing() as books:
        books.films.put(_film())
        books.films.put(_film(2))
        books.films.enter([_member(1, 2)])
        with pytest.raises(RefusedError):
            books.films.forget(_film(2).id)
        books.films.enter([_member(1, 1)])
        books.films.forget(_film(2).id)
        assert list(books.films.all()) == [_film()]


def test_every_change_raises_the_revision(state: Database) -> None:
    """Whatever was judged before a film, a member or a delivery changed is judged again."""
    seen: list[int] = []

    def look() -> None:
        with state.reading() as books:
            seen.append(books.revision())

    look()
    with state.writing() as books:
        books.films.put(_film())
    look()
    with state.writing() as books:
        books.films.enter([_member()])
    look()
    with state.writing() as books:
        planned = books.deliveries.plan(_intent())
        books.deliveries.change(replace(planned, standing="packaged"))
    look()
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("other", [_intent(1, "b"), _intent(2, "a")])
def test_a_delivery_id_and_number_are_given_once(state: Database, other: DeliveryIntent) -> None:
    """No second delivery gets a number or an external id that one had; the first stays as it was."""
    with state.writing() as books:
        planned = books.deliveries.plan(_intent())
        changed = replace(planned, standing="delivered", key="work/deliveries/a/a.tar", size=5, tries=2)
        books.deliveries.change(changed)
        with pytest.raises(RefusedError):
            books.deliveries.plan(other)
        with pytest.raises(RefusedError):
            books.deliveries.change(replace(planned, intent=_intent(9, "x")))
    with state.reading() as books:
        assert list(books.deliveries.all()) == [changed]
        assert books.deliveries.get("bevara-a") == changed
        assert books.deliveries.number() == 2
