"""The complete scan: every version of every item, month by month; no index that could miss a word.

Memory is that of the two largest months and of what is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.disclose.find.fields import COLUMNS, Deep, equal, matched, named_pairs, one_array
from flows.disclose.find.matching import Matcher, excluder_of, matcher_of
from flows.disclose.find.spelling import key
from flows.disclose.find.wanted import Wanted
from flows.keep.own import PLATFORM
from flows.keep.read import partitions, read_live
from schemas.calendar import local_days
from schemas.ground import Ground
from schemas.ids import ItemId, Month, month_of

PAIRS: Final = pa.schema(
    [pa.field("item", pa.string(), nullable=False), pa.field("version", pa.int32(), nullable=False)]
)
"""A list of versions of items."""
_Month = tuple[str, Month, pa.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a scan found.

    Attributes:
        found, excluded: ``PAIRS``, by item and version, each once; ``excluded``: what ``--not`` took away.
        undated: versions without a date that days were asked of: among those found, or (``--dated``) left out.
        months, versions: how much was read. payloads, captions: how many could not be read (deep).
        absent: named items that the archive does not have. sought, deep: whether words were looked for, and deep.
    """

    found: pa.Table
    excluded: pa.Table
    undated: int
    months: int
    versions: int
    payloads: int
    captions: int
    absent: tuple[ItemId, ...]
    sought: bool
    deep: bool


def scan(ground: Ground, wanted: Wanted, *, thread: ItemId | None = None) -> Scanned:
    """Look through the whole archive.

    Args:
        wanted: checked (``wanted.check``). thread: first item of the request's own thread, which is never found.
    """
    scanner = Scanner(wanted, Deep(ground.store) if wanted.deep else None)
    for authority, month, table in _ahead(partitions(ground.state, ground.store, scanner.columns)):

        def about_it(authority: str = authority, month: Month = month) -> Any:
            threads = read_live(ground.state, ground.store, authority, month, ("item", "thread"))
            return pc.unique(threads["item"].filter(pc.equal(threads["thread"], thread or "")))

        scanner.take(month, table, about_it)
    if wanted.threads:
        _add_threads(ground, wanted, scanner, thread)
    return scanner.result()


