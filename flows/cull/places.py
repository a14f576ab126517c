"""Look, after a destruction, whether anything is left: in every place under every key, and in every live row."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import read_file
from schemas.ground import Ground
from schemas.ids import Month
from schemas.neighbours import MissingError, Store
from schemas.protocol import PlaceSeen
from schemas.refusal import GuardError, UnreachableError

_MEDIA = "media/"
_THREADS = 8
_WORTH_THREADS = 24
"""From so many keys on they are asked for side by side; a request to a bucket is mostly waiting."""
_LOOKS, _PAUSE = 4, 0.5
"""How often, and at how many seconds' distance, writers are waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What every place showed; ``left``: keys not seen to be absent, by place; ``rows``: what ``scan`` found."""

    places: tuple[PlaceSeen, ...]
    left: Mapping[str, int]
    rows: int = 0


def look(ground: Ground, order: str) -> Looked:
    """Ask every place for every object that goes with the order. What cannot be asked counts as left."""
    with ground.state.reading() as books:
        keys = books.orders.keys(order)
        media = {key.rpartition("/")[2]: key for key in keys if key.startswith(_MEDIA)}
        # The same picture may have come in again since, with an item that is kept.
        back = {media[digest] for digest in books.media.referred(sorted(media))}
    wanted = [key for key in keys if key not in back]
    places: list[PlaceSeen] = []
    left: dict[str, int] = {}
    for store in (ground.store, *ground.mirrors):
        absent = _absent(store, wanted)
        places.append(PlaceSeen(place=store.place, removed=len(wanted), verified_absent=absent))
        if absent != len(wanted):
            left[store.place] = len(wanted) - absent
    return Looked(places=tuple(places), left=left)


def _absent(store: Store, keys: list[str]) -> int:
    """How many keys a place shows nothing under; it is asked for no more once it does not answer."""
    down = threading.Event()

    def absent(key: str) -> bool:
        if down.is_set():
            return False
        try:
            return store.remains(key).absent
        except (UnreachableError, GuardError, OSError):
            down.set()
            return False

    if len(keys) < _WORTH_THREADS:
        return sum(absent(key) for key in keys)
    with ThreadPoolExecutor(_THREADS) as pool:
        return sum(pool.map(absent, keys))


def strange(ground: Ground, touched: Sequence[tuple[str, Month, tuple[str, ...]]]) -> dict[str, int]:
    """Objects beside the live ones where culled items lay, by place: what nobody knows may hold anything.

    An unregistered copy, a file whose removal failed, what a writer put there and has not registered yet: with any of
    them left, nobody can say that the items are gone. Writers are given some seconds.
    """
    for left in reversed(range(_LOOKS)):
        found = _strange(ground, touched)
        if not found or not left:
            return found
        time.sleep(_PAUSE)
    return {}


def _strange(ground: Ground, touched: Sequence[tuple[str, Month, tuple[str, ...]]]) -> dict[str, int]:
    found: dict[str, int] = {}
    prefixes = [
        prefix
        for authority, month, accounts in touched
        for prefix in (
            f"holdings/{authority}/{month}/",
            *(f"archive/{authority}/records/{account}/{month}/" for account in accounts),
        )
    ]
    for store in (ground.store, *ground.mirrors):
        try:
            keys = [info.key for prefix in prefixes for info in store.list(prefix)]
            keys += [key for prefix in prefixes for key in store.unfinished(prefix)] if store is ground.store else []
        except (UnreachableError, OSError):
            found[store.place] = 1
            continue
        with ground.state.reading() as books:
            live = {file.key for file in books.manifest.live()}
            others = [key for key in keys if key not in live]
            retired = {*books.copies.retired()}
            known = books.copies.known(others) - retired
        unknown = [key for key in others if key not in known]
        if unknown:
            found[store.place] = len(unknown)
    return found


def scan(ground: Ground, order: str) -> int:
    """Rows of culled items in any live file: ids alone, read anew from the store. 0 = none.

    A file that cannot be read counts as one: nobody can say that nothing is in it.
    """
    with ground.state.reading() as books:
        culled = pa.array(books.tombstones.items(order), pa.string())
        live = books.manifest.live()
    found = 0
    for file in live if len(culled) else ():
        try:
            rows = read_file(ground.store, file.key, ["item"])
        except MissingError:
            with ground.state.reading() as books:
                if not any(one.key == file.key for one in books.manifest.live(file.authority, file.month)):
                    continue  # replaced since it was listed: compacted, or appended to and compacted
            found += 1
            continue
        except (OSError, UnreachableError, pa.ArrowException):
            found += 1
            continue
        found += pc.sum(pc.is_in(rows["item"], value_set=culled)).as_py() or 0
    return int(found)
