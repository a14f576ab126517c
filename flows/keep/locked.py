"""Which items are locked: suspected abuse material, whose attachments nobody is handed and nothing fetches again.

The lock is the removal's own word (``secured = "locked"``), entered before anything else is done. The store refuses to
read what it locks (``connectors.storage.locked``); the bytes stay where they are until a culling destroys them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flows.keep.holds import hold_receipt
from schemas.books import Books
from schemas.ids import ItemId
from schemas.removal import LOCKED_COPY, Paper, Removal


def is_locked(books: Books, item: ItemId) -> bool:
    """Whether a removal has locked the item."""
    return any(one.secured == "locked" for one in books.duties.removals(item))


def lock_copies(books: Books, removal: Removal, records: Iterable[ItemId], at: datetime) -> None:
    """Screenshots of a locked item lie in records of ours: they are locked as well."""
    for record in records:
        books.duties.put_paper(
            Paper(sort=LOCKED_COPY, subject=removal.subject, period=record, item=record, digest="", at=at)
        )


def hold_item(books: Books, item: ItemId, person: str, at: datetime) -> None:
    """Nobody culls the item until a person lifts the hold; nothing where it is held by itself already."""
    if any(one.scope == "item" and one.subject == item for one in books.holds.in_force()):
        return
    hold_receipt(books, "hold.set", books.holds.set("item", item, person, at), person, at)
