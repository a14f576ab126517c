"""Where packages are delivered: one module per kind of receiver."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from schemas.delivery import Receiver
from schemas.neighbours import Receiving


def open_receiver(receiver: Receiver, home: Path, secret: Callable[[str], str | None]) -> Receiving:
    """Open a receiver; nothing is asked of it yet. Raises RefusedError."""
    raise NotImplementedError
