"""The next page of an edge, without the token that its address carries."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

_PLACES = frozenset({"after", "before", "cursor", "offset", "page", "since", "until", "__paging_token"})
"""Parameters that say where a page begins."""


def cursor_of(paging: object, token: str | None = None) -> dict[str, str] | None:
    """Of ``paging.next`` only what says where the next page begins; None when there is no next page.

    The address itself is never asked, so it does not matter which host it names (a relay hands through Meta's own):
    it carries the token. Where it says nothing of a place, ``paging.cursors.after`` does; where that is missing too,
    the place is empty, which is the first page's.
    """
    following = paging.get("next") if isinstance(paging, dict) else None
    if not isinstance(following, str) or not following or not isinstance(paging, dict):
        return None
    try:
        pairs = parse_qsl(urlsplit(following).query)
    except ValueError:
        pairs = []
    place = {name: value for name, value in pairs if name in _PLACES and not (token and token in value)}
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    if not place and isinstance(after, str | int) and str(after):
        place = {"after": str(after)}
    return place
