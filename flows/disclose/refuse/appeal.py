"""After a decision: the day on which it was received, the appeal, and what we change ourselves.

What came in on paper is an item (``request_log``) in the request's thread; the ledger has days, codes and ids alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from flows.disclose.recording import DECIDED_UPON, check_day, record, same, spelled
from flows.disclose.refuse.appeal_clock import appeal_waits, last_day
from flows.disclose.standing import change_request, known_request
from flows.disclose.words import checked
from flows.keep.delegation import delegated_for
from flows.keep.holds import hold_receipt
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import GuardError
from schemas.request import Request, RequestStanding

SERVED: Final = "request.served"
APPEALED: Final = "request.appealed"
REOPENED: Final = "request.reopened"
_REOPENED: Final[frozenset[RequestStanding]] = frozenset({"answered", "refused", "decided", "appealed"})


def served(home: Home, number: str | int, on: date, person: str) -> Request:
    """Record the day on which the decision was received: the appeal time runs from it.

    A correction replaces the day, and both stand in the ledger; the same day again changes nothing.

    Raises:
        RefusedError: an unknown request or person, a day before the decision or in the future. GuardError: no mandate
        (G-MANDATE), there is no decision (G-SERVED), the court has the appeal (G-APPEAL).
    """
    at = home.ground.clock.now()
    request = known_request(home.ground, number)
    if request.decision is None or request.decided is None or request.standing not in DECIDED_UPON:
        raise GuardError(
            "G-SERVED",
            f"request {request.number} has no written decision in force",
            f"decide first, with 'bevara request decide {request.number}'",
        )
    if request.forwarded is not None and appeal_waits(request):
        raise GuardError("G-APPEAL", "the court has the appeal already", "tell the court if the day was wrong")
    check_day(on, "--on", local_day(request.decided), local_day(at), "the decision")
    with home.ground.state.writing() as books:
        books.revision(lock=True)
        mandated(books, person, "disclose", at)
        if same(books, request).served == on:
            return request
        before = request.served.isoformat() if request.served else None
        return change_request(
            books,
            request.number,
            {request.standing},
            lambda now: replace(now, served=on, changed=at),
            act=SERVED,
            actor=person,
            evidence={"decision": request.decision, "served": on.isoformat(), "before": before},
        )


def appeal(
    home: Home, number: str | int, on: date, person: str, *, text: str = "", paper: OwnFile | None = None
) -> Request:
    """Record that an appeal has come in. Whether it came in time is for ``appeal_clock``; the same again changes nothing.

    One that comes after the request was closed opens that again, with its hold: it is turned away by a decision, or handed
    over. So does one by who took an earlier appeal back.

    Args:
        on: civil day on which it came in. text: what it says, or empty. paper: as it came in, or None.

    Raises:
        RefusedError: an unknown request or person, a day before the decision or in the future. GuardError: no mandate
        (G-MANDATE), there is no decision to appeal, or an appeal waits already (G-APPEAL).
    """
    at = home.ground.clock.now()
    request = known_request(home.ground, number)
    with home.ground.state.reading() as books:
        mandated(books, person, "disclose", at)
    if request.appealed == on and appeal_waits(request):
        return request
    closed = request.standing == "closed"
    if request.decision is None or request.decided is None:
        raise GuardError(
            "G-APPEAL",
            f"request {request.number} has no written decision that can be appealed",
            "take it as a wish for one: "
            + ("enter it as a new request" if closed else f"'bevara request decide {request.number}'"),
        )
    if request.appealed is not None and request.ruling not in {"late", "withdrawn"}:
        raise GuardError(
            "G-APPEAL",
            f"the decision in request {request.number} is appealed since {request.appealed.isoformat()}",
            "forward what came later to the court as well",
        )
    check_day(on, "--on", local_day(request.decided), local_day(at), "the decision")
    day = on.isoformat()

    def enter(books: Books, item: ItemId) -> Request:
        same(books, request)
        standing: RequestStanding = "open" if request.standing == "open" else "appealed"
        hold = _held_again(books, request, person, at) if closed else request.hold
        evidence = {"decision": request.decision, "came": day, "item": item, "last": spelled(last_day(request))}
        return change_request(
            books,
            request.number,
            {request.standing},
            lambda now: replace(
                now,
                standing=standing,
                hold=hold,
                appealed=on,
                forwarded=None,
                ruling="",
                final=None,
                closed=None,
                changed=at,
            ),
            act=APPEALED,
            actor=person,
            evidence={**evidence, "hold": hold} if closed else evidence,
        )

    said = (
        text or "Överklagandet finns i sin helhet i bilagan." if text or paper else "Överklagandet förvaras på papper."
    )
    return record(
        home, request, "request_log", "overklagande", f"Överklagande som kom in {day}\n\n{said}", person, paper, enter
    )


def _held_again(books: Books, request: Request, person: str, at: datetime) -> int:
    """A hold in the words of the one that was lifted when the request was closed; without words it binds everything."""
    subject = str(request.number)
    before = [
        one
        for one in books.holds.all()
        if (one.scope, one.subject, one.lifted_at) == ("request", subject, request.closed)
    ]
    record = before[-1].record if before else None
    hold = books.holds.set("request", subject, person, at, record=record)
    hold_receipt(books, "hold.set", hold, person, at)
    return hold.number


def reopen(home: Home, number: str | int, reason: str, person: str) -> Request:
    """Open a request again, because an answer or decision of ours is to be changed (FL 37-39 §§).

    Raises:
        RefusedError: an unknown request or person, no reason. GuardError: no mandate (G-MANDATE), a written decision is
        changed by somebody without delegation (G-DELEGATION), the court has the appeal (G-APPEAL), it stands elsewhere
        (G-CHANGED).
    """
    at = home.ground.clock.now()
    why = checked(reason, "--reason")
    request = known_request(home.ground, number)

    def check(books: Books, now: Request) -> None:
        if now.decision is None:
            mandated(books, person, "disclose", at)
        else:
            delegated_for(books, person, "refuse", at)

    with home.ground.state.reading() as books:
        check(books, request)
    if request.forwarded is not None and appeal_waits(request):
        raise GuardError(
            "G-APPEAL",
            f"the court has the appeal in request {request.number}",
            "wait for its ruling; a decision is not changed once the appeal is handed over (39 § förvaltningslagen)",
        )
    if request.standing not in _REOPENED:
        raise GuardError(
            "G-CHANGED",
            f"request {request.number} is {request.standing}",
            f"look at 'bevara request show {request.number}'",
        )

    def enter(books: Books, item: ItemId) -> Request:
        check(books, same(books, request))
        return change_request(
            books,
            request.number,
            {request.standing},
            lambda now: replace(now, standing="open", changed=at),
            act=REOPENED,
            actor=person,
            evidence={"from": request.standing, "item": item},
        )

    text = f"Begäran {request.number} prövas på nytt\n\n{why}"
    return record(home, request, "decision", "omprovning", text, person, None, enter)
