"""What the archive holds that the watch has to look at: the newest state of what is recent, month by month. Reads only.

What is looked at: items published within the watch's days, items of any age that were edited or whose visibility changed
within them, and items that somebody still has to see to (open notices). A large month is taken in shares, by the items' ids
(which are random): all rows of an item are in one. Of a share, the naming columns are read first and content only of what
is to be judged, in small batches: memory is that of one share's names, however much has been written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.keep.read import read_live
from schemas.calendar import local_month
from schemas.ground import Ground
from schemas.ids import ItemId, Month, month_of
from schemas.neighbours import MissingError
from schemas.tables import HOLDINGS

NAMES: Final = (
    "row",
    "item",
    "platform",
    "account",
    "kind",
    "own",
    "author",
    "author_native",
    "parent",
    "thread",
    "published",
    "observed",
    "version",
    "state",
    "evidence",
)
_KEPT: Final = ("item", "platform", "account", "kind", "own", "author", "author_native", "published", "version")
_BATCH: Final = 4096
_SHARE: Final = 25_000
"""Rows of a month that are taken together, about."""
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
"""What an item's id may have after the month; a month has no more shares than these."""
_AT: Final = len("202601-")
_AGAIN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A share of one partition's items that are looked at, newest version each.

    Attributes:
        authority, month: which. items: a row per item: ``item platform account kind own author author_native published
            version parent thread state evidence changed fresh``; words are plain strings. ``thread`` is the item itself
            where it begins one; ``changed``: when its state was observed; ``fresh``: published, or edited, within the days.
    """

    authority: str
    month: Month
    items: pa.Table


def parts(ground: Ground, since: datetime, known: Collection[ItemId]) -> Iterator[Part]:
    """What there is to look at, the oldest month first; a large partition in several parts.

    Args:
        since: beginning of the days that are watched. known: items that are looked at however old they are.
    """
    first = local_month(since)
    months = {month_of(item) for item in known}
    with ground.state.reading() as books:
        live = books.manifest.live()
    rows: Counter[tuple[Month, str]] = Counter()
    for file in live:
        rows[file.month, file.authority] += file.rows
    wanted = {
        (file.month, file.authority)
        for file in live
        if file.month >= first or file.made >= since or file.month in months
    }
    for month, authority in sorted(wanted):
        mine = [one for one in known if month_of(one) == month]
        for letters in shares(rows[month, authority]):
            found = newest(_names(ground, authority, month, letters), since, mine)
            if found.num_rows:
                yield Part(authority=authority, month=month, items=found)


def shares(rows: int) -> tuple[str, ...]:
    """Letters whose items are taken together, for a partition of so many rows: each letter in one share."""
    count = min(len(_LETTERS), max(1, -(-rows // _SHARE)))
    return tuple(_LETTERS[number::count] for number in range(count))


def _names(ground: Ground, authority: str, month: Month, letters: str) -> pa.Table:
    """The naming columns of the items with these letters."""
    if len(letters) == len(_LETTERS):
        return read_live(ground.state, ground.store, authority, month, NAMES)
    wanted = pa.array(list(letters))
    tables = (
        table.filter(pc.is_in(pc.utf8_slice_codeunits(table["item"], _AT, _AT + 1), value_set=wanted))
        for table in _live(ground, authority, month, NAMES)
    )
    return pa.concat_tables([one.cast(_SCHEMA) for one in tables if one.num_rows] or [_SCHEMA.empty_table()])


def contents(
    ground: Ground, part: Part, items: pa.Table, columns: Sequence[str], *, observations: bool = False
) -> Iterator[pa.Table]:
    """The named columns (with ``item``) of these items' newest versions, in small tables.

    Where files are merged while they are read, an item may come twice.

    Args:
        items: rows of ``part.items``. observations: what was found later of that version, too (``row`` is then there).
    """
    ids, versions = items["item"].combine_chunks(), items["version"].combine_chunks()
    names = list(dict.fromkeys(("item", "version", "row", *columns)))
    rows = pa.array(["version", "observation"] if observations else ["version"])
    for some in _live(ground, part.authority, part.month, names):
        table = some.filter(pc.is_in(some["item"], value_set=ids))
        current = versions.take(pc.index_in(table["item"].combine_chunks(), value_set=ids))
        chosen = table.filter(
            pc.and_(pc.is_in(_plain(table["row"]), value_set=rows), pc.equal(table["version"], current))
        )
        if chosen.num_rows:
            yield chosen


def _live(ground: Ground, authority: str, month: Month, names: Sequence[str]) -> Iterator[pa.Table]:
    """These columns of a partition in small tables; where files are merged meanwhile, rows may come twice."""
    read: set[str] = set()
    for left in reversed(range(_AGAIN)):
        with ground.state.reading() as books:
            files = [file for file in books.manifest.live(authority, month) if file.key not in read]
        try:
            for file in files:
                with ground.store.open(file.key) as stream:
                    for batch in pq.ParquetFile(stream).iter_batches(batch_size=_BATCH, columns=list(names)):
                        yield pa.Table.from_batches([batch]).select(list(names)).replace_schema_metadata(None)
                read.add(file.key)
        except MissingError:
            if not left:
                raise
        else:
            return


def newest(table: pa.Table, since: datetime, known: Sequence[str]) -> pa.Table:
    """The items of one partition that are looked at, as ``Part.items`` has them. Pure.

    Args:
        table: all rows of the partition with the columns ``NAMES``. since, known: as for ``parts``.
    """
    if not table.num_rows:
        return _EMPTY
    rows = _plain(table["row"])
    recent = pc.greater_equal(pc.coalesce(table["published"], table["observed"]), pa.scalar(since))
    # An edit, or a change of visibility. What a platform's export adds of old years is not news on the page.
    seen = pc.greater_equal(table["observed"], pa.scalar(since))
    edited = pc.and_(seen, pc.and_(pc.equal(rows, "version"), pc.greater(table["version"], 1)))
    sighted = pc.and_(seen, pc.equal(rows, "sighting"))
    mask = pc.or_(pc.or_(recent, edited), sighted)
    if known:
        mask = pc.or_(mask, pc.is_in(table["item"], value_set=pa.array(known, pa.string())))
    chosen = pc.unique(table["item"].filter(mask))
    if not len(chosen):
        return _EMPTY
    fresh = pc.unique(table["item"].filter(pc.or_(recent, edited)))
    table = table.filter(pc.is_in(table["item"], value_set=chosen))
    for name in ("row", "platform", "account", "kind", "state", "evidence"):
        table = table.set_column(table.schema.get_field_index(name), name, _plain(table[name]))
    order = pc.sort_indices(table, sort_keys=[("observed", "ascending"), ("version", "ascending")])
    table = table.take(order).combine_chunks()
    version = table.filter(pc.equal(table["row"], "version"))
    # By number, then by time: a clock that was set back must not bring an old version back.
    version = version.take(pc.sort_indices(version, sort_keys=[("version", "ascending"), ("observed", "ascending")]))
    last = _last(version, _KEPT)
    state = _last(table.filter(pc.not_equal(table["row"], "observation")), ("item", "state", "evidence", "observed"))
    parent = _last(table.filter(pc.is_valid(table["parent"])), ("item", "parent"))
    thread = _last(table.filter(pc.not_equal(table["thread"], table["item"])), ("item", "thread"))
    ids = last["item"]
    return last.append_column("parent", _beside(ids, parent, "parent")).append_column(
        "thread", pc.coalesce(_beside(ids, thread, "thread"), ids)
    ).append_column("state", _beside(ids, state, "state")).append_column(
        "evidence", _beside(ids, state, "evidence")
    ).append_column("changed", _beside(ids, state, "observed")).append_column(
        "fresh", pc.is_in(ids, value_set=fresh)
    )  # fmt: skip


def _last(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """The last row of each item, in the table's order, with these columns."""
    table = table.select(list(names))
    numbered = pa.table({"item": table["item"], "at": pa.array(range(table.num_rows), pa.int64())})
    at = numbered.group_by("item", use_threads=False).aggregate([("at", "max")])["at_max"]
    return table.take(at.take(pc.sort_indices(at)))


def _beside(ids: Any, table: pa.Table, name: str) -> Any:
    """The column of another table's rows with these ids; null where it has none."""
    values = table["item"].combine_chunks()
    return table[name].take(pc.index_in(ids, value_set=values))


def _plain(column: Any) -> Any:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


_EMPTY: Final = pa.table({})
_SCHEMA: Final = pa.schema([HOLDINGS.field(name) for name in NAMES])
