"""The next page of an edge, without the token that its address carries."""

from __future__ import annotations

from urllib.parse import parse_qsl, urljoin, urlsplit

from connectors.addresses import ForbiddenAddressError, origin
from connectors.http import HttpError

_METAS = ("graph.facebook.com", "graph.instagram.com")
_SECRET_PARAMETERS = frozenset({"access_token", "appsecret_proof", "appsecret_time", "input_token"})


def cursor_of(paging: object, base: str, token: str | None = None) -> dict[str, str] | None:
    """Of ``paging.next`` only what says where the next page begins; None when there is no next page.

    The address itself is never asked: it carries the token. A relay may hand through Meta's own addresses, so its
    hosts count as ours; any other host is refused.

    Raises:
        HttpError: H112, the next page is on another host.
    """
    following = paging.get("next") if isinstance(paging, dict) else None
    if not isinstance(following, str) or not following:
        return None
    try:
        parts = urlsplit(urljoin(base, following))
        ours = origin(parts) == origin(urlsplit(base)) or (parts.hostname or "") in _METAS
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except (ForbiddenAddressError, ValueError):
        raise HttpError("H112", "paging.next") from None
    if not ours:
        raise HttpError("H112", "paging.next")
    return {name: value for name, value in pairs if name not in _SECRET_PARAMETERS and not (token and token in value)}
