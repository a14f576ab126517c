"""What proves the conditions of a plan: receipts of the e-archive and of KB, snapshots that can be read.

Only what a row of the plan asks for is looked up; a condition that nothing proves keeps.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.films import deposited
from flows.keep.read import partitions
from flows.keep.snapshots import proven_by_snapshot
from schemas.ground import Ground
from schemas.ids import ItemId, month_of
from schemas.plan.model import Plan
from schemas.plan.proven import Proven
from schemas.tables import INSTANT


def proofs_for(ground: Ground, plan: Plan | None) -> Mapping[str, Proven]:
    """Items for which each condition that the plan's rows name is proven, as far as it can be from here."""
    asked = {one for rule in plan.rules for one in rule.conditions} if plan is not None else set()
    found: dict[str, Proven] = {}
    if "e-arkiv" in asked:
        found["e-arkiv"] = _received(ground)
    if "ogonblicksbild" in asked:
        found["ogonblicksbild"] = _shown(ground)
    if "e-plikt" in asked:
        found["e-plikt"] = deposited(ground)
    return found


def _received(ground: Ground) -> Proven:
    """Items that the e-archive has received as they are here: nothing of them was seen after their package's instant.

    Wordings and files count; counters and sightings, which come every night, do not. A trial proves nothing.
    """
    with ground.state.reading() as books:
        packages = [one for one in books.packages.all() if one.standing == "accepted" and one.intent.status != "TEST"]
        # Later ones last: what counts is the latest instant that an item was delivered as of.
        packages.sort(key=lambda one: one.intent.through)
        through = {item: one.intent.through for one in packages for item in books.packages.items(one.intent.id)}
    items = pa.array(sorted(through), pa.string())
    instants = pa.array([through[item] for item in items.to_pylist()], INSTANT)
    del through
    changed: list[pa.Array] = []
    for month in sorted({month_of(ItemId(item)) for item in items.to_pylist()}):
        for _, _, table in partitions(ground.state, ground.store, ["item", "row", "observed", "media"], month=month):
            ours = pc.index_in(table["item"], value_set=items)
            told = pc.or_(pc.equal(pc.cast(table["row"], pa.string()), "version"), _has_media(table))
            later = pc.greater(table["observed"], instants.take(ours.combine_chunks()))
            changed.append(pc.unique(table["item"].filter(pc.and_(told, pc.fill_null(later, False)))).cast(pa.string()))
    if changed:
        items = items.filter(pc.invert(pc.is_in(items, value_set=pa.concat_arrays(changed))))
    return Proven(items)


def _has_media(table: pa.Table) -> pa.ChunkedArray:
    return pc.greater(pc.list_value_length(table["media"]), 0)


def _shown(ground: Ground) -> Proven:
    """Items of accounts whose look was taken after they were published, by a snapshot that can be read today."""
    taken = proven_by_snapshot(ground)
    if not taken:
        return Proven()
    latest: dict[tuple[str, str], pa.Scalar] = {}
    for account, authority, at in taken:
        key = (authority, account)
        value = pa.scalar(at, pa.timestamp("us", "UTC"))
        if key not in latest or latest[key].as_py() < at:
            latest[key] = value
    items: list[pa.Array] = []
    for authority, _, table in partitions(ground.state, ground.store, ["item", "account", "published"]):
        accounts = table["account"].cast(pa.string())
        for (owner, account), at in latest.items():
            if owner == authority:
                before = pc.fill_null(pc.less_equal(table["published"], at), False)
                chosen = table["item"].filter(pc.and_(pc.equal(accounts, account), before))
                items.append(pc.unique(chosen))
    return Proven(pa.concat_arrays([one.cast(pa.string()) for one in items])) if items else Proven()
