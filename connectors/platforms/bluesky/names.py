"""Names of the AT Protocol: record addresses (AT URI), record keys that are times (TID), and blob ids (CID)."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DID = r"did:[a-z]+:[A-Za-z0-9._:%-]{1,2000}"
_AT_URI = re.compile(rf"at://({_DID})/([A-Za-z0-9.-]{{1,317}})/([A-Za-z0-9._~:-]{{1,512}})")
_IS_DID = re.compile(_DID)
_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_TID_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHA256_RAW = bytes((0x01, 0x55, 0x12, 0x20))
"""Beginning of a binary CID: version 1, raw bytes, SHA-256, 32 bytes (specification "Data Model", blobs)."""


@dataclass(frozen=True, slots=True)
class Address:
    """An AT URI in its three parts."""

    did: str
    collection: str
    rkey: str

    def __str__(self) -> str:
        """The AT URI."""
        return f"at://{self.did}/{self.collection}/{self.rkey}"


def address(uri: object) -> Address | None:
    """The parts of an AT URI that names a record of a repository, or None for anything else."""
    match = _AT_URI.fullmatch(uri) if isinstance(uri, str) else None
    return Address(match[1], match[2], match[3]) if match else None


def is_did(text: object) -> bool:
    """Whether this is a decentralised identifier."""
    return isinstance(text, str) and _IS_DID.fullmatch(text) is not None


def tid_time(rkey: str) -> datetime | None:
    """When a record key of the form TID was made (UTC), or None when the key is no TID.

    A TID is 13 digits of base 32: microseconds since 1970 and ten bits of the clock's number.
    """
    if not _TID.fullmatch(rkey):
        return None
    number = 0
    for digit in rkey:
        number = number * 32 + _TID_DIGITS.index(digit)
    try:
        return _EPOCH + timedelta(microseconds=number >> 10)
    except OverflowError:
        return None


def blob_cid(sha256: str) -> str:
    """The CID of a blob whose bytes have this SHA-256 (hexadecimal)."""
    binary = _SHA256_RAW + bytes.fromhex(sha256)
    return "b" + base64.b32encode(binary).decode("ascii").lower().rstrip("=")
