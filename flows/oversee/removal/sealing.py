"""What is locked or secret about an item that is taken away: it is entered with the removal itself, before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flows.keep.locked import hold_item, lock_copies
from flows.oversee.removal.asked import Asked
from flows.oversee.removal.rows import record_rows
from schemas.books import Books
from schemas.ground import Home
from schemas.hold import Mark
from schemas.ids import ItemId
from schemas.receipt import Receipt
from schemas.record import Row
from schemas.removal import Removal


def lock(books: Books, standing: Removal, copies: Sequence[ItemId], person: str, at: datetime) -> None:
    """Nothing is fetched any more, and nobody culls it or its screenshots while the police may ask for them."""
    books.media.have([standing.item])
    lock_copies(books, standing, copies, at)
    for one in (standing.item, *copies):
        hold_item(books, one, person, at)


def copies_of(home: Home, item: ItemId) -> tuple[ItemId, ...]:
    """Records that have a screenshot of the item, of all its removals."""
    with home.ground.state.reading() as books:
        before = books.duties.removals(item)
    return tuple(dict.fromkeys(row.item for one in before for row in record_rows(home.ground, one) if row.media))


def keep_secret(books: Books, row: Row, asked: Asked, at: datetime) -> None:
    """The mark *sekretess* with its provision."""
    books.marks.add(
        Mark(
            item=row.item,
            kind="sekretess",
            person=asked.person,
            at=at,
            provision=asked.secrecy,
            authority=row.authority,
        )
    )
    evidence = {"kind": "sekretess", "on": None, "dnr": None, "provision": asked.secrecy, "marked": 1}
    books.ledger.append(Receipt(act="mark.add", at=at, actor=asked.person, subjects=(row.item,), evidence=evidence))
