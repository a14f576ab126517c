"""What a decision about registration says: it is a record of ours, and its words are about other records."""

from __future__ import annotations

from typing import Final

from flows.keep.own import PLATFORM
from schemas.ids import ItemId
from schemas.payload import fields_of
from schemas.record import Row

KEY: Final = "registration"
"""Under this name the payload of such a decision has its values."""


def decided_in(row: Row) -> tuple[ItemId, ...]:
    """The records that a decision about registration is about, by its row; empty for anything else."""
    if row.platform != PLATFORM or row.kind != "decision":
        return ()
    said = fields_of(row.payload).get(KEY)
    items = said.get("items") if isinstance(said, dict) else None
    named = [one.get("item") for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return tuple(ItemId(one) for one in named if isinstance(one, str))
