"""What a search found outside of what the request's hold covers: nothing keeps that from being culled."""

from __future__ import annotations

import pyarrow as pa

from flows.disclose.intake.holding import hold_of
from flows.disclose.left_out import left_out
from flows.keep.held import resolve
from schemas.ground import Ground
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
    return left_out(ground, resolve(ground.state, ground.store, [hold], marks), found)
