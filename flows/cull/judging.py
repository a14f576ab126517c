"""The judgement a culling rests on: plan, marks and holds as they stand, every item decided, and the checks' basis.

A judgement remembers what it was made on: the revision of plan, marks and holds, the ledger's head and the live files.
Whoever acts on it can tell whether anything has changed since, and judge anew if it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.cull.checks import Basis, Stage
from flows.keep.judged import standing
from flows.keep.known_places import unknown_places
from flows.keep.read import partitions
from schemas.calendar import local_day
from schemas.ground import Ground
from schemas.hold import Mark
from schemas.ids import ItemId, Month
from schemas.order import Signature
from schemas.plan.evaluate import COLUMNS, Run, plain
from schemas.plan.fold import fold

FOLLOWING = ("removal_notice", "block_decision")
"""Kinds of our own records that are kept together with what they are about (retention rules, section 8 item 11)."""


class Judging:
    """All items judged on one day under what stands now.

    Attributes:
        base: plan, marks, holds and their revision. run: the evaluation, for judging single partitions too.
        head: number of the ledger's last link before anything was read.
    """

    def __init__(self, ground: Ground, as_of: date, *, since: datetime | None = None) -> None:
        """Read what stands now; ``since``: holds lifted after it still bind (a lifted hold needs a new proposal)."""
        self.ground, self.as_of = ground, as_of
        with ground.state.reading() as books:
            self.head, _ = books.ledger.head()
            self.live = {file.key for file in books.manifest.live()}
            self._persons = {one.name: one for one in books.persons.all()}
        self.base = standing(ground, as_of, since=since)

        def read(columns: Sequence[str]) -> Iterator[tuple[str, Month, pa.Table]]:
            return partitions(ground.state, ground.store, columns)

        base = self.base
        self.run = Run(
            read,
            base.plan,
            base.marks,
            base.holds,
            as_of,
            proofs=base.proofs,
            pending=base.pending,
            films=base.films,
        )
        self._marks: dict[str, list[Mark]] = {}
        for mark in self.base.marks:
            self._marks.setdefault(mark.item, []).append(mark)

    def partition(self, authority: str, table: pa.Table) -> pa.Table:
        """Decisions about the items of one partition, plain columns (``DECISIONS``); rows with ``HOLDINGS`` columns."""
        return plain(self.run.judge(authority, fold(table.select(COLUMNS))))

    def basis(self, stage: Stage, listed: pa.Table, tied: frozenset[str] = frozenset()) -> Basis:
        """What the checks rest on for listed rows (``flows.cull.checks.COLUMNS``); signatures are added by the act."""
        items = [ItemId(item) for item in listed["item"].to_pylist()]
        with self.ground.state.reading() as books:
            destroyed = books.tombstones.known(items)
            now = books.revision()
        return Basis(
            stage=stage,
            as_of=self.as_of,
            today=local_day(self.ground.clock.now()),
            plan=self.base.plan,
            marks=self._marks,
            persons=self._persons,
            proofs=self.base.proofs,
            held=self._held(listed),
            tied=tied,
            destroyed=frozenset(destroyed),
            revision_judged=self.base.revision,
            revision_now=now,
            places=places_of(self.ground),
            unknown_places=bool(unknown_places(self.ground)),
            # A place that is away leaves the operation open; it keeps nothing from being judged.
            provable=True,
        )

    def _held(self, listed: pa.Table) -> frozenset[str]:
        context = self.run.context
        if not self.base.holds:
            return frozenset()
        names = [listed[name].to_pylist() for name in ("item", "thread", "account", "authority")]
        return frozenset(
            item
            for item, thread, account, authority in zip(*names, strict=True)
            if context.label(item, thread).holds
            or context.account_holds.get(account)
            or context.authority_holds.get(authority)
        )


def signed(basis: Basis, signatures: Sequence[Signature], *, genuine: bool, **more: object) -> Basis:
    """The basis with the order's signatures."""
    by_act = {one.act: one for one in signatures}
    values: Mapping[str, object] = {
        "proposal": by_act.get("propose"),
        "approval": by_act.get("approve"),
        "genuine": genuine,
        **more,
    }
    return replace(basis, **values)  # type: ignore[arg-type] # names and types are those of Basis


