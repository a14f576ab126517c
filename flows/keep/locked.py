"""Which items are locked: suspected abuse material, whose attachments nobody is handed and nothing fetches again.

The lock is the removal's own word (``secured = "locked"``), entered before anything else is done. The store refuses to
read what it locks (``connectors.storage.locked``); the bytes stay where they are until a culling destroys them.
"""

from __future__ import annotations

from schemas.books import Books
from schemas.ids import ItemId


def is_locked(books: Books, item: ItemId) -> bool:
    """Whether a removal has locked the item."""
    return any(one.secured == "locked" for one in books.duties.removals(item))
