"""A request as an officer sees it: words and contact from the archive, standing, clock, counts, and what can be done next."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from flows.disclose.closing import may_close, why_not
from flows.disclose.intake.holding import covered_by
from flows.disclose.log.log import log_lines
from flows.disclose.personal.gdpr_clock import PERSONAL, due_day, extended_in
from flows.disclose.refuse.appeal_clock import in_time
from flows.disclose.standing import LIVE, known_request
from flows.keep.own import read_own
from schemas.books import Books
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.ground import Ground, Home
from schemas.ids import ItemId, rfc3339
from schemas.payload import fields_of
from schemas.request import Request
from schemas.workdays import appeal_last_day, office_time, workdays_between

STANDINGS: Final[dict[str, str]] = {
    "open": "öppen",
    "answered": "besvarad",
    "refused": "avslagen av handläggare",
    "decided": "skriftligt beslut",
    "appealed": "överklagad",
    "withdrawn": "återtagen",
    "closed": "avslutad",
}
MANY: Final = 100_000
"""Receipts about one subject that are looked through."""


def row_json(request: Request, now: datetime) -> dict[str, Any]:
    """What a list says of a request: numbers, codes and days alone."""
    return {
        "request": request.number,
        "kind": request.kind,
        "standing": request.standing,
        "authority": request.authority,
        "channel": request.channel,
        "received": rfc3339(request.received),
        "opened": rfc3339(request.opened),
        "person": request.person,
        "hold": request.hold,
        "items": request.items,
        "outcome": request.outcome,
        "fee": request.fee,
        "days": age_days(request, now),
        "workdays": age_workdays(request, now),
        "last_day": last_day(request),
        "may_close": request.standing != "closed" and may_close(request, local_day(now)) is None,
    }


def shown(home: Home, number: int | str) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Everything about a request, with its words. Raises RefusedError: no such request, or settings that are not usable."""
    ground = home.ground
    now = ground.clock.now()
    request = known_request(ground, number)
    settings = home.disclosure()
    with ground.state.reading() as books:
        verdicts = dict(books.requests.counts(request.number))
        amendments = [item for act, item in _items(books, request) if act == "request.amend"]
        culled = culled_since(books, request) if request.standing in LIVE else 0
        due = due_day(request, extended=request.kind in PERSONAL and extended_in(books, request))
    predicate = covered_by(ground, request) if request.standing in LIVE else None
    hours = office_time(request.received, _until(request, now), settings.opens, settings.closes)
    found = {
        **row_json(request, now),
        "changed": rfc3339(request.changed),
        "office_hours": round(hours.total_seconds() / 3600, 1),
        "due": _day(due),
        "record": request.record,
        "wording": _words(ground, request.record, "request", "wording"),
        "amendments": [_words(ground, item, "amendment", "text") for item in amendments],
        "contact": {"item": request.contact, "text": _contact(ground, request), "kept_apart": True}
        if request.contact
        else None,
        "covers": None if predicate is None else predicate.as_json(),
        "everything": request.standing in LIVE and (predicate is None or predicate.all),
        "list": {"item": request.listed, "digest": request.digest, "items": request.items} if request.listed else None,
        "verdicts": verdicts,
        "answered": _instant(request.answered),
        "decision": request.decision,
        "decided": _instant(request.decided),
        "served": _day(request.served),
        "appealed": _day(request.appealed),
        "forwarded": _instant(request.forwarded),
        "ruling": request.ruling,
        "final": _day(request.final),
        "closed": _instant(request.closed),
        "culled_since_received": culled,
        "not_closed_because": "" if request.standing == "closed" else why_not(request, local_day(now), "sv"),
        "next": list(_next(request, verdicts)),
    }
    return found, tuple(_findings(request, found))


def age_days(request: Request, now: datetime) -> int:
    """Calendar days from when it came until it was answered, or until now."""
    return (local_day(_until(request, now)) - local_day(request.received)).days


def age_workdays(request: Request, now: datetime) -> int:
    """Working days after the day it came, until it was answered, or until now."""
    return workdays_between(local_day(request.received), local_day(_until(request, now)))


def last_day(request: Request) -> str | None:
    """The last day of appeal, as far as it is known."""
    if request.decision is None or request.served is None:
        return None
    return appeal_last_day(request.served).isoformat()


def culled_since(books: Books, request: Request) -> int:
    """Items culled since the request reached us, by the ledger. What they were is gone; nobody can say if it was meant."""
    count = 0
    for order in books.orders.all():
        operation = books.orders.operation(order.digest)
        if operation is None or (operation.finished is not None and operation.finished < request.received):
            continue
        for link in books.ledger.about(order.digest, MANY):
            body = json.loads(link.body)
            if body["act"] == "cull.swapped" and datetime.fromisoformat(body["at"]) >= request.received:
                count += int(body["evidence"].get("items", 0))
    return count


def closing_log(ground: Ground, request: Request) -> str:
    """The lean log of a request as it is closed: no words of anybody, no contact (``flows.disclose.log.log``)."""
    head = f"Logg för begäran {request.number}, avslutad efter att ha varit {STANDINGS[request.standing]}."
    return "\n".join([head, *log_lines(ground, request)])


