"""Letters that go with the opening of a request: receipt, near deletion, a question, withdrawal."""

from __future__ import annotations

from flows.disclose.intake.warn import Warned
from flows.disclose.letters import Written, write_letter
from flows.disclose.standing import LIVE, known_request
from schemas.ground import Home
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request

RECEIVED, DELETION, QUESTION, WITHDRAWN = "mottagen", "forestaende-gallring", "fortydligande", "atertagen"
"""Names of the letters (``schemas.letter_texts``)."""


def confirm(home: Home, request: Request, person: str) -> Written:
    """The letter that the request has come. Raises as ``write_letter``."""
    return write_letter(home, request, RECEIVED, person, home.ground.clock.now(), {})


def tell_of_deletion(home: Home, request: Request, told: Warned, person: str) -> Written | None:
    """The letter on what would soon be deleted or leave the platform; None when that is nothing. Raises as ``write_letter``."""
    near = told.now + told.soon
    if not near and not told.leaving:
        return None
    fields = {"gallras": str(near) if near else "", "forsvinner": str(told.leaving) if told.leaving else ""}
    return write_letter(home, request, DELETION, person, home.ground.clock.now(), fields)


def ask(home: Home, number: int | str, question: str, person: str) -> Written:
    """The letter that asks what is meant. The request stays open, and its clock runs.

    Raises:
        RefusedError: no such request, or no question. GuardError: it is not open (G-CHANGED). Else as ``write_letter``.
    """
    request = known_request(home.ground, number)
    if not question.strip():
        raise RefusedError("--text", "", "write what is asked")
    if request.standing != "open":
        raise GuardError(
            "G-CHANGED", f"request {request.number} is {request.standing}", "a question is asked while it is open"
        )
    return write_letter(home, request, QUESTION, person, home.ground.clock.now(), {"fraga": question})


def confirm_withdrawal(home: Home, number: int | str, person: str) -> Written:
    """The letter that the request has been taken back. Raises GuardError (G-CHANGED): it has not; else as ``write_letter``."""
    request = known_request(home.ground, number)
    if request.standing not in LIVE or request.standing != "withdrawn":
        raise GuardError("G-CHANGED", f"request {request.number} is {request.standing}", "withdraw it first")
    return write_letter(home, request, WITHDRAWN, person, home.ground.clock.now(), {})
