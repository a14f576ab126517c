"""What a request saves, or cannot save: what would soon have been culled, and what is about to leave the platform.

It is told to the officer, and by a letter to who asked when that is wanted: whoever asks shall know of a deletion that is
near. It is judged as if there were no holds. Nothing here changes anything, and a failure never undoes a hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows.disclose.intake.holding import WIDEST, covered_by
from flows.keep.guard import code_of
from flows.keep.held import matter_items
from flows.keep.judged import Standing, decisions, standing
from flows.keep.read import partitions
from schemas.calendar import local_day, local_month
from schemas.covered import Predicate, covered
from schemas.finding import Finding, Severity
from schemas.ground import Ground, Home
from schemas.order import Standing as OrderStanding
from schemas.request import Request
from schemas.shelf import proposal

Matching = Callable[[pa.Table], Any]
"""Which rows of a table with ``item`` and ``account`` the request is about: booleans without nulls."""

SHORT: Final = timedelta(hours=24)
"""How long a story is shown."""
_LISTED: Final[frozenset[OrderStanding]] = frozenset({"signed", "approved", "quarantined", "open"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """How many items the request is about, by what would become of them.

    Attributes:
        now: would be culled today but for holds. soon: would be within ``days`` days, beside those of ``now``.
        listed: stand on a signed or approved culling list and are not gone. leaving: the platform shows for a day.
        days: what counts as near. failed: code of what could not be worked out, or empty.
    """

    now: int = 0
    soon: int = 0
    listed: int = 0
    leaving: int = 0
    days: int = 0
    failed: str = ""

    @property
    def anything(self) -> bool:
        """There is something to tell."""
        return bool(self.now or self.soon or self.listed or self.leaving)

    def as_json(self) -> dict[str, Any]:
        """Counts alone."""
        return {
            "now": self.now,
            "soon": self.soon,
            "days": self.days,
            "listed": self.listed,
            "leaving": self.leaving,
            "failed": self.failed,
        }

    def findings(self, request: Request) -> tuple[Finding, ...]:
        """What is to be told."""
        found = [
            _finding(request, code, items, "warning", items=items, days=self.days)
            for code, items in (("Q101", self.now), ("Q102", self.soon), ("Q103", self.listed), ("Q104", self.leaving))
            if items
        ]
        if self.failed:
            found.append(_finding(request, "Q105", 1, "error", reason=self.failed))
        return tuple(found)


def warned(home: Home, request: Request) -> Warned:
    """What a request saves. Never raises for what lies in the archive or its settings: the code of it is in ``failed``."""
    days = 0
    try:
        days = home.disclosure().due_days
        return _warned(home.ground, request, days)
    except Exception as error:  # noqa: BLE001 - the hold stands, and the officer is told that this is not known
        return Warned(days=days, failed=code_of(error))


def _warned(ground: Ground, request: Request, days: int) -> Warned:
    today = local_day(ground.clock.now())
    predicate = covered_by(ground, request) or WIDEST
    matching = _matching(ground, request, predicate)
    base = standing(ground, today)
    near = today + timedelta(days=days)
    now = _due(ground, _without_holds(base), today, matching)
    later = _due(ground, _without_holds(standing(ground, near)), near, matching)
    return Warned(
        now=now,
        soon=max(later - now, 0),
        listed=_listed(ground, matching),
        leaving=_leaving(ground, matching),
        days=days,
    )


def _without_holds(base: Standing) -> Standing:
    return replace(base, holds=())


def _due(ground: Ground, base: Standing, as_of: Any, matching: Matching) -> int:
    if base.plan is None:
        return 0
    count = 0
    for table in decisions(ground, base, as_of):
        culls = pc.equal(table["outcome"].cast(pa.string()), "cull")
        count += table.filter(pc.and_(culls, matching(table))).num_rows
    return count


def _listed(ground: Ground, matching: Matching) -> int:
    """Items on lists that somebody has signed, each once, that have not gone yet."""
    with ground.state.reading() as books:
        orders = [one for one in books.orders.all() if one.standing in _LISTED]
    found: set[Any] = set()
    for order in orders:
        with ground.store.open(proposal(order.digest)) as source:
            # Counted, and nothing more: who culls proves the list against its digest.
            for batch in pq.ParquetFile(source).iter_batches(columns=["item", "account", "outcome"]):
                table = pa.Table.from_batches([batch])
                culls = pc.equal(table["outcome"].cast(pa.string()), "cull")
                items = table.filter(pc.and_(culls, matching(table)))["item"].to_pylist()
                with ground.state.reading() as books:
                    found |= set(items) - books.tombstones.known(items)
    return len(found)


def _leaving(ground: Ground, matching: Matching) -> int:
    """Items that the platform shows for a day, published less than a day ago and not seen to be gone."""
    now = ground.clock.now()
    since = pa.scalar(now - SHORT, pa.timestamp("us", "UTC"))
    columns = ("item", "account", "kind", "published", "observed", "version", "row", "state")
    count = 0
    for month in sorted({local_month(now - SHORT), local_month(now)}):
        for _, _, table in partitions(ground.state, ground.store, columns, month=month):
            story = pc.equal(table["kind"].cast(pa.string()), "story")
            recent = pc.fill_null(pc.greater(table["published"].cast(pa.timestamp("us", "UTC")), since), False)
            items = table.filter(pc.and_(pc.and_(story, recent), matching(table)))
            newest: dict[str, tuple[Any, str]] = {}
            for row in items.filter(pc.not_equal(items["row"].cast(pa.string()), "observation")).to_pylist():
                order = (row["observed"], row["version"], row["row"] == "sighting")
                if row["item"] not in newest or order >= newest[row["item"]][0]:
                    newest[row["item"]] = (order, row["state"])
            count += sum(state != "gone" for _, state in newest.values())
    return count


def _matching(ground: Ground, request: Request, predicate: Predicate) -> Matching:
    """What the predicate covers, but for the request's own thread."""
    if predicate.all:
        return lambda table: pa.repeat(pa.scalar(True), table.num_rows)
    wanted = replace(predicate, items=tuple(one for one in predicate.items if one != request.record))
    if wanted.all:  # nothing is left of it: the predicate was about the request's own thread alone
        return lambda table: pa.repeat(pa.scalar(False), table.num_rows)
    if wanted == Predicate(accounts=wanted.accounts):
        names = pa.array(wanted.accounts, pa.string())
        return lambda table: pc.is_in(table["account"].cast(pa.string()), value_set=names)
    items = pa.array(_covered(ground, wanted), pa.string())
    return lambda table: pc.is_in(table["item"].cast(pa.string()), value_set=items)


def _covered(ground: Ground, wanted: Predicate) -> Iterator[str]:
    with ground.state.reading() as books:
        marks = list(books.marks.all()) if wanted.dnr else []
    matter = matter_items(marks, wanted.dnr) if wanted.dnr else frozenset()
    for _, _, table in partitions(ground.state, ground.store, wanted.columns):
        yield from pc.unique(table["item"].filter(covered(table, wanted, matter))).to_pylist()


def _finding(request: Request, code: str, count: int, severity: Severity, **parameters: str | int) -> Finding:
    return Finding(
        code=code, severity=severity, subject=request.subject, count=count, parameters=tuple(parameters.items())
    )