def places_of(ground: Ground) -> tuple[str, ...]:
    """Names of all places where copies lie."""
    second = () if ground.second is None else (ground.second.place,)
    return (ground.store.place, *(one.place for one in ground.mirrors), *second)


def placed(rows: pa.Table, items: pa.Array) -> pa.Table:
    """Where items stand in their threads: ``item``, ``parent``, ``thread``, and ``versions`` (how many).

    Args:
        rows: rows of the items' partitions, with ``item``, ``row``, ``parent``, ``thread``, ``observed``.
        items: the items wanted.
    """
    found = rows.filter(pc.is_in(rows["item"], value_set=items)).sort_by(
        [("item", "ascending"), ("observed", "ascending")]
    )
    itself = pc.equal(found["item"], found["thread"])
    folded = (
        pa.table(
            {
                "item": found["item"],
                "parent": found["parent"],
                "thread": pc.if_else(itself, pa.scalar(None, pa.string()), found["thread"]),
                "versions": pc.cast(pc.equal(found["row"].cast(pa.string()), "version"), pa.int64()),
            }
        )
        .group_by("item", use_threads=False)
        .aggregate([("parent", "last"), ("thread", "last"), ("versions", "sum")])
    )
    return pa.table(
        {
            "item": folded["item"],
            "parent": folded["parent_last"],
            "thread": pc.coalesce(folded["thread_last"], folded["item"]),
            "versions": folded["versions_sum"],
        }
    )


PLACED = ("item", "row", "parent", "thread", "observed")
"""Columns that ``placed`` reads."""


def with_places(ground: Ground, decided: pa.Table) -> pa.Table:
    """Decisions (plain) with the columns of ``placed``; a row whose item has none left gets nulls."""
    if not decided.num_rows:
        return (
            decided.append_column("parent", pa.array([], pa.string()))
            .append_column("thread", pa.array([], pa.string()))
            .append_column("versions", pa.array([], pa.int64()))
        )
    found: list[pa.Table] = []
    months = pc.utf8_slice_codeunits(decided["item"], 0, 6)
    keys = pa.table({"authority": decided["authority"], "month": months}).group_by(["authority", "month"]).aggregate([])
    for one in keys.sort_by([("authority", "ascending"), ("month", "ascending")]).to_pylist():
        here = pc.and_(pc.equal(decided["authority"], one["authority"]), pc.equal(months, one["month"]))
        month = Month(f"{one['month'][:4]}-{one['month'][4:]}")
        for _, _, rows in partitions(ground.state, ground.store, PLACED, authority=one["authority"], month=month):
            found.append(placed(rows, decided["item"].filter(here).combine_chunks()))
    return beside(decided, pa.concat_tables(found))


def beside(decided: pa.Table, places: pa.Table) -> pa.Table:
    """Decisions with the columns of ``placed`` beside them, by item."""
    at = pc.index_in(decided["item"], value_set=places["item"].combine_chunks())
    for name in ("parent", "thread", "versions"):
        decided = decided.append_column(name, places[name].take(at))
    return decided


def families(ground: Ground) -> dict[str, frozenset[str]]:
    """Items of ours that are kept together with what they are about: each member → the whole family."""
    parents: dict[str, set[str]] = {}
    for _, _, names in partitions(ground.state, ground.store, ["kind", "item", "parent"]):
        ours = pc.and_(is_following(names["kind"]), pc.is_valid(names["parent"]))
        for row in names.filter(ours).to_pylist():
            parents.setdefault(row["parent"], {row["parent"]}).add(row["item"])
    return {member: frozenset(family) for family in parents.values() for member in family}


def is_following(kinds: Any) -> Any:
    """Which of the kinds are of our own records that are kept together with what they are about."""
    return pc.is_in(kinds.cast(pa.string()), value_set=pa.array(FOLLOWING))
