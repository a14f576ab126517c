"""What the archive knows of items at this moment, read from the months they lie in and nothing more."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.harvest.decide import Head
from flows.keep.read import read_live
from schemas.ground import Ground
from schemas.ids import ItemId, Month, month_of

COLUMNS = (
    "row",
    "item",
    "account",
    "kind",
    "own",
    "native",
    "parent",
    "thread",
    "thread_native",
    "published",
    "version",
    "identity",
    "state",
    "counts",
    "observed",
    "edited",
    "evidence",
)
"""Columns read to know what is known; none of them is content."""

_ROWS = 400_000
"""Rows kept in memory at once (about 100 MB): a listing runs through time in order, so few months are needed."""


class Heads:
    """Heads of items of one authority, month by month, with what this run has added."""

    def __init__(self, ground: Ground, authority: str) -> None:
        """Nothing is read yet."""
        self._ground = ground
        self._authority = authority
        self._months: OrderedDict[Month, pa.Table] = OrderedDict()

    def view(self) -> Heads:
        """The same as it is now, for another thread: tables are shared, what either reads later is its own."""
        other = Heads(self._ground, self._authority)
        other._months = self._months.copy()
        return other

    def of(self, items: Iterable[ItemId]) -> dict[ItemId, Head]:
        """The heads of those items that have rows."""
        wanted: defaultdict[Month, list[ItemId]] = defaultdict(list)
        for item in items:
            wanted[month_of(item)].append(item)
        heads: dict[ItemId, Head] = {}
        for month, names in sorted(wanted.items()):
            table = self.month(month)
            wanted_here = pa.array(names, pa.string())
            mine = table.filter(pc.is_in(table["item"], value_set=wanted_here))
            if pc.count_distinct(mine["item"]).as_py() < len(names):
                # Known by its id and not in what we read: another account's harvest has stored it since.
                del self._months[month]
                table = self.month(month)
                mine = table.filter(pc.is_in(table["item"], value_set=wanted_here))
            heads.update(fold(mine.to_pylist()))
        return heads

    def natives(self, items: Iterable[ItemId]) -> dict[ItemId, set[str]]:
        """The native ids under which those items were ever shown."""
        wanted: defaultdict[Month, list[ItemId]] = defaultdict(list)
        for item in items:
            wanted[month_of(item)].append(item)
        found: defaultdict[ItemId, set[str]] = defaultdict(set)
        for month, names in sorted(wanted.items()):
            table = self.month(month)
            mine = table.filter(pc.is_in(table["item"], value_set=pa.array(names, pa.string())))
            for item, native in zip(mine["item"].to_pylist(), mine["native"].to_pylist(), strict=True):
                found[ItemId(item)].add(native)
        return found

    def latest(self, items: Iterable[ItemId]) -> dict[ItemId, datetime]:
        """When those items that have rows were last observed."""
        wanted: defaultdict[Month, list[ItemId]] = defaultdict(list)
        for item in items:
            wanted[month_of(item)].append(item)
        found: dict[ItemId, datetime] = {}
        for month, names in sorted(wanted.items()):
            table = self.month(month)
            mine = table.filter(pc.is_in(table["item"], value_set=pa.array(names, pa.string())))
            times = mine.select(["item", "observed"]).group_by("item").aggregate([("observed", "max")])
            pairs = zip(times["item"].to_pylist(), times["observed_max"].to_pylist(), strict=True)
            found.update((ItemId(item), observed) for item, observed in pairs)
        return found

    def month(self, month: Month) -> pa.Table:
        """The rows of one month with ``COLUMNS``."""
        table = self._months.get(month)
        if table is None:
            table = read_live(self._ground.state, self._ground.store, self._authority, month, COLUMNS)
            self._months[month] = table
            while len(self._months) > 1 and sum(one.num_rows for one in self._months.values()) > _ROWS:
                self._months.popitem(last=False)
        else:
            self._months.move_to_end(month)
        return table

    def add(self, tables: Mapping[tuple[str, Month], pa.Table]) -> None:
        """Rows that this run has just committed."""
        for (_, month), table in tables.items():
            known = self._months.get(month)
            if known is not None:
                self._months[month] = pa.concat_tables([known, table.select(COLUMNS)])


def fold(rows: Sequence[Mapping[str, Any]]) -> dict[ItemId, Head]:
    """Heads from rows in any order: rows are folded by time of observation."""
    heads: dict[ItemId, Head] = {}
    for row in sorted(rows, key=lambda row: (row["observed"], row["version"], row["row"] != "version")):
        head = heads.setdefault(ItemId(row["item"]), Head())
        counts = [(one["name"], one["value"]) for one in row["counts"]]
        absorb(
            head,
            row=row["row"],
            item=row["item"],
            account=row["account"],
            own=row["own"],
            kind=row["kind"],
            version=row["version"],
            identity=row["identity"],
            state=row["state"],
            counts=counts,
            parent=row["parent"],
            thread=row["thread"],
            edited=row["edited"],
            observed=row["observed"],
            evidence=row["evidence"],
        )
    return heads


def absorb(
    head: Head,
    *,
    row: str,
    item: str,
    account: str,
    own: bool,
    kind: str,
    version: int,
    identity: str | None,
    state: Any,
    counts: Iterable[tuple[str, int]],
    parent: str | None,
    thread: str,
    edited: datetime | None,
    observed: datetime,
    evidence: str | None,
) -> None:
    """Take one more row into a head."""
    if row == "version" and identity is not None:
        head.identities.add(identity)
    if row == "version" and version >= head.version:
        # By number, not by time: a clock that was set back must not let a number come a second time.
        head.version = version
        head.identity = identity
        head.edited, head.observed, head.evidence = edited, observed, evidence
    if row != "observation":
        head.state = state
    head.counts.update(counts)
    head.parent = parent or head.parent
    if not head.thread or thread != item:
        head.thread = thread
    head.account = head.account or account
    head.kind = kind
    head.own = own if row == "version" else head.own
