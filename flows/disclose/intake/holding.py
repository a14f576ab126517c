"""What a request's hold covers: set with the request, in words from its record, narrowed or widened by an officer.

Until an officer has said more it covers the accounts that were named, else everything. Whole threads of what it finds are bound
(``flows.keep.held``). The request's own thread is named in every record of it: what was written about a request stays until
that is closed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.disclose.find.listing import listed
from flows.disclose.left_out import left_out
from flows.disclose.standing import LIVE, change_request, known_request, request_in
from flows.keep.held import Words, bound_by, predicate_of, record_of
from flows.keep.holds import NOTHING, Told, check_names, check_words, covers_lines, hold_receipt, hold_values
from flows.keep.mandates import mandated
from flows.keep.own import read_own, revision_first, write_own
from schemas.books import Books
from schemas.covered import Predicate, UnreadablePredicateError
from schemas.ground import Ground
from schemas.hold import Hold
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request

WIDEST = Predicate(everything=True)
"""Covers all that is stored, and what comes."""


def hold_of(books: Books, request: Request) -> Hold:
    """The request's hold, in force. Raises GuardError (G-CHANGED): it has none any longer."""
    for one in books.holds.in_force():
        if one.number == request.hold:
            return one
    raise GuardError("G-CHANGED", f"request {request.number} has no hold in force", "look at 'bevara request show'")


def covered_by(ground: Ground, request: Request) -> Predicate | None:
    """What the hold covers, the request's own thread too; None when that cannot be read: then it covers everything."""
    try:
        with ground.state.reading() as books:
            hold = hold_of(books, request)
        if hold.record is None:
            return None
        return predicate_of(record_of(ground.state, ground.store, hold.record))
    except (UnreadablePredicateError, GuardError, OSError, ValueError):
        return None


def cover(
    ground: Ground, number: int | str, wanted: Predicate, person: str, *, opened: datetime | None = None
) -> Request:
    """Let the request's hold cover this, in place of what it covered.

    Args:
        wanted: what shall be covered; the request's own thread is added.
        opened: when the hold was set, where these are its first words, said with it: it then counts as if it had never covered
            more, and no order that it does not touch needs a new proposal.

    Raises:
        RefusedError: no such request, nothing said, or an unknown account, kind or authority.
        GuardError: no mandate (G-MANDATE), the request has no wording yet (G-REQUEST), records of its list would not be held
            any longer (G-HELD), or somebody else changed the hold or the list just now (G-CHANGED).
    """
    at = opened or ground.clock.now()
    request = known_request(ground, number)
    if request.record is None:
        raise GuardError(
            "G-REQUEST",
            f"request {request.number} was stopped while it was opened; its hold covers everything",
            f"complete it: 'bevara request amend {request.number} --text TEXT --as PERSON'",
        )
    root = request.record
    if wanted == NOTHING:
        raise RefusedError("hold", request.number, "say what the hold shall cover, or --everything")
    predicate = replace(wanted, items=tuple(dict.fromkeys((root, *wanted.items))))
    with ground.state.reading() as books:
        mandated(books, person, "disclose", at)
        check_names(books, predicate)
        before = hold_of(books, request)
    check_words(Told(), predicate)
    _keeps_listed(ground, request, before, predicate)
    above = read_own(ground, before.record or root)
    if above is None:
        raise GuardError("G-REQUEST", "the record of the request is not there", "run 'bevara verify'")
    entered: list[Request] = []

    def enter(books: Books, record: ItemId) -> None:
        mandated(books, person, "disclose", at)
        now = hold_of(books, request)
        if now.record != before.record or request_in(books, request.number).listed != request.listed:
            raise GuardError(
                "G-CHANGED", "somebody else changed the hold or the list just now", "look at it, and say it again"
            )
        changed = books.holds.change(before.number, record)
        hold_receipt(books, "hold.change", changed, person, at)
        entered.append(
            change_request(
                books,
                request.number,
                LIVE,
                lambda row: replace(row, changed=at),
                act="request.hold",
                actor=person,
                evidence={"hold": before.number, "record": record, "everything": predicate.all},
            )
        )

    lines = [f"Gallringsstopp för begäran {request.number}, hela trådar.", *covers_lines(predicate)]
    write_own(
        ground,
        kind="decision",
        authority=request.authority,
        text="\n".join(lines),
        payload={"hold": hold_values(before.scope, before.subject, Told(), predicate)},
        at=at,
        act="hold.record",
        actor=person,
        about=above,
        first=revision_first,
        also=enter,
    )
    return entered[0]


def _keeps_listed(ground: Ground, request: Request, hold: Hold, predicate: Predicate) -> None:
    """Refuse to let go of what has been found: a search reads more (alt texts, captions, variants) than a hold's words do."""
    if request.listed is None or predicate.all:
        return
    with ground.state.reading() as books:
        marks = list(books.marks.all())
    bound = bound_by(ground.state, ground.store, Words(hold=hold, predicate=predicate), marks)
    free = left_out(ground, bound, listed(ground, request))
    if free:
        raise GuardError(
            "G-HELD",
            f"{free} records of the list of request {request.number} would not be held any longer",
            "name what covers them too, or search anew first",
        )
