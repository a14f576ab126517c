"""The copy first: nothing is taken away before a copy is secured, or a named person has answered for a description.

The one thing that may be asked of a platform before that is to hide the item where no copy can be had: hiding takes nothing away,
and a copy may be had afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.keep.fresh import Fresh, Refresh
from flows.keep.locked import is_locked
from flows.keep.read import rows_of_item
from flows.oversee.removal.decide import Copies, lacking, last_seen, newest_version, secured_by
from flows.oversee.removal.platform import hide_first
from flows.oversee.removal.rows import changed, records
from flows.oversee.removal.told import Told
from schemas.account import Account
from schemas.books import Books, Lease
from schemas.ground import Home
from schemas.record import Row
from schemas.removal import Removal, Secured


def secure(home: Home, lease: Lease, told: Told, account: Account, refresh: Refresh) -> None:
    """Secure a copy and commit how; ``told.removal`` stands as ``secured`` then, or stays ``begun`` with W223."""
    removal = told.removal
    with home.ground.state.reading() as books:
        locked = is_locked(books, removal.item)
    if locked:  # by another removal of it: nothing is fetched
        _commit(home, lease, told, "locked", _copies(home, removal, None))
        return
    harvested = removal.item != removal.record and not _by_record(home, removal)
    looked = refresh(account, removal.item) if harvested else None
    copies = _copies(home, removal, looked)
    how = secured_by(copies)
    if harvested and not how and hide_first(home, lease, told, account, _newest(home, removal)):
        # Others do not see it now; perhaps a copy is to be had at leisure.
        looked = refresh(account, removal.item)
        copies = _copies(home, removal, looked)
        how = secured_by(copies)
    if copies.lacking:
        told.find("W222", lacking=copies.lacking)
    if not how:
        told.find("W223", "error")
        return
    if how == "archived" and looked is not None:
        told.find("W221", "info", code=looked.code or "H185", version=copies.version)
    _commit(home, lease, told, how, copies)


def _commit(home: Home, lease: Lease, told: Told, how: Secured, copies: Copies) -> None:
    at = home.ground.clock.now()
    version = copies.version if how in ("fresh", "archived") else 0

    def change(_: Books, before: Removal) -> Removal:
        return replace(before, standing="secured", secured=how, version=version, changed=at)

    told.removal = changed(
        home.ground,
        lease,
        told.removal.number,
        "removal.secured",
        told.actor,
        change,
        how=how,
        version=version,
        lacking=copies.lacking,
    )


def _by_record(home: Home, removal: Removal) -> bool:
    """It was never harvested: a record of ours stands for it."""
    rows = _rows(home, removal)
    return not rows or rows[0].platform == "bevara"


def _rows(home: Home, removal: Removal) -> Sequence[Row]:
    return rows_of_item(home.ground.state, home.ground.store, removal.item)


def _newest(home: Home, removal: Removal) -> Row | None:
    return last_seen(_rows(home, removal))


def _copies(home: Home, removal: Removal, looked: Fresh | None) -> Copies:
    said = records(home.ground, removal)
    rows = [] if looked is None else _rows(home, removal)
    newest = newest_version(rows)
    return Copies(
        fresh=looked,
        version=0 if newest is None else newest.version,
        lacking=lacking(rows),
        screenshot=any(one["files"] for one in said),
        described=any(one.get("emergency") for one in said),
    )
