"""The command ``archive export``."""

from __future__ import annotations

from typing import Any


def register(archive: Any) -> None:
    """Add to ``archive``."""
