"""Snapshots (*ögonblicksbilder*) of accounts: which were taken, and which of them can be read today.

A snapshot is an item of ours (kind ``snapshot``) of the account's authority. Its payload names the account, the day,
the profile's item and version and what it shows; its file ``FILE`` is the PDF/A. It proves that an account's look was
kept only while that file lies in the store as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.own import PLATFORM
from flows.keep.read import partitions, read_live
from schemas.ground import Ground
from schemas.ids import ItemId, Month
from schemas.neighbours import MissingError, Reading
from schemas.payload import fields_of
from schemas.record import Row
from schemas.shelf import medium
from schemas.tables import HOLDINGS, to_rows

FILE: Final = "ogonblicksbild.pdf"
"""Name of a snapshot's PDF/A among its files."""
KIND: Final = "snapshot"
_PDF: Final = b"%PDF-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One snapshot that was taken.

    Attributes:
        item: its own id. authority: the archive creator. account: the account's name. at: when it was taken, UTC.
        profile, version: the profile's item and version that it shows; None and 0 = the archive had no profile.
        digest: SHA-256 of the PDF/A, or None when the row names none.
    """

    item: ItemId
    authority: str
    account: str
    at: datetime
    profile: ItemId | None
    version: int
    digest: str | None


def taken_snapshots(ground: Ground, places: Iterable[tuple[str, Month]] | None = None) -> list[Taken]:
    """Every snapshot in the archive, oldest first. Only months that hold one are read beyond the column of kinds.

    Args:
        places: (authority, month) of the partitions that hold one, where the caller knows them.
    """
    found: list[Taken] = []
    for authority, month in places_of_kinds(ground, (KIND,))[KIND] if places is None else places:
        rows = read_live(ground.state, ground.store, authority, month, HOLDINGS.names)
        chosen = rows.filter(pc.equal(rows["kind"].cast(pa.string()), KIND))
        found.extend(_taken(to_rows(chosen)))
    return sorted(found, key=lambda one: (one.at, one.item))


def places_of_kinds(ground: Ground, kinds: Sequence[str]) -> dict[str, list[tuple[str, Month]]]:
    """Kind → (authority, month) of the partitions that hold such items, in order. Reads the column of kinds alone."""
    found: dict[str, list[tuple[str, Month]]] = {kind: [] for kind in kinds}
    for authority, month, table in partitions(ground.state, ground.store, ("kind",)):
        for kind in pc.unique(table["kind"].cast(pa.string())).to_pylist():
            if kind in found:
                found[kind].append((authority, month))
    return found


def proven_by_snapshot(ground: Ground) -> list[tuple[str, str, datetime]]:
    """The newest snapshot of each account whose PDF/A lies in the store right now, byte for byte, and is a PDF.

    For the plan's condition ``ogonblicksbild``: what was published no later than that was kept as it looked. An older
    snapshot says nothing that the newest readable one does not.

    Returns:
        (account, authority, when it was taken, UTC), by authority and account.
    """
    newest: dict[tuple[str, str], datetime] = {}
    for one in reversed(taken_snapshots(ground)):
        place = (one.authority, one.account)
        if place not in newest and one.digest is not None and _readable(ground.store, one.digest):
            newest[place] = one.at
    return [(account, authority, at) for (authority, account), at in sorted(newest.items())]


def shown_on(row: Row) -> tuple[ItemId, ...]:
    """The records whose text or pictures a snapshot shows, by its row; empty for anything else."""
    if row.platform != PLATFORM or row.kind != KIND or row.payload is None:
        return ()
    items = fields_of(row.payload).get("items")
    return tuple(ItemId(one) for one in items if isinstance(one, str)) if isinstance(items, list) else ()


def _taken(rows: Iterator[Row]) -> Iterator[Taken]:
    for row in rows:
        if row.row != "version" or row.platform != PLATFORM or row.payload is None:
            continue
        values = fields_of(row.payload)
        account = values.get("account")
        if not isinstance(account, str) or not account:
            continue
        profile, version = values.get("profile"), values.get("profile_version")
        yield Taken(
            item=row.item,
            authority=row.authority,
            account=account,
            at=row.published or row.observed,
            profile=ItemId(profile) if isinstance(profile, str) else None,
            version=version if isinstance(version, int) else 0,
            digest=next((one.digest for one in row.media if one.origin == FILE), None),
        )


def _readable(store: Reading, digest: str) -> bool:
    """Whether the bytes under the digest's name have that digest and begin as a PDF. What cannot be read is not."""
    key = medium(digest)
    try:
        with store.open(key) as stream:
            begins = stream.read(len(_PDF)) == _PDF
        return begins and store.checksum(key) == digest
    except (MissingError, OSError):
        return False
