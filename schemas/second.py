"""The second place: what lies there, how it is written, and how it is compared with an archive. Pure.

A restored backup may hold what was culled after it was made. The second place knows what was: the ledger's links,
and for every order its tombstones and its suppression. It holds no content, no names and no native ids.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from schemas.books import Suppressed
from schemas.ids import item_id
from schemas.merkle import SALT_BYTES
from schemas.order import Tombstone
from schemas.receipt import Link
from schemas.refusal import RefusedError

RESTORING = "restoring"
"""Setting of the state database: a restore has begun and is not finished; nothing else may be done."""

LISTED_ACT = "second.listed"
"""Act of the receipt of a list that is about to be written: its order, how many entries of each sort, its SHA-256.

It stands in the ledger before the links that tell of the culling are copied, so that no list is trusted by itself."""

CERTIFIED_ACT = "cull.certified"
"""Act of the receipt that an order is done: nothing more will be culled under it."""

SWAPPED_ACT = "cull.swapped"
"""Act of the receipt that a partition lost items of an order: how many, and the root over their leaves."""

_HASH_BYTES = 32
_CULLED_KEY = re.compile(r"culled/([A-Za-z0-9][A-Za-z0-9._=-]*)-(\d{12})-(\d{12})\.jsonl")

Relation = Literal["level", "older", "apart"]
"""``level``: the archive knows all that the second place knows. ``older``: the second place knows more, so the archive
was restored from a backup. ``apart``: both have links under one number that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose second place it is.

    Attributes:
        check: check value of the home's key (``schemas.ids.key_check``).
        first: hash of the ledger's first link, hexadecimal.
    """

    check: str
    first: str

    def text(self) -> bytes:
        """As it is written."""
        return json.dumps({"check": self.check, "first": self.first}, sort_keys=True).encode("utf-8") + b"\n"

    def is_of(self, check: str | None, first: bytes | None) -> bool:
        """Whether it is of the home with that check value and first link; an empty ledger has no first link yet."""
        return self.check == check and (first is None or self.first == first.hex())


def read_identity(data: bytes) -> Identity:
    """Read an identity. Raises ValueError when it is none."""
    value = json.loads(data)
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in ("check", "first")):
        raise ValueError("no identity")
    return Identity(check=value["check"], first=value["first"])


def synced_setting(place: str) -> str:
    """Name of the setting that holds the number of the last link known to lie in that place."""
    return f"second/{place}"


def relation(local: int, known: Link | None, same: bytes | None) -> Relation:
    """How an archive stands to what its second place knows.

    Args:
        local: number of the archive's last link. known: the second place's last link, or None when it has none.
        same: hash of the archive's link with that number, or None when it has none.
    """
    if known is None:
        return "level"
    if known.seq > local:
        return "older"
    return "level" if same == known.hash else "apart"


def read_link(line: bytes | str) -> Link:
    """A link from a line of a segment. Raises ValueError when it is none."""
    value = json.loads(line)
    try:
        return Link(
            seq=int(value["seq"]),
            body=str(value["body"]),
            previous=bytes.fromhex(value["prev"]),
            hash=bytes.fromhex(value["hash"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("no link") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list of the second place: its order, and how many tombstones and suppressed entries it holds."""

    order: str
    tombstones: int
    suppressed: int


def culled_key(key: str) -> Listed | None:
    """The list that a key of the second place names; None when it is no such key."""
    match = _CULLED_KEY.fullmatch(key)
    if match is None:
        return None
    return Listed(order=match[1], tombstones=int(match[2]), suppressed=int(match[3]))


def lists(keys: Iterable[str]) -> dict[str, list[Listed]]:
    """Order → all its lists, from the keys of the second place, the newest first.

    The newer one of two has more tombstones, or as many and fewer suppressed entries.
    """
    found: dict[str, list[Listed]] = {}
    for key in keys:
        named = culled_key(key)
        if named is not None:
            found.setdefault(named.order, []).append(named)
    return {
        order: sorted(some, key=lambda one: (one.tombstones, -one.suppressed), reverse=True)
        for order, some in found.items()
    }


def list_subject(order: str) -> str:
    """Subject of the receipts about an order's lists."""
    return f"list/{order}"


def newest(keys: Iterable[str]) -> dict[str, Listed]:
    """Order → its newest list, from the keys of the second place."""
    return {order: some[0] for order, some in lists(keys).items()}


def written(entry: Tombstone | Suppressed) -> str:
    """One line of an order's list: canonical JSON, ended by a line feed."""
    value: dict[str, Any] = {"culled": entry.culled.isoformat(), "order": entry.order}
    if isinstance(entry, Suppressed):
        value.update(entry="suppressed", hash=entry.hash.hex())
    else:
        value.update(
            entry="tombstone",
            item=entry.item,
            parent=entry.parent,
            thread=entry.thread,
            kind=entry.kind,
            rule=entry.rule,
            edition=entry.edition,
            salt=entry.salt.hex(),
        )
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def read_entry(line: bytes | str) -> Tombstone | Suppressed:
    """What a line of an order's list says. Raises ValueError when it is none, or not written as ``written`` does."""
    value = json.loads(line)
    try:
        culled = datetime.fromisoformat(value["culled"])
        order = str(value["order"])
        found: Tombstone | Suppressed
        if value["entry"] == "suppressed":
            found = Suppressed(hash=bytes.fromhex(value["hash"]), order=order, culled=culled)
            sound = len(found.hash) == _HASH_BYTES
        else:
            found = Tombstone(
                item=item_id(value["item"]),
                parent=None if value["parent"] is None else item_id(value["parent"]),
                thread=item_id(value["thread"]),
                kind=str(value["kind"]),
                rule=str(value["rule"]),
                edition=str(value["edition"]),
                order=order,
                culled=culled,
                salt=bytes.fromhex(value["salt"]),
            )
            sound = len(found.salt) == SALT_BYTES
    except (KeyError, TypeError, RefusedError) as error:
        raise ValueError("no entry") from error
    text = line if isinstance(line, str) else line.decode("utf-8")
    if not sound or culled.tzinfo is None or written(found).rstrip("\n") != text.rstrip("\n"):
        raise ValueError("no entry")
    return found
