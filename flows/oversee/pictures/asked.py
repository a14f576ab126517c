"""Somebody asks that a picture or film of them is taken away: what they say is kept, and each item waits for a decision.

The wording lies in an item of ours (kind ``letter``) and how to reach the person in another one below it
(``request_log``), so that the second can be culled by itself. Each item that is asked about has a removal of kind
``picture`` with the standing ``begun``; until the decision is its record, nothing is taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from flows.keep.found import refuse_culled
from flows.keep.mandates import mandated
from flows.keep.own import PLATFORM, read_own, revision_first, write_own
from flows.keep.read import rows_of_item
from flows.oversee.removal.rows import known
from flows.oversee.watch.signs import clause_of
from schemas.books import Books
from schemas.ground import Ground, Home
from schemas.ids import ItemId, item_id
from schemas.receipt import Receipt, Scalar
from schemas.record import Row
from schemas.refusal import GuardError, RefusedError
from schemas.removal import Paper, Removal

SORT: Final = "picture-request"
"""Sort of the paper that says which wording a removal belongs to; its subject is the removal's."""
OPENED: Final = "picture.opened"
"""Act of the receipt about each removal."""
REPLACED: Final = "picture.replaced"
"""Act of the receipt about a removal whose wording is lost, and that a new request takes the place of."""
RECORDED: Final = "picture.record"
"""Act of the receipts about items of ours."""
VISITORS: Final = "R05"
"""Rule that a visitor's picture of somebody is taken away by: personal data."""
LONGEST: Final = 20_000
LONGEST_CONTACT: Final = 1_000
MOST: Final = 100
"""Items that one request is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A request as it was taken in: the wording's item, and the rows that wait."""

    item: ItemId
    rows: tuple[Removal, ...]


def ask(home: Home, items: Sequence[str], why: str, person: str, *, contact: str = "") -> Opened:
    """Take in a request; nothing is taken away.

    Args:
        items: ids of what shows the person. why: what they say. contact: how they are reached; nobody has to say.

    Raises:
        RefusedError: no such person or item, a culled one, too many, of several archive creators, or no words.
        GuardError: no mandate (G-MANDATE); G-OURS, a record of Bevara's own; G-GONE, gone from the page already.
    """
    ground = home.ground
    at = ground.clock.now()
    words = checked(why, "--why", LONGEST)
    reach = checked(contact, "--contact", LONGEST_CONTACT) if contact.strip() else ""
    with ground.state.reading() as books:
        mandated(books, person, "moderate", at)
    shown = _rows(ground, items)
    settings = home.oversight()
    ours = clause_of(settings, "W154")
    lost = _without_wording(ground, [row.item for row in shown])
    entered: list[Removal] = []

    def enter(books: Books, wording: ItemId) -> None:
        mandated(books, person, "moderate", at)
        refuse_culled(books, [row.item for row in shown])
        for one in lost:
            books.duties.put_removal(replace(one, standing="declined", changed=at))
            told: dict[str, Scalar] = {"number": one.number, "standing": "declined", "wording": wording}
            books.ledger.append(
                Receipt(act=REPLACED, at=at, actor=person, subjects=(one.subject, one.item), evidence=told)
            )
        for row in shown:
            removal = Removal(
                number=books.duties.removal_number(),
                kind="picture",
                standing="begun",
                item=row.item,
                account=row.account,
                authority=row.authority,
                clause=ours if row.own else VISITORS,
                person=person,
                opened=at,
                changed=at,
            )
            books.duties.put_removal(removal)
            books.duties.put_paper(Paper(sort=SORT, subject=removal.subject, period="", item=wording, digest="", at=at))
            evidence: dict[str, Scalar] = {
                "account": removal.account,
                "authority": removal.authority,
                "clause": removal.clause,
                "items": len(shown),
                "number": removal.number,
                "wording": wording,
            }
            subjects = (removal.subject, row.item)
            books.ledger.append(Receipt(act=OPENED, at=at, actor=person, subjects=subjects, evidence=evidence))
            entered.append(removal)

    wording = write_own(
        ground,
        kind="letter",
        authority=shown[0].authority,
        text=f"Begäran om att ta bort bild eller film: {words}",
        payload={"picture": {"items": [row.item for row in shown], "why": words}},
        at=at,
        act=RECORDED,
        actor=person,
        first=revision_first,
        also=enter,
    )
    opened = Opened(item=wording, rows=tuple(entered))
    if reach:
        reach_by(home, opened.rows[0].number, reach, person)
    return opened


