"""Where items are: the ids of those that a search shows, and the authorities of those that somebody names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import partitions, read_file
from schemas.calendar import local_days
from schemas.ground import Ground
from schemas.ids import ItemId, Month, month_of

_COLUMNS = ("row", "item", "account", "kind", "published", "version", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for, in each item's latest version, as the command ``search`` does.

    Attributes:
        text: part of the text, case ignored. accounts, kinds: empty = all.
        first, last: local civil days of publication, both included; items without a date are left out when either
            is set.
    """

    text: str = ""
    accounts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None


def items_with(ground: Ground, sought: Sought) -> Iterator[ItemId]:
    """Ids of the items found, by authority, month and id."""
    for _, _, table in partitions(ground.state, ground.store, _COLUMNS):
        yield from _of_partition(table, sought)


def _of_partition(table: pa.Table, sought: Sought) -> list[ItemId]:
    versions = table.filter(pc.equal(table["row"], "version"))
    newest = versions.select(["item", "version"]).group_by("item", use_threads=False).aggregate([("version", "max")])
    last = newest["version_max"].take(pc.index_in(versions["item"], value_set=newest["item"].combine_chunks()))
    mask = pc.equal(versions["version"], last)
    for column, values in (("account", sought.accounts), ("kind", sought.kinds)):
        if values:
            mask = pc.and_(mask, pc.is_in(versions[column].cast(pa.string()), value_set=pa.array(values, pa.string())))
    if sought.first is not None or sought.last is not None:
        days = local_days(versions["published"])
        first, end = sought.first or date.min, sought.last or date.max
        within = pc.and_(
            pc.greater_equal(days, pa.scalar(first, pa.date32())), pc.less_equal(days, pa.scalar(end, pa.date32()))
        )
        mask = pc.and_(mask, pc.fill_null(within, False))
    if sought.text:
        hit = pc.match_substring(versions["text"], sought.text, ignore_case=True)
        mask = pc.and_(mask, pc.fill_null(hit, False))
    return [ItemId(one) for one in sorted(set(versions["item"].filter(mask).to_pylist()))]


def authorities_of(ground: Ground, items: Sequence[ItemId]) -> dict[ItemId, str]:
    """Item → authority, for those of the items that are in the archive. Each month is read once."""
    by_month: dict[Month, list[ItemId]] = {}
    for item in items:
        by_month.setdefault(month_of(item), []).append(item)
    found: dict[ItemId, str] = {}
    for month, some in by_month.items():
        with ground.state.reading() as books:
            live = books.manifest.live(None, month)
        wanted = pa.array(some, pa.string())
        for file in live:
            ids = read_file(ground.store, file.key, ["item"])["item"]
            here = pc.unique(ids.filter(pc.is_in(ids, value_set=wanted))).to_pylist()
            found.update((ItemId(item), file.authority) for item in here)
    return found
