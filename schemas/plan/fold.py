"""From stored rows to one row per item: what the latest rows say, by Arrow kernels alone.

An item's rows (versions, sightings, observations) lie in one partition, possibly in several files. Most items have
one row, their first version; they pass through untouched. The others are ordered by observation and folded:

* account, platform, kind, own: from the latest version;
* state: from the latest version or sighting;
* media: from the latest row that has attachments;
* published: the latest time that any version states (the later reading keeps longer);
* edit: the latest of the versions' edit times; a later version without one counts from when it was first seen;
* thread: from the latest row that places the item in a thread begun by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.ids import Month
from schemas.plan.model import MEDIA_CLASSES, MediaClass

BASE: tuple[str, ...] = (
    "row",
    "item",
    "platform",
    "account",
    "kind",
    "own",
    "published",
    "clock",
    "stated",
    "edited",
    "observed",
    "version",
    "state",
)
"""Columns every judgement needs (authority comes with the partition)."""

BATCH_ROWS = 262_144
"""Partitions are judged together until they have so many rows: large enough for the kernels, small in memory."""

Partition = tuple[str, Month, pa.Table]


def columns_for(*, media: bool, thread: bool) -> tuple[str, ...]:
    """The columns to read: attachments and threads only where a plan, hold or mark asks for them."""
    return BASE + (("media",) if media else ()) + (("thread",) if thread else ())


def batches(partitions: Iterable[Partition]) -> Iterator[tuple[str, pa.Table]]:
    """Whole partitions of one authority put together to tables of about ``BATCH_ROWS`` rows."""
    waiting: list[pa.Table] = []
    rows = 0
    current = ""
    for authority, _, table in partitions:
        if waiting and (authority != current or rows + table.num_rows > BATCH_ROWS):
            yield current, _joined(waiting)
            waiting, rows = [], 0
        current = authority
        waiting.append(table)
        rows += table.num_rows
    if waiting:
        yield current, _joined(waiting)


def _joined(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def whole(column: Any) -> Any:
    """A column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def later(one: Any, other: Any) -> Any:
    """The later of two columns of instants; a null gives way."""
    # There is no such kernel for instants with a zone; on the numbers behind them there is.
    return pc.max_element_wise(one.cast(pa.int64()), other.cast(pa.int64())).cast(one.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """One row per item; every field is an Arrow array of the same length.

    Attributes:
        item, thread: ids; ``thread`` is None when it was not read.
        platform, account, kind, state: dictionary arrays. own: boolean.
        media: number in ``MEDIA_CLASSES`` (int64), or None when it was not read.
        published, edit, first: instants; ``first`` is when the item was first observed.
        doubted: boolean; the author's own statement of time was not accepted.
    """

    item: Any
    thread: Any
    platform: Any
    account: Any
    kind: Any
    state: Any
    own: Any
    media: Any
    published: Any
    edit: Any
    first: Any
    doubted: Any

    def __len__(self) -> int:
        """Number of items."""
        return len(self.item)


def fold(table: pa.Table) -> Items:
    """One row per item of a table that holds whole partitions (columns of ``columns_for``)."""
    first_version = pc.and_(pc.equal(_text(table, "row"), "version"), pc.equal(table["version"], 1))
    if pc.all(first_version).as_py() is not False and _distinct(table):
        return _plain(table)
    odd = pc.unique(table["item"].filter(pc.invert(first_version)))
    several = _repeated(table["item"].filter(first_version))
    odd = pc.unique(pa.concat_arrays([whole(odd), whole(several)]))
    folded = pc.is_in(table["item"], value_set=odd)
    return _plain(pa.concat_tables([table.filter(pc.invert(folded)), _fold(table.filter(folded))]).combine_chunks())


def _text(table: pa.Table, name: str) -> Any:
    column = table[name]
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _distinct(table: pa.Table) -> bool:
    return bool(pc.count_distinct(table["item"]).as_py() == table.num_rows)


def _repeated(items: Any) -> Any:
    counts = pc.value_counts(items)
    return whole(pc.struct_field(counts, "values")).filter(pc.greater(whole(pc.struct_field(counts, "counts")), 1))


def _plain(table: pa.Table) -> Items:
    """Rows that are items already."""
    names = table.column_names
    doubted = pc.and_(pc.equal(_text(table, "clock"), "platform"), pc.is_valid(table["stated"]))
    return Items(
        item=whole(table["item"]),
        thread=whole(table["thread"]) if "thread" in names else None,
        platform=whole(table["platform"]),
        account=whole(table["account"]),
        kind=whole(table["kind"]),
        state=whole(table["state"]),
        own=whole(table["own"]),
        media=media_classes(whole(table["media"])) if "media" in names else None,
        published=whole(table["published"]),
        edit=whole(table["edited"]),
        first=whole(table["observed"]),
        doubted=whole(doubted),
    )


_RANKS = pa.table({"row": ["observation", "version", "sighting"], "rank": pa.array([0, 1, 2], pa.int64())})


def _fold(table: pa.Table) -> pa.Table:
    """Several rows per item folded to one, with the columns of the table."""
    kind_of_row = whole(_text(table, "row"))
    rank = _RANKS["rank"].combine_chunks().take(pc.index_in(kind_of_row, value_set=_RANKS["row"].combine_chunks()))
    keys = pa.table(
        {
            "item": table["item"],
            "observed": table["observed"],
            "version": table["version"],
            "rank": rank,
            "state": _text(table, "state"),
        }
    )
    order = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])
    table = table.take(order).combine_chunks()
    rank = rank.take(order)
    place = pa.array(range(table.num_rows), pa.int64())
    nothing = pa.scalar(None, pa.int64())
    version = pc.equal(rank, 1)
    late = pc.and_(version, pc.greater(table["version"], 1))
    never = pa.scalar(None, table.schema.field("observed").type)
    work = {
        "item": table["item"],
        "any": place,
        "version": pc.if_else(version, place, nothing),
        "visible": pc.if_else(pc.greater_equal(rank, 1), place, nothing),
        "published": pc.if_else(version, table["published"], never),
        "edited": pc.if_else(version, pc.coalesce(table["edited"], pc.if_else(late, table["observed"], never)), never),
        "first": table["observed"],
    }
    if "media" in table.column_names:
        work["media"] = pc.if_else(pc.greater(pc.list_value_length(table["media"]), 0), place, nothing)
    if "thread" in table.column_names:
        work["thread"] = pc.if_else(pc.not_equal(table["thread"], table["item"]), place, nothing)
    wanted = [(name, "min" if name == "first" else "max") for name in work if name != "item"]
    found = pa.table(work).group_by("item", use_threads=False).aggregate(wanted)
    at = {name: pc.coalesce(found[f"{name}_max"], found["any_max"]) for name in work if name in _PLACES}
    columns = {}
    for field in table.schema:
        source = _FROM.get(field.name, "version")
        if source == "published":
            columns[field.name] = found["published_max"]
        elif source == "edited":
            columns[field.name] = found["edited_max"]
        elif source == "first":
            columns[field.name] = found["first_min"]
        else:
            columns[field.name] = table[field.name].take(whole(at[source]))
    return pa.table(columns, schema=table.schema)