def _items(books: Books, request: Request) -> Iterator[tuple[str, ItemId]]:
    """Acts about the request, with the items that they wrote."""
    for link in books.ledger.about(request.subject, MANY):
        body = json.loads(link.body)
        item = body["evidence"].get("item")
        if isinstance(item, str):
            yield body["act"], ItemId(item)


def _words(ground: Ground, item: ItemId | None, part: str, name: str) -> str | None:
    """A text from the payload of an item of ours; None when it is not there (any longer)."""
    row = None if item is None else read_own(ground, item)
    value = None if row is None else fields_of(row.payload).get(part)
    text = value.get(name) if isinstance(value, dict) else None
    return text if isinstance(text, str) else None


def _contact(ground: Ground, request: Request) -> str | None:
    row = None if request.contact is None else read_own(ground, request.contact)
    value = None if row is None else fields_of(row.payload).get("contact")
    return value if isinstance(value, str) else None


def _until(request: Request, now: datetime) -> datetime:
    if request.standing == "open":
        return now
    return request.answered or request.decided or request.closed or request.changed


def _next(request: Request, verdicts: dict[Any, int]) -> Iterator[str]:
    number = request.number
    match request.standing:
        case "open":
            yield from _next_of_open(request, sum(verdicts.values()))
        case "answered" | "refused":
            act = "decide" if request.kind == "handlingar" else "withhold"
            yield f"Om ett skriftligt beslut begärs: bevara request {act} {number} … --as DELEGAT"
            yield f"Rätta svaret: bevara request reopen {number} --reason SKÄL --as PERSON"
            yield f"Avsluta: bevara request close {number} --as PERSON"
        case "decided":
            if request.served is None:
                yield f"För in vilken dag beslutet kom fram: bevara request served {number} --on DAG --as PERSON"
            yield f"Om det överklagas: bevara request appeal {number} --on DAG --as PERSON"
            yield f"Avsluta när sista dagen har gått: bevara request close {number} --as PERSON"
        case "appealed":
            late = request.appealed is not None and not in_time(request, request.appealed)
            if request.forwarded is None and late:
                yield f"Avvisa det som för sent: bevara request late {number} --reason SKÄL --as DELEGAT"
            elif request.forwarded is None:
                yield f"Överlämna till domstolen: bevara request forward {number} --as PERSON"
            yield f"För in avgörandet: bevara request ruling {number} … --as PERSON"
            yield f"Avsluta när avgörandet är slutligt: bevara request close {number} --as PERSON"
        case "withdrawn":
            yield f"Avsluta: bevara request close {number} --as PERSON"
        case _:
            return


def _next_of_open(request: Request, assessed: int) -> Iterator[str]:
    number = request.number
    if request.record is None:
        yield f"Gör klar begäran, den avbröts när den öppnades: bevara request amend {number} --text TEXT --as PERSON"
        return
    if request.kind in PERSONAL and request.contact is None:
        yield f"För in vart svaret ska: bevara request contact {number} --text TEXT --as PERSON"
    yield f"Sök fram handlingarna: bevara request find {number} … --as PERSON"
    if request.kind in {"radering", "begransning"}:
        what = "unpublish" if request.kind == "radering" else "restrict"
        yield f"Besluta: bevara request {what} {number} yes|no --reason TEXT --as DELEGAT"
        yield f"Förläng tiden: bevara request extend {number} --reason TEXT --as PERSON"
        return
    if request.kind == "tillgang":
        yield f"Skriv informationen om behandlingen: bevara request access {number} --as PERSON"
        yield f"Förläng tiden: bevara request extend {number} --reason TEXT --as PERSON"
    if request.listed and assessed < request.items:
        yield f"Pröva {request.items - assessed} av {request.items}: bevara request assess {number} … --as PERSON"
    elif request.listed:
        yield f"Lämna ut: bevara request answer {number} … --as PERSON"
    yield f"Be om ett förtydligande: bevara request ask {number} --text FRÅGA --as PERSON"
    yield f"Avslå: bevara request refuse {number} … --as PERSON"


def _findings(request: Request, found: dict[str, Any]) -> Iterator[Finding]:
    if request.standing not in LIVE:
        return
    if request.record is None:
        yield Finding(code="Q108", severity="error", subject=request.subject, parameters=(("number", request.number),))
    if found["everything"]:
        yield Finding(code="Q106", severity="info", subject=request.subject)
    yield from culled_finding(request, found["culled_since_received"])


def culled_finding(request: Request, culled: int) -> Iterator[Finding]:
    """What an officer is told when something was culled after the request had reached us."""
    if culled:
        parameters = (("items", culled),)
        yield Finding(code="Q107", severity="warning", subject=request.subject, count=culled, parameters=parameters)


def _instant(value: datetime | None) -> str | None:
    return None if value is None else rfc3339(value)


def _day(value: Any) -> str | None:
    return None if value is None else value.isoformat()
