"""The command ``register``: candidates, send, decline, confirm, collect, status."""

from __future__ import annotations

from typing import Any


def register(verbs: Any) -> None:
    """Add ``register`` to the command line."""
