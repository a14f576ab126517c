"""Where items are: the ids of those that a search shows, and the authorities of those that somebody names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import partitions, read_file
from schemas.books import Books
from schemas.calendar import local_days
from schemas.ground import Ground
from schemas.ids import ItemId, Month, month_of
from schemas.refusal import RefusedError

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
    versions = versions.filter(pc.equal(versions["version"], last))
    found = selected(versions, sought.accounts, sought.kinds, sought.first, sought.last)
    return [ItemId(one) for one in sorted(set(containing(found, sought.text)["item"].to_pylist()))]


def selected(
    versions: pa.Table, accounts: Sequence[str], kinds: Sequence[str], first: date | None, last: date | None
) -> pa.Table:
    """Versions of these accounts and kinds (empty = all), published on these local days (both included)."""
    for column, values in (("account", accounts), ("kind", kinds)):
        if values:
            among = pa.array(values, pa.string())
            versions = versions.filter(pc.is_in(versions[column].cast(pa.string()), value_set=among))
    if first is not None or last is not None:
        days = local_days(versions["published"])
        low, high = (pa.scalar(day, pa.date32()) for day in (first or date.min, last or date.max))
        within = pc.and_(pc.greater_equal(days, low), pc.less_equal(days, high))
        versions = versions.filter(pc.fill_null(within, False))
    return versions


def containing(versions: pa.Table, text: str) -> pa.Table:
    """Versions whose text has that in it, case ignored; all of them for an empty one."""
    return versions.filter(pc.match_substring(versions["text"], text, ignore_case=True)) if text else versions


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


def existing(ground: Ground, items: Sequence[ItemId]) -> dict[ItemId, str]:
    """Item → authority. A mistyped id would mark nothing, and nobody would see it.

    Raises:
        RefusedError: some are not in the archive, or have been culled; all of them are named.
    """
    homes = authorities_of(ground, items)
    missing = [item for item in items if item not in homes]
    if missing:
        with ground.state.reading() as books:
            refuse_culled(books, missing)
        raise RefusedError(
            "ITEM", missing[0], f"not in the archive: {', '.join(missing)}; look items up with 'bevara search'"
        )
    return homes


def refuse_culled(books: Books, items: Sequence[ItemId]) -> None:
    """Refuse items of which only a tombstone is left. Raises RefusedError."""
    culled = sorted(books.tombstones.known(items))
    if culled:
        raise RefusedError(
            "ITEM", culled[0], f"culled, and so neither to be marked nor held: {', '.join(culled)}; leave them out"
        )