def _ahead(months: Iterator[_Month]) -> Iterator[_Month]:
    """The same months; while one is looked through, the next one is read."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="scan") as pool:
        coming = pool.submit(next, months, None)
        while (now := coming.result()) is not None:
            coming = pool.submit(next, months, None)
            yield now


def arranged(parts: Mapping[Month, Sequence[pa.Table]]) -> pa.Table:
    """Pairs of several months as one table, by item and version, each once. An item lies in the month of its id."""
    months = [ordered(pa.concat_tables(parts[month])) for month in sorted(parts) if parts[month]]
    # In chunks: the list of a whole archive is not held twice.
    return pa.concat_tables(months) if months else PAIRS.empty_table()


def count_items(table: pa.Table) -> int:
    """How many items pairs in order have."""
    count, last = 0, ""
    for batch in table.to_batches():
        if batch.num_rows:
            items = batch["item"]
            count += items[0].as_py() != last
            count += pc.sum(pc.not_equal(items.slice(1), items.slice(0, len(items) - 1))).as_py() or 0
            last = items[-1].as_py()
    return count


def _in_order(table: pa.Table) -> bool:
    """Whether pairs stand by item and version, each once."""
    last: tuple[str, int] | None = None
    for batch in table.to_batches():
        if not batch.num_rows:
            continue
        items, versions, end = batch["item"], batch["version"], batch.num_rows - 1
        if last is not None and (items[0].as_py(), versions[0].as_py()) <= last:
            return False
        same = pc.equal(items.slice(0, end), items.slice(1))
        later = pc.and_(same, pc.less(versions.slice(0, end), versions.slice(1)))
        if not pc.all(pc.or_(pc.less(items.slice(0, end), items.slice(1)), later), min_count=0).as_py():
            return False
        last = items[end].as_py(), versions[end].as_py()
    return True


def ordered(table: pa.Table) -> pa.Table:
    """Pairs by item and version, each once."""
    if not table.num_rows:
        return PAIRS.empty_table()
    if _in_order(table):
        return table.cast(PAIRS)
    table = table.sort_by([("item", "ascending"), ("version", "ascending")]).combine_chunks()
    if table.num_rows > 1:
        first, second = table.slice(0, table.num_rows - 1), table.slice(1)
        same = pc.and_(pc.equal(first["item"], second["item"]), pc.equal(first["version"], second["version"]))
        fresh = pa.concat_arrays([pa.array([True]), one_array(pc.invert(same))])
        table = table.filter(fresh)
    return table.cast(PAIRS)


@dataclass(slots=True)
class Scanner:
    """Takes months one after the other. ``columns``: what it must be given."""

    wanted: Wanted
    deep: Deep | None = None
    columns: tuple[str, ...] = ()
    _words: Matcher = field(init=False)
    _without: Matcher = field(init=False)
    _items: dict[Month, list[ItemId]] = field(init=False)
    _absent: set[ItemId] = field(init=False)
    _found: dict[Month, list[pa.Table]] = field(default_factory=dict)
    _excluded: dict[Month, list[pa.Table]] = field(default_factory=dict)
    _undated: int = 0
    _months: set[Month] = field(default_factory=set)
    _versions: int = 0

    def __post_init__(self) -> None:
        """Compile the words. Raises RefusedError: one cannot be used."""
        self._words, self._without = matcher_of(self.wanted), excluder_of(self.wanted)
        self._items = {}
        self._absent = set(self.wanted.items)
        for item in self.wanted.items:
            self._items.setdefault(month_of(item), []).append(item)
        found: list[str] = ["row", "item", "version", "platform"]
        if self._words.anything or self._without.anything:
            found += [*COLUMNS, *(["payload"] if self.deep else [])]
        found += ["published"] if self.wanted.first or self.wanted.last else []
        found += ["account"] if self.wanted.accounts else []
        found += ["kind"] if self.wanted.kinds else []
        found += ["author", "author_native"] if self.wanted.authors else []
        self.columns = tuple(dict.fromkeys(found))

    def take(self, month: Month, table: pa.Table, about_it: Callable[[], Any]) -> None:
        """Look through one partition.

        Args:
            about_it: gives the partition's items in the request's own thread; asked where Bevara's own are found.
        """
        versions = equal(table["row"], "version")
        self._months.add(month)
        self._versions += pc.sum(versions).as_py() or 0
        if self.wanted.named_alone:
            hits = pa.repeat(pa.scalar(False), table.num_rows)
        else:
            hits = matched(table, self._words, self.deep) if self._words.anything else versions
        if pc.any(hits).as_py() and self.wanted.latest:
            hits = pc.and_(hits, _newest(table, hits, versions))
        named = self._those_named(month, table, versions)
        either = hits if named is None else pc.or_(hits, named)
        if not pc.any(either).as_py():
            return
        ours = pc.and_(either, equal(table["platform"], PLATFORM))
        if pc.any(ours).as_py():
            no = ours if not self.wanted.own else pc.is_in(one_array(table["item"]), value_set=about_it())
            hits, named = pc.and_not(hits, no), None if named is None else pc.and_not(named, no)
        if pc.any(hits).as_py():
            hits = self._filtered(table, hits)
        if self._without.anything and pc.any(hits).as_py():
            hits = self._taken_away(month, table, hits, named)
        hits = hits if named is None else pc.or_(hits, named)
        if pc.any(hits).as_py():
            self.put(month, table.select(PAIRS.names).filter(hits))

    def put(self, month: Month, pairs: pa.Table) -> None:
        """Enter what was found."""
        if pairs.num_rows:
            self._found.setdefault(month, []).append(ordered(pairs.select(PAIRS.names)))

    def result(self) -> Scanned:
        """What was found so far."""
        return Scanned(
            found=arranged(self._found),
            excluded=arranged(self._excluded),
            undated=self._undated,
            months=len(self._months),
            versions=self._versions,
            payloads=self.deep.payloads if self.deep else 0,
            captions=len(self.deep.captions) if self.deep else 0,
            absent=tuple(sorted(self._absent)),
            sought=self._words.anything,
            deep=self.deep is not None,
        )

    def _filtered(self, table: pa.Table, hits: Any) -> Any:
        """The hits that the filters let through."""
        wanted = self.wanted
        for name, values in (("account", wanted.accounts), ("kind", wanted.kinds)):
            if values:
                names = one_array(table[name]).cast(pa.string())
                hits = pc.and_(hits, pc.is_in(names, value_set=pa.array(values, pa.string())))
        if wanted.authors:
            keys = {_name(one) for one in wanted.authors}
            either = pc.or_(_named(table["author"], keys), _named(table["author_native"], keys))
            hits = pc.and_(hits, either)
        if wanted.first or wanted.last:
            hits = self._on_days(table, hits)
        return hits

    def _on_days(self, table: pa.Table, hits: Any) -> Any:
        days = one_array(local_days(table["published"]))
        first = pa.scalar(self.wanted.first or date.min, pa.date32())
        last = pa.scalar(self.wanted.last or date.max, pa.date32())
        within = pc.and_(pc.greater_equal(days, first), pc.less_equal(days, last))
        self._undated += pc.sum(pc.and_(hits, pc.is_null(days))).as_py() or 0
        return pc.and_(hits, pc.fill_null(within, not self.wanted.dated))

    def _those_named(self, month: Month, table: pa.Table, versions: Any) -> Any | None:
        """Versions of the items that are named, or None: none of them is of this month."""
        if month not in self._items:
            return None
        named = pc.is_in(one_array(table["item"]), value_set=pa.array(self._items[month], pa.string()))
        self._absent -= set(table["item"].filter(named).to_pylist())
        return pc.and_(named, versions)

    def _taken_away(self, month: Month, table: pa.Table, hits: Any, named: Any | None) -> Any:
        items = pc.unique(one_array(table["item"]).filter(hits))
        some = table.filter(pc.is_in(one_array(table["item"]), value_set=items))
        away = named_pairs(some.filter(matched(some, self._without, self.deep)))
        if not len(away):
            return hits
        gone = pc.and_(hits, pc.is_in(named_pairs(table), value_set=away))
        told = gone if named is None else pc.and_not(gone, named)
        pairs = table.select(PAIRS.names).filter(told)
        if pairs.num_rows:
            self._excluded.setdefault(month, []).append(pairs.combine_chunks())
        return pc.and_not(hits, gone)


def _newest(table: pa.Table, hits: Any, versions: Any) -> Any:
    """Which rows are their item's newest version; asked of the items of the hits alone."""
    ids = one_array(table["item"])
    among = pc.and_(versions, pc.is_in(ids, value_set=pc.unique(ids.filter(hits))))
    some = table.select(["item", "version"]).filter(among)
    newest = some.group_by("item", use_threads=False).aggregate([("version", "max")])
    pairs = pa.table({"item": newest["item"], "version": newest["version_max"]})
    return pc.is_in(named_pairs(table), value_set=named_pairs(pairs))


