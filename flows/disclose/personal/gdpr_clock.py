"""The time within which somebody who asks about their own data is answered (GDPR 12.3).

One month from receipt, and two more when somebody has told why within the first. Months end on the day with the same number, or
on the month's last; a Saturday, Sunday or public holiday moves the end to the next working day (Regulation 1182/71, art. 3).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from dateutil.relativedelta import relativedelta

from schemas.books import Books
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.request import Request, RequestKind
from schemas.workdays import moved

PERSONAL: Final[frozenset[RequestKind]] = frozenset({"tillgang", "radering", "begransning"})
"""Kinds of requests that a person makes about their own data."""
NEAR: Final = 7
"""Days before the last one from which the night tells of it."""
EXTENDED: Final = "request.extend"
"""Act of the receipt that the time was prolonged."""
_MONTHS, _LONGER = 1, 3
_LINKS: Final = 1_000_000


def extended_in(books: Books, request: Request) -> bool:
    """Whether the time of a request has been prolonged."""
    return any(f'"act":"{EXTENDED}"' in link.body for link in books.ledger.about(request.subject, _LINKS))


def due_day(request: Request, *, extended: bool) -> date | None:
    """The last civil day of the answer, or None: a request for records is to be answered at once, and has no such day."""
    if request.kind not in PERSONAL:
        return None
    return moved(local_day(request.received) + relativedelta(months=_LONGER if extended else _MONTHS))


def due_findings(requests: Iterable[Request], extended: frozenset[int], today: date) -> tuple[Finding, ...]:
    """What the night tells of open requests about personal data: Q213 late, Q214 soon due.

    Args:
        extended: numbers of those whose time has been prolonged. today: local civil day.
    """
    found: list[Finding] = []
    for one in requests:
        last = due_day(one, extended=one.number in extended) if one.standing == "open" else None
        if last is None or (last - today).days > NEAR:
            continue
        left = (last - today).days
        found.append(
            Finding(
                code="Q213" if left < 0 else "Q214",
                severity="error" if left < 0 else "warning",
                subject=one.subject,
                parameters=(("days", abs(left)), ("last", last.isoformat()), ("request", one.number)),
            )
        )
    return tuple(found)
