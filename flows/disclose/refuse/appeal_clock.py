"""The time within which a written decision is appealed: pure, by civil days."""

from __future__ import annotations

from datetime import date

from schemas.refusal import GuardError
from schemas.request import Request
from schemas.workdays import appeal_last_day


def last_day(request: Request) -> date | None:
    """The last day on which an appeal comes in time; None: the time has not begun, and never ends by itself."""
    return None if request.decision is None or request.served is None else appeal_last_day(request.served)


def in_time(request: Request, came: date) -> bool:
    """Whether an appeal that came in on that day is in time.

    Where nobody knows when the person got the decision, it is: the authority must show that it was late (FL 45 §).
    """
    last = last_day(request)
    return last is None or came <= last


def time_is_over(request: Request, today: date) -> bool:
    """Whether the last day has passed. Without a day of receipt it never has."""
    last = last_day(request)
    return last is not None and today > last


def appeal_waits(request: Request) -> bool:
    """Whether an appeal has come in that nobody has ruled on yet, neither a court nor we."""
    return request.appealed is not None and request.ruling == ""


def refuse_waiting(request: Request) -> None:
    """Refuse to decide anew while an appeal waits: it would be forgotten. Raises GuardError (G-APPEAL)."""
    if appeal_waits(request):
        raise GuardError(
            "G-APPEAL",
            f"an appeal in request {request.number} waits",
            f"hand it over with 'bevara request forward {request.number}', or record that it was withdrawn",
        )
