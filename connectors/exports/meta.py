r"""The encoding of Facebook's and Instagram's exports, put right where it is wrong.

Older JSON exports wrote every byte of UTF-8 as ``\u00XX``. A string is repaired only where it is such a one: all its
characters are bytes, and the bytes are UTF-8. ``café`` written rightly stays as it is, and so does whatever holds a
character beyond ``ÿ``.
"""

from __future__ import annotations

import hashlib
from typing import Any

_DEPTH = 60


def repaired(text: str) -> str:
    """The string with its characters put together again, if it was taken apart; else as it is."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def talk_of(name: str) -> str:
    """What stands for the conversation that a file of messages belongs to, without the names in its folder's name."""
    folder = name.rpartition("/")[0].rpartition("/")[2]
    return hashlib.sha256(folder.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def clean(value: Any, depth: int = 0) -> Any:
    """The JSON value with every string repaired, names of fields too; what lies absurdly deep is left as it is."""
    if isinstance(value, str):
        return repaired(value)
    if depth > _DEPTH:
        return value
    if isinstance(value, dict):
        return {repaired(name): clean(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [clean(one, depth + 1) for one in value]
    return value
