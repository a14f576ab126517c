"""A written decision (OSL 6:3; FL 31-33 §§): by a delegate, with reasons and with how to appeal; and an appeal turned away.

What is decided stands in an item (``decision``) with the decision and the appeal instruction as PDF/A; it waits to be
registered from the same transaction on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flows.disclose.letters import RECORDED, render_letter, root_of
from flows.disclose.refuse.appeal_clock import appeal_waits, in_time, last_day, refuse_waiting
from flows.disclose.refuse.refuse import about_records, codes_of, named_codes
from flows.disclose.refuse.refused import (
    LISTED,
    NOT_HELD,
    check_refusable,
    check_unchanged,
    cited,
    described,
    list_file,
    refused_of,
)
from flows.disclose.standing import change_request, request_in
from flows.disclose.words import checked
from flows.keep.delegation import delegated_for, delegation_words
from flows.keep.mandates import known_person
from flows.keep.own import OwnFile, revision_first, write_own
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.receipt import Scalar
from schemas.refusal import GuardError
from schemas.request import Outcome, Request, RequestStanding

ACT: Final = "request.decided"
TURNED_AWAY: Final = "request.late"
TO_REGISTER: Final = "register"
"""Errand of the outbox: the item is a record that is to be registered."""
_DECIDABLE: Final[frozenset[RequestStanding]] = frozenset({"open", "answered", "refused"})
_Enter = Callable[[Books, ItemId], Request]
_CONTESTED: Final[frozenset[Outcome]] = frozenset({"partly", "refused", "nothing"})
"""Answers that leave something to decide about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision: the request as it stands, the decision's item, and the documents to hand out."""

    request: Request
    item: ItemId
    files: tuple[OwnFile, ...]


def decide(
    home: Home, number: str | int, reason: str, person: str, provisions: Sequence[str] = (), presenter: str = ""
) -> Decided:
    """Decide in writing that something is not given out. An employee's answer before it is not needed.

    Args:
        reason: why, in words. person: who decides, by delegation. provisions: as of ``refuse``.
        presenter: registered person who presented the matter, or empty.

    Raises:
        RefusedError: an unknown request, person or provision, no reason, a request about personal data.
        GuardError: no mandate (G-MANDATE) or delegation (G-DELEGATION), it stands elsewhere or something changed
        meanwhile (G-CHANGED), something is not assessed or is to be given (G-ASSESSED), an appeal waits (G-APPEAL).
    """
    at = home.ground.clock.now()
    why = checked(reason, "--reason")
    settings = home.disclosure()
    named = named_codes(settings, provisions)
    with home.ground.state.reading() as books:
        who = delegated_for(books, person, "refuse", at)
        if presenter:
            known_person(books, presenter, "--presenter")
        request = request_in(books, number)
        about_records(request)
        _check_decidable(request)
        found = refused_of(books, request)
        listed = [list_file(books, request, settings.provisions)] if found.count > LISTED else []
    nothing = request.standing == "answered" and request.outcome == "nothing"
    check_refusable(request, found, said=bool(named), nothing=nothing)
    codes = codes_of(named, found)
    fields = {
        "avser": described(request, found, settings.provisions, nothing=nothing),
        "bestammelser": cited(codes, settings.provisions) or NOT_HELD,
        "skal": why,
        "beslutar": person,
        "delegation": delegation_words(who),
        "foredragande": presenter,
    }
    outcome: Outcome = "nothing" if nothing and not found.lines else "partly" if found.masked else "refused"
    numbers: dict[str, Scalar] = {"records": found.assessed, "refused": found.whole, "masked": found.masked}

    def enter(books: Books, item: ItemId) -> Request:
        delegated_for(books, person, "refuse", at)
        now = request_in(books, request.number)
        check_unchanged(found, refused_of(books, now), now.number)

        def change(now: Request) -> Request:
            _check_decidable(now)
            return replace(
                now,
                standing="decided",
                outcome=outcome,
                decision=item,
                decided=at,
                served=None,
                appealed=None,
                forwarded=None,
                ruling="",
                final=None,
                changed=at,
            )

        evidence = {"decision": item, "provisions": ",".join(codes), "list": request.digest, **numbers}
        return change_request(books, request.number, _DECIDABLE, change, act=ACT, actor=person, evidence=evidence)

    return _Writing(home, request, person, at).write(
        "beslut",
        fields,
        {"act": "refusal", "provisions": list(codes), "list": request.digest, **numbers},
        listed,
        enter,
    )


