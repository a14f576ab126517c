"""Where people could read an item on its platform: as the platform told it, or as its ids make it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import orjson

from schemas.payload import UnreadableError, read
from schemas.record import Row

_TOLD: Final = ("permalink_url", "permalink", "url", "link")
"""Names under which platforms tell an item's own address in its own JSON (Facebook, Instagram, Mastodon, feeds)."""
_ADDRESS = re.compile(r"https?://[!-~]{1,2000}")
_PART = re.compile(r"[A-Za-z0-9._~:-]{1,300}")
_LONGEST = 4 * 1024 * 1024
"""Bytes of JSON that are looked through for an address; larger ones are left alone."""


def addresses(row: Row) -> tuple[str, ...]:
    """The item's own addresses, what the platform told first; empty when none can be known.

    Only web addresses in plain ASCII are taken; nothing else of the JSON is used.
    """
    found = [row.native, *_told(row.payload), *_made(row)]
    return tuple(dict.fromkeys(one for one in found if _ADDRESS.fullmatch(one)))


def _told(payload: str | None) -> list[str]:
    if payload is None or len(payload) > _LONGEST or not any(f'"{name}"' in payload for name in _TOLD):
        return []
    try:
        values: Any = _values(payload)
    except UnreadableError:
        return []
    if not isinstance(values, Mapping):
        return []
    return [value for name in _TOLD if isinstance(value := values.get(name), str)]


def _values(payload: str) -> Any:
    # An address needs no number kept as written, so the quick reader will do; what it refuses, ours may still read.
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return read(payload.encode("utf-8", "surrogatepass"))


def _made(row: Row) -> list[str]:
    native = row.native
    if row.platform == "bluesky":
        parts = native.removeprefix("at://").split("/")
        if len(parts) == 3 and parts[1] == "app.bsky.feed.post" and all(map(_PART.fullmatch, (parts[0], parts[2]))):
            return [f"https://bsky.app/profile/{parts[0]}/post/{parts[2]}"]
    if row.platform == "x" and native.isascii() and native.isdigit():
        return [f"https://x.com/i/status/{native}"]
    if row.platform == "linkedin" and native.startswith(("urn:li:share:", "urn:li:ugcPost:", "urn:li:activity:")):
        return [f"https://www.linkedin.com/feed/update/{quote(native, safe=':')}/"]
    if row.platform == "youtube" and _PART.fullmatch(native):
        if row.kind == "post":
            return [f"https://www.youtube.com/watch?v={native}"]
        video = row.thread_native
        if row.kind in {"comment", "reply"} and video is not None and _PART.fullmatch(video):
            return [f"https://www.youtube.com/watch?v={video}&lc={native}"]
    return []
