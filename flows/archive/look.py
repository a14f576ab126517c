"""What an account looks like in the archive now: its profile, the page's rules, and the latest threads.

Only what a visitor could see is taken: what is hidden, gone or private is left out and counted. What is marked secret
is left out with a stub.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.blocks import latest_of
from flows.keep.own import PLATFORM
from flows.keep.read import partitions, read_live
from flows.keep.renditions import rows_of_items
from flows.keep.snapshots import places_of_kinds
from flows.keep.thread import Node, order_of
from schemas.account import Account
from schemas.ground import Ground
from schemas.ids import ItemId, Month
from schemas.payload import UnreadableError, read
from schemas.record import Row

POSTS: Final = 20
"""Latest posts that a snapshot shows."""
_BEGINNINGS: Final = ("post", "boost", "visitor_post")
_OPEN: Final = frozenset({"", "public", "unlisted"})
"""Words for a visibility that lets every visitor see an item; another one leaves it out."""
_COMMENTS: Final = 300
"""Items of one thread that a snapshot shows; more of them are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One of the latest threads: its visible places in reading order with their rows, and what was left out.

    Attributes:
        nodes, rows: as ``flows.keep.thread`` gives them. unseen: items that are hidden, gone or private.
        more: visible items beyond those that are shown.
    """

    nodes: tuple[Node, ...]
    rows: dict[ItemId, list[Row]]
    unseen: int = 0
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the account shows. ``profile``, ``rules``: the newest version, or None. ``threads``: newest first."""

    profile: Row | None
    profile_rows: tuple[Row, ...]
    rules: Row | None
    rules_rows: tuple[Row, ...]
    threads: tuple[Thread, ...]

    @property
    def items(self) -> tuple[ItemId, ...]:
        """Everything that is shown."""
        named = [one.item for one in (self.profile, self.rules) if one is not None]
        shown = [node.item for thread in self.threads for node in thread.nodes if node.item in thread.rows]
        return tuple(dict.fromkeys([*named, *(one for one in shown if one is not None)]))


def look_of(ground: Ground, account: Account) -> Look:
    """How the account looks in the archive now."""
    places = places_of_kinds(ground, ("profile", "page_rules"))
    profiles = _of_kind(ground, "profile", places["profile"], lambda row: row.account == account.name)
    rules = _of_kind(ground, "page_rules", places["page_rules"], lambda row: _rules_of(row, account))
    profile, profile_rows = _newest(profiles)
    rule, rule_rows = _newest(rules)
    threads = tuple(_threads(ground, _beginnings(ground, account.name)))
    return Look(profile=profile, profile_rows=profile_rows, rules=rule, rules_rows=rule_rows, threads=threads)


def profiles_of(ground: Ground, places: Iterable[tuple[str, Month]]) -> dict[str, tuple[ItemId, int]]:
    """Account → the newest version of its profile: (item, version); ``places``: partitions that hold profiles."""
    found: dict[str, Row] = {}
    for row in _of_kind(ground, "profile", places, lambda row: row.row == "version"):
        before = found.get(row.account)
        if before is None or _age(row) > _age(before):
            found[row.account] = row
    return {account: (row.item, row.version) for account, row in sorted(found.items())}


def _of_kind(
    ground: Ground, kind: str, places: Iterable[tuple[str, Month]], wanted: Callable[[Row], bool]
) -> list[Row]:
    """Rows of one kind, from the partitions that hold some."""
    items: list[ItemId] = []
    for authority, month in places:
        some = read_live(ground.state, ground.store, authority, month, ("item", "kind"))
        chosen = some.filter(pc.equal(some["kind"].cast(pa.string()), kind))
        items.extend(ItemId(one) for one in pc.unique(chosen["item"]).to_pylist())
    return [row for rows in rows_of_items(ground, dict.fromkeys(items)).values() for row in rows if wanted(row)]


def _newest(rows: Sequence[Row]) -> tuple[Row | None, tuple[Row, ...]]:
    versions = [row for row in rows if row.row == "version"]
    if not versions:
        return None, ()
    newest = max(versions, key=_age)
    return newest, tuple(row for row in rows if row.item == newest.item)