def turn_away(home: Home, number: str | int, reason: str, person: str) -> Decided:
    """Decide that an appeal came too late (FL 45 §). That decision can be appealed, with a time of its own.

    Raises:
        RefusedError: an unknown request or person, no reason. GuardError: no mandate (G-MANDATE) or delegation
        (G-DELEGATION), no appeal waits here or the court has it (G-APPEAL), it came in time (G-LATE).
    """
    at = home.ground.clock.now()
    why = checked(reason, "--reason")
    with home.ground.state.reading() as books:
        who = delegated_for(books, person, "refuse", at)
        request = request_in(books, number)
    last, came = _late(request)
    fields = {
        "inkom": came,
        "sista_dag": last,
        "skal": why,
        "beslutar": person,
        "delegation": delegation_words(who),
    }

    def enter(books: Books, item: ItemId) -> Request:
        delegated_for(books, person, "refuse", at)

        def change(now: Request) -> Request:
            if _late(now) != (last, came):
                raise GuardError("G-CHANGED", f"the days of request {now.number} have changed meanwhile", "do it again")
            standing: RequestStanding = "open" if now.standing == "open" else "decided"
            return replace(now, standing=standing, ruling="late", decision=item, decided=at, served=None, changed=at)

        return change_request(
            books,
            request.number,
            {request.standing},
            change,
            act=TURNED_AWAY,
            actor=person,
            evidence={"decision": item, "last": last, "came": came},
        )

    return _Writing(home, request, person, at).write("for-sent", fields, {"act": "late"}, [], enter)


def _check_decidable(request: Request) -> None:
    number = request.number
    refuse_waiting(request)
    contested = request.standing != "answered" or request.outcome in _CONTESTED
    if request.standing not in _DECIDABLE or not contested:
        outcome = f" ({request.outcome})" if request.outcome else ""
        raise GuardError(
            "G-CHANGED",
            f"request {number} is {request.standing}{outcome}: there is nothing to decide",
            f"look at 'bevara request show {number}'; 'bevara request reopen {number}' opens it again",
        )


def _late(request: Request) -> tuple[str, str]:
    """The last day and the day on which the appeal came. Raises GuardError: it is not to be turned away."""
    number, came = request.number, request.appealed
    if came is None or not appeal_waits(request) or request.forwarded is not None:
        raise GuardError(
            "G-APPEAL", f"no appeal in request {number} waits here", f"look at 'bevara request show {number}'"
        )
    last = last_day(request)
    if last is None or in_time(request, came):
        why = "the day of receipt is not recorded, so it counts as in time" if last is None else "it came in time"
        raise GuardError("G-LATE", why, f"hand it over, with 'bevara request forward {number}'")
    return last.isoformat(), came.isoformat()


class _Writing:
    """One decision of a request, from its texts to its item."""

    def __init__(self, home: Home, request: Request, person: str, at: datetime) -> None:
        self._home = home
        self._request = request
        self._person = person
        self._at = at

    def write(
        self,
        name: str,
        fields: Mapping[str, str],
        payload: Mapping[str, object],
        files: Sequence[OwnFile],
        enter: _Enter,
    ) -> Decided:
        request = self._request
        day = local_day(self._at).isoformat()
        decision, text = self._document(name, "beslut.pdf", fields)
        how, instruction = self._document("overklagande", "overklagande.pdf", {"beslutsdatum": day})
        documents = (decision, how, *files)
        after: list[Request] = []

        def also(books: Books, item: ItemId) -> None:
            after.append(enter(books, item))
            books.outbox.put(TO_REGISTER, item, self._at)

        item = write_own(
            self._home.ground,
            kind="decision",
            authority=request.authority,
            text=f"{text}\n{instruction}",
            payload={"decision": name, "request": request.number, **payload},
            at=self._at,
            act=RECORDED,
            actor=self._person,
            evidence={"request": request.number},
            files=documents,
            about=root_of(self._home.ground, request),
            first=revision_first,
            also=also,
        )
        return Decided(request=after[0], item=item, files=documents)

    def _document(self, letter: str, name: str, fields: Mapping[str, str]) -> tuple[OwnFile, str]:
        home = self._home
        rendering, text = render_letter(home.disclosure(), home.organisation, self._request, letter, self._at, fields)
        pdf = home.typesetter.render(rendering).pdf
        return OwnFile(name=name, media_type="application/pdf", data=pdf), text
