"""Graph's error answers: told apart by their numbers, never by what a person would read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from connectors.http import Answer, HttpError

_THROTTLED = frozenset({4, 17, 32, 613, *range(80000, 80015)})
_TOKEN = frozenset({102, 104, 190, 2500})
_TRANSIENT = frozenset({-1, 1, 2})
BLOCKED = {368: "H220", 1705: "H221"}
"""The token or the app is shut out for a time, or is of the wrong kind."""
_BY_STATUS = {401: "H101", 403: "H102", 404: "H103", 410: "H104", 429: "H105"}
_REDUCE = re.compile(r"reduce the amount of data", re.IGNORECASE)
_ABSENT = re.compile(r"does not exist|do not exist|unsupported get request|unknown object|not found", re.IGNORECASE)
_NO_FIELD = re.compile(r"nonexisting field|unknown field", re.IGNORECASE)
_NO_PATH = re.compile(r"unknown path", re.IGNORECASE)
_SYNTAX = re.compile(r"syntax error", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error answer, without its message.

    Attributes:
        code, subcode: Graph's numbers; 0 = none. status: HTTP status. transient: the platform says so.
        too_much: it asks for less data per request. no_field: it does not know a field that was asked for.
        no_path: it does not know such a path at all. absent: it says that there is no such object.
    """

    status: int
    code: int = 0
    subcode: int = 0
    transient: bool = False
    too_much: bool = False
    no_field: bool = False
    no_path: bool = False
    absent: bool = False

    @property
    def throttled(self) -> bool:
        """The platform counts our requests and has had enough."""
        return self.code in _THROTTLED

    @property
    def finding(self) -> str:
        """The finding code that names it."""
        if self.throttled:
            return "H105"
        if self.absent:
            return "H104" if self.status == 410 else "H103"
        if self.code in _TOKEN and not (self.no_path or self.no_field):
            return "H101"
        if self.code == 10 or 200 <= self.code <= 299:
            return "H102"
        if self.code in BLOCKED:
            return BLOCKED[self.code]
        if self.transient or self.code in _TRANSIENT or self.status >= 500:
            return "H106"
        return "H127" if self.code else _BY_STATUS.get(self.status, "H127")


class GraphError(HttpError):
    """The platform answered with an error. ``fault`` has its numbers, never its message."""

    def __init__(self, endpoint: str, fault: Fault, *, until: datetime | None = None) -> None:
        """Carry the fault."""
        self.fault = fault
        code = fault.finding
        super().__init__(code, endpoint, fault.status, retryable=code in ("H105", "H106"), until=until)

    @property
    def absent(self) -> bool:
        """The platform says that there is no such object (to our token)."""
        return self.fault.absent


def fault_of(answer: Answer) -> Fault | None:
    """What is wrong with an answer; None when nothing is."""
    body = answer.body if isinstance(answer.body, dict) else {}
    error = body.get("error")
    if answer.status == 200 and not isinstance(error, dict):
        return None
    error = error if isinstance(error, dict) else {}
    code, subcode = number(error.get("code")), number(error.get("error_subcode"))
    message = error.get("message")
    text = message[:2000] if isinstance(message, str) else ""
    no_field = (code == 100 and _NO_FIELD.search(text) is not None) or (
        code == 2500 and _SYNTAX.search(text) is not None
    )
    no_path = code == 2500 and _NO_PATH.search(text) is not None
    named = code == 803 or (
        code == 100
        and not no_field
        and (subcode == 33 or answer.status in (404, 410) or _ABSENT.search(text) is not None)
    )
    return Fault(
        status=answer.status,
        code=code,
        subcode=subcode,
        transient=error.get("is_transient") is True or code in _TRANSIENT,
        too_much=_REDUCE.search(text) is not None,
        no_field=no_field,
        no_path=no_path,
        absent=named or (not code and answer.status in (404, 410)),
    )


def number(value: object) -> int:
    """A whole number, also written as a text; 0 for anything else."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value):
        return int(value)
    return value if type(value) is int else 0
