"""The command ``oversee watch``."""

from __future__ import annotations

from typing import Any


def register(oversee: Any) -> None:
    """Add it to ``oversee``."""
