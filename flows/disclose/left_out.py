"""Which of some items nothing of a request's hold binds."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.disclose.find.fields import one_array
from flows.keep.read import partitions
from schemas.ground import Ground
from schemas.hold import Hold, HoldScope


def left_out(ground: Ground, bound: list[Hold], found: pa.Table) -> int:
    """How many of the items found are not bound.

    Args:
        bound: what the hold binds (``flows.keep.held``). found: a table with the column ``item``.
    """
    with ground.state.reading() as books:
        authorities = {authority for authority, _, _ in books.manifest.partitions()}
    if not found.num_rows or authorities <= _subjects(bound, "authority"):
        return 0
    items = pc.unique(one_array(found["item"]))
    free: list[Any] = []
    for authority, _, table in partitions(ground.state, ground.store, ("item", "thread", "account")):
        if authority in _subjects(bound, "authority"):
            continue
        hits = pc.is_in(one_array(table["item"]), value_set=items)
        if not pc.any(hits).as_py():
            continue
        some = table.filter(hits)
        held = pc.is_in(some["account"].cast(pa.string()), value_set=_array(bound, "account"))
        held = pc.or_(held, pc.is_in(some["item"], value_set=_array(bound, "item")))
        held = pc.or_(held, pc.is_in(some["thread"], value_set=_array(bound, "thread")))
        free += pc.unique(some["item"].filter(pc.invert(held))).to_pylist()
    return len(set(free))


def _subjects(bound: list[Hold], scope: HoldScope) -> set[str]:
    return {one.subject for one in bound if one.scope == scope}


def _array(bound: list[Hold], scope: HoldScope) -> Any:
    return pa.array(sorted(_subjects(bound, scope)), pa.string())
