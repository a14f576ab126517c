"""What proves the conditions of a plan: receipts of the e-archive, snapshots that can be read.

Only what a row of the plan asks for is looked up; a condition that nothing proves keeps.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from flows.keep.read import partitions
from flows.keep.snapshots import proven_by_snapshot
from schemas.ground import Ground
from schemas.plan.model import Plan
from schemas.plan.proven import Proven


def proofs_for(ground: Ground, plan: Plan | None) -> Mapping[str, Proven]:
    """Items for which each condition that the plan's rows name is proven, as far as it can be from here."""
    asked = {one for rule in plan.rules for one in rule.conditions} if plan is not None else set()
    found: dict[str, Proven] = {}
    if "e-arkiv" in asked:
        with ground.state.reading() as books:
            found["e-arkiv"] = Proven(books.packages.accepted())
    if "ogonblicksbild" in asked:
        found["ogonblicksbild"] = _shown(ground)
    return found


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
