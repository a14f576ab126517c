"""What a decision about registration says: it is a record of ours, and its words are about other records."""

from __future__ import annotations

from typing import Any, Final

from flows.keep.own import PLATFORM
from schemas.ids import ItemId
from schemas.payload import UnreadableError, read
from schemas.record import Row

KEY: Final = "registration"
"""Under this name the payload of such a decision has its values."""


def decided_in(row: Row) -> tuple[ItemId, ...]:
    """The records that a decision about registration is about, by its row; empty for anything else."""
    if row.platform != PLATFORM or row.kind != "decision":
        return ()
    try:
        values: Any = read((row.payload or "null").encode("utf-8", "surrogatepass"))
    except UnreadableError:
        return ()
    said = values.get(KEY) if isinstance(values, dict) else None
    items = said.get("items") if isinstance(said, dict) else None
    named = [one.get("item") for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    return tuple(ItemId(one) for one in named if isinstance(one, str))
