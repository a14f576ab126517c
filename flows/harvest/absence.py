"""Items that a complete listing did not show: asked for directly, and only then called gone.

A listing that was cut says nothing about what it did not show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from schemas.near import named_by_us
from schemas.neighbours import Addressed, ListingEnd, Lookup, PlatformError, Session
from schemas.record import Kind, Row

_LISTED: tuple[Kind, ...] = ("post", "reply", "boost")
"""Kinds that the own listing shows unless its end says otherwise."""

_LOOKED_FOR: tuple[Kind, ...] = (
    "post", "reply", "boost", "comment", "visitor_post", "mention", "message", "story"
)  # fmt: skip
"""Kinds that somebody may take away."""

_BELOW: tuple[Kind, ...] = ("comment", "reply")
"""Kinds that lie below something of ours."""

_LOST = ("gone", "unknown")
"""States in which an item cannot be counted on to show what lies below it."""

_IN_THREADS: tuple[Kind, ...] = ("comment",)
"""Kinds that only a thread shows unless its end says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What this run has looked at completely.

    Attributes:
        since: how far back this run looks at all; None = to the beginning.
        listed: kind → the instant back to which a complete listing showed every item of it; None = to the beginning.
        threads: native id of a thread's first item → kinds that its thread showed completely.
        now: the run's instant.
    """

    since: datetime | None
    listed: Mapping[Kind, datetime | None]
    threads: Mapping[str, tuple[Kind, ...]]
    now: datetime


def shown(end: ListingEnd) -> tuple[Kind, ...]:
    """Kinds of items that a complete listing shows."""
    return end.kinds or {"posts": _LISTED, "thread": _IN_THREADS}.get(end.listing, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    item: ItemId
    native: str
    thread_native: str | None
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
                pc.and_(
                    pc.less(table["thread"], first[:4] + first[5:] + "~"), pc.greater_equal(table["published"], since)
                ),
            )
        )
        roots.update(pc.unique(mine["thread"]).to_pylist())
    by_month: dict[Month, list[str]] = {}
    for root in sorted(roots):
        by_month.setdefault(Month(f"{root[:4]}-{root[4:6]}"), []).append(root)
    natives: list[str] = []
    # The newest first: where the budget ends, it ends among the oldest.
    for month, items in sorted(by_month.items(), reverse=True):
        table = gatherer.heads.month(month)
        found = table.filter(
            pc.and_(
                pc.is_in(table["item"], value_set=pa.array(items, pa.string())),
                _begins_thread(table),
            )
        )
        heads = gatherer.heads.of(ItemId(item) for item in pc.unique(found["item"]).to_pylist())
        pairs = dict(zip(found["native"].to_pylist(), found["item"].to_pylist(), strict=True))
        # A thread whose first item is gone is shown by nobody; what lies below it is read by itself (``orphans``).
        natives.extend(
            native for native, item in pairs.items() if not named_by_us(native) and heads[ItemId(item)].state != "gone"
        )
    return natives


def known_identities(ground: Ground, gatherer: Gatherer) -> Callable[[Sequence[str]], Mapping[str, str]]:
    """What a session may ask while it fetches: ``Window.known``. It has a view of its own, for the fetching thread."""
    heads = gatherer.heads.view()

    def known(natives: Sequence[str]) -> Mapping[str, str]:
        hashes = {gatherer.hash_of(native): native for native in natives}
        with ground.state.reading() as books:
            found = books.natives.find(list(hashes))
        items = {item: hashes[key] for key, item in found.items() if item is not None}
        identities = {hashes[key]: "" for key, item in found.items() if item is None}
        return identities | {items[item]: head.identity or "" for item, head in heads.of(items).items()}

    return known


def orphans(ground: Ground, gatherer: Gatherer, setting: Setting, since: datetime | None) -> list[str]:
    """Native ids of items whose parent is gone or unknown, while they are not.

    No thread shows them any longer, so each is read by itself: else its edits and the answers below it would never
    be seen.
    """
    lost: set[str] = set()
    natives: list[str] = []
    for month in months(ground, setting.account.authority, since):
        table = gatherer.heads.month(month)
        mine = table.filter(pc.equal(table["account"], setting.account.name))
        changed = mine.filter(pc.equal(mine["row"].cast(pa.string()), "sighting"))
        heads = gatherer.heads.of(ItemId(item) for item in pc.unique(changed["item"]).to_pylist())
        lost.update(item for item, head in heads.items() if head.state in _LOST)
        if not lost:
            continue
        below = mine.filter(pc.is_in(mine["parent"], value_set=pa.array(sorted(lost), pa.string())))
        pairs = zip(below["item"].to_pylist(), below["native"].to_pylist(), strict=True)
        found = {item: native for item, native in pairs if not named_by_us(native)}
        natives.extend(native for item, native in found.items() if item not in lost)
    return natives


def sightings(
    ground: Ground,
    session: Session,
    gatherer: Gatherer,
    setting: Setting,
    looked: Looked,
    tally: Tally,
    failed: Callable[[PlatformError], bool],
) -> None:
    """Look up what was not shown and append what changed, month by month.

    Args:
        failed: told of a failure of the look-ups; says whether nothing more is to be asked tonight.
    """
    asking = _Asking(session, gatherer, setting, looked, tally, failed)
    seen = pa.array(sorted(gatherer.seen), pa.string())
    gone: set[str] = set()
    # Oldest month first: a thread's first item lies in the same month as what answers it, or in an earlier one.
    for month in months(ground, setting.account.authority, looked.since):
        unseen = _unseen(gatherer, setting, month, seen)
        gone |= _gone_before(gatherer, month)
        listed = [
            one
            for one in unseen
            if one.row["kind"] in looked.listed and _within(one.row["published"], looked.listed[one.row["kind"]])
        ]
        gone |= asking.look_up(listed)
        asked = {one.item for one in listed}
        asking.look_up([one for one in unseen if one.item not in asked and _missed(one, looked, gone)])


def _missed(one: _Candidate, looked: Looked, gone: set[str]) -> bool:
    """A complete thread did not show it, or what it stands below is gone."""
    kind = one.row["kind"]
    if kind in _BELOW and one.row["thread"] in gone:
        return True
    return kind in looked.threads.get(one.thread_native or "", ())


def _begins_thread(table: pa.Table) -> pa.ChunkedArray:
    """Our own posts, and what visitors posted on our page."""
    kind = table["kind"].cast(pa.string())
    return pc.or_(pc.and_(pc.equal(kind, "post"), table["own"]), pc.equal(kind, "visitor_post"))


def _gone_before(gatherer: Gatherer, month: Month) -> set[str]:
    """Items of the month that began a thread and that an earlier night found gone: their threads are not shown any longer."""
    table = gatherer.heads.month(month)
    states = table.filter(pc.and_(_begins_thread(table), pc.equal(table["row"].cast(pa.string()), "sighting")))
    heads = gatherer.heads.of(ItemId(item) for item in pc.unique(states["item"]).to_pylist())
    return {item for item, head in heads.items() if head.state == "gone"}


def _unseen(gatherer: Gatherer, setting: Setting, month: Month, seen: pa.Array) -> list[_Candidate]:
    """The account's items of the month that no answer showed tonight and that are not known to be gone."""
    table = gatherer.heads.month(month)
    kinds = pa.array(_LOOKED_FOR, pa.string())
    mine = table.filter(
        pc.and_(
            pc.equal(table["account"], setting.account.name),
            pc.is_in(table["kind"].cast(pa.string()), value_set=kinds),
        )
    )
    rows = mine.filter(pc.invert(pc.is_in(mine["item"], value_set=seen))).to_pylist()
    heads = fold(rows)
    # What only an export or a person showed has no id that the platform could be asked for.
    rows = [row for row in rows if not named_by_us(row["native"])]
    threads = {row["item"]: row["thread_native"] for row in rows if row["thread_native"]}
    return [
        _Candidate(
            item=ItemId(item),
            native=row["native"],
            thread_native=threads.get(item),
            row=row,
            head=heads[ItemId(item)],
        )
        for item, row in {row["item"]: row for row in rows}.items()
        if heads[ItemId(item)].state != "gone"
    ]


