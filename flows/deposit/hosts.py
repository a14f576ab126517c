"""Under which addresses the public finds a film, and the services that show it there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from flows.deposit.places import Place
from flows.keep.addresses import addresses
from schemas.deposit import Host, Told

_SERVICES: Final[dict[str, Host]] = {
    "bluesky": Host(name="Bluesky", address="https://bsky.app"),
    "facebook": Host(name="Facebook", address="https://www.facebook.com"),
    "instagram": Host(name="Instagram", address="https://www.instagram.com"),
    "linkedin": Host(name="LinkedIn", address="https://www.linkedin.com"),
    "x": Host(name="X", address="https://x.com"),
    "youtube": Host(name="YouTube", address="https://www.youtube.com"),
}
"""Services under one address. The others (a Mastodon server, the own site) are told by the item's address."""
_WEB = re.compile(r"https?://[!-~]{3,1990}")


def locations_of(told: Told, places: Sequence[Place], clean: Callable[[str], str]) -> tuple[str, ...]:
    """Web addresses, the own page first, then the own file, then each post, the earliest first; without secrets.

    Args:
        clean: an address without secrets (``schemas.ground.Home``).
    """
    posts = [clean(found[0]) for place in places if (found := addresses(place.slot.row))]
    return tuple(dict.fromkeys(one for one in (told.page, told.file, *posts) if _WEB.fullmatch(one)))


def hosts_of(told: Told, places: Sequence[Place]) -> tuple[Host, ...]:
    """Services that show the film, the own site first where it has a page."""
    found = [_site(told.page)] if told.page else []
    for place in places:
        service = _SERVICES.get(place.slot.row.platform)
        if service is None:
            own = addresses(place.slot.row)
            service = _site(own[0]) if own else None
        found.append(service)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _site(address: str) -> Host | None:
    """The server of an address; a port belongs to it, a user does not."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    server = parts.netloc.rpartition("@")[2]
    return Host(name=server, address=f"{parts.scheme}://{server}") if server else None
