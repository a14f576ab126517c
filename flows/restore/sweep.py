"""What an older store brought back: objects that the ledger says were removed, and ones that no register knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import read_file
from flows.keep.removal import Everywhere, Removed
from schemas.books import Books
from schemas.ground import Ground
from schemas.ids import ItemId
from schemas.neighbours import MissingError, Reading
from schemas.refusal import GuardError, RefusedError, UnreachableError

_AREAS = ("holdings/", "archive/")
_REMOVED = '"keep.removed"'
_BATCH = 500
_CHUNK = 1 << 20
_THREADS = 8
_ID = re.compile(rb"[0-9]{6}-[a-z2-7]{16}")
_LONGEST = 23
"""Bytes of an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """Objects that no register knows and that hold culled items, or that cannot be read.

    Attributes:
        found: place → how many. away: places that could not be looked through.
        first: the key of the first one in the store, or empty. Keys are opaque.
    """

    found: dict[str, int] = field(default_factory=dict)
    away: tuple[str, ...] = ()
    first: str = ""


def remove_again(ground: Ground) -> Removed:
    """Destroy, in every place, what ``keep.removed`` links name and what is there all the same and not live.

    Names under ``holdings`` and ``archive`` are digests of salted bytes, or numbers: one that was removed never comes
    back by itself.
    """
    places = (ground.store, *ground.mirrors)
    everywhere = Everywhere(places)
    for keys in _batches(_removed(ground)):
        with ground.state.reading() as books:
            known = _known(books, keys)
        everywhere.destroy(_present(places, [key for key in keys if key not in known]))
    return everywhere.result()


def _removed(ground: Ground) -> Iterator[str]:
    seq = 0
    while True:
        with ground.state.reading() as books:
            links = books.ledger.after(seq)
        if not links:
            return
        for link in links:
            if _REMOVED in link.body and (value := json.loads(link.body))["act"] == "keep.removed":
                yield from (key for key in value["subjects"] if key.startswith(_AREAS))
        seq = links[-1].seq


def _known(books: Books, keys: Sequence[str]) -> frozenset[str]:
    return books.manifest.known(keys) | books.copies.known(keys) | books.intents.known(keys)


def _present(places: Sequence[Reading], keys: Sequence[str]) -> list[str]:
    """Keys of which any place that answers has something left."""
    unique = list(dict.fromkeys(keys))

    def there(key: str) -> bool:
        return any(_remains(place, key) for place in places)

    with ThreadPoolExecutor(_THREADS) as pool:
        return [key for key, found in zip(unique, pool.map(there, unique), strict=True) if found]


def _remains(place: Reading, key: str) -> bool:
    try:
        return not place.remains(key).absent
    except RefusedError:
        return False  # no name that an object can have
    except (UnreachableError, OSError):
        return True  # asked again, told and counted when it is to be destroyed


def strangers(ground: Ground) -> Strangers:
    """Look in every place for objects under ``holdings`` and ``archive`` that no register knows and hold culled items.

    Raises UnreachableError when the store cannot be reached; a mirror that cannot is told as ``away``.
    """
    with ground.state.reading() as books:
        if not books.tombstones.orders():
            return Strangers()
    found: dict[str, int] = {}
    away: list[str] = []
    first = ""
    for place in (ground.store, *ground.mirrors):
        try:
            keys = list(_strange(ground, place))
        except (UnreachableError, OSError):
            if place is ground.store:
                raise
            away.append(place.place)
            continue
        if keys:
            found[place.place] = len(keys)
            first = first or (keys[0] if place is ground.store else "")
    return Strangers(found=found, away=tuple(away), first=first)


def _strange(ground: Ground, place: Reading) -> Iterator[str]:
    for area in _AREAS:
        for keys in _batches(info.key for info in place.list(area)):
            with ground.state.reading() as books:
                known = _known(books, keys)
            yield from (key for key in keys if key not in known and _holds_culled(ground, place, key))


def _holds_culled(ground: Ground, place: Reading, key: str) -> bool:
    """Whether an object names a culled item; what cannot be read may."""
    try:
        if key.startswith("holdings/"):
            items = set(pc.unique(read_file(place, key, ["item"])["item"]).to_pylist())
        else:
            items = _named(place, key)
    except MissingError:
        return False  # gone since it was listed
    except (RefusedError, pa.ArrowException):
        return True
    with ground.state.reading() as books:
        return any(books.tombstones.known(some) for some in _batches(ItemId(item) for item in sorted(items)))


def _named(place: Reading, key: str) -> set[str]:
    """Ids that stand anywhere in an object."""
    found: set[str] = set()
    with place.open(key) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            data = tail + chunk
            found.update(one.decode("ascii") for one in _ID.findall(data))
            tail = data[-_LONGEST:]
    return found


def refuse_strangers(ground: Ground, found: Strangers) -> None:
    """Refuse to finish while the store itself holds such objects (``G-RESTORE``): nobody knows whose they are."""
    number = found.found.get(ground.store.place, 0)
    if number:
        raise GuardError(
            "G-RESTORE",
            f"{number} objects in the store that no register knows hold culled items or cannot be read, "
            f"the first is {found.first}",
            "'bevara restore' destroys only what the ledger names; compare them with the backup, remove them from the "
            "store by hand and run it again",
        )


_T = TypeVar("_T")


def _batches(found: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(found)
    while some := list(islice(rest, _BATCH)):
        yield some
