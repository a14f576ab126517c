"""How an appeal ended: the court's ruling, or that it was taken back, and the day on which that is final."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final, Literal, get_args

from flows.disclose.recording import DECIDED_UPON, check_day, record, same, spelled
from flows.disclose.refuse.appeal_clock import last_day
from flows.disclose.standing import change_request, known_request
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request

CourtRuling = Literal["upheld", "changed", "remitted", "withdrawn"]
COURT_RULINGS: tuple[CourtRuling, ...] = get_args(CourtRuling)
RULED: Final = "request.ruling"
_FURTHEST: Final = timedelta(days=366)
"""How far the day on which a ruling becomes final may lie after it."""


def ruling(
    home: Home,
    number: str | int,
    how: str,
    person: str,
    *,
    on: date | None = None,
    final: date | None = None,
    paper: OwnFile | None = None,
) -> Request:
    """Record how the appeal ended, and when that became final; once more to add the last day or correct it.

    ``changed`` and ``remitted`` open the request again, to be assessed and answered anew; the hold stays throughout.

    Args:
        how: one of ``COURT_RULINGS``. on: day of the ruling; None = today. final: day on which it is final, or None.
        paper: the ruling as it came in, or None.

    Raises:
        RefusedError: an unknown request, person or ruling, days that cannot be. GuardError: no mandate (G-MANDATE), no
        appeal that the court has, or another ruling stands (G-APPEAL).
    """
    at = home.ground.clock.now()
    known = next((one for one in COURT_RULINGS if one == how), None)
    if known is None:
        raise RefusedError("RULING", how, f"write one of {', '.join(COURT_RULINGS)}")
    request = known_request(home.ground, number)
    with home.ground.state.reading() as books:
        mandated(books, person, "disclose", at)
    _check_ruling(request, known)
    today = local_day(at)
    again = request.ruling == known
    day = on or today
    ended = final or (request.final if again else None)
    sent = request.forwarded
    came = request.appealed or today
    check_day(day, "--on", came if sent is None else local_day(sent), today, "the appeal was handed over")
    if final is not None:
        _check_final(request, known, day if on or not again else came, final)
    if again and (final is None or final == request.final) and paper is None:
        return request
    opens = known in {"changed", "remitted"} and not again

    def enter(books: Books, item: ItemId | None) -> Request:
        mandated(books, person, "disclose", at)
        same(books, request)
        return change_request(
            books,
            request.number,
            {request.standing},
            lambda now: replace(
                now,
                standing="open" if opens else now.standing,
                ruling=known,
                final=ended,
                changed=at,
            ),
            act=RULED,
            actor=person,
            evidence={
                "ruling": known,
                "on": None if again and on is None else day.isoformat(),
                "final": spelled(ended),
                "item": item,
            },
        )

    if paper is None:
        with home.ground.state.writing() as books:
            books.revision(lock=True)
            return enter(books, None)
    text = f"Domstolens avgörande, {day.isoformat()}"
    return record(home, request, "request_log", "avgorande", text, person, paper, enter)


def _check_ruling(request: Request, known: CourtRuling) -> None:
    number = request.number
    if request.appealed is None or request.ruling == "late" or request.standing not in DECIDED_UPON:
        raise GuardError("G-APPEAL", f"no appeal in request {number}", f"look at 'bevara request show {number}'")
    if known != "withdrawn" and request.forwarded is None:
        raise GuardError(
            "G-APPEAL",
            f"the appeal in request {number} was never handed over",
            f"'bevara request forward {number}' first",
        )
    # A higher court may still change what the first one upheld; what is opened again is answered anew.
    if request.ruling in {"changed", "remitted"} and request.ruling != known:
        raise GuardError(
            "G-APPEAL", f"the ruling in request {number} is {request.ruling}", "answer the request, or decide anew"
        )


def _check_final(request: Request, known: CourtRuling, day: date, final: date) -> None:
    last = last_day(request)
    least = max(day, last) if known == "withdrawn" and last is not None else day
    if not least <= final <= day + _FURTHEST:
        raise RefusedError(
            "--final", final.isoformat(), f"write a day from {least.isoformat()} and within a year of the ruling"
        )