def _name(text: str) -> str:
    # A handle is shown with or without its sign.
    return key(text).strip().lstrip("@")


def _named(column: Any, keys: set[str]) -> Any:
    coded = one_array(column).dictionary_encode()
    known = pa.array([one is not None and _name(one) in keys for one in coded.dictionary.to_pylist()], pa.bool_())
    return pc.fill_null(known.take(coded.indices), False)


def _add_threads(ground: Ground, wanted: Wanted, scanner: Scanner, thread: ItemId | None) -> None:
    """Everything in the threads of what was found so far: near material (*närliggande handlingar*)."""
    so_far = scanner.result()
    found, away = one_array(so_far.found["item"]), named_pairs(so_far.excluded)
    if not len(found):
        return
    threads: list[Any] = []
    for _, _, table in partitions(ground.state, ground.store, ("item", "thread")):
        here = pc.is_in(one_array(table["item"]), value_set=found)
        threads.append(pc.unique(one_array(table["thread"]).filter(here)))
    among = pc.unique(pa.chunked_array(threads, pa.string()))
    columns = ("row", "item", "version", "thread", "platform")
    for _, month, table in partitions(ground.state, ground.store, columns):
        hits = pc.is_in(one_array(table["thread"]), value_set=one_array(among))
        hits = pc.and_(hits, equal(table["row"], "version"))
        hits = pc.and_(hits, pc.fill_null(pc.not_equal(table["thread"], thread or ""), True))
        if not wanted.own:
            hits = pc.and_(hits, pc.invert(equal(table["platform"], PLATFORM)))
        if wanted.latest and pc.any(hits).as_py():
            hits = pc.and_(hits, _newest(table, hits, hits))
        if len(away) and pc.any(hits).as_py():
            hits = pc.and_not(hits, pc.is_in(named_pairs(table), value_set=away))
        scanner.put(month, table.select(PAIRS.names).filter(hits))
