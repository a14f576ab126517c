"""What of an answer's item is its own: others' items cut to their ids, addresses without secrets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.platforms.facebook.attachments import is_elsewhere, is_share_of, without_detour
from connectors.platforms.facebook.fields import ATTACHMENT_KEPT, EDGES
from schemas.payload import UnreadableError, canonical

_DEPTH = 60
_PERSON = ("id", "name")
_REFERENCES = ("parent", "object", "private_reply_conversation", "application", "admin_creator")
"""Other items and accounts: their ids are kept."""
_SECRETS = ("access_token", "page_token", "paging")
"""Never kept: tokens, and cursors with a token in their addresses."""
_TEXTS = ("message", "text", "story", "description", "title", "name", "about", "bio", "alt_text", "alt_text_custom")


def payload_of(item: Mapping[str, Any]) -> str:
    """The item's own JSON, canonical.

    Raises:
        UnreadableError: nested too deep.
    """
    shared = is_share_of(item)
    kept: dict[str, Any] = {}
    for name, value in item.items():
        if name in _SECRETS:
            continue
        if name in EDGES and isinstance(value, dict | list):
            if name == "to":
                kept[name] = {"data": _people(value)}
            elif isinstance(value, dict) and isinstance(value.get("summary"), dict):
                total = value["summary"].get("total_count")
                kept[name] = {"summary": {"total_count": total}} if type(total) is int else {}
        elif name == "from" and isinstance(value, dict):
            kept[name] = _only(value, _PERSON)
        elif name in _REFERENCES and isinstance(value, dict):
            kept[name] = _only(value, ("id",))
        elif name in ("attachments", "attachment"):
            kept[name] = _attachments(value, 1, shared=shared)
        else:
            kept[name] = _own(value, name, 1)
    return canonical(kept)


def _people(value: object) -> list[dict[str, Any]]:
    found = value.get("data") if isinstance(value, dict) else value
    return [_only(one, _PERSON) for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _only(value: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value[name] for name in names if isinstance(value.get(name), str | int)}


def _attachments(value: Any, depth: int, *, shared: bool) -> Any:
    """Attachments; of those that show something of another's only what kind it is and where."""
    if depth > _DEPTH:
        raise UnreadableError("nested too deep")
    if isinstance(value, list):
        return [_attachments(one, depth + 1, shared=shared) for one in value]
    if not isinstance(value, dict):
        return _own(value, "", depth)
    elsewhere = shared or is_elsewhere(value)
    kept: dict[str, Any] = {}
    for name, inner in value.items():
        if name in _SECRETS:
            continue
        if name in ("data", "subattachments"):
            kept[name] = _attachments(inner, depth + 1, shared=elsewhere)
        elif not elsewhere or name in ATTACHMENT_KEPT:
            kept[name] = _own(inner, name, depth + 1)
    return kept


def _own(value: Any, name: str, depth: int) -> Any:
    """The value with every item inside it reduced to its id, and addresses without secret parameters."""
    if depth > _DEPTH:
        raise UnreadableError("nested too deep")
    if isinstance(value, dict):
        if "message" in value and ("from" in value or "created_time" in value):
            return _only(value, ("id",))
        return {key: _own(one, key, depth + 1) for key, one in value.items() if key not in _SECRETS}
    if isinstance(value, list):
        return [_own(one, name, depth + 1) for one in value]
    if isinstance(value, str) and name not in _TEXTS and value.startswith(("https://", "http://")):
        return without_detour(value)
    return value
