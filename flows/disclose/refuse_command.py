"""The commands of ``request``: refuse."""

from __future__ import annotations

from typing import Any


def register(request: Any) -> None:
    """Add to ``request``."""
    del request
