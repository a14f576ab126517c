"""What is left of an order's list when a restored backup does not have it: the tombstones of what went."""

from __future__ import annotations

import pyarrow as pa

from flows.cull.listing import LISTED
from flows.keep.links import told_of
from schemas.ground import Ground
from schemas.ids import month_of
from schemas.order import Order


def list_of_tombstones(ground: Ground, order: Order) -> pa.Table:
    """Rows of ``LISTED`` for the items that went: ids, kind and plan row; days and accounts are not known any longer.

    The archive creator is the one whose partition of that month was swapped under the order.
    """
    with ground.state.reading() as books:
        stones = list(books.tombstones.all(order.digest))
        swapped = [body for _, body in told_of(books, order.digest) if body["act"] == "cull.swapped"]
    creators = {}
    for body in swapped:
        for subject in body["subjects"]:
            authority, _, month = subject.rpartition("/")
            if authority:
                creators[month] = authority
    rows = [
        {
            "item": one.item,
            "kind": one.kind,
            "rule": one.rule,
            "outcome": "cull",
            "reasons": ["E170"],
            "account": "",
            "authority": creators.get(month_of(one.item), ""),
            "parent": one.parent,
            "thread": one.thread,
        }
        for one in stones
    ]
    return pa.Table.from_pylist(rows, schema=LISTED)
