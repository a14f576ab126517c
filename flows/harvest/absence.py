"""Items that a complete listing did not show: asked for directly, and only then called gone.

A listing that was cut says nothing about what it did not show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.harvest.decide import Head, lost
from flows.harvest.gather import Gatherer, Setting
from flows.harvest.heads import fold
from flows.harvest.rows import Naming, sighting_row
from flows.harvest.tally import Tally
from schemas.calendar import local_day
from schemas.ground import Ground
from schemas.ids import ItemId, Month, month_of_day
from schemas.neighbours import PlatformError, Session
from schemas.record import Row

_LISTED = ("post", "reply", "boost", "story")
"""Kinds that the own listing shows."""

_IN_THREADS = ("comment",)
"""Kinds that only a thread shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What this run has looked at completely.

    Attributes:
        since: the own listing was complete back to this instant; None = to the beginning.
        listing: the own listing was complete.
        threads: native ids of thread roots whose threads were complete.
        now: the run's instant.
    """

    since: datetime | None
    listing: bool
    threads: frozenset[str]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    item: ItemId
    native: str
    row: dict[str, Any]
    head: Head


def months(ground: Ground, authority: str, since: datetime | None) -> list[Month]:
    """Months with holdings from ``since`` on, oldest first."""
    first = month_of_day(local_day(since)) if since is not None else Month("0000-00")
    with ground.state.reading() as books:
        return [month for owner, month, _ in books.manifest.partitions() if owner == authority and month >= first]


def active_roots(ground: Ground, gatherer: Gatherer, setting: Setting, since: datetime | None) -> list[str]:
    """Native ids of our threads that are older than ``since`` but had a comment since."""
    if since is None:
        return []
    first = month_of_day(local_day(since))
    roots: set[str] = set()
    for month in months(ground, setting.account.authority, since):
        table = gatherer.heads.month(month)
        mine = table.filter(
            pc.and_(
                pc.equal(table["account"], setting.account.name),
                pc.and_(pc.less(table["thread"], first[:4] + first[5:]), pc.greater_equal(table["published"], since)),
            )
        )
        roots.update(pc.unique(mine["thread"]).to_pylist())
    by_month: dict[Month, list[str]] = {}
    for root in sorted(roots):
        by_month.setdefault(Month(f"{root[:4]}-{root[4:6]}"), []).append(root)
    natives: list[str] = []
    for month, items in by_month.items():
        table = gatherer.heads.month(month)
        found = table.filter(
            pc.and_(
                pc.is_in(table["item"], value_set=pa.array(items, pa.string())),
                pc.and_(pc.equal(table["kind"], "post"), table["own"]),
            )
        )
        natives.extend(pc.unique(found["native"]).to_pylist())
    return natives


def sightings(
    ground: Ground, session: Session, gatherer: Gatherer, setting: Setting, looked: Looked, tally: Tally
) -> None:
    """Look up what was not shown and append what changed, month by month."""
    roots: dict[str, str] = {}
    gone_roots: set[str] = set()
    own = months(ground, setting.account.authority, looked.since)
    for month in own:
        table = gatherer.heads.month(month)
        posts = table.filter(pc.and_(pc.equal(table["kind"], "post"), table["own"]))
        roots.update(zip(posts["item"].to_pylist(), posts["native"].to_pylist(), strict=True))
    seen = pa.array(sorted(gatherer.seen), pa.string())
    for kinds in (_LISTED, _IN_THREADS):
        for month in own:
            candidates = list(_candidates(gatherer, setting, looked, month, kinds, seen, roots, gone_roots))
            rows = list(_looked_up(session, candidates, gatherer, setting, looked, tally))
            gone_roots.update(row.item for row in rows if row.state == "gone")
            gatherer.add_rows(rows, act="harvest.absence")


def _candidates(
    gatherer: Gatherer,
    setting: Setting,
    looked: Looked,
    month: Month,
    kinds: Sequence[str],
    seen: pa.Array,
    roots: dict[str, str],
    gone_roots: set[str],
) -> Iterator[_Candidate]:
    table = gatherer.heads.month(month)
    mine = table.filter(
        pc.and_(
            pc.equal(table["account"], setting.account.name),
            pc.is_in(table["kind"].cast(pa.string()), value_set=pa.array(kinds, pa.string())),
        )
    )
    rows = mine.filter(pc.invert(pc.is_in(mine["item"], value_set=seen))).to_pylist()
    heads = fold(rows)
    for row in {row["item"]: row for row in rows}.values():
        item = ItemId(row["item"])
        head = heads[item]
        if head.state == "gone":
            continue
        if kinds == _LISTED:
            asked = looked.listing and _within(row["published"], looked.since)
        else:
            asked = roots.get(row["thread"]) in looked.threads or row["thread"] in gone_roots
        if asked:
            yield _Candidate(item=item, native=row["native"], row=row, head=head)


def _within(published: datetime | None, since: datetime | None) -> bool:
    # Without a date we cannot say whether the listing should have shown it, unless it was read to its beginning.
    return since is None or (published is not None and published >= since)


def _looked_up(
    session: Session,
    candidates: Sequence[_Candidate],
    gatherer: Gatherer,
    setting: Setting,
    looked: Looked,
    tally: Tally,
) -> Iterator[Row]:
    if not candidates:
        return
    by_native = {one.native: one for one in candidates}
    batch = gatherer.new_batch()
    answered: set[str] = set()
    try:
        for answer in session.look_up(list(by_native)):
            one = by_native.get(answer.native)
            if one is None:
                continue
            answered.add(answer.native)
            tally.asked += 1
            outcome = lost(answer.outcome, hidden=answer.hidden, known=one.head.state)
            if answer.outcome == "found":
                tally.find("H184", one.item, severity="info")
            if outcome is not None:
                tally.gone += outcome[0] == "gone"
                tally.hidden += outcome[0] == "hidden"
                yield _sighting(one, setting, outcome, looked.now, batch)
    except PlatformError as error:
        tally.incomplete(error.code, setting.account.name)
    for native, one in by_native.items():
        if native not in answered and one.head.state != "unknown":
            tally.failed += 1
            yield _sighting(one, setting, ("unknown", "lookup-unclear"), looked.now, batch)


def _sighting(one: _Candidate, setting: Setting, outcome: tuple[Any, str], now: datetime, batch: str) -> Row:
    row = one.row
    name = Naming(
        item=one.item,
        authority=setting.account.authority,
        platform=setting.account.platform,
        account=row["account"],
        kind=row["kind"],
        own=row["own"],
        native=one.native,
        parent=row["parent"],
        thread=ItemId(row["thread"]),
        published=row["published"],
        batch=batch,
    )
    state, evidence = outcome
    complete = evidence != "lookup-unclear"
    return sighting_row(name, state=state, complete=complete, evidence=evidence, version=one.head.version, observed=now)
