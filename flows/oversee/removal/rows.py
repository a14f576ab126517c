"""A removal's row and its records, read and changed: one change, one transaction, one receipt."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from flows.keep.own import read_own
from schemas.books import Books, Lease
from schemas.ground import Ground
from schemas.ids import ItemId, item_id
from schemas.receipt import Receipt, Scalar
from schemas.record import Row
from schemas.refusal import RefusedError
from schemas.removal import Removal

_RECORDS: Final = 50
"""Records of one removal that are read back, one for each time a person brought more."""


def known(ground: Ground, number: int) -> Removal:
    """The removal of that number. Raises RefusedError."""
    with ground.state.reading() as books:
        found = books.duties.removal(number)
    if found is None:
        raise RefusedError("NUMBER", number, "give the number of a removal; see 'bevara oversee removals'")
    return found


def lease_of(item: str) -> str:
    """The lease that whoever is at a removal of the item holds; the account's name for what has no id yet."""
    return f"removal:{item}"


def changed(
    ground: Ground,
    lease: Lease | None,
    number: int,
    act: str,
    actor: str,
    change: Callable[[Books, Removal], Removal],
    **evidence: Scalar,
) -> Removal:
    """Replace the row by what ``change`` makes of it, with a receipt ``act`` that names its standing.

    ``change`` may do more in the same transaction. The revision is locked before the ledger, as everywhere.

    Raises:
        LeaseLostError: somebody else has taken over.
    """
    at = ground.clock.now()
    with ground.state.writing() as books:
        if lease is not None:
            books.leases.check(lease)
        books.revision(lock=True)
        before = books.duties.removal(number)
        if before is None:
            raise RefusedError("NUMBER", number, "give the number of a removal")
        after = change(books, before)
        books.duties.put_removal(after)
        told = {"number": number, "standing": after.standing, **evidence}
        books.ledger.append(Receipt(act=act, at=at, actor=actor, subjects=(after.subject, after.item), evidence=told))
    return after


def records(ground: Ground, removal: Removal) -> list[Mapping[str, Any]]:
    """What persons said of it, the newest first; what has been culled or cannot be read is left out."""
    return [
        {**(_said(row) or {}), "files": [one.origin for one in row.media if one.digest]}
        for row in record_rows(ground, removal)
    ]


def record_rows(ground: Ground, removal: Removal) -> Iterator[Row]:
    """The records themselves, the newest first."""
    next_one: ItemId | None = removal.record
    for _ in range(_RECORDS):
        row = None if next_one is None else read_own(ground, next_one)
        said = None if row is None else _said(row)
        if row is None or said is None:
            return
        yield row
        next_one = None
        with suppress(RefusedError):
            next_one = item_id(said["more_to"]) if said.get("more_to") else None


def _said(row: Row) -> Mapping[str, Any] | None:
    said = json.loads(row.payload or "{}").get("removal")
    return said if isinstance(said, Mapping) else None
