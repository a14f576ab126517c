"""The rows of a package's items, month by month in the order of a record document, with bounded memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.keep.read import read_live
from schemas.books import LiveFile
from schemas.delivery import Intent
from schemas.ground import Ground
from schemas.ids import ItemId, Month, month_of
from schemas.neighbours import MissingError
from schemas.record import ROW_KINDS, Row
from schemas.tables import HOLDINGS, INSTANT, to_rows

TOGETHER = 16 * 1024**2
"""Bytes of rows, unpacked, that are held at a time; a larger month is read in several goes."""

_AGAIN = 5
"""How often a month is asked for again when its files are replaced while they are being read."""
_BATCH = 4096
_PLACING = ("item", "account", "published", "observed", "version", "thread", "parent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item stands: its thread, what it answers (as far as known), and its earliest time of publication."""

    thread: ItemId
    parent: ItemId | None
    published: datetime | None


class Holdings:
    """Rows of an account's items, as far as they were observed until an instant."""

    def __init__(self, ground: Ground, intent: Intent) -> None:
        """Read nothing yet."""
        self._ground = ground
        self._intent = intent

    def places(self, items: Collection[ItemId]) -> dict[ItemId, Place]:
        """The items with their places, in the order of the package: by month, publication (none last) and id."""
        found: dict[ItemId, Place] = {}
        for month in sorted({month_of(item) for item in items}):
            table = read_live(self._ground.state, self._ground.store, self._intent.authority, month, _PLACING)
            wanted = pa.array(sorted(item for item in items if month_of(item) == month), pa.string())
            table = self._mine(table.filter(pc.is_in(table["item"], value_set=wanted)))
            rows = sorted(table.to_pylist(), key=lambda row: (row["item"], row["observed"], row["version"]))
            some = {ItemId(item): _place(item, list(own)) for item, own in groupby(rows, key=lambda row: row["item"])}
            found.update(sorted(some.items(), key=lambda pair: _order(*pair)))
        return found

    def rows(self, items: Sequence[ItemId]) -> Iterator[tuple[ItemId, list[Row]]]:
        """All rows of items of one month, item by item in the order given, oldest observation first."""
        if not items:
            return
        month = month_of(items[0])
        goes = 1 + self._size(month) // TOGETHER
        length = -(-len(items) // goes)
        for start in range(0, len(items), length):
            yield from self._go(month, items[start : start + length])

    def of_threads(self, threads: Mapping[ItemId, Sequence[ItemId]]) -> Iterator[tuple[ItemId, list[Row]]]:
        """All rows of the items of each thread, thread by thread; the items may lie in several months."""
        for some in _bunches(threads):
            rows: dict[ItemId, list[Row]] = {}
            items = {item for thread in some for item in threads[thread]}
            for month in sorted({month_of(item) for item in items}):
                rows.update(self._go(month, sorted(item for item in items if month_of(item) == month)))
            for thread in some:
                yield thread, [row for item in threads[thread] for row in rows.get(item, ())]

    def _live(self, month: Month) -> Sequence[LiveFile]:
        with self._ground.state.reading() as books:
            return books.manifest.live(self._intent.authority, month)

    def _size(self, month: Month) -> int:
        total = 0
        for _ in range(_AGAIN):
            try:
                total = sum(self._unpacked(file) for file in self._live(month))
                break
            except MissingError:
                continue
        return total

    def _unpacked(self, file: LiveFile) -> int:
        with self._ground.store.open(file.key) as source:
            metadata = pq.ParquetFile(source).metadata
            return sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))

    def _go(self, month: Month, items: Sequence[ItemId]) -> Iterator[tuple[ItemId, list[Row]]]:
        table = self._table(month, pa.array(items, pa.string()))
        for item, rows in groupby(to_rows(table), key=lambda row: row.item):
            yield item, list(rows)

    def _table(self, month: Month, wanted: pa.Array) -> pa.Table:
        """The rows of these items in their order. A file that was replaced meanwhile is asked for again."""
        for left in reversed(range(_AGAIN)):
            live = self._live(month)
            try:
                return _sorted(self._mine(self._read(live, wanted)), wanted)
            except MissingError:
                if not left or {file.key for file in live} <= {file.key for file in self._live(month)}:
                    raise  # still live and yet not there: a loss, not a replacement
        raise AssertionError("the last try returns or raises")

    def _read(self, live: Sequence[LiveFile], wanted: pa.Array) -> pa.Table:
        batches: list[pa.RecordBatch] = []
        for file in live:
            with self._ground.store.open(file.key) as source:
                for batch in pq.ParquetFile(source).iter_batches(_BATCH, columns=HOLDINGS.names):
                    mask = pc.is_in(batch["item"], value_set=wanted)
                    if pc.any(mask).as_py():
                        batches.append(batch.select(HOLDINGS.names).filter(mask).cast(HOLDINGS))
        return pa.Table.from_batches(batches, schema=HOLDINGS).unify_dictionaries()

    def _mine(self, table: pa.Table) -> pa.Table:
        mine = pc.equal(pc.cast(table["account"], pa.string()), self._intent.account)
        early = pc.less_equal(table["observed"], pa.scalar(self._intent.through, INSTANT))
        return table.filter(pc.and_(mine, early))


def _sorted(table: pa.Table, items: pa.Array) -> pa.Table:
    """Items in the order given; within an item as in a record document (``flows.archive.decide.ordered``)."""
    keys = pa.table(
        {
            "item": pc.index_in(table["item"], value_set=items),
            "observed": table["observed"],
            "version": table["version"],
            "rank": pc.index_in(pc.cast(table["row"], pa.string()), value_set=pa.array(ROW_KINDS)),
            "batch": table["batch"],
        }
    )
    return table.take(pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names]))


def _place(item: str, rows: Sequence[dict[str, object]]) -> Place:
    threads = [row["thread"] for row in rows if row["thread"] not in {None, item}]
    parents = [row["parent"] for row in rows if row["parent"] is not None]
    times = [row["published"] for row in rows if isinstance(row["published"], datetime)]
    return Place(
        thread=ItemId(str(threads[-1])) if threads else ItemId(item),
        parent=ItemId(str(parents[-1])) if parents else None,
        published=min(times, default=None),
    )


def _order(item: ItemId, place: Place) -> tuple[bool, float, str]:
    return place.published is None, 0.0 if place.published is None else place.published.timestamp(), item


_BUNCH = 1_000
"""Items whose threads are read together."""


def _bunches(threads: Mapping[ItemId, Sequence[ItemId]]) -> Iterator[list[ItemId]]:
    """Threads in their order, in bunches of about so many items."""
    bunch: list[ItemId] = []
    count = 0
    for thread, items in threads.items():
        bunch.append(thread)
        count += len(items)
        if count >= _BUNCH:
            yield bunch
            bunch, count = [], 0
    if bunch:
        yield bunch
