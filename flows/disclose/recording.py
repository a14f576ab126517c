"""What happens after an answer, entered with an item that records it; and only if nobody has changed the request meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from flows.disclose.letters import RECORDED, root_of
from flows.disclose.standing import LIVE
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile, revision_first, write_own
from schemas.books import Books
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.record import Kind
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request, RequestStanding

DECIDED_UPON: Final[frozenset[RequestStanding]] = LIVE
"""Standings in which a written decision may stand beside; most often ``decided``, also ``withdrawn``: it stands all the same."""


def same(books: Books, before: Request) -> Request:
    """The request, as it was looked at. Raises GuardError (G-CHANGED): somebody has changed it meanwhile."""
    now = books.requests.get(before.number)
    if now != before:
        raise GuardError(
            "G-CHANGED",
            f"somebody else has changed request {before.number} meanwhile",
            f"look at 'bevara request show {before.number}'",
        )
    return before


def check_day(day: date, field: str, first: date, last: date, event: str) -> None:
    """Refuse a day before ``first`` (the day of ``event``) or after ``last`` (today). Raises RefusedError."""
    if not first <= day <= last:
        raise RefusedError(
            field, day.isoformat(), f"write a day from {first.isoformat()} ({event}) to {last.isoformat()} (today)"
        )


def spelled(day: date | None) -> str | None:
    """A day as a receipt has it."""
    return None if day is None else day.isoformat()


def record(
    home: Home,
    request: Request,
    kind: Kind,
    what: str,
    text: str,
    person: str,
    paper: OwnFile | None,
    enter: Callable[[Books, ItemId], Request],
) -> Request:
    """Write an item of the request and enter what it means in one transaction."""
    at = home.ground.clock.now()
    after: list[Request] = []

    def also(books: Books, item: ItemId) -> None:
        mandated(books, person, "disclose", at)
        after.append(enter(books, item))

    write_own(
        home.ground,
        kind=kind,
        authority=request.authority,
        text=text,
        payload={"request": request.number, "what": what},
        at=at,
        act=RECORDED,
        actor=person,
        evidence={"request": request.number},
        files=() if paper is None else (paper,),
        about=root_of(home.ground, request),
        first=revision_first,
        also=also,
    )
    return after[0]
