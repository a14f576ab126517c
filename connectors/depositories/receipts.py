"""KB's receipts, read from a REST address."""

from __future__ import annotations

from collections.abc import Callable

from schemas.deposit import ReceiptSettings
from schemas.neighbours import Receipts


def open_receipts(settings: ReceiptSettings, secret: Callable[[str], str | None]) -> Receipts:
    """Open where receipts are read; nothing is asked yet. Raises RefusedError."""
    raise NotImplementedError
