"""What a search found outside of what the request's hold covers: nothing keeps that from being culled."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.disclose.find.fields import one_array
from flows.disclose.intake.holding import hold_of
from flows.keep.held import resolve
from flows.keep.read import partitions
from schemas.ground import Ground
from schemas.hold import Hold, HoldScope
from schemas.request import Request


def outside(ground: Ground, request: Request, found: pa.Table) -> int:
    """How many of the items found the hold does not bind.

    Args:
        found: ``scan.PAIRS``.

    Raises:
        GuardError: the request has no hold in force (G-CHANGED).
    """
    with ground.state.reading() as books:
        hold = hold_of(books, request)
        marks = list(books.marks.all())
        authorities = {authority for authority, _, _ in books.manifest.partitions()}
    bound = resolve(ground.state, ground.store, [hold], marks)
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
