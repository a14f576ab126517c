"""An appeal handed over to the court (FL 46 §): with a letter that lists the papers of the matter and says if it came in time."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flows.disclose.letters import Written, write_letter
from flows.disclose.papers import paper_lines
from flows.disclose.recording import DECIDED_UPON, same
from flows.disclose.refuse.appeal_clock import appeal_waits, in_time, last_day
from flows.disclose.refuse.refused import refused_of
from flows.disclose.standing import change_request, request_in
from flows.keep.mandates import mandated
from flows.keep.thread import read_thread
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request, RequestStanding

ACT: Final = "request.forwarded"
EXCUSES: Final[dict[str, str]] = {
    "wrong-instruction": "Det kom in för sent, men avvisas inte eftersom förseningen beror på att myndigheten inte har lämnat en "
    "korrekt underrättelse om hur man överklagar (45 § förvaltningslagen).",
    "came-to-court": "Det kom in till myndigheten för sent, men avvisas inte eftersom det hade kommit in till domstolen inom "
    "överklagandetiden (45 § förvaltningslagen).",
}
"""Why a late appeal is not turned away (FL 45 §)."""


def forward(home: Home, number: str | int, person: str, *, excuse: str = "") -> tuple[Request, Written]:
    """Hand the appeal over to the court: write the letter, and record when.

    Args:
        excuse: for a late one, why it is not turned away (``EXCUSES``); empty else.

    Raises:
        RefusedError: an unknown request, person or excuse. GuardError: no mandate (G-MANDATE), no appeal waits here
        (G-APPEAL), it came too late (G-LATE), something changed meanwhile (G-CHANGED).
    """
    at = home.ground.clock.now()
    if excuse and excuse not in EXCUSES:
        raise RefusedError("--excused", excuse, f"write one of {', '.join(EXCUSES)}")
    with home.ground.state.reading() as books:
        mandated(books, person, "disclose", at)
        request = request_in(books, number)
        said = _said(request, excuse)
        refused = refused_of(books, request)
    if request.record is None or request.decided is None or request.appealed is None:
        raise _nothing_waits(request)
    count = refused.count
    fields = {
        "beslutsdatum": local_day(request.decided).isoformat(),
        "inkom": request.appealed.isoformat(),
        "i_tid": said,
        "papper": paper_lines(read_thread(home.ground, request.record), request),
        "antal": str(count) if count else "",
    }
    after: list[Request] = []

    def also(books: Books, letter: ItemId) -> None:
        same(books, request)
        standing: RequestStanding = "open" if request.standing == "open" else "appealed"
        after.append(
            change_request(
                books,
                request.number,
                {request.standing},
                lambda now: replace(now, standing=standing, forwarded=at, changed=at),
                act=ACT,
                actor=person,
                evidence={"letter": letter, "decision": request.decision, "excuse": excuse or None},
            )
        )

    written = write_letter(home, request, "overlamnande", person, at, fields, also=also)
    return after[0], written


def _said(request: Request, excuse: str) -> str:
    """The sentence on whether the appeal came in time. Raises GuardError."""
    came = request.appealed
    if came is None or not appeal_waits(request) or request.standing not in DECIDED_UPON:
        raise _nothing_waits(request)
    if request.forwarded is not None:
        raise GuardError("G-APPEAL", "the court has the appeal already", "record its ruling when it comes")
    last = last_day(request)
    if last is None:
        return "Det är inte känt vilken dag den som överklagar fick del av beslutet. Överklagandet anses därför ha kommit in i rätt tid."
    if in_time(request, came):
        return f"Det är i rätt tid. Sista dagen för att överklaga var den {last.isoformat()}."
    if excuse:
        return EXCUSES[excuse]
    raise GuardError(
        "G-LATE",
        f"the last day was {last.isoformat()}",
        f"turn it away with 'bevara request late {request.number}', or say why not with --excused",
    )


def _nothing_waits(request: Request) -> GuardError:
    return GuardError(
        "G-APPEAL",
        f"no appeal in request {request.number} waits here",
        f"record it when it comes, with 'bevara request appeal {request.number}'",
    )
