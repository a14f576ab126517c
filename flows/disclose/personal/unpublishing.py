"""What is to be taken down on the platforms after a decision: the list for who runs the accounts. Nothing is taken down here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from flows.disclose.find.listing import listed
from flows.disclose.letters import shown
from flows.keep.addresses import addresses
from flows.keep.own import PLATFORM
from flows.keep.renditions import rows_of_items
from schemas.calendar import local_day
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.record import Row
from schemas.refusal import RefusedError
from schemas.request import Request

_MOST: Final = 10_000
"""Records that one decision lists."""
_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublished:
    """A record that is to be taken down on its platform.

    Attributes:
        item: opaque id. account: ours there. published: local civil day, or None. address: where it is, or empty: not
            known. state: how it was last seen (``seen``, ``hidden``, ``gone``, ``unknown``).
    """

    item: ItemId
    account: str
    published: date | None
    address: str
    state: str


def to_unpublish(ground: Ground, request: Request, wanted: tuple[ItemId, ...]) -> Iterator[Unpublished]:
    """The records of the frozen list that are or were on a platform, with their addresses.

    Args:
        wanted: of the list; none = all of it.

    Raises:
        RefusedError: nothing is listed, an item is not, there are too many, or none was ever on a platform.
    """
    if request.listed is None:
        raise RefusedError("REQUEST", request.number, f"find the records first: 'bevara request find {request.number}'")
    every = list(dict.fromkeys(ItemId(one) for one in listed(ground, request)["item"].to_pylist()))
    known = frozenset(every)
    for one in wanted:
        if one not in known:
            raise RefusedError("--item", one, "name items of the request's list; 'bevara request assessed' shows it")
    items = list(wanted) or every
    if not items or len(items) > _MOST:
        raise RefusedError("REQUEST", len(items), f"list from 1 to {_MOST} records to take down; narrow with --item")
    taken = 0
    for start in range(0, len(items), _BATCH):
        rows = rows_of_items(ground, items[start : start + _BATCH])
        for item in items[start : start + _BATCH]:
            found = _one(item, rows.get(item, ()))
            if found is not None:
                taken += 1
                yield found
    if not taken:
        raise RefusedError("REQUEST", request.number, "nothing in the list was ever on a platform")


def _one(item: ItemId, rows: Iterable[Row]) -> Unpublished | None:
    """None: it is gone from the archive, or of our own making and never was on a platform."""
    versions = sorted((row for row in rows if row.row == "version"), key=lambda row: row.version)
    if not versions or versions[-1].platform == PLATFORM:
        return None
    row = versions[-1]
    looks = [one for one in rows if one.row in {"version", "sighting"}]
    last = max(looks, key=lambda one: (one.observed, one.version, one.row == "sighting"))
    where = addresses(row)
    return Unpublished(
        item=item,
        account=row.account,
        published=None if row.published is None else local_day(row.published),
        address=where[0] if where else "",
        state=last.state,
    )


def _communicators(found: Iterable[Unpublished]) -> Iterator[str]:
    """The list for who runs the accounts, in Swedish."""
    yield "Att avpublicera (ta bort från kommunens sidor i sociala medier):"
    for one in found:
        day = "odaterad" if one.published is None else one.published.isoformat()
        state = {"seen": "", "hidden": ", redan dold", "gone": ", redan borta"}.get(one.state, ", läge okänt")
        yield f"{one.item}  {one.account}  {day}{state}  {shown(one.address) or 'ingen känd adress'}"


def unpublish_lines(found: Iterable[Unpublished]) -> list[str]:
    """What a command prints for the communicator; nothing when nothing is taken down."""
    some = tuple(found)
    return list(_communicators(some)) if some else []
