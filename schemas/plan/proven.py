"""Items for which a condition is proven: a sorted column, asked in slices, so that many cost little."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


class Proven:
    """A set of opaque ids.

    An id begins with its month, so what a partition's items can have in common with the set lies in one slice of the
    sorted column; only that is looked through.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[str] | Any = ()) -> None:
        """Take ids in any order: an iterable of strings, or an Arrow array of strings."""
        column = items if isinstance(items, pa.Array) else pa.array(list(items), pa.string())
        self._items: Any = pc.unique(column)
        self._items = self._items.take(pc.sort_indices(self._items))

    def __len__(self) -> int:
        """How many."""
        return len(self._items)

    def __contains__(self, item: str) -> bool:
        """Whether one id is in it."""
        at = self._first(item)
        return at < len(self._items) and self._items[at].as_py() == item

    def among(self, items: Any) -> Any:
        """Which of the ids (an Arrow array of strings without nulls) are in it, as an Arrow array of booleans."""
        if not len(items) or not len(self._items):
            return pa.repeat(pa.scalar(False), len(items))
        ends = pc.min_max(items).as_py()
        first = self._first(ends["min"])
        last = self._first(ends["max"] + "\x00")
        return pc.is_in(items, value_set=self._items.slice(first, last - first))

    def _first(self, item: str) -> int:
        """Where the first id that is not smaller stands."""
        low, high = 0, len(self._items)
        while low < high:
            middle = (low + high) // 2
            if self._items[middle].as_py() < item:
                low = middle + 1
            else:
                high = middle
        return low
