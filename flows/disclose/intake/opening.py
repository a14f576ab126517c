"""Open a request: its hold stands before anything is looked for, read or written of it.

The first transaction enters the request with a hold whose words nobody knows yet, so that it binds everything
(``flows.keep.held``). Then come the wording, the contact, and last what the hold covers. Stopped in between, everything stays
held, and ``amend`` completes the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flows.disclose.intake.holding import WIDEST, cover
from flows.disclose.standing import told
from flows.disclose.thread_items import LONGEST, LONGEST_CONTACT, check_text, write_contact, write_root
from flows.keep.guard import code_of
from flows.keep.holds import check_names, first_authority, hold_receipt
from flows.keep.mandates import mandated
from flows.keep.own import revision_first
from schemas.covered import Predicate
from schemas.ground import Ground, Home
from schemas.ids import rfc3339
from schemas.receipt import Scalar
from schemas.refusal import GuardError, RefusedError
from schemas.request import CHANNELS, REQUEST_KINDS, Channel, Request, RequestKind

_OLDEST: Final = timedelta(days=3653)
"""How long ago a request may have come: an older one is a slip of the pen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is entered of a request.

    Attributes:
        wording: as it was written or noted. contact: where to answer, or empty; nobody has to say who they are.
        kind, channel: see ``schemas.request``. received: when it reached us, UTC; None = now.
        accounts: accounts that it is about; empty = not said, and the hold covers everything.
        authority: archive creator, or empty: that of the accounts, else of the first registered one.
    """

    wording: str
    kind: str = "handlingar"
    channel: str = "e-post"
    contact: str = ""
    received: datetime | None = None
    accounts: tuple[str, ...] = ()
    authority: str = ""


def open_request(home: Home, opening: Opening, person: str) -> Request:
    """Enter a request; when this returns, or raises G-REQUEST, what it asks for is held.

    Raises:
        RefusedError: an unknown kind, channel, account, authority or person, no wording or one that is too long, a time ahead, or
            no contact where the law needs to know who asks. GuardError: no mandate (G-MANDATE), no account is registered
            (G-ACCOUNT): nothing was entered. G-REQUEST: it is entered and everything is held, but the rest could not be
            written.
    """
    ground = home.ground
    at = ground.clock.now()
    kind, channel, received = _checked(opening, at)
    authority = _authority(ground, opening)
    request = _enter(ground, kind, channel, received, authority, person, at)
    try:
        root = write_root(ground, request, opening.wording, person)
        if opening.contact.strip():
            write_contact(ground, request.number, root, opening.contact, person)
        wanted = Predicate(accounts=opening.accounts) if opening.accounts else WIDEST
        return cover(ground, request.number, wanted, person, opened=at)
    except Exception as error:  # noqa: BLE001 - whatever failed: the request stands, and who entered it must get to know
        # Whether the contact was written before it failed is not looked up: to note it once more does no harm.
        contact = f", then 'bevara request contact {request.number} --text TEXT --as PERSON'" if opening.contact else ""
        raise GuardError(
            "G-REQUEST",
            f"request {request.number} is entered and everything is held, but it could not be completed ({code_of(error)})",
            f"complete it: 'bevara request amend {request.number} --text TEXT --as PERSON'{contact}",
        ) from None


def _enter(
    ground: Ground, kind: RequestKind, channel: Channel, received: datetime, authority: str, person: str, at: datetime
) -> Request:
    """The first transaction: number, row and hold. A hold without a record binds everything."""
    with ground.state.writing() as books:
        revision_first(books)
        mandated(books, person, "disclose", at)
        number = books.requests.number()
        hold = books.holds.set("request", str(number), person, at)
        request = Request(
            number=number,
            kind=kind,
            standing="open",
            authority=authority,
            channel=channel,
            received=received,
            opened=at,
            changed=at,
            person=person,
            hold=hold.number,
        )
        books.requests.put(request)
        hold_receipt(books, "hold.set", hold, person, at)
        evidence: dict[str, Scalar] = {
            "hold": hold.number,
            "kind": kind,
            "channel": channel,
            "received": rfc3339(received),
            "authority": authority,
        }
        told(books, request, "request.open", person, evidence)
    return request


def _checked(opening: Opening, at: datetime) -> tuple[RequestKind, Channel, datetime]:
    kind = next((one for one in REQUEST_KINDS if one == opening.kind), None)
    if kind is None:
        raise RefusedError("--kind", opening.kind, f"the kinds are {', '.join(REQUEST_KINDS)}")
    channel = next((one for one in CHANNELS if one == opening.channel), None)
    if channel is None:
        raise RefusedError("--channel", opening.channel, f"the channels are {', '.join(CHANNELS)}")
    check_text(opening.wording, "--text", LONGEST)
    if opening.contact:
        check_text(opening.contact, "--contact", LONGEST_CONTACT)
    elif kind != "handlingar":
        raise RefusedError(
            "--contact",
            "",
            "a request about somebody's own data needs a way to reach them: nobody else may have those data (GDPR 12.6); "
            "who asks for records needs none",
        )
    received = opening.received or at
    if received > at:
        raise RefusedError("--received", rfc3339(received), "write when it reached us; that is not ahead of now")
    if received < at - _OLDEST:
        raise RefusedError(
            "--received", rfc3339(received), "write when it reached us; that is within the last ten years"
        )
    return kind, channel, received


def _authority(ground: Ground, opening: Opening) -> str:
    with ground.state.reading() as books:
        authorities = (opening.authority,) if opening.authority else ()
        check_names(books, Predicate(accounts=opening.accounts, authorities=authorities))
        named = [books.accounts.get(name) for name in opening.accounts]
    homes = [one.authority for one in named if one is not None]
    return opening.authority or next(iter(homes), None) or first_authority(ground)
