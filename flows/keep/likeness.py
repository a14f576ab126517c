"""Remember the likeness of what is destroyed, so that no export without ids brings it back.

Which items have a likeness, and how it is named, is said by ``schemas.near``; ``flows.harvest.likeness`` looks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from schemas.books import Books
from schemas.ids import ItemId
from schemas.near import PICTURED, files_of, likeness, normalised, pictured, repeated, sort_of
from schemas.record import Row


def remember_destroyed(books: Books, rows: Iterable[Row], hash_of: Callable[[str], bytes]) -> int:
    """Enter the likeness of items that are about to be destroyed, so that no export without ids brings them back.

    For the transaction that suppresses, just before ``books.natives.suppress`` of the same items, which then turns
    what is entered here into a suppression like the platform's ids. An item that an export brought in has its
    likeness entered already, a harvested one has not; visitors' items have none.

    Args:
        rows: every row of those items, all of one authority and platform; texts and digests are still in them.
        hash_of: the keyed hash of a native id of that authority and platform (``schemas.ids.native_hash``).

    Returns:
        How many entries are new.
    """
    known = [row for row in rows if row.published is not None and (row.own or row.kind == "message")]
    wanted = dict(one for row in known for one in _likenesses(row))
    alone = dict(one for row in known for one in _alone(row))
    found: dict[bytes, ItemId | None] = books.natives.find(
        [hash_of(name) for _, name in (*wanted, *alone)] + [hash_of(name) for name in alone.values()]
    )
    entries: dict[bytes, ItemId] = {}

    def enter(name: str, item: ItemId) -> bool:
        """The name stands for the item; False when it stands for another already."""
        key = hash_of(name)
        if key not in found:
            found.update(books.natives.find([key]))
        if key in found:
            return found[key] == item
        found[key] = entries[key] = item
        return True

    for (item, name), counted in wanted.items():
        number = 0
        while not enter(repeated(name, number), item) and counted:
            number += 1
    for (item, name), several in alone.items():
        if not enter(name, item):
            enter(several, item)
    books.natives.add(list(entries.items()))
    return len(entries)


def _likenesses(row: Row) -> Iterator[tuple[tuple[ItemId, str], bool]]:
    """Item and likeness of a row, and whether others with the same are numbered: those without attachments are."""
    if row.row == "version" or (row.media and not normalised(row.text or "")):
        digests = [one.digest for one in row.media if one.digest]
        name = likeness(row.account, sort_of(row.kind, row.author), row.published, row.text or "", digests)
        if name:
            yield (row.item, name), not row.media


def _alone(row: Row) -> Iterator[tuple[tuple[ItemId, str], str]]:
    """Item and mark of a version without text, and the mark that there are several."""
    files = files_of(one.role for one in row.media)
    bare = row.row == "version" and files and not normalised(row.text or "") and row.kind in PICTURED
    if bare and row.published is not None:
        one, several = (pictured(row.account, row.published, row.kind, files, several=more) for more in (False, True))
        yield (row.item, one), several
