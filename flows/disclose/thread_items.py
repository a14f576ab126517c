"""Items of ours in a request's thread: its wording, what was added to it, the contact; each with the request's receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from flows.disclose.standing import LIVE, change_request, known_request
from flows.keep.mandates import mandated
from flows.keep.own import read_own, revision_first, write_own
from schemas.books import Books
from schemas.ground import Ground
from schemas.ids import ItemId, rfc3339
from schemas.receipt import Scalar
from schemas.record import Kind, Row
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request, RequestKind
from schemas.text import visible

RECORDED: Final = "request.record"
"""Act of the receipts about items of a request."""
LONGEST: Final = 20_000
"""Characters of a wording."""
LONGEST_CONTACT: Final = 2_000
_KINDS_TOLD: Final[dict[RequestKind, str]] = {
    "handlingar": "Begäran om att få ta del av allmänna handlingar",
    "tillgang": "Begäran om tillgång till egna personuppgifter",
    "radering": "Begäran om radering av personuppgifter",
    "begransning": "Begäran om begränsning av behandling av personuppgifter",
}


def root_of(request: Request) -> ItemId:
    """The item with its wording. Raises GuardError (G-REQUEST): it was stopped before that was written."""
    if request.record is None:
        raise GuardError(
            "G-REQUEST",
            f"request {request.number} was stopped while it was opened",
            f"complete it: 'bevara request amend {request.number} --text TEXT --as PERSON'",
        )
    return request.record


def below(
    ground: Ground,
    request: Request,
    kind: Kind,
    text: str,
    payload: dict[str, Any],
    person: str,
    *,
    act: str,
    change: Callable[[Request, ItemId], Request] = lambda row, _item: row,
    evidence: dict[str, Scalar] | None = None,
) -> ItemId:
    """Write an item of ours below the request's root, with the request's receipt ``act``, in one transaction.

    Args:
        change: gives the request's new row; ``changed`` is set. evidence: beside the item's id.

    Raises:
        GuardError: it has no root yet (G-REQUEST), the root cannot be found (G-REQUEST), or it is closed (G-CHANGED).
    """
    at = ground.clock.now()
    root = read_own(ground, root_of(request))
    if root is None:
        raise GuardError("G-REQUEST", "the wording of the request is not there", "run 'bevara verify'")
    return _written(ground, request, kind, text, payload, person, at, root, act, change, evidence or {})


def _written(
    ground: Ground,
    request: Request,
    kind: Kind,
    text: str,
    payload: dict[str, Any],
    person: str,
    at: datetime,
    about: Row | None,
    act: str,
    change: Callable[[Request, ItemId], Request],
    evidence: dict[str, Scalar],
) -> ItemId:
    def enter(books: Books, item: ItemId) -> None:
        mandated(books, person, "disclose", at)
        change_request(
            books,
            request.number,
            LIVE,
            lambda row: replace(change(row, item), changed=at),
            act=act,
            actor=person,
            evidence={"item": item, **evidence},
        )

    return write_own(
        ground,
        kind=kind,
        authority=request.authority,
        text=text,
        payload=payload,
        at=at,
        act=RECORDED,
        actor=person,
        about=about,
        first=revision_first,
        also=enter,
    )


def write_root(ground: Ground, request: Request, wording: str, person: str) -> ItemId:
    """Write the wording: the first item of the request's thread. Raises GuardError (G-CHANGED): somebody just did."""
    about = {
        "number": request.number,
        "kind": request.kind,
        "channel": request.channel,
        "received": rfc3339(request.received),
        "wording": visible(wording),
    }
    text = f"{_KINDS_TOLD[request.kind]}, nummer {request.number}.\n{wording}"

    def change(row: Request, item: ItemId) -> Request:
        if row.record is not None:
            raise GuardError("G-CHANGED", "somebody else completed it just now", "look at 'bevara request show'")
        return replace(row, record=item)

    at = ground.clock.now()
    return _written(
        ground, request, "request_log", text, {"request": about}, person, at, None, "request.worded", change, {}
    )


def write_contact(ground: Ground, number: int, root: ItemId, contact: str, person: str) -> None:
    """Write where to answer, apart from the wording: in no text that is searched. Raises as ``below``."""
    request = replace(known_request(ground, number), record=root)
    below(
        ground,
        request,
        "letter",
        f"Uppgift om vart svaret på begäran {number} ska skickas. Hålls isär från begäran.",
        {"contact": visible(contact)},
        person,
        act="request.contact",
        change=lambda row, item: replace(row, contact=item),
    )


def check_text(text: str, field: str, most: int) -> None:
    """Refuse what says nothing, or is too long. Raises RefusedError."""
    if not text.strip():
        raise RefusedError(field, "", "write what was asked or said")
    if len(text) > most:
        raise RefusedError(
            field, len(text), f"write at most {most} characters; keep what is longer as a file of its own"
        )
