"""What was said to be gone and a later harvest saw all the same: the harvest decides, and the removal is open again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from flows.oversee.removal.decide import last_seen, newest_version
from flows.oversee.removal.rows import changed
from schemas.account import Account
from schemas.books import Coverage, Lease
from schemas.ground import Home
from schemas.record import Row
from schemas.removal import Removal

LOOKED_FOR: Final = timedelta(days=60)
"""So long after it was said to be gone it is compared with what the nights see."""


def may_be_seen(removal: Removal, now: datetime) -> bool:
    """Whether it was said to be gone so lately that nights are asked. Pure.

    What is hidden is not asked about: some platforms do not tell their own account that it is. Nor is what somebody saw
    to be gone when they explained it.
    """
    said = removal.done is not None and now - removal.done <= LOOKED_FOR
    return said and removal.wanted == "remove" and removal.kind != "seen"


def seen_after(removal: Removal, rows: Sequence[Row], nights: Sequence[Coverage], account: Account) -> bool:
    """Whether a whole night that looks at items of that age came after it was done, and no row says that it went. Pure.

    Args:
        rows: the item's, in order. nights: the account's coverage, of any kind.
    """
    row, newest = last_seen(rows), newest_version(rows)
    if removal.done is None or row is None or newest is None or row.state != "seen":
        return False
    since = newest.published or newest.observed
    reach = {
        "daily": account.harvest.daily_days,
        "weekly": account.harvest.weekly_days,
        "monthly": account.harvest.monthly_days,
    }
    return any(
        night.complete
        and night.nightly
        and night.started > removal.done
        and (night.horizon == "full" or since > night.started - timedelta(days=reach[night.horizon] - 1))
        for night in nights
    )


def reopened(home: Home, lease: Lease, removal: Removal, account: Account, rows: Sequence[Row]) -> Removal | None:
    """The removal, open again because the harvest saw the item; None where nothing speaks against what was said.

    Args:
        rows: the item's, in order.
    """
    if not may_be_seen(removal, home.ground.clock.now()):
        return None
    with home.ground.state.reading() as books:
        nights = books.notes.coverage(account.name)
    if not seen_after(removal, rows, nights, account):
        return None
    return changed(
        home.ground,
        lease,
        removal.number,
        "removal.seen-again",
        "bevara",
        lambda _, before: replace(before, standing="unclear" if before.tries else "by-hand", done=None),
    )
