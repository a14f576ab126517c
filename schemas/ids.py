"""Names of things: opaque item ids, months, and the keyed hash that stands for a native id.

An item id is ``YYYYMM-`` and 16 characters of base 32 (80 random bits), for example
``202411-k3j5h2ga4l6mnqrs``. It says in which month's partition the item lies and nothing else about it, so it
may stand in the ledger, in logs and in tombstones after the item is gone (OSL 4:1; design, "Ids").
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NewType

from schemas.refusal import RefusedError

ItemId = NewType("ItemId", str)
"""Opaque name of an item: ``YYYYMM-`` and 16 characters a-z2-7."""

Month = NewType("Month", str)
"""A calendar month in local time, ``YYYY-MM``. A partition is an authority and a month."""

RANDOM_BYTES = 10
"""Bytes of randomness in an item id (80 bits: 5 million items collide with probability 1e-11)."""

_ITEM_ID = re.compile(r"[0-9]{4}(0[1-9]|1[0-2])-[a-z2-7]{16}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def new_item_id(month: Month, random: bytes) -> ItemId:
    """Make an item id from its partition's month and ten random bytes."""
    return ItemId(month[:4] + month[5:] + "-" + base64.b32encode(random).decode("ascii").lower())


def item_id(text: str, field: str = "item") -> ItemId:
    """Read an item id that a person or a file gave."""
    if not _ITEM_ID.fullmatch(text):
        raise RefusedError(field, text, "write an item id such as 202411-k3j5h2ga4l6mnqrs")
    return ItemId(text)


def month_of(item: ItemId) -> Month:
    """The month of the partition where the item's rows lie."""
    return Month(item[:4] + "-" + item[4:6])


def month(text: str, field: str = "month") -> Month:
    """Read a month that a person or a file gave."""
    if not _MONTH.fullmatch(text):
        raise RefusedError(field, text, "write a month as YYYY-MM")
    return Month(text)


def month_of_day(day: date) -> Month:
    """The month a civil day lies in."""
    return Month(f"{day.year:04d}-{day.month:02d}")


def slug(text: str, field: str) -> str:
    """A name that is safe in a path, an object key and a Prefect parameter: a-z, 0-9, hyphen; 1 to 63 characters."""
    if not _SLUG.fullmatch(text):
        raise RefusedError(
            field, text, "use 1 to 63 of a-z, 0-9 and hyphen, beginning and ending with a letter or digit"
        )
    return text


def native_hash(key: bytes, authority: str, platform: str, native: str) -> bytes:
    """Keyed hash (HMAC-SHA-256) that stands for a platform's id in the state database.

    The key lies outside the state database, so that the table of hashes alone names nobody.
    """
    inner, outer = _keyed(key)
    first, second = inner.copy(), outer.copy()
    first.update(f"{authority}\x1f{platform}\x1f{native}".encode("utf-8", "surrogatepass"))
    second.update(first.digest())
    digest: bytes = second.digest()
    return digest


@lru_cache(maxsize=4)
def _keyed(key: bytes) -> tuple[Any, Any]:
    """The two hashes of HMAC (RFC 2104) with the key already in them: many times as fast as to begin anew."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    return hashlib.sha256(bytes(one ^ 0x36 for one in block)), hashlib.sha256(bytes(one ^ 0x5C for one in block))


def key_check(key: bytes) -> str:
    """Check value of the native-id key: shows that a home is opened with the key it was made with."""
    return hmac.new(key, b"bevara native-id key", hashlib.sha256).hexdigest()[:32]


def utc(moment: datetime, field: str) -> datetime:
    """Refuse a time without zone; turn any other into UTC."""
    if moment.tzinfo is None:
        raise RefusedError(field, moment.isoformat(), "give the time with its zone, for example 2026-01-31T12:00:00Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise RefusedError(field, moment.isoformat(), "give a time that is in the calendar in UTC, too") from None


def rfc3339(moment: datetime) -> str:
    """A UTC moment as it stands in JSON, XML and receipts: ``2026-01-31T12:00:00Z``."""
    return moment.isoformat().replace("+00:00", "Z")
