"""What is added to a request after it was entered: a clarification, a contact, or all that a stopped opening left out."""

from __future__ import annotations

from flows.disclose.intake.holding import WIDEST, cover
from flows.disclose.standing import LIVE, known_request
from flows.disclose.thread_items import (
    LONGEST,
    LONGEST_CONTACT,
    below,
    check_text,
    root_of,
    write_contact,
    write_root,
)
from flows.keep.holds import check_names
from flows.keep.mandates import mandated
from schemas.covered import Predicate
from schemas.ground import Ground
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request
from schemas.text import visible


def amend(ground: Ground, number: int | str, text: str, person: str, *, accounts: tuple[str, ...] = ()) -> Request:
    """Add a clarification to a request; complete one that was stopped while it was opened.

    Args:
        text: the clarification, or the wording where that had not been written. accounts: what a hold that has no words yet
            covers; empty = everything. Not for another: ``request hold`` changes that.

    Raises:
        RefusedError: no such request or person, no text or too much of it, an unknown account, or accounts for a hold that has
            words. GuardError: no mandate (G-MANDATE), or it is closed (G-CHANGED).
    """
    at = ground.clock.now()
    check_text(text, "--text", LONGEST)
    request = known_request(ground, number)
    _refuse_closed(request)
    with ground.state.reading() as books:
        mandated(books, person, "disclose", at)
        check_names(books, Predicate(accounts=accounts))
        wordless = any(one.number == request.hold and one.record is None for one in books.holds.in_force())
    if accounts and not wordless:
        raise RefusedError("--account", accounts[0], f"change the hold with 'bevara request hold {request.number}'")
    if request.record is None:
        write_root(ground, request, text, person)
    else:
        written = {"amendment": {"request": request.number, "text": visible(text)}}
        below(ground, request, "request_log", text, written, person, act="request.amend")
    if wordless:
        return cover(ground, request.number, Predicate(accounts=accounts) if accounts else WIDEST, person)
    return known_request(ground, request.number)


def set_contact(ground: Ground, number: int | str, contact: str, person: str) -> Request:
    """Note where to answer, in place of what was noted; it is kept apart from the wording.

    Raises:
        RefusedError: no such request or person, no text or too much. GuardError: no mandate (G-MANDATE), the request has no
            wording yet (G-REQUEST), or is closed (G-CHANGED).
    """
    at = ground.clock.now()
    check_text(contact, "--text", LONGEST_CONTACT)
    request = known_request(ground, number)
    _refuse_closed(request)
    with ground.state.reading() as books:
        mandated(books, person, "disclose", at)
    write_contact(ground, request.number, root_of(request), contact, person)
    return known_request(ground, request.number)


def _refuse_closed(request: Request) -> None:
    if request.standing not in LIVE:
        raise GuardError("G-CHANGED", f"request {request.number} is {request.standing}", "open a new one")