_PLACES = frozenset({"any", "version", "visible", "media", "thread"})
_FROM = {
    "state": "visible",
    "media": "media",
    "thread": "thread",
    "published": "published",
    "edited": "edited",
    "observed": "first",
}
"""Which row a folded column comes from; all others from the latest version (or, without any, the latest row)."""

_SORTS: dict[str, MediaClass] = {"picture": "picture", "video": "video", "audio": "audio", "document": "document"}
_PARTS = ("caption", "thumbnail")
_NONE, _MIXED = MEDIA_CLASSES.index("none"), MEDIA_CLASSES.index("mixed")


def media_classes(media: Any) -> Any:
    """Number of the media class (int64) of each list of attachments; column version of ``facts.media_class``."""
    roles = pc.struct_field(pc.list_flatten(media), "role")
    if len(roles) == 0:
        return pa.repeat(pa.scalar(_NONE, pa.int64()), len(media))
    lengths = pc.fill_null(pc.list_value_length(media), 0).cast(pa.int64())
    ends = pc.cumulative_sum(lengths)
    starts = pc.subtract(ends, lengths)
    known = pa.array([*_SORTS, *_PARTS], pa.string())
    sorts: Any = pa.repeat(pa.scalar(0, pa.int64()), len(media))
    found: Any = pa.repeat(pa.scalar(_NONE, pa.int64()), len(media))
    for role, name in _SORTS.items():
        has = _any_between(pc.equal(roles, role), starts, ends)
        sorts = pc.add(sorts, pc.cast(has, pa.int64()))
        found = pc.if_else(has, MEDIA_CLASSES.index(name), found)
    odd = _any_between(pc.invert(pc.is_in(roles, value_set=known)), starts, ends)
    return pc.if_else(pc.or_(odd, pc.greater(sorts, 1)), pa.scalar(_MIXED, pa.int64()), found)


def _any_between(flags: Any, starts: Any, ends: Any) -> Any:
    """For each list, whether any of its values has the flag: counted up to its end, minus up to its start."""
    if not pc.any(flags).as_py():
        return pa.repeat(pa.scalar(False), len(starts))
    counted = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(pc.cast(flags, pa.int64()))])
    return pc.greater(counted.take(ends), counted.take(starts))
