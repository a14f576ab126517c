"""Take in one file that a person brings: a screenshot or other file, with who, when and where.

For what no interface gives: our replies on others' pages, what a platform withholds, evidence at a removal. The kind
``snapshot`` is Bevara's own (platform ``bevara``); any other kind is an item of the account's platform. What was
brought in, where and with which text is content and lies in the row alone; the ledger names the person and the item.
"""

from __future__ import annotations

import hashlib
import mimetypes
import stat
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

from flows.harvest.tally import Tally
from flows.keep.append import Addition, append
from flows.keep.read import rows_of_item
from schemas.account import Account
from schemas.books import Books
from schemas.calendar import local_day
from schemas.ground import Ground
from schemas.ids import RANDOM_BYTES, ItemId, month_of, month_of_day, native_hash, new_item_id
from schemas.near import HAND
from schemas.neighbours import MediaBytes
from schemas.payload import canonical, digest
from schemas.receipt import Receipt
from schemas.record import BY_HAND, Kind, MediaRef, MediaRole, Row
from schemas.refusal import RefusedError
from schemas.tables import to_table
from schemas.text import visible

KINDS: tuple[Kind, ...] = ("snapshot", "reply", "message", "comment", "story")
"""What may be brought in."""
_OURS: tuple[Kind, ...] = ("snapshot", "reply")
"""Kinds that are our own whoever is named as author."""
_AHEAD = timedelta(days=1)
_LONGEST = 1_000_000
_LONGEST_PLACE = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What a person brings in.

    Attributes:
        account: whose it is. path: the file. person: who brings it.
        when: when it was published or seen. where: its address or place.
        kind: one of ``KINDS``. author: who wrote it, as shown. about: the item that it belongs to.
        text: what it says, typed from it.
    """

    account: Account
    path: Path
    person: str
    when: datetime | None = None
    where: str = ""
    kind: Kind = "snapshot"
    author: str = ""
    about: ItemId | None = None
    text: str = ""


def bring_in(ground: Ground, handed: Handed, *, secret_key: bytes, media_limit: int) -> tuple[ItemId | None, Tally]:
    """Store the file as an item; the same file with the same time and place again stores nothing.

    Returns:
        The item, or None when it was brought in before and has been destroyed since; and what was counted.

    Raises:
        RefusedError: an unknown person or item, no plain file, or one beyond ``media_limit``.
        LeaseTakenError: somebody is harvesting the account.
    """
    with ground.state.reading() as books:
        if books.persons.get(handed.person) is None:
            raise RefusedError("--as", handed.person, "name a registered person; add one with 'bevara person add'")
    _check(handed, ground.clock.now())
    tally = Tally(account=handed.account.name, returned=1)
    if handed.when is None:
        tally.find("I140", handed.account.name, severity="info")
    if not handed.where:
        tally.find("I141", handed.account.name, severity="info")
    found = _read(handed.path, media_limit)
    try:
        return _store(ground, handed, found, secret_key, tally), tally
    finally:
        found.file.close()


def _check(handed: Handed, now: datetime) -> None:
    if handed.when is not None and handed.when > now + _AHEAD:
        raise RefusedError("--when", handed.when.isoformat(), "write a time that has been")
    if len(handed.where) > _LONGEST_PLACE or any(ord(sign) < 0x20 for sign in handed.where):
        raise RefusedError("--where", "…", f"write an address or a place in at most {_LONGEST_PLACE} characters")
    if len(handed.author) > 200 or any(ord(sign) < 0x20 for sign in handed.author):
        raise RefusedError("--author", "…", "write a name in at most 200 characters")
    if len(handed.text) > _LONGEST:
        raise RefusedError("--text", "…", f"write at most {_LONGEST} characters")


def _read(path: Path, limit: int) -> MediaBytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise RefusedError("PATH", path.name, "name one plain file")
        with path.open("rb") as source:
            copy = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller, who closes it
            hasher, size = hashlib.sha256(), 0
            while size <= limit and (chunk := source.read(1 << 20)):
                size += len(chunk)
                hasher.update(chunk)
                copy.write(chunk)
    except OSError:
        raise RefusedError("PATH", path.name, "name one plain file that can be read") from None
    if not 0 < size <= limit:
        copy.close()
        raise RefusedError("PATH", f"{size} bytes", f"bring a file of 1 to {limit} bytes")
    copy.seek(0)
    media_type = mimetypes.guess_type(path.name)[0] or ""
    return MediaBytes(file=cast("BinaryIO", copy), digest=hasher.hexdigest(), size=size, media_type=media_type)


def _store(ground: Ground, handed: Handed, found: MediaBytes, key: bytes, tally: Tally) -> ItemId | None:
    account = handed.account
    platform = "bevara" if handed.kind == "snapshot" else account.platform
    when = handed.when.isoformat() if handed.when else ""
    native = HAND + digest([found.digest, when, handed.where])[:40]
    hashed = native_hash(key, account.authority, platform, native)
    with ground.state.hold_lease(f"account:{account.name}") as lease:
        with ground.state.reading() as books:
            before = books.natives.find([hashed])
        if hashed in before:
            tally.matched = 1
            tally.find("I142", account.name, severity="info")
            return before[hashed]
        chance = ground.chance.fork(f"{lease.name}#{lease.fence}")
        now = ground.clock.now()
        item = new_item_id(month_of_day(local_day(handed.when or now)), chance.bytes(RANDOM_BYTES))
        batch = chance.bytes(10).hex()
        row = _row(handed, found, item, native, platform, _above(ground, handed), batch, now)
        addition = Addition(
            batch=batch,
            tables={(account.authority, month_of(item)): to_table([row])},
            natives=[(hashed, item)],
            media={found.digest: found},
            references=[(item, found.digest)],
            act="import.batch",
            subject=account.name,
            evidence={"items_new": 1, "versions": 1},
        )
        receipt = Receipt(
            act="import.by_hand",
            at=now,
            actor=handed.person,
            subjects=(item,),
            evidence={"account": account.name, "kind": handed.kind, "batch": batch},
        )

        def also(books: Books) -> None:
            books.ledger.append(receipt)

        append(ground.state, ground.store, lease, addition, chance=chance, at=now, also=also)
    tally.new = tally.media = 1
    return item


def _above(ground: Ground, handed: Handed) -> Row | None:
    if handed.about is None:
        return None
    rows = rows_of_item(ground.state, ground.store, handed.about)
    mine = [row for row in rows if row.authority == handed.account.authority]
    if not mine:
        raise RefusedError("--about", handed.about, "name an item that is in the archive; see 'bevara search'")
    return mine[-1]


def _row(
    handed: Handed,
    found: MediaBytes,
    item: ItemId,
    native: str,
    platform: str,
    above: Row | None,
    batch: str,
    now: datetime,
) -> Row:
    own = handed.kind in _OURS or (handed.kind != "comment" and not handed.author)
    text, where, author = visible(handed.text), visible(handed.where), visible(handed.author)
    payload = {
        "author": author,
        "by": handed.person,
        "file": visible(handed.path.name),
        "kind": handed.kind,
        "text": text,
        "when": handed.when.isoformat() if handed.when else None,
        "where": where,
    }
    medium = MediaRef(
        role=_role(found.media_type),
        origin=visible(HAND + handed.path.name),
        media_type=found.media_type,
        digest=found.digest,
        size=found.size,
    )
    return Row(
        row="version",
        item=item,
        authority=handed.account.authority,
        platform=platform,
        account=handed.account.name,
        kind=handed.kind,
        own=own,
        native=native,
        author=author or (handed.account.handle if own else None),
        author_native=None,
        parent=above.item if above is not None else None,
        thread=above.thread if above is not None else item,
        parent_native=None,
        thread_native=None,
        published=handed.when,
        clock="stated" if handed.when else "none",
        stated=handed.when,
        platform_time=None,
        edited=None,
        observed=now,
        version=1,
        state="seen",
        complete=None,
        evidence=BY_HAND,
        text=text,
        language="",
        links=(where,) if where else (),
        visibility="",
        media=(medium,),
        counts=(),
        identity=digest({**payload, "digest": found.digest}),
        payload=canonical(payload),
        batch=batch,
    )


def _role(media_type: str) -> MediaRole:
    roles: dict[str, MediaRole] = {"image": "picture", "video": "video", "audio": "audio"}
    return roles.get(media_type.partition("/")[0], "document")
