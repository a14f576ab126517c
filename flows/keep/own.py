"""What Bevara itself makes: one item of platform ``bevara`` with its text, values and files.

A decision, a proposal or a certificate is written like any other record: a row in the partition of its authority and
month, with attachments under ``media/``. So the plan judges it, the archive preserves it, and culling finds it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from flows.keep.append import Addition, append
from flows.keep.patience import patiently
from flows.keep.read import rows_of_item
from schemas.books import Books
from schemas.calendar import local_month
from schemas.ground import Ground
from schemas.ids import RANDOM_BYTES, ItemId, new_item_id
from schemas.neighbours import MediaBytes, MissingError
from schemas.payload import canonical, digest
from schemas.record import Kind, MediaRef, Row
from schemas.shelf import medium
from schemas.tables import to_table
from schemas.text import visible

PLATFORM = "bevara"
"""The platform of what Bevara itself makes."""
ACCOUNT = "bevara"
"""What stands in the account column of Bevara's own items; no registered account may have that name."""
_NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """A file of the item: its name (told apart within the item), its type and its bytes."""

    name: str
    media_type: str
    data: bytes


def write_own(
    ground: Ground,
    *,
    kind: Kind,
    authority: str,
    text: str,
    payload: Mapping[str, object],
    at: datetime,
    act: str,
    actor: str = "bevara",
    evidence: Mapping[str, int] = _NOTHING,
    files: Sequence[OwnFile] = (),
    about: Row | None = None,
    first: Callable[[Books], None] | None = None,
    also: Callable[[Books, ItemId], None] | None = None,
) -> ItemId:
    """Write one item that Bevara makes; returns its id.

    Safe to stop at any line: until the transaction is over nothing of it counts, and recovery clears away what was
    put into the store. The receipt (``act``) is about the item's id and is Bevara's own.

    Args:
        text: what a person reads of it. payload: its JSON values, kept canonically.
        at: when it is made; the item lies in that local month.
        actor: the registered person on whose behalf it is made; stands in the payload as ``by``.
        evidence: counts for the receipt. files: attachments, in order.
        about: a row of the item it belongs under; it then lies in that one's thread.
        first: comes first in the transaction (locks that come before others). also: does more in it, last.

    Raises:
        LeaseTakenError: somebody else writes such items of the authority and does not end.
        ValueError: two files of one name.
    """
    if len({file.name for file in files}) != len(files):
        raise ValueError("the files of one item have different names")
    values = dict(payload) if actor == "bevara" else {"by": actor, **payload}
    with patiently(ground.state, f"own:{authority}") as lease:
        chance = ground.chance.fork(f"{lease.name}#{lease.fence}")
        month = local_month(at)
        item = new_item_id(month, chance.bytes(RANDOM_BYTES))
        batch = chance.bytes(RANDOM_BYTES).hex()
        media = [_stored(file) for file in files]
        row = own_row(
            item=item,
            kind=kind,
            authority=authority,
            native=f"bevara:{kind}:{item}",
            text=text,
            payload=values,
            published=at,
            observed=at,
            batch=batch,
            identity=digest({"payload": values, "files": [stored.digest for stored in media]}),
            about=about,
            media=tuple(map(_reference, files, media)),
        )
        addition = Addition(
            batch=batch,
            tables={(authority, month): to_table([row])},
            media={one.digest: one for one in media},
            references=[(item, one.digest) for one in media],
            act=act,
            subject=item,
            evidence=evidence,
        )

        def more(books: Books) -> None:
            if also is not None:
                also(books, item)

        append(ground.state, ground.store, lease, addition, chance=chance, at=at, first=first, also=more)
    return item


def revision_first(books: Books) -> None:
    """For ``first``: whoever needs both locks takes the revision's before the ledger's; a culling does the same."""
    books.revision(lock=True)


def read_own(ground: Ground, item: ItemId) -> Row | None:
    """The newest version of an item of ours, or None when there is none."""
    rows = [row for row in rows_of_item(ground.state, ground.store, item) if row.row == "version"]
    return rows[-1] if rows and rows[-1].platform == PLATFORM else None


def own_file(ground: Ground, row: Row, name: str) -> bytes:
    """The bytes of a file of an item of ours, proven against its digest. Raises MissingError."""
    for one in row.media:
        if one.origin == name and one.digest is not None:
            data = ground.store.get(medium(one.digest))
            if hashlib.sha256(data).hexdigest() == one.digest:
                return data
    raise MissingError(f"no readable file of that name belongs to {row.item}")


def _stored(file: OwnFile) -> MediaBytes:
    return MediaBytes(
        file=io.BytesIO(file.data),
        digest=hashlib.sha256(file.data).hexdigest(),
        size=len(file.data),
        media_type=file.media_type,
    )


def own_row(
    *,
    item: ItemId,
    kind: Kind,
    authority: str,
    native: str,
    text: str,
    payload: Mapping[str, object],
    published: datetime,
    observed: datetime,
    batch: str,
    account: str = ACCOUNT,
    identity: str = "",
    about: Row | None = None,
    media: tuple[MediaRef, ...] = (),
    counts: tuple[tuple[str, int], ...] = (),
) -> Row:
    """The one version of an item that Bevara makes.

    Args:
        native: its name of ours. text: what a person reads of it. payload: its JSON values.
        published, observed: what it is dated to, and when it was made. identity: digest of what makes a version;
            empty = of the payload.
        about: a row of the item it belongs under. media: its files, stored. counts: numbers.
    """
    return Row(
        row="version",
        item=item,
        authority=authority,
        platform=PLATFORM,
        account=account,
        kind=kind,
        own=True,
        native=native,
        author="Bevara",
        author_native=None,
        parent=None if about is None else about.item,
        thread=item if about is None else about.thread,
        parent_native=None,
        thread_native=None,
        published=published,
        clock="platform",
        stated=None,
        platform_time=published,
        edited=None,
        observed=observed,
        version=1,
        state="seen",
        complete=None,
        evidence=None,
        text=visible(text),
        language="sv",
        links=(),
        visibility="",
        media=media,
        counts=counts,
        identity=identity or digest(payload),
        payload=canonical(payload),
        batch=batch,
    )


def _reference(file: OwnFile, stored: MediaBytes) -> MediaRef:
    return MediaRef(
        role="document", origin=file.name, media_type=file.media_type, digest=stored.digest, size=stored.size
    )
