"""Look, after a destruction, whether anything is left: in every place under every key, and in every live row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import read_file
from schemas.ground import Ground
from schemas.neighbours import MissingError, Store
from schemas.protocol import PlaceSeen
from schemas.refusal import GuardError, UnreachableError

_MEDIA = "media/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What every place showed; ``left``: keys not seen to be absent, by place."""

    places: tuple[PlaceSeen, ...]
    left: Mapping[str, int]


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
    absent = 0
    for key in keys:
        try:
            absent += store.remains(key).absent
        except (UnreachableError, GuardError, OSError):
            return absent
    return absent


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
