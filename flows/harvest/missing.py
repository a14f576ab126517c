"""Ask once more for the attachments of an item that an earlier look could not have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.harvest.gather import Gatherer
from flows.harvest.media import fetch_all
from flows.harvest.rows import naming_again, observation_row
from flows.keep.locked import is_locked
from flows.keep.read import rows_of_item
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.neighbours import Session
from schemas.record import State


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """What came of it.

    Attributes:
        needless: nothing is to be asked for: all is here, or the item is gone or locked.
        failed: the code of each attachment that was not to be had this time either.
    """

    needless: bool = False
    failed: tuple[str, ...] = ()


def ask_again(
    ground: Ground, gatherer: Gatherer, session: Session, item: ItemId, *, at: datetime, limit: int
) -> AskedAgain:
    """Fetch what the item lacks and store it as an observation; what was tried since ``at`` is not tried twice.

    Args:
        at: when the look began. limit: bytes of one attachment.
    """
    rows = rows_of_item(ground.state, ground.store, item)
    latest = next((row for row in reversed(rows) if row.media), None)
    state: State = next((row.state for row in reversed(rows) if row.row != "observation"), "seen")
    with ground.state.reading() as books:
        locked = is_locked(books, item)
    if latest is None or state == "gone" or locked or all(one.digest for one in latest.media):
        return AskedAgain(needless=True)
    if latest.observed >= at and latest.row == "version":
        return AskedAgain()
    wanted = {one.origin: (one, latest.author_native) for one in latest.media if one.digest is None}
    fetched = fetch_all(session, wanted, known={}, limit=limit)
    try:
        if fetched.by_origin:
            row = observation_row(
                naming_again(latest, gatherer.new_batch()),
                state=state,
                version=latest.version,
                observed=at,
                media=fetched.settle(latest.media),
            )
            gatherer.add_rows([row], act="harvest.media", fetched=fetched)
        return AskedAgain(failed=tuple(fetched.failed.values()))
    finally:
        fetched.close()
