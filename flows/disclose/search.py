"""Find records by complete scan: no index that could miss a word, no second copy to destroy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.found import containing, selected
from flows.keep.read import partitions
from schemas.ground import Ground
from schemas.ids import ItemId, rfc3339

_COLUMNS = (
    "row",
    "item",
    "platform",
    "account",
    "kind",
    "native",
    "author",
    "published",
    "observed",
    "version",
    "state",
    "text",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for.

    Attributes:
        text: part of the text, case ignored; empty = everything.
        first, last: local civil days of publication, inclusive; items without a date are left out when either is set.
        accounts, kinds: empty = all.
        versions: look in and show every version instead of each item's latest.
    """

    text: str = ""
    first: date | None = None
    last: date | None = None
    accounts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    versions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One found version of one item; ``state`` is the item's visibility when it was last looked at."""

    item: ItemId
    native: str
    account: str
    kind: str
    published: datetime | None
    author: str | None
    text: str
    version: int
    state: str

    def as_json(self) -> dict[str, Any]:
        """The line that ``search --json`` prints."""
        at = rfc3339(self.published) if self.published else None
        return {
            "item": self.item,
            "native": self.native,
            "account": self.account,
            "kind": self.kind,
            "published": at,
            "author": self.author,
            "text": self.text,
            "version": self.version,
            "state": self.state,
        }


def search(ground: Ground, query: Query) -> Iterator[Hit]:
    """Every hit, ordered by month, then by account and time of publication within it."""
    # No month may be passed over: an item stays in the month it was first dated to, whatever it says of itself later.
    for _, _, table in partitions(ground.state, ground.store, _COLUMNS):
        yield from _of_partition(table, query)


def _of_partition(table: pa.Table, query: Query) -> Iterator[Hit]:
    versions = table.filter(pc.equal(table["row"], "version"))
    versions = selected(versions, query.accounts, query.kinds, query.first, query.last)
    if not versions.num_rows:
        return
    about = table.select(["row", "item", "observed", "version", "state"])
    if versions.num_rows < table.num_rows // 4:
        about = about.filter(pc.is_in(about["item"], value_set=pc.unique(versions["item"])))
    states, latest = _latest(about)
    if not query.versions:
        wanted = [latest[item] == number for item, number in _pairs(versions)]
        versions = versions.filter(pa.array(wanted, pa.bool_()))
    versions = containing(versions, query.text)
    columns = ["account", "published", "item", "version", "native", "kind", "author", "text"]
    rows: Sequence[dict[str, Any]] = versions.select(columns).to_pylist()
    for row in sorted(rows, key=_order):
        yield Hit(
            item=ItemId(row["item"]),
            native=row["native"],
            account=row["account"],
            kind=row["kind"],
            published=row["published"],
            author=row["author"],
            text=row["text"] or "",
            version=row["version"],
            state=states[row["item"]],
        )


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    published: datetime | None = row["published"]
    return row["account"], published is None, published or 0, row["item"], row["version"]


def _pairs(table: pa.Table) -> Iterator[tuple[str, int]]:
    return zip(table["item"].to_pylist(), table["version"].to_pylist(), strict=True)


def _latest(about: pa.Table) -> tuple[dict[str, str], dict[str, int]]:
    """Item → visibility after its newest version or sighting; item → number of its newest version."""
    states: dict[str, str] = {}
    newest: dict[str, tuple[datetime, int, bool]] = {}
    latest: dict[str, int] = {}
    lists = [about[name].to_pylist() for name in ("row", "item", "observed", "version", "state")]
    for row, item, observed, version, state in zip(*lists, strict=True):
        if row == "version":
            latest[item] = max(version, latest.get(item, 0))
        if row != "observation":
            # A version and a sighting of it at the same instant: the sighting was the later look.
            order = (observed, version, row == "sighting")
            if item not in newest or order >= newest[item]:
                newest[item], states[item] = order, state
    return states, latest
