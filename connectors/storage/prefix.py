"""Which beginnings of keys a store may be asked for."""

from __future__ import annotations

from schemas.shelf import safe_key


def safe_prefix(prefix: str) -> str:
    """Take the beginning of a key: empty, or safe segments of which the last may be cut short or empty.

    Raises:
        RefusedError: a segment with path tricks or odd characters.
    """
    folder, slash, rest = prefix.rpartition("/")
    if slash:
        safe_key(folder)
    if rest:
        safe_key(rest)
    return prefix
