"""End a request: withdrawn by who asked, or closed by an officer. Only closing releases the hold.

Nothing is closed while it may still be appealed: the time for that runs from the day on which the person got the decision, as
recorded, and never without one; after an appeal until the case is finally decided (TF 2:15-19; FL 43-48 §§).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from flows.disclose.standing import LIVE, change_request, known_request
from flows.disclose.thread_items import RECORDED
from flows.keep.holds import hold_receipt
from flows.keep.mandates import mandated
from flows.keep.own import read_own, revision_first, write_own
from schemas.books import Books
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.refusal import GuardError
from schemas.request import Request, RequestStanding
from schemas.workdays import appeal_last_day

_REMEDY: Final[dict[str, str]] = {
    "Q111": "answer it first, or record that it was withdrawn: 'bevara request withdraw'",
    "Q112": "record the day of receipt: 'bevara request served'",
    "Q113": "wait until that day has passed",
    "Q114": "record how it ended: 'bevara request ruling'",
    "Q115": "wait until that day has come",
    "Q116": "nothing is left to do",
}
_WITHDRAWABLE: Final[frozenset[RequestStanding]] = frozenset({"open", "answered", "refused"})


def may_close(request: Request, today: date) -> str | None:
    """What keeps a request from being closed on a local civil day, as a code (``schemas.codes.request``); None = nothing.

    A written decision that stands keeps it from being closed also when more was given out after it.
    """
    if request.standing == "closed":
        return "Q116"
    if request.standing == "open":
        return "Q111"
    if request.decision is None:
        return None
    if request.appealed is not None and request.ruling != "late":
        if request.final is None:
            return "Q114"
        if request.final > today:
            return "Q115"
        if request.ruling != "withdrawn":
            return None
        # Who took an appeal back may appeal anew as long as the time for it runs.
    # Turned away as late: that is a decision of its own, and its day of receipt is what is recorded.
    if request.served is None:
        return "Q112"
    return "Q113" if today <= appeal_last_day(request.served) else None


def why_not(request: Request, today: date, language: str = "en") -> str:
    """The sentence of what keeps it from being closed, or an empty one."""
    code = may_close(request, today)
    if code is None:
        return ""
    day = request.final if code == "Q115" else None
    if code == "Q113" and request.served is not None:
        day = appeal_last_day(request.served)
    return sentence(code, "sv" if language == "sv" else "en", {"day": day.isoformat() if day else ""})


def close(ground: Ground, number: int | str, person: str, log: str) -> Request:
    """Close a request: its hold is lifted and its closing log is written, in one transaction.

    Args:
        log: the lean log, as text (``flows.disclose.shown.closing_log``).

    Raises:
        RefusedError: no such request or person. GuardError: no mandate (G-MANDATE), or it may not be closed yet (G-APPEAL).
    """
    at = ground.clock.now()
    today = local_day(at)
    request = known_request(ground, number)
    with ground.state.reading() as books:
        mandated(books, person, "disclose", at)
    _refuse(request, today)
    root = None if request.record is None else read_own(ground, request.record)
    closed: list[Request] = []

    def enter(books: Books, item: ItemId) -> None:
        mandated(books, person, "disclose", at)
        now = books.requests.get(request.number)
        if now is None or now != request:
            raise GuardError("G-CHANGED", "the request was changed just now", "look at it, and close it again")
        _refuse(now, today)
        for hold in books.holds.in_force():
            if hold.number == now.hold:
                hold_receipt(books, "hold.lift", books.holds.lift(hold.number, person, at), person, at)
        closed.append(
            change_request(
                books,
                now.number,
                LIVE - {"open"},
                lambda row: replace(row, standing="closed", hold=None, closed=at, changed=at),
                act="request.close",
                actor=person,
                evidence={"hold": now.hold, "item": item},
            )
        )

    write_own(
        ground,
        kind="request_log",
        authority=request.authority,
        text=log,
        payload={"closing": {"request": request.number, "standing": request.standing, "outcome": request.outcome}},
        at=at,
        act=RECORDED,
        actor=person,
        about=root,
        first=revision_first,
        also=enter,
    )
    return closed[0]


def withdraw(ground: Ground, number: int | str, person: str) -> Request:
    """Record that who asked has taken the request back. The hold stays until it is closed.

    Raises:
        RefusedError: no such request or person. GuardError: no mandate (G-MANDATE), or it stands elsewhere (G-CHANGED): a
            written decision stands whatever becomes of the request, and what is to be recorded of one comes first (G-APPEAL).
    """
    at = ground.clock.now()
    request = known_request(ground, number)
    known = request.number
    waits = may_close(replace(request, standing="answered"), local_day(at))
    if request.standing in _WITHDRAWABLE and waits in {"Q112", "Q114"}:
        text = f"request {known} has a written decision: {sentence(waits, 'en')}"
        raise GuardError("G-APPEAL", text, _REMEDY[waits])
    with ground.state.writing() as books:
        mandated(books, person, "disclose", at)
        return change_request(
            books,
            known,
            _WITHDRAWABLE,
            lambda row: replace(row, standing="withdrawn", changed=at),
            act="request.withdraw",
            actor=person,
        )


def _refuse(request: Request, today: date) -> None:
    code = may_close(request, today)
    if code is not None:
        raise GuardError(
            "G-APPEAL",
            f"request {request.number} may not be closed: {why_not(request, today)}",
            _REMEDY[code],
        )
