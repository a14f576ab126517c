"""Record documents without culled items: replacements that are written and proven before anything is destroyed.

Nothing is registered here: the swap transaction registers the replacements, closes their intents and retires the old
documents together with the rows. Stopped before it, the replacements lie under intents that recovery clears away.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, cast

from schemas.books import Copy, Lease
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.neighbours import AlreadyThereError, Chance, MissingError, Reading
from schemas.record import Row
from schemas.refusal import RefusedError
from schemas.shelf import record_document
from schemas.xml.record import KIND, Count, Examined, examine, read_document, write_records

__all__ = ["KIND", "DamagedError", "Replaced", "compare", "without"]

_CHUNK = 1 << 20
_ITEM = re.compile(rb'<item id="([0-9]{6}-[a-z2-7]{16})"')
_END = re.compile(rb'<end items="([0-9]+)"')
_LONGEST = 64
"""Bytes that are looked at again with the next chunk; longer than what either pattern finds."""


class DamagedError(RefusedError):
    """The document in the store is not what was to be written. ``code`` says in what respect."""

    def __init__(self, code: str) -> None:
        """Carry the code alone."""
        self.code = code
        super().__init__("record document", code, "look at the store: it does not give back what was written")


def compare(found: Examined, count: Count, digest: str) -> None:
    """Raise DamagedError unless the stored document is valid and has this count and digest (hexadecimal)."""
    if found.problems:
        raise DamagedError(found.problems[0].code)
    if found.sha256 != digest:
        raise DamagedError("DIGEST")
    if found.count != count:
        raise DamagedError("COUNT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What was written in the place of documents that held the items.

    Attributes:
        copies: old key → the replacement, not registered yet, or None when nothing is left of the document. Documents
            that held none of the items are not named.
        dropped: what was left out: items (once for each document), versions, sightings, observations.
    """

    copies: Mapping[str, Copy | None]
    dropped: Count

    @property
    def new(self) -> tuple[Copy, ...]:
        """The replacements: to be registered, and their intents (under the same keys) closed."""
        return tuple(copy for copy in self.copies.values() if copy is not None)

    @property
    def old(self) -> tuple[str, ...]:
        """Keys to be retired."""
        return tuple(self.copies)


def without(
    ground: Ground,
    lease: Lease,
    copies: Sequence[Copy],
    items: frozenset[ItemId],
    *,
    at: datetime,
    chance: Chance,
) -> Replaced:
    """Write, for each record document that holds rows of any of the items, one that holds only the others.

    Every document is read whole and its digest compared with its name; a replacement has the same header with a new
    salt and time, and is validated, counted and digested again as it lies in the store.

    Args:
        lease: the partition's lease; the intents are opened under it.
        copies: registered record documents of one partition.
        items: opaque ids. at: when the replacements are made. chance: for their salts.

    Raises:
        RefusedError: a document is missing, damaged or cannot be read, or a replacement is not what was written; the
            items must be kept. Codes and keys alone, never content.
    """
    made: dict[str, Copy | None] = {}
    dropped = Count()
    for copy in copies:
        if items and _holds(ground.store, copy, items):
            new, left_out = _replacement(ground, lease, copy, items, at, chance)
            if left_out.rows:
                made[copy.key] = new
                dropped = _plus(dropped, left_out)
    return Replaced(copies=made, dropped=dropped)


def _holds(store: Reading, copy: Copy, items: frozenset[ItemId]) -> bool:
    """Whether the document may hold rows of one of the items, without parsing it.

    What has the digest of its name is exactly what ``write_records`` wrote, so that its items can be told by their
    bytes; a document whose items are not as many as its end says is parsed all the same.
    """
    wanted = {item.encode() for item in items}
    hasher = hashlib.sha256()
    count, stated, found, rest = 0, -1, False, b""
    try:
        with store.open(copy.key) as source:
            while data := source.read(_CHUNK):
                hasher.update(data)
                window = rest + data
                end = 0
                for match in _ITEM.finditer(window):
                    count += 1
                    found = found or match[1] in wanted
                    end = match.end()
                for match in _END.finditer(window):
                    stated = int(match[1])
                rest = window[max(end, len(window) - _LONGEST) :]
    except MissingError:
        raise RefusedError(copy.key, "MISSING", "run verify; a registered document is not in the store") from None
    if copy.key.rpartition("/")[2] != f"{hasher.hexdigest()}.xml":
        raise RefusedError(copy.key, "DIGEST", "run verify; the document is not what its name says")
    return found or count != stated


def _replacement(
    ground: Ground, lease: Lease, copy: Copy, items: frozenset[ItemId], at: datetime, chance: Chance
) -> tuple[Copy | None, Count]:
    with tempfile.TemporaryFile() as buffer, ground.store.open(copy.key) as source:
        file = cast("BinaryIO", buffer)
        old, rows = read_document(source)
        if (old.authority, old.account, old.month, old.part) != (copy.authority, copy.account, copy.month, copy.part):
            raise RefusedError(copy.key, "HEADER", "run verify; the document is registered for another partition")
        header = replace(old, made=at, salt=chance.bytes(32).hex())
        sieve = _Sieve(rows, items)
        count = write_records(file, header, sieve)
        if not count.rows or not sieve.dropped.rows:
            return None, sieve.dropped
        buffer.seek(0)
        digest = hashlib.file_digest(buffer, "sha256").hexdigest()
        copy = Copy(
            key=record_document(header.authority, header.account, header.month, digest),
            kind=KIND,
            authority=header.authority,
            month=header.month,
            account=header.account,
            part=header.part,
            through=sieve.through,
            made=at,
        )
        file.seek(0)
        _store(ground, lease, copy, file, count, digest)
        return copy, sieve.dropped


def _store(ground: Ground, lease: Lease, copy: Copy, file: BinaryIO, count: Count, digest: str) -> None:
    with ground.state.writing() as books:
        books.intents.open(copy.key, lease, copy.made)
    try:
        ground.store.put_new(copy.key, file)
    except AlreadyThereError:
        pass  # the name is the digest of salted bytes
    with ground.store.open(copy.key) as stored:
        compare(examine(stored), count, digest)


class _Sieve:
    """Rows of other items, one after the other; what was held back is counted.

    Attributes:
        dropped: rows and items held back so far. through: latest instant at which a row let through was observed.
    """

    def __init__(self, rows: Iterator[Row], items: frozenset[ItemId]) -> None:
        self.through: datetime | None = None
        self._rows = rows
        self._items = items
        self._counts = {"version": 0, "sighting": 0, "observation": 0}
        self._seen: set[ItemId] = set()

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            if row.item in self._items:
                self._counts[row.row] += 1
                self._seen.add(row.item)
                continue
            if self.through is None or row.observed > self.through:
                self.through = row.observed
            yield row

    @property
    def dropped(self) -> Count:
        counts = self._counts
        return Count(
            items=len(self._seen),
            versions=counts["version"],
            sightings=counts["sighting"],
            observations=counts["observation"],
        )


def _plus(one: Count, other: Count) -> Count:
    return Count(
        items=one.items + other.items,
        versions=one.versions + other.versions,
        sightings=one.sightings + other.sightings,
        observations=one.observations + other.observations,
    )