def _within(published: datetime | None, since: datetime | None) -> bool:
    # Without a date we cannot say whether the listing should have shown it, unless it was read to its beginning.
    return since is None or (published is not None and published >= since)


class _Asking:
    """Look-ups of one run: what was found out is stored even if the rest could not be asked."""

    def __init__(
        self,
        session: Session,
        gatherer: Gatherer,
        setting: Setting,
        looked: Looked,
        tally: Tally,
        failed: Callable[[PlatformError], bool],
    ) -> None:
        self._session = session
        self._gatherer = gatherer
        self._setting = setting
        self._looked = looked
        self._tally = tally
        self._failed = failed
        self._over = False

    def look_up(self, candidates: Sequence[_Candidate]) -> set[str]:
        """Ask for the items and append what changed; the opaque ids of those that are gone."""
        if not candidates or self._over:
            return set()
        batch = self._gatherer.new_batch()
        rows: list[Row] = []
        answered: set[str] = set()
        try:
            self._ask({one.native: one for one in candidates}, answered, rows, batch)
        except PlatformError as error:
            self._over = self._failed(error)
        finally:
            # Whatever ended the look-ups, what they told so far is kept.
            self._store(rows)
        unclear = [one for one in candidates if one.native not in answered and one.head.state != "unknown"]
        self._tally.failed += len(unclear)
        now, setting = self._looked.now, self._setting
        self._store([_sighting(one, setting, ("unknown", "lookup-unclear"), now, batch) for one in unclear])
        return {row.item for row in rows if row.state == "gone"}

    def _ask(self, by_native: Mapping[str, _Candidate], answered: set[str], rows: list[Row], batch: str) -> None:
        for answer in _asked(self._session, self._gatherer, list(by_native.values())):
            one = by_native.get(answer.native)
            if one is None:
                continue
            answered.add(answer.native)
            self._tally.asked += 1
            if answer.outcome == "found":
                self._tally.find("H184", self._setting.account.name, severity="info")
                self._tally.unlisted += one.row["kind"] == "post" and not answer.hidden
            outcome = lost(answer, known=one.head.state)
            if outcome is not None:
                rows.append(_sighting(one, self._setting, outcome, self._looked.now, batch))

    def _store(self, rows: Sequence[Row]) -> None:
        self._gatherer.add_rows(rows, act="harvest.absence")
        gone = [row.item for row in rows if row.state == "gone"]
        self._tally.gone += len(gone)
        self._tally.gone_items.extend(gone)
        self._tally.posts_gone += sum(row.state == "gone" and row.kind == "post" for row in rows)
        self._tally.hidden += sum(row.state == "hidden" for row in rows)


def _asked(session: Session, gatherer: Gatherer, candidates: Sequence[_Candidate]) -> Iterator[Lookup]:
    """Ask for them, by address where that is how the session finds things."""
    if isinstance(session, Addressed):
        session.addressed(_addresses(gatherer, candidates))
    return session.look_up([one.native for one in candidates])


def _addresses(gatherer: Gatherer, candidates: Sequence[_Candidate]) -> dict[str, str]:
    """Native id → the first link of its newest version, of those that have one."""
    found: dict[str, str] = {}
    for one in candidates:
        versions = [row for row in gatherer.rows_of(one.item) if row.row == "version" and row.links]
        if versions:
            found[one.native] = max(versions, key=lambda row: row.version).links[0]
    return found


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
