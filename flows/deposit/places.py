"""Where a film was published, with what the archive has of each place: its members' slots, the earliest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.deposit.items import ORIGINAL, Slot, original_of, rows_of_items, slots_of
from schemas.deposit import Member
from schemas.ground import Home
from schemas.record import MediaRef, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One member with its slot and all rows of its item, oldest observation first."""

    member: Member
    slot: Slot
    rows: tuple[Row, ...]

    @property
    def originals(self) -> tuple[tuple[datetime, MediaRef], ...]:
        """The owner's stored files for it, captions among them, with when each came; the newest first."""
        found: dict[tuple[str, str | None], tuple[datetime, MediaRef]] = {}
        alone = self.slot.together == 1
        # Every row that brings one names those before it too: so rows of one instant have an order.
        for row in sorted(self.rows, key=lambda row: (row.observed, _brought(row))):
            for one in row.media:
                mine = original_of(one.origin) == self.member.id or (alone and one in self.slot.originals)
                if one.origin.startswith(ORIGINAL) and one.digest is not None and mine:
                    found.setdefault((one.origin, one.digest), (row.observed, one))
        return tuple(reversed(found.values()))


def _brought(row: Row) -> int:
    """How many of the owner's files a row names."""
    return sum(one.origin.startswith(ORIGINAL) for one in row.media)


def places_of(home: Home, members: Sequence[Member], through: datetime | None = None) -> list[Place]:
    """Places of these members that the archive has rows of, by availability and id.

    Args:
        through: as it was known then: members found later and rows observed later are left out. None = now.
    """
    known = [one for one in members if through is None or one.found <= through]
    found: list[Place] = []
    by_item = rows_of_items(home.ground, {one.item for one in known})
    slots: dict[str, tuple[Slot, tuple[Row, ...]]] = {}
    for rows in by_item.values():
        seen = tuple(row for row in rows if through is None or row.observed <= through)
        slots.update((slot.member, (slot, seen)) for slot in slots_of(home, seen))
    for member in sorted(known, key=lambda one: (one.available, one.id)):
        if member.id in slots:
            slot, seen = slots[member.id]
            found.append(Place(member=member, slot=slot, rows=seen))
    return found


def name_of(origin: str) -> str:
    """The name that an owner's file had, by its origin."""
    if not origin.startswith(ORIGINAL):
        return ""
    rest = origin.removeprefix(ORIGINAL)
    return rest.partition(":")[2] or rest
