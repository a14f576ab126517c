"""Owners' files into the archive: attachments of the film's item, so that the plan governs them and culling takes them.

One observation row of the item names them beside what it had. The file is streamed into the store and proven by its
digest while it goes; until the one transaction is over nothing counts, and recovery clears away what was put.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, Final, cast

from flows.deposit.items import ORIGINAL
from flows.deposit.lying import Lying, Proven, opened
from flows.deposit.places import Place
from flows.keep.append import Addition, append
from flows.keep.patience import patiently
from flows.keep.read import rows_of_item
from schemas.books import Books, Lease
from schemas.deposit import Film
from schemas.ground import Home
from schemas.ids import RANDOM_BYTES, month_of
from schemas.neighbours import MediaBytes
from schemas.receipt import Receipt
from schemas.record import MediaRef, MediaRole, Row
from schemas.refusal import RefusedError
from schemas.tables import to_table
from schemas.text import visible

ACT: Final = "deposit.original"
"""Act of the receipt of an original: about the film and its item."""
_ROWS: Final = "deposit.rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A file to be taken in: where it lies, its digest, and what it is to the item."""

    lying: Lying
    digest: str
    role: MediaRole
    media_type: str
    language: str = ""


def file_originals(home: Home, film: Film, place: Place, files: Sequence[Owned], actor: str) -> int:
    """Take these files in at that place; returns how many the item did not have before. Repeats are harmless.

    Raises:
        LeaseTakenError: somebody is harvesting the account. TakenInError: the item was culled meanwhile.
        ChangedError: a file is no longer what it was. OSError: it cannot be read, or the store takes no more.
    """
    account = place.slot.row.account
    with patiently(home.ground.state, f"account:{account}") as lease:
        rows = rows_of_item(home.ground.state, home.ground.store, place.slot.item)
        versions = [row for row in rows if row.row == "version"]
        if not versions:
            raise RefusedError("FILM", str(film.number), "the record of it is in the archive no longer")
        newest = max(versions, key=lambda row: (row.version, row.observed))
        had = {(one.role, one.digest) for row in rows for one in row.media if one.origin.startswith(_mine(place))}
        new = [one for one in files if (one.role, one.digest) not in had]
        if new:
            now = max(home.ground.clock.now(), rows[-1].observed)
            state = next((row.state for row in reversed(rows) if row.row != "observation"), newest.state)
            _append(home, film, place, _base(rows, newest), replace(newest, state=state), new, lease, now, actor)
        return len(new)


def _append(
    home: Home,
    film: Film,
    place: Place,
    before: tuple[MediaRef, ...],
    newest: Row,
    files: Sequence[Owned],
    lease: Lease,
    now: datetime,
    actor: str,
) -> None:
    ground = home.ground
    chance = ground.chance.fork(f"{lease.name}#{lease.fence}")
    batch = chance.bytes(RANDOM_BYTES).hex()
    at = ground.clock.now()
    media = tuple(_reference(place, one) for one in files)
    receipt = Receipt(
        act=ACT,
        at=at,
        actor=actor,
        subjects=(film.id, newest.item),
        evidence={
            "film": film.number,
            "originals": sum(one.role != "caption" for one in files),
            "captions": sum(one.role == "caption" for one in files),
            "batch": batch,
        },
    )

    def also(books: Books) -> None:
        books.ledger.append(receipt)

    with ExitStack() as stack:
        found = {
            one.digest: MediaBytes(
                file=cast("BinaryIO", Proven(stack.enter_context(opened(one.lying)), one.digest)),
                digest=one.digest,
                size=one.lying.size,
                media_type=one.media_type,
            )
            for one in files
        }
        addition = Addition(
            batch=batch,
            tables={(newest.authority, month_of(newest.item)): to_table([_row(newest, (*before, *media), now, batch)])},
            media=found,
            references=[(newest.item, one.digest) for one in files],
            act=_ROWS,
            subject=newest.account,
        )
        append(ground.state, ground.store, lease, addition, chance=chance, at=at, also=also)


def _mine(place: Place) -> str:
    return f"{ORIGINAL}{place.member.id}:"


def _reference(place: Place, one: Owned) -> MediaRef:
    return MediaRef(
        role=one.role,
        origin=visible(_mine(place) + one.lying.name),
        media_type=one.media_type,
        language=one.language,
        digest=one.digest,
        size=one.lying.size,
    )


def _base(rows: Sequence[Row], newest: Row) -> tuple[MediaRef, ...]:
    """The newest version's attachments with what was found later for it; of one instant's rows the one with the most."""
    later = [row for row in rows if row.version == newest.version and row.media]
    return max(later, key=lambda row: (row.observed, len(row.media)), default=newest).media


def _row(newest: Row, media: tuple[MediaRef, ...], observed: datetime, batch: str) -> Row:
    return replace(
        newest,
        row="observation",
        observed=observed,
        media=media,
        edited=None,
        complete=None,
        evidence=None,
        text=None,
        language=None,
        links=(),
        visibility=None,
        counts=(),
        identity=None,
        payload=None,
        batch=batch,
    )
