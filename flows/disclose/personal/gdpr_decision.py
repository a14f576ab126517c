"""A decision about personal data, as an item with the papers to hand out: the one way in which each of them is written.

It is the authority's decision: by a delegate, with reasons, open to appeal at the administrative court (dataskyddslagen 7:2)
within three weeks from the day the person got it, so the request stands ``decided`` with the same clock as a refusal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from flows.disclose.letters import render_letter, root_of
from flows.disclose.personal.unpublishing import Unpublished, unpublish_lines
from flows.disclose.refuse.appeal_clock import refuse_waiting
from flows.disclose.refuse.refused import refused_of
from flows.disclose.standing import change_request, known_request, request_in
from flows.keep.delegation import delegated_for, delegation_words
from flows.keep.own import OwnFile, revision_first, write_own
from schemas.books import Books
from schemas.calendar import local_day
from schemas.finding import Finding
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.request import Outcome, Request, RequestKind, RequestStanding

DECIDED: Final[dict[RequestKind, str]] = {
    "tillgang": "request.withhold",
    "radering": "request.unpublish",
    "begransning": "request.restrict",
}
"""Acts of decisions about personal data, by kind of request."""
OPEN: Final[frozenset[RequestStanding]] = frozenset({"open"})
_ERRAND: Final = "register"
"""Errand of the outbox that asks for registration (OSL 5:1)."""
_LONGEST: Final = 20_000
"""Characters of a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is decided.

    Attributes:
        letter: name of the decision's text. outcome: of the request. reason: in words.
        fields: of the letter, beside the reason, the person and the delegation. about: values for the payload.
        unpublish: what is to be taken down. standings: where the request may stand. seal: of the assessments that it
            rests on (``flows.disclose.refuse.refused``), or empty.
    """

    letter: str
    outcome: Outcome
    reason: str
    fields: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, object] = field(default_factory=dict)
    unpublish: tuple[Unpublished, ...] = ()
    standings: Collection[RequestStanding] = OPEN
    seal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision about personal data as it was written.

    Attributes:
        request: its row now. item: the decision. unpublish: what is to be taken down. findings: what to think of.
        pdf, annex: the decision, and how to appeal; PDF/A-3b each.
    """

    request: Request
    item: ItemId
    unpublish: tuple[Unpublished, ...]
    findings: tuple[Finding, ...]
    pdf: bytes
    annex: bytes


def decide_personal(home: Home, request: Request, ruling: Ruling, person: str) -> Decided:
    """Write the decision, with how to appeal, and let the request stand ``decided``; ask for its registration.

    Raises:
        RefusedError: no such person, no reason. GuardError: G-MANDATE, G-DELEGATION, G-REQUEST; G-APPEAL: an appeal waits;
            G-CHANGED: the request stands elsewhere, or its list, its assessments or the delegation were changed meanwhile.
    """
    at = home.ground.clock.now()
    words, found = reason_of(ruling.reason), ruling.unpublish
    lines = unpublish_lines(found)
    if request.standing not in ruling.standings:
        raise moved_on(request)
    refuse_waiting(request)
    with home.ground.state.reading() as books:
        delegate = delegated_for(books, person, "refuse", at)
    above = root_of(home.ground, request)
    values = {**ruling.fields, "skal": words, "beslutar": person, "delegation": delegation_words(delegate)}
    text, pdf = _document(home, request, ruling.letter, person, at, values)
    how, how_pdf = _document(home, request, "overklagande", person, at, {"beslutsdatum": local_day(at).isoformat()})
    files = [
        OwnFile(name="beslut.pdf", media_type="application/pdf", data=pdf),
        OwnFile(name="beslut.txt", media_type="text/plain", data=text.encode("utf-8", "replace")),
        OwnFile(name="overklagande.pdf", media_type="application/pdf", data=how_pdf),
        OwnFile(name="overklagande.txt", media_type="text/plain", data=how.encode("utf-8", "replace")),
    ]
    if lines:
        listing = "\n".join((*lines, "")).encode("utf-8", "replace")
        files.append(OwnFile(name="avpublicering.txt", media_type="text/plain", data=listing))

    def also(books: Books, item: ItemId) -> None:
        if delegated_for(books, person, "refuse", at) != delegate:
            raise GuardError("G-CHANGED", "the delegation was changed just now", "decide again")
        if request_in(books, request.number).digest != request.digest:
            raise GuardError(
                "G-CHANGED", "the list of the request was changed just now", "look at it, and decide again"
            )
        if ruling.seal and refused_of(books, request).seal != ruling.seal:
            raise GuardError(
                "G-CHANGED", "the assessments of the request were changed just now", "look at them, and decide again"
            )
        refuse_waiting(request_in(books, request.number))
        change_request(
            books,
            request.number,
            ruling.standings,
            lambda now: replace(
                now,
                standing="decided",
                outcome=ruling.outcome,
                answered=now.answered if now.standing != "open" and now.answered else at,
                decision=item,
                decided=at,
                served=None,
                appealed=None,
                forwarded=None,
                ruling="",
                final=None,
                changed=at,
            ),
            act=DECIDED[request.kind],
            actor=person,
            evidence={"decision": item, "outcome": ruling.outcome, "records": len(found)},
        )
        books.outbox.put(_ERRAND, item, at)

    item = write_own(
        home.ground,
        kind="decision",
        authority=request.authority,
        text="\n".join((text, *lines)),
        payload={"request": request.number, "reason": words, "gdpr": dict(ruling.about)},
        at=at,
        act="request.record",
        actor=person,
        files=files,
        about=above,
        first=revision_first,
        also=also,
    )
    return Decided(
        request=known_request(home.ground, request.number),
        item=item,
        unpublish=found,
        findings=tuple(_findings(request, found)),
        pdf=pdf,
        annex=how_pdf,
    )


def _document(
    home: Home, request: Request, name: str, person: str, at: datetime, fields: Mapping[str, str]
) -> tuple[str, bytes]:
    rendering, text = render_letter(
        home.disclosure(), home.organisation, request, name, at, {"handlaggare": person, **fields}
    )
    return text, home.typesetter.render(rendering).pdf


def _findings(request: Request, found: tuple[Unpublished, ...]) -> Iterator[Finding]:
    yield Finding(code="Q216", severity="info", subject=request.subject)
    if found:
        yield Finding(code="Q212", severity="info", subject=request.subject)
    for code, count in (
        ("Q211", sum(not one.address for one in found)),
        ("Q218", sum(one.state != "seen" for one in found)),
    ):
        if count:
            yield Finding(
                code=code, severity="info", subject=request.subject, count=count, parameters=(("count", count),)
            )


def reason_of(text: str) -> str:
    """The reason as it stands in a letter. Raises RefusedError: none, or too long."""
    words = text.strip()
    if not words or len(text) > _LONGEST:
        raise RefusedError("--reason", "…", f"write why, at most {_LONGEST} characters; it stands in the letter")
    return words


def moved_on(request: Request) -> GuardError:
    """The refusal when a request stands elsewhere than an act needs (G-CHANGED)."""
    return GuardError(
        "G-CHANGED",
        f"request {request.number} is {request.standing}",
        f"look at 'bevara request show {request.number}'",
    )
