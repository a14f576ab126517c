"""What a package is to hold before anything of it is written: the chosen items in order, and what was culled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from flows.archive.pack.choose import Selection, choose, culled
from flows.archive.pack.renditions import Thread, threads_of
from flows.archive.pack.rows import Holdings, Place
from schemas.delivery import Intent
from schemas.ground import Ground
from schemas.ids import ItemId, Month, month_of
from schemas.order import Tombstone


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What was chosen.

    Attributes:
        selection: the items with their rows of the plan. places: where each stands, in the package's order.
        culled: culled items that appear in the package, by id. holdings: gives the items' rows.
    """

    selection: Selection
    places: Mapping[ItemId, Place]
    culled: tuple[Tombstone, ...]
    holdings: Holdings

    @cached_property
    def by_month(self) -> dict[Month, list[ItemId]]:
        """Items by month, in the package's order."""
        found: dict[Month, list[ItemId]] = {}
        for item in self.places:
            found.setdefault(month_of(item), []).append(item)
        return dict(sorted(found.items()))

    @cached_property
    def culled_by_month(self) -> dict[Month, list[Tombstone]]:
        """Culled items by month, by id."""
        found: dict[Month, list[Tombstone]] = {}
        for stone in self.culled:
            found.setdefault(month_of(stone.item), []).append(stone)
        return found

    @property
    def months(self) -> list[Month]:
        """Months with an item or a culled one, in order."""
        return sorted({*self.by_month, *self.culled_by_month})

    @cached_property
    def threads(self) -> list[Thread]:
        """The package's threads in the order of their first items."""
        return threads_of({item: place.thread for item, place in self.places.items()})


def planned(ground: Ground, intent: Intent) -> Planned:
    """Choose a package's items. Raises RefusedError: the intent's plan or rows are not known here."""
    selection = choose(ground, intent)
    holdings = Holdings(ground, intent)
    # What was culled since it was judged has no rows any longer, and so no place.
    places = holdings.places(selection.items.keys())
    selection = replace(selection, items={item: selection.items[item] for item in places})
    names = {*places, *(one.thread for one in places.values())}
    names |= {one.parent for one in places.values() if one.parent is not None}
    stones = culled(ground, intent, selection, frozenset(names))
    return Planned(
        selection=selection,
        places=places,
        culled=tuple(one for one in stones if one.item not in places),
        holdings=holdings,
    )
