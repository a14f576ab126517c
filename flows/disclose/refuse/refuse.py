"""An employee's no (OSL 6:3): a letter that says what is refused and why, and how to get a decision that can be appealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from flows.disclose.assess.provisions import provision_of
from flows.disclose.letters import Written, write_letter
from flows.disclose.refuse.refused import (
    LISTED,
    Refused,
    check_refusable,
    check_unchanged,
    cited,
    described,
    list_file,
    refused_of,
)
from flows.disclose.standing import change_request, request_in
from flows.disclose.words import checked
from flows.keep.mandates import mandated
from flows.keep.own import OwnFile
from schemas.books import Books
from schemas.disclosure import DisclosureSettings
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.receipt import Scalar
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request

ACT: Final = "request.refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedNow:
    """An employee's no: the request as it stands, the letter, and the documents to hand out."""

    request: Request
    written: Written
    files: tuple[OwnFile, ...]


def refuse(home: Home, number: str | int, reason: str, person: str, provisions: Sequence[str] = ()) -> RefusedNow:
    """Answer no, without a written decision.

    Args:
        reason: why, in words for who asked. provisions: what it rests on beside what the assessments name; they are
            enough where nothing is assessed.

    Returns:
        The request as it stands, the letter, and the documents to hand out.

    Raises:
        RefusedError: an unknown request, person or provision, no reason, a request about personal data.
        GuardError: no mandate (G-MANDATE), it is not open or something changed meanwhile (G-CHANGED), something is not
        assessed or is to be given (G-ASSESSED).
    """
    at = home.ground.clock.now()
    why = checked(reason, "--reason")
    settings = home.disclosure()
    named = named_codes(settings, provisions)
    with home.ground.state.reading() as books:
        mandated(books, person, "disclose", at)
        request = request_in(books, number)
        about_records(request)
        if request.standing != "open":
            raise GuardError(
                "G-CHANGED",
                f"request {request.number} is {request.standing}",
                f"look at 'bevara request show {request.number}'",
            )
        found = refused_of(books, request)
        listed = [list_file(books, request, settings.provisions)] if found.count > LISTED else []
    check_refusable(request, found, said=bool(named))
    codes = codes_of(named, found)
    after: list[Request] = []

    def also(books: Books, letter: ItemId) -> None:
        now = request_in(books, request.number)
        check_unchanged(found, refused_of(books, now), now.number)
        evidence: dict[str, Scalar] = {"letter": letter, "provisions": ",".join(codes), "list": request.digest}
        after.append(
            change_request(
                books,
                request.number,
                {"open"},
                lambda now: replace(now, standing="refused", outcome="refused", answered=at, changed=at),
                act=ACT,
                actor=person,
                evidence={**evidence, "records": found.assessed, "refused": found.whole},
            )
        )

    fields = {
        "avser": described(request, found, settings.provisions),
        "bestammelser": cited(codes, settings.provisions),
        "skal": why,
    }
    written = write_letter(home, request, "avslag", person, at, fields, also=also)
    files = [OwnFile(name="avslag.pdf", media_type="application/pdf", data=written.pdf)]
    return RefusedNow(request=after[0], written=written, files=(*files, *listed))


def about_records(request: Request) -> None:
    """Refuse a request about personal data, which is decided otherwise. Raises RefusedError."""
    if request.kind != "handlingar":
        raise RefusedError(
            "REQUEST",
            str(request.number),
            "it is about personal data: use 'bevara request withhold', 'unpublish' or 'restrict'",
        )


def named_codes(settings: DisclosureSettings, provisions: Sequence[str]) -> tuple[str, ...]:
    """The codes of provisions that an officer named. Raises RefusedError: one is unknown."""
    return tuple(dict.fromkeys(provision_of(settings.provisions, said).code for said in provisions))


def codes_of(named: Sequence[str], found: Refused) -> tuple[str, ...]:
    """What a no rests on: as named, then as assessed, each once."""
    return tuple(dict.fromkeys([*named, *found.codes]))
