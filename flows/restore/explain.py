"""What the ledger says of the lists in the second place: only what it explains is believed. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schemas.books import Suppressed
from schemas.ids import Month, month_of
from schemas.merkle import leaf, root
from schemas.order import Tombstone
from schemas.refusal import RefusedError
from schemas.second import CERTIFIED_ACT, LISTED_ACT, SWAPPED_ACT, Listed, read_entry

_ACTS = (SWAPPED_ACT, CERTIFIED_ACT, LISTED_ACT)


class ContradictionError(RuntimeError):
    """The list of an order does not agree with the ledger; ``what`` says in what respect."""

    def __init__(self, order: str, what: str) -> None:
        """Carry both."""
        self.order = order
        self.what = what
        super().__init__(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A partition that lost items: its month, how many, and the root over their leaves where the link has it."""

    month: Month
    items: int
    root: str | None


@dataclass(slots=True, kw_only=True)
class Said:
    """What the ledger says of an order.

    Attributes:
        swaps: of its partitions. certified: root over all its leaves, or None when it is not done.
        listed, sha256: its last list that the ledger speaks for.
    """

    swaps: list[Swap] = field(default_factory=list)
    certified: str | None = None
    listed: Listed | None = None
    sha256: str = ""

    @property
    def items(self) -> int:
        """How many items it culled."""
        return sum(one.items for one in self.swaps)


def said(bodies: Iterable[str]) -> dict[str, Said]:
    """Order → what the receipts of a whole ledger say of it. Raises ValueError for one that cannot be read."""
    found: dict[str, Said] = defaultdict(Said)
    for body in bodies:
        if not any(f'"{act}"' in body for act in _ACTS):
            continue
        try:
            _take(found, json.loads(body))
        except (KeyError, TypeError, IndexError) as error:
            raise ValueError("no receipt") from error
    return dict(found)


def _take(found: dict[str, Said], value: dict[str, object]) -> None:
    act, subjects, evidence = value["act"], value["subjects"], value["evidence"]
    if act not in _ACTS or not isinstance(subjects, list) or not isinstance(evidence, dict):
        return
    if act == SWAPPED_ACT:
        leaves = evidence.get("leaves_root")
        swap = Swap(
            month=Month(str(subjects[1]).rpartition("/")[2]),
            items=int(evidence["items"]),
            root=None if leaves is None else str(leaves),
        )
        found[str(subjects[0])].swaps.append(swap)
    elif act == CERTIFIED_ACT:
        found[str(subjects[0])].certified = str(evidence["root"])
    else:
        one = found[str(evidence["order"])]
        one.listed = Listed(
            order=str(evidence["order"]),
            tombstones=int(evidence["tombstones"]),
            suppressed=int(evidence["suppressed"]),
        )
        one.sha256 = str(evidence["sha256"])


def chosen(order: str, there: Sequence[Listed], known: Said) -> Listed | None:
    """The order's list that the ledger explains; None when it explains none and none is needed.

    A copying that was stopped leaves a list that is ahead of the links, and the one before it beside it: the older
    one is used, and the order, which is not done, will be finished.

    Args:
        there: its lists in the second place, the newest first.

    Raises:
        ContradictionError: the list that there must be is missing, or one says more than a certified order culled.
    """
    if known.certified is not None and any(one.tombstones > known.items for one in there):
        raise ContradictionError(order, "a list names more items than the ledger says were culled")
    if known.listed is not None and known.listed.tombstones == known.items:
        if known.listed not in there:
            raise ContradictionError(order, "the list that the ledger speaks for is missing")
        return known.listed
    found = next((one for one in there if one.tombstones == known.items), None)
    if found is None and known.items:
        raise ContradictionError(order, "no list names as many items as the ledger says were culled")
    return found


class Checking:
    """One list, line by line, against its name and the ledger."""

    def __init__(self, listed: Listed, known: Said) -> None:
        """Nothing is read yet."""
        self._listed = listed
        self._known = known
        self._digest = hashlib.sha256()
        self._leaves: dict[tuple[Month, datetime], list[str]] = defaultdict(list)
        self._tombstones = self._suppressed = 0

    def add(self, line: bytes) -> Tombstone | Suppressed:
        """The next line's entry. Raises ContradictionError."""
        self._digest.update(line)
        try:
            entry = read_entry(line)
        except ValueError:
            raise self._wrong("a line of the list is no entry") from None
        if entry.order != self._listed.order:
            raise self._wrong("a line of the list names another order")
        if isinstance(entry, Suppressed):
            self._suppressed += 1
        else:
            self._tombstones += 1
            self._leaves[month_of(entry.item), entry.culled].append(leaf(entry.salt, entry.item))
        return entry

    def end(self) -> None:
        """The list is over. Raises ContradictionError."""
        listed, known = self._listed, self._known
        if (self._tombstones, self._suppressed) != (listed.tombstones, listed.suppressed):
            raise self._wrong("the list does not hold as many lines as its name says")
        if self._tombstones != known.items:
            raise self._wrong("the list does not name as many items as the ledger says were culled")
        if known.listed == listed and self._digest.hexdigest() != known.sha256:
            raise self._wrong("the list is not the one that the ledger has the checksum of")
        self._months()
        if known.certified is not None and self._root(self._leaves.values()) != known.certified:
            raise self._wrong("the list does not name the items that were certified")

    def _months(self) -> None:
        """Month by month: as many items as were swapped, and their leaves where it can be told which swap had them."""
        culled: dict[Month, list[list[str]]] = defaultdict(list)
        for (month, _), leaves in self._leaves.items():
            culled[month].append(leaves)
        swapped: dict[Month, list[Swap]] = defaultdict(list)
        for swap in self._known.swaps:
            swapped[swap.month].append(swap)
        for month in culled.keys() | swapped.keys():
            groups, swaps = culled[month], [one for one in swapped[month] if one.items]
            if sum(map(len, groups)) != sum(one.items for one in swaps):
                raise self._wrong("the list does not name as many items of a month as the ledger says were culled")
            if len(swaps) == 1:
                groups = [[each for some in groups for each in some]]
            roots = [one.root for one in swaps if one.root is not None]
            # Several partitions of one month that were culled at the same instant cannot be told apart here.
            if len(groups) == len(swaps) == len(roots) and sorted(self._root([one]) for one in groups) != sorted(roots):
                raise self._wrong("the list does not name the items that the ledger says were culled")

    def _root(self, groups: Iterable[Sequence[str]]) -> str:
        try:
            return root(sorted(each for some in groups for each in some))
        except RefusedError:
            raise self._wrong("the list names an item twice") from None

    def _wrong(self, what: str) -> ContradictionError:
        return ContradictionError(self._listed.order, what)
