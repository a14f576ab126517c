"""Which accounts' looks are preserved by a snapshot that can be read."""

from __future__ import annotations

from datetime import datetime

from schemas.ground import Ground


def proven_by_snapshot(ground: Ground) -> list[tuple[str, str, datetime]]:  # noqa: ARG001 - filled in with snapshots
    """(account, authority, when it was taken) of every snapshot whose PDF is readable in the store right now."""
    return []