def _age(row: Row) -> tuple[datetime, int, str]:
    return row.observed, row.version, row.item


def _rules_of(row: Row, account: Account) -> bool:
    """Whether a page's rules are the account's: harvested with it, or of ours, naming it or naming no account."""
    if row.account == account.name:
        return True
    if row.platform != PLATFORM or row.authority != account.authority:
        return False
    try:
        values: Any = read((row.payload or "null").encode("utf-8", "surrogatepass"))
    except UnreadableError:
        return False
    return isinstance(values, dict) and values.get("account", account.name) == account.name


_COLUMNS: Final = ("row", "item", "account", "kind", "published", "observed", "version", "state", "visibility")


def _beginnings(ground: Ground, account: str) -> list[ItemId]:
    """The latest visible items of the account that begin a thread, newest first."""
    with ground.state.reading() as books:
        months = sorted({one.month for one in books.manifest.live()}, reverse=True)
    found: list[tuple[Any, ItemId]] = []
    for month in months:
        for _, _, table in partitions(ground.state, ground.store, _COLUMNS, month=month):
            found.extend(_visible_in(table, account))
        if len(found) >= POSTS:
            break
    return [item for _, item in sorted(found, reverse=True)[:POSTS]]


def _visible_in(table: pa.Table, account: str) -> Iterator[tuple[Any, ItemId]]:
    chosen = table.filter(
        pc.and_(
            pc.equal(table["account"].cast(pa.string()), account),
            pc.is_in(table["kind"].cast(pa.string()), value_set=pa.array(_BEGINNINGS, pa.string())),
        )
    )
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in chosen.to_pylist():
        rows.setdefault(row["item"], []).append(row)
    for item, own in rows.items():
        own.sort(key=lambda row: (row["observed"], row["version"], row["row"] == "sighting"))
        versions = [row for row in own if row["row"] == "version"]
        seen = [row for row in own if row["row"] != "observation"] or own
        if not versions or seen[-1]["state"] in {"hidden", "gone"}:
            continue
        latest = max(versions, key=lambda row: row["version"])
        if (latest["visibility"] or "") in _OPEN:
            yield latest["published"] or own[0]["observed"], ItemId(item)


def visible(rows: Sequence[Row]) -> bool:
    """Whether a visitor could see the item when it was last looked at."""
    ordered = sorted(rows, key=lambda row: (row.observed, row.version, row.row == "sighting"))
    seen = [row for row in ordered if row.row != "observation"] or ordered
    return seen[-1].state not in {"hidden", "gone"} and (latest_of(rows).visibility or "") in _OPEN


def _threads(ground: Ground, beginnings: Sequence[ItemId]) -> Iterator[Thread]:
    if not beginnings:
        return
    below: dict[str, set[ItemId]] = {one: {one} for one in beginnings}
    wanted = pa.array(list(below), pa.string())
    first = Month(min(f"{one[:4]}-{one[4:6]}" for one in beginnings))
    with ground.state.reading() as books:
        months = sorted({one.month for one in books.manifest.live() if one.month >= first})
    for month in months:
        for _, _, table in partitions(ground.state, ground.store, ("item", "thread", "kind"), month=month):
            some = table.filter(pc.is_in(table["thread"], value_set=wanted))
            for row in some.to_pylist():
                if row["kind"] != "message":
                    below[row["thread"]].add(ItemId(row["item"]))
    rows = rows_of_items(ground, sorted({item for items in below.values() for item in items}))
    for one in beginnings:
        yield _thread({item: rows[item] for item in sorted(below[one]) if item in rows})


def _thread(rows: dict[ItemId, list[Row]]) -> Thread:
    seen = {item: own for item, own in rows.items() if visible(own)}
    nodes = [node for node in order_of(seen) if node.standing == "live"]
    kept = nodes[:_COMMENTS]
    chosen = {node.item: seen[node.item] for node in kept if node.item is not None}
    return Thread(nodes=tuple(kept), rows=chosen, unseen=len(rows) - len(seen), more=len(nodes) - len(kept))
