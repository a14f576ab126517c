"""Single values of Instagram's answers: ids, times, names of fields, and an item's JSON without what is another's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.scrubbing import without_secrets
from schemas.payload import UnreadableError

NATIVE = re.compile(r"[!-~\u00a1-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]{1,500}")
"""No space, no control character, no lone surrogate."""
_DEPTH = 100
_PERSONS = frozenset({"from", "owner", "user"})
_WRITTEN = frozenset({"alt_text", "biography", "caption", "message", "name", "text", "video_title"})
"""Fields that a person wrote: kept to the letter, addresses in them too."""
_ITEMS = frozenset({"comments", "replies"})


def id_of(value: object, name: str = "id") -> str | None:
    """An id field, as text; None when it is missing or unusable."""
    found = value.get(name) if isinstance(value, dict) else None
    if type(found) is int and 0 <= found < 10**40:
        found = str(found)
    return found if isinstance(found, str) and NATIVE.fullmatch(found) else None


def moment(value: object) -> datetime | None:
    """A time with zone (``2026-11-20T10:15:30+0000``), UTC; None when it is anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


def count_of(value: object, name: str) -> int | None:
    """A counter, or None when it is not stated as one."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if type(found) is int and 0 <= found < 2**63 else None


def listed(value: object, name: str = "data") -> list[dict[str, Any]]:
    """The objects of a list in an answer; empty where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def own_part(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item without what is another's, without cursors and without secrets.

    Of persons their id and name are kept, of other items their id.

    Raises:
        UnreadableError: it is nested too deep.
    """
    return {name: _kept(name, value, 1) for name, value in item.items() if name != "paging"}


def _kept(name: str, value: Any, depth: int) -> Any:
    if depth > _DEPTH:
        raise UnreadableError("nested too deep")
    if isinstance(value, str):
        return value if name in _WRITTEN else _without_secrets(value)
    if isinstance(value, list):
        return [_kept(name, one, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    if name in _PERSONS:
        return {key: one for key in ("id", "username") if isinstance(one := value.get(key), str | int)}
    if name in _ITEMS:
        return {"data": [_id(one) for one in listed(value)]}
    if name == "media" or (name != "children" and depth > 1 and _is_item(value)):
        return _id(value)
    return {
        key: _kept(f"{name}.{key}" if name == "to" else key, one, depth + 1)
        for key, one in value.items()
        if key != "paging"
    }


def _is_item(value: Mapping[str, Any]) -> bool:
    """Another comment, media object or message, under whatever name it stands."""
    return "id" in value and not {"text", "caption", "message"}.isdisjoint(value)


def _id(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": value["id"]} if isinstance(value.get("id"), str | int) else {}


def _without_secrets(value: str) -> str:
    return without_secrets(value) if "://" in value[:12] or "token" in value else value
