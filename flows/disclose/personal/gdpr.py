"""Requests of a person about their own data: more time, the information of art. 15.1, decisions on erasure and restriction.

Erasure (*radering*) is never done in the archive: records are kept and culled by TF 2:23, arkivlagen and the plan alone
(GDPR 17.3 b and d). What is decided is *avpublicering*: whether they are taken down on the platform, by who runs the account.
Restriction (*begränsning*) means that the request's hold stays until the request is closed. Neither sets a mark, and
nothing here lets anything be culled.

A decision is the authority's: it can be appealed to the administrative court (dataskyddslagen 7:2) within three weeks from
the day the person got it, so the request stands ``decided`` with the same clock as a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from flows.disclose.letters import Written, write_letter
from flows.disclose.personal.gdpr_clock import EXTENDED, PERSONAL, due_day, extended_in
from flows.disclose.personal.gdpr_decision import OPEN, Decided, Ruling, decide_personal, moved_on, reason_of
from flows.disclose.personal.unpublishing import to_unpublish
from flows.disclose.refuse.refused import check_refusable, cited, refused_of
from flows.disclose.standing import change_request, known_request, request_in
from flows.keep.mandates import mandated
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Ground, Home
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.request import Outcome, Request, RequestKind


def last_day(ground: Ground, request: Request) -> date | None:
    """The last day of the answer as it stands (GDPR 12.3), or None for records."""
    with ground.state.reading() as books:
        return due_day(request, extended=extended_in(books, request))


def extend(home: Home, number: str | int, reason: str, person: str) -> tuple[Written, date]:
    """Take two months more and tell so, with the letter ``gdpr-forlangning`` (GDPR 12.3); gives the letter and the new day.

    Raises:
        RefusedError: no such request or person, a request for records, no reason. GuardError: G-MANDATE; G-CHANGED: it is
            not open; G-LATE: it has been prolonged already, or the first month is over.
    """
    at = home.ground.clock.now()
    request = _personal(home.ground, number, PERSONAL)
    words = reason_of(reason)
    today = local_day(at)
    until = due_day(request, extended=True)
    if until is None:
        raise RefusedError("REQUEST", request.number, "only the time of requests about personal data is prolonged")
    with home.ground.state.reading() as books:
        mandated(books, person, "disclose", at)
        _may_extend(books, request, today)
    fields = {"skal": words, "ny_dag": until.isoformat()}

    def also(books: Books, item: ItemId) -> None:
        _may_extend(books, request_in(books, request.number), today)
        change_request(
            books,
            request.number,
            OPEN,
            lambda now: replace(now, changed=at),
            act=EXTENDED,
            actor=person,
            evidence={"item": item, "until": until.isoformat()},
        )

    return write_letter(home, request, "gdpr-forlangning", person, at, fields, also=also), until


def unpublish(
    home: Home, number: str | int, reason: str, person: str, *, answer: bool, items: Iterable[ItemId] = ()
) -> Decided:
    """Decide on a request for erasure: what is listed is taken down on the platform, or not; the archive keeps it.

    Args:
        reason: why; stands in the decision. person: a delegate. answer: take down. items: of the frozen list; none = all.

    Raises:
        RefusedError: no such request or person, no request for erasure, no reason, nothing listed to take down, an item
            that is not listed, or too many. GuardError: G-MANDATE, G-DELEGATION, G-REQUEST; G-CHANGED: the request is not
            open, or its list was changed meanwhile.
    """
    request = _personal(home.ground, number, {"radering"})
    reason_of(reason)
    wanted = tuple(dict.fromkeys(items))
    if wanted and not answer:
        raise RefusedError("--item", wanted[0], "leave it out when nothing is taken down")
    found = tuple(to_unpublish(home.ground, request, wanted)) if answer else ()
    about: Mapping[str, object] = {
        "unpublish": answer,
        "records": [
            {"item": one.item, "account": one.account, "address": one.address, "state": one.state} for one in found
        ],
    }
    fields = {"antal": str(len(found))} if answer else {}
    outcome: Outcome = "unpublish" if answer else "no-unpublish"
    name = "gdpr-radering-ja" if answer else "gdpr-radering-nej"
    ruling = Ruling(letter=name, outcome=outcome, reason=reason, fields=fields, about=about, unpublish=found)
    return decide_personal(home, request, ruling, person)


def restrict(home: Home, number: str | int, reason: str, person: str, *, answer: bool) -> Decided:
    """Decide on a request for restriction; when it is granted the hold stays until the request is closed, and no mark is set.

    Raises:
        RefusedError: no such request or person, no request for restriction, no reason. GuardError: G-MANDATE,
            G-DELEGATION, G-REQUEST; G-CHANGED: the request is not open.
    """
    request = _personal(home.ground, number, {"begransning"})
    outcome: Outcome = "restrict" if answer else "no-restrict"
    name = "gdpr-begransning-ja" if answer else "gdpr-begransning-nej"
    ruling = Ruling(letter=name, outcome=outcome, reason=reason, about={"restrict": answer})
    return decide_personal(home, request, ruling, person)


def withhold(home: Home, number: str | int, reason: str, person: str) -> Decided:
    """Decide not to give a person all of their data (dataskyddslagen 5:1; GDPR 12.5): what is assessed as refused or masked.

    Raises:
        RefusedError: no such request or person, no request for access, no reason. GuardError: G-MANDATE, G-DELEGATION,
            G-REQUEST; G-ASSESSED: something is not assessed, or to be given first; G-CHANGED: the request is neither open nor answered, or something was changed meanwhile.
    """
    request = _personal(home.ground, number, {"tillgang"})
    with home.ground.state.reading() as books:
        found = refused_of(books, request)
    check_refusable(request, found, said=True)
    provisions = home.disclosure().provisions
    numbers = {"records": found.assessed, "refused": found.whole, "masked": found.masked}
    ruling = Ruling(
        letter="gdpr-tillgang-nej",
        outcome="partly" if found.assessed > found.whole else "refused",
        reason=reason,
        fields={
            "avser": f"Antal handlingar: helt {found.whole}, delvis {found.masked}." if found.count else "",
            "bestammelser": cited(found.codes, provisions) if found.codes else "",
        },
        about={"withhold": True, "provisions": list(found.codes), "list": request.digest, **numbers},
        standings={"open", "answered"},
        seal=found.seal,
    )
    return decide_personal(home, request, ruling, person)


def _personal(ground: Ground, number: str | int, kinds: Iterable[RequestKind]) -> Request:
    request = known_request(ground, number)
    if request.kind not in kinds:
        raise RefusedError(
            "REQUEST", request.number, f"it is a request of kind {request.kind}; this is for {', '.join(sorted(kinds))}"
        )
    return request


def _may_extend(books: Books, request: Request, today: date) -> None:
    if request.standing not in OPEN:
        raise moved_on(request)
    if extended_in(books, request):
        raise GuardError("G-LATE", f"the time of request {request.number} has been prolonged once", "answer it now")
    first = due_day(request, extended=False)
    if first is not None and today > first:
        raise GuardError(
            "G-LATE",
            f"the month in which request {request.number} could be prolonged ended on {first.isoformat()}",
            "answer it now (GDPR 12.3)",
        )
