"""Where a request stands: looked up by its number, and changed in one way, with a receipt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from schemas.books import Books
from schemas.ground import Ground
from schemas.receipt import Receipt, Scalar
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request, RequestStanding

_NOTHING: Mapping[str, Scalar] = MappingProxyType({})
LIVE: frozenset[RequestStanding] = frozenset({"open", "answered", "refused", "decided", "appealed", "withdrawn"})
"""Standings in which the hold is in force."""


def known_request(ground: Ground, number: str | int) -> Request:
    """The request of that number. Raises RefusedError: there is none."""
    with ground.state.reading() as books:
        return request_in(books, number)


def request_in(books: Books, number: str | int) -> Request:
    """As ``known_request``, in a transaction."""
    text = str(number).strip()
    found = books.requests.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if found is None:
        raise RefusedError("REQUEST", text[:80], "name a request's number; 'bevara request list --all' lists them")
    return found


def change_request(
    books: Books,
    number: int,
    expected: Collection[RequestStanding],
    change: Callable[[Request], Request],
    *,
    act: str,
    actor: str,
    evidence: Mapping[str, Scalar] = _NOTHING,
) -> Request:
    """One change of a request inside an open transaction, with its receipt; its time is the new ``changed``.

    Args:
        expected: standings in which it may be changed. change: gives the new row; it sets ``changed``.
        act: ``request.<what>``. evidence: ids, numbers, codes and days; never words.

    Raises:
        GuardError: it stands elsewhere by now (G-CHANGED). RefusedError: no such request.
    """
    books.revision(lock=True)
    now = request_in(books, number)
    if now.standing not in expected:
        raise GuardError(
            "G-CHANGED", f"request {now.number} is {now.standing}", f"look at 'bevara request show {now.number}'"
        )
    after = change(now)
    books.requests.put(after)
    told(books, after, act, actor, evidence)
    return after


def told(books: Books, request: Request, act: str, actor: str, evidence: Mapping[str, Scalar] = _NOTHING) -> None:
    """A receipt about a request: its log is made of these."""
    books.ledger.append(
        Receipt(
            act=act,
            at=request.changed,
            actor=actor,
            subjects=(request.subject,),
            evidence={"request": request.number, "standing": request.standing, **evidence},
        )
    )
