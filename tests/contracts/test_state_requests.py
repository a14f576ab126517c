"""Requests and assessments in the state database, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connectors.state import Database
from connectors.state.transaction import StateError
from schemas.ids import ItemId
from schemas.refusal import RefusedError
from schemas.request import (
    CHANNELS,
    FEE_STANDINGS,
    OUTCOMES,
    REQUEST_KINDS,
    REQUEST_STANDINGS,
    RULINGS,
    VERDICTS,
    Assessment,
    Mask,
    Request,
)
from tests.servers.state import KINDS, OpenState

AT = datetime(2026, 3, 1, 12, 30, 15, 7, tzinfo=UTC)
ONE, TWO, THREE = (ItemId(f"20251{number}-aaaaaaaaaaaaaaaa") for number in range(3))
WHOLE: dict[str, Any] = {
    "record": ONE,
    "contact": TWO,
    "listed": THREE,
    "digest": "ab" * 32,
    "items": 5_000_000,
    "outcome": "partly",
    "answered": AT + timedelta(days=1),
    "fee": "asked",
    "decision": TWO,
    "decided": AT + timedelta(days=2),
    "served": date(2026, 3, 5),
    "appealed": date(2026, 3, 26),
    "forwarded": AT + timedelta(days=30),
    "ruling": "remitted",
    "final": date(2026, 6, 6),
    "closed": AT + timedelta(days=90),
}


@pytest.fixture(params=KINDS)
def state(request: pytest.FixtureRequest, open_state: OpenState) -> Database:
    """An empty database of each kind."""
    return open_state(request.param)


def _request(number: int = 1, **changes: Any) -> Request:
    values: dict[str, Any] = {
        "number": number,
        "kind": "handlingar",
        "standing": "open",
        "authority": "kommunstyrelsen",
        "channel": "e-post",
        "received": AT,
        "opened": AT + timedelta(microseconds=1),
        "changed": AT,
        "person": "Åsa Öberg",
        "hold": 7,
    }
    return Request(**{**values, **changes})


def _assessment(item: ItemId = ONE, version: int = 1, request: int = 1, **changes: Any) -> Assessment:
    values: dict[str, Any] = {
        "request": request,
        "item": item,
        "version": version,
        "verdict": "give",
        "person": "Åsa Öberg",
        "at": AT,
    }
    return Assessment(**{**values, **changes})


MASKS = (
    Mask(sort="span", where="text", provision="OSL 21:1", start=3, end=2**31, pseudonym=True),
    Mask(sort="region", where="media:0", provision="OSL 23:1", x=1, y=2, width=30_000, height=4),
    Mask(sort="sound", where="media:12", provision="OSL 21:1", start=0, end=86_400_000),
)


def test_a_request_comes_back_as_it_was_entered(state: Database) -> None:
    """Every field, with every one of its values; an empty one stays empty."""
    bare, whole = _request(1, hold=None), _request(2, **WHOLE)
    assert {one.name for one in fields(Request) if getattr(bare, one.name) in (None, "", 0)} == {*WHOLE, "hold"}
    with state.writing() as books:
        books.requests.put(bare)
        books.requests.put(whole)
    with state.reading() as books:
        assert list(books.requests.all()) == [bare, whole]
        assert books.requests.get(2) == whole
        assert books.requests.get(3) is None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("kind", REQUEST_KINDS),
        ("standing", REQUEST_STANDINGS),
        ("channel", CHANNELS),
        ("outcome", OUTCOMES),
        ("ruling", RULINGS),
        ("fee", FEE_STANDINGS),
    ],
)
def test_every_value_of_every_code_is_taken(state: Database, name: str, values: tuple[str, ...]) -> None:
    """No code is too long for its column, and none is changed on the way."""
    requests = [_request(number, **{name: value}) for number, value in enumerate(values, start=1)]
    with state.writing() as books:
        for one in requests:
            books.requests.put(one)
    with state.reading() as books:
        assert list(books.requests.all()) == requests


@pytest.mark.parametrize("standing", REQUEST_STANDINGS)
def test_requests_of_one_standing_are_found(state: Database, standing: Any) -> None:
    """Those of that standing alone, by number."""
    others = [one for one in REQUEST_STANDINGS if one != standing]
    with state.writing() as books:
        for number, one in enumerate([standing, *others, standing], start=1):
            books.requests.put(_request(number, standing=one))
    with state.reading() as books:
        assert [one.number for one in books.requests.all(standing)] == [1, len(REQUEST_STANDINGS) + 1]


def test_a_request_is_replaced_by_its_number(state: Database) -> None:
    """The newer row stands; nothing is double."""
    with state.writing() as books:
        books.requests.put(_request(1, **WHOLE))
        books.requests.put(_request(1, standing="closed", hold=None))
    with state.reading() as books:
        assert list(books.requests.all()) == [_request(1, standing="closed", hold=None)]


def test_numbers_run(state: Database) -> None:
    """The next number is one more than the highest, also in the transaction that entered it."""
    with state.writing() as books:
        assert books.requests.number() == 1
        books.requests.put(_request(1))
        assert books.requests.number() == 2
        books.requests.put(_request(9))
    with state.reading() as books:
        assert books.requests.number() == 10


@pytest.fixture
def two(state: Database) -> Database:
    """A database with two requests: an assessment belongs to one."""
    with state.writing() as books:
        books.requests.put(_request(1))
        books.requests.put(_request(2))
    return state


def test_assessments_come_back_by_item_and_version(two: Database) -> None:
    """With their masks as they were, in order; of some items or of all, of one request alone."""
    partly = _assessment(TWO, 2, verdict="partly", masks=MASKS, copy=THREE, portion=3)
    refused = _assessment(TWO, 10, verdict="refuse", provision="OSL 21:1")
    given, other = _assessment(ONE, 1), _assessment(ONE, 1, request=2)
    with two.writing() as books:
        books.requests.assess([refused, partly, given, other])
    with two.reading() as books:
        assert list(books.requests.assessed(1)) == [given, partly, refused]
        assert list(books.requests.assessed(1, [TWO, TWO, THREE])) == [partly, refused]
        assert list(books.requests.assessed(1, [])) == []
        assert list(books.requests.assessed(2)) == [other]
        assert books.requests.counts(1) == {"give": 1, "partly": 1, "refuse": 1}
        assert books.requests.counts(3) == {}


def test_an_assessment_of_no_request_is_refused(state: Database) -> None:
    """What was decided belongs to a request that is there."""
    with pytest.raises(StateError), state.writing() as books:
        books.requests.assess([_assessment(request=3)])


def test_an_assessment_is_replaced(two: Database) -> None:
    """The same version of the same item in the same request has one; the newer one stands."""
    with two.writing() as books:
        books.requests.assess([_assessment(verdict="partly", masks=MASKS)])
        books.requests.assess([_assessment(verdict="give"), _assessment(version=2)])
    with two.reading() as books:
        assert list(books.requests.assessed(1)) == [_assessment(), _assessment(version=2)]


def test_assessments_are_forgotten_by_pair(two: Database) -> None:
    """Those pairs alone, of that request alone; repeats do no harm."""
    with two.writing() as books:
        books.requests.assess([_assessment(), _assessment(version=2), _assessment(TWO), _assessment(request=2)])
        for _ in range(2):
            books.requests.forget(1, [(ONE, 1), (THREE, 4)])
    with two.reading() as books:
        assert list(books.requests.assessed(1)) == [_assessment(version=2), _assessment(TWO)]
        assert list(books.requests.assessed(2)) == [_assessment(request=2)]


def test_many_assessments_are_taken_at_once(two: Database) -> None:
    """More than fit into one statement, read back one by one and by items."""
    items = [ItemId(f"202510-aaaaaaaaaaaaaaa{letter}") for letter in "abcdefg"]
    many = [_assessment(item, version) for item in items for version in range(1, 1001)]
    with two.writing() as books:
        books.requests.assess(iter(many))
    with two.reading() as books:
        assert books.requests.counts(1) == {"give": 7000}
        assert sum(1 for _ in books.requests.assessed(1)) == 7000
        assert len(list(books.requests.assessed(1, items[:2]))) == 2000


def test_requests_leave_the_revision_alone(state: Database) -> None:
    """What they keep from being culled is said by their holds, and those raise it."""
    with state.writing() as books:
        before = books.revision()
        books.requests.put(_request())
        books.requests.assess([_assessment()])
        books.requests.forget(1, [(ONE, 1)])
        assert books.revision() == before
        books.holds.set("request", "1", "Åsa Öberg", AT)
        assert books.revision() > before


def test_what_is_rolled_back_is_not_there(state: Database) -> None:
    """Number, row, hold and assessments of a transaction that ends with an error."""

    def enter() -> None:
        with state.writing() as books:
            books.requests.put(_request())
            books.holds.set("request", "1", "Åsa Öberg", AT)
            books.requests.assess([_assessment()])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        enter()
    with state.reading() as books:
        assert not books.requests.all()
        assert not books.holds.all()
        assert not list(books.requests.assessed(1))
        assert books.requests.number() == 1


@pytest.mark.parametrize("item", ["nonsense", "202510-AAAAAAAAAAAAAAAA", ""])
def test_an_assessment_of_no_item_is_refused(state: Database, item: str) -> None:
    """What is no opaque id never comes into the table."""
    with pytest.raises(RefusedError), state.writing() as books:
        books.requests.assess([_assessment(ItemId(item))])


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_is_counted(two: Database, verdict: Any) -> None:
    """By its name; those that there are none of are left out."""
    with two.writing() as books:
        books.requests.assess([_assessment(verdict=verdict), _assessment(TWO, verdict=verdict)])
    with two.reading() as books:
        assert books.requests.counts(1) == {verdict: 2}
