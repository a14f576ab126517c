"""The attachments of one version, in the order that masks count them by (``media:<n>``, ``alt:<n>``)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from schemas.record import MediaRef, Row


def attachments(rows: Sequence[Row], version: int, *, at: datetime | None = None) -> tuple[MediaRef, ...]:
    """Attachments of one version of an item: its own in order, then those that only observations name, oldest first.

    An attachment that was fetched after the version was seen has the digest of the observation with the same role and
    origin. What a later version alone names is none of this one's; what was found later for it stands last, so that
    the numbers of the others stay as they are.

    Args:
        rows: all rows of one item, in any order. version: number of the version.
        at: rows observed later count as not there (when an officer looked at it); None = all.
    """
    known = sorted(
        (row for row in rows if at is None or row.observed <= at),
        key=lambda row: (row.observed, row.version, row.row != "version"),
    )
    own = [one for row in known if row.row == "version" and row.version == version for one in row.media]
    named = {(one.role, one.origin) for one in own}
    elsewhere = {
        (one.role, one.origin) for row in known if row.row == "version" and row.version != version for one in row.media
    }
    later: dict[tuple[str, str], MediaRef] = {}
    for row in known:
        if row.row != "observation" or row.version > version:
            continue
        for one in row.media:
            place = (one.role, one.origin)
            # What a version names is that version's; an observation of another only says that it was fetched.
            if place not in named and (place not in elsewhere or row.version == version):
                later.setdefault(place, one)
    return tuple(_settled(one, known, version) for one in [*own, *later.values()])


def found_since(rows: Sequence[Row], version: int, at: datetime) -> bool:
    """Whether an attachment of the version came, or got its bytes, after that instant: nobody has looked at it then."""
    return attachments(rows, version) != attachments(rows, version, at=at)


def seen_as(rows: Sequence[Row], version: int, at: datetime) -> str:
    """What tells the attachments of a version, as they were at that instant, from others: by number, origin and bytes.

    A row may come in later than it was observed. Then what an officer saw is told by this, and not by the instant.
    Of alt texts only the length counts: the state database holds nothing that could be guessed from. Empty for none.
    """
    media = attachments(rows, version, at=at)
    if not media:
        return ""
    told = [
        (one.role, one.origin, one.media_type, one.digest, None if one.alt is None else len(one.alt)) for one in media
    ]
    return hashlib.sha256(json.dumps(told).encode("ascii")).hexdigest()[:32]


def caption_text(data: bytes) -> str:
    """A caption file's text: the characters that spans of a mask on it count. Never raises."""
    for start, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(start):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _settled(one: MediaRef, rows: Sequence[Row], version: int) -> MediaRef:
    """With what it got later: said of this version first, then of another with the same role and origin.

    Bytes come from any row; an alt text only from an observation of this very version.
    """
    others = [
        (row.row != "observation", row.version != version, other)
        for row in rows
        for other in row.media
        if (other.role, other.origin) == (one.role, one.origin)
    ]
    others.sort(key=lambda each: each[:2])
    if one.alt is None:
        said = (other.alt for elsewhere, of_another, other in others if not (elsewhere or of_another))
        one = replace(one, alt=next((alt for alt in said if alt is not None), None))
    found = next((other for *_, other in others if other.digest is not None), None)
    if one.digest is not None or found is None:
        return one
    return replace(
        one,
        digest=found.digest,
        size=found.size,
        media_type=one.media_type or found.media_type,
        language=one.language or found.language,
    )