def reach_by(home: Home, number: int, contact: str, person: str) -> ItemId:
    """Note how the person is reached, apart from what they say; returns the item.

    Raises:
        RefusedError: no such person or request, or no words. GuardError: G-MANDATE; G-REQUEST: the wording is not there.
    """
    at = home.ground.clock.now()
    words = checked(contact, "--contact", LONGEST_CONTACT)
    with home.ground.state.reading() as books:
        mandated(books, person, "moderate", at)
    about = wording_of(home.ground, known(home.ground, number))
    return write_own(
        home.ground,
        kind="request_log",
        authority=about.authority,
        text=f"Kontakt: {words}",
        payload={"picture": {"contact": words}},
        at=at,
        act=RECORDED,
        actor=person,
        about=about,
    )


def wording_of(ground: Ground, removal: Removal) -> Row:
    """The item that has the wording of the request.

    Raises:
        RefusedError: it is no request about a picture. GuardError: the wording is not there (G-REQUEST).
    """
    if removal.kind != "picture":
        raise RefusedError(
            "NUMBER", removal.number, "give the number of a picture request; see 'bevara oversee picture list'"
        )
    with ground.state.reading() as books:
        paper = books.duties.paper(SORT, removal.subject)
    row = None if paper is None else read_own(ground, paper.item)
    if row is None:
        raise GuardError(
            "G-REQUEST",
            "the wording of the request is not in the archive",
            "take the request in again, and decide on that",
        )
    return row


def checked(text: str, field: str, longest: int) -> str:
    """Words of a person. Raises RefusedError: none, or too many; the words are not in it."""
    if not text.strip() or len(text) > longest:
        raise RefusedError(field, "…", f"write from 1 to {longest} characters")
    return text.strip()


def _without_wording(ground: Ground, items: Sequence[ItemId]) -> list[Removal]:
    """Requests about them that wait and cannot be decided: a restored backup does not have what was said."""
    with ground.state.reading() as books:
        some = [one for item in items for one in books.duties.removals(item)]
        waiting = [one for one in some if one.kind == "picture" and one.standing == "begun" and one.record is None]
        papers = [(one, books.duties.paper(SORT, one.subject)) for one in waiting]
    return [one for one, paper in papers if paper is None or read_own(ground, paper.item) is None]


def _rows(ground: Ground, items: Sequence[str]) -> list[Row]:
    """The newest version of each item. All of them are looked at before anything is written."""
    ids = list(dict.fromkeys(item_id(one, "ITEM") for one in items))
    if not 1 <= len(ids) <= MOST:
        raise RefusedError("ITEM", len(ids), f"name from 1 to {MOST} items")
    with ground.state.reading() as books:
        refuse_culled(books, ids)
    found = [_row(ground, one) for one in ids]
    if len({row.authority for row in found}) > 1:
        raise RefusedError("ITEM", len(found), "take in one request for each archive creator: these are of several")
    return found


def _row(ground: Ground, item: ItemId) -> Row:
    rows = rows_of_item(ground.state, ground.store, item)
    versions = [row for row in rows if row.row == "version"]
    if not versions:
        raise RefusedError("ITEM", item, "it is not in the archive; look it up with 'bevara search'")
    newest = max(versions, key=lambda row: (row.version, row.observed))
    if newest.platform == PLATFORM:
        raise GuardError("G-OURS", "this record is Bevara's own and stands on no page", "name what stands on the page")
    last = [row for row in rows if row.row != "observation"][-1]
    if last.state == "gone":
        raise GuardError("G-GONE", "it is gone from the page already", "tell the person so")
    return newest
