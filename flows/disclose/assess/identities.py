"""What an author is known by besides the name that is shown: handle and id, as far as they can be read. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_HANDLE = re.compile(r"@([\w.-]{2,200})@[\w.-]+")
_SERVICE = frozenset({"bsky.social", "www", "users", "profile", "people", "in", "channel", "user", "company"})
_SHORTEST = 3


def identities(author: str | None, native: str | None) -> tuple[str, ...]:
    """Everything that says who an author is, each once, what is shown first.

    Name as shown; a handle without its sign and its server (``@anna@example.social`` → ``anna``); the id on the
    platform, and the name that an address as id ends with.
    """
    found: list[str] = []
    for one in (author, native):
        if one is None or not one.strip():
            continue
        found.append(one.strip())
        found += _readable(one.strip())
    return tuple(dict.fromkeys(one for one in found if len(one) >= _SHORTEST or one == (author or "").strip()))


def revealing(author: str | None, native: str | None) -> tuple[str, ...]:
    """What says who an author is wherever it stands: as ``identities``, a handle's readable part only with its sign."""
    full = {(author or "").strip(), (native or "").strip()}
    return tuple(
        form for one in identities(author, native) for form in ((one,) if one in full else (f"@{one}", f"/{one}"))
    )


def _readable(text: str) -> list[str]:
    """The readable part of an id or a handle, or nothing."""
    if text.startswith(("http://", "https://")):
        try:
            last = [part for part in unquote(urlsplit(text).path).split("/") if part][-1:]
        except ValueError:
            return []
        return [part.lstrip("@") for part in last if part not in _SERVICE and any(map(str.isalpha, part))]
    if match := _HANDLE.fullmatch(text):
        return [match[1]]
    if text.startswith("@"):
        return [text[1:]]
    local, sign, host = text.partition("@")
    if sign and "." in host and " " not in text and local:
        return [local]
    if text.endswith(".bsky.social"):
        return [text.removesuffix(".bsky.social")]
    return []
