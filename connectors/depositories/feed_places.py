"""Where the feed that KB fetches is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from schemas.deposit import FeedSettings
from schemas.neighbours import Publishing


def open_feed(feed: FeedSettings, home: Path, secret: Callable[[str], str | None]) -> Publishing:
    """Open the feed's place; nothing is asked of it yet. Raises RefusedError."""
    raise NotImplementedError
