"""How our own account presents itself; never a visitor's. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.platforms.x import fields
from connectors.platforms.x.values import Notes, id_of, rows, scrubbed, unescaped
from connectors.scrubbing import without_secrets
from schemas.payload import canonical, digest
from schemas.record import MediaRef, Seen
from schemas.text import visible

PROFILE = "#profile"
"""What is added to our user id to name how the account presents itself."""


def profile(user: dict[str, Any], notes: Notes) -> Iterator[Seen]:
    """The account as one item."""
    native = id_of(user)
    if native is None:
        notes.add("H122", "warning", field="id")
        return
    notes.unknown(user, fields.PROFILE_KNOWN, "account")
    parts = [unescaped(notes.shown(user, name)) for name in ("name", "description", "location")]
    links = _links(user, notes)
    text = "\n\n".join(part for part in parts if part)
    media = tuple(
        MediaRef(role="picture", origin=without_secrets(address))
        for name in ("profile_image_url", "profile_banner_url")
        if (address := notes.address(user, name))
    )
    flags = {name: user.get(name) is True for name in ("protected", "verified")}
    username = notes.shown(user, "username")
    kept = {name: value for name, value in user.items() if name not in fields.PROFILE_CUT}
    yield Seen(
        native=f"{native}{PROFILE}",
        kind="profile",
        author=username or None,
        author_native=native,
        text=text,
        links=links,
        media=media,
        counts=tuple(notes.counts(notes.table(user, "public_metrics"), fields.PROFILE_COUNTERS).items()),
        payload=canonical(scrubbed(kept)),
        identity=digest(
            {
                "text": text,
                "username": username,
                "links": list(links),
                "media": [one.origin for one in media],
                "verified_type": notes.string(user, "verified_type"),
                **flags,
            }
        ),
    )


def _links(user: dict[str, Any], notes: Notes) -> tuple[str, ...]:
    """Where the account's own link and those in its text lead; the short address where X does not say."""
    entities = notes.table(user, "entities")
    expanded: dict[str, str] = {}
    for part in ("url", "description"):
        inner = entities.get(part)
        for one in rows(inner.get("urls") if isinstance(inner, dict) else None):
            short, long = one.get("url"), one.get("expanded_url")
            if isinstance(short, str) and isinstance(long, str):
                expanded[short] = long
    address = notes.string(user, "url")
    found = [address, *expanded] if address else list(expanded)
    return tuple(dict.fromkeys(visible(expanded.get(one, one)) for one in found))
