"""Which accounts ours follows."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urlsplit

from connectors.http import Http
from connectors.platforms.mastodon.reading import id_of
from schemas.neighbours import PlatformError

_LIMIT = 80
"""Accounts per page, the most a server gives."""


def followed(http: Http, own: str, cap: int) -> Iterator[tuple[str, str]]:
    """Name and address of each, page by page (``Link: rel="next"``).

    Args:
        http: the connection. own: our account's id on the server. cap: pages at most.

    Raises:
        PlatformError: H113, H114 or H128 when the list could not be read to its end, or the transport's code.
    """
    path = f"api/v1/accounts/{quote(own, safe='')}/following"
    cursor: dict[str, str | int] = {"limit": _LIMIT}
    used: set[str] = set()
    for _ in range(cap):
        answer = http.get(path, cursor, endpoint="accounts.following")
        if not isinstance(answer.body, list):
            raise PlatformError("H128")
        for one in answer.body:
            name, address = id_of(one, "acct"), id_of(one, "url")
            if name is not None:
                yield name, address or ""
        link = answer.links.get("next")
        if link is None or not answer.body:
            return
        if link in used:
            raise PlatformError("H114")
        used.add(link)
        # Only the cursor is taken from the address: it is our own path we ask, on our own host.
        cursor = {**dict(parse_qsl(urlsplit(link).query, keep_blank_values=True)), "limit": _LIMIT}
    raise PlatformError("H113")
