"""A whole thread in reading order, with stubs where something was culled or never came into the archive.

What is culled leaves its opaque id, that of its parent and thread, its kind and the plan row (``Tombstone``); that is
enough to show where in the conversation it stood, and nothing of what it said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import partitions
from schemas.ground import Ground
from schemas.ids import ItemId, month_of, rfc3339
from schemas.order import Tombstone
from schemas.record import Row
from schemas.refusal import RefusedError

Standing = Literal["live", "culled", "missing"]
"""``live``: in the archive. ``culled``: destroyed under an order. ``missing``: named by others, never taken in."""

_LINKS = ("item", "parent", "thread")
_COLUMNS = (
    "row",
    "item",
    "account",
    "kind",
    "author",
    "parent",
    "thread",
    "parent_native",
    "published",
    "observed",
    "version",
    "state",
    "text",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One place in a thread.

    Attributes:
        item: opaque id; None for what an item answers and what never had an id here.
        parent: opaque id of what it answers, as far as known. depth: how many lie above it (0 = the beginning).
        standing: what is there now.
        kind, author, published, text, state: of a live item's latest version; ``state`` is its visibility.
        culled, rule: of a culled one: when, and under which plan row.
    """

    item: ItemId | None
    parent: ItemId | None
    depth: int
    standing: Standing
    kind: str | None = None
    author: str | None = None
    published: datetime | None = None
    text: str | None = None
    state: str | None = None
    culled: datetime | None = None
    rule: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The line that ``thread --json`` prints."""
        return {
            "item": self.item,
            "parent": self.parent,
            "state": self.standing,
            "kind": self.kind,
            "author": self.author,
            "published": _written(self.published),
            "text": self.text,
            "culled": _written(self.culled),
            "rule": self.rule,
        }


def read_thread(ground: Ground, item: ItemId) -> list[Node]:
    """The thread that an item belongs to: what is answered before what answers it, and by time beside each other.

    The archive is read through for it: a reply lies in the month it was published, and threads can turn out to be
    parts of others.

    Raises:
        RefusedError: neither the archive nor the tombstones know the item.
    """
    names, tombs = _names(ground, item)
    live = _live(ground, names - tombs.keys())
    if item not in live and item not in tombs:
        raise RefusedError("ITEM", item, "name an item that is or was in the archive; 'bevara search' lists them")
    return _ordered([*live.values(), *(_of_tombstone(one) for one in tombs.values())])


def _names(ground: Ground, item: ItemId) -> tuple[set[str], dict[str, Tombstone]]:
    """Every id that the thread's rows and tombstones name, until nothing more is found."""
    names: set[str] = {item}
    tombs: dict[str, Tombstone] = {}
    before = -1
    while len(names) != before:
        before = len(names)
        for _, _, table in partitions(ground.state, ground.store, _LINKS):
            wanted = pa.array(sorted(names), pa.string())
            mask = pa.scalar(False)
            for name in _LINKS:
                mask = pc.or_(mask, pc.fill_null(pc.is_in(pc.cast(table[name], pa.string()), value_set=wanted), False))
            found = table.filter(mask)
            if found.num_rows:
                for name in _LINKS:
                    names.update(one for one in pc.unique(found[name]).to_pylist() if one is not None)
        _add_tombstones(ground, names, tombs)
    return names, tombs


def _add_tombstones(ground: Ground, names: set[str], tombs: dict[str, Tombstone]) -> None:
    asked: set[str] = set()
    with ground.state.reading() as books:
        while fresh := sorted(names - asked):
            asked.update(fresh)
            some = [ItemId(one) for one in fresh]
            for tomb in [*books.tombstones.of(some), *(one for name in some for one in books.tombstones.below(name))]:
                tombs[tomb.item] = tomb
                names.update({tomb.item, tomb.thread} | ({tomb.parent} if tomb.parent else set()))


@dataclass(slots=True, kw_only=True)
class _Entry:
    """What is known of one place before it is put in order; ``above`` names the place that it answers.

    ``thread`` names the first place of its thread.
    """

    item: str
    thread: str
    above: str | None
    at: datetime
    node: Node | None = None
    below: list[_Entry] = field(default_factory=list)


_STRANGER = "?"
"""Begins the name of a place that has no id: what an item answers, and the platform alone knows."""


def _live(ground: Ground, names: Iterable[str]) -> dict[str, _Entry]:
    """The items among the names that have rows."""
    found: dict[str, _Entry] = {}
    wanted = pa.array(sorted(names), pa.string())
    for month in sorted({month_of(ItemId(one)) for one in wanted.to_pylist()}):
        for _, _, table in partitions(ground.state, ground.store, _COLUMNS, month=month):
            some = table.filter(pc.is_in(table["item"], value_set=wanted))
            rows: dict[str, list[dict[str, Any]]] = {}
            for row in some.to_pylist():
                rows.setdefault(row["item"], []).append(row)
            for item, own in rows.items():
                found[item] = _entry(item, own)
    return found


