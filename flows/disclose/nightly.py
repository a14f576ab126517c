"""The night's part in requests: who is waited for. Nothing is decided here, and nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flows.disclose.closing import may_close
from flows.disclose.personal.gdpr_clock import PERSONAL, due_findings, extended_in
from flows.disclose.shown import MANY, age_workdays
from flows.disclose.standing import LIVE
from flows.keep.guard import code_of
from schemas.calendar import local_day
from schemas.disclosure import DisclosureSettings
from schemas.finding import Finding, Severity
from schemas.ground import Home
from schemas.receipt import Link
from schemas.request import Request
from schemas.workdays import workdays_between

RECEIPT_DAYS: Final = 7
"""Days after a written decision, after which its day of receipt is asked for."""
FEE: Final = "request.fee"
"""Act of the receipt of a fee that is asked for (``flows.disclose.answer.fee``)."""
FEE_DAYS: Final = 30
"""Days for which a fee is waited for without a word."""
REST_DAYS: Final = 30
"""Days after which a request that nobody has to wait with is told of: what its hold keeps may be due for culling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestNight:
    """What there is, in counts.

    Attributes:
        open: requests to be answered. late: those of them that are older than the settings' ``remind_days``.
        closable: requests that an officer may close. waiting: requests that wait for something else to be done.
        findings: what is to be told.
    """

    open: int = 0
    late: int = 0
    closable: int = 0
    waiting: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def told(self) -> bool:
        """There is something to say of it."""
        return bool(self.open or self.closable or self.waiting)

    def as_json(self) -> dict[str, Any]:
        """Counts alone."""
        return {"open": self.open, "late": self.late, "closable": self.closable, "waiting": self.waiting}


def night(home: Home) -> RequestNight:
    """Look at every request that is not closed. Settings that cannot be read are told of, and the usual ones counted by."""
    now = home.ground.clock.now()
    findings: list[Finding] = []
    settings = DisclosureSettings()
    try:
        settings = home.disclosure()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told by its kind, and the night goes on
        findings.append(_finding("Q105", "error", "disclosure", reason=code_of(error)))
    with home.ground.state.reading() as books:
        requests = [one for one in books.requests.all() if one.standing in LIVE]
        extended = frozenset(one.number for one in requests if one.kind in PERSONAL and extended_in(books, one))
        asked = {one.number: books.ledger.about(one.subject, MANY) for one in requests if one.fee == "asked"}
    findings += due_findings(requests, extended, local_day(now))
    told = [(one, list(request_findings(one, now, settings))) for one in requests]
    for one, some in told:
        findings += some
        if one.number in asked and _unpaid(asked[one.number], now):
            findings.append(_finding("Q119", "info", one.subject, what="avgiften är begärd och inte betald"))
    return RequestNight(
        open=sum(one.standing == "open" for one in requests),
        late=sum(finding.code == "Q117" for _, some in told for finding in some),
        closable=sum(finding.code in {"Q118", "Q120"} for _, some in told for finding in some),
        waiting=sum(finding.code in {"Q108", "Q119"} for _, some in told for finding in some),
        findings=tuple(findings),
    )


def request_findings(request: Request, now: datetime, settings: DisclosureSettings) -> Iterator[Finding]:
    """What is to be told of one request at this instant. Pure."""
    today = local_day(now)
    if request.record is None:
        yield _finding("Q108", "error", request.subject, number=request.number)
    yield from _appeal_findings(request, now)
    if request.standing == "open":
        if request.kind in PERSONAL:
            return  # those have a last day of their own
        days = age_workdays(request, now)
        if days > settings.remind_days:
            yield _finding("Q117", "warning", request.subject, days=days)
        return
    if may_close(request, today) is not None:
        return
    if request.standing in {"decided", "appealed"}:
        yield _finding("Q118", "info", request.subject)
    elif (days := _since(request.changed, now)) > REST_DAYS:
        yield _finding("Q120", "info", request.subject, days=days)


def _appeal_findings(request: Request, now: datetime) -> Iterator[Finding]:
    """What a decision that stands waits for, also where the request is open again or more has been given out since."""
    waits = request.appealed is not None and request.ruling not in {"late", "withdrawn"}
    if request.served is None and not waits and _since(request.decided, now) > RECEIPT_DAYS:
        what = "för in vilken dag den som begärde fick det skriftliga beslutet"
        yield _finding("Q119", "warning", request.subject, what=what)
    if _not_forwarded(request, local_day(now)):
        yield _finding("Q119", "warning", request.subject, what="överlämna överklagandet till domstolen")


def _not_forwarded(request: Request, today: date) -> bool:
    if request.appealed is None or request.forwarded is not None or request.ruling:
        return False
    return workdays_between(request.appealed, today) > 1


def _unpaid(links: Sequence[Link], now: datetime) -> bool:
    """The latest word on the fee is so old."""
    bodies = [json.loads(link.body) for link in links]
    said = [datetime.fromisoformat(body["at"]) for body in bodies if body["act"] == FEE]
    return bool(said) and _since(said[-1], now) > FEE_DAYS


def _since(at: datetime | None, now: datetime) -> int:
    return 0 if at is None else (local_day(now) - local_day(at)).days


def _finding(code: str, severity: Severity, subject: str, **parameters: str | int) -> Finding:
    return Finding(code=code, severity=severity, subject=subject, parameters=tuple(parameters.items()))