def _entry(item: str, rows: Sequence[dict[str, Any]]) -> _Entry:
    # A version and a sighting of it at the same instant: the sighting was the later look.
    ordered = sorted(rows, key=lambda row: (row["observed"], row["version"], row["row"] == "sighting"))
    versions = [row for row in ordered if row["row"] == "version"] or ordered
    seen = [row for row in ordered if row["row"] != "observation"] or ordered
    latest = max(versions, key=lambda row: row["version"])
    parent = _newest(ordered, "parent")
    thread = _newest(ordered, "thread")
    stranger = _newest(ordered, "parent_native")
    above: str | None = parent
    if parent is None and stranger is not None:
        above = _STRANGER + stranger
    elif parent is None and thread not in {None, item}:
        above = thread
    published = latest["published"]
    return _Entry(
        item=item,
        thread=thread or item,
        above=above,
        at=published or ordered[0]["observed"],
        node=Node(
            item=ItemId(item),
            parent=parent,
            depth=0,
            standing="live",
            kind=latest["kind"],
            author=latest["author"],
            published=published,
            text=latest["text"],
            state=seen[-1]["state"],
        ),
    )


def order_of(rows: Mapping[ItemId, Sequence[Row]], tombstones: Iterable[Tombstone] = ()) -> list[Node]:
    """The same order made of rows at hand, each item with at least one; nothing is read.

    Args:
        rows: item → its rows, in any order. tombstones: what was culled of these threads.
    """
    live = [
        _entry(item, [{name: getattr(row, name) for name in _COLUMNS} for row in own]) for item, own in rows.items()
    ]
    return _ordered([*live, *(_of_tombstone(one) for one in tombstones if one.item not in rows)])


def _newest(rows: Sequence[Mapping[str, Any]], name: str) -> Any:
    return next((row[name] for row in reversed(rows) if row[name] is not None), None)


def _of_tombstone(tomb: Tombstone) -> _Entry:
    # Only the month of its publication is left of its time.
    month = month_of(tomb.item)
    above = tomb.parent or (tomb.thread if tomb.thread != tomb.item else None)
    return _Entry(
        item=tomb.item,
        thread=tomb.thread,
        above=above,
        at=datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC),
        node=Node(
            item=tomb.item,
            parent=tomb.parent,
            depth=0,
            standing="culled",
            kind=tomb.kind,
            culled=tomb.culled,
            rule=tomb.rule,
        ),
    )


def _ordered(entries: Sequence[_Entry]) -> list[Node]:
    known = {one.item: one for one in entries}
    for one in entries:
        if one.above is not None and one.above not in known:
            # What was never taken in stands where its thread begins, unless it is that beginning.
            above = one.thread if one.thread not in {one.item, one.above} else None
            known[one.above] = _Entry(item=one.above, thread=one.thread, above=above, at=one.at)
            if above is not None and above not in known:
                known[above] = _Entry(item=above, thread=above, above=None, at=one.at)
    for one in list(known.values()):
        if one.above is not None:
            place = known[one.above]
            place.below.append(one)
            if place.node is None:
                place.at = min(place.at, one.at)
    tops = sorted((one for one in known.values() if one.above is None), key=_order)
    nodes: list[Node] = []
    shown: set[str] = set()
    # What answers itself in a circle hangs below nothing; it is shown all the same.
    for top in [*tops, *sorted(entries, key=_order)]:
        nodes.extend(_walk(top, shown))
    return nodes


def _order(entry: _Entry) -> tuple[datetime, str]:
    return entry.at, entry.item


def _walk(top: _Entry, shown: set[str]) -> Iterator[Node]:
    waiting = [(top, 0)]
    while waiting:
        entry, depth = waiting.pop()
        if entry.item in shown:
            continue
        shown.add(entry.item)
        yield _placed(entry, depth)
        waiting.extend((one, depth + 1) for one in sorted(entry.below, key=_order, reverse=True))


def _placed(entry: _Entry, depth: int) -> Node:
    node = entry.node
    if node is None:
        stranger = entry.item.startswith(_STRANGER)
        return Node(item=None if stranger else ItemId(entry.item), parent=None, depth=depth, standing="missing")
    return Node(
        item=node.item,
        parent=node.parent,
        depth=depth,
        standing=node.standing,
        kind=node.kind,
        author=node.author,
        published=node.published,
        text=node.text,
        state=node.state,
        culled=node.culled,
        rule=node.rule,
    )


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment.astimezone(UTC))
